package eval

import (
	"cmp"
	_ "embed" // detection.tmpl
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/risk"
)

//go:embed detection.tmpl
var page string

// Detection is what docs/detection.md is made from.
type Detection struct {
	Whole  []*Outcome // of all recordings
	Pieces []*Outcome // of the recordings of people, cut to the length of a form
	Piece  gait.Tick
}

// view is what the template shows: rows with cells separated by bars.
type view struct {
	checks []*gait.Check

	PieceSeconds int64

	Goals, Worst, Sets, Labels, Browsers   []string
	People, Flagged, Checks, After, Missed []string
	Peers, Weights, PeerNames, Moments     []string
	Assistive                              []string
	Kinds                                  []kinds
}

type kinds struct {
	Title string
	Rows  []string
}

// Write writes the page.
func (d *Detection) Write(w io.Writer) error {
	t, err := template.New("detection").Parse(page)
	if err != nil {
		return fmt.Errorf("detection: %w", err)
	}
	whole, pieces := count(d.Whole), count(d.Pieces)
	v := view{checks: check.All(), PieceSeconds: int64(d.Piece / (1000 * gait.TicksPerMillisecond)), Weights: weightRows(), PeerNames: peerNames(d.Whole)}
	for _, m := range moments {
		v.Moments = append(v.Moments, m.words)
	}
	for _, g := range whole.Goals {
		v.Goals = append(v.Goals, goalRow(g))
	}
	for _, s := range whole.Sets {
		v.Sets = append(v.Sets, row(s.Set, "`"+s.Label+"`", s.People, s.N))
		v.After = append(v.After, afterRow(s))
		if People(s.Label) {
			v.person(s, pieces, d.Pieces)
		} else {
			v.automation(s)
		}
		v.peers(s)
	}
	slices.SortStableFunc(v.Flagged, func(a, b string) int { return v.place(a) - v.place(b) })
	v.perCheck(d.Whole, whole)
	v.missed(d.Whole)
	if err := t.Execute(w, v); err != nil {
		return fmt.Errorf("detection: %w", err)
	}
	return nil
}

// row joins cells.
func row(cells ...any) string {
	words := make([]string, len(cells))
	for i, c := range cells {
		words[i] = strings.ReplaceAll(fmt.Sprint(c), "|", "\\|")
	}
	return strings.Join(words, " | ")
}

func goalRow(g Goal) string {
	met := "met"
	switch {
	case g.Aim == "":
		met = ""
	case !g.Met:
		met = "**missed**"
	}
	return row(g.Of, g.What, fmt.Sprintf("%d of %d", g.K, g.N), digits(100*g.Lo)+" to "+percent2(g.Hi), g.Aim, met)
}

func (v *view) automation(s Set) {
	label := "`" + s.Label + "`"
	v.Labels = append(v.Labels, row(label, s.Score, ratio(s.AllGE50, s.People), ratio(s.AllGE70, s.People),
		s.Masked.Score, ratio(s.Masked.AllGE50, s.People), ratio(s.Masked.AllGE70, s.People)))
	k := kinds{Title: title(s.Label)}
	var worst *Family
	for i := range s.Families {
		f := &s.Families[i]
		k.Rows = append(k.Rows, row(f.Family, f.N, f.GE50, f.GE70, f.MaskedGE50, f.MaskedGE70, v.foundBy(f.Tally)))
		if worst == nil || f.MaskedGE50*worst.N < worst.MaskedGE50*f.N {
			worst = f
		}
	}
	if worst != nil {
		v.Worst = append(v.Worst, row(label, worst.Family, ratio(worst.MaskedGE50, worst.N), worst.N))
		v.Kinds = append(v.Kinds, k)
	}
	for _, b := range s.Browsers {
		v.Browsers = append(v.Browsers, row(label, b.Family, b.N, b.GE50, b.GE70, b.MaskedGE50, b.MaskedGE70))
	}
}

