// Command rhythm writes how recorded people type, as histograms to compare a
// session with:
//
//	go run ./eval/rhythm -people FILE > api/native/rhythm.json
//
// Each person counts the same, however much they wrote. Only sums over all people
// are written, of sets whose licence allows that.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/eval"
)

func main() {
	people := flag.String("people", "", "file of recorded people")
	flag.Parse()
	if err := run(*people, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "rhythm:", err)
		os.Exit(1)
	}
}

// sets are those that may be used, with what to say of them.
var sets = map[string]origin{
	"klicke": {
		Source:  "KLiCKe: essays written freely in a browser (Tian, Crossley and Van Waes)",
		Licence: "MIT, © 2025 terryyutian; CC BY 4.0, The Learning Agency Lab, 2024",
	},
}

type origin struct {
	Source  string `json:"source"`
	Licence string `json:"licence"`
}

// rhythm is the file.
type rhythm struct {
	origin
	People   int          `json:"n_people"`
	Interval distribution `json:"inter_key_ms"` // from press to press
	Dwell    distribution `json:"dwell_ms"`     // from press to release
}

// distribution is how a time is spread over bins: of bin i, which reaches from
// Edges[i] to Edges[i+1] ms, the mean share over people, and the 5th and 95th of
// 100 people by their own share.
type distribution struct {
	Edges  []float64 `json:"edges"`
	Share  []float64 `json:"share"`
	Low    []float64 `json:"low"`
	High   []float64 `json:"high"`
	Median float64   `json:"median"` // over people of their own medians, ms
}

// The bins: quarters of an octave from firstEdge on. A longer pause than longest is
// no rhythm; it is where session's runs end.
const (
	firstEdge = 8      // ms
	longest   = 2000   // ms
	least     = 100    // keys that a person has to press to be counted
	perOctave = 4      // bins
	precision = 10_000 // of shares
)

func edges() []float64 {
	list := []float64{0}
	for i := 0; ; i++ {
		e := math.Round(10*firstEdge*math.Exp2(float64(i)/perOctave)) / 10
		if e >= longest {
			return append(list, longest)
		}
		list = append(list, e)
	}
}

// timed are one person's times, ms.
type timed struct{ intervals, dwells []float64 }

func run(name string, out io.Writer) error {
	if name == "" {
		return errors.New("-people is needed")
	}
	in, err := os.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	var from *origin
	people := map[string]*timed{}
	err = eval.Read(in, func(rec eval.Recording) error {
		o, ok := sets[rec.Set]
		if !ok {
			return fmt.Errorf("the set %q is not one of those that may be used", rec.Set)
		}
		from = &o
		batches, err := eval.Play(rec, 0)
		if err != nil {
			return err
		}
		if people[rec.Person] == nil {
			people[rec.Person] = new(timed)
		}
		people[rec.Person].take(batches)
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	r := rhythm{origin: *from}
	var list []*timed
	for _, p := range people {
		if len(p.intervals) >= least && len(p.dwells) >= least {
			list = append(list, p)
		}
	}
	if r.People = len(list); r.People == 0 {
		return fmt.Errorf("%s: nobody pressed %d character keys", name, least)
	}
	r.Interval = spread(list, func(p *timed) []float64 { return p.intervals })
	r.Dwell = spread(list, func(p *timed) []float64 { return p.dwells })
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(r)
}

// take adds the times of a session's character keys. Keys that repeat by being held
// are left out.
func (p *timed) take(batches []gait.Batch) {
	var last gait.Tick
	var held [gait.KeySlots]gait.Tick // 0 is not held
	any := false
	for _, b := range batches {
		for _, e := range b.Events {
			switch {
			case e.Kind == gait.KeyDown && gait.KeyClass(e.Code).Character() && e.Flags&gait.Repeat == 0:
				if ms := (e.T - last).Milliseconds(); any && ms < longest {
					p.intervals = append(p.intervals, ms)
				}
				last, any = e.T, true
				held[e.Slot] = max(e.T, 1)
			case e.Kind == gait.KeyDown:
				held[e.Slot] = 0
				any = false
			case e.Kind == gait.KeyUp && held[e.Slot] != 0:
				if ms := (e.T - held[e.Slot]).Milliseconds(); ms < longest {
					p.dwells = append(p.dwells, ms)
				}
				held[e.Slot] = 0
			}
		}
	}
}

func spread(people []*timed, times func(*timed) []float64) distribution {
	d := distribution{Edges: edges()}
	n := len(d.Edges) - 1
	shares := make([][]float64, n) // by bin, of each person
	var medians []float64
	for _, p := range people {
		list := times(p)
		counts := make([]float64, n)
		for _, ms := range list {
			i, exact := slices.BinarySearch(d.Edges, ms)
			if !exact {
				i--
			}
			counts[min(i, n-1)]++
		}
		for i, k := range counts {
			shares[i] = append(shares[i], k/float64(len(list)))
		}
		medians = append(medians, quantile(list, 0.5))
	}
	for _, list := range shares {
		sum := 0.0
		for _, s := range list {
			sum += s
		}
		d.Share = append(d.Share, rounded(sum/float64(len(list))))
		d.Low = append(d.Low, rounded(quantile(list, 0.05)))
		d.High = append(d.High, rounded(quantile(list, 0.95)))
	}
	d.Median = math.Round(quantile(medians, 0.5))
	return d
}

func quantile(list []float64, q float64) float64 {
	sorted := slices.SortedFunc(slices.Values(list), cmp.Compare)
	return sorted[int(math.Round(q*float64(len(sorted)-1)))]
}

func rounded(share float64) float64 { return math.Round(precision*share) / precision }
