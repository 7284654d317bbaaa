// Command calibrate measures the checks on recorded people and recorded automation,
// and prints what each threshold and each weight rests on. With -write it writes
// risk/weights.json. `make calibrate` runs it.
//
// A weight is log(lower 95 % of the share of automation found / upper 95 % of the
// share of people flagged), so that little data cannot buy a large weight. Each
// kind of automation (input, motion and typing) counts once, however many runs it
// has, since the runs of one kind are not independent; a person counts once, as
// flagged if a check ever said Detected.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/eval"
	"github.com/gaithq/gait/risk"
)

func main() {
	o := options{heldOut: heldOuts{}}
	flag.Var(&o.people, "people", "file of recorded people, or a folder of them; may be repeated")
	flag.Var(&o.runs, "runs", "file of recorded runs; may be repeated")
	flag.Var(o.heldOut, "heldout", "CHECK=FOUND/KINDS,FLAGGED/PEOPLE: what the training of a check measured on what it left out; may be repeated")
	flag.StringVar(&o.weights, "weights", filepath.Join("risk", "weights.json"), "the weights in use")
	flag.BoolVar(&o.write, "write", false, "write the weights")
	flag.IntVar(&o.pieces, "pieces", 60, "length, in seconds, of the pieces into which people's recordings are cut for the second column")
	flag.Parse()
	if err := run(&o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "calibrate:", err)
		os.Exit(1)
	}
}

type options struct {
	people, runs paths
	heldOut      heldOuts
	weights      string
	write        bool
	pieces       int
}

// paths are the files that a flag names; of a folder, those that hold recordings.
type paths []string

func (p *paths) String() string { return strings.Join(*p, " ") }

// Set adds a file, or the files of a folder, in the order of their names.
func (p *paths) Set(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		*p = append(*p, name)
		return nil
	}
	for _, pattern := range []string{"*.jsonl", "*.jsonl.xz"} {
		list, err := filepath.Glob(filepath.Join(name, pattern))
		if err != nil {
			return err
		}
		*p = append(*p, list...)
	}
	return nil
}

// evaluationOnly are sets whose terms allow measuring and nothing else: they are
// shown beside the others, and no weight or threshold comes from them.
var evaluationOnly = []string{"sapimouse"}

func forFitting(o *eval.Outcome) bool { return !slices.Contains(evaluationOnly, o.Set) }

func run(o *options, out io.Writer) error {
	if len(o.people) == 0 || len(o.runs) == 0 {
		return fmt.Errorf("-people and -runs are needed")
	}
	file, err := os.ReadFile(o.weights)
	if err != nil {
		return err
	}
	before, err := risk.ReadEstimates(file)
	if err != nil {
		return fmt.Errorf("%s: %w", o.weights, err)
	}
	m := measured{sweeps: sweeps(), heldOut: o.heldOut}
	if err := m.judge(o); err != nil {
		return err
	}
	after := m.estimates(before)
	var w writer
	m.print(&w)
	printWeights(&w, before, after)
	if _, err := out.Write(w.Bytes()); err != nil {
		return err
	}
	if !o.write {
		return nil
	}
	text, err := encode(after)
	if err != nil {
		return err
	}
	return os.WriteFile(o.weights, text, 0o644)
}

// measured is what judging came to.
type measured struct {
	sweeps  []sweep
	heldOut heldOuts
	people  []*eval.Outcome // whole recordings
	pieces  []*eval.Outcome // the same, cut to the length of a form
	runs    []*eval.Outcome
	jumps   []jump
}

// jump is what teleporting_mouse says with another gait.JumpDistance.
type jump struct {
	distance     float64
	people, runs []*eval.Outcome
}

func (m *measured) judge(o *options) (err error) {
	var gauges []eval.Gauge
	for _, s := range m.sweeps {
		gauges = append(gauges, s.Gauge)
	}
	files := func(names []string, j eval.Judge) ([]*eval.Outcome, error) {
		j.Policy = risk.Default()
		for _, name := range names {
			f, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			if err := j.Pack(bytes.NewReader(f)); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		return j.Outcomes(), nil
	}
	at := index("teleporting_mouse")
	var pointed []string // files with people whose pointer was recorded
	for _, name := range o.people {
		list, err := files([]string{name}, eval.Judge{Gauges: gauges})
		if err != nil {
			return err
		}
		m.people = append(m.people, list...)
		if slices.ContainsFunc(list, func(o *eval.Outcome) bool { return o.Seen>>at&1 == 1 }) {
			pointed = append(pointed, name)
		}
	}
	piece := gait.Tick(o.pieces) * 1000 * gait.TicksPerMillisecond
	if m.pieces, err = files(o.people, eval.Judge{Gauges: gauges, Piece: piece}); err != nil {
		return err
	}
	if m.runs, err = files(o.runs, eval.Judge{Gauges: gauges}); err != nil {
		return err
	}
	for _, d := range []float64{25, 35, 50, 100, 200, 400} {
		j := jump{distance: d}
		// Twice as long ways under the same threshold are the same ways under half of it.
		factor := gait.JumpDistance / d
		change := func(e *gait.Event) {
			switch e.Kind {
			case gait.Move, gait.Press, gait.Release, gait.Click:
				e.X, e.Y = int32(float64(e.X)*factor), int32(float64(e.Y)*factor)
			}
		}
		if j.people, err = files(pointed, eval.Judge{Change: change}); err != nil {
			return err
		}
		if j.runs, err = files(o.runs, eval.Judge{Change: change}); err != nil {
			return err
		}
		m.jumps = append(m.jumps, j)
	}
	return nil
}
