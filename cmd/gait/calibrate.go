package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/mileusna/useragent"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/calibrate"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/judge"
	"github.com/gaithq/gait/risk"
)

type calibrateCmd struct {
	ofWorkspace `embed:""`
	Days        int     `help:"How many days back to look." default:"30"`
	Most        int     `help:"Look at this many sessions at most, the newest." default:"50000"`
	Budget      float64 `help:"Largest share of people, in percent, who may come to manual review." default:"1"`
	Policy      string  `help:"The policy in use, as serve has it. Without it, the workspace's own, or the one that gait comes with." placeholder:"FILE"`
	Write       string  `help:"Write the proposed policy, for serve --policy." placeholder:"FILE"`

	Drift      bool `help:"Only compare the last days with those before, and exit with 3 if a check's rate moved."`
	RecentDays int  `help:"How many days count as the last ones." default:"7"`
}

// errDrift ends the process with a status of its own, for those who run the command
// by the clock.
var errDrift = errors.New("the rate of a check moved")

// Run looks at a workspace's own sessions. It changes nothing in its folder.
func (c *calibrateCmd) Run(ctx context.Context, w *world) error {
	switch {
	case c.Days < 1 || c.Days > 3650 || c.Most < 1 || c.RecentDays < 1 || c.RecentDays >= c.Days:
		return gait.Errorf(gait.Invalid, "--days, --most and --recent-days must be at least 1, and --recent-days below --days")
	case !(c.Budget > 0 && c.Budget < 100):
		return gait.Errorf(gait.Invalid, "--budget is a percentage above 0 and below 100")
	}
	policy, err := policyOf(c.Policy)
	if err != nil {
		return err
	}
	now := time.Now()
	sessions, own, err := c.sessions(ctx, now)
	if err != nil {
		return err
	}
	if c.Policy == "" && own != nil {
		if policy, err = risk.Read(own, policy); err != nil {
			return err
		}
	}
	drifts := calibrate.Drifts(sessions, now.AddDate(0, 0, -c.RecentDays).UnixMilli())
	if c.Drift {
		return c.tell(w, drifts)
	}
	p, err := calibrate.Propose(sessions, policy, calibrate.Budget{Review: c.Budget / 100})
	if err != nil {
		return err
	}
	if c.Write != "" {
		raw, err := risk.Write(p.Policy, risk.Default())
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.Write, raw, 0o644); err != nil {
			return gait.Wrap(err, gait.Unavailable, "--write")
		}
	}
	if c.JSON {
		return printJSON(w.out, struct {
			calibrate.Proposal
			Drifts []calibrate.Drift `json:"drifts"`
		}{p, append([]calibrate.Drift{}, drifts...)})
	}
	return c.print(w, &p, drifts)
}

// policyOf returns the policy that a file makes of our own.
func policyOf(path string) (risk.Policy, error) {
	if path == "" {
		return risk.Default(), nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return risk.Policy{}, gait.Wrap(err, gait.Invalid, "--policy")
	}
	p, err := risk.Read(raw, risk.Default())
	if err != nil {
		return risk.Policy{}, gait.Wrap(err, gait.Invalid, "--policy "+path)
	}
	return p, nil
}

