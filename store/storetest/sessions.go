package storetest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

func testStale(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	wantStale(t, s)
	mustAppend(t, s, record(1, 1, 1, 0, "0"))
	wantStale(t, s, ref(1, 1))
	mustAppend(t, s, record(1, 1, 1, 1, "1"))
	wantStale(t, s, ref(1, 1))

	// A batch that comes between deriving the row and putting it.
	mustPut(t, s, row(1, 1, 1))
	wantStale(t, s, ref(1, 1))
	mustPut(t, s, row(1, 1, 2))
	wantStale(t, s)

	// A duplicate changes nothing.
	if _, err := s.Append(t.Context(), record(1, 1, 1, 0, "again")); err != nil {
		t.Fatal(err)
	}
	wantStale(t, s)

	mustAppend(t, s, record(1, 1, 1, 2, "2"))
	wantStale(t, s, ref(1, 1))
	s = reopen(t, o, s, gait.SessionLimits{})
	wantStale(t, s, ref(1, 1))
	mustPut(t, s, row(1, 1, 3))
	wantStale(t, s)
	s = reopen(t, o, s, gait.SessionLimits{})
	wantStale(t, s)

	// A row of old that is put late.
	mustPut(t, s, row(1, 1, 2))
	wantStale(t, s, ref(1, 1))
	// A row of more batches than there are.
	mustPut(t, s, row(1, 1, 4))
	wantStale(t, s, ref(1, 1))
	mustPut(t, s, row(1, 1, 3))
	wantStale(t, s)

	// A session without batches is never stale.
	mustPut(t, s, row(1, 2, 0), row(1, 3, 5))
	wantStale(t, s)
	// Nothing to put is nothing done.
	mustPut(t, s)
	wantStale(t, s)
}

func testStaleOrder(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	for _, session := range []int{3, 1, 4, 2} {
		mustAppend(t, s, record(1, session, 1, 0, ""))
	}
	mustAppend(t, s, record(1, 1, 1, 1, "")) // keeps its place
	wantStale(t, s, ref(1, 3), ref(1, 1), ref(1, 4), ref(1, 2))

	for limit, want := range map[int]int{1: 1, 3: 3, 4: 4, 9: 4} {
		got, err := s.Stale(t.Context(), limit)
		if err != nil || len(got) != want || got[0] != ref(1, 3) {
			t.Errorf("limit %d: got %v, %v", limit, got, err)
		}
	}
	_, err := s.Stale(t.Context(), 0)
	wantCode(t, err, gait.Invalid)

	// One that stays stale goes behind those that nobody looked at yet.
	mustPut(t, s, row(1, 3, 0), row(1, 4, 1))
	wantStale(t, s, ref(1, 1), ref(1, 2), ref(1, 3))
	// One that becomes stale again too.
	mustAppend(t, s, record(1, 4, 1, 1, ""))
	wantStale(t, s, ref(1, 1), ref(1, 2), ref(1, 3), ref(1, 4))
	// The last row of a session counts.
	mustPut(t, s, row(1, 1, 1), row(1, 1, 2), row(1, 2, 1), row(1, 2, 0))
	wantStale(t, s, ref(1, 3), ref(1, 4), ref(1, 2))
}

func testSessionsRoundTrip(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	full := gait.SessionRow{
		SessionRef: ref(1, 1), Batches: 1, Started: 2, Ended: 3, LastArrival: 4, Events: 5, Score: 6, PolicyVersion: 7,
		Detected:  []string{"pointer.straight", "b", "a"}, // in this order
		URL:       "https://example.org/ä/✓",
		UserAgent: `Mozilla/5.0 "quoted" 'n' \back`,
		UserID:    "zoë\x00\n",
		UserName:  "Zoë <z@example.org>",
		UserURL:   "https://example.org/users/zoë?tab=1",
		Tags:      []string{"", "日本語", "<&>\u2028", `"`, "a,b", strings.Repeat("x", 5000)},
		Masked:    8, Verdicts: "DNUUD", Actor: gait.ActorUndeclared, Presence: gait.PresenceSilent,
		Country: "DE", Device: "phone", Browser: "Firefox", OS: "Android",
		Routes: []string{"/", "/ä/✓", `/"`, "/a,b"},
	}
	bare := gait.SessionRow{SessionRef: ref(1, 2)}
	empty := gait.SessionRow{SessionRef: ref(1, 3), Started: 1, Detected: []string{}, Tags: []string{}}
	extreme := gait.SessionRow{
		SessionRef: ref(1, 4), Started: math.MaxInt64, Ended: math.MinInt64,
		LastArrival: math.MaxInt64, Events: math.MaxInt, Score: math.MinInt,
	}
	mustPut(t, s, full, bare, empty, extreme)
	all := gait.SessionQuery{Workspace: 1, Limit: 9}
	wantRows(t, list(t, s, all), extreme, full, empty, bare)
	s = reopen(t, o, s, gait.SessionLimits{})
	wantRows(t, list(t, s, all), extreme, full, empty, bare)

	t.Run("replaced as a whole", func(t *testing.T) {
		other := gait.SessionRow{SessionRef: full.SessionRef, Started: 2, Tags: []string{"new"}}
		mustPut(t, s, other)
		wantRows(t, list(t, s, all), extreme, other, empty, bare)
		full.Started, full.Score = 0, -3
		mustPut(t, s, full)
		wantRows(t, list(t, s, all), extreme, empty, bare, full)
	})
	t.Run("keeps nothing of the caller's", func(t *testing.T) {
		mine := gait.SessionRow{SessionRef: ref(2, 1), Tags: []string{"before"}}
		mustPut(t, s, mine)
		mine.Tags[0] = "after"
		got := list(t, s, gait.SessionQuery{Workspace: 2, Limit: 9})
		got[0].Tags[0] += "!"
		mine.Tags[0] = "before"
		wantRows(t, list(t, s, gait.SessionQuery{Workspace: 2, Limit: 9}), mine)
	})
}

