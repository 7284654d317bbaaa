package record

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/ingest"
	"github.com/gaithq/gait/judge"
	"github.com/gaithq/gait/store/mem"
	"github.com/gaithq/gait/wire"
)

const siteKey = "pub-0123456789abcdef0123456789abcdef"

// recorder is a recorder over a real store, edge and judge, and its file.
func recorder(t *testing.T, change ...func(*Config)) (*Recorder, string) {
	t.Helper()
	store := mem.New(mem.Config{})
	ws, err := store.CreateWorkspace(t.Context(), gait.Workspace{Name: "Recorder", SiteKey: siteKey}, nil)
	if err != nil {
		t.Fatal(err)
	}
	j, err := judge.New(judge.Config{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	out, err := OpenFile(filepath.Join(t.TempDir(), "runs.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := out.Close(); err != nil {
			t.Error(err)
		}
	})
	c := Config{
		SiteKey: siteKey, Script: "/v1/rt.js", Out: out, Set: "here", Label: "human",
		Server: ingest.New(ingest.Config{Workspaces: store, Store: store, Appended: j.Appended}),
		Batches: func(ctx context.Context, id gait.SessionID, yield func(gait.Record) bool) error {
			return store.Batches(ctx, ws.ID, id, yield)
		},
		Report: func(ctx context.Context, id gait.SessionID) (gait.Report, error) { return j.Report(ctx, ws.ID, id) },
	}
	for _, f := range change {
		f(&c)
	}
	return New(c), out.Name()
}

// batch is the body that a page would send.
func batch(id gait.SessionID, seq uint32) []byte {
	at := gait.Tick(1000*seq) + 10
	return wire.Append(nil, siteKey, [16]byte{1}, &gait.Batch{
		Session: id, Page: gait.PageID{1}, Seq: seq, Origin: time.Now().UnixMilli() - 10_000, Sent: at + 500,
		Events: []gait.Event{
			{Kind: gait.Open, T: at, X: 800, Y: 600, Text: "http://127.0.0.1/task/7"},
			{Kind: gait.Move, T: at + 100, X: 10, Y: 20},
			{Kind: gait.KeyDown, T: at + 200, Code: int32(gait.KeyLetter), Target: -1},
			{Kind: gait.KeyUp, T: at + 300},
		},
	})
}

// ask serves one request of this machine.
func ask(rec *Recorder, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:8092"+path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	rec.ServeHTTP(w, r)
	return w
}

func send(t *testing.T, rec *Recorder, body []byte) {
	t.Helper()
	if w := ask(rec, "POST", ingest.Path, string(body), "Content-Type", "text/plain", "User-Agent", "Browser/1"); w.Code != 200 {
		t.Fatalf("a batch: %d %s", w.Code, w.Body)
	}
}

// runs reads the file.
func runs(t *testing.T, name string) []Run {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var list []Run
	for line := range bytes.Lines(raw) {
		r, err := Read(line)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

func TestRecord(t *testing.T) {
	rec, name := recorder(t)
	id := gait.SessionID{7}
	for seq := range uint32(3) {
		send(t, rec, batch(id, seq))
	}
	f := func(status int, want, body string) string {
		t.Helper()
		w := ask(rec, "POST", "/record", body)
		if w.Code != status || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s\nis answered %d %s, want %d with %q", body, w.Code, w.Body, status, want)
		}
		return w.Body.String()
	}
	run := func(sess string) string {
		return fmt.Sprintf(`{"sess":%q,"set":"attack","label":"plain","user":"typer-7","family":{"input":"cdp"},"seed":7,"agent":"Chromium","peers":{"botd":"human"},"marks":{"submit":812.4}}`, sess)
	}
	f(404, "nothing came", run(gait.SessionID{8}.String()))
	f(400, "want 32", run("8"))
	f(400, "user is missing", fmt.Sprintf(`{"sess":%q}`, id))
	f(400, "label", fmt.Sprintf(`{"sess":%q,"user":"u","label":"Not a word"}`, id))
	f(400, "unknown field", fmt.Sprintf(`{"sess":%q,"user":"u","text":"secret"}`, id))
	f(400, "something follows", run(id.String())+"{}")
	f(413, "larger than 64 kB", `{"sess":"`+strings.Repeat("x", maxBody)+`"}`)
	if n := len(runs(t, name)); n != 0 {
		t.Fatalf("%d runs were written of requests that failed", n)
	}

	var o outcome
	if err := json.Unmarshal([]byte(f(200, `"verdicts":{`, run(id.String()))), &o); err != nil {
		t.Fatal(err)
	}
	if o.Session != id.String() || o.Batches != 3 || o.Events < 12 || o.Missing != 0 || o.Score < 1 || o.Verdicts["bot"] == "" || o.Bytes < 100 {
		t.Errorf("%+v", o)
	}
	f(409, "recorded or discarded before", run(id.String()))

	list := runs(t, name)
	if len(list) != 1 {
		t.Fatalf("%d runs", len(list))
	}
	r := list[0]
	if r.Set != "attack" || r.Label != "plain" || r.User != "typer-7" || r.Task != "7" || r.Seed != 7 || r.Family["input"] != "cdp" ||
		r.Peers["botd"] != "human" || r.Marks["submit"] != 812.4 || r.At != time.Now().UTC().Format(time.DateOnly) {
		t.Errorf("%+v", r)
	}
	batches, err := r.Batches()
	if err != nil || len(batches) != 3 {
		t.Fatalf("%d batches, %v", len(batches), err)
	}
	// What the server found out is there, and neither key nor secret.
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if last := batches[0].Events[len(batches[0].Events)-1]; last.Kind != gait.Fact || last.Text != "Browser/1" || bytes.Contains(raw, []byte(siteKey)) {
		t.Errorf("%+v in %s", last, raw)
	}
}

// TestRecordWaits: what a page has begun to send is part of the recording.
func TestRecordWaits(t *testing.T) {
	rec, name := recorder(t)
	id := gait.SessionID{7}
	send(t, rec, batch(id, 0))
	synctest.Test(t, func(t *testing.T) {
		body, pipe := io.Pipe()
		go func() {
			r := httptest.NewRequest("POST", "http://127.0.0.1:8092"+ingest.Path, body)
			w := httptest.NewRecorder()
			rec.ServeHTTP(w, r)
			if w.Code != 200 {
				t.Errorf("the late batch: %d %s", w.Code, w.Body)
			}
		}()
		late := batch(id, 1)
		if _, err := pipe.Write(late[:20]); err != nil {
			t.Fatal(err)
		}
		done := make(chan *httptest.ResponseRecorder)
		go func() { done <- ask(rec, "POST", "/record", fmt.Sprintf(`{"sess":%q,"user":"u"}`, id)) }()
		synctest.Wait()
		select {
		case w := <-done:
			t.Fatalf("recorded without the late batch: %s", w.Body)
		default:
		}
		if _, err := pipe.Write(late[20:]); err != nil {
			t.Fatal(err)
		}
		if err := pipe.Close(); err != nil {
			t.Fatal(err)
		}
		if w := <-done; w.Code != 200 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	if list := runs(t, name); len(list) != 1 || len(list[0].Parcels) != 2 || list[0].Set != "here" || list[0].Label != "human" {
		t.Errorf("%+v", list)
	}
}

// TestRecordGap: a batch that never comes is waited for, but not for ever.
func TestRecordGap(t *testing.T) {
	rec, _ := recorder(t)
	id := gait.SessionID{7}
	send(t, rec, batch(id, 0))
	send(t, rec, batch(id, 2))
	synctest.Test(t, func(t *testing.T) {
		before := time.Now()
		w := ask(rec, "POST", "/record", fmt.Sprintf(`{"sess":%q,"user":"u"}`, id))
		if w.Code != 200 || !strings.Contains(w.Body.String(), `"missing":1`) || time.Since(before) < gapPatience {
			t.Errorf("%d %s after %v", w.Code, w.Body, time.Since(before))
		}
	})
}

func TestGuards(t *testing.T) {
	rec, _ := recorder(t)
	f := func(status int, method, host, path string, headers ...string) {
		t.Helper()
		r := httptest.NewRequest(method, "http://"+host+path, strings.NewReader(`{"person":"p","device":"mouse"}`))
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		rec.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("%s %s%s %q: %d, want %d", method, host, path, headers, w.Code, status)
		}
	}
	const here, kind, js = "127.0.0.1:8092", "Content-Type", "application/json"
	for _, host := range []string{here, "localhost:8092", "localhost", "[::1]:8092", "127.0.0.1"} {
		f(200, "GET", host, "/")
		f(200, "POST", host, "/consent", kind, js, "Origin", "http://"+host)
	}
	for _, host := range []string{"example.org", "localhost.example.org:8092", "192.0.2.1", "0.0.0.0:8092", "127.0.0.1.example.org"} {
		f(403, "GET", host, "/")
		f(403, "POST", host, "/consent", kind, js)
		f(403, "POST", host, ingest.Path)
	}
	f(200, "POST", here, "/consent", kind, js) // no browser
	f(200, "POST", here, "/consent", kind, js+"; charset=utf-8", "Sec-Fetch-Site", "same-origin")
	f(403, "POST", here, "/consent", kind, js, "Origin", "https://example.org")
	f(403, "POST", here, "/consent", kind, js, "Origin", "null")
	f(403, "POST", here, "/consent", kind, js, "Origin", "http://127.0.0.1:1")
	f(403, "POST", here, "/consent", kind, js, "Sec-Fetch-Site", "cross-site")
	f(403, "POST", here, "/consent", kind, js, "Sec-Fetch-Site", "same-site")
	f(400, "POST", here, "/consent", kind, "text/plain")
	f(400, "POST", here, "/consent")
	f(405, "GET", here, "/record")
	for _, path := range []string{"/task/", "/task/x", "/task/-1", "/task/007", "/task/1e3", "/task/9007199254740992", "/task/9007199254740992.json", "/record/assets/none.css", "/extra.js"} {
		w := ask(rec, "GET", path, "")
		if w.Code != 404 && w.Code != 405 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestExtra: another script comes with the tasks, and may need more than the
// policy of our own.
func TestExtra(t *testing.T) {
	plain, _ := recorder(t)
	extra, _ := recorder(t, func(c *Config) { c.Extra = []byte("detect()") })
	if w := ask(plain, "GET", "/task/7", ""); !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") || strings.Contains(w.Body.String(), "extra.js") {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
	if w := ask(extra, "GET", "/task/7", ""); w.Header().Get("Content-Security-Policy") != "" || !strings.Contains(w.Body.String(), `src="/extra.js"`) {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
	if w := ask(extra, "GET", "/", ""); strings.Contains(w.Body.String(), "extra.js") || strings.Contains(w.Body.String(), "rt.js") {
		t.Errorf("the page of consent has scripts that look: %s", w.Body)
	}
	if w := ask(extra, "GET", "/extra.js", ""); w.Body.String() != "detect()" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAssets(t *testing.T) {
	rec, _ := recorder(t)
	for name := range assets {
		if w := ask(rec, "GET", "/record/assets/"+name, ""); w.Code != 200 || w.Body.Len() == 0 {
			t.Errorf("%s: %d, %d bytes", name, w.Code, w.Body.Len())
		}
	}
}
