package api_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/api/native"
	"github.com/gaithq/gait/api/roundtable"
)

type listed struct {
	Data []struct {
		ID        string
		CreatedAt string
		Status    string
	}
	Pagination struct {
		NextCursor *string
		HasMore    bool
		Limit      int
	}
}

func (h *house) list(query, key string) listed {
	h.t.Helper()
	w := h.get("/v1/sessions?"+query, key)
	var l listed
	if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil || w.Code != 200 {
		h.t.Fatalf("%s: %d %s", query, w.Code, w.Body)
	}
	return l
}

// fill gives workspace 1 n sessions, two for every minute back from now.
func (h *house) fill(n int) {
	rows := make([]gait.SessionRow, n)
	for i := range rows {
		at := h.now.Add(-time.Duration(i/2) * time.Minute).UnixMilli()
		rows[i] = gait.SessionRow{SessionRef: gait.SessionRef{Workspace: 1, Session: sid(i)}, Started: at, LastArrival: at, Score: i % 101}
	}
	h.judge.rows[1] = rows
}

// TestPages walks through a list and wants everything once, newest first.
func TestPages(t *testing.T) {
	h := newHouse(t)
	for _, n := range []int{0, 1, 7, 8, 21, 35} {
		h.fill(n)
		var all []string
		times := []string{}
		cursor := ""
		for pages := 1; ; pages++ {
			l := h.list("pageSize=7&cursor="+cursor, "$AIK")
			for _, s := range l.Data {
				all = append(all, s.ID)
				times = append(times, s.CreatedAt)
			}
			if l.Pagination.HasMore != (l.Pagination.NextCursor != nil) || l.Pagination.HasMore && len(l.Data) != 7 {
				t.Fatalf("%d sessions, page %d: %+v", n, pages, l.Pagination)
			}
			if !l.Pagination.HasMore {
				if want := max((n+6)/7, 1); pages != want {
					t.Errorf("%d sessions: %d pages, want %d", n, pages, want)
				}
				break
			}
			cursor = *l.Pagination.NextCursor
		}
		slices.Reverse(times)
		if !slices.IsSorted(times) || len(times) != n {
			t.Errorf("%d sessions: %v", n, times)
		}
		slices.Sort(all)
		if len(slices.Compact(all)) != n {
			t.Errorf("%d sessions: some came twice", n)
		}
	}
}

func TestCursorsStayHome(t *testing.T) {
	h := newHouse(t)
	h.fill(3)
	cursor := *h.list("pageSize=1", "$AIK").Pagination.NextCursor
	if w := h.get("/v1/sessions?cursor="+cursor, "$AIK_PRO"); w.Code != 400 {
		t.Errorf("another workspace's cursor: %d", w.Code)
	}
	for i := range cursor {
		bad := []byte(cursor)
		bad[i] ^= 1
		if w := h.get("/v1/sessions?cursor="+string(bad), "$AIK"); w.Code != 400 {
			t.Errorf("cursor with character %d changed: %d", i, w.Code)
		}
	}
}

// TestFilters counts what the filters of the list let through.
func TestFilters(t *testing.T) {
	h := newHouse(t)
	h.fill(90) // two at 12:00:00, two at 11:59:00 and so on back to 11:16:00; scores 0 to 89
	f := func(query string, want int) {
		t.Helper()
		if l := h.list("pageSize=100&"+query, "$AIK"); len(l.Data) != want {
			t.Errorf("%q: %d sessions, want %d", query, len(l.Data), want)
		}
	}
	f("", 90)
	f("status=&botOnly=&startDate=&endDate=&cursor=&unknown=1", 90) // empty is as good as absent
	f("status=active", 60)                                          // 12:00 back to 11:31; 11:30 is 30 minutes ago
	f("status=closed", 30)
	f("botOnly=true", 20)
	f("botOnly=TRUE&status=active", 0)
	f("botOnly=false", 90)
	f("startDate=2026-06-10T11:59:00Z", 4)
	f("startDate=2026-06-10T11:59:00.0001Z", 2)
	f("startDate=2026-06-10T13:59:00%2B02:00", 4)
	f("startDate=2026-06-10T13:59:00+02:00", 4) // the plus unescaped
	f("endDate=2026-06-10T11:16:00Z", 2)
	f("endDate=2026-06-10T11:16:59.999Z", 2)
	f("endDate=2026-06-10T11:15:59.9999Z", 0)
	f("startDate=2026-06-10&endDate=2026-06-10", 90)
	f("startDate=2026-06-11", 0)
	f("endDate=2026-06-09", 0)
	f("startDate=2026-06-10T12:00:00Z&endDate=2026-06-10", 2)
	f("startDate=2026-06-10T12:00:00Z&endDate=2026-06-10T11:30:00Z", 0)
	f("startDate=2026-06-10T11:30:00Z&endDate=2026-06-10T11:30:00Z", 2)
	f("startDate=2019-06-09", 0) // before the 7 years of the enterprise tier
	f("endDate=1970-01-01T00:00:00Z", 0)
	if l := h.list("", "$AIK"); len(l.Data) != 50 || l.Pagination.Limit != 50 || !l.Pagination.HasMore {
		t.Errorf("the usual page: %d, %+v", len(l.Data), l.Pagination)
	}
	if l := h.list("pageSize=101", "$AIK"); l.Pagination.Limit != 100 {
		t.Errorf("more than allowed: %+v", l.Pagination)
	}
}