// title says in words what a label stands for.
func title(label string) string {
	switch label {
	case "plain":
		return "`plain`: tools as their documentation uses them"
	case "hidden":
		return "`hidden`: patched browsers, human-like movement and typing"
	case "os":
		return "`os`: input of the operating system, in a browser without automation"
	case "agent":
		return "`agent`: programs that look, think and act"
	case "evasion":
		return "`evasion`: what anyone would try within an hour, on top of a patched browser; what each buys is what no longer finds it"
	default:
		return "`" + label + "`"
	}
}

// peers sets what others said beside what Gait said.
func (v *view) peers(s Set) {
	for _, b := range s.Browsers {
		if len(b.Peers) == 0 {
			continue
		}
		cells := []any{"`" + s.Label + "`", b.Family, b.N, b.GE50, b.MaskedGE50}
		for _, name := range v.PeerNames {
			i := slices.IndexFunc(b.Peers, func(p PeerTally) bool { return p.Peer == name })
			if i < 0 {
				cells = append(cells, "did not run")
			} else {
				cells = append(cells, b.Peers[i].Bot)
			}
		}
		v.Peers = append(v.Peers, row(cells...))
	}
}

// foundBy names the checks that said Detected in at least half of the runs.
func (v *view) foundBy(t Tally) string {
	var names []string
	for _, c := range v.checks {
		if !c.Fact && 2*t.Checks[c.Key].Detected >= t.N {
			names = append(names, "`"+c.Key+"`")
		}
	}
	return cmp.Or(strings.Join(names, ", "), "none")
}

func (v *view) person(s Set, pieces Result, cut []*Outcome) {
	name := s.Set
	if s.Label != "human" {
		name += ", " + s.Label
	}
	cells := []any{name, ratio(s.PeopleEver50, s.People), ratio(s.PeopleEver70, s.People)}
	var p Set // the same in pieces
	if i := slices.IndexFunc(pieces.Sets, func(p Set) bool { return p.Set == s.Set && p.Label == s.Label }); i >= 0 {
		p = pieces.Sets[i]
	}
	cells = append(cells, p.N, ratio(p.PeopleEver50, p.People), ratio(p.PeopleEver70, p.People))
	v.People = append(v.People, row(cells...))
	for i, c := range v.checks {
		n := s.PeopleSeen[c.Key]
		if n == 0 || c.Fact && len(s.Families) > 0 { // played people say nothing of facts
			continue
		}
		flagged, seen := 0, 0
		for _, o := range cut {
			if o.Set == s.Set && o.Label == s.Label {
				flagged += one(o.Flagged>>i&1 == 1)
				seen += one(o.Seen>>i&1 == 1)
			}
		}
		v.Flagged = append(v.Flagged, row("`"+c.Key+"`", name, ratio(s.PeopleFlagged[c.Key], n),
			ratio(p.PeopleFlagged[c.Key], p.PeopleSeen[c.Key]), fmt.Sprintf("%d of %d", flagged, seen)))
	}
	for _, f := range s.Families {
		var names []string
		for _, c := range v.checks {
			if k := f.PeopleFlagged[c.Key]; k > 0 && !c.Fact {
				names = append(names, fmt.Sprintf("`%s` (%d)", c.Key, k))
			}
		}
		v.Assistive = append(v.Assistive, row(f.Family, f.N, f.Ever50, f.Ever70, f.Masked.Ever50, cmp.Or(strings.Join(names, ", "), "none")))
	}
}

// place is where the check that a row is about stands in the list.
func (v *view) place(row string) int {
	return slices.IndexFunc(v.checks, func(c *gait.Check) bool { return strings.HasPrefix(row, "`"+c.Key+"`") })
}

