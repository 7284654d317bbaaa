package judge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
	"unique"

	"github.com/mileusna/useragent"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/risk"
	"github.com/gaithq/gait/session"
)

// Sessions lists rows, after bringing those that are behind up to date as far as
// that can be done.
func (j *Judge) Sessions(ctx context.Context, q gait.SessionQuery) ([]gait.SessionRow, error) {
	if err := j.CatchUp(ctx); err != nil && ctx.Err() == nil { // who gave up is shown nothing
		j.cfg.Logger.Error("a list is shown with rows that are behind", "err", err)
	}
	return j.cfg.Store.Sessions(ctx, q)
}

// Run brings rows up to date until ctx ends.
func (j *Judge) Run(ctx context.Context) {
	tick := time.NewTicker(j.cfg.Every)
	defer tick.Stop()
	checked := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := j.CatchUp(ctx)
		if err == nil && !checked {
			err = j.checkVersions(ctx)
			checked = err == nil
		}
		if err == nil {
			err = j.deriveAgain(ctx, j.cfg.Every/2)
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			j.cfg.Logger.Error("session rows are behind", "err", err)
		}
	}
}

// A call of CatchUp derives at most catchUpRounds times catchUpRows rows, so
// that sessions which keep growing cannot hold it up for ever.
const (
	catchUpRows   = 500
	catchUpRounds = 20
)

// CatchUp derives the rows of sessions that grew since theirs was made.
func (j *Judge) CatchUp(ctx context.Context) error {
	j.rows.Lock()
	defer j.rows.Unlock()
	for range catchUpRounds {
		refs, err := j.cfg.Store.Stale(ctx, catchUpRows)
		if err != nil {
			return fmt.Errorf("find sessions that are behind: %w", err)
		}
		rows, err := j.derive(ctx, refs)
		if err != nil {
			return err
		}
		j.feed.tell(rows)
		if len(refs) < catchUpRows {
			return nil
		}
	}
	return nil
}

// derive makes and stores the rows of sessions. Those that were deleted meanwhile
// get none.
func (j *Judge) derive(ctx context.Context, refs []gait.SessionRef) ([]gait.SessionRow, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	rows := make([]gait.SessionRow, 0, len(refs))
	for _, ref := range refs {
		row, err := j.row(ctx, ref)
		if err != nil {
			return nil, err
		}
		if row.Batches > 0 {
			rows = append(rows, row)
		}
	}
	if err := j.cfg.Store.PutSessions(ctx, rows); err != nil {
		return nil, fmt.Errorf("store session rows: %w", err)
	}
	return rows, nil
}

// row derives a session's row from memory, or from the store where memory is
// behind. One of no batches is of a session that is not there.
func (j *Judge) row(ctx context.Context, ref gait.SessionRef) (gait.SessionRow, error) {
	rules, err := j.rules(ctx, ref.Workspace)
	if err != nil {
		return gait.SessionRow{}, err
	}
	stored, err := j.cfg.Store.CountBatches(ctx, ref.Workspace, ref.Session)
	if err != nil {
		return gait.SessionRow{}, fmt.Errorf("count batches of %s: %w", ref.Session, err)
	}
	if stored == 0 {
		return gait.SessionRow{}, nil
	}
	if s, ok := j.live.Peek(ref); ok {
		s.Lock()
		if s.batches >= stored {
			f, routes, n := copyOf(s.state.Features()), s.routes.list(), s.batches
			s.Unlock()
			return j.rowOf(ref, &f, routes, n, rules), nil
		}
		s.Unlock()
	}
	batches, err := read(ctx, j.cfg.Store, ref, j.unreadable)
	if err != nil {
		return gait.SessionRow{}, err
	}
	f := copyOf(j.rebuild(batches).Features())
	// Records that cannot be read count: the row cannot get better than this.
	return j.rowOf(ref, &f, routesOf(batches).list(), max(stored, len(batches)), rules), nil
}