// TestHistory checks the edge of a tier's window.
func TestHistory(t *testing.T) {
	h := newHouse(t)
	edge := h.now.AddDate(0, 0, -7)
	h.judge.rows[3] = []gait.SessionRow{
		{SessionRef: gait.SessionRef{Session: sid(1)}, Started: edge.UnixMilli()},
		{SessionRef: gait.SessionRef{Session: sid(2)}, Started: edge.UnixMilli() - 1},
	}
	for query, want := range map[string]int{
		"":                               1,
		"startDate=2026-06-03":           1, // the day of the edge
		"startDate=2026-06-03T11:59:30Z": 1, // asked half a minute ago
		"startDate=2026-06-03T11:58:00Z": 0,
		"startDate=2026-06-02":           0,
		"endDate=2026-06-03T12:00:00Z":   1,
		"endDate=2026-06-03T11:59:59Z":   0,
	} {
		if l := h.list(query, "$AIK_FREE"); len(l.Data) != want {
			t.Errorf("%q: %d sessions, want %d", query, len(l.Data), want)
		}
	}
	if w := h.get("/v1/sessions?startDate=2020-01-01&endDate=never", "$AIK_FREE"); w.Code != 400 {
		t.Errorf("a bad endDate beside a startDate too old: %d", w.Code)
	}
}

// TestStatus agrees with gait.StatusAt on both sides of the boundary.
func TestStatus(t *testing.T) {
	h := newHouse(t)
	idle := h.now.Add(-gait.IdleTimeout).UnixMilli()
	h.judge.rows[1] = []gait.SessionRow{
		{SessionRef: gait.SessionRef{Session: sid(1)}, Started: idle, LastArrival: idle + 1},
		{SessionRef: gait.SessionRef{Session: sid(2)}, Started: idle, LastArrival: idle},
	}
	for status, want := range map[string]string{"active": sid(1).String(), "closed": sid(2).String()} {
		if l := h.list("status="+status, "$AIK"); len(l.Data) != 1 || l.Data[0].ID != want || l.Data[0].Status != status {
			t.Errorf("%s: %+v", status, l.Data)
		}
	}
}

// TestLimits spends a tier's minute and sees it come back.
func TestLimits(t *testing.T) {
	h := newHouse(t)
	start := h.now
	for i := range 60 {
		h.now = start.Add(time.Duration(i) * 100 * time.Millisecond)
		if w := h.get("/v1/nothing", "$AIK_FREE"); w.Code != 404 { // failures count, too
			t.Fatalf("request %d: %d", i, w.Code)
		}
	}
	refused := func(at time.Duration, retry string) {
		t.Helper()
		h.now = start.Add(at)
		w := h.get("/v1/sessions", "$AIK_FREE")
		if w.Code != 429 || w.Header().Get("Retry-After") != retry || w.Header().Get("X-Isnotai-Tier") != "free" ||
			!strings.Contains(w.Body.String(), `"RATE_LIMITED"`) {
			t.Errorf("after %v: %d %v %s", at, w.Code, w.Header(), w.Body)
		}
	}
	refused(6*time.Second, "54")
	refused(59*time.Second+999*time.Millisecond, "1")
	if w := h.get("/v1/sessions", "$AIK"); w.Code != 200 {
		t.Errorf("another key: %d", w.Code)
	}
	if w := h.do("GET", "/api/v1/sessions/x/evidence", "x-api-key: $AIK_FREE"); w.Code != 429 || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("our own routes count, too: %d %v", w.Code, w.Header())
	}
	h.now = start.Add(time.Minute)
	if w := h.get("/v1/sessions", "$AIK_FREE"); w.Code != 200 {
		t.Errorf("a minute after the first: %d", w.Code)
	}
	refused(time.Minute, "1")
}

