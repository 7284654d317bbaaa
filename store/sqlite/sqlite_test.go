package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestConformance runs the suite on a usual store, and on one of which every
// queue, cache and pool is as small as can be.
func TestConformance(t *testing.T) {
	for name, c := range map[string]Config{
		"usual": {},
		"tiny":  {MaxGroup: 1, Queue: 1, Sessions: 1, Readers: 1, CacheMB: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, storetest.Options{
				Engine: "sqlite",
				Open: func(t testing.TB, l gait.SessionLimits) gait.Store {
					return openLimited(t, filepath.Join(t.TempDir(), "gait.db"), c, l)
				},
				Reopen: func(t testing.TB, s gait.Store, l gait.SessionLimits) gait.Store {
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
					return openLimited(t, s.(*Store).Path(), c, l)
				},
			})
		})
	}
}

func openLimited(t testing.TB, path string, c Config, l gait.SessionLimits) gait.Store {
	t.Helper()
	c.Limits = l
	s, err := Open(context.Background(), path, c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// openStore opens a store that is closed with the test.
func openStore(t testing.TB, path string, c Config) *Store {
	t.Helper()
	s := openLimited(t, path, c, c.Limits).(*Store)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestOpenFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "the data? 100% #1")
	path := filepath.Join(dir, "gait.db")
	s := openStore(t, path, Config{})
	if _, err := s.Append(t.Context(), gait.Record{}); err != nil {
		t.Fatal(err)
	}
	mode := func(path string) os.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	if got := mode(dir); got != 0o700 {
		t.Errorf("the folder has mode %o", got)
	}
	for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
		if got := mode(path + suffix); got != 0o600 {
			t.Errorf("the file with suffix %q has mode %o", suffix, got)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Close, the log is there: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(t *testing.T, path string)
		want    gait.Code
	}{
		{"a database in use", func(t *testing.T, path string) { openStore(t, path, Config{}) }, gait.Unavailable},
		{"a newer schema", func(t *testing.T, path string) {
			s := openStore(t, path, Config{})
			defer s.Close()
			err := s.writer.do(t.Context(), 1, func(*tx) error {
				_, err := s.writer.conn.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}, gait.Invalid},
		{"another kind of file", func(t *testing.T, path string) {
			if err := os.WriteFile(path, make([]byte, 5000), 0o600); err != nil {
				t.Fatal(err)
			}
		}, gait.Unavailable},
		{"a folder", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, gait.Unavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "gait.db")
			test.prepare(t, path)
			_, err := Open(t.Context(), path, Config{})
			if got := gait.CodeOf(err); got != test.want {
				t.Fatalf("got code %q, want %q: %v", got, test.want, err)
			}
			t.Log(err)
		})
	}
}

// TestReadersCannotWrite: only the writer may, so that nothing goes past it.
func TestReadersCannotWrite(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "gait.db"), Config{})
	if _, err := s.readers.ExecContext(t.Context(), `DELETE FROM batches`); err == nil {
		t.Error("a reader could write")
	}
}

