package session_test

import (
	"slices"
	"testing"

	"github.com/gaithq/gait/eval"
	"github.com/gaithq/gait/session"
)

// TestTraceOfRecordings: of recorded sessions, a trace shows as many jumps and keys
// as the fold counts.
func TestTraceOfRecordings(t *testing.T) {
	n, jumps, keys := 0, 0, 0
	err := eval.Read(eval.Corpus(), func(rec eval.Recording) error {
		batches, err := eval.Play(rec, 0)
		if err != nil || len(batches) == 0 {
			return err
		}
		r, f := session.Trace(batches), session.Rebuild(batches).Features()
		pressed, characters := 0, 0
		for _, j := range r.Jumps {
			if j.Press {
				pressed++
			}
		}
		for _, class := range r.Keys.Class {
			if class.Character() {
				characters++
			}
		}
		if r.Cut || pressed != int(f.Pointer.Jumped) || characters < int(f.Typing.Keys) || r.Started != f.Started || r.Ended != f.Ended {
			t.Errorf("%s, %s: %d jumps and %d keys, the fold has %d and %d", rec.Person, rec.Session, pressed, characters, f.Pointer.Jumped, f.Typing.Keys)
		}
		if !slices.IsSorted(r.Moves.T) || !slices.IsSorted(r.Keys.T) {
			t.Errorf("%s, %s: out of order", rec.Person, rec.Session)
		}
		n, jumps, keys = n+1, jumps+pressed, keys+characters
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 50 || jumps == 0 || keys == 0 {
		t.Errorf("%d recordings with %d jumps and %d keys test nothing", n, jumps, keys)
	}
}
