package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/eval"
	"github.com/gaithq/gait/risk"
)

// formSeconds is how long filling in a form takes: the length to which recordings of
// people are cut on the page about detection.
const formSeconds = 60

type evalCmd struct {
	Files []string `arg:"" help:"Recorded sessions, one JSON object a line, plain or .xz." type:"existingfile" name:"file"`

	JSON     bool `help:"Print the counts as one JSON object." name:"json" xor:"as"`
	Markdown bool `help:"Print the page docs/detection.md." xor:"as"`

	Seconds int `help:"Judge only the first seconds of each session; 0 takes all."`
	Pieces  int `help:"Cut recordings of people into sessions of so many seconds, the length of a form; 0 leaves them whole." placeholder:"SECONDS"`

	Goals         bool   `help:"Fail unless every goal is met."`
	Baseline      string `help:"Fail if anything is worse than in this file." type:"existingfile" placeholder:"FILE"`
	FoundAs       string `help:"For other recordings than those of this file: fail if a kind is missed that it has found in every run." type:"existingfile" placeholder:"FILE"`
	WriteBaseline string `help:"Write the file that --baseline compares with." placeholder:"FILE" xor:"baseline"`

	Pick       int    `help:"Judge nothing; choose the most so many runs of each family, and write them to --out." placeholder:"N"`
	PickPeople int    `help:"With --pick: the most so many people of each set of neutral recordings, cut to the length of a form." default:"20" placeholder:"N"`
	Out        string `help:"With --pick: the file to write, compressed with xz." placeholder:"FILE"`
}

// Run judges recorded sessions and prints how often each check was right.
func (c *evalCmd) Run(w *world) error {
	if c.Pick > 0 {
		return c.pick(w)
	}
	j := eval.Judge{Policy: risk.Default(), Limit: seconds(c.Seconds), Piece: seconds(c.Pieces)}
	if err := each(c.Files, j.Pack); err != nil {
		return err
	}
	r := j.Result()
	if err := c.print(w, r, j.Outcomes()); err != nil {
		return err
	}
	if c.WriteBaseline != "" {
		var b bytes.Buffer
		if err := r.Baseline().Write(&b); err != nil {
			return err
		}
		if err := os.WriteFile(c.WriteBaseline, b.Bytes(), 0o644); err != nil {
			return fmt.Errorf("write baseline: %w", err)
		}
	}
	return c.verdict(r)
}

func (c *evalCmd) print(w *world, r eval.Result, outcomes []*eval.Outcome) error {
	switch {
	case c.JSON:
		return printJSON(w.out, r)
	case c.Markdown:
		d := eval.Detection{Whole: outcomes, Piece: seconds(formSeconds)}
		j := eval.Judge{Policy: risk.Default(), Limit: seconds(c.Seconds), Piece: d.Piece}
		if err := each(c.Files, j.Pack); err != nil {
			return err
		}
		d.Pieces = j.Outcomes()
		return d.Write(w.out)
	default:
		return r.Write(w.out)
	}
}

// verdict fails if the result is not what the flags ask for.
func (c *evalCmd) verdict(r eval.Result) error {
	var list []string
	if c.Goals {
		for _, g := range r.Goals {
			if !g.Met {
				list = append(list, g.String())
			}
		}
	}
	for _, against := range []struct {
		file    string
		compare func(was, now eval.Baseline) []string
	}{{c.Baseline, eval.Baseline.Worse}, {c.FoundAs, eval.Baseline.Lost}} {
		if against.file == "" {
			continue
		}
		b, err := readBaseline(against.file)
		if err != nil {
			return err
		}
		list = append(list, against.compare(b, r.Baseline())...)
	}
	if len(list) > 0 {
		return fmt.Errorf("not as good as it must be:\n  %s", strings.Join(list, "\n  "))
	}
	return nil
}

func readBaseline(name string) (eval.Baseline, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "baseline")
	}
	defer f.Close() // only read
	b, err := eval.ReadBaseline(f)
	if err != nil {
		return nil, gait.Wrap(err, gait.Invalid, name)
	}
	return b, nil
}

func (c *evalCmd) pick(w *world) error {
	if c.Out == "" {
		return gait.Errorf(gait.Invalid, "--pick needs --out")
	}
	p := eval.Picker{Runs: c.Pick, People: c.PickPeople}
	if err := each(c.Files, p.Pack); err != nil {
		return err
	}
	var b bytes.Buffer
	n, err := p.Write(&b)
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write corpus: %w", err)
	}
	_, err = fmt.Fprintf(w.out, "%s: %d recordings, %d bytes\n", c.Out, n, b.Len())
	return err
}

func seconds(n int) gait.Tick { return gait.Tick(n) * 1000 * gait.TicksPerMillisecond }

// each reads files of recordings one after the other.
func each(files []string, read func(io.Reader) error) error {
	for _, name := range files {
		f, err := os.Open(name)
		if err == nil {
			err = read(f)
			if cerr := f.Close(); err == nil && cerr != nil {
				err = fmt.Errorf("close: %w", cerr)
			}
		}
		if err != nil {
			return gait.Wrap(err, gait.Invalid, name)
		}
	}
	return nil
}
