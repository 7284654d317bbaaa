package fs

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/blob/blobtest"
)

func open(t testing.TB, root string, limit int64) *Store {
	t.Helper()
	s, err := Open(root, Config{Limit: limit})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	blobtest.Run(t, blobtest.Options{
		Engine: "fs",
		Open:   func(t testing.TB, limit int64) gait.BlobStore { return open(t, t.TempDir(), limit) },
		Reopen: func(t testing.TB, s gait.BlobStore, limit int64) gait.BlobStore {
			return open(t, s.(*Store).root, limit)
		},
	})
}

func files(t *testing.T, root string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(root, p)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestNamesOfFiles(t *testing.T) {
	s := open(t, t.TempDir(), 0)
	ref := gait.BlobRef{Workspace: 7, Session: gait.SessionID{0xab, 1}, Page: gait.PageID{0xcd}, Seq: 300}
	if err := s.Put(t.Context(), ref, []byte("data")); err != nil {
		t.Fatal(err)
	}
	want := "7/ab/ab010000000000000000000000000000/cd00000000000000-0000012c.zst"
	if got := files(t, s.root); len(got) != 1 || got[0] != want {
		t.Errorf("files %q, want %q", got, want)
	}
	if s.Used() == 0 {
		t.Error("no bytes are used")
	}
	if n, err := s.Delete(t.Context(), gait.SessionRef{Workspace: 7, Session: ref.Session}); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if got := files(t, s.root); len(got) != 0 || s.Used() != 0 {
		t.Errorf("left: %q, %d bytes", got, s.Used())
	}
}

// all is a moment after everything that was put.
func all(gait.SessionRef) (time.Time, error) { return time.Now().Add(time.Hour), nil }

// TestStuck: one folder from which nothing can be removed does not keep the others,
// and it is told of. What is not ours is left alone.
func TestStuck(t *testing.T) {
	root := t.TempDir()
	s := open(t, root, 0)
	var stuck string
	for n := range byte(3) {
		ref := gait.BlobRef{Workspace: 1, Session: gait.SessionID{n}}
		if err := s.Put(t.Context(), ref, []byte("data")); err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			// A folder in the place of a file cannot be removed while something is in it.
			stuck = filepath.Join(s.session(sessionOf(ref)), "cd00000000000000-00000001.zst")
			if err := os.MkdirAll(filepath.Join(stuck, "more"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range []string{"notes/aa/aa", "01/02/02000000000000000000000000000000", "1/zz/00000000000000000000000000000000"} {
		if err := os.MkdirAll(filepath.Join(root, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	asked := 0
	n, err := s.DeleteOld(t.Context(), func(r gait.SessionRef) (time.Time, error) {
		asked++
		return all(r)
	})
	if n != 3 || asked != 3 || gait.CodeOf(err) != gait.Unavailable {
		t.Errorf("%d deleted of %d sessions, %v", n, asked, err)
	}
	if err := os.RemoveAll(stuck); err != nil {
		t.Fatal(err)
	}
	if _, err := s.DeleteOld(t.Context(), all); err != nil || len(files(t, root)) != 0 || s.Used() != 0 {
		t.Errorf("%v, left: %q, %d bytes", err, files(t, root), s.Used())
	}
}

// Small files take room too: otherwise there would be no end of them.
func TestRoom(t *testing.T) {
	root := t.TempDir()
	s := open(t, root, 3*block)
	for seq := range uint32(4) {
		err := s.Put(t.Context(), gait.BlobRef{Workspace: 1, Session: gait.SessionID{1}, Seq: seq}, []byte("data"))
		if full := seq == 3; (gait.CodeOf(err) == gait.Unavailable) != full || (err != nil) != full {
			t.Errorf("blob %d: %v", seq, err)
		}
	}
	list, err := s.List(t.Context(), gait.SessionRef{Workspace: 1, Session: gait.SessionID{1}})
	if err != nil || len(list) != 3 || list[0].Size != block {
		t.Errorf("%v (%v)", list, err)
	}
	if again := open(t, root, 0).Used(); s.Used() != 3*block || again != s.Used() {
		t.Errorf("%d bytes are used, and %d after opening again", s.Used(), again)
	}
	if n, err := s.DeleteOld(t.Context(), all); n != 3 || err != nil || s.Used() != 0 {
		t.Errorf("%d deleted (%v), %d bytes are used", n, err, s.Used())
	}
	for _, c := range []struct{ size, takes int64 }{{0, block}, {1, block}, {block, block}, {block + 1, 2 * block}} {
		if got := room(c.size); got != c.takes {
			t.Errorf("%d bytes take %d, want %d", c.size, got, c.takes)
		}
	}
}

// What a process that was killed has left must not stay, and no file that is not whole
// may be taken for a blob.
func TestLeftovers(t *testing.T) {
	root := t.TempDir()
	s := open(t, root, 0)
	ref := gait.BlobRef{Workspace: 1, Session: gait.SessionID{1}}
	if err := s.Put(t.Context(), ref, []byte("data")); err != nil {
		t.Fatal(err)
	}
	dir := s.session(sessionOf(ref))
	for _, name := range []string{filepath.Join(root, writing, "123"), filepath.Join(dir, "notes.txt"), filepath.Join(dir, "x-1.zst")} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s = open(t, root, 0)
	if _, err := os.Stat(filepath.Join(root, writing, "123")); err == nil {
		t.Error("a file that was being written is still there")
	}
	list, err := s.List(t.Context(), sessionOf(ref))
	if err != nil || len(list) != 1 {
		t.Errorf("%d blobs (%v), want 1", len(list), err)
	}
	if _, err := s.Delete(t.Context(), sessionOf(ref)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "notes.txt")); err != nil {
		t.Errorf("a file of somebody else's is gone: %v", err)
	}
}

func TestDamaged(t *testing.T) {
	s := open(t, t.TempDir(), 0)
	ref := gait.BlobRef{Workspace: 1, Session: gait.SessionID{1}}
	if err := s.Put(t.Context(), ref, []byte("data")); err != nil {
		t.Fatal(err)
	}
	for _, bytes := range []string{"", "garbage", "\x28\xb5\x2f\xfd"} {
		if err := os.WriteFile(s.path(ref), []byte(bytes), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := s.Open(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); bytes != "" && gait.CodeOf(err) != gait.Internal {
			t.Errorf("%q: %q, %v", bytes, got, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"cd00000000000000-0000012c.zst", "", "-.zst", "cd00000000000000-0000012c", "x-1.zst"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		page, seq, ok := parse(name)
		if !ok {
			return
		}
		s := &Store{}
		again, number, ok := parse(filepath.Base(s.path(gait.BlobRef{Page: page, Seq: seq})))
		if !ok || again != page || number != seq {
			t.Errorf("%q reads as %s %d, and that as %s %d", name, page, seq, again, number)
		}
	})
}
