package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/refusal"
	"github.com/gaithq/gait/store/mem"
	"github.com/gaithq/gait/wire"
)

const (
	siteKey    = "pub-0123456789abcdef0123456789abcdef"
	closedSite = "pub-ffffffffffffffffffffffffffffffff"
)

type fixture struct {
	*Handler
	store    *mem.Store
	open     gait.WorkspaceID
	closed   gait.WorkspaceID
	appended []gait.Receipt
}

func newFixture(t *testing.T, c Config) *fixture {
	t.Helper()
	f := &fixture{store: mem.New(mem.Config{Limits: gait.SessionLimits{Batches: 50}})}
	for _, w := range []gait.Workspace{
		{Name: "open", SiteKey: siteKey, IntegrationID: "00000001", Tier: "enterprise"},
		{Name: "closed", SiteKey: closedSite, IntegrationID: "00000002", Tier: "enterprise", Origins: []string{"https://example.org", "http://localhost:3000/"}},
	} {
		made, err := f.store.CreateWorkspace(t.Context(), w, nil)
		if err != nil {
			t.Fatal(err)
		}
		f.open, f.closed = f.closed, made.ID
	}
	if c.Store == nil {
		c.Store = f.store
	}
	c.Workspaces = f.store
	if c.Appended == nil {
		c.Appended = func(_ gait.WorkspaceID, _ *gait.Batch, r gait.Receipt) []gait.Event {
			f.appended = append(f.appended, r)
			return nil
		}
	}
	f.Handler = New(c)
	return f
}

// body is a batch's JSON; edits are pairs of old and new.
func body(edits ...string) string {
	b := `{"v":1,"site":"` + siteKey + `","sid":"00112233445566778899aabbccddeeff","secret":"ffeeddccbbaa99887766554433221100","page":"0123456789abcdef","seq":0,"origin":1763757494123,"sent":120400,"events":[["o",31,1440,900,0,"https://example.org/signup"],["m",8123,640,210]]}`
	return strings.NewReplacer(edits...).Replace(b)
}

