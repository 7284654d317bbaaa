//go:build browser

package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/blob/fs"
	"github.com/gaithq/gait/ingest"
	"github.com/gaithq/gait/store/mem"
	"github.com/gaithq/gait/tracker"
)

// These tests drive Debian's Chromium. They need what `make browsers` and npm ci
// install, and fail without it.

const (
	offKey  = "pub-00000000000000000000000000000002" // of a workspace that records nobody
	testKey = "sk-test"
)

// shop is a server with pages that are recorded.
type shop struct {
	*httptest.Server
	blobs *fs.Store
	on    gait.Workspace

	mu       sync.Mutex
	requests map[string]int // by path
	away     bool           // the recorder's server
	took     map[string]int // batches by site key
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{requests: map[string]int{}, took: map[string]int{}}
	store := mem.New(mem.Config{})
	t.Cleanup(func() { _ = store.Close() })
	var err error
	if s.blobs, err = fs.Open(t.TempDir(), fs.Config{}); err != nil {
		t.Fatal(err)
	}
	for i, key := range []string{siteKey, offKey} {
		w, err := store.CreateWorkspace(t.Context(), gait.Workspace{Name: key, IntegrationID: fmt.Sprintf("0000000%d", i), SiteKey: key}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			s.on = w
		}
	}
	p := New(Config{
		Blobs: s.blobs, Workspaces: store, Batches: store,
		Settings: func(_ context.Context, w gait.WorkspaceID) (gait.Settings, error) {
			return gait.Settings{Replay: w == s.on.ID}, nil
		},
		Caller: func(r *http.Request) (gait.WorkspaceID, error) {
			if r.Header.Get("Authorization") != "Bearer "+testKey {
				return 0, gait.Errorf(gait.Unauthorized, "no key")
			}
			return s.on.ID, nil
		},
	})
	viewer := NewViewer()
	mux := http.NewServeMux()
	batches := ingest.New(ingest.Config{Workspaces: store, Store: store})
	mux.Handle(ingest.Path, batches)
	mux.HandleFunc(Path, func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		away := s.away && r.Method == http.MethodPost
		s.mu.Unlock()
		if away {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		p.ServeHTTP(w, r)
	})
	mux.HandleFunc(ReadPattern, p.Read)
	mux.HandleFunc("GET /api/v1/sessions/{sessionId}/evidence", func(w http.ResponseWriter, r *http.Request) {
		id, err := gait.ParseSessionID(r.PathValue("sessionId"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		pages, err := p.pages(r.Context(), gait.SessionRef{Workspace: s.on.ID, Session: id}, "")
		if err != nil || len(pages) < 2 {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, judged(pages))
	})
	mux.HandleFunc(PagePattern, viewer.Page)
	mux.HandleFunc(AssetsPattern, viewer.Asset)
	for path, a := range map[string]http.Handler{"/v1/rt.js": tracker.Script(), "/v1/probes.js": tracker.Probes(), "/v1/replay.js": tracker.Replay()} {
		mux.Handle("GET "+path, a)
	}
	mux.HandleFunc("GET /site/{page}", s.page)
	mux.HandleFunc("GET /site/look.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		_, _ = io.WriteString(w, `@import url("zqimport.css"); /* zqcomment */ h1 { color: rgb(1, 2, 3); background: url(/zqimage.png) } h1::after { content: "zqcontent" }`)
	})
	mux.HandleFunc("GET /embed/{sessionId}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<!doctype html><iframe id="f" src="/replay/%s" width="700" height="500"></iframe>
<script>window.told = []; addEventListener("message", (e) => told.push(e.data))</script>`, r.PathValue("sessionId"))
	})
	mux.HandleFunc("GET /control/{what}", s.control)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests[r.Method+" "+r.URL.Path]++
		s.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// judged is evidence of a session: a check that fired on both pages, in the second second
// of the first one, another with it, and one that did not.
func judged(pages []page) string {
	at := func(p page, ms int64) map[string]string {
		return map[string]string{"page": p.Page, "at": time.UnixMilli(p.Started + ms).UTC().Format("2006-01-02T15:04:05.000Z07:00")}
	}
	check := func(title, verdict string, first, best any) map[string]any {
		return map[string]any{"title": title, "verdict": verdict, "first": first, "best": best}
	}
	out, _ := json.Marshal(map[string]any{"checks": map[string]any{
		"a": check("Teleporting mouse", "Detected", at(pages[0], 1500), at(pages[1], 100)),
		"b": check("Centred clicks", "Detected", at(pages[0], 1501), at(pages[0], 1501)),
		"c": check("All pasted", "Not detected", at(pages[0], 2000), nil),
		"d": check("Software renderer", "Detected", nil, nil),
	}})
	return string(out)
}

// page serves testdata/NAME.html with the script tag that the query asks for.
func (s *shop) page(w http.ResponseWriter, r *http.Request) {
	body, err := os.ReadFile("testdata/" + r.PathValue("page") + ".html")
	if err != nil {
		http.NotFound(w, r)
		return
	}
	key := siteKey
	if r.FormValue("site") == "off" {
		key = offKey
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if r.FormValue("policy") == "strict" {
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-n1'; connect-src 'self'; style-src 'self' 'nonce-n1'; require-trusted-types-for 'script'; trusted-types gait")
	}
	script := fmt.Sprintf(`<script nonce="n1" src="/v1/rt.js" data-site-key="%s" %s></script>`, key, r.FormValue("tag"))
	_, _ = w.Write(bytes.Replace(body, []byte("<!--script-->"), []byte(script), 1))
}

func (s *shop) control(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.PathValue("what") {
	case "away":
		s.away = true
	case "back":
		s.away = false
	case "forget":
		s.requests = map[string]int{}
	}
	_ = json.NewEncoder(w).Encode(s.requests)
}

// stored returns all that is stored of a session, in the order of pages and chunks.
func (s *shop) stored(t *testing.T, sid string) string {
	t.Helper()
	id, err := gait.ParseSessionID(sid)
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.blobs.List(t.Context(), gait.SessionRef{Workspace: s.on.ID, Session: id})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, b := range list {
		in, err := s.blobs.Open(t.Context(), b.BlobRef)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, in); err != nil {
			t.Fatal(err)
		}
		if err := in.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// first returns when the first thing that is stored of a session happened, Unix ms.
func (s *shop) first(t *testing.T, sid string) float64 {
	t.Helper()
	line, _, _ := strings.Cut(s.stored(t, sid), "\n")
	var h head
	if err := json.Unmarshal([]byte(line), &h); err != nil {
		t.Fatal(err)
	}
	return float64(h.First)
}

// drive plays a scenario of testdata/drive.mjs in a browser.
func (s *shop) drive(t *testing.T, scenario string, result any, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", append([]string{"testdata/drive.mjs", s.URL, scenario}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", scenario, err, &errs)
	}
	var answer struct {
		Result   json.RawMessage
		Problems []string
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, p := range answer.Problems {
		t.Errorf("%s: %s", scenario, p)
	}
	if err := json.Unmarshal(answer.Result, result); err != nil {
		t.Fatalf("%v: %s", err, answer.Result)
	}
}

// Everything secret in the pages begins like this.
const planted = "zq"

func TestMasked(t *testing.T) {
	for _, browser := range []string{"chromium", "strict"} {
		t.Run(browser, func(t *testing.T) {
			s := newShop(t)
			var got struct {
				Session string
				Typed   []string // what was entered while it was recorded
			}
			s.drive(t, "masked", &got, browser)
			stored := s.stored(t, got.Session)
			t.Logf("%d bytes are stored", len(stored))
			low := strings.ToLower(stored)
			for at := 0; ; {
				i := strings.Index(low[at:], planted)
				if i < 0 {
					break
				}
				at += i
				t.Errorf("leaked: …%s…", stored[max(0, at-80):min(len(stored), at+60)])
				at += len(planted)
			}
			for _, typed := range got.Typed {
				if strings.Contains(low, strings.ToLower(typed)) {
					t.Errorf("%q was entered, and is stored", typed)
				}
			}
			for _, want := range []string{
				"Welcome to the shop", "Added and shown", // unmasked
				"■■■■■ ■■■■", // a text, with its white space
				"rgb(1, 2, 3)", `"gait-box"`, `/site/secrets"`, `"rr_width"`, `"viewBox":"0 0 10 10"`,
			} {
				if !strings.Contains(stored, want) {
					t.Errorf("%q is not stored", want)
				}
			}
			for _, never := range []string{"http://", "https://", "url(/", "src\":"} {
				for part := range strings.SplitSeq(stored, never) {
					if strings.HasSuffix(part, `"href":"`) || strings.HasSuffix(part, `"url":"`) || strings.HasSuffix(part, `"publicId":"`) {
						continue // where the page is
					}
					if never != "http://" && part != stored && !strings.HasSuffix(part, stored[len(stored)-1:]) {
						t.Errorf("%q is stored after %q", never, part[max(0, len(part)-40):])
					}
				}
			}
		})
	}
}

