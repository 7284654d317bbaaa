package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/gaithq/gait"
)

// Rows as the version that knew schema 1 wrote them.
const (
	firstWorkspace = `INSERT INTO workspaces (id, name, integration_id, site_key, origins, tier, created)
VALUES (1, 'Wörk', '0a1b2c3d', 'pub-1', '["https://example.org"]', 'free', 1000), (2, 'Other', '99999999', 'pub-2', '[]', 'pro', 2000)`
	firstKeys = `INSERT INTO keys (hash, workspace, dialect, hint, created)
VALUES (x'01` + zeros + `', 1, 'roundtable', 'sk-…abcd', 1001), (x'02` + zeros + `', 2, 'notai', 'aik_v1_…wxyz', 2001)`
	firstBatch   = `INSERT INTO batches (workspace, session, page, seq, secret, arrived, data) VALUES (?, ?, ?, ?, ?, ?, ?)`
	firstStale   = `INSERT INTO stale (workspace, session) VALUES (?, ?)`
	firstSession = `INSERT INTO sessions (workspace, session, batches, started, ended, last_arrival, events,
	score, policy_version, detected, url, user_agent, user_id, tags)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	zeros = `00000000000000000000000000000000000000000000000000000000000000`
)

// openSchema opens a database of which only the first migrations have run.
func openSchema(t *testing.T, path string, version int64) *sql.DB {
	t.Helper()
	if err := createFile(path); err != nil {
		t.Fatal(err)
	}
	db, err := openPool(path, "", "rw", 1, writerPragmas(64))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // it may be closed
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, steps, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	return db
}

// firstSchema makes a database as the first version left it: two workspaces,
// 40 sessions with three batches each, of which the last is stale.
func firstSchema(t *testing.T, path string) {
	t.Helper()
	db := openSchema(t, path, 1)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatalf("%v in %s", err, query)
		}
	}
	exec(firstWorkspace)
	exec(firstKeys)
	for i := range 40 {
		id, workspace := gait.SessionID{byte(i)}, 1+i%2
		for seq := range 3 {
			exec(firstBatch, workspace, id[:], make([]byte, 8), seq, make([]byte, 32), 100+seq, fmt.Appendf(nil, "%d/%d", i, seq))
		}
		tags := `[]`
		if i%4 < 2 {
			tags = `["all","all","a,b/ü ` + fmt.Sprint(i%3) + `"]`
		}
		exec(firstSession, workspace, id[:], 3, 5000+i, 6000+i, 7000+i, 8, i, 1, `["bot"]`, "https://example.org/", "curl", fmt.Sprint("user ", i%5), tags)
	}
	exec(firstStale, 2, make([]byte, 16))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestMigrateFirst: everything that the first version stored is there, and what
// is new has been made of it.
func TestMigrateFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gait.db")
	firstSchema(t, path)
	s := openStore(t, path, Config{})
	ctx := context.Background()

	all, err := s.Workspaces(ctx)
	if err != nil || len(all) != 2 || all[0].Name != "Wörk" || all[0].Origins[0] != "https://example.org" || all[1].Tier != "pro" {
		t.Errorf("workspaces: %+v, %v", all, err)
	}
	for w, hint := range map[gait.WorkspaceID]string{1: "sk-…abcd", 2: "aik_v1_…wxyz"} {
		keys, err := s.Keys(ctx, w)
		if err != nil || len(keys) != 1 || keys[0].Hint != hint || keys[0].Hash != [32]byte{byte(w)} ||
			!slices.Equal(keys[0].Scopes, []string{gait.ScopeRead}) || keys[0].Expires+keys[0].LastUsed+keys[0].Revoked != 0 {
			t.Errorf("keys of %d: %+v, %v", w, keys, err)
		}
	}
	if stale, err := s.Stale(ctx, 9); err != nil || len(stale) != 1 || stale[0] != (gait.SessionRef{Workspace: 2}) {
		t.Errorf("stale: %v, %v", stale, err)
	}
	for i := range 40 {
		var data string
		err := s.Batches(ctx, gait.WorkspaceID(1+i%2), gait.SessionID{byte(i)}, func(r gait.Record) bool {
			data += string(r.Data) + " "
			return true
		})
		if want := fmt.Sprintf("%[1]d/0 %[1]d/1 %[1]d/2 ", i); err != nil || data != want {
			t.Errorf("session %d has %q, %v", i, data, err)
		}
	}
	for w := gait.WorkspaceID(1); w <= 3; w++ {
		rows, err := s.Sessions(ctx, gait.SessionQuery{Workspace: w, Limit: 99})
		if want := map[gait.WorkspaceID]int{1: 20, 2: 20, 3: 0}[w]; err != nil || len(rows) != want {
			t.Fatalf("workspace %d has %d rows, %v", w, len(rows), err)
		}
		for _, list := range []gait.SessionQuery{{UserID: "user 3"}, {Tag: "all"}, {Tag: "a,b/ü 1"}, {Tag: "all", UserID: "user 2"}} {
			list.Workspace, list.Limit = w, 99
			got, err := s.Sessions(ctx, list)
			if err != nil {
				t.Fatal(err)
			}
			var want []gait.SessionID
			for _, r := range rows {
				if (list.UserID == "" || r.UserID == list.UserID) && (list.Tag == "" || slices.Contains(r.Tags, list.Tag)) {
					want = append(want, r.Session)
				}
			}
			if !slices.EqualFunc(got, want, func(r gait.SessionRow, id gait.SessionID) bool { return r.Session == id }) {
				t.Errorf("%+v: got %v, want %v", list, got, want)
			}
			if w < 3 && len(want) == 0 {
				t.Errorf("%+v tests nothing", list)
			}
		}
	}
}

func TestBesideOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gait.db")
	if _, err := OpenBeside(t.Context(), path); gait.CodeOf(err) != gait.NotFound {
		t.Errorf("without a database: %v", err)
	}
	// A folder of the version before is brought up to date, unless that version
	// is at work on it.
	firstSchema(t, path)
	lock, err := lockFile(path + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenBeside(t.Context(), path); gait.CodeOf(err) != gait.Invalid {
		t.Errorf("beside another version: %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := OpenBeside(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if keys, err := b.Keys(t.Context(), 1); err != nil || len(keys) != 1 {
		t.Errorf("got %v, %v", keys, err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

// TestBeside changes keys while the database is served and written without pause.
func TestBeside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gait.db")
	s := openStore(t, path, Config{})
	w, err := s.CreateWorkspace(t.Context(), gait.Workspace{SiteKey: "pub-1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var written atomic.Int64
	var callers sync.WaitGroup
	for caller := range 4 {
		callers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := s.Append(context.Background(), record(caller, n, "data")); err != nil {
					t.Error(err)
					return
				}
				written.Add(1)
			}
		})
	}
	const keys = 10
	for n := range byte(keys) {
		for before := written.Load(); written.Load() == before && !t.Failed(); {
			time.Sleep(100 * time.Microsecond)
		}
		b, err := OpenBeside(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		k := gait.Key{Hash: [32]byte{n}, Workspace: w.ID, Created: int64(n)}
		if err := b.CreateKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
		if _, err := s.KeyByHash(t.Context(), k.Hash); err != nil {
			t.Errorf("the server does not see a new key: %v", err)
		}
		if n%2 == 0 {
			if err := b.RevokeKey(t.Context(), w.ID, k.Hash, 77); err != nil {
				t.Fatal(err)
			}
			if got, err := s.KeyByHash(t.Context(), k.Hash); err != nil || got.Revoked != 77 {
				t.Errorf("the server sees %+v, %v", got, err)
			}
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	callers.Wait()
	got, err := s.Keys(t.Context(), w.ID)
	if err != nil || len(got) != keys {
		t.Errorf("%d keys, %v", len(got), err)
	}
}

// TestMigrateKeyMakers: the audit log tells who made the keys that schema 3 has.
func TestMigrateKeyMakers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gait.db")
	db := openSchema(t, path, 3)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatalf("%v in %s", err, query)
		}
	}
	exec(firstWorkspace)
	for n, k := range []struct {
		hint    string
		created int
	}{{"sk-…same", 3000}, {"sk-…same", 4000}, {"sk-…home", 1000}, {"sk-…cmds", 5000}} {
		exec(`INSERT INTO keys (hash, workspace, dialect, hint, created) VALUES (?, 1, 'roundtable', ?, ?)`, append([]byte{byte(n)}, make([]byte, 31)...), k.hint, k.created)
	}
	for _, e := range []struct {
		workspace, at, by int
		action, subject   string
	}{
		{1, 1007, 5, "workspace.create", "Wörk"},
		{1, 3000, 6, "key.create", "sk-…same"},
		{1, 4000, 7, "key.create", "sk-…same"},
		{1, 5000, 8, "key.revoke", "sk-…cmds"},
		{2, 5000, 9, "key.create", "sk-…cmds"},
	} {
		exec(`INSERT INTO audit (workspace, at, by, by_name, action, subject, detail) VALUES (?, ?, ?, 'x', ?, ?, '')`, e.workspace, e.at, e.by, e.action, e.subject)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, path, Config{})
	for n, want := range []gait.AccountID{6, 7, 5, 0} {
		if k, err := s.KeyByHash(t.Context(), [32]byte{byte(n)}); err != nil || k.By != want {
			t.Errorf("key %d was made by %d, %v; want %d", n, k.By, err, want)
		}
	}
}
