package eval

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/gaithq/gait/check"
)

// Baseline is what judging a corpus once came to, to compare later judging with.
type Baseline []BaselineRow

// BaselineRow is a set of people, or the recorded runs of one kind.
type BaselineRow struct {
	Set    string `json:"set"`
	Label  string `json:"label"`
	Family string `json:"family,omitempty"` // "" for all of a set; else a family or a browser of it
	N      int    `json:"n"`

	GE50         int `json:"ge50"`
	GE70         int `json:"ge70"`
	Ever50       int `json:"ever50"`
	MaskedGE50   int `json:"masked_ge50"`
	MaskedGE70   int `json:"masked_ge70"`
	MaskedEver50 int `json:"masked_ever50"`

	Flagged map[string]int `json:"flagged,omitempty"` // of people: those of whom a check that is no mere fact ever said Detected
}

// Baseline returns what a result is compared by.
func (r Result) Baseline() Baseline {
	facts := map[string]bool{}
	for _, c := range check.All() {
		facts[c.Key] = c.Fact
	}
	var b Baseline
	for _, s := range r.Sets {
		row := newBaselineRow(s, "", s.Tally)
		if People(s.Label) {
			row.Flagged = maps.Clone(s.PeopleFlagged)
			maps.DeleteFunc(row.Flagged, func(key string, n int) bool { return n == 0 || facts[key] })
		}
		b = append(b, row)
		for _, f := range slices.Concat(s.Families, s.Browsers) {
			b = append(b, newBaselineRow(s, f.Family, f.Tally))
		}
	}
	return b
}

func newBaselineRow(s Set, family string, t Tally) BaselineRow {
	return BaselineRow{
		Set: s.Set, Label: s.Label, Family: family, N: t.N,
		GE50: t.GE50, GE70: t.GE70, Ever50: t.Ever50, MaskedGE50: t.Masked.GE50, MaskedGE70: t.Masked.GE70, MaskedEver50: t.Masked.Ever50,
	}
}

// ReadBaseline reads what Write wrote.
func ReadBaseline(r io.Reader) (Baseline, error) {
	var b Baseline
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	return b, nil
}

// Write writes the baseline as JSON, one row a line.
func (b Baseline) Write(w io.Writer) error {
	p := &printer{w: w}
	for i, row := range b {
		line, err := json.Marshal(row)
		if err != nil {
			return fmt.Errorf("baseline: %w", err)
		}
		start, end := " ", ","
		if i == 0 {
			start = "["
		}
		if i == len(b)-1 {
			end = "]"
		}
		p.line("%s%s%s\n", start, line, end)
	}
	return p.err
}

// Lost says which kinds and browsers the baseline has found in every recording, and
// now, other recordings of some of them, has not; and where people are flagged of
// whose kind nobody was. What the baseline found in part, or never, is held to nothing:
// another recording of it may be found or not.
func (b Baseline) Lost(now Baseline) []string {
	type name struct{ label, family string }
	rows := map[name]BaselineRow{}
	for _, r := range b {
		rows[name{r.Label, r.Family}] = r
	}
	var list []string
	for _, is := range now {
		if is.Family == "" {
			continue // a few kinds of many say nothing about all
		}
		title := is.Label + ", " + is.Family
		was, ok := rows[name{is.Label, is.Family}]
		if !ok {
			list = append(list, title+": the baseline does not have it")
			continue
		}
		for _, m := range []struct {
			what    string
			was, is int
		}{
			{"at 50 and more", was.GE50, is.GE50},
			{"at 70 and more", was.GE70, is.GE70},
			{"masked at 50 and more", was.MaskedGE50, is.MaskedGE50},
			{"masked at 70 and more", was.MaskedGE70, is.MaskedGE70},
		} {
			switch {
			case People(is.Label) && m.was == 0 && m.is > 0:
				list = append(list, fmt.Sprintf("%s: %s: %d of %d, the baseline has none", title, m.what, m.is, is.N))
			case !People(is.Label) && m.was == was.N && m.is < is.N:
				list = append(list, fmt.Sprintf("%s: %s: %d of %d, the baseline has all", title, m.what, m.is, is.N))
			}
		}
	}
	return list
}

// Worse says where now is worse than the baseline: automation found less often,
// people flagged more often, or other recordings than those compared with.
func (b Baseline) Worse(now Baseline) []string {
	var list []string
	type name struct{ set, label, family string }
	rows := map[name]BaselineRow{}
	for _, r := range now {
		rows[name{r.Set, r.Label, r.Family}] = r
	}
	for _, was := range b {
		key := name{was.Set, was.Label, was.Family}
		is, ok := rows[key]
		delete(rows, key)
		title := was.Set + ", " + was.Label
		if was.Family != "" {
			title += ", " + was.Family
		}
		if !ok || is.N != was.N {
			list = append(list, fmt.Sprintf("%s: %d recordings, the baseline has %d", title, is.N, was.N))
			continue
		}
		people := People(was.Label)
		compare := func(what string, was, is int) {
			if people && is > was || !people && is < was {
				list = append(list, fmt.Sprintf("%s: %s: %d, was %d", title, what, is, was))
			}
		}
		compare("at 50 and more", was.GE50, is.GE50)
		compare("at 70 and more", was.GE70, is.GE70)
		compare("ever at 50 and more", was.Ever50, is.Ever50)
		compare("masked at 50 and more", was.MaskedGE50, is.MaskedGE50)
		compare("masked at 70 and more", was.MaskedGE70, is.MaskedGE70)
		compare("masked ever at 50 and more", was.MaskedEver50, is.MaskedEver50)
		for _, key := range slices.Sorted(maps.Keys(is.Flagged)) {
			compare(key+" Detected", was.Flagged[key], is.Flagged[key])
		}
	}
	if len(rows) > 0 {
		list = append(list, fmt.Sprintf("%d rows that the baseline does not have", len(rows)))
	}
	return list
}
