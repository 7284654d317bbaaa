package replay

import (
	"compress/gzip"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

// readOf asks for a session's replay.
func (h *house) readOf(t *testing.T, sid, query string) (int, recording) {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/api/v1/sessions/"+sid+"/replay"+query, nil)
	h.mux.ServeHTTP(w, r)
	h.conform(t, r, "", w)
	var got recording
	if w.Code == 200 {
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%v: %s", err, w.Body)
		}
	}
	return w.Code, got
}

func (h *house) post(t *testing.T, body string) {
	t.Helper()
	if code, got := h.do(t, "POST", Path, body); code != 200 {
		t.Fatalf("%d %v", code, got)
	}
}

func TestRead(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	const later = "0000000000000001" // began later, though its name comes before
	for seq := range 3 {
		h.post(t, chunkOf(sid, secret, page1, seq, nil))
	}
	at := now.UnixMilli()
	h.post(t, chunkOf(sid, secret, later, 0, map[string]any{"events": []any{
		map[string]any{"type": 3, "data": map[string]any{"text": "a\nb"}, "timestamp": at},
		map[string]any{"type": 3, "data": map[string]any{}, "timestamp": at + 10},
	}}))
	code, got := h.readOf(t, sid, "")
	if code != 200 || len(got.Pages) != 2 || got.SessionID != sid {
		t.Fatalf("%d %+v", code, got)
	}
	first := page{Page: page1, URL: "https://shop.example/cart", Started: at - 2000, Ended: at - 2000 + 3, Chunks: 3}
	if got.Pages[0] != first || got.Pages[1].Page != later || got.Pages[1].Chunks != 1 {
		t.Errorf("pages %+v, the first should be %+v", got.Pages, first)
	}
	var events []event
	if err := json.Unmarshal(got.Events, &events); err != nil || len(events) != 6 || got.Page != page1 || got.Next != 0 {
		t.Errorf("%d events (%v), %+v", len(events), err, got)
	}
	for _, c := range []struct {
		query  string
		status int
		events int
	}{
		{"?page=" + page1 + "&from=2", 200, 2},
		{"?page=" + page1 + "&from=3", 200, 0},
		{"?page=" + later, 200, 2},
		{"?page=" + strings.Repeat("9", 16), 404, 0},
		{"?page=../../x", 404, 0},
		{"?from=x", 400, 0},
		{"?from=-1", 400, 0},
	} {
		code, got := h.readOf(t, sid, c.query)
		var events []event
		if code == 200 {
			if err := json.Unmarshal(got.Events, &events); err != nil {
				t.Errorf("%s: %v", c.query, err)
			}
		}
		if code == 200 && len(got.Pages) != 1 && c.query != "" {
			t.Errorf("%s: tells of %d pages", c.query, len(got.Pages))
		}
		if code != c.status || len(events) != c.events {
			t.Errorf("%s: %d with %d events, want %d with %d", c.query, code, len(events), c.status, c.events)
		}
	}
}

// TestReadClock: a clock that is far off is put right, as sessions do; one that is nearly
// right is believed, so that moments of the session's and of the replay's are the same.
func TestReadClock(t *testing.T) {
	for off, want := range map[int64]int64{0: 0, 59_000: 0, -59_000: 0, 61_000: 61_000, -86_400_000: -86_400_000} {
		h := build(t)
		sid, secret := h.session(t, 1)
		at := now.UnixMilli() - off
		h.post(t, chunkOf(sid, secret, page1, 0, map[string]any{"sent": at, "events": []any{map[string]any{"type": 3, "data": map[string]any{}, "timestamp": at}}}))
		_, got := h.readOf(t, sid, "")
		if len(got.Pages) != 1 || got.Pages[0].Offset != want || got.Pages[0].Started != at+want {
			t.Errorf("%d ms off: %+v", off, got.Pages)
		}
	}
}

func TestReadGap(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	for _, seq := range []int{0, 1, 3} {
		h.post(t, chunkOf(sid, secret, page1, seq, nil))
	}
	h.post(t, chunkOf(sid, secret, "00000000000000b2", 1, nil)) // without its beginning
	_, got := h.readOf(t, sid, "")
	if len(got.Pages) != 1 || got.Pages[0].Chunks != 2 {
		t.Errorf("%+v: what is behind a gap cannot be drawn", got.Pages)
	}
}

