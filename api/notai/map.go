package notai

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/mileusna/useragent"
)

const (
	statusActive = "active"
	statusClosed = "closed"
)

// flags are the checks that a client of this dialect may meet in
// detectionFlags. Checks beyond them are ours and shown on our own routes.
var flags = []string{
	"agent_behavior", "programmatic_typing", "teleporting_mouse", "no_corrections", "all_pasted",
	"jump_scrolling", "centered_clicks", "programmatic_clicking", "external_input",
	"bot", "virtual_machine", "software_renderer", "vpn", "tor", "location_spoofing",
}

func sessionOfReport(r *gait.Report, now time.Time) session {
	f := &r.Features
	var detected []string
	for i := range r.Answers {
		if a := &r.Answers[i]; a.Verdict == gait.Detected && a.Check != nil {
			detected = append(detected, a.Check.Key)
		}
	}
	return sessionOfRow(&gait.SessionRow{
		SessionRef: gait.SessionRef{Session: r.Session},
		Started:    f.Started, LastArrival: f.LastArrival, Score: r.Assessment.Score, Detected: detected,
		URL: f.PageURL(), UserAgent: f.UserAgent(), UserID: f.UserID, UserName: f.UserName, UserURL: f.UserURL,
	}, now)
}

func sessionOfRow(r *gait.SessionRow, now time.Time) session {
	status := statusClosed
	if gait.StatusAt(r.LastArrival, now.UnixMilli()) == gait.Live {
		status = statusActive
	}
	known := []string{}
	for _, key := range r.Detected {
		if slices.Contains(flags, key) {
			known = append(known, key)
		}
	}
	return session{
		ID:               r.Session.String(),
		CreatedAt:        api.Time(r.Started),
		UpdatedAt:        api.Time(r.LastArrival),
		Status:           status,
		BotScore:         float64(min(max(r.Score, 0), 100)) / 100,
		DetectionFlags:   known,
		PageURL:          orNull(r.URL),
		UserAgentSummary: orNull(summary(r.UserAgent)),
		UserID:           orNull(r.UserID),
		UserName:         orNull(r.UserName),
		UserURL:          orNull(r.UserURL),
	}
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Bounds on user agents, in bytes: real ones are far below.
const (
	agentMax = 1024 // read
	nameMax  = 48   // shown, of a browser we do not know
)

// summary puts a user agent in a few words, such as "Chrome 141 on Windows":
// the browser, its major version and the system, as far as they can be told.
func summary(agent string) string {
	if agent == "" || len(agent) > agentMax {
		return ""
	}
	ua := useragent.Parse(agent)
	name := strings.ToValidUTF8(ua.Name[:min(len(ua.Name), nameMax)], "")
	if ua.VersionNo.Major > 0 {
		name += " " + strconv.Itoa(ua.VersionNo.Major)
	}
	if name != "" && ua.OS != "" {
		return name + " on " + ua.OS
	}
	return name + ua.OS
}
