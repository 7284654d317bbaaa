package native

import (
	"context"
	"maps"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/risk"
)

// Judged is told of changes that decide how sessions are judged.
type Judged interface {
	// PolicyChanged says that the workspace's policy is another one now.
	PolicyChanged(w gait.WorkspaceID)
	// SettingsChanged says that other settings hold for the workspace now.
	SettingsChanged(w gait.WorkspaceID)
}

// inUse is the policy of a workspace and the number of its version, 0 if it has
// none of its own.
type inUse struct {
	policy  risk.Policy
	version int
}

func (d dialect) policyOf(ctx context.Context, w gait.WorkspaceID) (inUse, error) {
	v, err := d.Store.Policy(ctx, w)
	if gait.CodeOf(err) == gait.NotFound {
		return inUse{policy: d.usual()}, nil
	}
	if err != nil {
		return inUse{}, err
	}
	p, err := d.stored(v)
	if err != nil {
		p = d.usual() // which then holds: see package judge
	}
	return inUse{p, v.Version}, nil
}

// usual is the policy of a workspace that has none of its own.
func (d dialect) usual() risk.Policy {
	if d.Policy != nil {
		return *d.Policy
	}
	return risk.Default()
}

// stored reads a version as it was saved. It fails with gait.Invalid if that names
// a check that there is no longer.
func (d dialect) stored(v gait.PolicyVersion) (risk.Policy, error) {
	return risk.Read(v.Body, d.usual())
}

// change is one number that differs between two policies.
type change struct {
	What string  `json:"what"`
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// changes lists what differs between two policies, weights first, in the order of
// the checks.
func (d dialect) changes(from, to risk.Policy) []change {
	out := []change{}
	add := func(what string, a, b float64) {
		if a != b {
			out = append(out, change{what, a, b})
		}
	}
	keys := slices.Sorted(maps.Keys(to.Weights))
	place := map[string]int{}
	for i, c := range d.Checks {
		place[c.Key] = i + 1
	}
	slices.SortStableFunc(keys, func(a, b string) int { return place[a] - place[b] })
	for _, key := range keys {
		a, b := from.Weights[key], to.Weights[key]
		add(key+".detected", a.Detected, b.Detected)
		add(key+".not_detected", a.NotDetected, b.NotDetected)
	}
	add("bands.monitor", float64(from.Bands.Monitor), float64(to.Bands.Monitor))
	add("bands.review", float64(from.Bands.Review), float64(to.Bands.Review))
	add("bands.reject", float64(from.Bands.Reject), float64(to.Bands.Reject))
	add("caps.facts", float64(from.Caps.Facts), float64(to.Caps.Facts))
	add("caps.one", float64(from.Caps.One), float64(to.Caps.One))
	add("caps.two", float64(from.Caps.Two), float64(to.Caps.Two))
	return out
}
