package roundtable

import (
	"cmp"
	"slices"

	"github.com/gaithq/gait"
)

// Version 0.0 of the contract knows no score and no table of checks: it tells
// what happened, and in sentences what looked wrong.

// oldReport is the body of the report route.
type oldReport struct {
	SessionID     string        `json:"session_id"`
	UserID        string        `json:"user_id,omitempty"`
	UserLogs      []oldEntry    `json:"user_logs"`
	FailedChecks  []failedCheck `json:"failed_checks"`
	SessionReplay *oldReplay    `json:"session_replay,omitempty"`
}

// oldReplay is where a session's replay is shown.
type oldReplay struct {
	URL             string `json:"url"` // absolute
	DurationSeconds int    `json:"duration_seconds"`
}

// oldUserSessions is the body of the list of a user's sessions.
type oldUserSessions struct {
	UserID   string       `json:"user_id"` // as asked for
	Sessions []oldSession `json:"sessions"`
}

type oldSession struct {
	SessionID      string        `json:"session_id"`
	StartTime      string        `json:"start_time"`      // in the visitor's time zone
	StartTimestamp int64         `json:"start_timestamp"` // ms
	UserLogs       []oldEntry    `json:"user_logs"`
	FailedChecks   []failedCheck `json:"failed_checks"`
	SessionReplay  *oldReplay    `json:"session_replay,omitempty"`
}

// oldEntry is one line of the action log.
type oldEntry struct {
	Action    string `json:"action"`
	UserTime  string `json:"user_time"` // in the visitor's time zone
	Timestamp int64  `json:"timestamp"` // ms
}

// failedCheck is a check that fired, and when.
type failedCheck struct {
	Check     string `json:"check"`     // a sentence
	UserTime  string `json:"user_time"` // in the visitor's time zone
	Timestamp int64  `json:"timestamp"` // ms
}

// sentences say what it means that a check fired, for each of the contract's.
var sentences = map[string]string{
	"agent_behavior":        "Behavior typical of an automated agent",
	"programmatic_typing":   "Unnatural typing rhythm",
	"teleporting_mouse":     "Unnatural mouse movement",
	"no_corrections":        "Long text typed without a correction",
	"all_pasted":            "Suspicious copy-paste activity",
	"jump_scrolling":        "Unnatural scrolling in large jumps",
	"centered_clicks":       "Clicks always on the exact center",
	"programmatic_clicking": "Clicks made by a script",
	"external_input":        "Text pasted after leaving the page",
	"bot":                   "Browser run by an automation tool",
	"virtual_machine":       "Virtual machine or remote desktop",
	"software_renderer":     "Graphics drawn without graphics hardware",
	"vpn":                   "Address of a VPN or hosting provider",
	"tor":                   "Address of the Tor network",
	"location_spoofing":     "Location does not match the address",
}

func oldReportOf(r *gait.Report) oldReport {
	return oldReport{
		SessionID:    r.Session.String(),
		UserID:       r.Features.UserID,
		UserLogs:     oldEntriesOf(r),
		FailedChecks: failedChecksOf(r),
	}
}

func oldSessionOf(r *gait.Report) oldSession {
	f := &r.Features
	return oldSession{
		SessionID:      r.Session.String(),
		StartTime:      userTimeOf(f.Started, location(f.Zone())),
		StartTimestamp: f.Started,
		UserLogs:       oldEntriesOf(r),
		FailedChecks:   failedChecksOf(r),
	}
}

func oldEntriesOf(r *gait.Report) []oldEntry {
	entries := entriesOf(r)
	old := make([]oldEntry, len(entries))
	for i, e := range entries {
		old[i] = oldEntry{e.Action, e.UserTime, e.UnixTimestamp}
	}
	return old
}

// failedChecksOf returns the contract's checks that fired, in the order in which
// they did. What was so from the beginning fired when the session began.
func failedChecksOf(r *gait.Report) []failedCheck {
	zone := location(r.Features.Zone())
	failed := []failedCheck{}
	for i := range r.Answers {
		a := &r.Answers[i]
		if a.Check == nil || a.Verdict != gait.Detected || !ofContract(a.Check) {
			continue
		}
		at := cmp.Or(a.First.At, r.Features.Started)
		failed = append(failed, failedCheck{sentences[a.Check.Key], userTimeOf(at, zone), at})
	}
	slices.SortStableFunc(failed, func(a, b failedCheck) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
	return failed
}

// ofContract says whether the contract knows the check, as what it is.
func ofContract(c *gait.Check) bool {
	if c.Device {
		return slices.Contains(deviceChecks, c.Key)
	}
	return slices.Contains(biometricChecks, c.Key)
}
