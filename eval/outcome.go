package eval

import (
	"math"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/risk"
	"github.com/gaithq/gait/session"
)

// Outcome is what one session came to.
type Outcome struct {
	Set, Label, Person string
	Family             string // of a recorded run: input, motion and typing
	Browser            string // of a recorded run: what drove which browser
	Peers              map[string]string

	Score, Masked    int // at the end
	Ever, EverMasked int // the highest after any batch

	Verdicts []gait.Verdict // at the end, in the order of the checks
	Flagged  uint64         // a bit for each check that ever said Detected
	Seen     uint64         // a bit for each check that ever said anything

	After [len(moments)]Standing // the score on the way
	Read  []Extreme              // of each of the Judge's Gauges
}

// Standing is a score on the way, if the session came so far.
type Standing struct {
	Came          bool
	Score, Masked int
}

// moments are when scores on the way are read: so many ms after the first event,
// or where a run's own marks say; the last is the end.
var moments = [...]struct {
	name  string
	ms    float64
	words string
}{
	{"5s", 5_000, "5 s"},
	{"15s", 15_000, "15 s"},
	{"60s", 60_000, "60 s"},
	{"field1", -1, "first field done"},
	{"submit", -1, "form sent"},
	{"end", -1, "end"},
}

const lastMoment = len(moments) - 1

// Gauge reads one number off a session's features after each batch, for finding
// thresholds.
type Gauge struct {
	Low  bool // the evidence is in low values, so the lowest counts; otherwise the highest
	Read func(*gait.Features) (value float64, ok bool)
}

// Extreme is the value most against a session that a Gauge ever read.
type Extreme struct {
	Value float64
	Seen  bool
}

func (x *Extreme) take(v float64, low bool) {
	if !x.Seen || low && v < x.Value || !low && v > x.Value {
		*x = Extreme{v, true}
	}
}

// assess plays a recording as it arrived, and judges after each batch and at each
// of the moments.
func (j *Judge) assess(rec *Recording, checks []*gait.Check) (*Outcome, error) {
	batches, err := Play(*rec, j.Limit)
	if err != nil {
		return nil, err
	}
	if j.Change != nil {
		for i := range batches {
			for k := range batches[i].Events {
				j.Change(&batches[i].Events[k])
			}
		}
	}
	o := &Outcome{
		Set: rec.Set, Label: rec.Label, Person: rec.Person,
		Family: family(rec), Browser: browser(rec), Peers: peers(rec),
		Verdicts: make([]gait.Verdict, len(checks)), Read: make([]Extreme, len(j.Gauges)),
	}
	now := risk.Assess(j.Policy, nil)
	state := new(session.State)
	steps := cut(batches, stops(rec))
	folded := make([]gait.Batch, 0, len(steps))
	for _, step := range steps {
		if len(step.batch.Events) > 0 {
			folded = append(folded, step.batch)
			if !state.Add(&folded[len(folded)-1]) {
				state = session.Rebuild(folded)
			}
			answers := check.Judge(checks, state.Features())
			if rec.Run == nil {
				blind(answers)
			}
			now = risk.Assess(j.Policy, answers)
			o.note(answers, now)
			for i, g := range j.Gauges {
				if v, ok := g.Read(state.Features()); ok {
					o.Read[i].take(v, g.Low)
				}
			}
		}
		for _, m := range step.moments {
			o.After[m] = Standing{true, now.Score, now.Masked}
		}
	}
	o.Score, o.Masked = now.Score, now.Masked
	o.Ever, o.EverMasked = max(o.Ever, o.Score), max(o.EverMasked, o.Masked)
	o.After[lastMoment] = Standing{true, o.Score, o.Masked}
	return o, nil
}

// blind takes back what was judged by something that Play makes up for a neutral
// recording: when its batches arrived.
func blind(answers []gait.Answer) {
	for i := range answers {
		if answers[i].Check.Key == "inconsistent_clock" {
			answers[i].Verdict = gait.Unknown
		}
	}
}

func (o *Outcome) note(answers []gait.Answer, a gait.Assessment) {
	o.Ever, o.EverMasked = max(o.Ever, a.Score), max(o.EverMasked, a.Masked)
	for i := range answers {
		v := answers[i].Verdict
		o.Verdicts[i] = v
		if v != gait.Unknown {
			o.Seen |= 1 << i
		}
		if v == gait.Detected {
			o.Flagged |= 1 << i
		}
	}
}

// stops returns when each of the moments but the end is, in ms since the session's
// first event; -1 for never.
func stops(rec *Recording) [lastMoment]float64 {
	var list [lastMoment]float64
	for i, m := range moments[:lastMoment] {
		list[i] = m.ms
		if ms, ok := mark(rec, m.name); ok {
			list[i] = ms
		}
	}
	return list
}

// step is a batch, or a part of one, and the moments that come right after it.
type step struct {
	batch   gait.Batch
	moments []int
}

// cut divides batches where a moment falls between their events, so that the score
// of a moment rests on what had happened by then and nothing later. A moment after
// the last event is put at the end; one below 0 never comes.
func cut(batches []gait.Batch, at [lastMoment]float64) []step {
	if len(batches) == 0 {
		return nil
	}
	var list []step
	done := [lastMoment]bool{}
	added := map[gait.PageID]uint32{} // batches that a page has more by cutting
	zero := math.Inf(1)
	for i := range batches {
		zero = min(zero, float64(batches[i].Origin)+batches[i].Events[0].T.Milliseconds())
	}
	for _, b := range batches {
		b.Seq += added[b.Page]
		since := func(e *gait.Event) float64 { return float64(b.Origin) + e.T.Milliseconds() - zero }
		for {
			next := -1 // the earliest moment before the batch's last event
			for m, ms := range at {
				if ms >= 0 && !done[m] && ms < since(&b.Events[len(b.Events)-1]) && (next < 0 || ms < at[next]) {
					next = m
				}
			}
			if next < 0 {
				break
			}
			done[next] = true
			n := 0
			for n < len(b.Events) && since(&b.Events[n]) <= at[next] {
				n++
			}
			first := b
			first.Events, b.Events = divide(b.Events, n)
			list = append(list, step{first, []int{next}})
			if n > 0 {
				b.Seq++
				added[b.Page]++
			}
			if len(b.Events) == 0 {
				break
			}
		}
		if len(b.Events) > 0 {
			list = append(list, step{batch: b})
		}
	}
	end := &list[len(list)-1]
	for m, ms := range at {
		if !done[m] && ms >= 0 {
			end.moments = append(end.moments, m)
		}
	}
	return list
}

// divide parts a batch's events before the n-th. What the server put at its end came
// with its beginning.
func divide(events []gait.Event, n int) (first, rest []gait.Event) {
	if n == 0 {
		return nil, events
	}
	first = slices.Clone(events[:n])
	for _, e := range events[n:] {
		if e.Kind == gait.Fact {
			e.T = first[len(first)-1].T
			first = append(first, e)
		} else {
			rest = append(rest, e)
		}
	}
	return first, rest
}
