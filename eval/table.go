package eval

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/gaithq/gait/check"
)

// Write prints a result for people: a block for each set and label, people counted
// once whatever their sessions, with exact 95 % intervals.
func (r Result) Write(w io.Writer) error {
	for _, s := range r.Sets {
		if _, err := fmt.Fprintf(w, "%s, %s: %d sessions of %d people; score p5 %d, p50 %d, p95 %d; at 50 and more: %d at the end, %d ever; at 70 and more: %d\n",
			s.Set, s.Label, s.N, s.People, s.Score.P5, s.Score.P50, s.Score.P95, s.GE50, s.Ever50, s.GE70); err != nil {
			return err
		}
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "  check\tpeople flagged\tof those it could judge\t95 %\tsessions: Detected\tNot detected\tUnknown") // errors show at Flush
		for _, c := range check.Checks() {
			words := s.Checks[c.Key]
			k, n := s.PeopleFlagged[c.Key], s.PeopleSeen[c.Key]
			if n == 0 {
				fmt.Fprintf(t, "  %s\tnot measurable\t0 of %d\t\t%d\t%d\t%d\n", c.Key, s.People, words.Detected, words.NotDetected, words.Unknown)
				continue
			}
			lo, hi := Interval(k, n)
			fmt.Fprintf(t, "  %s\t%d (%.2f %%)\t%d of %d\t%.2f to %.2f %%\t%d\t%d\t%d\n",
				c.Key, k, 100*float64(k)/float64(n), n, s.People, 100*lo, 100*hi, words.Detected, words.NotDetected, words.Unknown)
		}
		if err := t.Flush(); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return nil
}
