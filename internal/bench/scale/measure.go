package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/api/native"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/internal/bench/shop"
	"github.com/gaithq/gait/judge"
	"github.com/gaithq/gait/store/sqlite"
)

// What a request may take.
const (
	aimOverview = 100 * time.Millisecond
	aimList     = 300 * time.Millisecond
)

// request is one of the dashboard's.
type request struct {
	target string // under /api/v1, with -7d for the moment of seven days ago
	body   string // of a POST
	aim    time.Duration
}

func (r request) name() string { return strings.TrimSpace(r.target + " " + r.body) }

// at is the target at a time of day, Unix ms.
func (r request) at(now int64) string {
	target := r.target
	for _, days := range []int64{1, 7, 30, 45, 90} {
		target = strings.ReplaceAll(target, ago(days), strconv.FormatInt(now-days*gait.Day, 10))
	}
	return target
}

// ago stands for a moment in targets.
func ago(days int64) string { return fmt.Sprintf("-%dd", days) }

// requests are what is measured: of each filter one value that is common, one that
// is rare and one that no session has.
func requests() []request {
	var list []request
	get := func(aim time.Duration, path string, pairs ...string) {
		q := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			q.Add(pairs[i], pairs[i+1])
		}
		target := path
		if len(q) > 0 {
			target += "?" + q.Encode()
		}
		list = append(list, request{target: target, aim: aim})
	}
	for _, days := range []int64{1, 7, 30, 90} {
		get(aimOverview, "/overview", "since", ago(days))
	}
	for _, path := range []string{"/tags", "/routes"} {
		get(aimList, path, "since", ago(30))
	}
	get(aimList, "/tags/"+rareTag, "since", ago(30))
	get(aimList, "/routes/detail", "since", ago(30), "route", "/shop/7")
	filters := [][]string{
		{},
		{"until", ago(45)},
		{"min", "90"},
		{"min", "70", "max", "71"},
		{"flag", "teleporting_mouse"},
		{"flag", "agent_behavior", "flag", "no_corrections", "flag", "tor", "flag", "bot"},
		{"route", "/shop/7"},
		{"route", rareRoute},
		{"route", "/nowhere"},
		{"tag", "checkout"},
		{"tag", rareTag},
		{"tag", "nobody"},
		{"tag", "checkout", "country", rareCountry},
		{"country", "DE"},
		{"country", rareCountry},
		{"country", "XX"},
		{"device", "phone"},
		{"device", "tablet"},
		{"browser", "Firefox"},
		{"browser", rareBrowser},
		{"actor", string(gait.ActorPerson)},
		{"actor", string(gait.ActorDeclared)},
		{"user", "user 7"},
		{"user", "nobody"},
		{"label", "machine"},
		{"q", "user 7"},
		{"q", "rare-page"},
		{"q", "nowhere"},
		{"status", "live"},
		{"status", "complete"},
		{"route", "/nowhere", "since", ago(30)},
	}
	for _, f := range filters {
		get(aimList, "/sessions", append([]string{"limit", "100"}, f...)...)
	}
	for _, f := range filters {
		get(aimList, "/sessions/count", f...)
	}
	get(aimList, "/users")
	get(aimList, "/users", "q", "user 77")
	get(aimList, "/users", "q", "user 123456")
	get(aimList, "/users", "q", "nobody")
	get(aimList, "/users/detail", "user", "user 7")
	for _, days := range []int{1, 30, 90} {
		list = append(list, request{target: "/policy/preview", body: fmt.Sprintf(`{"days":%d,"bands":{"monitor":20,"review":40,"reject":60}}`, days)})
	}
	return list
}

// house is a server's API over one database.
type house struct {
	path     string
	store    *sqlite.Store
	judge    *judge.Judge
	sessions int
	now      int64 // when the newest session began, Unix ms
}

