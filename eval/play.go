package eval

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"math"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/record"
	"github.com/gaithq/gait/wire"
)

// noon is when every recording is said to have begun.
const noon = int64(1_763_726_400_000)

// A page sends about once a second, and at most so many events at a time.
const (
	batchTicks  = 1000 * gait.TicksPerMillisecond
	batchEvents = 1000
)

// area is the number of the field that recorded text is said to have gone into: a
// text area without a purpose.
const area = 1

var classes = map[byte]gait.KeyClass{
	'A': gait.KeyLetter, '1': gait.KeyDigit, '_': gait.KeySpace, '.': gait.KeyPunctuation, 'B': gait.KeyErase,
	'E': gait.KeyEnter, '>': gait.KeyArrow, 'M': gait.KeyModifier, 'O': gait.KeyOther,
}

// Play turns a recording into the batches that a page would have sent, put through
// the batch format as the server would take them in. Those of a recorded run are
// what a page did send, in the order in which they arrived. Events that are later
// than limit after the session's first are left out; 0 takes all.
func Play(rec Recording, limit gait.Tick) ([]gait.Batch, error) {
	if rec.Run != nil {
		return playRun(rec.Run, limit)
	}
	events := translate(rec, limit)
	id := sha256.Sum256([]byte(rec.Set + "\x00" + rec.Person + "\x00" + rec.Session))
	var (
		batches []gait.Batch
		decoder wire.Decoder
		body    []byte
	)
	for len(events) > 0 {
		n := 1
		for n < len(events) && n < batchEvents && events[n].T-events[0].T < batchTicks {
			n++
		}
		b := gait.Batch{
			Session: gait.SessionID(id[:16]), Page: gait.PageID(id[16:24]), Seq: uint32(len(batches)),
			Origin: noon, Sent: events[n-1].T, Events: events[:n],
		}
		body = wire.Append(body[:0], "recorded", [16]byte{}, &b)
		env, err := decoder.Decode(body)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", rec.Person, rec.Session, err)
		}
		taken := env.Batch
		taken.Arrived = noon + int64(taken.Sent)/gait.TicksPerMillisecond
		taken.Events = slices.Clone(taken.Events)
		batches = append(batches, taken)
		events = events[n:]
	}
	return batches, nil
}

// playRun unpacks a recorded run's batches.
func playRun(run *record.Run, limit gait.Tick) ([]gait.Batch, error) {
	batches, err := run.Batches()
	if err != nil {
		return nil, fmt.Errorf("%s, %s: %w", run.User, run.Session, err)
	}
	slices.SortStableFunc(batches, func(a, b gait.Batch) int {
		return cmp.Or(cmp.Compare(a.Arrived, b.Arrived), slices.Compare(a.Page[:], b.Page[:]), cmp.Compare(a.Seq, b.Seq))
	})
	if limit == 0 {
		return batches, nil
	}
	at := func(b *gait.Batch, e *gait.Event) gait.Tick {
		return gait.Tick(b.Origin)*gait.TicksPerMillisecond + e.T
	}
	first := gait.Tick(math.MaxInt64)
	for i := range batches {
		first = min(first, at(&batches[i], &batches[i].Events[0]))
	}
	kept := batches[:0]
	for _, b := range batches {
		if b.Events = until(b.Events, func(e *gait.Event) bool { return at(&b, e)-first <= limit }); len(b.Events) > 0 {
			kept = append(kept, b)
		}
	}
	return kept, nil
}

// until returns the events that are early enough. The facts that the server put at
// a batch's end stay as long as anything of the page does.
func until(events []gait.Event, early func(*gait.Event) bool) []gait.Event {
	var last gait.Tick
	kept := events[:0]
	for _, e := range events {
		switch {
		case early(&e):
			last = e.T
		case e.Kind == gait.Fact && len(kept) > 0:
			e.T = last
		default:
			continue
		}
		kept = append(kept, e)
	}
	return kept
}

