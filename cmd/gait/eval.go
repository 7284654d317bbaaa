package main

import (
	"fmt"
	"os"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/eval"
	"github.com/gaithq/gait/risk"
)

type evalCmd struct {
	Files   []string `arg:"" help:"Packs of recorded sessions, one JSON object a line, plain or .xz." type:"existingfile" name:"file"`
	JSON    bool     `help:"Print the counts as one JSON object." name:"json"`
	Seconds int      `help:"Judge only the first seconds of each session; 0 takes all."`
}

// Run judges recorded sessions and prints how often each check was right.
func (c *evalCmd) Run(w *world) error {
	j := eval.Judge{Policy: risk.Default(), Limit: gait.Tick(c.Seconds) * 1000 * gait.TicksPerMillisecond}
	for _, name := range c.Files {
		if err := judgeFile(&j, name); err != nil {
			return gait.Wrap(err, gait.Invalid, name)
		}
	}
	if c.JSON {
		return printJSON(w.out, j.Result())
	}
	return j.Result().Write(w.out)
}

func judgeFile(j *eval.Judge, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	err = j.Pack(f)
	if cerr := f.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("close: %w", cerr)
	}
	return err
}
