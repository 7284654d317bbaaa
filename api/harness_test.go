package api_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"
	"unique"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/api/native"
	"github.com/gaithq/gait/api/notai"
	"github.com/gaithq/gait/api/roundtable"
	"github.com/gaithq/gait/store/mem"
)

// house is the handler as cmd builds it, over a fake judge and a fake store.
type house struct {
	t       *testing.T
	now     time.Time
	judge   *judge
	store   *store
	ready   error
	log     bytes.Buffer
	handler http.Handler
}

// The keys of the house; golden files call them $SK and so on.
var keys = map[string]string{
	"$SK":        "sk-" + strings.Repeat("a", 43),
	"$SK_OTHER":  "sk-" + strings.Repeat("b", 43),
	"$AIK":       "aik_v1_" + strings.Repeat("c", 40),
	"$AIK_PRO":   "aik_v1_" + strings.Repeat("d", 40),
	"$AIK_FREE":  "aik_v1_" + strings.Repeat("e", 40),
	"$AIK_BARE":  "aik_v1_" + strings.Repeat("f", 40),
	"$SK_GONE":   "sk-" + strings.Repeat("x", 43),
	"$AIK_GONE":  "aik_v1_" + strings.Repeat("x", 40),
	"$SITE":      "pub-" + strings.Repeat("0", 32),
	"$SK_BROKEN": "sk-" + strings.Repeat("z", 43), // the store fails on it

	"$SK_ODD":      "sk-" + strings.Repeat("o", 43), // of the workspace with odd names
	"$AIK_ODD":     "aik_v1_" + strings.Repeat("o", 40),
	"$SK_ADMIN":    "sk-" + strings.Repeat("m", 43), // cannot read
	"$AIK_ADMIN":   "aik_v1_" + strings.Repeat("m", 40),
	"$SK_EXPIRED":  "sk-" + strings.Repeat("p", 43),
	"$AIK_EXPIRED": "aik_v1_" + strings.Repeat("p", 40),
	"$SK_REVOKED":  "sk-" + strings.Repeat("r", 43),
	"$AIK_REVOKED": "aik_v1_" + strings.Repeat("r", 40),
}

func newHouse(t *testing.T) *house {
	h := &house{t: t, now: time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)}
	h.judge = &judge{rows: map[gait.WorkspaceID][]gait.SessionRow{}, reports: map[gait.SessionRef]gait.Report{}}
	h.store = &store{keys: map[[32]byte]gait.Key{}, workspaces: map[gait.WorkspaceID]gait.Workspace{}}
	for i, tier := range []string{"enterprise", "pro", "free", "", "enterprise"} {
		id := gait.WorkspaceID(i + 1)
		h.store.workspaces[id] = gait.Workspace{
			ID: id, Tier: tier, Name: fmt.Sprintf("Wörkspace <%d>", id), IntegrationID: fmt.Sprintf("0a1b2c3%d", id),
			Created: h.now.AddDate(0, -1, 0).UnixMilli(),
		}
	}
	h.store.add(keys["$SK"], 1, gait.Roundtable)
	h.store.add(keys["$AIK"], 1, gait.NotAI)
	h.store.add(keys["$SK_OTHER"], 2, gait.Roundtable)
	h.store.add(keys["$AIK_PRO"], 2, gait.NotAI)
	h.store.add(keys["$AIK_FREE"], 3, gait.NotAI)
	h.store.add(keys["$AIK_BARE"], 4, gait.NotAI)
	h.store.add(keys["$SK_ODD"], 5, gait.Roundtable)
	h.store.add(keys["$AIK_ODD"], 5, gait.NotAI)
	for prefix, d := range map[string]gait.Dialect{"$SK": gait.Roundtable, "$AIK": gait.NotAI} {
		h.store.add(keys[prefix+"_ADMIN"], 1, d)
		h.store.change(keys[prefix+"_ADMIN"], func(k *gait.Key) { k.Scopes = []string{gait.ScopeAdmin} })
		h.store.add(keys[prefix+"_EXPIRED"], 1, d)
		h.store.change(keys[prefix+"_EXPIRED"], func(k *gait.Key) { k.Expires = h.now.UnixMilli() })
		h.store.add(keys[prefix+"_REVOKED"], 1, d)
		h.store.change(keys[prefix+"_REVOKED"], func(k *gait.Key) { k.Revoked = h.now.UnixMilli() - 1 })
	}
	h.handler = api.New(api.Config{
		Workspaces: h.store,
		Version:    "1.2.3",
		Ready:      func(context.Context) error { return h.ready },
		Now:        func() time.Time { return h.now },
		Logger:     slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}, roundtable.New(h.judge), notai.New(h.judge), native.New(native.Config{Sessions: h.judge, Store: mem.New(mem.Config{})}))
	return h
}

