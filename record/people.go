package record

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"

	"github.com/gaithq/gait"
)

// visit is a person who agreed to be recorded.
type visit struct {
	person string
	device string
	seeds  []uint64
}

const (
	cookie    = "gait_visit"
	tasks     = 3
	maxVisits = 1000 // the oldest are forgotten
	maxPerson = 40   // characters
	maxTask   = 100_000
)

var devices = []string{"mouse", "trackpad", "touch", "other"}

// agreement is the body of POST /consent.
type agreement struct {
	Person string `json:"person"`
	Device string `json:"device"`
}

// consent begins a visit.
func (rec *Recorder) consent(_ *http.Request, h http.Header, a agreement) (any, error) {
	if !isPerson(a.Person) {
		return nil, &gait.Error{Code: gait.Invalid, Field: "person", Message: "the name must be of letters, digits, dots and dashes, at most 40"}
	}
	v := &visit{person: a.Person}
	for _, d := range devices {
		if a.Device == d {
			v.device = d
		}
	}
	if v.device == "" {
		return nil, &gait.Error{Code: gait.Invalid, Field: "device", Message: "say what you point with"}
	}
	for len(v.seeds) < tasks {
		if seed := rand.Uint64N(maxTask); seed%10 != shortForm && v.place(seed) < 0 {
			v.seeds = append(v.seeds, seed)
		}
	}
	token := random(16)
	rec.mu.Lock()
	rec.visits[token] = v
	rec.order = append(rec.order, token)
	if len(rec.order) > maxVisits {
		delete(rec.visits, rec.order[0])
		rec.order = rec.order[1:]
	}
	rec.mu.Unlock()
	h.Set("Set-Cookie", (&http.Cookie{Name: cookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode}).String())
	return map[string]string{"next": taskPath(v.seeds[0])}, nil
}

// isPerson reports whether s may name a person.
func isPerson(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return s != "" && len(s) <= maxPerson
}

func taskPath(seed uint64) string { return "/task/" + strconv.FormatUint(seed, 10) }

// visit returns the visit of a request, or nil.
func (rec *Recorder) visit(r *http.Request) *visit {
	c, err := r.Cookie(cookie)
	if err != nil {
		return nil
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.visits[c.Value]
}

// place returns how many of a visit's tasks come before the one of a seed, or -1.
func (v *visit) place(seed uint64) int {
	if v != nil {
		for i, s := range v.seeds {
			if s == seed {
				return i
			}
		}
	}
	return -1
}

// ofSession is the body of the requests about a visit's session.
type ofSession struct {
	Session string `json:"sess"`
}

var errNoVisit = gait.Errorf(gait.Forbidden, "nobody has agreed to be recorded in this browser: begin at the first page")

// run is what is known of a visit's run without its batches.
func (v *visit) run(session string) Run {
	seeds := make([]string, len(v.seeds))
	for i, s := range v.seeds {
		seeds[i] = strconv.FormatUint(s, 10)
	}
	return Run{Session: session, User: v.person, Family: map[string]string{"device": v.device}, Task: strings.Join(seeds, ",")}
}

// review tells a person what the file would hold.
func (rec *Recorder) review(r *http.Request, _ http.Header, q ofSession) (any, error) {
	v := rec.visit(r)
	if v == nil {
		return nil, errNoVisit
	}
	id, err := gait.ParseSessionID(q.Session)
	if err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "sess")
	}
	return rec.summary(r.Context(), id, v)
}

// save records a person's session.
func (rec *Recorder) save(r *http.Request, _ http.Header, q ofSession) (any, error) {
	v := rec.visit(r)
	if v == nil {
		return nil, errNoVisit
	}
	run := v.run(q.Session)
	o, err := rec.write(r.Context(), run)
	if err != nil {
		return nil, err
	}
	return map[string]any{"file": rec.cfg.Out.Name(), "bytes": o.Bytes}, nil
}

// discard forgets a person's session. It is still in memory until the recorder
// ends, but nothing can write it any more.
func (rec *Recorder) discard(r *http.Request, _ http.Header, q ofSession) (any, error) {
	if rec.visit(r) == nil {
		return nil, errNoVisit
	}
	id, err := gait.ParseSessionID(q.Session)
	if err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "sess")
	}
	if !rec.close(id) {
		return nil, errClosed
	}
	return map[string]bool{"discarded": true}, nil
}

// summary is what the last page shows.
type summary struct {
	Person   string    `json:"person"`
	Device   string    `json:"device"`
	Day      string    `json:"day"`
	Score    int       `json:"score"`
	Action   string    `json:"action"`
	Verdicts []verdict `json:"verdicts"`
	Counts   []count   `json:"counts"`
	Keys     []count   `json:"keys"`
	Traits   []string  `json:"traits"` // names of what was read off the browser, and of what the request said
	Events   int       `json:"events"`
	Batches  int       `json:"batches"`
	Bytes    int       `json:"bytes"`
	Seconds  float64   `json:"seconds"`
}

type verdict struct {
	Check   string `json:"check"`
	Title   string `json:"title"`
	Verdict string `json:"verdict"`
	Why     string `json:"why"`
}

type count struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

func (rec *Recorder) summary(ctx context.Context, id gait.SessionID, v *visit) (summary, error) {
	run := v.run(id.String())
	report, err := rec.collect(ctx, id, &run)
	if err != nil {
		return summary{}, err
	}
	batches, err := run.Batches()
	if err != nil {
		return summary{}, err
	}
	s := summary{
		Person: v.person, Device: v.device, Day: rec.today(),
		Score: report.Assessment.Score, Action: string(report.Assessment.Action), Batches: len(batches),
		Seconds: float64(report.Features.Ended-report.Features.Started) / 1000,
	}
	for _, a := range report.Answers {
		said := verdict{Check: a.Check.Key, Title: a.Check.Title, Verdict: a.Verdict.String(), Why: a.Summary}
		if a.Verdict == gait.Unknown {
			said.Why = a.Reason
		}
		s.Verdicts = append(s.Verdicts, said)
	}
	s.count(batches)
	return s, nil
}
