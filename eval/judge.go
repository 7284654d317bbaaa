package eval

import (
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/risk"
)

// Judge is what recordings are judged with. What it says depends on the recordings
// and their order alone, not on how many processors there are.
type Judge struct {
	Policy risk.Policy
	Limit  gait.Tick // events later than it are left out; 0 takes all
	Piece  gait.Tick // recordings of people are cut into pieces so long, each a session of its own; 0 leaves them whole

	// For finding thresholds.
	Gauges []Gauge
	Change func(*gait.Event) // changes every event before it is judged, to see what another threshold would do; nil for nothing

	outcomes []*Outcome
}

// Pack judges every recording of a pack, as many at a time as there are processors.
func (j *Judge) Pack(r io.Reader) error {
	type job struct {
		rec Recording
		at  int // where in the outcomes its own goes
	}
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		failed error
		first  int // whose failure it is: the earliest in the pack is reported
		jobs   = make(chan job, 4)
		checks = check.All()
		done   = map[int]*Outcome{}
		n      int
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for t := range jobs {
				o, err := j.assess(&t.rec, checks)
				mu.Lock()
				if err != nil && (failed == nil || t.at < first) {
					failed, first = fmt.Errorf("%s, %s: %w", t.rec.Person, t.rec.Session, err), t.at
				}
				done[t.at] = o
				mu.Unlock()
			}
		})
	}
	err := Read(r, func(rec Recording) error {
		for _, piece := range pieces(rec, j.Piece) {
			jobs <- job{piece, n}
			n++
		}
		mu.Lock()
		defer mu.Unlock()
		return failed
	})
	close(jobs)
	wg.Wait()
	if failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	for i := range n {
		j.outcomes = append(j.outcomes, done[i])
	}
	return nil
}

// Outcomes returns what every session came to, in the order in which they were read.
func (j *Judge) Outcomes() []*Outcome { return j.outcomes }

// Result returns the counts so far, by set and label.
func (j *Judge) Result() Result { return count(j.outcomes) }

// pieces cuts a recording of a neutral pack into sessions of so many ticks: people
// who were recorded for half an hour, cut to the length of a form. What is shorter,
// and recorded runs, stay whole.
func pieces(rec Recording, length gait.Tick) []Recording {
	if length == 0 || len(rec.Events) == 0 {
		return []Recording{rec}
	}
	var list []Recording
	start := 0.0
	for _, r := range rec.Events {
		t := r.N[0]
		if len(list) == 0 || t-start >= length.Milliseconds() {
			start = t
			p := rec
			p.Session, p.Events = fmt.Sprintf("%s#%d", rec.Session, len(list)), nil
			list = append(list, p)
		}
		r.N[0] -= start
		if r.Letter == 'M' {
			r.N[1] -= start
		}
		last := &list[len(list)-1]
		last.Events = append(last.Events, r)
	}
	return list
}
