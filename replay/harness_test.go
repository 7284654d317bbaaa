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
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

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
	spec      *openapi3.T
	root      string       // of the blobs
	counting  func() error // what the store says when it is asked for a session; nil is the truth
	meanwhile func()       // happens behind the store's back once it has answered

	mu       sync.Mutex
	outcomes map[Reason]int
	bytes    int // accepted
}

func build(t testing.TB, more ...func(*Config)) *house {
	t.Helper()
	h := &house{store: mem.New(mem.Config{}), settings: gait.Settings{Replay: true, ReplayDays: 30}, now: now, outcomes: map[Reason]int{}, root: t.TempDir()}
	t.Cleanup(func() { _ = h.store.Close() })
	var err error
	if h.spec, err = openapi3.NewLoader().LoadFromData(document); err != nil {
		t.Fatal(err)
	}
	if h.blobs, err = fs.Open(h.root, fs.Config{}); err != nil {
		t.Fatal(err)
	}
	h.workspace, err = h.store.CreateWorkspace(t.Context(), gait.Workspace{
		Name: "Test", IntegrationID: "0000abcd", SiteKey: siteKey, Origins: []string{"https://shop.example"},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{
		Blobs: h.blobs, Workspaces: h.store, Batches: counted{h.store, h},
		Settings: func(context.Context, gait.WorkspaceID) (gait.Settings, error) { return h.settings, nil },
		Caller:   func(*http.Request) (gait.WorkspaceID, error) { return h.workspace.ID, h.caller },
		Now:      func() time.Time { return h.now },
		Patience: -1,
		Observe: func(o Outcome) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.outcomes[o.Reason]++
			h.bytes += o.Bytes
		},
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

// counted is the store, which says what a test wants when it is asked for a session.
type counted struct {
	*mem.Store
	h *house
}

func (c counted) CountBatches(ctx context.Context, w gait.WorkspaceID, s gait.SessionID) (int, error) {
	if c.h.counting != nil {
		return 0, c.h.counting()
	}
	n, err := c.Store.CountBatches(ctx, w, s)
	if c.h.meanwhile != nil {
		c.h.meanwhile()
	}
	return n, err
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
	h.conform(t, r, body, w)
	var got map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%v: %q", err, w.Body)
		}
	}
	return w.Code, got
}