// TestKeysExpire revokes a key and a workspace's tier and waits for it to show.
func TestKeysExpire(t *testing.T) {
	h := newHouse(t)
	h.get("/v1/sessions", "$AIK_FREE")
	asked := h.store.asked
	h.get("/v1/sessions", "$AIK_FREE")
	if h.store.asked != asked {
		t.Error("a key was looked up twice in a moment")
	}
	h.store.workspaces[3] = gait.Workspace{ID: 3, Tier: "pro"}
	h.now = h.now.Add(10 * time.Second)
	if w := h.get("/v1/sessions", "$AIK_FREE"); w.Header().Get("X-Isnotai-Tier") != "pro" {
		t.Errorf("the tier is still %s", w.Header().Get("X-Isnotai-Tier"))
	}
	delete(h.store.keys, api.HashKey(keys["$AIK_FREE"]))
	h.now = h.now.Add(10 * time.Second)
	if w := h.get("/v1/sessions", "$AIK_FREE"); w.Code != 401 {
		t.Errorf("a revoked key: %d", w.Code)
	}
	// A key whose text promises another dialect than its row, and one without a workspace.
	h.store.add(keys["$SK_GONE"], 1, gait.NotAI)
	h.store.add(keys["$AIK_GONE"], 99, gait.NotAI)
	for _, k := range []string{"$SK_GONE", "$AIK_GONE"} {
		if w := h.get("/v1/sessions", k); w.Code != 401 {
			t.Errorf("%s: %d", k, w.Code)
		}
	}
}

// TestFailures lets the judge fail in every way and looks for what must not show.
func TestFailures(t *testing.T) {
	routes := map[string]string{
		"/v1/sessions/" + sid(1).String() + "/report":       "$SK",
		"/v1/sessions/" + sid(1).String():                   "$AIK",
		"/api/v1/sessions/" + sid(1).String() + "/evidence": "$AIK",
	}
	secret := errors.New("the secret cause")
	for path, key := range routes {
		for _, c := range []struct {
			err    error
			crash  any
			status int
			shown  string
			logged string
		}{
			{err: secret, status: 500, logged: "the secret cause"},
			{err: gait.Wrap(secret, gait.Internal, "half a word"), status: 500, logged: "the secret cause"},
			{err: gait.Wrap(secret, gait.Unavailable, "the store is full"), status: 503, shown: "the store is full", logged: "the secret cause"},
			{err: gait.Wrap(secret, gait.NotFound, "where is it"), status: 404, shown: "no such session"},
			{err: gait.Errorf(gait.Forbidden, "not yours"), status: 403, shown: "not yours"},
			{err: gait.Errorf(gait.RateLimited, "slowly"), status: 429, shown: "slowly"},
			{err: gait.Errorf("novel", "what is this"), status: 500},
			{crash: "boom", status: 500, logged: "harness_test.go"},
		} {
			h := newHouse(t)
			h.judge.err, h.judge.crash = c.err, c.crash
			w := h.get(path, key)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.shown) {
				t.Errorf("%s %v: %d %s", path, c.err, w.Code, w.Body)
			}
			for _, word := range []string{"secret cause", "boom", "half a word", "where is it"} {
				if strings.Contains(w.Body.String(), word) {
					t.Errorf("%s: the answer shows %q: %s", path, word, w.Body)
				}
			}
			if !strings.Contains(h.log.String(), c.logged) {
				t.Errorf("%s: not logged: %s in %s", path, c.logged, &h.log)
			}
			if strings.Contains(h.log.String(), keys[key]) || strings.Contains(h.log.String(), sid(1).String()) {
				t.Errorf("%s: the log shows too much: %s", path, &h.log)
			}
			if key == "$AIK" && w.Header().Get("X-Isnotai-Tier") == "" {
				t.Errorf("%s: no tier on a %d", path, w.Code)
			}
		}
	}
	h := newHouse(t)
	h.judge.crash = http.ErrAbortHandler
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("ErrAbortHandler was swallowed")
		}
	}()
	h.get("/v1/sessions/"+sid(1).String(), "$AIK")
}