// TestReadMany: a session of many documents is told of whole.
func TestReadMany(t *testing.T) {
	h := build(t)
	sid, _ := h.session(t, 1)
	const documents = 300
	for n := range documents {
		at := now.UnixMilli() + int64(n*7%documents)
		c := chunk{head: head{Sent: at, Arrived: at, First: at, Last: at + 1}, events: []byte("[]")}
		packed, err := c.pack()
		if err != nil {
			t.Fatal(err)
		}
		if err := h.blobs.Put(t.Context(), gait.BlobRef{Workspace: h.workspace.ID, Session: gait.SessionID{1}, Page: gait.PageID{byte(n), byte(n >> 8)}}, packed); err != nil {
			t.Fatal(err)
		}
	}
	_, got := h.readOf(t, sid, "")
	for i, p := range got.Pages {
		if p.Started != now.UnixMilli()+int64(i) {
			t.Fatalf("page %d is %+v", i, p)
		}
	}
	if len(got.Pages) != documents {
		t.Errorf("%d documents, want %d", len(got.Pages), documents)
	}
}

func TestReadLong(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	for seq := range 3 {
		h.post(t, zipped(chunkOf(sid, secret, page1, seq, map[string]any{"events": []any{
			map[string]any{"type": 3, "data": map[string]any{"text": strings.Repeat("x", maxPlain-1000)}, "timestamp": now.UnixMilli()},
		}})))
	}
	from, events := 0, 0
	for range 10 {
		_, got := h.readOf(t, sid, "?from="+string(rune('0'+from)))
		var list []event
		if err := json.Unmarshal(got.Events, &list); err != nil {
			t.Fatal(err)
		}
		events += len(list)
		if from = got.Next; from == 0 {
			break
		}
	}
	if events != 3 {
		t.Errorf("%d events in several answers, want 3", events)
	}
}

func TestReadRights(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	h.post(t, chunkOf(sid, secret, page1, 0, nil))
	for err, want := range map[error]int{
		gait.Errorf(gait.Unauthorized, "no key"): 401, gait.Errorf(gait.Forbidden, "no right"): 403, gait.Errorf(gait.Unavailable, "away"): 503,
	} {
		h.caller = err
		if code, _ := h.readOf(t, sid, ""); code != want {
			t.Errorf("%v: %d, want %d", err, code, want)
		}
	}
	h.caller = nil
	h.workspace.ID++ // as a key of another workspace
	if code, _ := h.readOf(t, sid, ""); code != 404 {
		t.Errorf("another workspace's: %d, want 404", code)
	}
	if code, _ := h.readOf(t, "nonsense", ""); code != 404 {
		t.Errorf("no session id: %d, want 404", code)
	}
}

func TestReadGzipped(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	h.post(t, chunkOf(sid, secret, page1, 0, nil))
	r := httptest.NewRequest("GET", "/api/v1/sessions/"+sid+"/replay", nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	w := httptest.NewRecorder()
	h.mux.ServeHTTP(w, r)
	z, err := gzip.NewReader(w.Body)
	if err != nil || w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("%v %v", err, w.Header())
	}
	var got recording
	if err := json.NewDecoder(z).Decode(&got); err != nil || len(got.Pages) != 1 {
		t.Errorf("%+v (%v)", got, err)
	}
}

func TestDuration(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	id, _ := gait.ParseSessionID(sid)
	ref := gait.SessionRef{Workspace: h.workspace.ID, Session: id}
	if got, err := h.Duration(t.Context(), ref); got != 0 || err != nil {
		t.Errorf("%d s (%v) of nothing", got, err)
	}
	if has, err := h.Has(t.Context(), ref); has || err != nil {
		t.Errorf("has a replay before one came: %v (%v)", has, err)
	}
	at := now.UnixMilli()
	h.post(t, chunkOf(sid, secret, page1, 0, map[string]any{"events": []any{
		map[string]any{"type": 3, "data": map[string]any{}, "timestamp": at},
		map[string]any{"type": 3, "data": map[string]any{}, "timestamp": at + 61_600},
	}}))
	if got, err := h.Duration(t.Context(), ref); got != 62 || err != nil {
		t.Errorf("%d s (%v), want 62", got, err)
	}
	if has, err := h.Has(t.Context(), ref); !has || err != nil {
		t.Errorf("has no replay after one came: %v (%v)", has, err)
	}
}
