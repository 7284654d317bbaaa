package native

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
	checklist "github.com/gaithq/gait/check"
	"github.com/gaithq/gait/risk"
)

// TestOverview holds all numbers against the rows that they are of.
func TestOverview(t *testing.T) {
	h := newHouse(t)
	random := rand.New(rand.NewPCG(1, 2))
	var rows []gait.SessionRow
	for i := range 500 {
		rows = append(rows, h.row(1, i, time.Duration(random.IntN(20*24*60))*time.Minute, func(r *gait.SessionRow) {
			r.Score = random.IntN(101)
			r.Tags = []string{"t" + string(rune('a'+random.IntN(15)))}
			if r.Score > 60 {
				r.Verdicts = verdicts("bot", "centered_clicks")
			}
		}))
	}
	h.put(rows...)
	bands := risk.Bands{Monitor: 10, Review: 40, Reject: 90}
	h.ok(nil, "owner", "POST", "/policy", `{"bands":{"monitor":10,"review":40,"reject":90},"based":0}`)
	for _, c := range []struct {
		name         string
		query        string
		since, until time.Time
		span         string
		steps        int
	}{
		{"usual", "", time.Date(2026, 6, 9, 12, 0, 0, 0, time.UTC), time.Date(2026, 6, 10, 13, 0, 0, 0, time.UTC), "hour", 25},
		{"three days", "?since=1780833600000&until=1781092800000", time.Date(2026, 6, 7, 12, 0, 0, 0, time.UTC), time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC), "hour", 72},
		{"a week", "?since=1780488600000&until=1781093400000", time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC), time.Date(2026, 6, 10, 13, 0, 0, 0, time.UTC), "day", 8},
		{"whole days", "?since=1780272000000&until=1780876800000", time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 6, 8, 0, 0, 0, 0, time.UTC), "day", 7},
	} {
		var o overview
		h.ok(&o, "viewer", "GET", "/overview"+c.query)
		if o.Since != c.since.UnixMilli() || o.Until != c.until.UnixMilli() || o.Span != c.span || len(o.Series) != c.steps {
			t.Errorf("%s: %s to %s by the %s, %d steps", c.name, time.UnixMilli(o.Since).UTC(), time.UnixMilli(o.Until).UTC(), o.Span, len(o.Series))
		}
		length := o.Until - o.Since
		var now, before totals
		now.Scores, before.Scores = make([]int, 101), make([]int, 101)
		steps, tags, flags := map[int64][4]int{}, map[string]termShare{}, 0
		for i := range rows {
			r := &rows[i]
			within := r.Started >= o.Since && r.Started < o.Until
			into := &now
			if !within {
				if r.Started < o.Since-length || r.Started >= o.Since {
					continue
				}
				into = &before
			}
			into.Sessions++
			into.Scores[r.Score]++
			if r.Score >= 50 {
				into.Suspect++
			}
			if r.Score >= 70 {
				into.Machine++
			}
			tag := tags[r.Tags[0]]
			tag.Term = r.Tags[0]
			if !within {
				tag.Before++
				tags[tag.Term] = tag
				continue
			}
			tag.Sessions++
			if r.Score >= 50 {
				tag.Suspect++
			}
			tags[tag.Term] = tag
			if strings.Contains(r.Verdicts, "D") {
				flags++
			}
			span := gait.Hour
			if c.span == "day" {
				span = gait.Day
			}
			at := r.Started - r.Started%span
			step := steps[at]
			step[bandOf(bands, r.Score)]++
			steps[at] = step
		}
		if o.Now.Sessions != now.Sessions || o.Now.Suspect != now.Suspect || o.Now.Machine != now.Machine || !slices.Equal(o.Now.Scores, now.Scores) {
			t.Errorf("%s: now %+v\nwant %+v", c.name, o.Now, now)
		}
		if o.Before.Sessions != before.Sessions || !slices.Equal(o.Before.Scores, before.Scores) {
			t.Errorf("%s: before %+v\nwant %+v", c.name, o.Before, before)
		}
		for _, s := range o.Series {
			if s.Bands != steps[s.At] {
				t.Errorf("%s, %s: %v, want %v", c.name, time.UnixMilli(s.At).UTC(), s.Bands, steps[s.At])
			}
		}
		if len(o.Tags) != topTerms {
			t.Errorf("%s: %d tags", c.name, len(o.Tags))
		}
		for i, s := range o.Tags {
			if s != tags[s.Term] || i > 0 && s.Sessions > o.Tags[i-1].Sessions {
				t.Errorf("%s: tag %+v, want %+v", c.name, s, tags[s.Term])
			}
		}
		if len(o.Flags) != 2 || o.Flags[0].Sessions != flags || o.Flags[0].Title == o.Flags[0].Key {
			t.Errorf("%s: flags %+v, want %d sessions", c.name, o.Flags, flags)
		}
		if o.Policy.Bands != bands {
			t.Errorf("%s: bands %+v", c.name, o.Policy.Bands)
		}
		var d termDetail
		h.ok(&d, "viewer", "GET", "/tags/ta?since="+number64(o.Since)+"&until="+number64(o.Until))
		if d.Sessions != tags["ta"].Sessions || d.Suspect != tags["ta"].Suspect || len(d.Series) != c.steps {
			t.Errorf("%s: one tag %+v, want %+v", c.name, d.sum, tags["ta"])
		}
	}
}

