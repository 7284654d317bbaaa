package native

import (
	"net/url"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/risk"
)

// row is a session as lists show it. Texts that are not known are empty.
type row struct {
	ID          string   `json:"id"`
	StartedAt   string   `json:"started_at"`
	LastSeenAt  string   `json:"last_seen_at"` // arrival of the last batch
	DurationMS  int64    `json:"duration_ms"`  // from the first event to the last
	Status      string   `json:"status"`       // live or complete
	Score       int      `json:"score"`
	MaskedScore int      `json:"masked_score"` // without environment and network
	Action      string   `json:"action"`
	Band        string   `json:"band"`
	Events      int      `json:"events"`
	Detected    []string `json:"detected"` // keys of checks
	Unknown     []string `json:"unknown"`
	URL         string   `json:"url"`    // of the page seen last
	Route       string   `json:"route"`  // its path
	Routes      []string `json:"routes"` // paths of all pages seen
	Tags        []string `json:"tags"`
	UserID      string   `json:"user_id"`
	UserName    string   `json:"user_name"`
	UserURL     string   `json:"user_url"`
	Country     string   `json:"country"`
	Device      string   `json:"device"`
	Browser     string   `json:"browser"`
	OS          string   `json:"os"`
	Actor       string   `json:"actor"`
	Label       string   `json:"label"`
	Replay      bool     `json:"replay"`
}

// list is a page of a list.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"` // the cursor of the next page, "" if there is none
}

// The bands by their scores, and the one of sessions of which too little was seen.
var bandNames = [4]string{"accept", "monitor", "review", "reject"}

const bandUnknown = "unknown"

// bandOf returns the place in bandNames of a score.
func bandOf(b risk.Bands, score int) int {
	switch {
	case score >= b.Reject:
		return 3
	case score >= b.Review:
		return 2
	case score >= b.Monitor:
		return 1
	default:
		return 0
	}
}

// actions are the advice of each band, in the order of bandNames.
var actions = [4]gait.Action{gait.AutoAccept, gait.AcceptMonitor, gait.ManualReview, gait.AutoReject}

// reader makes rows of what the store keeps of sessions, as one workspace sees them.
type reader struct {
	checks   []*gait.Check
	bands    risk.Bands
	settings gait.Settings
	now      int64 // Unix ms
}

func (v *reader) row(r *gait.SessionRow) row {
	out := row{
		ID:          r.Session.String(),
		StartedAt:   api.Time(r.Started),
		LastSeenAt:  api.Time(r.LastArrival),
		DurationMS:  max(r.Ended-r.Started, 0),
		Status:      statusComplete,
		Score:       r.Score,
		MaskedScore: r.Masked,
		Events:      r.Events,
		Detected:    orEmpty(r.Detected),
		Unknown:     []string{},
		URL:         r.URL,
		Route:       pathOf(r.URL),
		Routes:      orEmpty(r.Routes),
		Tags:        orEmpty(r.Tags),
		UserID:      r.UserID,
		UserName:    r.UserName,
		UserURL:     r.UserURL,
		Country:     r.Country,
		Device:      r.Device,
		Browser:     r.Browser,
		OS:          r.OS,
		Actor:       string(r.Actor),
		Label:       string(r.Label),
	}
	if gait.StatusAt(r.LastArrival, v.now) == gait.Live {
		out.Status = statusLive
	}
	if len(r.Verdicts) == len(v.checks) {
		out.Detected, out.Unknown = said(v.checks, r.Verdicts, detectedLetter), said(v.checks, r.Verdicts, unknownLetter)
	}
	band := bandOf(v.bands, r.Score)
	out.Band, out.Action = bandNames[band], string(actions[band])
	if r.Score < v.bands.Review && !seen(v.checks, r.Verdicts) {
		out.Band, out.Action = bandUnknown, string(gait.ActionUnknown)
	}
	if v.settings.MonitorOnly {
		out.Action = string(gait.AutoAccept)
	}
	return out
}

// said returns the keys of the checks that said what a letter stands for.
func said(checks []*gait.Check, verdicts string, letter byte) []string {
	keys := []string{}
	for i, c := range checks {
		if verdicts[i] == letter {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

// seen reports whether a check of behaviour could answer, as package risk has it:
// as long as none could, nothing is known of a session that scores low.
func seen(checks []*gait.Check, verdicts string) bool {
	if len(verdicts) != len(checks) {
		return true // a row of before verdicts were kept
	}
	for i, c := range checks {
		if c.Group.Behavioural() && verdicts[i] != unknownLetter {
			return true
		}
	}
	return false
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// pathOf returns the path of a URL, or the whole where it has none.
func pathOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Path == "" {
		return raw
	}
	return u.EscapedPath()
}
