package eval

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
)

// Write prints a result for people: the goals, then a block for each set and label.
// People are counted once whatever their sessions, with exact 95 % intervals.
func (r Result) Write(w io.Writer) error {
	p := &printer{w: w, checks: check.All()}
	for _, g := range r.Goals {
		p.line("%s\n", g)
	}
	for _, s := range r.Sets {
		p.set(s)
	}
	return p.err
}

// printer keeps the first error of writing.
type printer struct {
	w      io.Writer
	err    error
	checks []*gait.Check
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// columns prints rows with aligned columns; cells are separated by tabs.
func (p *printer) columns(rows []string) {
	if p.err != nil {
		return
	}
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, "  "+row) // a strings.Builder takes everything
	}
	_ = t.Flush()
	for line := range strings.Lines(b.String()) {
		p.line("%s\n", strings.TrimRight(line, " \n"))
	}
}

func (p *printer) set(s Set) {
	p.line("\n%s, %s: %d sessions of %d people\n", s.Set, s.Label, s.N, s.People)
	rows := []string{
		"\tas it ran\tmasked",
		fmt.Sprintf("score p5, p50, p95\t%s\t%s", s.Score, s.Masked.Score),
	}
	n := s.People
	if !People(s.Label) {
		rows = append(rows,
			fmt.Sprintf("50 and more at the end, every run of a user\t%s\t%s", ratio(s.AllGE50, n), ratio(s.Masked.AllGE50, n)),
			fmt.Sprintf("70 and more at the end, every run of a user\t%s\t%s", ratio(s.AllGE70, n), ratio(s.Masked.AllGE70, n)))
	}
	rows = append(rows,
		fmt.Sprintf("50 and more at the end, people\t%s\t%s", ratio(s.PeopleGE50, n), ratio(s.Masked.PeopleGE50, n)),
		fmt.Sprintf("50 and more ever, people\t%s\t%s", ratio(s.PeopleEver50, n), ratio(s.Masked.PeopleEver50, n)),
		fmt.Sprintf("70 and more at the end, people\t%s\t%s", ratio(s.PeopleGE70, n), ratio(s.Masked.PeopleGE70, n)),
		fmt.Sprintf("70 and more ever, people\t%s\t%s", ratio(s.PeopleEver70, n), ratio(s.Masked.PeopleEver70, n)),
		fmt.Sprintf("sessions at 50 and more: at the end, ever\t%d, %d\t%d, %d", s.GE50, s.Ever50, s.Masked.GE50, s.Masked.Ever50),
		fmt.Sprintf("sessions at 70 and more: at the end, ever\t%d, %d\t%d, %d", s.GE70, s.Ever70, s.Masked.GE70, s.Masked.Ever70))
	p.columns(rows)
	p.line("\n")
	p.columns(checkRows(p.checks, s.Tally))
	p.line("\n")
	p.columns(afterRows(s.After))
	if len(s.Families) > 0 {
		p.line("\n")
		p.columns(familyRows("input/motion/typing", s.Families))
		p.line("\n")
		p.columns(familyRows("browser", s.Browsers))
	}
	if len(s.Peers) > 0 {
		p.line("\n")
		p.columns(peerRows(s))
	}
}

// checkRows says how often each check spoke up, by person and by session.
func checkRows(checks []*gait.Check, t Tally) []string {
	rows := []string{"check\tpeople ever Detected, of those it could judge\tsessions: Detected\tNot detected\tUnknown"}
	for _, c := range checks {
		words := t.Checks[c.Key]
		by := "not measurable"
		if n := t.PeopleSeen[c.Key]; n > 0 {
			by = ratio(t.PeopleFlagged[c.Key], n)
		}
		rows = append(rows, fmt.Sprintf("%s\t%s\t%d\t%d\t%d", c.Key, by, words.Detected, words.NotDetected, words.Unknown))
	}
	return rows
}

// afterRows says how the score grows with the evidence.
func afterRows(list []After) []string {
	rows := []string{"after\tsessions\tat 50\tat 70\tmasked at 50\tmasked at 70"}
	for i, a := range list {
		if a.N > 0 {
			rows = append(rows, fmt.Sprintf("%s\t%d\t%s\t%s\t%s\t%s", moments[i].words, a.N,
				percent(a.GE50, a.N), percent(a.GE70, a.N), percent(a.MaskedGE50, a.N), percent(a.MaskedGE70, a.N)))
		}
	}
	return rows
}

func familyRows(title string, list []Family) []string {
	rows := []string{title + "\truns\tat 50\tat 70\tmasked at 50\tmasked at 70"}
	for _, f := range list {
		rows = append(rows, fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t%d", f.Family, f.N, f.GE50, f.GE70, f.MaskedGE50, f.MaskedGE70))
	}
	return rows
}

func peerRows(s Set) []string {
	rows := []string{"in the same pages\tcalled a bot\tcalled a person\tno answer"}
	rows = append(rows,
		fmt.Sprintf("gait, 50 and more\t%d\t%d\t0", s.GE50, s.N-s.GE50),
		fmt.Sprintf("gait, 50 and more, masked\t%d\t%d\t0", s.Masked.GE50, s.N-s.Masked.GE50))
	for _, p := range s.Peers {
		rows = append(rows, fmt.Sprintf("%s\t%d\t%d\t%d", p.Peer, p.Bot, p.Human, s.N-p.Bot-p.Human))
	}
	return rows
}

// String writes the quantiles in order.
func (q Quantiles) String() string { return fmt.Sprintf("%d, %d, %d", q.P5, q.P50, q.P95) }

// ratio writes a share with its exact 95 % interval.
func ratio(k, n int) string {
	if n == 0 {
		return "none"
	}
	lo, hi := Interval(k, n)
	return fmt.Sprintf("%d of %d (%s; 95 %%: %s to %s)", k, n, percent(k, n), digits(100*lo), percent2(hi))
}

func percent(k, n int) string {
	if n == 0 {
		return "-"
	}
	return percent2(float64(k) / float64(n))
}

func percent2(share float64) string { return digits(100*share) + " %" }

// digits writes a number of per cent as short as it can be read: 0, 0.41, 12.8, 100.
func digits(x float64) string {
	switch {
	case x == 0 || x == 100:
		return fmt.Sprintf("%.0f", x)
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	default:
		return fmt.Sprintf("%.1f", x)
	}
}
