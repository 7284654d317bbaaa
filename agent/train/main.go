// Command train makes the weights of package agent and says how good they are:
//
//	go run ./agent/train --people DIR [--runs FILE]... --out agent/weights.json --report agent/README.md
//
// DIR holds packs of recorded people (dev.NAME.jsonl.xz); they are never committed.
// The same input gives the same bytes.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"

	"github.com/gaithq/gait/agent"
)

func main() {
	var o options
	flag.StringVar(&o.people, "people", "", "folder of packs of recorded people")
	flag.Func("runs", "file of recorded runs (may be given more than once)", func(name string) error {
		o.runs = append(o.runs, name)
		return nil
	})
	flag.StringVar(&o.out, "out", "", "where to write the weights")
	flag.StringVar(&o.report, "report", "", "Markdown file whose part between the marks is replaced by the tables")
	flag.IntVar(&o.each, "each", 150, "programs of every made-up family")
	flag.BoolVar(&o.quick, "quick", false, "do not leave sets and families out in turn")
	flag.Parse()
	if err := o.train(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

type options struct {
	people      string
	runs        []string
	out, report string
	each        int
	quick       bool
}

// learned is all that is known of one modality.
type learned struct {
	modality agent.Modality
	persons  []*subject
	programs []*subject // made up
	recorded []*subject // of runs
	rows     []row
	heldOut  heldOut
	*fitted
}

func everyone(*subject) bool { return true }

func (o *options) train(out io.Writer) error {
	if o.people == "" {
		return errors.New("--people is missing")
	}
	runs, err := readRuns(o.runs)
	if err != nil {
		return err
	}
	var report bytes.Buffer
	model := &agent.Model{
		Format: agent.Format, Made: "go run ./agent/train", Limit: limit,
	}
	var parts [2]*learned
	for _, q := range []agent.Modality{agent.Typing, agent.Pointing} {
		l, err := o.learn(q, runs)
		if err != nil {
			return err
		}
		parts[q] = l
		model.Sources = append(model.Sources, l.sources()...)
		fmt.Fprintf(os.Stderr, "%s: %d people, %d programs made up, %d recorded, %d moments\n", q, len(l.persons), len(l.programs), len(l.recorded), len(l.rows))
	}
	typing, pointing := parts[agent.Typing], parts[agent.Pointing]
	model.Typing, model.Pointing = typing.stages, pointing.stages
	off, pairs, alone, together := both(typing.fitted, pointing.fitted)
	model.Both = off
	for _, l := range parts {
		l.tables(&report, o.quick)
	}
	if !o.quick {
		worth(&report, &typing.heldOut, &pointing.heldOut)
	}
	fmt.Fprintf(&report, "\n## Both together\n\nNo set holds both, so each of the people who typed was paired with each who moved a mouse, each at their highest "+
		"moment: %d of %d pairs are over the limit by one alone, %d by both together only, after %.2f is taken off.\n", alone, pairs, together, off)
	typists, strangers := typing.tops(), pointing.strangers(pointing.persons)
	alone, together = paired(typists, strangers, off)
	fmt.Fprintf(&report, "\nOf the same typists paired with the people with a mouse whom nothing was fitted on, each in whole sessions: %d of %d by one alone, "+
		"%d by both together only.\n", alone, len(typists)*len(strangers), together)
	runTables(&report, model, runs)
	weights, err := encode(model)
	if err != nil {
		return err
	}
	if _, err := out.Write(report.Bytes()); err != nil {
		return err
	}
	if o.out != "" {
		if err := os.WriteFile(o.out, weights, 0o644); err != nil {
			return err
		}
	}
	if o.report != "" {
		return replace(o.report, report.Bytes())
	}
	return nil
}

func (o *options) learn(q agent.Modality, runs []*run) (*learned, error) {
	l := &learned{modality: q}
	var donors []*subject
	for _, p := range packs {
		if p.modality != q {
			continue
		}
		list, err := people(o.people, p)
		if err != nil {
			return nil, err
		}
		l.persons = append(l.persons, list...)
		if p.fit {
			donors = append(donors, list...)
		}
	}
	if q == agent.Typing {
		l.programs = typingPrograms(o.each, donors)
	} else {
		l.programs = pointingPrograms(o.each)
	}
	l.recorded = subjectsOf(q, runs)
	var all []*subject
	for _, s := range l.persons {
		if s.fit {
			all = append(all, s)
		}
	}
	all = append(append(all, l.programs...), l.recorded...)
	l.rows = rowsOf(q, all)
	l.fitted = train(q, l.rows, l.persons, everyone)
	return l, nil
}

// sources says what a modality's weights were made from.
func (l *learned) sources() []agent.Source {
	var list []agent.Source
	for _, p := range packs {
		if p.modality != l.modality || !p.fit {
			continue
		}
		s := agent.Source{Set: p.name, Licence: p.licence}
		for _, who := range l.persons {
			s.People += one(who.set == p.name)
		}
		list = append(list, s)
	}
	list = append(list, agent.Source{Set: "programs that were made up, " + l.modality.String(), Licence: "this repository's", Runs: len(l.programs)})
	if len(l.recorded) > 0 {
		list = append(list, agent.Source{Set: "recorded runs, " + l.modality.String(), Licence: "this repository's", Runs: len(l.recorded)})
	}
	return list
}

// encode writes weights with a line's numbers on one line, so that a change can be read.
func encode(m *agent.Model) ([]byte, error) {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, err
	}
	numbers := regexp.MustCompile(`\[[-0-9.e,\s]+\]`)
	space := regexp.MustCompile(`\s+`)
	b = numbers.ReplaceAllFunc(b, func(list []byte) []byte { return space.ReplaceAll(list, nil) })
	return append(b, '\n'), nil
}
