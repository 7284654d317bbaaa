package native

import (
	"context"
	"slices"
	"strconv"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// People knows who may sign in, and where.
type People interface {
	AccountByID(ctx context.Context, id gait.AccountID) (gait.Account, error)
	Members(ctx context.Context, w gait.WorkspaceID) ([]gait.Membership, error)
	PutMembership(ctx context.Context, m gait.Membership) error
	RemoveMembership(ctx context.Context, a gait.AccountID, w gait.WorkspaceID) error
	CreateInvitation(ctx context.Context, i gait.Invitation) error
	Invitations(ctx context.Context, w gait.WorkspaceID) ([]gait.Invitation, error)
	RevokeInvitation(ctx context.Context, w gait.WorkspaceID, hash [32]byte, at int64) error
}

type member struct {
	ID         gait.AccountID `json:"id"`
	Name       string         `json:"name"`
	Email      string         `json:"email"`
	Role       gait.Role      `json:"role"`
	SinceAt    string         `json:"since_at"`
	SignedInAt *string        `json:"signed_in_at"` // last; null is never
}

// timeOrNull writes a time of day (Unix ms), nil for 0.
func timeOrNull(ms int64) *string {
	if ms == 0 {
		return nil
	}
	s := api.Time(ms)
	return &s
}

func (d dialect) members(c *api.Call) (any, error) {
	if p := read(c); p.err != nil {
		return nil, p.err
	}
	ctx := c.Request.Context()
	memberships, err := d.Store.Members(ctx, c.Workspace.ID)
	if err != nil {
		return nil, err
	}
	out := list[member]{Items: []member{}}
	for _, m := range memberships {
		item, err := d.memberOf(ctx, m)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}

func (d dialect) memberOf(ctx context.Context, m gait.Membership) (member, error) {
	a, err := d.Store.AccountByID(ctx, m.Account)
	if err != nil {
		return member{}, err
	}
	return member{
		ID: a.ID, Name: a.Name, Email: a.Email, Role: m.Role,
		SinceAt: api.Time(m.Since), SignedInAt: timeOrNull(a.SignedIn),
	}, nil
}

// membership finds the member that the path names. Whoever is no member of the
// caller's workspace is nobody.
func (d dialect) membership(c *api.Call) (gait.Membership, error) {
	id, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	memberships, serr := d.Store.Members(c.Request.Context(), c.Workspace.ID)
	if serr != nil {
		return gait.Membership{}, serr
	}
	for _, m := range memberships {
		if err == nil && m.Account == gait.AccountID(id) {
			return m, nil
		}
	}
	return gait.Membership{}, gait.Errorf(gait.NotFound, "there is no such member of this workspace")
}

// roleWords are the roles, as they are written.
var roleWords = []gait.Role{gait.Viewer, gait.Analyst, gait.Owner}

func checkRole(r gait.Role) error {
	for _, known := range roleWords {
		if r == known {
			return nil
		}
	}
	return invalid("role", "want one of %q", roleWords)
}

func (d dialect) changeMember(c *api.Call) (any, error) {
	var body struct {
		Role       gait.Role `json:"role"`
		RevokeKeys bool      `json:"revoke_keys"` // those of the member's that may do more than the new role
	}
	if err := c.Body(&body); err != nil {
		return nil, err
	}
	if err := checkRole(body.Role); err != nil {
		return nil, err
	}
	m, err := d.membership(c)
	if err != nil {
		return nil, err
	}
	if err := c.Confirmed(); err != nil {
		return nil, err
	}
	ctx, before := c.Request.Context(), m.Role
	m.Role = body.Role
	if m.Role != before {
		if err := d.Store.PutMembership(ctx, m); err != nil {
			return nil, err
		}
	}
	out, err := d.memberOf(ctx, m)
	if err != nil || m.Role == before {
		return out, err
	}
	if err := d.audit(c, "member.role", out.Email, "from %s to %s", before, m.Role); err != nil || m.Role == gait.Owner {
		return out, err
	}
	if body.RevokeKeys {
		changes := func(k *gait.Key) bool { return slices.Contains(k.Scopes, gait.ScopeAdmin) }
		if err := d.endKeys(c, m.Account, "is "+string(m.Role)+" now", changes); err != nil {
			return nil, err
		}
	}
	return out, d.endInvitations(c, m.Account)
}

// endInvitations revokes the open invitations that a member made who owns the
// workspace no more: the links would lead back in.
func (d dialect) endInvitations(c *api.Call, by gait.AccountID) error {
	ctx, now := c.Request.Context(), c.Now.UnixMilli()
	all, err := d.Store.Invitations(ctx, c.Workspace.ID)
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.By != by || i.Used != 0 || i.Revoked != 0 || i.Expires <= now {
			continue
		}
		err := d.Store.RevokeInvitation(ctx, c.Workspace.ID, i.Hash, now)
		if gait.CodeOf(err) == gait.Invalid {
			continue // it was used just now
		}
		if err != nil {
			return err
		}
		if err := d.audit(c, "invitation.revoke", i.Note, "as %s, since its maker is no owner any more", i.Role); err != nil {
			return err
		}
	}
	return nil
}

func (d dialect) removeMember(c *api.Call) (any, error) {
	p := read(c, "revoke_keys")
	revoke := p.word("revoke_keys", "true", "false") == "true"
	if p.err != nil {
		return nil, p.err
	}
	m, err := d.membership(c)
	if err != nil {
		return nil, err
	}
	if err := c.Confirmed(); err != nil {
		return nil, err
	}
	a, err := d.Store.AccountByID(c.Request.Context(), m.Account)
	if err != nil {
		return nil, err
	}
	if err := d.Store.RemoveMembership(c.Request.Context(), m.Account, c.Workspace.ID); err != nil {
		return nil, err
	}
	if err := d.audit(c, "member.remove", a.Email, "was %s", m.Role); err != nil {
		return nil, err
	}
	if revoke {
		if err := d.endKeys(c, m.Account, "was removed", func(*gait.Key) bool { return true }); err != nil {
			return nil, err
		}
	}
	return nil, d.endInvitations(c, m.Account)
}
