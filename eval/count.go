package eval

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/risk"
	"github.com/gaithq/gait/session"
)

// Result is what judging packs came to.
type Result struct {
	Sets []Set `json:"sets"`
}

// Set is one label of one set. All of it are counts but the quantiles.
type Set struct {
	Set    string           `json:"set"`
	Label  string           `json:"label"`
	N      int              `json:"n"` // sessions
	People int              `json:"people"`
	GE50   int              `json:"ge50"`   // sessions at 50 and more at the end
	GE70   int              `json:"ge70"`   // at 70 and more
	Ever50 int              `json:"ever50"` // at 50 and more at any time
	Score  Quantiles        `json:"score"`
	Checks map[string]Words `json:"checks"`

	// PeopleFlagged counts, for each check, the people of whom it said Detected at
	// any time of any session, and PeopleSeen those of whom it said anything.
	PeopleFlagged map[string]int `json:"people_flagged"`
	PeopleSeen    map[string]int `json:"people_seen"`

	scores  []int
	persons map[string]bool
	flagged map[string]map[string]bool
	seen    map[string]map[string]bool
}

// Quantiles are of the scores at the end.
type Quantiles struct {
	P5  int `json:"p5"`
	P50 int `json:"p50"`
	P95 int `json:"p95"`
}

// Words counts what a check said at the end of sessions.
type Words struct {
	Detected    int `json:"detected"`
	NotDetected int `json:"not_detected"`
	Unknown     int `json:"unknown"`
}

// Judge is what recordings are judged with.
type Judge struct {
	Policy risk.Policy
	Limit  gait.Tick // events later than it are left out; 0 takes all

	checks []*gait.Check
	sets   map[string]*Set
}

// Pack judges every recording of a pack.
func (j *Judge) Pack(r io.Reader) error {
	return Read(r, j.Recording)
}

// Recording judges one recording.
func (j *Judge) Recording(rec Recording) error {
	if j.sets == nil {
		j.sets, j.checks = map[string]*Set{}, check.Checks()
	}
	batches, err := Play(rec, j.Limit)
	if err != nil {
		return err
	}
	s := j.set(rec)
	s.N++
	s.persons[rec.Person] = true
	var (
		state   session.State
		answers []gait.Answer
		ever    bool
		score   int
	)
	for i := range batches {
		if !state.Add(&batches[i]) {
			return fmt.Errorf("%s, %s: batch %d does not follow", rec.Person, rec.Session, i)
		}
		answers = check.Judge(j.checks, state.Features())
		score = risk.Assess(j.Policy, answers).Score
		ever = ever || score >= 50
		for _, a := range answers {
			if a.Verdict != gait.Unknown {
				s.note(s.seen, a.Check.Key, rec.Person)
			}
			if a.Verdict == gait.Detected {
				s.note(s.flagged, a.Check.Key, rec.Person)
			}
		}
	}
	s.end(answers, score, ever)
	return nil
}

func (j *Judge) set(rec Recording) *Set {
	key := rec.Set + "\x00" + rec.Label
	s := j.sets[key]
	if s == nil {
		s = &Set{
			Set: rec.Set, Label: rec.Label, Checks: map[string]Words{}, persons: map[string]bool{},
			flagged: map[string]map[string]bool{}, seen: map[string]map[string]bool{},
		}
		j.sets[key] = s
	}
	return s
}

func (s *Set) note(in map[string]map[string]bool, key, person string) {
	if in[key] == nil {
		in[key] = map[string]bool{}
	}
	in[key][person] = true
}

func (s *Set) end(answers []gait.Answer, score int, ever bool) {
	s.scores = append(s.scores, score)
	if score >= 50 {
		s.GE50++
	}
	if score >= 70 {
		s.GE70++
	}
	if ever {
		s.Ever50++
	}
	for _, a := range answers {
		w := s.Checks[a.Check.Key]
		switch a.Verdict {
		case gait.Detected:
			w.Detected++
		case gait.NotDetected:
			w.NotDetected++
		default:
			w.Unknown++
		}
		s.Checks[a.Check.Key] = w
	}
}

// Result returns the counts so far, by set and label.
func (j *Judge) Result() Result {
	var r Result
	for _, key := range slices.Sorted(maps.Keys(j.sets)) {
		s := *j.sets[key]
		s.People = len(s.persons)
		slices.SortFunc(s.scores, cmp.Compare[int])
		s.Score = Quantiles{quantile(s.scores, 0.05), quantile(s.scores, 0.5), quantile(s.scores, 0.95)}
		s.PeopleFlagged, s.PeopleSeen = sizes(s.flagged), sizes(s.seen)
		r.Sets = append(r.Sets, s)
	}
	return r
}

func sizes(m map[string]map[string]bool) map[string]int {
	n := map[string]int{}
	for k, v := range m {
		n[k] = len(v)
	}
	return n
}

// quantile returns the smallest of the sorted values that has at least the share p
// of them at or below it.
func quantile(sorted []int, p float64) int {
	if len(sorted) == 0 {
		return 0
	}
	i := int(p * float64(len(sorted)))
	return sorted[min(i, len(sorted)-1)]
}
