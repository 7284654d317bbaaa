package native

import (
	"slices"
	"time"

	"github.com/gaithq/gait"
)

// filters are the parameters that lists, counts and exports of sessions share.
var filters = []string{
	"since", "until", "min", "max", "flag", "unknown", "tag", "route", "country", "device", "browser",
	"actor", "user", "label", "q", "status",
}

// The words of some filters.
var (
	devices = []string{"desktop", "phone", "tablet", "other"}
	actors  = []string{
		string(gait.ActorUnknown), string(gait.ActorPerson), string(gait.ActorAssisted),
		string(gait.ActorVerified), string(gait.ActorDeclared), string(gait.ActorUndeclared),
	}
	labels = []string{string(gait.LabelPerson), string(gait.LabelMachine), string(gait.LabelUnsure)}
)

const (
	statusLive     = "live"
	statusComplete = "complete"
)

// Letters of verdicts in SessionRow.Verdicts, and the one for any of them in
// SessionQuery.Verdicts.
const (
	detectedLetter    = 'D'
	notDetectedLetter = 'N'
	unknownLetter     = 'U'
	anyLetter         = '.'
)

// filter reads the filters of a query.
func (p *params) filter(checks []*gait.Check, w gait.WorkspaceID, now time.Time) gait.SessionQuery {
	q := gait.SessionQuery{
		Workspace: w,
		Tag:       p.text("tag"),
		Route:     p.text("route"),
		Country:   p.country(),
		Device:    p.word("device", devices...),
		Browser:   p.text("browser"),
		Actor:     gait.Actor(p.word("actor", actors...)),
		UserID:    p.text("user"),
		Label:     gait.Label(p.word("label", labels...)),
		Text:      p.text("q"),
		MinScore:  int(p.number("min", 0, 100, 0)),
		MaxScore:  int(p.number("max", 1, 100, 100)),
		Verdicts:  p.verdicts(checks),

		StartedSince: p.moment("since"),
	}
	if q.MaxScore < q.MinScore {
		p.fail("max", "want at least min")
	}
	if q.MaxScore == 100 {
		q.MaxScore = 0 // any
	}
	if until := p.moment("until"); until != 0 {
		q.StartedUntil = until - 1
		if until <= q.StartedSince {
			p.fail("until", "want a moment after since")
		}
	}
	// gait.StatusAt: live while now - LastArrival < IdleTimeout.
	firstLive := now.UnixMilli() - gait.IdleTimeout.Milliseconds() + 1
	switch p.word("status", statusLive, statusComplete) {
	case statusLive:
		q.ArrivedSince = firstLive
	case statusComplete:
		q.ArrivedBefore = firstLive
	}
	return q
}

// country returns an ISO 3166 alpha-2 code.
func (p *params) country() string {
	s := p.text("country")
	if s != "" && (len(s) != 2 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z') {
		p.fail("country", "want two capital letters, such as DE")
		return ""
	}
	return s
}

// verdicts makes a pattern of the parameters flag and unknown, each of which may
// come for several checks.
func (p *params) verdicts(checks []*gait.Check) string {
	var pattern []byte
	for _, want := range []struct {
		name   string
		letter byte
	}{{"flag", detectedLetter}, {"unknown", unknownLetter}} {
		for _, key := range p.texts(want.name, len(checks)) {
			i := slices.IndexFunc(checks, func(c *gait.Check) bool { return c.Key == key })
			if i < 0 {
				p.fail(want.name, "there is no check of that name")
				return ""
			}
			if pattern == nil {
				pattern = slices.Repeat([]byte{anyLetter}, len(checks))
			}
			if pattern[i] != anyLetter && pattern[i] != want.letter {
				p.fail(want.name, "a check cannot have said both Detected and Unknown")
				return ""
			}
			pattern[i] = want.letter
		}
	}
	return string(pattern)
}
