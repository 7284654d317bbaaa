package judge

import (
	"context"
	"fmt"
	"sync"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/risk"
)

// Policies is where workspaces' own policies and settings come from.
type Policies interface {
	// Policy returns the newest; NotFound if the workspace has none of its own.
	Policy(ctx context.Context, w gait.WorkspaceID) (gait.PolicyVersion, error)
	Settings(ctx context.Context, w gait.WorkspaceID) (gait.Settings, error)
	Workspaces(ctx context.Context) ([]gait.Workspace, error)
}

// VersionStep is what each version of a workspace's own policy adds to the version
// that a row names, so that it differs from those of all other policies.
const VersionStep = 1000

// rules are what a workspace's sessions are judged by.
type rules struct {
	policy      risk.Policy
	row         int // version that rows name
	monitorOnly bool
}

// rulebook remembers rules until it is told that they changed.
type rulebook struct {
	mu      sync.Mutex
	known   map[gait.WorkspaceID]rules
	changes int // so that what was read before a change is not kept after it
	behind  map[gait.WorkspaceID]bool
}

// rules returns those of a workspace. A policy that cannot be read, as it names a
// check that there is no longer, is told of in the log, and the usual one holds.
func (j *Judge) rules(ctx context.Context, w gait.WorkspaceID) (rules, error) {
	usual := rules{policy: j.policy, row: j.policy.Version}
	if j.cfg.Policies == nil {
		return usual, nil
	}
	b := &j.book
	b.mu.Lock()
	r, ok := b.known[w]
	changes := b.changes
	b.mu.Unlock()
	if ok {
		return r, nil
	}
	r = usual
	settings, err := j.cfg.Policies.Settings(ctx, w)
	if err != nil {
		return rules{}, fmt.Errorf("settings of workspace %d: %w", w, err)
	}
	r.monitorOnly = settings.MonitorOnly
	switch own, err := j.cfg.Policies.Policy(ctx, w); {
	case gait.CodeOf(err) == gait.NotFound:
	case err != nil:
		return rules{}, fmt.Errorf("policy of workspace %d: %w", w, err)
	default:
		r.row += own.Version * VersionStep
		p, err := risk.Read(own.Body, j.policy)
		if err != nil {
			j.cfg.Logger.Error("a workspace's policy cannot be read; the usual one holds", "workspace", w, "version", own.Version, "err", err)
			break
		}
		r.policy = p
		r.policy.Version = own.Version
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changes == changes {
		b.known[w] = r
	}
	return r, nil
}

// PolicyChanged tells the judge that a workspace has another policy now. Reports
// use it from here on; rows are derived again by Run.
func (j *Judge) PolicyChanged(w gait.WorkspaceID) {
	j.SettingsChanged(w)
	j.book.mu.Lock()
	defer j.book.mu.Unlock()
	j.book.behind[w] = true
}

// SettingsChanged tells the judge that a workspace has other settings now.
func (j *Judge) SettingsChanged(w gait.WorkspaceID) {
	j.book.mu.Lock()
	defer j.book.mu.Unlock()
	delete(j.book.known, w)
	j.book.changes++
}

// advise makes every recommendation Auto-accept's where a workspace only watches.
func (r rules) advise(report *gait.Report) {
	if r.monitorOnly {
		report.MonitorOnly = true
		report.Assessment.Action = gait.AutoAccept
	}
}
