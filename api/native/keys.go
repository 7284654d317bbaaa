package native

import (
	"context"
	"slices"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// Keys keeps a workspace's API keys.
type Keys interface {
	CreateKey(ctx context.Context, k gait.Key) error
	Keys(ctx context.Context, w gait.WorkspaceID) ([]gait.Key, error)
	RevokeKey(ctx context.Context, w gait.WorkspaceID, hash [32]byte, at int64) error
}

type keyBody struct {
	ID         string       `json:"id"`
	Dialect    gait.Dialect `json:"dialect"`
	Hint       string       `json:"hint"`
	Name       string       `json:"name"`
	Scopes     []string     `json:"scopes"`
	CreatedAt  string       `json:"created_at"`
	ExpiresAt  *string      `json:"expires_at"`
	LastUsedAt *string      `json:"last_used_at"` // to the minute
	RevokedAt  *string      `json:"revoked_at"`
	By         *keyMaker    `json:"by"` // null for the command line
}

// keyMaker is the account that a key was made by, or that made the key it was made by.
type keyMaker struct {
	ID   gait.AccountID `json:"id"`
	Name string         `json:"name"`
	Role *gait.Role     `json:"role"` // in this workspace by now; null for who has left it
}

// newKey is the answer that shows the key, once.
type newKey struct {
	keyBody
	Key string `json:"key"`
}

func keyOf(k *gait.Key, by *keyMaker) keyBody {
	return keyBody{
		By: by,
		ID: k.ID(), Dialect: k.Dialect, Hint: k.Hint, Name: k.Name, Scopes: orEmpty(k.Scopes), CreatedAt: api.Time(k.Created),
		ExpiresAt: timeOrNull(k.Expires), LastUsedAt: timeOrNull(k.LastUsed), RevokedAt: timeOrNull(k.Revoked),
	}
}

// makers returns who made each of some keys, by account.
func (d dialect) makers(ctx context.Context, w gait.WorkspaceID, keys []gait.Key) (map[gait.AccountID]*keyMaker, error) {
	members, err := d.Store.Members(ctx, w)
	if err != nil {
		return nil, err
	}
	roles := map[gait.AccountID]*gait.Role{}
	for _, m := range members {
		roles[m.Account] = &m.Role
	}
	makers := map[gait.AccountID]*keyMaker{0: nil}
	for _, k := range keys {
		if _, known := makers[k.By]; known {
			continue
		}
		a, err := d.Store.AccountByID(ctx, k.By)
		if err != nil && gait.CodeOf(err) != gait.NotFound {
			return nil, err
		}
		makers[k.By] = &keyMaker{ID: k.By, Name: a.Name, Role: roles[k.By]}
	}
	return makers, nil
}

func (d dialect) keys(c *api.Call) (any, error) {
	if p := read(c); p.err != nil {
		return nil, p.err
	}
	ctx := c.Request.Context()
	all, err := d.Store.Keys(ctx, c.Workspace.ID)
	if err != nil {
		return nil, err
	}
	makers, err := d.makers(ctx, c.Workspace.ID, all)
	if err != nil {
		return nil, err
	}
	out := list[keyBody]{Items: []keyBody{}}
	for i := range slices.Backward(all) { // newest first
		out.Items = append(out.Items, keyOf(&all[i], makers[all[i].By]))
	}
	return out, nil
}

// Bounds on keys.
const (
	keyNameMax = 200 // bytes
	keyDays    = 3650
	keysOpen   = 500 // that are not revoked, in one workspace
)

func (d dialect) createKey(c *api.Call) (any, error) {
	var body struct {
		Dialect gait.Dialect `json:"dialect"`
		Name    string       `json:"name"`
		Scopes  []string     `json:"scopes"`
		Days    int          `json:"days"` // 0 is without an end
	}
	if err := c.Body(&body); err != nil {
		return nil, err
	}
	name, err := oneLine("name", body.Name, keyNameMax)
	if err != nil {
		return nil, err
	}
	if name == "" {
		return nil, invalid("name", "want a name, so that it is known later what the key is for")
	}
	if body.Days < 0 || body.Days > keyDays {
		return nil, invalid("days", "want a whole number from 0, for a key without an end, to %d", keyDays)
	}
	scopes, err := scopesOf(body.Scopes)
	if err != nil {
		return nil, err
	}
	var text string
	var k gait.Key
	switch body.Dialect {
	case gait.Roundtable:
		text, k = api.NewSecretKey(c.Now)
	case gait.NotAI:
		text, k = api.NewNotAIKey(c.Now)
	default:
		return nil, invalid("dialect", "want %s or %s", gait.Roundtable, gait.NotAI)
	}
	if slices.Contains(scopes, gait.ScopeAdmin) {
		if err := c.Confirmed(); err != nil {
			return nil, err
		}
	}
	ctx := c.Request.Context()
	all, err := d.Store.Keys(ctx, c.Workspace.ID)
	if err != nil {
		return nil, err
	}
	if open := len(slices.DeleteFunc(all, func(k gait.Key) bool { return k.Revoked != 0 })); open >= keysOpen {
		return nil, gait.Errorf(gait.Invalid, "there are %d keys already: revoke some", open)
	}
	k.Workspace, k.Name, k.Scopes, k.Expires = c.Workspace.ID, name, scopes, expiry(c.Now, body.Days)
	k.By = c.Maker()
	makers, err := d.makers(ctx, c.Workspace.ID, []gait.Key{k})
	if err != nil {
		return nil, err
	}
	if err := d.Store.CreateKey(ctx, k); err != nil {
		return nil, err
	}
	if err := d.audit(c, "key.create", k.Hint, "%s, to %s, %s", name, strings.Join(scopes, " and "), lasting(body.Days)); err != nil {
		return nil, err
	}
	return newKey{keyOf(&k, makers[k.By]), text}, nil
}

// scopesOf returns what a key is to be for, by default reading.
func scopesOf(list []string) ([]string, error) {
	if len(list) == 0 {
		return []string{gait.ScopeRead}, nil
	}
	var scopes []string
	for _, s := range list {
		if s != gait.ScopeRead && s != gait.ScopeAdmin {
			return nil, invalid("scopes", "want %s or %s, or both", gait.ScopeRead, gait.ScopeAdmin)
		}
		if !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	slices.Sort(scopes)
	return scopes, nil
}

func (d dialect) revokeKey(c *api.Call) (any, error) {
	ctx, id := c.Request.Context(), c.PathValue("id")
	all, err := d.Store.Keys(ctx, c.Workspace.ID)
	if err != nil {
		return nil, err
	}
	for _, k := range all {
		if k.ID() != id {
			continue
		}
		if k.Revoked != 0 {
			return nil, nil
		}
		if err := d.Store.RevokeKey(ctx, c.Workspace.ID, k.Hash, c.Now.UnixMilli()); err != nil {
			return nil, err
		}
		return nil, d.audit(c, "key.revoke", k.Hint, "%s", k.Name)
	}
	return nil, gait.Errorf(gait.NotFound, "there is no such key in this workspace")
}

// endKeys revokes the keys that a member made who is losing a place or a role, of
// those that pass. A key that was revoked or has expired stays as it is.
func (d dialect) endKeys(c *api.Call, by gait.AccountID, why string, pass func(*gait.Key) bool) error {
	ctx, now := c.Request.Context(), c.Now.UnixMilli()
	all, err := d.Store.Keys(ctx, c.Workspace.ID)
	if err != nil {
		return err
	}
	for _, k := range all {
		if k.By != by || k.Revoked != 0 || k.Expires != 0 && k.Expires <= now || !pass(&k) {
			continue
		}
		if err := d.Store.RevokeKey(ctx, c.Workspace.ID, k.Hash, now); err != nil {
			return err
		}
		if err := d.audit(c, "key.revoke", k.Hint, "%s, since its maker %s", k.Name, why); err != nil {
			return err
		}
	}
	return nil
}
