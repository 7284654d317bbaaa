package main

import (
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
	labels, err := loadExamples(ctx, s.store, s.examplesOf, time.Now())
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

// loadExamples stores the recordings that come with Gait as sessions of a
// workspace, so that its dashboard has something to show: what automation and
// people really did, judged like any session. Only when it happened is arranged,
// over the week before now; and each is tagged as recorded, with its label.
func loadExamples(ctx context.Context, into gait.BatchStore, w gait.WorkspaceID, now time.Time) ([]gait.LabelOf, error) {
	var labels []gait.LabelOf
	n := 0
	err := eval.Read(eval.Corpus(), func(rec eval.Recording) error {
		batches, err := eval.Play(rec, 0)
		if err != nil {
			return err
		}
		if len(batches) == 0 {
			return nil
		}
		n++
		if err := loadExample(ctx, into, w, rec, batches, now.UnixMilli()-back(n)); err != nil {
			return fmt.Errorf("session %s: %w", batches[0].Session, err)
		}
		label := gait.LabelOf{Session: batches[0].Session, Label: gait.LabelMachine, At: now.UnixMilli(), ByName: "the recording"}
		if eval.People(rec.Label) {
			label.Label = gait.LabelPerson
		}
		labels = append(labels, label)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load the recorded sessions: %w", err)
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

// loadExample stores one recording so that it ends at the given moment (Unix ms).
func loadExample(ctx context.Context, into gait.BatchStore, w gait.WorkspaceID, rec eval.Recording, batches []gait.Batch, ends int64) error {
	var last int64
	for i := range batches {
		last = max(last, batches[i].Arrived)
	}
	b := &batches[0]
	b.Events = append(slices.Clone(b.Events), gait.Event{
		Kind: gait.Tags, T: b.Events[len(b.Events)-1].T, Text: "recorded,recorded-" + rec.Label,
	})
	for i := range batches {
		b := &batches[i]
		b.Arrived += ends - last
		b.Origin += ends - last
		_, err := into.Append(ctx, gait.Record{
			Workspace: w, Session: b.Session, Page: b.Page, Seq: b.Seq, Arrived: b.Arrived, Data: wire.Pack(nil, b),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
