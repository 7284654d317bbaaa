package native

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

type invitation struct {
	ID        string    `json:"id"`
	Role      gait.Role `json:"role"`
	Note      string    `json:"note"`
	By        string    `json:"by"` // "" for the command line, or a key that it made
	CreatedAt string    `json:"created_at"`
	ExpiresAt string    `json:"expires_at"`
	UsedAt    *string   `json:"used_at"`
	RevokedAt *string   `json:"revoked_at"`
}

// newInvitation is the answer that shows the link, once.
type newInvitation struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// Bounds on invitations.
const (
	invitationDays     = 7 // unless said otherwise
	invitationDaysMost = 30
	invitationsOpen    = 200 // at a time, in one workspace
	dayTime            = 24 * time.Hour
)

// invitationID names an invitation to people, who cannot be asked for its token.
func invitationID(hash [32]byte) string { return hex.EncodeToString(hash[:8]) }

func (d dialect) invitations(c *api.Call) (any, error) {
	if p := read(c); p.err != nil {
		return nil, p.err
	}
	ctx := c.Request.Context()
	all, err := d.Store.Invitations(ctx, c.Workspace.ID)
	if err != nil {
		return nil, err
	}
	names := map[gait.AccountID]string{0: ""}
	out := list[invitation]{Items: []invitation{}}
	for _, i := range all {
		by, known := names[i.By]
		if !known {
			a, err := d.Store.AccountByID(ctx, i.By)
			if err != nil && gait.CodeOf(err) != gait.NotFound {
				return nil, err
			}
			by = a.Name
			names[i.By] = by
		}
		out.Items = append(out.Items, invitation{
			ID: invitationID(i.Hash), Role: i.Role, Note: i.Note, By: by,
			CreatedAt: api.Time(i.Created), ExpiresAt: api.Time(i.Expires), UsedAt: timeOrNull(i.Used), RevokedAt: timeOrNull(i.Revoked),
		})
	}
	return out, nil
}

func (d dialect) invite(c *api.Call) (any, error) {
	var body struct {
		Role gait.Role `json:"role"`
		Note string    `json:"note"`
		Days *int      `json:"days"`
	}
	if err := c.Body(&body); err != nil {
		return nil, err
	}
	if err := checkRole(body.Role); err != nil {
		return nil, err
	}
	note, err := oneLine("note", body.Note, noteMax)
	if err != nil {
		return nil, err
	}
	if body.Role == gait.Owner {
		if err := c.Confirmed(); err != nil {
			return nil, err
		}
	}
	days := invitationDays
	if body.Days != nil {
		if days = *body.Days; days < 1 || days > invitationDaysMost {
			return nil, invalid("days", "want a whole number from 1 to %d", invitationDaysMost)
		}
	}
	ctx, now := c.Request.Context(), c.Now.UnixMilli()
	all, err := d.Store.Invitations(ctx, c.Workspace.ID)
	if err != nil {
		return nil, err
	}
	open := 0
	for _, i := range all {
		if i.Used == 0 && i.Revoked == 0 && i.Expires > now {
			open++
		}
	}
	if open >= invitationsOpen {
		return nil, gait.Errorf(gait.Invalid, "%d invitations are open already: revoke some", open)
	}
	link, i := d.Invite(c.Workspace.ID, body.Role, note, c.Maker(), c.Now, time.Duration(days)*dayTime)
	if err := d.Store.CreateInvitation(ctx, i); err != nil {
		return nil, err
	}
	if err := d.audit(c, "invitation.create", note, "as %s, for %s", body.Role, inDays(days)); err != nil {
		return nil, err
	}
	return newInvitation{ID: invitationID(i.Hash), URL: link}, nil
}

// inDays writes a number of days in words.
func inDays(n int) string {
	if n == 1 {
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

func (d dialect) revokeInvitation(c *api.Call) (any, error) {
	ctx, id := c.Request.Context(), c.PathValue("id")
	all, err := d.Store.Invitations(ctx, c.Workspace.ID)
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if invitationID(i.Hash) != id {
			continue
		}
		if i.Used != 0 {
			return nil, gait.Errorf(gait.Conflict, "this invitation was used already: remove the member instead")
		}
		if i.Revoked != 0 {
			return nil, nil
		}
		if err := d.Store.RevokeInvitation(ctx, c.Workspace.ID, i.Hash, c.Now.UnixMilli()); err != nil {
			return nil, err
		}
		return nil, d.audit(c, "invitation.revoke", i.Note, "as %s", i.Role)
	}
	return nil, gait.Errorf(gait.NotFound, "there is no such invitation in this workspace")
}

// expiry returns when something ends that lasts so many days, 0 for never.
func expiry(now time.Time, days int) int64 {
	if days == 0 {
		return 0
	}
	return now.Add(time.Duration(days) * dayTime).UnixMilli()
}

// lasting says how long something lasts.
func lasting(days int) string {
	if days == 0 {
		return "without an end"
	}
	return fmt.Sprintf("for %s", inDays(days))
}
