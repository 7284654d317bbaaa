package native

import (
	"context"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// Labels keeps what people said of sessions.
type Labels interface {
	PutLabel(ctx context.Context, w gait.WorkspaceID, l gait.LabelOf) error
	LabelOf(ctx context.Context, w gait.WorkspaceID, s gait.SessionID) (gait.LabelOf, error)
}

// label is what somebody who looked at a session says it was.
type label struct {
	Label string `json:"label"` // "" if it was taken away
	By    string `json:"by"`
	At    int64  `json:"at"` // Unix ms
}

// sessionID reads the id in the path. What cannot be an id is one that nobody has.
func sessionID(c *api.Call) (gait.SessionID, error) {
	id, err := gait.ParseSessionID(c.PathValue("id"))
	if err != nil {
		return id, api.ErrNoSession()
	}
	return id, nil
}

func (d dialect) setLabel(c *api.Call) (any, error) {
	id, err := sessionID(c)
	if err != nil {
		return nil, err
	}
	var body struct {
		Label *string `json:"label"`
	}
	if err := c.Body(&body); err != nil {
		return nil, err
	}
	if body.Label == nil || *body.Label != "" && !slices.Contains(labels, *body.Label) {
		return nil, invalid("label", "want one of %q, or nothing to take it away", labels)
	}
	ctx := c.Request.Context()
	if _, err := c.Report(d.Sessions, id.String()); err != nil {
		return nil, err
	}
	l := gait.LabelOf{Session: id, Label: gait.Label(*body.Label), At: c.Now.UnixMilli(), By: c.Principal.Account, ByName: c.Principal.Name}
	err = d.Store.PutLabel(ctx, c.Workspace.ID, l)
	if gait.CodeOf(err) == gait.NotFound {
		// A session is judged at once, and its row made a moment later.
		if _, err := d.Sessions.Sessions(ctx, gait.SessionQuery{Workspace: c.Workspace.ID, Limit: 1}); err != nil {
			return nil, err
		}
		err = d.Store.PutLabel(ctx, c.Workspace.ID, l)
	}
	if gait.CodeOf(err) == gait.NotFound {
		return nil, api.ErrNoSession()
	}
	if err != nil {
		return nil, err
	}
	what := "taken away"
	if l.Label != "" {
		what = string(l.Label)
	}
	return label{string(l.Label), l.ByName, l.At}, d.audit(c, "label.set", id.String(), "%s", what)
}

// labelOf returns a session's label, nil if it has none.
func (d dialect) labelOf(ctx context.Context, w gait.WorkspaceID, s gait.SessionID) (*label, error) {
	l, err := d.Store.LabelOf(ctx, w, s)
	if gait.CodeOf(err) == gait.NotFound || err == nil && l.Label == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &label{string(l.Label), l.ByName, l.At}, nil
}