// sessions judges what is stored of the workspace anew, beside a running server, and
// returns its own policy too, nil if it has none.
func (c *calibrateCmd) sessions(ctx context.Context, now time.Time) (list []calibrate.Session, own []byte, err error) {
	store, workspaces, err := c.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if len(workspaces) != 1 {
		return nil, nil, gait.Errorf(gait.Invalid, "say which --workspace: %s", named(workspaces))
	}
	ws := workspaces[0]
	newest, err := store.Policy(ctx, ws.ID)
	if err != nil && gait.CodeOf(err) != gait.NotFound {
		return nil, nil, err
	}
	own = newest.Body
	const page = 500
	q := gait.SessionQuery{Workspace: ws.ID, Limit: page, StartedSince: now.AddDate(0, 0, -c.Days).UnixMilli()}
	checks := check.All()
	for len(list) < c.Most {
		rows, err := store.Sessions(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		for _, row := range rows {
			if len(list) == c.Most {
				break
			}
			f, err := judge.Fold(ctx, store, row.SessionRef)
			if err != nil {
				return nil, nil, err
			}
			ua := useragent.Parse(f.UserAgent())
			list = append(list, calibrate.Session{
				ID: row.Session, Person: f.UserID, Started: f.Started, Label: row.Label,
				Browser: fmt.Sprintf("%s %d", ua.Name, ua.VersionNo.Major),
				Answers: slim(check.Judge(checks, &f)),
			})
		}
		if len(rows) < page {
			break
		}
		last := rows[len(rows)-1]
		q.After = gait.Cursor{Started: last.Started, Session: last.Session}
	}
	return list, own, nil
}

// slim keeps of answers what is counted.
func slim(answers []gait.Answer) []gait.Answer {
	for i := range answers {
		answers[i] = gait.Answer{Check: answers[i].Check, Verdict: answers[i].Verdict}
	}
	return answers
}

// tell prints what moved.
func (c *calibrateCmd) tell(w *world, drifts []calibrate.Drift) error {
	if c.JSON {
		if err := printJSON(w.out, struct {
			Drifts []calibrate.Drift `json:"drifts"`
		}{append([]calibrate.Drift{}, drifts...)}); err != nil {
			return err
		}
	} else if err := c.printDrifts(w, drifts); err != nil {
		return err
	}
	if len(drifts) > 0 {
		return errDrift
	}
	return nil
}

func (c *calibrateCmd) printDrifts(w *world, drifts []calibrate.Drift) error {
	if len(drifts) == 0 {
		_, err := fmt.Fprintf(w.out, "No check's rate moved in the last %d days.\n", c.RecentDays)
		return err
	}
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "MOVED\tBEFORE\tLAST DAYS\tCHANCE\tMOSTLY IN")
	for _, d := range drifts {
		fmt.Fprintf(t, "%s\t%.1f %% of %d\t%.1f %% of %d\t%.1g\t%s\n", d.Check, 100*d.Before.Share(), d.Before.Of, 100*d.After.Share(), d.After.Of, d.P, d.Browser)
	}
	return t.Flush()
}

// flipsShown is how many sessions are listed; --json lists them all.
const flipsShown = 20

func (c *calibrateCmd) print(w *world, p *calibrate.Proposal, drifts []calibrate.Drift) error {
	fmt.Fprintf(w.out, "%d sessions of the last %d days, %d people; left out %d sessions whose browser says that it is automated.\n\n",
		p.Sessions, c.Days, p.People, p.Excluded)
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CHECK\tPEOPLE FLAGGED\tAT MOST\tWEIGHT\tPROPOSED\t")
	for _, k := range p.Checks {
		proposed := "as it is"
		if k.Proposed != k.Weight {
			proposed = fmt.Sprintf("%.2f", k.Proposed)
		}
		fmt.Fprintf(t, "%s\t%d of %d\t%.2f %%\t%.2f\t%s\t%s\n", k.Key, k.Flagged, k.Seen, 100*k.High, k.Weight, proposed, k.Why)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w.out, "\nManual review from a score of %d (now %d). People who come to it: %.2f %% (now %.2f %%, budget %.2f %%).\n",
		p.Bands.Proposed, p.Bands.Review, 100*p.After.Review, 100*p.Before.Review, c.Budget)
	if !p.Feasible {
		fmt.Fprintln(w.out, "No score keeps to the budget.")
	}
	for _, l := range []struct {
		of string
		calibrate.Labelled
	}{{"person", p.Labelled.People}, {"machine", p.Labelled.Machines}} {
		if l.Sessions > 0 {
			fmt.Fprintf(w.out, "Of %d sessions labelled %s, %d come to it (now %d).\n", l.Sessions, l.of, l.After, l.Before)
		}
	}
	fmt.Fprintf(w.out, "%d sessions would get other advice.\n", len(p.Flips))
	if len(p.Flips) > 0 {
		fmt.Fprintln(t, "SESSION\tSTARTED\tSCORE\tADVICE")
		for _, f := range p.Flips[:min(flipsShown, len(p.Flips))] {
			fmt.Fprintf(t, "%s\t%s\t%d → %d\t%s → %s\n", f.Session, time.UnixMilli(f.Started).UTC().Format(time.DateTime), f.From, f.To, f.Before, f.After)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	fmt.Fprintln(w.out)
	if err := c.printDrifts(w, drifts); err != nil {
		return err
	}
	if c.Write == "" {
		_, err := fmt.Fprintln(w.out, "\nNothing was written. --write FILE writes the proposed policy.")
		return err
	}
	_, err := fmt.Fprintf(w.out, "\nWritten: %s. gait serve --policy %s uses it.\n", c.Write, c.Write)
	return err
}
