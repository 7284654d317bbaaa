package replay

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/blob/fs"
	"github.com/gaithq/gait/store/mem"
)

const (
	siteKey = "pub-00000000000000000000000000000001"
	page1   = "00000000000000a1"
)

// now is the server's time in tests.
var now = time.UnixMilli(1_763_757_494_123)

// house is replays over a store with one workspace, and what the tests say of it.
type house struct {
	*Replays
	mux       *http.ServeMux
	store     *mem.Store
	blobs     *fs.Store
	workspace gait.Workspace
	settings  gait.Settings
	now       time.Time
	caller    error
}

func build(t *testing.T, more ...func(*Config)) *house {
	t.Helper()
	h := &house{store: mem.New(mem.Config{}), settings: gait.Settings{Replay: true, ReplayDays: 30}, now: now}
	t.Cleanup(func() { _ = h.store.Close() })
	var err error
	if h.blobs, err = fs.Open(t.TempDir(), fs.Config{}); err != nil {
		t.Fatal(err)
	}
	h.workspace, err = h.store.CreateWorkspace(t.Context(), gait.Workspace{
		Name: "Test", IntegrationID: "0000abcd", SiteKey: siteKey, Origins: []string{"https://shop.example"},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{
		Blobs: h.blobs, Workspaces: h.store, Batches: h.store,
		Settings: func(context.Context, gait.WorkspaceID) (gait.Settings, error) { return h.settings, nil },
		Caller:   func(*http.Request) (gait.WorkspaceID, error) { return h.workspace.ID, h.caller },
		Now:      func() time.Time { return h.now },
	}
	for _, f := range more {
		f(&c)
	}
	h.Replays = New(c)
	h.mux = http.NewServeMux()
	h.mux.Handle(Path, h.Replays)
	h.mux.HandleFunc(ReadPattern, h.Read)
	return h
}

// session makes a session known, with its secret, and returns both as pages write them.
func (h *house) session(t *testing.T, n byte) (sid, secret string) {
	t.Helper()
	id, raw := gait.SessionID{n}, bytes.Repeat([]byte{n}, 16)
	_, err := h.store.Append(t.Context(), gait.Record{
		Workspace: h.workspace.ID, Session: id, Secret: sha256.Sum256(raw), Page: gait.PageID{n}, Arrived: 1, Data: []byte("batch"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return id.String(), hex.EncodeToString(raw)
}

// body is a valid chunk, with changes.
func chunkOf(sid, secret, page string, seq int, changes map[string]any) string {
	at := now.UnixMilli() - 2000 // the visitor's clock is a second late
	b := map[string]any{
		"v": 1, "site": siteKey, "sid": sid, "secret": secret, "page": page, "seq": seq, "sent": at + 1000,
		"events": []any{
			map[string]any{"type": 4, "data": map[string]any{"href": "https://shop.example/cart?token=1#x", "width": 800, "height": 600}, "timestamp": at},
			map[string]any{"type": 2, "data": map[string]any{"node": map[string]any{}}, "timestamp": at + 1 + int64(seq)},
		},
	}
	for k, v := range changes {
		if v == nil {
			delete(b, k)
		} else {
			b[k] = v
		}
	}
	out, _ := json.Marshal(b)
	return string(out)
}

func zipped(text string) string {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return out.String()
}

// do sends a request as a page of the shop and returns its status and JSON.
func (h *house) do(t *testing.T, method, url, body string, headers ...string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	r.Header.Set("Origin", "https://shop.example")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.mux.ServeHTTP(w, r)
	var got map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%v: %q", err, w.Body)
		}
	}
	return w.Code, got
}