// translate says in the events of a page what was recorded. What a recording does
// not hold (targets, trust, visibility) is left out, never made up: presses have no
// box, a click that was recorded without its press counts as one, and where the way
// of the pointer was not recorded it is unknown where it was.
func translate(rec Recording, limit gait.Tick) []gait.Event {
	var list []gait.Event
	add := func(ms float64, e gait.Event) {
		e.T = gait.Tick(math.Round(max(ms, 0) * gait.TicksPerMillisecond))
		if limit == 0 || e.T <= limit {
			list = append(list, e)
		}
	}
	add(0, gait.Event{Kind: gait.Describe, Target: area, Code: int32(gait.TargetArea)})
	has := func(letter byte) bool {
		return slices.ContainsFunc(rec.Events, func(r Row) bool { return r.Letter == letter })
	}
	ways, downs := has('m'), has('d')
	var before Row
	for _, r := range rec.Events {
		t, x, y := r.N[0], int32(r.N[1]), int32(r.N[2])
		switch r.Letter {
		case 'm':
			add(t, gait.Event{Kind: gait.Move, X: x, Y: y})
		case 'd', 'c':
			if x >= 0 && ways && (r.Letter == 'd' || !downs) {
				add(t, gait.Event{Kind: gait.Press, X: x, Y: y, Target: -1})
			}
		case 'u':
			if x >= 0 && ways {
				add(t, gait.Event{Kind: gait.Release, X: x, Y: y})
			}
		case 'M':
			add(r.N[1], gait.Event{Kind: gait.Life, Code: int32(gait.PointerEntered)})
		case 's':
			add(t, gait.Event{Kind: gait.Scroll, Y: int32(r.N[1]), Target: -1})
		case 'w':
			add(t, gait.Event{Kind: gait.Wheel, Y: int32(r.N[1])})
		case 'p':
			add(t, gait.Event{Kind: gait.Paste, Target: area, N: int32(r.N[1])})
			add(t, gait.Event{Kind: gait.Input, Target: area, Code: int32(gait.InputPaste), N: int32(r.N[1])})
		case 'r':
			add(t, gait.Event{Kind: gait.Input, Target: area, Code: int32(gait.InputInsert), Flags: gait.Replaced, N: -int32(r.N[1])})
		case 'k':
			key(add, r, before)
			before = r
		}
	}
	slices.SortStableFunc(list, func(a, b gait.Event) int { return cmp.Compare(a.T, b.T) })
	return assignSlots(list)
}

// key adds a key's press, what it did to the field, and its release. Held keys were
// recorded as rows of no dwell, or as rows one repetition apart; a browser flags
// them as repeated.
func key(add func(float64, gait.Event), r, before Row) {
	t, dwell := r.N[0], r.N[1]
	class := classes[r.Class]
	if dwell == 0 && (class == gait.KeyModifier || class == gait.KeyErase) {
		return
	}
	var flags gait.Flags
	gap := t - before.N[0]
	if before.Letter == 'k' && before.Class == r.Class && gap >= 27 && gap <= 38 && math.Abs(gap-before.N[1]) <= 2 {
		flags = gait.Repeat
	}
	add(t, gait.Event{Kind: gait.KeyDown, Code: int32(class), Flags: flags, Target: area})
	switch {
	case class.Character() || class == gait.KeyEnter:
		add(t, gait.Event{Kind: gait.Input, Target: area, Code: int32(gait.InputInsert), N: 1})
	case class == gait.KeyErase:
		add(t, gait.Event{Kind: gait.Input, Target: area, Code: int32(gait.InputDelete), N: -1})
	}
	// Slot pairs it with its press until assignSlots gives out real ones.
	add(t+dwell, gait.Event{Kind: gait.KeyUp, N: int32(math.Round(t * gait.TicksPerMillisecond))})
}

// assignSlots gives each held key the lowest free slot, as the tracker does. A key
// beyond the last slot is dropped.
func assignSlots(list []gait.Event) []gait.Event {
	var held [gait.KeySlots]struct {
		down bool
		t    gait.Tick
	}
	out := list[:0]
	for _, e := range list {
		switch e.Kind {
		case gait.KeyDown:
			slot := slices.IndexFunc(held[:], func(h struct {
				down bool
				t    gait.Tick
			},
			) bool {
				return !h.down
			})
			if slot < 0 {
				continue
			}
			held[slot].down, held[slot].t = true, e.T
			e.Slot = int32(slot)
		case gait.KeyUp:
			slot := -1
			for i, h := range held {
				if h.down && h.t == gait.Tick(e.N) {
					slot = i
				}
			}
			if slot < 0 {
				continue
			}
			held[slot].down = false
			e.Slot, e.N = int32(slot), 0
		}
		out = append(out, e)
	}
	return out
}
