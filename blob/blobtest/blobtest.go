// Package blobtest is the one conformance suite that every engine for blobs runs.
// It holds an engine to each sentence of gait.BlobStore.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

// Options describe an engine.
type Options struct {
	// Engine is the last element of the import path of the engine's Store. The
	// suite fails if Open returns another one's.
	Engine string
	// Open opens a new, empty store that takes so many bytes; 0 is any number.
	Open func(t testing.TB, limit int64) gait.BlobStore
	// Reopen opens what s kept; nil for an engine that keeps nothing.
	Reopen func(t testing.TB, s gait.BlobStore, limit int64) gait.BlobStore
}

// Run runs the suite.
func Run(t *testing.T, o Options) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Options)
	}{
		{"Engine", testEngine},
		{"Put", testPut},
		{"List", testList},
		{"Open", testOpen},
		{"Delete", testDelete},
		{"Has", testHas},
		{"DeleteOld", testDeleteOld},
		{"DeleteOldFails", testDeleteOldFails},
		{"Limit", testLimit},
		{"Over", testOver},
		{"Concurrently", testConcurrently},
		{"Durable", testDurable},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, o) })
	}
}

// ref names a blob of session n of workspace w.
func ref(w gait.WorkspaceID, n, page byte, seq uint32) gait.BlobRef {
	return gait.BlobRef{Workspace: w, Session: gait.SessionID{n, 1}, Page: gait.PageID{page}, Seq: seq}
}

func of(r gait.BlobRef) gait.SessionRef {
	return gait.SessionRef{Workspace: r.Workspace, Session: r.Session}
}

func put(t *testing.T, s gait.BlobStore, r gait.BlobRef, text string) {
	t.Helper()
	if err := s.Put(t.Context(), r, []byte(text)); err != nil {
		t.Fatalf("put %v: %v", r, err)
	}
}

func get(t *testing.T, s gait.BlobStore, r gait.BlobRef) string {
	t.Helper()
	in, err := s.Open(t.Context(), r)
	if err != nil {
		t.Fatalf("open %v: %v", r, err)
	}
	data, err := io.ReadAll(in)
	if err := errors.Join(err, in.Close()); err != nil {
		t.Fatalf("read %v: %v", r, err)
	}
	return string(data)
}