func (v *view) perCheck(outcomes []*Outcome, r Result) {
	for i, c := range v.checks {
		detected, judged, n := 0, 0, 0
		all, some, none := 0, 0, 0
		runs := slices.DeleteFunc(slices.Clone(outcomes), func(o *Outcome) bool { return People(o.Label) || o.Label == "silent" })
		for _, kind := range group(runs, func(o *Outcome) string { return o.Family }) {
			k, of := 0, 0
			for _, o := range kind.list {
				k += one(o.Verdicts[i] == gait.Detected)
				of += one(o.Verdicts[i] != gait.Unknown)
			}
			detected, judged, n = detected+k, judged+of, n+len(kind.list)
			all += one(of > 0 && k == of)
			some += one(k > 0 && k < of)
			none += one(of > 0 && k == 0)
		}
		flagged, seen := 0, 0
		for _, s := range r.Sets {
			if s.Label == "human" {
				flagged += s.PeopleFlagged[c.Key]
				seen += s.PeopleSeen[c.Key]
			}
		}
		name := "`" + c.Key + "`"
		if c.Fact {
			name += " (fact)"
		}
		people := "not measurable"
		if seen > 0 {
			people = ratio(flagged, seen)
		}
		v.Checks = append(v.Checks, row(name, ratio(detected, judged), percent(n-judged, n), fmt.Sprintf("%d, %d, %d", all, some, none), people))
	}
}

func afterRow(s Set) string {
	cells := []any{s.Set, "`" + s.Label + "`"}
	for _, a := range s.After {
		if a.N == 0 {
			cells = append(cells, "")
			continue
		}
		cells = append(cells, percent(a.GE50, a.N)+"; "+percent(a.MaskedGE50, a.N))
	}
	return row(cells...)
}

// missed says of each kind of which runs stayed below 50, masked, what spoke against
// them.
func (v *view) missed(outcomes []*Outcome) {
	for _, of := range group(outcomes, func(o *Outcome) string { return o.Label + "\x00" + o.Family }) {
		label := of.list[0].Label
		if People(label) {
			continue
		}
		marks := map[string]int{}
		missed := 0
		for _, o := range of.list {
			if o.Masked < 50 {
				missed++
				marks[v.against(o)]++
			}
		}
		if missed == 0 {
			continue
		}
		most := ""
		for _, m := range slices.Sorted(maps.Keys(marks)) {
			if marks[m] > marks[most] {
				most = m
			}
		}
		v.Missed = append(v.Missed, row("`"+label+"`", of.list[0].Family, fmt.Sprintf("%d of %d", missed, len(of.list)), most))
	}
}

// against says what behaviour spoke against a session in the end.
func (v *view) against(o *Outcome) string {
	var names []string
	groups, agent := map[gait.Group]bool{}, false
	for i, c := range v.checks {
		if o.Verdicts[i] == gait.Detected && c.Group.Behavioural() && !c.Fact {
			names = append(names, "`"+c.Key+"`")
			groups[c.Group] = true
			agent = agent || c.Key == "agent_behavior" || c.Key == "replayed_behavior"
		}
	}
	switch list := strings.Join(names, ", "); {
	case len(groups) == 0:
		return "nothing"
	case len(groups) == 1 && !agent:
		return list + ": one kind of evidence, which alone stays below 50"
	default:
		return list + ": too little weight"
	}
}

func peerNames(outcomes []*Outcome) []string {
	names := map[string]bool{}
	for _, o := range outcomes {
		for name := range o.Peers {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func weightRows() []string {
	var rows []string
	for _, e := range risk.Estimates() {
		found, flagged, note := "", "", "provisional: chosen by judgement"
		if e.Why != "" {
			note = "provisional: " + e.Why
		}
		if e.Measured {
			found, flagged, note = ratio(e.TPR.K, e.TPR.N), ratio(e.FPR.K, e.FPR.N), "from "+e.From
		}
		rows = append(rows, row("`"+e.Check+"`", e.Detected, e.NotDetected, found, flagged, note))
	}
	return rows
}