func open(ctx context.Context, path string) (*house, error) {
	s, err := sqlite.Open(ctx, path, sqlite.Config{})
	if err != nil {
		return nil, err
	}
	h := &house{path: path, store: s}
	if h.judge, err = judge.New(judge.Config{Store: s}); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	newest, err := s.Sessions(ctx, gait.SessionQuery{Workspace: 1, Limit: 1})
	if err == nil && len(newest) == 0 {
		err = fmt.Errorf("%s has no sessions", path)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	h.sessions, h.now = shop.Number(newest[0].Session)+1, newest[0].Started
	return h, nil
}

// reopen empties what is remembered of the database: by its connections, and by the
// system where that can be asked to.
func (h *house) reopen(ctx context.Context) error {
	if err := h.store.Close(); err != nil {
		return err
	}
	if err := forget(h.path); err != nil {
		return err
	}
	fresh, err := open(ctx, h.path)
	if err == nil {
		*h = *fresh
	}
	return err
}

// ask answers a request as a server that remembers no earlier answer, and says how
// long that took.
func (h *house) ask(r request) (took time.Duration, body []byte, err error) {
	now := func() time.Time { return time.UnixMilli(h.now) }
	owner := func(*http.Request) (gait.Principal, error) {
		return gait.Principal{Account: 1, Workspace: gait.Workspace{ID: 1}, Role: gait.Owner}, nil
	}
	handler := api.New(api.Config{Workspaces: h.store, Now: now, SignedIn: owner},
		native.New(native.Config{Sessions: h.judge, Store: h.store, Checks: check.All(), Now: now}))
	method := http.MethodGet
	if r.body != "" {
		method = http.MethodPost
	}
	in := httptest.NewRequest(method, "/api/v1"+r.at(h.now), strings.NewReader(r.body))
	if r.body != "" {
		in.Header.Set("Content-Type", api.JSON)
	}
	out := httptest.NewRecorder()
	began := time.Now()
	handler.ServeHTTP(out, in)
	took = time.Since(began)
	if out.Code != http.StatusOK {
		return 0, nil, fmt.Errorf("%s: %d %s", r.name(), out.Code, out.Body)
	}
	return took, out.Body.Bytes(), nil
}

// times are what the tries of a request took.
type times []time.Duration

func (t times) median() time.Duration { return slices.Sorted(slices.Values(t))[len(t)/2] }
func (t times) worst() time.Duration  { return slices.Max(t) }

func (t times) String() string {
	return fmt.Sprintf("%9s %9s", milliseconds(t.median()), milliseconds(t.worst()))
}

func milliseconds(d time.Duration) string {
	ms := float64(d.Microseconds()) / 1000
	if ms < 10 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}

// warm asks a request once unmeasured and then so many times.
func (h *house) warm(r request, tries int) (t times, body []byte, err error) {
	if _, _, err = h.ask(r); err != nil {
		return nil, nil, err
	}
	for range tries {
		took, b, err := h.ask(r)
		if err != nil {
			return nil, nil, err
		}
		t, body = append(t, took), b
	}
	return t, body, nil
}

// cold asks a request so many times, each time of a database that was not read yet.
func (h *house) cold(ctx context.Context, r request, tries int) (t times, err error) {
	for range tries {
		if err := h.reopen(ctx); err != nil {
			return nil, err
		}
		took, _, err := h.ask(r)
		if err != nil {
			return nil, err
		}
		t = append(t, took)
	}
	return t, nil
}

// found says what an answer of a moment is about.
func found(body []byte, now int64) string {
	var a struct {
		Items         *[]json.RawMessage
		Next          string
		Sessions      *json.RawMessage
		AtLeast       bool `json:"at_least"`
		Cut           bool
		SearchedSince *int64 `json:"searched_since"`
	}
	if json.Unmarshal(body, &a) != nil {
		return ""
	}
	switch {
	case a.Items != nil && a.SearchedSince != nil:
		return fmt.Sprintf("%d back to %.2f d", len(*a.Items), float64(now-*a.SearchedSince)/float64(gait.Day))
	case a.Items != nil:
		return fmt.Sprintf("%d, all", len(*a.Items))
	case a.Sessions != nil && len(*a.Sessions) < 12:
		return string(*a.Sessions) + map[bool]string{true: " or more"}[a.AtLeast || a.Cut]
	}
	return ""
}

// table measures both databases and prints a row for each request.
func table(ctx context.Context, dir string, sizes [2]int, tries int, only string, out io.Writer) (err error) {
	var houses [2]*house
	for i, n := range sizes {
		if houses[i], err = open(ctx, pathOf(dir, n)); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, houses[i].store.Close()) }()
		info, err := os.Stat(pathOf(dir, n))
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%d sessions: %.2f GB\n", houses[i].sessions, float64(info.Size())/1e9)
	}
	fmt.Fprintf(out, "\n%-74s %20s %19s %19s %19s\n%-74s %20s %9s %9s %9s %9s %9s %9s\n", "", "",
		fmt.Sprint(houses[0].sessions, " warm"), fmt.Sprint(houses[1].sessions, " cold"), fmt.Sprint(houses[1].sessions, " warm"),
		"request", "found", "median", "worst", "median", "worst", "median", "worst")
	over := 0
	for _, r := range requests() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !strings.Contains(r.name(), only) {
			continue
		}
		base, _, err := houses[0].warm(r, tries)
		if err != nil {
			return err
		}
		cold, err := houses[1].cold(ctx, r, tries)
		if err != nil {
			return err
		}
		warm, body, err := houses[1].warm(r, tries)
		if err != nil {
			return err
		}
		note := ""
		if r.aim > 0 && warm.median() > r.aim {
			over++
			note = " above " + milliseconds(r.aim)
		}
		fmt.Fprintf(out, "%-74s %20s %v %v %v%s\n", r.name(), found(body, houses[1].now), base, cold, warm, note)
	}
	fmt.Fprintf(out, "\n%d requests take longer than they may: %s for the overview, %s for lists.\n", over, milliseconds(aimOverview), milliseconds(aimList))
	if err := searchAll(houses[1], only, out); err != nil {
		return err
	}
	return atOnce(ctx, houses[1], only, out)
}

