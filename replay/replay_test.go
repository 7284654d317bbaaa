package replay

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gaithq/gait"
)

func TestAcknowledged(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	bytes := 0
	for i, body := range []string{
		chunkOf(sid, secret, page1, 0, nil), zipped(chunkOf(sid, secret, page1, 1, nil)), chunkOf(sid, secret, page1, 0, nil),
		chunkOf(sid, secret, page1, 2, map[string]any{"site": "0000ABCD"}),
	} {
		if code, got := h.do(t, "POST", Path, body); code != 200 {
			t.Errorf("chunk %d: %d %v", i, code, got)
		}
		bytes += len(body)
	}
	if h.outcomes[Accepted] != 4 || len(h.outcomes) != 1 || h.bytes != bytes {
		t.Errorf("told of %v and %d bytes, sent %d", h.outcomes, h.bytes, bytes)
	}
	id, _ := gait.ParseSessionID(sid)
	list, err := h.blobs.List(t.Context(), gait.SessionRef{Workspace: h.workspace.ID, Session: id})
	if err != nil || len(list) != 3 {
		t.Errorf("%d chunks are stored (%v), want 3", len(list), err)
	}
}

func TestRefused(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	valid := chunkOf(sid, secret, page1, 0, nil)
	with := func(key string, value any) string {
		return chunkOf(sid, secret, page1, 0, map[string]any{key: value})
	}
	event := func(key string, value any) string {
		e := map[string]any{"type": 3, "data": map[string]any{}, "timestamp": now.UnixMilli()}
		e[key] = value
		if value == nil {
			delete(e, key)
		}
		return with("events", []any{e})
	}
	noise := make([]byte, 200<<10)
	_, _ = rand.Read(noise)
	for _, c := range []struct {
		name, body string
		status     int
		reason     Reason
		headers    []string
	}{
		{"nothing", "", 400, Malformed, nil},
		{"no JSON", "[]", 400, Malformed, nil},
		{"cut", valid[:len(valid)-1], 400, Malformed, nil},
		{"more", valid + "{}", 400, Malformed, nil},
		{"no gzip", "\x1f\x8bnope", 400, Malformed, nil},
		{"cut gzip", zipped(valid)[:60], 400, Malformed, nil},
		{"not UTF-8", strings.Replace(valid, "shop", "sh\xffp", 1), 400, Malformed, nil},
		{"unknown field", with("title", "secret"), 400, Malformed, nil},
		{"version", with("v", 2), 400, Malformed, nil},
		{"session", with("sid", "12"), 400, Malformed, nil},
		{"page", with("page", "zz"), 400, Malformed, nil},
		{"secret's form", with("secret", secret+"00"), 400, Malformed, nil},
		{"negative seq", with("seq", -1), 400, Malformed, nil},
		{"large seq", with("seq", maxSeq+1), 400, Malformed, nil},
		{"no sent", with("sent", nil), 400, Malformed, nil},
		{"no events", with("events", nil), 400, Malformed, nil},
		{"empty events", with("events", []any{}), 400, Malformed, nil},
		{"null event", with("events", []any{nil}), 400, Malformed, nil},
		{"custom event", event("type", 5), 400, Malformed, nil},
		{"plugin event", event("type", 6), 400, Malformed, nil},
		{"no type", event("type", nil), 400, Malformed, nil},
		{"no data", event("data", nil), 400, Malformed, nil},
		{"text data", event("data", "text"), 400, Malformed, nil},
		{"no time", event("timestamp", nil), 400, Malformed, nil},
		{"more in an event", event("more", 1), 400, Malformed, nil},
		{"too many", with("events", make([]struct{}, maxEvents+1)), 413, TooLarge, nil},
		{"large", with("site", hex.EncodeToString(noise)), 413, TooLarge, nil},
		{"a bomb", zipped(strings.Repeat(" ", maxPlain+1)), 413, TooLarge, nil},
		{"unknown site", with("site", "pub-nobody"), 403, UnknownSite, nil},
		{"a secret key", with("site", "sk-something"), 403, UnknownSite, nil},
		{"another origin", valid, 403, WrongOrigin, []string{"Origin", "https://evil.example"}},
		{"no origin", valid, 403, WrongOrigin, []string{"Origin", ""}},
		{"wrong secret", with("secret", strings.Repeat("0", 32)), 403, WrongSecret, nil},
		{"privacy control", valid, 403, NotRecorded, []string{"Sec-GPC", "1"}},
		{"unknown session", with("sid", strings.Repeat("7", 32)), 503, NoSession, nil},
	} {
		before := h.outcomes[c.reason]
		code, got := h.do(t, "POST", Path, c.body, c.headers...)
		if h.outcomes[c.reason] != before+1 {
			t.Errorf("%s: the reasons are %v, want another %s", c.name, h.outcomes, c.reason)
		}
		if code != c.status {
			t.Errorf("%s: %d %v, want %d", c.name, code, got, c.status)
		}
		if _, waits := got["retry_after_ms"]; waits != (c.status == 503) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if used := h.blobs.Used(); used != 0 {
		t.Errorf("%d bytes are stored", used)
	}
}

func TestQuestion(t *testing.T) {
	f := func(name, query string, replay, want bool, headers ...string) {
		t.Helper()
		h := build(t)
		h.settings.Replay = replay
		code, got := h.do(t, "GET", Path+query, "", headers...)
		if code != 200 || got["replay"] != want {
			t.Errorf("%s: %d %v, want %v", name, code, got, want)
		}
	}
	f("on", "?site="+siteKey, true, true)
	f("by integration id", "?site=0000abcd", true, true)
	f("off", "?site="+siteKey, false, false)
	f("nobody", "?site=pub-nobody", true, false)
	f("nothing", "", true, false)
	f("another origin", "?site="+siteKey, true, false, "Origin", "https://evil.example")
	f("its own origin", "?site="+siteKey, true, true, "Origin", "")
	f("privacy control", "?site="+siteKey, true, false, "Sec-GPC", "1")
}

func TestSwitchedOff(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	if code, _ := h.do(t, "POST", Path, chunkOf(sid, secret, page1, 0, nil)); code != 200 {
		t.Fatal(code)
	}
	h.settings.Replay = false
	h.now = h.now.Add(siteTTL)
	if code, got := h.do(t, "POST", Path, chunkOf(sid, secret, page1, 1, nil)); code != 403 {
		t.Errorf("%d %v after the workspace changed its mind", code, got)
	}
}

func TestMethods(t *testing.T) {
	h := build(t)
	for method, want := range map[string]int{"OPTIONS": 204, "DELETE": 405, "PUT": 405} {
		if code, _ := h.do(t, method, Path, ""); code != want {
			t.Errorf("%s: %d, want %d", method, code, want)
		}
	}
}

func TestRate(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	for i := range burst {
		if code, got := h.do(t, "POST", Path, chunkOf(sid, secret, page1, i, nil)); code != 200 {
			t.Fatalf("chunk %d: %d %v", i, code, got)
		}
	}
	if code, got := h.do(t, "POST", Path, chunkOf(sid, secret, page1, burst, nil)); code != 429 || got["retry_after_ms"] == nil {
		t.Errorf("%d %v, want 429 with a time to wait", code, got)
	}
	h.now = h.now.Add(2 * time.Second)
	if code, got := h.do(t, "POST", Path, chunkOf(sid, secret, page1, burst, nil)); code != 200 {
		t.Errorf("%d %v after a while", code, got)
	}
}

func TestSessionBytes(t *testing.T) {
	h := build(t, func(c *Config) { c.SessionBytes = 10 * leastRoom })
	sid, secret := h.session(t, 1)
	full := func(r *Replays, from int) int {
		h.mux = http.NewServeMux()
		h.mux.Handle(Path, r)
		for i := from; i < 50; i++ {
			if code, _ := h.do(t, "POST", Path, zipped(chunkOf(sid, secret, page1, i, nil))); code != 200 {
				if code != 413 {
					t.Fatalf("chunk %d: %d", i, code)
				}
				return i
			}
		}
		return -1
	}
	// Small chunks count for the room that they take.
	n := full(h.Replays, 0)
	if n != 10 {
		t.Fatalf("%d chunks were taken, want 10", n)
	}
	// What is stored counts also for a server that has just been started.
	if again := full(New(h.cfg), n); again != n {
		t.Errorf("%d chunks were taken, after a restart %d", n, again)
	}
}

// TestManySites: names of sites that nobody has must not fill the memory.
func TestManySites(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	long := strings.Repeat("x", maxSite+1)
	if code, got := h.do(t, "POST", Path, chunkOf(sid, secret, page1, 0, map[string]any{"site": long})); code != 403 {
		t.Errorf("%d %v", code, got)
	}
	if code, got := h.do(t, "GET", Path+"?site="+long, ""); code != 200 || got["replay"] != false {
		t.Errorf("%d %v", code, got)
	}
	if len(h.sites) != 0 {
		t.Errorf("%d sites are remembered", len(h.sites))
	}
}

// TestSlowBodies: pages that send slowly keep nobody from being taken in.
func TestSlowBodies(t *testing.T) {
	h := build(t, func(c *Config) { c.Concurrent = 1 })
	sid, secret := h.session(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	var slow sync.WaitGroup
	begun := make(chan struct{}, readers)
	for range readers - 1 {
		slow.Go(func() {
			r := httptest.NewRequestWithContext(ctx, "POST", Path, stalled{ctx, begun})
			h.mux.ServeHTTP(httptest.NewRecorder(), r)
		})
	}
	for range readers - 1 {
		<-begun
	}
	if code, got := h.do(t, "POST", Path, chunkOf(sid, secret, page1, 0, nil)); code != 200 {
		t.Errorf("%d %v beside slow bodies", code, got)
	}
	slow.Go(func() {
		h.mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "POST", Path, stalled{ctx, begun}))
	})
	<-begun
	if code, got := h.do(t, "POST", Path, chunkOf(sid, secret, page1, 1, nil)); code != 503 {
		t.Errorf("%d %v, want 503: there are bounds", code, got)
	}
	cancel()
	slow.Wait()
	if code, got := h.do(t, "POST", Path, chunkOf(sid, secret, page1, 1, nil)); code != 200 {
		t.Errorf("%d %v afterwards", code, got)
	}
}

