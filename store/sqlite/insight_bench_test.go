package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/bench/shop"
)

func benchFill(b *testing.B, s *Store, n int) {
	b.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := 0; i < n; i += 500 {
		if err := s.PutSessions(context.Background(), shop.Rows(rnd, i, 500)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPutSessions stores rows of new sessions, and rows that grew: 500 in one
// commit, of sessions that began in the same hours.
func BenchmarkPutSessions(b *testing.B) {
	s := openStore(b, filepath.Join(b.TempDir(), "gait.db"), Config{})
	rnd := rand.New(rand.NewPCG(1, 2))
	lot := func(n int) []gait.SessionRow {
		rows := shop.Rows(rnd, n*500, 500)
		for i := range rows {
			rows[i].Started = shop.Now - rnd.Int64N(gait.Hour)
		}
		return rows
	}
	put := func(b *testing.B, rows []gait.SessionRow) {
		if err := s.PutSessions(b.Context(), rows); err != nil {
			b.Fatal(err)
		}
	}
	n := 0
	b.Run("New", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			n++
			rows := lot(n)
			b.StartTimer()
			put(b, rows)
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/500, "µs/row")
	})
	rows := lot(n + 1)
	put(b, rows)
	b.Run("Grown", func(b *testing.B) {
		for b.Loop() {
			for i := range rows {
				rows[i].LastArrival++
				rows[i].Events++
			}
			put(b, rows)
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/500, "µs/row")
	})
	b.Run("Judged", func(b *testing.B) { // another verdict, another score
		for n := 0; b.Loop(); n++ {
			for i := range rows {
				rows[i].Verdicts = rows[i].Verdicts[:19] + []string{"N", "U"}[n%2]
				rows[i].Score = (rows[i].Score + 7) % 100
			}
			put(b, rows)
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/500, "µs/row")
	})
}

// BenchmarkInsight asks what the overview, the lists and the preview of a policy
// ask of 100,000 sessions.
func BenchmarkInsight(b *testing.B) {
	const sessions = 100_000
	s := openStore(b, filepath.Join(b.TempDir(), "gait.db"), Config{})
	benchFill(b, s, sessions)
	ctx := context.Background()
	month := gait.TermQuery{Workspace: 1, Since: shop.Now - 30*gait.Day, Until: shop.Now, Span: gait.Day}
	for _, f := range []gait.Facet{gait.FacetScore, gait.FacetFlag, gait.FacetRoute} {
		for _, sum := range []bool{false, true} {
			b.Run(fmt.Sprintf("Month/%s/sum=%t", f, sum), func(b *testing.B) {
				q := month
				if q.Facet, q.Sum = f, sum; sum {
					q.Limit = 10
				}
				for b.Loop() {
					counts, err := s.TermCounts(ctx, q)
					if err != nil || len(counts) == 0 {
						b.Fatal(len(counts), err)
					}
				}
			})
		}
	}
	// What the sum of a month's scores costs where the rows themselves are counted.
	b.Run("Month/score/rows", func(b *testing.B) {
		for b.Loop() {
			rows, err := s.readers.QueryContext(ctx, `
SELECT score, count(*) FROM sessions WHERE workspace = 1 AND started >= ? AND started < ? GROUP BY score`, month.Since, month.Until)
			if err != nil {
				b.Fatal(err)
			}
			for rows.Next() {
			}
			if err := rows.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, days := range []int64{7, 30, 90} {
		b.Run(fmt.Sprintf("Patterns/%d", days), func(b *testing.B) {
			for b.Loop() {
				list, err := s.Patterns(ctx, 1, shop.Now-days*gait.Day)
				if err != nil || len(list) == 0 {
					b.Fatal(len(list), err)
				}
			}
		})
	}
	b.Run("Users/page", func(b *testing.B) {
		for b.Loop() {
			list, err := s.Users(ctx, gait.UserQuery{Workspace: 1, Limit: 50})
			if err != nil || len(list) != 50 {
				b.Fatal(len(list), err)
			}
		}
	})
	b.Run("Users/nobody", func(b *testing.B) {
		for b.Loop() {
			if list, err := s.Users(ctx, gait.UserQuery{Workspace: 1, Text: "no such user", Limit: 50}); err != nil || len(list) != 0 {
				b.Fatal(len(list), err)
			}
		}
	})
	for _, bench := range []struct {
		name string
		q    gait.SessionQuery
	}{
		{"all", gait.SessionQuery{}},
		{"MinScore", gait.SessionQuery{MinScore: 90}},
		{"MaxScore", gait.SessionQuery{MaxScore: 5}},
		{"Verdicts", gait.SessionQuery{Verdicts: ".........D"}},
		{"Route", gait.SessionQuery{Route: "/shop/150"}},
		{"Tag", gait.SessionQuery{Tag: "checkout"}},
		{"Country", gait.SessionQuery{Country: "DE"}},
		{"Device", gait.SessionQuery{Device: "phone"}},
		{"Text", gait.SessionQuery{Text: "user 7"}},
		{"none/Country", gait.SessionQuery{Country: "XX"}},
		{"none/Browser", gait.SessionQuery{Browser: "Lynx"}},
		{"none/Actor", gait.SessionQuery{Actor: "nobody"}},
		{"none/Verdicts", gait.SessionQuery{Verdicts: "DDDDDDDDDDDDDDDDDDDD"}},
		{"none/Route", gait.SessionQuery{Route: "/nowhere"}},
		{"none/Label", gait.SessionQuery{Label: gait.LabelPerson}},
		{"none/Text", gait.SessionQuery{Text: "nowhere"}},
	} {
		b.Run("List/"+bench.name, func(b *testing.B) {
			bench.q.Workspace, bench.q.Limit = 1, 50
			for b.Loop() {
				if _, err := s.Sessions(ctx, bench.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkUsers asks for a page of a million users.
func BenchmarkUsers(b *testing.B) {
	s := openStore(b, filepath.Join(b.TempDir(), "gait.db"), Config{})
	err := s.writer.do(b.Context(), 1, func(*tx) error {
		_, err := s.writer.conn.ExecContext(b.Context(), `
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
INSERT INTO users (workspace, user_id, user_name, user_url, first, last, max_score, sessions, suspect, machine)
SELECT 1, 'user ' || i, 'Zoë', 'https://example.org/users/' || i, i, i * 7919 % 1000003, i % 100, 3, 1, 0 FROM n`)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, bench := range []struct {
		name, text string
		last       int64
		want       int
	}{
		{"First", "", 0, 50},
		{"Behind", "", 500_000, 50},
		{"Text", "user 77", 0, 50},
		{"One", "user 123456", 0, 1},
		{"Nobody", "nobody", 0, 0},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				list, err := s.Users(b.Context(), gait.UserQuery{Workspace: 1, Text: bench.text, After: gait.UserPlace{Last: bench.last}, Limit: 50})
				if err != nil || len(list) != bench.want {
					b.Fatal(len(list), err)
				}
			}
		})
	}
}