func (j *Judge) rowOf(ref gait.SessionRef, f *gait.Features, routes []string, batches int, r rules) gait.SessionRow {
	answers := check.Judge(j.checks, f)
	all := slices.Concat(answers, check.Judge(j.beyond, f))
	a := risk.Assess(r.policy, all)
	actor, _ := check.Actor(f, answers, a)
	row := gait.SessionRow{
		SessionRef: ref, Batches: batches,
		Started: f.Started, Ended: f.Ended, LastArrival: f.LastArrival, Events: int(f.Events),
		Score: a.Score, PolicyVersion: r.row,
		URL: f.PageURL(), UserAgent: f.UserAgent(), UserID: f.UserID, UserName: f.UserName, UserURL: f.UserURL, Tags: f.Tags,
		Masked: a.Masked, Verdicts: risk.Verdicts(all), Actor: actor, Presence: check.Presence(f),
		Country: country(f), Routes: routes,
	}
	row.Device, row.Browser, row.OS = j.machine(row.UserAgent)
	for _, ans := range answers {
		if ans.Verdict == gait.Detected {
			row.Detected = append(row.Detected, ans.Check.Key)
		}
	}
	return row
}

// country returns where the visitor's address is thought to be, "" if that is not
// known or not two capitals.
func country(f *gait.Features) string {
	c, _ := f.Trait("ip.country")
	if len(c) != 2 || c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z' {
		return ""
	}
	return c
}

// Bounds on what is made of a user agent, in bytes: real ones are far below.
const (
	agentMax  = 1024 // read
	familyMax = 48   // kept of a browser's or a system's name
)

// kind is what a user agent says of a browser and what it runs on.
type kind struct{ device, browser, os string }

// machine reads a user agent; what it does not say is "".
func (j *Judge) machine(agent string) (device, browser, os string) {
	if agent == "" || len(agent) > agentMax {
		return "", "", ""
	}
	k, ok := j.agents.Get(agent)
	if !ok {
		k = parseAgent(agent)
		j.agents.Add(agent, k)
	}
	return k.device, k.browser, k.os
}

func parseAgent(agent string) kind {
	ua := useragent.Parse(agent)
	k := kind{device: "other", browser: shortened(ua.Name, familyMax), os: shortened(ua.OS, familyMax)}
	switch {
	case ua.Bot:
	case ua.Tablet:
		k.device = "tablet"
	case ua.Mobile:
		k.device = "phone"
	case ua.Desktop:
		k.device = "desktop"
	}
	return k
}

// shortened returns at most n bytes of s, in whole characters.
func shortened(s string, n int) string {
	if len(s) > n {
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}

// routeMax is how many bytes of a path are kept.
const routeMax = 256

// routes are paths of the pages that a session saw, in alphabetical order, the
// first gait.MaxRoutes of them: which these are does not depend on when batches came.
type routes []unique.Handle[string]

func routesOf(batches []gait.Batch) routes {
	var r routes
	for i := range batches {
		r.add(&batches[i])
	}
	return r
}

// add takes in the paths of a batch.
func (r *routes) add(b *gait.Batch) {
	for i := range b.Events {
		if e := &b.Events[i]; e.Kind == gait.Open || e.Kind == gait.Navigate {
			r.insert(shortened(session.Path(e.Text), routeMax))
		}
	}
}

func (r *routes) insert(path string) {
	at, found := slices.BinarySearchFunc(*r, path, func(h unique.Handle[string], p string) int {
		return cmp.Compare(h.Value(), p)
	})
	if found || path == "" || at == gait.MaxRoutes {
		return
	}
	*r = slices.Insert(*r, at, unique.Make(path))
	*r = (*r)[:min(len(*r), gait.MaxRoutes)]
}

func (r routes) list() []string {
	paths := make([]string, len(r))
	for i, h := range r {
		paths[i] = h.Value()
	}
	return paths
}