// stalled is a body that does not come until ctx ends.
type stalled struct {
	ctx   context.Context
	begun chan<- struct{}
}

func (s stalled) Read([]byte) (int, error) {
	s.begun <- struct{}{}
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

// TestAwaited: a chunk that overtakes its session's first batch is not sent back, and those
// of sessions that never come do not fill the memory.
func TestAwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t, func(c *Config) { c.Patience, c.Concurrent = 0, 1 })
		go func() {
			time.Sleep(time.Second)
			h.session(t, 1)
		}()
		sid, secret := gait.SessionID{1}.String(), strings.Repeat("01", 16)
		begun := time.Now()
		if code, got := h.do(t, "POST", Path, chunkOf(sid, secret, page1, 0, nil)); code != 200 || time.Since(begun) > patience {
			t.Errorf("%d %v after %v", code, got, time.Since(begun))
		}
		codes := make(chan int, 2*waiters)
		for n := range 2 * waiters {
			go func() {
				r := httptest.NewRequest("POST", Path, strings.NewReader(chunkOf(gait.SessionID{byte(n), 9}.String(), secret, page1, 0, nil)))
				r.Header.Set("Origin", "https://shop.example")
				w := httptest.NewRecorder()
				h.mux.ServeHTTP(w, r)
				codes <- w.Code
			}()
		}
		time.Sleep(lookOut / 2)
		if waiting := len(h.waiting); waiting > waiters || len(codes) < waiters {
			t.Errorf("%d wait, %d are answered", waiting, len(codes))
		}
		if code, got := h.do(t, "POST", Path, chunkOf(sid, secret, page1, 1, nil)); code != 200 {
			t.Errorf("%d %v while others wait", code, got)
		}
		for range 2 * waiters {
			if code := <-codes; code != 503 {
				t.Errorf("%d for a session that never came", code)
			}
		}
	})
}