// TestPlans: a query that scans a table or sorts is right, and slow when the
// table has grown.
func TestPlans(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "gait.db"), Config{})
	listed := func(q gait.SessionQuery, few bool) string {
		query, _ := selection(sessionColumns, q, few)
		return query
	}
	const anyRoute = "SCAN json_each EXISTS VIRTUAL TABLE INDEX 1:"
	for _, test := range []struct {
		query string
		args  int
		want  string
	}{
		{selectBatches, 5, "SEARCH batches USING INDEX sqlite_autoindex_batches_1 (workspace=? AND session=? AND (page,seq)>(?,?))"},
		{countBatches, 2, "SEARCH batches USING COVERING INDEX sqlite_autoindex_batches_1 (workspace=? AND session=?)"},
		{measureSession, 2, "SEARCH batches USING INDEX sqlite_autoindex_batches_1 (workspace=? AND session=?)"},
		{selectStale, 1, "SCAN stale"}, // in the order of its rowids
		{selectSessions, 9, "SEARCH s USING INDEX sessions_by_start (workspace=? AND (started,session)>(?,?) AND (started,session)<(?,?))"},
		{selectSessionsOfUser, 10, "SEARCH s USING INDEX sessions_of_user (workspace=? AND user_id=? AND (started,session)>(?,?) AND (started,session)<(?,?))"},
		{selectSessionsOfTag, 11, "SEARCH t USING PRIMARY KEY (workspace=? AND tag=? AND (started,session)>(?,?) AND (started,session)<(?,?))" +
			"SEARCH s USING INDEX sessions_by_start (workspace=? AND started=? AND session=? AND score>?)"},
		{listed(gait.SessionQuery{Label: gait.LabelMachine, Route: "/"}, false), 14, "SEARCH s USING INDEX sessions_by_label (workspace=? AND label=? AND (started,session)>(?,?) AND (started,session)<(?,?))" + anyRoute},
		{listed(gait.SessionQuery{Route: "/"}, false), 14, "SEARCH s USING INDEX sessions_by_start (workspace=? AND (started,session)>(?,?) AND (started,session)<(?,?))" + anyRoute},
		{listed(gait.SessionQuery{ArrivedSince: 5}, true), 9, "SEARCH s USING INDEX sessions_by_arrival (workspace=? AND last_arrival>? AND last_arrival<?)USE TEMP B-TREE FOR ORDER BY"}, // there are few
		{countArrived, 3, "CO-ROUTINE (subquery-1)SEARCH s USING COVERING INDEX sessions_by_arrival (workspace=? AND last_arrival>?)SCAN (subquery-1)"},
		{reachSessions, 9, "SEARCH s USING COVERING INDEX sessions_by_start (workspace=? AND (started,session)>(?,?) AND (started,session)<(?,?))"},
		{reachUser, 10, "SEARCH s USING COVERING INDEX sessions_of_user (workspace=? AND user_id=? AND (started,session)>(?,?) AND (started,session)<(?,?))"},
		{reachLabel, 12, "SEARCH s USING COVERING INDEX sessions_by_label (workspace=? AND label=? AND (started,session)>(?,?) AND (started,session)<(?,?))"},
		{reachTag, 11, "SEARCH t USING PRIMARY KEY (workspace=? AND tag=? AND (started,session)>(?,?) AND (started,session)<(?,?))"},
		{selectUser, 8, "SEARCH users USING INDEX sqlite_autoindex_users_1 (workspace=? AND user_id=?)"},
		{selectUsers, 7, "SEARCH users USING INDEX users_by_last (workspace=? AND last>? AND last<?)"},
		{reachUsers, 7, "SEARCH users USING COVERING INDEX users_by_last (workspace=? AND last>? AND last<?)"},
		{selectPatterns, 2, "SEARCH sessions USING COVERING INDEX sessions_by_start (workspace=? AND started>?)"},
		{selectKeys, 1, "SEARCH keys USING INDEX keys_of_workspace (workspace=?)USE TEMP B-TREE FOR ORDER BY"}, // there are few
	} {
		rows, err := s.readers.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+test.query, make([]any, test.args)...)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			got += detail
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		if got != test.want {
			t.Errorf("plan of %s\n is %s\nnot %s", test.query, got, test.want)
		}
	}
}

// BenchmarkAppend has 64 callers append records of 400 bytes, 20 to a session.
func BenchmarkAppend(b *testing.B) {
	s := openStore(b, filepath.Join(b.TempDir(), "gait.db"), Config{})
	var callers atomic.Uint64
	b.SetParallelism(32) // times GOMAXPROCS
	b.ReportAllocs()
	began := time.Now()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		r := gait.Record{Workspace: 1, Data: make([]byte, 400)}
		caller := callers.Add(1)
		for n := uint64(0); pb.Next(); n++ {
			if n%20 == 0 {
				// Spread over the whole range, as random names are.
				binary.BigEndian.PutUint64(r.Session[:], (caller<<40|n)*0x9e3779b97f4a7c15)
				r.Seq = 0
			}
			if _, err := s.Append(b.Context(), r); err != nil {
				b.Error(err)
				return
			}
			r.Seq++
		}
	})
	b.StopTimer()
	stats := s.Stats()
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "records/s")
	b.ReportMetric(float64(stats.Jobs)/float64(stats.Commits), "records/commit")
}

// TestLibc holds the build to the version of modernc.org/libc that the driver
// was generated with: its authors support no other, and say so.
func TestLibc(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	list := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-m"}, args...)...).Output()
		if err != nil {
			t.Skipf("go list does not run here: %v", err)
		}
		return strings.TrimSpace(string(out))
	}
	have := list("-f", "{{.Version}}", "modernc.org/libc")
	file, err := os.ReadFile(list("-f", "{{.GoMod}}", "modernc.org/sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`modernc\.org/libc (\S+)`).FindSubmatch(file)
	if want == nil || string(want[1]) != have {
		t.Errorf("go.mod has modernc.org/libc %s, the driver wants %s: go get that, and hold back what asks for more", have, want[1])
	}
}
