package native

import (
	"cmp"
	"context"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/risk"
)

// Patterns groups sessions by what the checks said of them.
type Patterns interface {
	Patterns(ctx context.Context, w gait.WorkspaceID, since int64) ([]gait.Pattern, error)
}

// preview is what a policy would change for the sessions of the last days.
type preview struct {
	Since      int64     `json:"since"` // Unix ms, of the sessions that were tried
	Cut        bool      `json:"cut"`   // as there are more than are tried, since is later than was asked for
	Sessions   int       `json:"sessions"`
	LeftOut    int       `json:"left_out"` // sessions whose rows do not say what each check said
	Flips      int       `json:"flips"`    // sessions that would come into another band
	Matrix     [4][4]int `json:"matrix"`   // sessions from band (row) to band (column)
	ScoresNow  []int     `json:"scores_now"`
	ScoresThen []int     `json:"scores_then"`
	Examples   []flip    `json:"examples"`
	Labelled   labelled  `json:"labelled"`
}

// flip is a set of verdicts whose sessions would come into another band.
type flip struct {
	ID        string   `json:"id"` // of the newest
	From      string   `json:"from"`
	To        string   `json:"to"`
	ScoreFrom int      `json:"score_from"`
	ScoreTo   int      `json:"score_to"`
	Detected  []string `json:"detected"`
	Sessions  int      `json:"sessions"`
}

// labelled counts the sessions that somebody said something of.
type labelled struct {
	Person  labelCount `json:"person"`
	Machine labelCount `json:"machine"`
}

// labelCount is how many sessions of a label there are, and how many of them are
// in the band review or above.
type labelCount struct {
	N           int `json:"n"`
	FlaggedNow  int `json:"flagged_now"`
	FlaggedThen int `json:"flagged_then"`
}

// Bounds on a preview.
const (
	previewDays     = 30   // unless said otherwise
	previewDaysMost = 366  // at most
	previewExamples = 20   // of flips
	previewLabelled = 2000 // sessions of each label, the newest
)

// scores are what verdicts score under two policies.
type scores struct{ now, then int }

// scorer returns a function that scores verdicts under two policies, each once.
func (d dialect) scorer(now, then risk.Policy) func(string) scores {
	known := map[string]scores{}
	return func(verdicts string) scores {
		s, ok := known[verdicts]
		if !ok {
			answers := risk.Answers(d.Checks, verdicts)
			s = scores{risk.Assess(now, answers).Score, risk.Assess(then, answers).Score}
			known[verdicts] = s
		}
		return s
	}
}

func (d dialect) preview(c *api.Call) (any, error) {
	var body struct {
		proposal
		Days *int `json:"days"`
	}
	if err := c.Body(&body); err != nil {
		return nil, err
	}
	days := previewDays
	if body.Days != nil {
		if days = *body.Days; days < 1 || days > previewDaysMost {
			return nil, invalid("days", "want a whole number from 1 to %d", previewDaysMost)
		}
	}
	ctx, w := c.Request.Context(), c.Workspace.ID
	in, err := d.policyOf(ctx, w)
	if err != nil {
		return nil, err
	}
	then, err := body.over(in.policy, d.usual())
	if err != nil {
		return nil, err
	}
	set, err := d.patterns(ctx, w, days, c.Now.UnixMilli())
	if err != nil {
		return nil, err
	}
	score := d.scorer(in.policy, then)
	out := d.compare(set.list, in.policy.Bands, then.Bands, score)
	out.Since, out.Cut = set.since, set.cut
	for label, into := range map[gait.Label]*labelCount{gait.LabelPerson: &out.Labelled.Person, gait.LabelMachine: &out.Labelled.Machine} {
		rows, err := d.Sessions.Sessions(ctx, gait.SessionQuery{Workspace: w, Label: label, StartedSince: c.Now.UnixMilli() - int64(days)*gait.Day, Limit: previewLabelled})
		if err != nil {
			return nil, err
		}
		into.count(rows, len(d.Checks), in.policy.Bands, then.Bands, score)
	}
	return out, nil
}

// compare sorts patterns into the bands of both policies.
func (d dialect) compare(patterns []gait.Pattern, now, then risk.Bands, score func(string) scores) *preview {
	out := &preview{ScoresNow: make([]int, 101), ScoresThen: make([]int, 101), Examples: []flip{}}
	flips := map[string]int{} // place in Examples, by verdicts
	for _, p := range patterns {
		if len(p.Verdicts) != len(d.Checks) {
			out.LeftOut += p.Sessions
			continue
		}
		s := score(p.Verdicts)
		from, to := bandOf(now, s.now), bandOf(then, s.then)
		out.Sessions += p.Sessions
		out.Matrix[from][to] += p.Sessions
		out.ScoresNow[s.now] += p.Sessions
		out.ScoresThen[s.then] += p.Sessions
		if from == to {
			continue
		}
		out.Flips += p.Sessions
		if i, ok := flips[p.Verdicts]; ok { // rows of two policies score it differently
			out.Examples[i].Sessions += p.Sessions
			continue
		}
		flips[p.Verdicts] = len(out.Examples)
		out.Examples = append(out.Examples, flip{
			ID: p.Sample.String(), From: bandNames[from], To: bandNames[to], ScoreFrom: s.now, ScoreTo: s.then,
			Detected: said(d.Checks, p.Verdicts, detectedLetter), Sessions: p.Sessions,
		})
	}
	slices.SortFunc(out.Examples, func(a, b flip) int {
		return cmp.Or(b.Sessions-a.Sessions, cmp.Compare(a.ID, b.ID))
	})
	out.Examples = out.Examples[:min(len(out.Examples), previewExamples)]
	return out
}

func (n *labelCount) count(rows []gait.SessionRow, checks int, now, then risk.Bands, score func(string) scores) {
	for i := range rows {
		if len(rows[i].Verdicts) != checks {
			continue
		}
		s := score(rows[i].Verdicts)
		n.N++
		if s.now >= now.Review {
			n.FlaggedNow++
		}
		if s.then >= then.Review {
			n.FlaggedThen++
		}
	}
}