// TestParts: the parts of a period cover it, once, and days are asked for where they can be.
func TestParts(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		p := period{since: int64(random.IntN(1000)) * gait.Hour}
		p.until = p.since + int64(1+random.IntN(400))*gait.Hour
		at := p.since
		for _, q := range p.parts() {
			if q.Since != at || q.Until <= q.Since || q.Since%q.Span != 0 || q.Until%q.Span != 0 || q.Span == gait.Hour && p.span() == gait.Day && q.Until-q.Since >= 2*gait.Day {
				t.Fatalf("%+v: %+v", p, p.parts())
			}
			at = q.Until
		}
		if at != p.until {
			t.Fatalf("%+v: %+v", p, p.parts())
		}
		if b := p.before(); b.until != p.since || b.until-b.since != p.until-p.since {
			t.Fatalf("%+v: before it %+v", p, b)
		}
	}
}

// TestAdvice: a row's action is what package risk advises for the same answers.
func TestAdvice(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	checks := checklist.All()
	p := risk.Default()
	for range 5000 {
		said := make([]byte, len(checks))
		for i := range said {
			said[i] = "DNUUUUUU"[random.IntN(8)]
		}
		if random.IntN(3) == 0 {
			for i, c := range checks {
				if c.Group.Behavioural() {
					said[i] = 'U'
				}
			}
		}
		a := risk.Assess(p, risk.Answers(checks, string(said)))
		v := reader{checks: checks, bands: p.Bands}
		r := v.row(&gait.SessionRow{Score: a.Score, Verdicts: string(said)})
		if r.Action != string(a.Action) || (r.Band == bandUnknown) != (a.Action == gait.ActionUnknown) {
			t.Fatalf("%s, score %d: %s, band %s, want %s", said, a.Score, r.Action, r.Band, a.Action)
		}
		v.settings.MonitorOnly = true
		if r := v.row(&gait.SessionRow{Score: a.Score, Verdicts: string(said)}); r.Action != string(gait.AutoAccept) {
			t.Fatalf("where one only watches: %s", r.Action)
		}
	}
}

// TestTerms: lists of tags and routes.
func TestTerms(t *testing.T) {
	h := newHouse(t)
	h.fill()
	var tags list[tagSum]
	h.ok(&tags, "viewer", "GET", "/tags")
	if len(tags.Items) != 2 || tags.Items[0].Tag != "a/b" || tags.Items[0].Sessions != 40 || tags.Items[1].Sessions != 20 {
		t.Errorf("%+v", tags)
	}
	h.ok(&tags, "viewer", "GET", "/tags?q=A%2F")
	if len(tags.Items) != 1 || tags.Items[0].Tag != "a/b" {
		t.Errorf("%+v", tags)
	}
	var routes list[routeSum]
	h.ok(&routes, "viewer", "GET", "/routes")
	if len(routes.Items) != 2 || routes.Items[0].Route != "/" || routes.Items[0].Sessions != 60 || routes.Items[0].Suspect != 10 {
		t.Errorf("%+v", routes)
	}
	var d termDetail
	for _, target := range []string{"/tags/unknown", "/routes/detail?route=/unknown"} {
		h.ok(&d, "viewer", "GET", target)
		if d.Sessions != 0 || len(d.Series) == 0 {
			t.Errorf("%s: %+v", target, d)
		}
	}
}

