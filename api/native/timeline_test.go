package native

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/eval"
)

var errEnough = errors.New("enough")

// recorded returns recorded runs of the committed corpus, at most n.
func recorded(t *testing.T, n int) [][]gait.Batch {
	t.Helper()
	var list [][]gait.Batch
	err := eval.Read(eval.Corpus(), func(rec eval.Recording) error {
		if rec.Run == nil {
			return nil
		}
		batches, err := eval.Play(rec, 0)
		if err != nil {
			return err
		}
		if list = append(list, batches); len(list) == n {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) || len(list) == 0 {
		t.Fatal(err, len(list))
	}
	return list
}

// TestTimelines draws what was recorded, and holds it against the document.
func TestTimelines(t *testing.T) {
	h := newHouse(t)
	h.put(h.row(1, 1, 0))
	target := "/sessions/" + sid(1).String() + "/timeline"
	clicks, keys := 0, 0
	for _, batches := range recorded(t, 8) {
		h.sessions.batches = batches
		var line timeline
		h.ok(&line, "viewer", "GET", target)
		clicks += len(line.Clicks)
		keys += len(line.Keys.T)
		for _, n := range []int{len(line.Moves.X), len(line.Moves.Y), len(line.Moves.P)} {
			if n != len(line.Moves.T) {
				t.Errorf("columns of moves are %d and %d long", n, len(line.Moves.T))
			}
		}
		if len(line.Pages) == 0 || line.StartedAtMS == 0 || len(line.Keys.Class) != len(line.Keys.T) || !slices.IsSorted(line.Moves.T) {
			t.Errorf("%+v", line)
		}
	}
	if clicks == 0 || keys == 0 {
		t.Errorf("%d clicks and %d keys in all that was recorded", clicks, keys)
	}
}

// TestEmptyTimeline: nothing is null, however little happened.
func TestEmptyTimeline(t *testing.T) {
	b, err := json.Marshal(timelineOf(&gait.Trace{Moments: []gait.TraceMoment{{Check: "bot", Which: "first", T: 5, Moment: gait.Moment{T: 25, At: 9}}}}))
	if err != nil || bytes.Contains(b, []byte("null")) || !bytes.Contains(b, []byte(`"page_t_ms":2.5,"at_ms":9`)) {
		t.Errorf("%v %s", err, b)
	}
}

// TestTimelineHasAll: every column of a trace has a place in a timeline.
func TestTimelineHasAll(t *testing.T) {
	left := []string{"Ended"}
	of := reflect.TypeFor[timeline]()
	for _, f := range reflect.VisibleFields(reflect.TypeFor[gait.Trace]()) {
		_, has := of.FieldByName(f.Name)
		if !has && f.Name != "Started" && !slices.Contains(left, f.Name) {
			t.Errorf("%s is not shown", f.Name)
		}
	}
	for c := range gait.KeyClassMax + 1 {
		if classWords[c] == "" {
			t.Errorf("class %d has no word", c)
		}
	}
	if classWord(99) != "other" || classWord(-1) != "other" {
		t.Error("a class that there is not")
	}
}
