package roundtable

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// The checks of the contract, in its order. They are fixed: a check that we
// have beyond them is never shown here, and one that we lack says Unknown.
var (
	biometricChecks = []string{
		"agent_behavior",
		"programmatic_typing",
		"teleporting_mouse",
		"no_corrections",
		"all_pasted",
		"jump_scrolling",
		"centered_clicks",
		"programmatic_clicking",
		"external_input",
	}
	deviceChecks = []string{
		"bot",
		"virtual_machine",
		"software_renderer",
		"vpn",
		"tor",
		"location_spoofing",
	}
)

func reportOf(r *gait.Report) report {
	action := r.Assessment.Action
	if action == "" {
		action = gait.ActionUnknown
	}
	return report{
		SessionID:         r.Session.String(),
		UserID:            r.Features.UserID,
		Tags:              append([]string{}, r.Features.Tags...),
		RiskScore:         min(max(r.Assessment.Score, 0), 100),
		RiskExplanation:   r.Assessment.Explanation,
		RecommendedAction: string(action),
		UserLogs:          entriesOf(r),
		BiometricChecks:   verdictsOf(r.Answers, biometricChecks, false),
		DeviceChecks:      verdictsOf(r.Answers, deviceChecks, true),
	}
}

// anonymous is the reports as lists show them: whose they are stands above them,
// or is not to be told.
func anonymous(reports []gait.Report) []report {
	list := make([]report, len(reports))
	for i := range reports {
		list[i] = reportOf(&reports[i])
		list[i].UserID = ""
	}
	return list
}

func eventsOf(r *gait.Report) events {
	e := entriesOf(r)
	return events{SessionID: r.Session.String(), EventCount: len(e), Events: e}
}

// verdictsOf looks the checks of one of the two objects up among the answers.
func verdictsOf(answers []gait.Answer, keys []string, device bool) api.Object {
	v := make(api.Object, len(keys))
	for i, key := range keys {
		word := gait.Unknown
		for j := range answers {
			if c := answers[j].Check; c != nil && c.Key == key && c.Device == device {
				word = answers[j].Verdict
				break
			}
		}
		v[i] = api.Member{Key: key, Value: word.String()}
	}
	return v
}

// entriesOf returns the action log, oldest first, in the visitor's time.
func entriesOf(r *gait.Report) []entry {
	log := r.Log
	older := func(a, b gait.LogEntry) int { return cmp.Compare(a.At, b.At) }
	if !slices.IsSortedFunc(log, older) { // pages of a tab may overlap
		log = slices.Clone(log)
		slices.SortStableFunc(log, older)
	}
	zone := location(r.Features.Zone())
	entries := make([]entry, len(log))
	for i, l := range log {
		entries[i] = entry{l.Text, userTimeOf(l.At, zone), l.At}
	}
	return entries
}

// userTime is how the contract writes times, English whatever the locale.
const userTime = "Jan 2, 2006 15:04:05"

func userTimeOf(at int64, zone *time.Location) string {
	return time.UnixMilli(at).In(zone).Format(userTime)
}

// zones remembers time zones, which are costly to load. Only names that exist
// get in, so the zone database bounds it.
var zones sync.Map // string to *time.Location

// location returns the zone that a browser named, UTC for one that does not
// exist. The name is unchecked input.
func location(name string) *time.Location {
	// "Local" would be the server's own zone; a long name is none.
	if name == "" || len(name) > 64 || strings.EqualFold(name, "local") {
		return time.UTC
	}
	if l, ok := zones.Load(name); ok {
		return l.(*time.Location)
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, l)
	return l
}