// do sends a request and holds the answer against the OpenAPI documents.
func (h *house) do(method, target string, headers ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		for k, v := range keys {
			if value == k || strings.HasSuffix(value, " "+k) {
				value = strings.ReplaceAll(value, k, v)
			}
		}
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	conform(h.t, r, w)
	if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Access-Control-Allow-Origin") != "" {
		h.t.Errorf("%s %s: headers %v", method, target, w.Header())
	}
	return w
}

// get is do for a key.
func (h *house) get(target, key string) *httptest.ResponseRecorder {
	h.t.Helper()
	return h.do(http.MethodGet, target, "Authorization: Bearer "+key)
}

// sid makes the n-th session id.
func sid(n int) gait.SessionID {
	var id gait.SessionID
	copy(id[:], fmt.Sprintf("session %8d", n))
	return id
}

// judge is a fake of what judges sessions.
type judge struct {
	rows    map[gait.WorkspaceID][]gait.SessionRow
	reports map[gait.SessionRef]gait.Report
	err     error
	crash   any
}

func (j *judge) Report(_ context.Context, w gait.WorkspaceID, id gait.SessionID) (gait.Report, error) {
	if j.crash != nil {
		panic(j.crash)
	}
	if j.err != nil {
		return gait.Report{}, j.err
	}
	r, ok := j.reports[gait.SessionRef{Workspace: w, Session: id}]
	if !ok {
		return r, gait.Errorf(gait.NotFound, "unknown session")
	}
	return r, nil
}

func (j *judge) Sessions(_ context.Context, q gait.SessionQuery) ([]gait.SessionRow, error) {
	if j.err != nil {
		return nil, j.err
	}
	rows := slices.Clone(j.rows[q.Workspace])
	slices.SortFunc(rows, func(a, b gait.SessionRow) int {
		return cmp.Or(cmp.Compare(b.Started, a.Started), bytes.Compare(b.Session[:], a.Session[:]))
	})
	rows = slices.DeleteFunc(rows, func(r gait.SessionRow) bool {
		before := q.After == (gait.Cursor{}) || r.Started < q.After.Started ||
			r.Started == q.After.Started && bytes.Compare(r.Session[:], q.After.Session[:]) < 0
		return !before || r.Score < q.MinScore || r.Started < q.StartedSince ||
			q.StartedUntil != 0 && r.Started > q.StartedUntil ||
			q.ArrivedBefore != 0 && r.LastArrival >= q.ArrivedBefore || r.LastArrival < q.ArrivedSince ||
			q.UserID != "" && r.UserID != q.UserID || q.Tag != "" && !slices.Contains(r.Tags, q.Tag)
	})
	return rows[:min(len(rows), q.Limit)], nil
}

func (j *judge) Reports(ctx context.Context, w gait.WorkspaceID, ids []gait.SessionID) ([]gait.Report, error) {
	var reports []gait.Report
	for _, id := range ids {
		if r, err := j.Report(ctx, w, id); err == nil {
			reports = append(reports, r)
		}
	}
	return reports, nil
}

// store is a fake of what keeps workspaces and keys.
type store struct {
	mu         sync.Mutex
	keys       map[[32]byte]gait.Key
	workspaces map[gait.WorkspaceID]gait.Workspace
	asked      int
	uses       chan []gait.KeyUse // TouchKeys sends here, if there is one
}

func (s *store) add(text string, w gait.WorkspaceID, d gait.Dialect) {
	s.keys[api.HashKey(text)] = gait.Key{
		Hash: api.HashKey(text), Workspace: w, Dialect: d, Scopes: []string{gait.ScopeRead}, Hint: text[:7] + "…" + text[len(text)-4:],
	}
}

// change changes a key that add added.
func (s *store) change(text string, to func(*gait.Key)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.keys[api.HashKey(text)]
	to(&k)
	s.keys[k.Hash] = k
}