func TestNotRecorded(t *testing.T) {
	s := newShop(t)
	for scenario, asks := range map[string]bool{"tag": false, "privacy": false, "probe-free": false, "workspace": true, "framed": false} {
		var got struct{ Requests map[string]int }
		s.drive(t, "absent", &got, scenario)
		if got.Requests["POST "+ingest.Path] == 0 {
			t.Errorf("%s: nothing was captured", scenario)
		}
		if got.Requests["GET /v1/replay.js"] != 0 || got.Requests["POST "+Path] != 0 {
			t.Errorf("%s: the recorder was loaded: %v", scenario, got.Requests)
		}
		if (got.Requests["GET "+Path] > 0) != asks {
			t.Errorf("%s: %v", scenario, got.Requests)
		}
	}
}

// Consent withdrawn, or a part of the site that is left out, ends the recording.
func TestConsentWithdrawn(t *testing.T) {
	s := newShop(t)
	var got struct{ First, Second string }
	s.drive(t, "consent", &got)
	first, second := s.stored(t, got.First), s.stored(t, got.Second)
	if !strings.Contains(first, "Said with consent") || strings.Contains(first, "Said without") || strings.Contains(second, "Said without") {
		t.Errorf("what was said without consent is stored, or what was said with it is not")
	}
	if !strings.Contains(second, "Said again") {
		t.Error("the second session is not recorded")
	}
}

