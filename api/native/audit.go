package native

import (
	"context"
	"fmt"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// Audit keeps who changed what.
type Audit interface {
	Audit(ctx context.Context, entries []gait.AuditEntry) error
	AuditLog(ctx context.Context, w gait.WorkspaceID, before int64, limit int) ([]gait.AuditEntry, error)
}

// detailMax is the most bytes of what an entry says in words.
const detailMax = 500

// audit notes what the caller did. Where that fails, so does the call: a change
// that nobody can trace is worth an alarm.
func (d dialect) audit(c *api.Call, action, subject, format string, args ...any) error {
	detail := fmt.Sprintf(format, args...)
	name := c.Principal.Name
	if c.Principal.Account == 0 {
		name = strings.TrimSpace("key " + c.Key.Hint + " " + name)
	}
	// A client that hangs up just then must not leave a change without its entry.
	err := d.Store.Audit(context.WithoutCancel(c.Request.Context()), []gait.AuditEntry{{
		Workspace: c.Workspace.ID, At: c.Now.UnixMilli(), By: c.Principal.Account, ByName: name,
		Action: action, Subject: shorten(subject, detailMax), Detail: shorten(detail, detailMax),
	}})
	if err != nil {
		return fmt.Errorf("note %s in the audit log: %w", action, err)
	}
	return nil
}

// shorten cuts a text to at most so many bytes.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	const dots = "…"
	return strings.ToValidUTF8(s[:most-len(dots)], "") + dots
}

type auditEntry struct {
	ID      int64  `json:"id"`
	At      int64  `json:"at"` // Unix ms
	By      string `json:"by"` // "" for the command line
	Action  string `json:"action"`
	Subject string `json:"subject"`
	Detail  string `json:"detail"`
}

func (d dialect) auditLog(c *api.Call) (any, error) {
	p := read(c, "cursor", "limit")
	before, limit := p.numberPlace(auditCursor, c.Workspace.ID), p.limit()
	if p.err != nil {
		return nil, p.err
	}
	entries, err := d.Store.AuditLog(c.Request.Context(), c.Workspace.ID, before, limit+1)
	if err != nil {
		return nil, err
	}
	out := list[auditEntry]{Items: []auditEntry{}}
	if len(entries) > limit {
		entries = entries[:limit]
		out.Next = numberCursor(auditCursor, c.Workspace.ID, entries[limit-1].ID)
	}
	for _, e := range entries {
		out.Items = append(out.Items, auditEntry{e.ID, e.At, e.ByName, e.Action, e.Subject, e.Detail})
	}
	return out, nil
}