func (s *store) TouchKeys(_ context.Context, uses []gait.KeyUse) error {
	if s.uses != nil {
		s.uses <- uses
	}
	return nil
}

func (s *store) KeyByHash(_ context.Context, hash [32]byte) (gait.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if hash == api.HashKey(keys["$SK_BROKEN"]) {
		return gait.Key{}, errors.New("disk on fire at sector " + hex.EncodeToString(hash[:4]))
	}
	k, ok := s.keys[hash]
	if !ok {
		return k, gait.Errorf(gait.NotFound, "no key")
	}
	return k, nil
}

func (s *store) WorkspaceByID(_ context.Context, id gait.WorkspaceID) (gait.Workspace, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, ok := s.workspaces[id]
	if !ok {
		return w, gait.Errorf(gait.NotFound, "no workspace")
	}
	return w, nil
}

// The checks that the fake reports answer, one of them beyond the contracts.
var (
	checkTyping = &gait.Check{Key: "programmatic_typing", Title: "Programmatic typing", Group: gait.TextGroup}
	checkPasted = &gait.Check{Key: "all_pasted", Title: "All pasted", Group: gait.TextGroup, Fact: true}
	checkBeyond = &gait.Check{Key: "synthetic_input", Title: "Synthetic input", Group: gait.PointerGroup}
	checkBot    = &gait.Check{Key: "bot", Title: "Automation tool", Group: gait.EnvironmentGroup, Device: true}
)

// fullReport is a session with something in every field.
func fullReport(now time.Time) gait.Report {
	start := now.Add(-10 * time.Minute).UnixMilli()
	trait := func(name, value string) gait.TraitValue {
		return gait.TraitValue{Name: unique.Make(name), Value: unique.Make(value)}
	}
	page := gait.PageID{0xab, 0xcd}
	return gait.Report{
		Session: sid(1),
		Status:  gait.Live,
		Features: gait.Features{
			Batches: 3, Missing: 1, Events: 42, Pages: 2,
			Started: start, Ended: start + 90_500, LastArrival: start + 91_000,
			URL: unique.Make("https://shop.example/checkout"), UserID: "user/7 ü", UserName: "Zoë <z@example.org>", UserURL: "https://shop.example/users/7", Tags: []string{"intake", "a,b"},
			TimeZone: unique.Make("America/New_York"),
			Traits: []gait.TraitValue{
				trait("ua", "curl/8"),
				trait("header.user-agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"),
			},
		},
		Answers: []gait.Answer{
			{
				Check: checkTyping, Verdict: gait.Detected, Summary: "30 keys, each held 0.0 ms", Samples: 30,
				Measures: []gait.Measure{
					{Name: "dwell_mean", Value: 0.02, Unit: "ms", Threshold: 5, Fires: "<"},
					{Name: "keys", Value: 30, Unit: "keys"},
				},
				First: gait.Moment{Page: page, T: 12345, At: start + 1234},
				Best:  gait.Moment{Page: page, T: 20000, At: start + 2000},
			},
			{Check: checkPasted, Verdict: gait.NotDetected, Summary: "all text was typed", Samples: 2},
			{Check: checkBot, Reason: "the probes were blocked"},
		},
		Beyond: []gait.Answer{
			{Check: checkBeyond, Verdict: gait.Detected, Summary: "one move a frame", Samples: 9},
		},
		Presence: gait.PresenceSeen, Actor: gait.ActorUnknown, ActorReason: "score 49: neither clearly a person nor clearly not",
		Assessment: gait.Assessment{
			Score: 49, Masked: 48, Base: -2.197, LogOdds: 1.303, Cap: 49, CapReason: "one kind of behaviour alone",
			Action: gait.AcceptMonitor, Explanation: "Programmatic typing.", PolicyVersion: 3,
			Contributions: []gait.Contribution{
				{Check: "programmatic_typing", Group: gait.TextGroup, Weight: 3.5, Applied: 3.5, Measured: true},
				{Check: "all_pasted", Group: gait.TextGroup, Weight: -0.2, Note: "another of its group counts"},
			},
		},
		Log: []gait.LogEntry{
			{Text: "Navigated to /checkout", At: start},
			{Text: `Clicked "Terms & <conditions>"`, At: start + 5000},
			{Text: "Signed in", At: start + 4000},
		},
	}
}
