package account

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/gaithq/gait"
)

// moment writes a time of day (Unix ms) as the API does.
func moment(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

// accountView is an account as its owner sees it.
type accountView struct {
	ID         gait.AccountID  `json:"id"`
	Email      string          `json:"email"`
	Name       string          `json:"name"`
	CreatedAt  string          `json:"created_at"`
	Password   bool            `json:"has_password"` // or else passkeys are the only way in
	Workspaces []workspaceView `json:"workspaces"`
	Passkeys   []passkeyView   `json:"passkeys"`
}

type workspaceView struct {
	ID            gait.WorkspaceID `json:"id"`
	Name          string           `json:"name"`
	Role          gait.Role        `json:"role"`
	IntegrationID string           `json:"integration_id"`
}

type passkeyView struct {
	ID         string  `json:"id"`
	Name       string  `json:"name"`
	CreatedAt  string  `json:"created_at"`
	LastUsedAt *string `json:"last_used_at"` // null if never
}

func viewOf(p gait.Passkey) passkeyView {
	v := passkeyView{ID: base64.RawURLEncoding.EncodeToString(p.ID), Name: p.Name, CreatedAt: moment(p.Created)}
	if p.LastUsed != 0 {
		used := moment(p.LastUsed)
		v.LastUsedAt = &used
	}
	return v
}

func (a *Accounts) view(ctx context.Context, who gait.Account) (any, error) {
	places, err := a.places(ctx, who.ID)
	if err != nil {
		return nil, err
	}
	keys, err := a.Store.Passkeys(ctx, who.ID)
	if err != nil {
		return nil, err
	}
	v := accountView{
		ID: who.ID, Email: who.Email, Name: who.Name, CreatedAt: moment(who.Created), Password: who.Password != "",
		Workspaces: []workspaceView{}, Passkeys: []passkeyView{},
	}
	for _, p := range places {
		v.Workspaces = append(v.Workspaces, workspaceView{p.workspace.ID, p.workspace.Name, p.role, p.workspace.IntegrationID})
	}
	for _, k := range keys {
		v.Passkeys = append(v.Passkeys, viewOf(k))
	}
	return v, nil
}

// show is GET /account.
func (a *Accounts) show(v *visit, who gait.Account) (any, error) { return a.view(v.r.Context(), who) }

// rename is PATCH /account.
func (a *Accounts) rename(v *visit, who gait.Account) (any, error) {
	var body struct {
		Name string `json:"name"`
	}
	if err := a.Read(v.r, &body); err != nil {
		return nil, err
	}
	name, err := checkName("name", body.Name)
	if err != nil {
		return nil, err
	}
	ctx := v.r.Context()
	if who, err = a.update(ctx, who.ID, func(x *gait.Account) { x.Name = name }); err != nil {
		return nil, err
	}
	return a.view(ctx, who)
}

// changePassword is POST /account/password. It signs all other browsers out. Who
// leaves the current password out has to have confirmed lately who they are.
func (a *Accounts) changePassword(v *visit, who gait.Account) (any, error) {
	var body struct {
		Current string `json:"current"`
		New     string `json:"new"`
	}
	if err := a.Read(v.r, &body); err != nil {
		return nil, err
	}
	if err := checkPassword("new", body.New, who.Email); err != nil {
		return nil, err
	}
	ctx := v.r.Context()
	if body.Current == "" {
		if err := v.sure(); err != nil {
			return nil, err
		}
	} else if err := v.knows(who, body.Current, "current"); err != nil {
		return nil, err
	}
	phc, err := a.hasher.hash(ctx, body.New)
	if err != nil {
		return nil, err
	}
	changed := false
	after, err := a.update(ctx, who.ID, func(x *gait.Account) {
		if changed = x.Epoch == who.Epoch; changed {
			x.Password = phc
			x.Epoch++
		}
	})
	if err != nil {
		return nil, err
	}
	if !changed {
		return nil, gait.Errorf(gait.Conflict, "your password was changed in another browser meanwhile")
	}
	if err := v.signIn(v.w, v.r, after); err != nil {
		return nil, err
	}
	a.audit(ctx, after, "account.password", "all other browsers are signed out")
	return nil, nil
}

// addPasskeyBegin is POST /account/passkeys/begin.
func (a *Accounts) addPasskeyBegin(v *visit, who gait.Account) (any, error) {
	if err := a.Read(v.r, &struct{}{}); err != nil {
		return nil, err
	}
	return a.beginAdding(v.r, who)
}

// addPasskey is POST /account/passkeys.
func (a *Accounts) addPasskey(v *visit, who gait.Account) (any, error) {
	var body struct {
		Name       string          `json:"name"`
		Credential json.RawMessage `json:"credential"`
	}
	if err := a.Read(v.r, &body); err != nil {
		return nil, err
	}
	name, err := checkName("name", body.Name)
	if err != nil {
		return nil, err
	}
	p, err := a.add(v.r, who, name, body.Credential)
	if err != nil {
		return nil, err
	}
	a.audit(v.r.Context(), who, "account.passkey_add", name)
	return viewOf(p), nil
}

// removePasskey is DELETE /account/passkeys/{id}.
func (a *Accounts) removePasskey(v *visit, who gait.Account) (any, error) {
	p, err := a.remove(v.r.Context(), who, v.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	a.audit(v.r.Context(), who, "account.passkey_remove", p.Name)
	return nil, nil
}

// ownedMax is how many workspaces an account may own and still make another.
const ownedMax = 20

// newWorkspace is POST /workspaces. Whoever makes one owns it.
func (a *Accounts) newWorkspace(v *visit, who gait.Account) (any, error) {
	var body struct {
		Name string `json:"name"`
	}
	if err := a.Read(v.r, &body); err != nil {
		return nil, err
	}
	name, err := checkName("name", body.Name)
	if err != nil {
		return nil, err
	}
	if a.NewWorkspace == nil {
		return nil, gait.Errorf(gait.Forbidden, "workspaces are made on the command line here")
	}
	ctx := v.r.Context()
	a.writing.Lock()
	defer a.writing.Unlock()
	memberships, err := a.Store.Memberships(ctx, who.ID)
	if err != nil {
		return nil, err
	}
	owned := 0
	for _, m := range memberships {
		if m.Role == gait.Owner {
			owned++
		}
	}
	if owned >= ownedMax {
		return nil, gait.Errorf(gait.Forbidden, "you own %d workspaces, and no more can be made here; gait init makes one", owned)
	}
	w, keys, err := a.NewWorkspace(ctx, name, who.ID)
	if err != nil {
		return nil, err
	}
	if err := a.Store.PutMembership(ctx, gait.Membership{Account: who.ID, Workspace: w.ID, Role: gait.Owner, Since: a.Now().UnixMilli()}); err != nil {
		return nil, err
	}
	entry := a.entry(who, w.ID, "workspace.create", "")
	entry.Subject = w.Name
	if err := a.Store.Audit(ctx, []gait.AuditEntry{entry}); err != nil {
		return nil, err
	}
	return struct {
		ID            gait.WorkspaceID `json:"id"`
		Name          string           `json:"name"`
		IntegrationID string           `json:"integration_id"`
		SiteKey       string           `json:"site_key"`
		SecretKey     string           `json:"secret_key"`
		NotAIKey      string           `json:"notai_key"`
	}{w.ID, w.Name, w.IntegrationID, w.SiteKey, keys.Secret, keys.NotAI}, nil
}