// TestUsers looks at one user, whose id others contain.
func TestUsers(t *testing.T) {
	h := newHouse(t)
	h.fill()
	var rows []gait.SessionRow
	for i := range 300 {
		rows = append(rows, h.row(1, 1000+i, 0, func(r *gait.SessionRow) { r.UserID = "u1-" + number64(int64(i)) }))
	}
	h.put(rows...)
	var u personDetail
	h.ok(&u, "viewer", "GET", "/users/detail?user=u1")
	if u.UserID != "u1" || u.SessionCount != 10 || len(u.Sessions) != 10 || u.MaxScore != 55 || len(u.Devices) != 1 || u.Devices[0].Sessions != 10 || u.Devices[0].Device != "phone" {
		t.Errorf("%+v", u)
	}
	h.refused(404, "", "viewer", "GET", "/users/detail?user=u9")

	// However many came later, and at the same moment.
	rows = rows[:0]
	for i := range 900 {
		ago := time.Duration(0)
		if i%3 == 0 {
			ago = time.Hour
		}
		rows = append(rows, h.row(1, 2000+i, ago, func(r *gait.SessionRow) { r.UserID = "!1-" + number64(int64(i)) }))
	}
	h.put(append(rows, h.row(1, 1999, time.Hour, func(r *gait.SessionRow) { r.UserID = "1" }))...)
	asked := &askedUsers{Store: h.store}
	h.config.Store = asked
	h.open()
	h.ok(&u, "viewer", "GET", "/users/detail?user=1")
	if u.UserID != "1" || u.SessionCount != 1 || asked.n > 1 {
		t.Errorf("%+v, in %d queries", u, asked.n)
	}
}

// askedUsers counts how often users are looked for.
type askedUsers struct {
	Store
	n int
}

func (a *askedUsers) Users(ctx context.Context, q gait.UserQuery) ([]gait.UserRow, error) {
	a.n++
	return a.Store.Users(ctx, q)
}

// TestRelated: sessions of the same user, and those that behave the same.
func TestRelated(t *testing.T) {
	h := newHouse(t)
	h.fill()
	ref := gait.SessionRef{Workspace: 1, Session: sid(7)}
	r := h.sessions.reports[ref]
	r.Features.Traits = []gait.TraitValue{traitFor(gait.TwinSession, sid(8).String()), traitFor(gait.TwinPaths, "4/5"), traitFor(gait.TwinRhythm, "0/2")}
	h.sessions.reports[ref] = r
	var got related
	h.ok(&got, "viewer", "GET", "/sessions/"+sid(7).String()+"/related")
	if len(got.User) != 9 || got.User[0].ID != sid(1).String() || len(got.Twins) != 1 || got.Twins[0].ID != sid(8).String() || got.Twins[0].What != "trajectory" {
		t.Errorf("%+v", got)
	}
	for _, gone := range []string{sid(500).String(), "nonsense"} {
		r.Features.Traits[0] = traitFor(gait.TwinSession, gone)
		h.ok(&got, "viewer", "GET", "/sessions/"+sid(7).String()+"/related")
		if len(got.Twins) != 0 {
			t.Errorf("%+v", got.Twins)
		}
	}
}

// TestRowOf finds rows at the edges of what ids may be.
func TestRowOf(t *testing.T) {
	h := newHouse(t)
	d := dialect{Config: h.config}
	top := gait.SessionID(slices.Repeat([]byte{0xff}, 16))
	carry := gait.SessionID{0: 1, 15: 0xff}
	var rows []gait.SessionRow
	for _, id := range []gait.SessionID{{}, {15: 1}, carry, top} {
		rows = append(rows, h.row(1, 0, 0, func(r *gait.SessionRow) { r.Session = id }))
	}
	h.put(rows...)
	for _, want := range rows {
		got, err := d.rowOf(t.Context(), 1, want.Session, want.Started)
		if err != nil || got.Session != want.Session {
			t.Errorf("%s: %s, %v", want.Session, got.Session, err)
		}
	}
	if _, err := d.rowOf(t.Context(), 1, gait.SessionID{15: 2}, rows[0].Started); gait.CodeOf(err) != gait.NotFound {
		t.Error(err)
	}
}