func TestTooManyAtOnce(t *testing.T) {
	h := build(t, func(c *Config) { c.Concurrent = 1 })
	h.slots <- struct{}{}
	if code, got := h.do(t, "POST", Path, "{}"); code != 503 || got["retry_after_ms"] == nil {
		t.Errorf("%d %v, want 503 with a time to wait", code, got)
	}
}

func TestViewer(t *testing.T) {
	mux := http.NewServeMux()
	v := NewViewer()
	mux.HandleFunc(PagePattern, v.Page)
	mux.HandleFunc(AssetsPattern, v.Asset)
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w
	}
	page := get("/replay/" + strings.Repeat("0", 32))
	csp := page.Header().Get("Content-Security-Policy")
	if page.Code != 200 || !strings.HasPrefix(csp, "default-src 'none'; script-src 'self';") || strings.Contains(csp, "http") {
		t.Errorf("%d with the policy %s", page.Code, csp)
	}
	for name, a := range v.assets {
		url := v.at(name)
		if !strings.Contains(page.Body.String(), url) {
			t.Errorf("the page does not load %s", url)
		}
		if got := get(url); got.Code != 200 || got.Header().Get("Content-Type") != a.ContentType || !strings.Contains(got.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", url, got.Code, got.Header())
		}
	}
	if got := get("/replay/assets/other.js"); got.Code != 404 {
		t.Errorf("another file: %d", got.Code)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(chunkOf(strings.Repeat("1", 32), strings.Repeat("2", 32), page1, 3, nil)))
	f.Add([]byte(zipped(chunkOf(strings.Repeat("1", 32), strings.Repeat("2", 32), page1, 3, nil))))
	f.Add([]byte(`{"events":[{}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		plain, err := unpack(raw)
		if err == nil {
			var c *chunk
			if c, err = decode(plain); err == nil {
				check(t, c)
				return
			}
		}
		if code := gait.CodeOf(err); code != gait.Invalid && code != gait.TooLarge {
			t.Errorf("%v has the code %q", err, code)
		}
	})
}

// check asserts what holds for every chunk that was accepted.
func check(t *testing.T, c *chunk) {
	t.Helper()
	packed, err := c.pack()
	if err != nil {
		t.Fatal(err)
	}
	line, events, ok := strings.Cut(string(packed), "\n")
	var h head
	if err := json.Unmarshal([]byte(line), &h); !ok || err != nil || h != c.head || len(line) > maxHead {
		t.Errorf("the head %q reads as %+v (%v)", line, h, err)
	}
	var list []event
	if err := json.Unmarshal([]byte(events), &list); err != nil || len(list) == 0 {
		t.Errorf("%d events (%v)", len(list), err)
	}
	if strings.ContainsAny(h.URL, "?#") {
		t.Errorf("the address %q", h.URL)
	}
}
