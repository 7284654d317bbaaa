package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/agent"
	"github.com/gaithq/gait/eval"
)

// run is one recorded session of a real browser.
type run struct {
	name, label    string
	motion, typing string
	person         bool
	fold           int
	events         hand
}

// taught reports whether a run is a program to learn from. People, assistive
// technology and replays of people are judged only.
func (r *run) taught() bool {
	return (r.label == "plain" || r.label == "hidden" || r.label == "agent" || r.label == "evasion") &&
		!strings.Contains(r.motion+r.typing, "recorded") && r.typing != "person"
}

// readRuns reads recorded runs; lines of neutral packs are refused.
func readRuns(files []string) ([]*run, error) {
	var list []*run
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		err = eval.Read(f, func(rec eval.Recording) error {
			if rec.Run == nil {
				return fmt.Errorf("%s is no recorded run", rec.Session)
			}
			batches, err := eval.Play(rec, 0)
			if err != nil {
				return err
			}
			r := &run{
				name: rec.Person + " " + rec.Session, label: rec.Label, motion: rec.Run.Family["motion"], typing: rec.Run.Family["typing"],
				person: eval.People(rec.Label), events: oneLine(batches),
			}
			r.fold = int(seeded("run", r.name).Uint64() % folds)
			list = append(list, r)
			return nil
		})
		if err := f.Close(); err != nil {
			return nil, err
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return list, nil
}

// oneLine puts the pages of a session on one line of time.
func oneLine(batches []gait.Batch) hand {
	var h hand
	for i := range batches {
		at := gait.Tick(batches[i].Origin-batches[0].Origin) * gait.TicksPerMillisecond
		for _, e := range batches[i].Events {
			if e.Kind != gait.Fact {
				e.T += at
				h = append(h, e)
			}
		}
	}
	return h
}

// subjectsOf makes subjects of one modality of the runs to learn from. Their sets
// are families of their own beside those of the made-up programs.
func subjectsOf(q agent.Modality, runs []*run) []*subject {
	var list []*subject
	for _, r := range runs {
		if !r.taught() {
			continue
		}
		how := r.typing
		if q == agent.Pointing {
			how = r.motion
		}
		var h hand
		n := 0
		for _, e := range r.events {
			if reads(q, e.Kind) || e.Kind == gait.Open {
				h = append(h, e)
				n += one(e.Kind == kind[q])
			}
		}
		if n > 0 {
			list = append(list, &subject{name: r.name, set: "run: " + how, fit: true, windows: 2, fold: r.fold, hands: []hand{h}})
		}
	}
	return list
}