func TestReady(t *testing.T) {
	h := newHouse(t)
	h.ready = errors.New("secret cause")
	if w := h.do("GET", "/ready"); w.Code != 503 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	h.ready = gait.Wrap(errors.New("secret cause"), gait.Unavailable, "the disk is full")
	if w := h.do("GET", "/ready"); w.Code != 503 || !strings.Contains(w.Body.String(), "the disk is full") || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := httptest.NewRecorder(); true {
		api.New(api.Config{Workspaces: h.store}).ServeHTTP(w, httptest.NewRequest("GET", "/ready", nil))
		if w.Code != 200 {
			t.Errorf("without a check: %d", w.Code)
		}
	}
}

// TestMounted serves over a socket, mounted as cmd does, to many at once.
func TestMounted(t *testing.T) {
	h := goldenHouse(t)
	mux := http.NewServeMux()
	for _, p := range api.Mounts() {
		mux.Handle(p, h.handler)
	}
	mux.HandleFunc("POST /v1/batch", func(http.ResponseWriter, *http.Request) {})
	server := httptest.NewServer(mux)
	defer server.Close()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for path, want := range map[string]int{
				"/v1/sessions/" + sid(1).String() + "/events": 200,
				"/v1/sessions/a%2Fb/report":                   404,
				"/v1/sessions/a%20b%E2%82%AC/events":          404,
				"/openapi/v3.json":                            200,
				"/health":                                     200,
			} {
				r, _ := http.NewRequest("GET", server.URL+path, nil)
				r.Header.Set("Authorization", "Bearer "+keys["$SK"])
				if i%2 == 1 {
					r.Method = "HEAD"
				}
				resp, err := server.Client().Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				body, _ := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				if resp.StatusCode != want || resp.Header.Get("Content-Length") == "" || (len(body) == 0) != (r.Method == "HEAD") {
					t.Errorf("%s %s: %d, %d bytes, %v", r.Method, path, resp.StatusCode, len(body), resp.Header)
				}
			}
		})
	}
	wg.Wait()
}

// TestEvidence is the same bytes from the route and from inside the server.
func TestEvidence(t *testing.T) {
	h := goldenHouse(t)
	inside, err := native.Evidence(fullReport(h.now))
	if err != nil {
		t.Fatal(err)
	}
	if w := h.get("/api/v1/sessions/"+sid(1).String()+"/evidence", "$SK"); w.Body.String() != string(inside) {
		t.Errorf("route: %s\ninside: %s", w.Body, inside)
	}
}

func TestTwoOwners(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("two dialects got one path for the same keys")
		}
	}()
	api.New(api.Config{}, roundtable.New(nil), roundtable.New(nil))
}

func TestNewKeys(t *testing.T) {
	now := time.UnixMilli(1234)
	for range 100 {
		sk, skKey := api.NewSecretKey(now)
		aik, aikKey := api.NewNotAIKey(now)
		if !strings.HasPrefix(sk, "sk-") || len(sk) != 46 || !strings.HasPrefix(aik, "aik_v1_") || len(aik) != 47 {
			t.Fatal(sk, aik)
		}
		if skKey.Hash != api.HashKey(sk) || skKey.Dialect != gait.Roundtable || skKey.Hint != "sk-…"+sk[42:] || skKey.Created != 1234 {
			t.Fatalf("%+v", skKey)
		}
		if aikKey.Dialect != gait.NotAI || aikKey.Hint != "aik_v1_…"+aik[43:] {
			t.Fatalf("%+v", aikKey)
		}
		site, integration := api.NewSiteKey(), api.NewIntegrationID()
		if !strings.HasPrefix(site, "pub-") || len(site) != 36 || len(integration) != 8 {
			t.Fatal(site, integration)
		}
		if _, err := strconv.ParseUint(integration, 16, 32); err != nil {
			t.Fatal(err)
		}
		h := newHouse(t)
		h.store.add(sk, 1, gait.Roundtable)
		h.store.add(aik, 1, gait.NotAI)
		if w := h.get("/v1/sessions/x/report", sk); w.Code != 404 {
			t.Fatal(w.Code)
		}
		if w := h.get("/v1/sessions", aik); w.Code != 200 {
			t.Fatal(w.Code)
		}
	}
}