func (f *fixture) post(body []byte, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, Path, bytes.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

func zipped(t *testing.T, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (f *fixture) batches(t *testing.T, w gait.WorkspaceID) []gait.Batch {
	t.Helper()
	id, err := gait.ParseSessionID("00112233445566778899aabbccddeeff")
	if err != nil {
		t.Fatal(err)
	}
	var list []gait.Batch
	err = f.store.Batches(t.Context(), w, id, func(r gait.Record) bool {
		var b gait.Batch
		if err := wire.UnpackRecord(r, &b); err != nil {
			t.Error(err)
		}
		list = append(list, b)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAccepts(t *testing.T) {
	f := newFixture(t, Config{})
	for i, post := range [][]byte{
		[]byte(body()),
		[]byte(body()), // the same again
		zipped(t, []byte(body(`"seq":0`, `"seq":1`))),
		[]byte(body(`"seq":0`, `"seq":3`, `"secret"`, ` "secret"`)),
	} {
		w := f.post(post, "User-Agent", "Mozilla/5.0 (test)\x01", "Accept-Language", "de")
		want := []string{`{"ack":0}`, `{"ack":0}`, `{"ack":1}`, `{"ack":3}`}[i]
		if w.Code != 200 || w.Body.String() != want {
			t.Errorf("post %d: %d %s, want 200 %s", i, w.Code, w.Body, want)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("post %d: the page cannot read the answer", i)
		}
	}
	list := f.batches(t, f.open)
	if len(list) != 3 || len(f.appended) != 4 || !f.appended[1].Duplicate || f.appended[3].Batches != 3 {
		t.Fatalf("%d batches stored, receipts %+v", len(list), f.appended)
	}
	facts := map[string]string{}
	for _, e := range list[0].Events {
		if e.Kind == gait.Fact {
			facts[e.Name] = e.Text
		}
	}
	if facts["header.user-agent"] != "Mozilla/5.0 (test)" || facts["header.accept-language"] != "de" || len(facts) != 2 {
		t.Errorf("facts = %v", facts)
	}
	if n := len(list[1].Events); n != 2 {
		t.Errorf("a later batch has %d events, want 2 and no facts", n)
	}
}

func TestRefuses(t *testing.T) {
	f := newFixture(t, Config{})
	if w := f.post([]byte(body())); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	bomb := zipped(t, make([]byte, wire.MaxDecompressed+1))
	damaged := zipped(t, []byte(body()))
	damaged[len(damaged)-9] ^= 0xff

	try := func(name string, post []byte, status int, want string, header ...string) {
		t.Helper()
		w := f.post(post, header...)
		var p refusal.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Errorf("%s: %v in %s", name, err, w.Body)
		}
		if w.Code != status || !strings.Contains(p.Error.Message, want) || p.Error.Code == "" {
			t.Errorf("%s: %d %s, want %d with %q", name, w.Code, w.Body, status, want)
		}
	}
	try("empty", nil, 400, "not a JSON object")
	try("malformed", []byte(`{"v":1,`), 400, "docs/wire.md")
	try("too deep", []byte(body(`640,210`, strings.Repeat("[", 10_000))), 400, "events[1].x")
	try("too many events", []byte(body(`["m",8123,640,210]`, strings.Repeat(`["m",1],`, wire.MaxEvents)+`["m",1]`)), 413, "more than 5000")
	try("absurd time", []byte(body(`8123`, `812300000`)), 400, "later than the batch was sent")
	try("too large", make([]byte, wire.MaxBody+1), 413, "256 kB")
	try("a bomb", bomb, 413, "1024 kB")
	try("damaged gzip", damaged, 400, "gzip")
	try("truncated gzip", zipped(t, []byte(body()))[:40], 400, "gzip")
	try("not gzip", []byte{0x1f, 0x8b, 0}, 400, "gzip")
	try("unknown site key", []byte(body(siteKey, "pub-00000000000000000000000000000000")), 403, "not a known site key")
	try("no site key", []byte(body(siteKey, "")), 403, "not a known site key")
	try("a secret key in the page", []byte(body(siteKey, "sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")), 403, "must never be in a page")
	try("a NotAI key in the page", []byte(body(siteKey, "aik_v1_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")), 403, "must never be in a page")
	try("another secret", []byte(body(`"seq":0`, `"seq":1`, `"secret":"ff`, `"secret":"00`)), 403, "secret")
	try("another secret for a stored batch", []byte(body(`"secret":"ff`, `"secret":"00`)), 403, "secret")
	try("no origin", []byte(body(siteKey, closedSite)), 403, "origin")
	try("a wrong origin", []byte(body(siteKey, closedSite)), 403, "origin", "Origin", "https://example.org.evil.test")
	try("a sandboxed page", []byte(body(siteKey, closedSite)), 403, "origin", "Origin", "null")
	for _, origin := range []string{"https://example.org", "http://localhost:3000"} {
		if w := f.post([]byte(body(siteKey, closedSite)), "Origin", origin); w.Code != 200 {
			t.Errorf("origin %s: %d %s", origin, w.Code, w.Body)
		}
	}
	// The good batch is still there, and nothing else.
	if n := len(f.batches(t, f.open)); n != 1 {
		t.Errorf("%d batches are stored, want 1", n)
	}
	for seq := 1; seq < 50; seq++ {
		if w := f.post([]byte(body(`"seq":0`, fmt.Sprintf(`"seq":%d`, seq)))); w.Code != 200 {
			t.Fatalf("batch %d: %d %s", seq, w.Code, w.Body)
		}
	}
	try("beyond the session's limit", []byte(body(`"seq":0`, `"seq":50`)), 413, "session")
}

func TestMethods(t *testing.T) {
	f := newFixture(t, Config{})
	for method, want := range map[string]int{http.MethodGet: 405, http.MethodPut: 405, http.MethodOptions: 204} {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest(method, Path, nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", method, w.Code, want)
		}
	}
}

// failing is a store whose Append does as it is told.
type failing func(context.Context) error

func (f failing) Append(ctx context.Context, _ gait.Record) (gait.Receipt, error) {
	return gait.Receipt{}, f(ctx)
}

func TestStoreFails(t *testing.T) {
	f := func(name string, do func(context.Context) error, status int, retry bool) {
		t.Helper()
		h := newFixture(t, Config{Store: failing(do), Timeout: 1})
		w := h.post([]byte(body()))
		var p refusal.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if w.Code != status || (p.RetryAfter > 0) != retry || (w.Header().Get("Retry-After") != "") != retry {
			t.Errorf("%s: %d %s, Retry-After %q", name, w.Code, w.Body, w.Header().Get("Retry-After"))
		}
		if strings.Contains(w.Body.String(), "sector") {
			t.Errorf("%s: the cause is shown: %s", name, w.Body)
		}
		if len(h.appended) != 0 {
			t.Errorf("%s: the judge was told", name)
		}
	}
	f("disk full", func(context.Context) error {
		return gait.Wrap(errors.New("bad sector"), gait.Unavailable, "cannot store now")
	}, 503, true)
	f("too slow", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, 503, true)
	f("anything else", func(context.Context) error { return errors.New("bad sector") }, 500, false)
	f("a panic", func(context.Context) error { panic("bad sector") }, 500, false)
}

func TestPanicsAreSurvived(t *testing.T) {
	boom := true
	f := newFixture(t, Config{Appended: func(gait.WorkspaceID, *gait.Batch, gait.Receipt) []gait.Event {
		if boom {
			panic("boom")
		}
		return nil
	}})
	server := httptest.NewServer(f)
	defer server.Close()
	post := func() int {
		r, err := http.Post(server.URL, "text/plain", strings.NewReader(body()))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Fatal(err)
		}
		return r.StatusCode
	}
	if got := post(); got != 500 {
		t.Errorf("a panic is answered %d", got)
	}
	boom = false
	if got := post(); got != 200 {
		t.Errorf("the next request is answered %d", got)
	}
}

func TestTooManyAtOnce(t *testing.T) {
	entered, leave := make(chan bool), make(chan bool)
	f := newFixture(t, Config{Concurrent: 1, Store: failing(func(context.Context) error {
		entered <- true
		<-leave
		return errors.New("done")
	})})
	go f.post([]byte(body()))
	<-entered
	if w := f.post([]byte(body())); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("the second of one allowed request: %d %s", w.Code, w.Body)
	}
	leave <- true
}

func FuzzBody(f *testing.F) {
	f.Add([]byte(body()))
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	store := mem.New(mem.Config{})
	if _, err := store.CreateWorkspace(context.Background(), gait.Workspace{SiteKey: siteKey, IntegrationID: "00000001"}, nil); err != nil {
		f.Fatal(err)
	}
	h := New(Config{Workspaces: store, Store: store})
	f.Fuzz(func(t *testing.T, body []byte) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, Path, bytes.NewReader(body)))
		if w.Code >= 500 && w.Code != 503 { // 503: the memory store filled up
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	})
}
