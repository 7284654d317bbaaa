package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/eval"
	"github.com/gaithq/gait/wire"
)

// examplesSpan is how far back the demo's recorded sessions are spread, in ms.
const examplesSpan = 7 * gait.Day

// loadExamples fills the demo's workspace. The demo is of use without, so that a
// failure is only told of.
func (s *server) loadExamples(ctx context.Context) {
	x := examples{into: s.store, workspace: s.examplesOf, told: s.settings.facts(), appended: s.judge.Appended}
	labels, err := x.load(ctx, time.Now())
	if err == nil {
		err = s.judge.CatchUp(ctx) // labels are put on rows
	}
	for _, l := range labels {
		if err == nil {
			err = s.store.PutLabel(ctx, s.examplesOf, l)
		}
	}
	if err != nil && ctx.Err() == nil {
		s.log.Error("the demo's recorded sessions are not all there", "err", err)
	}
}

// examples stores the recordings that come with Gait as sessions of a workspace, so
// that its dashboard has something to show: what automation and people really did,
// judged like any session, and held against each other as live ones are. Only when it
// happened is arranged, over the week before now; each is tagged as recorded, with
// its label, and has its source for a user.
type examples struct {
	into      gait.BatchStore
	workspace gait.WorkspaceID
	told      []gait.Event // facts that the server tells of every session
	// appended folds a stored batch and returns facts that came to light by it.
	appended func(gait.WorkspaceID, *gait.Batch, gait.Receipt) []gait.Event
}

// example is one recording as it is stored.
type example struct {
	rec     eval.Recording
	batches []gait.Batch
	ends    int64 // Unix ms
}

func (x *examples) load(ctx context.Context, now time.Time) ([]gait.LabelOf, error) {
	var list []example
	err := eval.Read(eval.Corpus(), func(rec eval.Recording) error {
		batches, err := eval.Play(rec, 0)
		if err == nil && len(batches) > 0 {
			list = append(list, example{rec, batches, now.UnixMilli() - back(len(list)+1)})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load the recorded sessions: %w", err)
	}
	// A session is like an earlier one, never like one that is still to come.
	slices.SortFunc(list, func(a, b example) int { return cmp.Compare(a.ends, b.ends) })
	labels := make([]gait.LabelOf, 0, len(list))
	for _, e := range list {
		session := e.batches[0].Session
		if err := x.store(ctx, e); err != nil {
			return nil, fmt.Errorf("load the recorded session %s: %w", session, err)
		}
		label := gait.LabelOf{Session: session, Label: gait.LabelMachine, At: now.UnixMilli(), ByName: "the recording"}
		if eval.People(e.rec.Label) {
			label.Label = gait.LabelPerson
		}
		labels = append(labels, label)
	}
	return labels, nil
}

// back is how long before now the n-th example ends, in ms: spread evenly, in an
// order that mixes all kinds (multiples of the golden ratio), none within the
// last hour, where sessions would count as live.
func back(n int) int64 {
	_, part := math.Modf(float64(n) * math.Phi)
	return gait.Hour + int64(part*float64(examplesSpan-gait.Hour))
}

// source says who made a recording: a person by the number that their set gives
// them, automation by its kind and by what drove the browser.
func source(rec eval.Recording) string {
	if rec.Run != nil {
		return rec.Label + "/" + rec.Run.Family["browser"]
	}
	return rec.Person
}

// store stores one recording so that it ends when it is said to.
func (x *examples) store(ctx context.Context, e example) error {
	var last int64
	for i := range e.batches {
		last = max(last, e.batches[i].Arrived)
	}
	first := &e.batches[0]
	at := first.Events[len(first.Events)-1].T
	first.Events = append(slices.Clone(first.Events),
		gait.Event{Kind: gait.Tags, T: at, Text: "recorded,recorded-" + e.rec.Label},
		gait.Event{Kind: gait.UserID, T: at, Text: source(e.rec)},
	)
	first.Events = asFacts(first.Events, at, x.told)
	for i := range e.batches {
		b := &e.batches[i]
		b.Arrived += e.ends - last
		b.Origin += e.ends - last
		facts, err := x.append(ctx, b)
		if err != nil {
			return err
		}
		if len(facts) == 0 {
			continue
		}
		own := gait.Batch{Session: b.Session, Page: gait.PageID{0xfe, byte(i >> 8), byte(i)}, Origin: b.Origin, Sent: b.Sent, Arrived: b.Arrived}
		own.Events = asFacts(nil, b.Events[len(b.Events)-1].T, facts)
		if _, err := x.append(ctx, &own); err != nil {
			return err
		}
	}
	return nil
}

func (x *examples) append(ctx context.Context, b *gait.Batch) ([]gait.Event, error) {
	receipt, err := x.into.Append(ctx, gait.Record{
		Workspace: x.workspace, Session: b.Session, Page: b.Page, Seq: b.Seq, Arrived: b.Arrived, Data: wire.Pack(nil, b),
	})
	if err != nil {
		return nil, err
	}
	return x.appended(x.workspace, b, receipt), nil
}

// asFacts appends facts that are the server's to a batch's events.
func asFacts(events []gait.Event, at gait.Tick, facts []gait.Event) []gait.Event {
	for _, f := range facts {
		events = append(events, gait.Event{Kind: gait.Fact, T: at, Name: f.Name, Text: f.Text})
	}
	return events
}
