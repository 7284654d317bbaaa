package main

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/agent"
	"github.com/gaithq/gait/eval"
)

// subject is who or what was recorded or made up: a person, or one program with
// its parameters. A subject is never on both sides of a split.
type subject struct {
	name   string
	set    string // of people: the recordings; of programs: how they move or time their keys
	also   string // of programs that type: how they hold keys
	donor  string // of programs that draw from a person's times: the person's set
	person bool
	fit    bool // or only judged
	fold   int  // of cross-validation
	hands  []hand

	windows int // how many sessions are cut out of it
}

// hand is one session of a subject, as the events that a page would report.
type hand []gait.Event

// folds is into how many parts people are split.
const folds = 5

// seeded returns a source of chance that depends on the words alone.
func seeded(words ...string) *rand.Rand {
	h := fnv.New64a()
	for _, w := range words {
		_, _ = h.Write([]byte(w)) // a hash takes everything
		_, _ = h.Write([]byte{0})
	}
	return rand.New(rand.NewPCG(h.Sum64(), 20))
}

// pack says what may be done with a set of recorded people.
type pack struct {
	name, licence string
	modality      agent.Modality
	fit           bool // or only judged
	windows       int  // cut out of each person
}

var packs = []pack{
	{"klicke", "MIT / CC BY 4.0: Tian, Crossley, Van Waes", agent.Typing, true, 6},
	{"inputlog", "MIT", agent.Typing, true, 24},
	{"freihaut", "GPL-3 repository; no sample is part of the weights", agent.Pointing, true, 40},
	{"humanmove", "MIT", agent.Pointing, true, 40},
	{"sapimouse", "not stated: judged only, nothing is fitted on it", agent.Pointing, false, 20},
}

// people reads a pack, plain or compressed. A missing file is an error.
func people(dir string, p pack) ([]*subject, error) {
	name := filepath.Join(dir, "dev."+p.name+".jsonl")
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		name += ".xz"
		f, err = os.Open(name)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []*subject
	index := map[string]*subject{}
	err = eval.Read(f, func(rec eval.Recording) error {
		batches, err := eval.Play(rec, 0)
		if err != nil {
			return err
		}
		s := index[rec.Person]
		if s == nil {
			s = &subject{name: rec.Person, set: p.name, person: true, fit: p.fit, windows: p.windows, fold: int(seeded(p.name, rec.Person).Uint64() % folds)}
			index[rec.Person] = s
			list = append(list, s)
		}
		var h hand
		for i := range batches {
			for _, e := range batches[i].Events {
				if reads(p.modality, e.Kind) {
					h = append(h, e)
				}
			}
		}
		s.hands = append(s.hands, h)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if p.name == "humanmove" {
		joinStrokes(list)
	}
	return list, nil
}

// reads reports whether events of a kind matter to a modality. Leaving the rest
// out keeps half an hour of typing small.
func reads(m agent.Modality, k gait.Kind) bool {
	switch k {
	case gait.KeyDown, gait.KeyUp:
		return m == agent.Typing
	case gait.Move, gait.Press, gait.Life, gait.Scroll, gait.Resize:
		return m == agent.Pointing
	}
	return false
}

// joined is how many single strokes make a session.
const joined = 24

// joinStrokes makes sessions of recordings that hold one stroke each and no press:
// a press is put behind each, after a rest as long as people's elsewhere.
func joinStrokes(list []*subject) {
	for _, s := range list {
		chance := seeded("strokes", s.name)
		var hands []hand
		var h hand
		var clock gait.Tick
		for i, stroke := range s.hands {
			if i%joined == 0 && len(h) > 0 {
				hands, h, clock = append(hands, h), nil, 0
			}
			h = append(h, gait.Event{Kind: gait.Life, Code: int32(gait.PointerEntered), T: clock})
			for _, e := range stroke {
				e.T += clock
				h = append(h, e)
			}
			last := h[len(h)-1]
			rest := math.Exp(math.Log(150) + 0.6*chance.NormFloat64())
			last.Kind, last.T = gait.Press, last.T+ticks(rest)
			h = append(h, last)
			clock = last.T + ticks(500)
		}
		s.hands = append(hands, h)
	}
}

func ticks(ms float64) gait.Tick { return gait.Tick(math.Round(ms * gait.TicksPerMillisecond)) }