// TestStart: nothing waits for longer than it has to before a document is recorded: the
// server is asked and the recorder fetched while the probes look at the page.
func TestStart(t *testing.T) {
	s := newShop(t)
	var got struct {
		Session string
		Origin  float64
		At      map[string][2]float64 // path to begin and end, ms since the document began
		Fetched int                   // times that the recorder was asked for
	}
	s.drive(t, "start", &got)
	probes, asked, recorder := got.At["/v1/probes.js"][1], got.At[Path], got.At["/v1/replay.js"]
	begun := s.first(t, got.Session) - got.Origin
	t.Logf("probes %.0f, asked %.0f, recorder %.0f to %.0f, recorded from %.0f ms", probes, asked[0], recorder[0], recorder[1], begun)
	if probes == 0 || asked[0]-probes > 1000 || begun < recorder[1] || begun-probes > 3000 || got.Fetched != 1 {
		t.Errorf("%+v, recorded from %.0f ms", got, begun)
	}
}

// TestLeft: what happened just before a document was left is in its replay.
func TestLeft(t *testing.T) {
	s := newShop(t)
	var got struct{ Session string }
	s.drive(t, "leave", &got)
	stored := s.stored(t, got.Session)
	for _, want := range []string{"Word 0.", "Word 17.", "Word 35."} {
		if !strings.Contains(stored, want) {
			t.Errorf("%q is not stored", want)
		}
	}
	s.drive(t, "glance", &got)
	if stored := s.stored(t, got.Session); !strings.Contains(stored, "Welcome to the shop") {
		t.Errorf("of a document that was left at once %d bytes are stored", len(stored))
	}
}

