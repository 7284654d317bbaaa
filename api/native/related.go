package native

import (
	"slices"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// related are sessions that have something to do with one.
type related struct {
	User  []row  `json:"user"`  // others of the same user, newest first
	Twins []twin `json:"twins"` // that behave the same
}

// twin is a session in which the same behaviour was seen.
type twin struct {
	row
	What string `json:"what"` // trajectory or rhythm
}

// relatedUser is how many sessions of the same user are listed.
const relatedUser = 20

func (d dialect) related(c *api.Call) (any, error) {
	if p := read(c); p.err != nil {
		return nil, p.err
	}
	r, err := c.Report(d.Sessions, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	ctx, w := c.Request.Context(), c.Workspace.ID
	out := related{User: []row{}, Twins: []twin{}}
	if r.Features.UserID != "" {
		rows, err := d.Sessions.Sessions(ctx, gait.SessionQuery{Workspace: w, UserID: r.Features.UserID, Limit: relatedUser + 1})
		if err != nil {
			return nil, err
		}
		rows = slices.DeleteFunc(rows, func(o gait.SessionRow) bool { return o.Session == r.Session })
		if out.User, err = d.rows(c, rows[:min(len(rows), relatedUser)]); err != nil {
			return nil, err
		}
	}
	out.Twins, err = d.twins(c, &r.Features)
	return out, err
}

// twins lists the session that this one is like, as package twin found it. It may
// be deleted by now.
func (d dialect) twins(c *api.Call, f *gait.Features) ([]twin, error) {
	out := []twin{}
	text, ok := f.Trait(gait.TwinSession)
	if !ok {
		return out, nil
	}
	id, err := gait.ParseSessionID(text)
	if err != nil {
		return out, nil
	}
	other, err := c.Report(d.Sessions, text)
	if gait.CodeOf(err) == gait.NotFound {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	stored, err := d.rowOf(c.Request.Context(), c.Workspace.ID, id, other.Features.Started)
	if gait.CodeOf(err) == gait.NotFound {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	rows, err := d.rows(c, []gait.SessionRow{stored})
	if err != nil {
		return nil, err
	}
	for _, k := range []struct{ fact, what string }{{gait.TwinPaths, "trajectory"}, {gait.TwinRhythm, "rhythm"}} {
		if n, ok := f.Trait(k.fact); ok && !strings.HasPrefix(n, "0/") {
			out = append(out, twin{rows[0], k.what})
		}
	}
	return out, nil
}

// checkBody is a check as it is listed.
type checkBody struct {
	Key    string `json:"key"`
	Title  string `json:"title"`
	Group  string `json:"group"`
	Fact   bool   `json:"fact"`
	Device bool   `json:"device"`
}

// allChecks lists the checks in the order of the letters of verdicts.
func (d dialect) allChecks(c *api.Call) (any, error) {
	if p := read(c); p.err != nil {
		return nil, p.err
	}
	out := list[checkBody]{Items: make([]checkBody, len(d.Checks))}
	for i, k := range d.Checks {
		out.Items[i] = checkBody{k.Key, k.Title, string(k.Group), k.Fact, k.Device}
	}
	return out, nil
}
