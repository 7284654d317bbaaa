package sqlite

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

// TestSyncFails: when the disk loses what the log was moved to, the log is the
// only copy. Writes end, with a word on what to do; reads go on; and the next
// Open moves all of the log again.
func TestSyncFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "gait.db")
	d := newDisk(t, dir)
	s := openLimited(t, path, Config{vfs: faultVFS, checkpoint: 8}, gait.SessionLimits{}).(*Store)
	end := hold(t, s) // so that the log is moved in part, and not synced
	n := 0
	write := func() error {
		n++
		return appends(t, s, record(1, n-1, strings.Repeat("x", 3000)))()
	}
	for range 20 {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	d.fails(nth(1, false, matching(dbFile, callSync), fault{fail: true, loses: true}))
	end()
	var err error
	for range 20 {
		if err = write(); err != nil {
			break
		}
	}
	if gait.CodeOf(err) != gait.Unavailable || !strings.Contains(err.Error(), "restart gait") {
		t.Fatalf("got %q: %v", gait.CodeOf(err), err)
	}
	accepted := n - 1
	select {
	case <-s.Doubted():
	default:
		t.Error("the store does not say that it wants to be opened anew")
	}
	if err := s.Ping(t.Context()); gait.CodeOf(err) != gait.Unavailable {
		t.Errorf("ping: %v", err)
	}
	count := func(s *Store) {
		t.Helper()
		if got, err := s.CountBatches(context.Background(), 1, gait.SessionID{1}); err != nil || got != accepted {
			t.Errorf("there are %d batches (%v), %d were accepted", got, err, accepted)
		}
	}
	count(s)
	if err := s.Close(); gait.CodeOf(err) != gait.Unavailable {
		t.Errorf("close: %v", err)
	}
	s = openStore(t, path, Config{})
	count(s)
	if _, err := s.Append(t.Context(), record(1, n, "x")); err != nil {
		t.Error(err)
	}
	var result string
	if err := s.readers.QueryRow(`PRAGMA integrity_check`).Scan(&result); err != nil || result != "ok" {
		t.Errorf("the database's check says %q, %v", result, err)
	}
}
