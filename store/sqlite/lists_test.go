package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/gaithq/gait"
)

// BenchmarkNewest asks for the newest 100 sessions of a user and of a tag among
// a million, once of those who have a hundred thousand and once of those who
// have ten.
func BenchmarkNewest(b *testing.B) {
	s := openStore(b, filepath.Join(b.TempDir(), "gait.db"), Config{})
	for _, query := range []string{
		`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
INSERT INTO sessions (workspace, session, batches, started, ended, last_arrival, events, score, policy_version,
	detected, url, user_agent, user_id, tags)
SELECT 1, randomblob(16), 3, i, i, i, 50, i % 100, 1, '["bot"]', 'https://example.org/a/page', 'Mozilla/5.0 (X11; Linux x86_64)',
	iif(i % 10 = 0, 'busy', 'user ' || (i % 100000)), iif(i % 10 = 1, '["busy"]', '["tag ' || (i % 100000) || '"]') FROM n`,
		`INSERT INTO session_tags (workspace, tag, started, session)
SELECT s.workspace, j.value, s.started, s.session FROM sessions AS s, json_each(s.tags) AS j`,
	} {
		err := s.writer.do(b.Context(), 1, func(*tx) error {
			_, err := s.writer.conn.ExecContext(b.Context(), query)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for name, bench := range map[string]struct {
		q    gait.SessionQuery
		want int
	}{
		"BusyUser": {gait.SessionQuery{UserID: "busy"}, 100},
		"BusyTag":  {gait.SessionQuery{Tag: "busy"}, 100},
		"User":     {gait.SessionQuery{UserID: "user 77"}, 10},
		"Tag":      {gait.SessionQuery{Tag: "tag 77"}, 10},
		"Nobody":   {gait.SessionQuery{UserID: "nobody"}, 0},
	} {
		b.Run(name, func(b *testing.B) {
			bench.q.Workspace, bench.q.Limit = 1, 100
			for b.Loop() {
				rows, err := s.Sessions(b.Context(), bench.q)
				if err != nil || len(rows) != bench.want {
					b.Fatalf("%d rows, %v", len(rows), err)
				}
			}
		})
	}
}