// atOnce asks the store what the borrowed dialects ask it, which search to the end.
func atOnce(ctx context.Context, h *house, only string, out io.Writer) error {
	for _, c := range []struct {
		name string
		q    gait.SessionQuery
	}{
		{"of a user", gait.SessionQuery{UserID: "user 7"}},
		{"of a tag that few have", gait.SessionQuery{Tag: rareTag}},
		{"of a tag that many have", gait.SessionQuery{Tag: "checkout"}},
		{"scored 70 or more", gait.SessionQuery{MinScore: 70}},
		{"that are live", gait.SessionQuery{ArrivedSince: h.now - gait.IdleTimeout.Milliseconds()}},
		{"that are live and score what none does", gait.SessionQuery{ArrivedSince: h.now - gait.IdleTimeout.Milliseconds(), MinScore: 101}},
		{"that score what none does", gait.SessionQuery{MinScore: 101}},
	} {
		if !strings.Contains(c.name, only) {
			continue
		}
		c.q.Workspace, c.q.Limit = 1, 101
		began := time.Now()
		rows, err := h.judge.Sessions(ctx, c.q)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "Searched to the end at once for 101 sessions %s: %d in %s.\n", c.name, len(rows), milliseconds(time.Since(began)))
	}
	return nil
}

// searchAll goes on with a search that finds nothing until everything was searched,
// as the list does.
func searchAll(h *house, only string, out io.Writer) error {
	for _, target := range []string{"/sessions?limit=100&country=XX", "/sessions?limit=100&route=%2Fnowhere", "/sessions?limit=100&q=nowhere"} {
		if !strings.Contains(target, only) {
			continue
		}
		began, next, asked := time.Now(), "", 0
		for ; asked == 0 || next != ""; asked++ {
			r := request{target: target + "&cursor=" + next}
			_, body, err := h.ask(r)
			if err != nil {
				return err
			}
			var page struct{ Next string }
			if err := json.Unmarshal(body, &page); err != nil {
				return err
			}
			next = page.Next
		}
		fmt.Fprintf(out, "%s is searched to the end in %d requests: %.1f s.\n", target, asked, time.Since(began).Seconds())
	}
	return nil
}