func list(t *testing.T, s gait.BlobStore, r gait.SessionRef) []gait.BlobInfo {
	t.Helper()
	found, err := s.List(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func wantCode(t *testing.T, err error, code gait.Code) {
	t.Helper()
	if gait.CodeOf(err) != code {
		t.Errorf("error %v, want code %q", err, code)
	}
}

func testEngine(t *testing.T, o Options) {
	of := reflect.TypeOf(o.Open(t, 0))
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if got := path.Base(of.PkgPath()); got != o.Engine {
		t.Errorf("the engine under test is %q, want %q", got, o.Engine)
	}
}

func testPut(t *testing.T, o Options) {
	s := o.Open(t, 0)
	data := []byte("first")
	r := ref(1, 1, 1, 0)
	if err := s.Put(t.Context(), r, data); err != nil {
		t.Fatal(err)
	}
	copy(data, "XXXXX") // the caller's again
	put(t, s, r, "another, under the same name")
	if got := get(t, s, r); got != "first" {
		t.Errorf("got %q, want what was put first", got)
	}
	empty := ref(1, 1, 1, 1)
	put(t, s, empty, "")
	if got := get(t, s, empty); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}

func testList(t *testing.T, o Options) {
	s := o.Open(t, 0)
	want := []gait.BlobRef{ref(1, 1, 1, 0), ref(1, 1, 1, 1), ref(1, 1, 1, 0x10000), ref(1, 1, 2, 0), ref(1, 1, 200, 9)}
	for _, i := range []int{3, 1, 4, 0, 2} {
		put(t, s, want[i], fmt.Sprint("chunk ", i))
	}
	put(t, s, ref(1, 2, 1, 0), "another session's")
	put(t, s, ref(2, 1, 1, 0), "another workspace's")
	got := list(t, s, of(want[0]))
	if len(got) != len(want) {
		t.Fatalf("%d blobs, want %d", len(got), len(want))
	}
	for i, b := range got {
		if b.BlobRef != want[i] || b.Size <= 0 {
			t.Errorf("blob %d is %+v, want %+v", i, b, want[i])
		}
	}
	if got := list(t, s, gait.SessionRef{Workspace: 3, Session: want[0].Session}); len(got) != 0 {
		t.Errorf("an unknown session has %d blobs", len(got))
	}
}

func testOpen(t *testing.T, o Options) {
	s := o.Open(t, 0)
	r := ref(1, 1, 1, 0)
	big := bytes.Repeat([]byte("0123456789"), 100_000)
	if err := s.Put(t.Context(), r, big); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, r); got != string(big) {
		t.Errorf("%d bytes, want %d", len(got), len(big))
	}
	in, err := s.Open(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	some := make([]byte, 10)
	if _, err := io.ReadFull(in, some); err != nil || string(some) != "0123456789" {
		t.Errorf("the beginning is %q (%v)", some, err)
	}
	if err := in.Close(); err != nil {
		t.Errorf("closing before the end: %v", err)
	}
	for _, other := range []gait.BlobRef{ref(2, 1, 1, 0), ref(1, 2, 1, 0), ref(1, 1, 2, 0), ref(1, 1, 1, 1)} {
		_, err := s.Open(t.Context(), other)
		wantCode(t, err, gait.NotFound)
	}
}

func testDelete(t *testing.T, o Options) {
	s := o.Open(t, 0)
	gone, stays, elsewhere := ref(1, 1, 1, 0), ref(1, 2, 1, 0), ref(2, 1, 1, 0)
	for _, r := range []gait.BlobRef{gone, ref(1, 1, 2, 3), stays, elsewhere} {
		put(t, s, r, "data")
	}
	used := s.Used()
	for _, want := range []int{2, 0} {
		if n, err := s.Delete(t.Context(), of(gone)); err != nil || n != want {
			t.Fatalf("%d were deleted (%v), want %d", n, err, want)
		}
	}
	if now := s.Used(); now*2 != used {
		t.Errorf("%d bytes are used, %d were", now, used)
	}
	if got := list(t, s, of(gone)); len(got) != 0 {
		t.Errorf("%d blobs are left", len(got))
	}
	if get(t, s, stays) != "data" || get(t, s, elsewhere) != "data" {
		t.Error("more was deleted than the session")
	}
	put(t, s, gone, "anew")
	if got := get(t, s, gone); got != "anew" {
		t.Errorf("got %q after the session was deleted", got)
	}
}

func testHas(t *testing.T, o Options) {
	s := o.Open(t, 0)
	first, later := ref(1, 1, 2, 0), ref(1, 2, 1, 1)
	for _, r := range []gait.BlobRef{first, ref(1, 1, 1, 1), later, ref(2, 2, 1, 0)} {
		put(t, s, r, "data")
	}
	for r, want := range map[gait.SessionRef]bool{of(first): true, of(later): false, {Workspace: 9}: false} {
		if got, err := s.Has(t.Context(), r); err != nil || got != want {
			t.Errorf("%v: %v (%v), want %v", r, got, err, want)
		}
	}
}

func testDeleteOld(t *testing.T, o Options) {
	s := o.Open(t, 0)
	for _, r := range []gait.BlobRef{ref(1, 1, 1, 0), ref(1, 1, 1, 1), ref(1, 2, 1, 0), ref(2, 1, 1, 0), ref(7, 1, 1, 0)} {
		put(t, s, r, "data")
	}
	for _, step := range []struct {
		w    gait.WorkspaceID
		at   time.Duration // from now
		want int           // deleted
		has  int           // sessions that were asked for
	}{{1, -time.Hour, 0, 4}, {3, time.Hour, 0, 4}, {1, time.Hour, 3, 4}, {1, time.Hour, 0, 2}, {7, time.Hour, 1, 2}} {
		asked := map[gait.SessionRef]int{}
		got, err := s.DeleteOld(t.Context(), func(r gait.SessionRef) (time.Time, error) {
			asked[r]++
			if list(t, s, r) == nil {
				t.Errorf("%v has no blobs", r)
			}
			if r.Workspace != step.w {
				return time.Time{}, nil
			}
			return time.Now().Add(step.at), nil
		})
		if err != nil || got != step.want || len(asked) != step.has {
			t.Errorf("%+v: %d were deleted, asked for %v (%v)", step, got, asked, err)
		}
		for r, n := range asked {
			if n != 1 {
				t.Errorf("%+v: asked %d times for %v", step, n, r)
			}
		}
	}
	if get(t, s, ref(2, 1, 1, 0)) != "data" {
		t.Error("another workspace's is gone")
	}
}

func testDeleteOldFails(t *testing.T, o Options) {
	s := o.Open(t, 0)
	for n := range byte(4) {
		put(t, s, ref(1, n, 1, 0), "data")
	}
	broken, asked := errors.New("broken"), 0
	n, err := s.DeleteOld(t.Context(), func(gait.SessionRef) (time.Time, error) {
		if asked++; asked == 3 {
			return time.Time{}, broken
		}
		return time.Now().Add(time.Hour), nil
	})
	if n != 2 || asked != 3 || !errors.Is(err, broken) {
		t.Errorf("%d were deleted, asked %d times: %v", n, asked, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.DeleteOld(ctx, func(gait.SessionRef) (time.Time, error) { return time.Time{}, nil })
	wantCode(t, err, gait.Unavailable)
}

func testLimit(t *testing.T, o Options) {
	s := o.Open(t, 10_000)
	noise := make([]byte, 6000) // that no engine can make smaller
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise)
	first, second := ref(1, 1, 1, 0), ref(1, 2, 1, 0)
	if err := s.Put(t.Context(), first, noise); err != nil {
		t.Fatal(err)
	}
	wantCode(t, s.Put(t.Context(), second, noise), gait.Unavailable)
	if got := list(t, s, of(second)); len(got) != 0 {
		t.Error("what was refused is stored")
	}
	if err := s.Put(t.Context(), first, noise); err != nil {
		t.Errorf("the same again: %v", err)
	}
	if _, err := s.Delete(t.Context(), of(first)); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), second, noise); err != nil {
		t.Errorf("there is room again: %v", err)
	}
}

func testOver(t *testing.T, o Options) {
	s := o.Open(t, 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Put(ctx, ref(1, 1, 1, 0), nil)
	wantCode(t, err, gait.Unavailable)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not say why", err)
	}
	_, err = s.List(ctx, gait.SessionRef{})
	wantCode(t, err, gait.Unavailable)
}

func testConcurrently(t *testing.T, o Options) {
	s := o.Open(t, 0)
	var wg sync.WaitGroup
	for n := range byte(8) {
		for i := range uint32(8) {
			wg.Go(func() {
				r := ref(1, n/2, 1, i) // two of each
				if err := s.Put(t.Context(), r, []byte("data")); err != nil {
					t.Error(err)
				}
				if n == 7 {
					if _, err := s.Delete(t.Context(), gait.SessionRef{Workspace: 1, Session: gait.SessionID{99, 1}}); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	for n := range byte(4) {
		if got := list(t, s, of(ref(1, n, 1, 0))); len(got) != 8 {
			t.Errorf("session %d has %d blobs, want 8", n, len(got))
		}
	}
}

func testDurable(t *testing.T, o Options) {
	if o.Reopen == nil {
		t.Skip("keeps nothing")
	}
	s := o.Open(t, 0)
	r := ref(1, 1, 1, 7)
	put(t, s, r, "data")
	size := list(t, s, of(r))[0].Size
	s = o.Reopen(t, s, size)
	if got := get(t, s, r); got != "data" {
		t.Errorf("got %q from the store that was opened again", got)
	}
	wantCode(t, s.Put(t.Context(), ref(1, 1, 1, 8), []byte("more")), gait.Unavailable)
}
