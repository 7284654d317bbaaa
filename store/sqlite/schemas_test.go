package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store/storetest"
)

// latest is the schema of this version.
func latest(t testing.TB) int64 {
	t.Helper()
	files, err := migrations.ReadDir("migrations")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	return int64(len(files))
}

// column is one of a table.
type column struct {
	name, kind string
	fallback   sql.NullString // its default
}

// tables returns the tables of a database and their columns.
func tablesOf(t testing.TB, db *sql.DB) map[string][]column {
	t.Helper()
	rows, err := db.Query(`SELECT t.name, c.name, c.type, c.dflt_value FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'goose_%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string][]column{}
	for rows.Next() {
		var table string
		var c column
		if err := rows.Scan(&table, &c.name, &c.kind, &c.fallback); err != nil {
			t.Fatal(err)
		}
		all[table] = append(all[table], c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// sample is an SQL value for a column.
func sample(c column) string {
	switch {
	case c.kind == "INTEGER":
		return "7"
	case c.kind == "BLOB":
		return "x'0102030405060708090a0b0c0d0e0f10'"
	case strings.HasPrefix(c.fallback.String, "'["):
		return `'["sample"]'`
	}
	return "'sample'"
}

// fill puts rows into every table of a database that some earlier version made,
// and values other than the defaults into the columns that came later.
func fill(t *testing.T, db *sql.DB) {
	t.Helper()
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatalf("%v in %s", err, query)
		}
	}
	exec(`PRAGMA foreign_keys(0)`) // samples name others that are not there
	exec(firstWorkspace)
	exec(firstKeys)
	for seq := range 3 {
		r := batchName{1, seq}.record()
		exec(firstBatch, r.Workspace, r.Session[:], r.Page[:], r.Seq, r.Secret[:], r.Arrived, r.Data)
	}
	session := batchName{1, 0}.record().Session
	exec(firstSession, 1, session[:], 2, 5000, 6000, 7000, 8, 60, 1, `["bot"]`, "https://example.org/", "curl", "u", `["a","b"]`)
	exec(firstStale, 1, session[:])
	for table, columns := range tablesOf(t, db) {
		var n int
		if err := db.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		var names, values, changes []string
		for _, c := range columns {
			names, values = append(names, c.name), append(values, sample(c))
			if c.fallback.Valid {
				changes = append(changes, c.name+" = "+sample(c))
			}
		}
		if n == 0 {
			exec("INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")")
		} else if len(changes) > 0 {
			exec("UPDATE " + table + " SET " + strings.Join(changes, ", "))
		}
	}
}

// contents returns what the given columns have, a line to a row.
func contents(t testing.TB, db *sql.DB, tables map[string][]column) map[string]string {
	t.Helper()
	all := map[string]string{}
	for table, columns := range tables {
		var names []string
		for _, c := range columns {
			names = append(names, "quote("+c.name+")")
		}
		rows, err := db.Query("SELECT " + strings.Join(names, " || ' ' || ") + " FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(lines)
		all[table] = strings.Join(lines, "\n")
	}
	return all
}

// TestEverySchema opens databases of every schema there ever was, with rows in
// every table. What they have must survive, and the engine must work on it.
func TestEverySchema(t *testing.T) {
	for version := int64(1); version <= latest(t); version++ {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			made, left := t.TempDir(), t.TempDir()
			old := openSchema(t, filepath.Join(made, "gait.db"), version)
			fill(t, old)
			tables := tablesOf(t, old)
			want := contents(t, old, tables)
			for _, name := range []string{"gait.db", "gait.db-wal"} { // as a killed process leaves it
				b, err := os.ReadFile(filepath.Join(made, name))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(left, name), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := old.Close(); err != nil {
				t.Fatal(err)
			}
			for where, dir := range map[string]string{"closed": made, "killed": left} {
				s := openStore(t, filepath.Join(dir, "gait.db"), Config{})
				if got := contents(t, s.readers, tables); !maps.Equal(got, want) {
					t.Errorf("%s: the tables have\n%v, had\n%v", where, got, want)
				}
				useOld(t, s)
				var result string
				if err := s.readers.QueryRow(`PRAGMA integrity_check`).Scan(&result); err != nil || result != "ok" {
					t.Errorf("%s: the database's check says %q, %v", where, result, err)
				}
			}
		})
	}
}

// useOld works on what fill has stored.
func useOld(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	for seq, want := range []gait.Receipt{{Duplicate: true, Batches: 3}, {Duplicate: true, Batches: 3}, {Duplicate: true, Batches: 3}, {Batches: 4}} {
		if got, err := s.Append(ctx, batchName{1, seq}.record()); err != nil || got != want {
			t.Errorf("append %d: got %+v, %v", seq, got, err)
		}
	}
	stranger := batchName{1, 4}.record()
	stranger.Secret[0]++
	if _, err := s.Append(ctx, stranger); gait.CodeOf(err) != gait.Forbidden {
		t.Errorf("a stranger: %v", err)
	}
	w, err := s.WorkspaceBySiteKey(ctx, "pub-1")
	if err != nil || w.ID != 1 || w.Name != "Wörk" {
		t.Errorf("the workspace is %+v, %v", w, err)
	}
	if k, err := s.KeyByHash(ctx, [32]byte{1}); err != nil || k.Workspace != 1 {
		t.Errorf("the key is %+v, %v", k, err)
	}
	rows, err := s.Sessions(ctx, gait.SessionQuery{Workspace: 1, Limit: 9})
	if err != nil || len(rows) != 1 || rows[0].Score != 60 || !slices.Equal(rows[0].Tags, []string{"a", "b"}) {
		t.Errorf("the rows are %+v, %v", rows, err)
	}
	if stale, err := s.Stale(ctx, 9); err != nil || len(stale) != 1 {
		t.Errorf("stale are %v, %v", stale, err)
	}
	if err := s.PutSessions(ctx, []gait.SessionRow{{SessionRef: rows[0].SessionRef, Batches: 4, Tags: []string{"c"}}}); err != nil {
		t.Error(err)
	}
	if stale, err := s.Stale(ctx, 9); err != nil || len(stale) != 0 {
		t.Errorf("after its row was made, stale are %v, %v", stale, err)
	}
}

// TestEverySchemaConforms runs the engines' suite on databases that an earlier
// version has made.
func TestEverySchemaConforms(t *testing.T) {
	for version := int64(1); version < latest(t); version++ {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, storetest.Options{
				Engine: "sqlite",
				Open: func(tb testing.TB, l gait.SessionLimits) gait.Store {
					path := filepath.Join(tb.TempDir(), "gait.db")
					if err := openSchema(t, path, version).Close(); err != nil {
						tb.Fatal(err)
					}
					newDisk(t, filepath.Dir(path)) // on which a sync takes no time
					return openLimited(tb, path, Config{vfs: faultVFS}, l)
				},
				Reopen: func(tb testing.TB, s gait.Store, l gait.SessionLimits) gait.Store {
					if err := s.Close(); err != nil {
						tb.Fatal(err)
					}
					return openLimited(tb, s.(*Store).Path(), Config{vfs: faultVFS}, l)
				},
			})
		})
	}
}

// TestNewerUntouched: a database of a newer version is refused, and not a byte
// of it changes.
func TestNewerUntouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gait.db")
	db := openSchema(t, path, latest(t))
	fill(t, db)
	for _, query := range []string{
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`,
		`CREATE TABLE news (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT`,
		`INSERT INTO news VALUES (1, 'of a version to come')`,
	} {
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err = Open(t.Context(), path, Config{})
		if gait.CodeOf(err) != gait.Invalid || !strings.Contains(err.Error(), "newer") {
			t.Errorf("got %q: %v", gait.CodeOf(err), err)
		}
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file has changed: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); name != "gait.db" && name != "gait.db.lock" {
			t.Errorf("%s is left behind", name)
		}
	}
}
