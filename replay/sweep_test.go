package replay

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gaithq/gait"
)

func TestSweep(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	if code, _ := h.do(t, "POST", Path, chunkOf(sid, secret, page1, 0, nil)); code != 200 {
		t.Fatal(code)
	}
	for _, step := range []struct {
		days int
		at   time.Time
		kept bool
	}{
		{30, time.Now().Add(29 * day), true},
		{0, time.Now().Add(1000 * day), true},
		{30, time.Now().Add(31 * day), false},
	} {
		h.settings.ReplayDays, h.now = step.days, step.at
		if err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if kept := h.blobs.Used() > 0; kept != step.kept {
			t.Errorf("%+v: kept %v", step, kept)
		}
	}
}

func TestDelete(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	if code, _ := h.do(t, "POST", Path, chunkOf(sid, secret, page1, 0, nil)); code != 200 {
		t.Fatal(code)
	}
	id, _ := gait.ParseSessionID(sid)
	if err := h.Delete(t.Context(), gait.SessionRef{Workspace: h.workspace.ID, Session: id}); err != nil {
		t.Fatal(err)
	}
	if got := h.Stats(); got.Stored != 0 || got.Deleted != 1 {
		t.Errorf("%+v", got)
	}
	// Nothing is remembered of it either: a chunk needs a session that is there.
	h.erase(t, sid)
	if code, got := h.do(t, "POST", Path, chunkOf(sid, secret, page1, 1, nil)); code != 503 {
		t.Errorf("%d %v for a session that was deleted", code, got)
	}
}

// erase deletes a session from the store, as retention does.
func (h *house) erase(t *testing.T, sid string) {
	t.Helper()
	id, _ := gait.ParseSessionID(sid)
	ref := gait.SessionRef{Workspace: h.workspace.ID, Session: id}
	n, err := h.store.CountBatches(t.Context(), ref.Workspace, ref.Session)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.store.PutSessions(t.Context(), []gait.SessionRow{{SessionRef: ref, Batches: n, Started: 1, Ended: 1}}); err != nil {
		t.Fatal(err)
	}
	gone, err := h.store.DeleteSessions(t.Context(), ref.Workspace, 2, 1)
	if err != nil || len(gone) != 1 || gone[0] != id {
		t.Fatalf("%v, %v", gone, err)
	}
}

// aged makes all that is stored look as if it had been put so long ago.
func (h *house) aged(t *testing.T, by time.Duration) {
	t.Helper()
	at := h.now.Add(-by)
	err := filepath.WalkDir(h.root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			err = os.Chtimes(path, at, at)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOrphans: what could not be deleted along with its session, or its workspace, goes
// with the next sweep, also where nothing is ever too old.
func TestOrphans(t *testing.T) {
	h := build(t)
	h.settings.ReplayDays = 0
	kept, secret := h.session(t, 1)
	h.post(t, chunkOf(kept, secret, page1, 0, nil))
	gone, secret := h.session(t, 2)
	h.post(t, chunkOf(gone, secret, page1, 0, nil))
	elsewhere := gait.BlobRef{Workspace: 77, Session: gait.SessionID{3}}
	if err := h.blobs.Put(t.Context(), elsewhere, []byte("of a workspace that is no more")); err != nil {
		t.Fatal(err)
	}
	left := func(step string, want ...bool) {
		t.Helper()
		if err := h.Sweep(t.Context()); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		for i, r := range []gait.SessionRef{{Workspace: h.workspace.ID, Session: gait.SessionID{1}}, {Workspace: h.workspace.ID, Session: gait.SessionID{2}}, {Workspace: 77, Session: gait.SessionID{3}}} {
			if has, err := h.Has(t.Context(), r); has != want[i] || err != nil {
				t.Errorf("%s: session %d has a replay: %v (%v)", step, i, has, err)
			}
		}
	}
	left("young", true, true, true)
	h.erase(t, gone)
	h.aged(t, orphanAge-time.Minute)
	left("still young", true, true, true)
	// The page is still open: what it goes on with is a session anew.
	h.aged(t, orphanAge+time.Minute)
	if code, got := h.do(t, "POST", Path, chunkOf(gone, secret, page1, 1, nil)); code != 503 {
		t.Errorf("%d %v for a session that is not there", code, got)
	}
	left("orphaned", true, false, false)
	if got := h.Stats(); got.Deleted != 2 {
		t.Errorf("%+v", got)
	}
}

// TestOrphanComesBack: of a session that begins anew while its old replay is deleted
// nothing new is lost.
func TestOrphanComesBack(t *testing.T) {
	h := build(t)
	sid, secret := h.session(t, 1)
	h.post(t, chunkOf(sid, secret, page1, 0, nil))
	h.aged(t, 2*orphanAge)
	h.erase(t, sid)
	const page2 = "00000000000000a2"
	h.meanwhile = func() {
		h.session(t, 1)
		h.forget(gait.SessionRef{Workspace: h.workspace.ID, Session: gait.SessionID{1}})
		h.post(t, chunkOf(sid, secret, page2, 0, nil))
	}
	if err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, got := h.readOf(t, sid, "")
	if len(got.Pages) != 1 || got.Pages[0].Page != page2 {
		t.Errorf("%+v", got.Pages)
	}
}

// TestSweepWithoutAnswer: where the store does not say whether a session is there, only
// what is old goes.
func TestSweepWithoutAnswer(t *testing.T) {
	h := build(t)
	for n := range byte(3) {
		sid, secret := h.session(t, n+1)
		h.post(t, chunkOf(sid, secret, page1, 0, nil))
		h.erase(t, sid)
	}
	h.aged(t, 10*day)
	broken := errors.New("broken")
	h.counting = func() error { return broken }
	if err := h.Sweep(t.Context()); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if got := h.Stats(); got.Deleted != 0 {
		t.Errorf("%+v", got)
	}
	h.aged(t, 31*day)
	if err := h.Sweep(t.Context()); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if got := h.Stats(); got.Deleted != 3 || got.Stored != 0 {
		t.Errorf("%+v", got)
	}
}

// TestRun: sweeps come every hour.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := build(t)
		sid, secret := h.session(t, 1)
		h.post(t, chunkOf(sid, secret, page1, 0, nil))
		h.erase(t, sid)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { h.Run(ctx); close(ended) }()
		time.Sleep(time.Minute)
		if got := h.Stats(); got.Deleted != 0 {
			t.Errorf("%+v at once", got)
		}
		h.aged(t, 2*orphanAge)
		time.Sleep(sweepEvery)
		if got := h.Stats(); got.Deleted != 1 {
			t.Errorf("%+v an hour later", got)
		}
		stop()
		<-ended
	})
}