// testSessionsPages pages through rows of which many have the same start.
func testSessionsPages(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	var want, rows []gait.SessionRow // newest first, and shuffled
	for n := 40; n > 0; n-- {
		r := row(1, n, 0)
		r.Started = int64(1000 + n/7)
		want = append(want, r)
	}
	for i := range want {
		rows = append(rows, want[i*17%len(want)])
	}
	mustPut(t, s, rows...)
	mustPut(t, s, row(2, 20, 0))
	for _, limit := range []int{1, 3, 7, 39, 40, 41} {
		t.Run(fmt.Sprint("limit ", limit), func(t *testing.T) {
			var got []gait.SessionRow
			q := gait.SessionQuery{Workspace: 1, Limit: limit}
			for {
				page := list(t, s, q)
				got = append(got, page...)
				if len(page) < limit {
					break
				}
				last := page[limit-1]
				q.After = gait.Cursor{Started: last.Started, Session: last.Session}
			}
			wantRows(t, got, want...)
		})
	}
	t.Run("a cursor need not be a row", func(t *testing.T) {
		q := gait.SessionQuery{Workspace: 1, Limit: 1, After: gait.Cursor{Started: 1003}}
		wantRows(t, list(t, s, q), want[40-20]) // the newest that started before
	})
	for _, limit := range []int{0, -1} {
		_, err := s.Sessions(t.Context(), gait.SessionQuery{Workspace: 1, Limit: limit})
		wantCode(t, err, gait.Invalid)
		_, err = s.CountSessions(t.Context(), gait.SessionQuery{Workspace: 1, Limit: limit})
		wantCode(t, err, gait.Invalid)
	}
}

func testSessionsFilters(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	a, b, c := row(1, 1, 0), row(1, 2, 0), row(1, 3, 0)
	a.Started, a.LastArrival, a.Score = 100, 150, 0
	b.Started, b.LastArrival, b.Score = 200, 900, 50
	c.Started, c.LastArrival, c.Score = 300, 350, 100
	mustPut(t, s, a, b, c)
	for _, test := range []struct {
		name string
		q    gait.SessionQuery
		want []gait.SessionRow
	}{
		{"none", gait.SessionQuery{}, []gait.SessionRow{c, b, a}},
		{"limit", gait.SessionQuery{Limit: 2}, []gait.SessionRow{c, b}},
		{"arrived before", gait.SessionQuery{ArrivedBefore: 350}, []gait.SessionRow{a}},
		{"arrived before, above", gait.SessionQuery{ArrivedBefore: 351}, []gait.SessionRow{c, a}},
		{"arrived since", gait.SessionQuery{ArrivedSince: 350}, []gait.SessionRow{c, b}},
		{"arrived since, above", gait.SessionQuery{ArrivedSince: 351}, []gait.SessionRow{b}},
		{"arrived between", gait.SessionQuery{ArrivedSince: 150, ArrivedBefore: 900}, []gait.SessionRow{c, a}},
		{"score", gait.SessionQuery{MinScore: 50}, []gait.SessionRow{c, b}},
		{"score, above", gait.SessionQuery{MinScore: 51}, []gait.SessionRow{c}},
		{"started since", gait.SessionQuery{StartedSince: 200}, []gait.SessionRow{c, b}},
		{"started since, above", gait.SessionQuery{StartedSince: 201}, []gait.SessionRow{c}},
		{"started until", gait.SessionQuery{StartedUntil: 200}, []gait.SessionRow{b, a}},
		{"started until, below", gait.SessionQuery{StartedUntil: 199}, []gait.SessionRow{a}},
		{"started between", gait.SessionQuery{StartedSince: 101, StartedUntil: 299}, []gait.SessionRow{b}},
		{"started never", gait.SessionQuery{StartedSince: 299, StartedUntil: 101}, nil},
		{"cursor", gait.SessionQuery{After: gait.Cursor{Started: 300, Session: sessionID(3)}}, []gait.SessionRow{b, a}},
		{"cursor and until", gait.SessionQuery{After: gait.Cursor{Started: 300, Session: sessionID(3)}, StartedUntil: 150}, []gait.SessionRow{a}},
		{"until and cursor", gait.SessionQuery{After: gait.Cursor{Started: 200, Session: sessionID(2)}, StartedUntil: 250}, []gait.SessionRow{a}},
		{"until at cursor", gait.SessionQuery{After: gait.Cursor{Started: 200, Session: sessionID(2)}, StartedUntil: 200}, []gait.SessionRow{a}},
		{"all", gait.SessionQuery{ArrivedBefore: 901, ArrivedSince: 900, MinScore: 50, StartedSince: 200, StartedUntil: 200}, []gait.SessionRow{b}},
		{"other workspace", gait.SessionQuery{Workspace: 2}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.q.Workspace == 0 {
				test.q.Workspace = 1
			}
			if test.q.Limit == 0 {
				test.q.Limit = 10
			}
			wantRows(t, list(t, s, test.q), test.want...)
		})
	}
}