func TestServerAway(t *testing.T) {
	s := newShop(t)
	var got struct {
		Before, After int // batches
		Session       string
	}
	s.drive(t, "away", &got)
	if got.After <= got.Before {
		t.Errorf("%d batches, then %d: capture waits for the recorder", got.Before, got.After)
	}
	if stored := s.stored(t, got.Session); !strings.Contains(stored, "Said while away") {
		t.Error("what waited did not arrive")
	}
}

func TestPlayer(t *testing.T) {
	s := newShop(t)
	var masked struct{ Session string }
	s.drive(t, "visit", &masked)
	var got struct {
		Asked   bool     // for a key
		Pages   []string // of the switcher
		Shown   string   // in the frame
		Playing []float64
		Sought  float64
		Clicked int // marks
		Speed   string
		Told    []struct {
			Gait string
			At   float64
		}
		Spots   []string // of evidence
		Jumped  []float64
		Caption string
		Keys    []string // what keys did while a speed had the focus
		Turned  string   // the page after a key for the next one
		Narrow  bool     // no sideways scrolling at 390 px
		Sandbox string
		Empty   string
		Wrong   string
	}
	s.drive(t, "player", &got, masked.Session, testKey, os.Getenv("GAIT_PICTURES"))
	if !got.Asked || !strings.Contains(got.Wrong, "key") {
		t.Errorf("asked for a key: %v; after a wrong one: %q", got.Asked, got.Wrong)
	}
	if len(got.Pages) != 2 || !strings.Contains(got.Pages[0], "/site/secrets") || !strings.Contains(got.Pages[1], "/site/second") {
		t.Errorf("pages %q", got.Pages)
	}
	if !strings.Contains(got.Shown, "Welcome to the shop") || !strings.Contains(got.Shown, "■■■") {
		t.Errorf("shown: %.200q", got.Shown)
	}
	if len(got.Playing) != 2 || got.Playing[1] <= got.Playing[0] {
		t.Errorf("while playing: %v", got.Playing)
	}
	if got.Sought < 900 || got.Sought > 1100 {
		t.Errorf("sought second 1, found %v ms", got.Sought)
	}
	if got.Clicked == 0 || got.Speed != "4" || !got.Narrow || got.Sandbox != "allow-same-origin" {
		t.Errorf("%+v", got)
	}
	if len(got.Spots) != 1 || !strings.Contains(got.Spots[0], "Teleporting mouse, Centred clicks") || !strings.Contains(got.Caption, "Teleporting mouse") {
		t.Errorf("evidence %q, said %q", got.Spots, got.Caption)
	}
	for _, at := range got.Jumped {
		if at < 400 || at > 1000 {
			t.Errorf("jumped to %v, for evidence at 1500 ms", got.Jumped)
		}
	}
	if want := []string{"8", "false", "true", "Pause", "Play"}; !slices.Equal(got.Keys, want) || got.Turned != "1" {
		t.Errorf("keys did %q, want %q; and turned to page %q", got.Keys, want, got.Turned)
	}
	if !slices.ContainsFunc(got.Told, func(m struct {
		Gait string
		At   float64
	},
	) bool {
		return m.Gait == "time" && m.At > 1e12
	}) {
		t.Errorf("the page around was told %v", got.Told)
	}
	if !strings.Contains(got.Empty, "Nothing is recorded") {
		t.Errorf("for an unknown session: %q", got.Empty)
	}
}
