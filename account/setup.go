package account

import (
	"context"

	"github.com/gaithq/gait"
)

// state is GET /account/state: what a page must know before anybody is signed in.
func (a *Accounts) state(v *visit) (any, error) {
	_, err := a.signedIn(v.r)
	if err != nil && gait.CodeOf(err) != gait.Unauthorized {
		return nil, err
	}
	unset, uerr := a.setupNeeded(v.r.Context())
	if uerr != nil {
		return nil, uerr
	}
	party, why := a.passkeys.forRequest(v.r)
	return struct {
		SignedIn    bool   `json:"signed_in"`
		SetupNeeded bool   `json:"setup_needed"` // nobody has an account yet
		Passkeys    bool   `json:"passkeys"`
		PasskeysWhy string `json:"passkeys_why"` // not
		Demo        bool   `json:"demo"`
		Version     string `json:"version"`
	}{err == nil, unset, party != nil, why, a.Guest != nil, a.Version}, nil
}

// setupNeeded reports whether no workspace has a member. Once one has, one stays.
func (a *Accounts) setupNeeded(ctx context.Context) (bool, error) {
	if a.settled.Load() {
		return false, nil
	}
	workspaces, err := a.Store.Workspaces(ctx)
	if err != nil {
		return false, err
	}
	for _, w := range workspaces {
		members, err := a.Store.Members(ctx, w.ID)
		if err != nil {
			return false, err
		}
		if len(members) > 0 {
			a.settled.Store(true)
			return false, nil
		}
	}
	return true, nil
}

// invited is POST /account/invitation: what a link is for. The token is a secret,
// which addresses are not: they stand in the logs of proxies.
func (a *Accounts) invited(v *visit) (any, error) {
	var body struct {
		Token string `json:"token"`
	}
	if err := a.Read(v.r, &body); err != nil {
		return nil, err
	}
	if err := v.tryFromHere(); err != nil {
		return nil, err
	}
	ctx := v.r.Context()
	i, err := a.invitation(ctx, body.Token)
	if err != nil {
		return nil, err
	}
	w, err := a.Store.WorkspaceByID(ctx, i.Workspace)
	if err != nil {
		return nil, err
	}
	members, err := a.Store.Members(ctx, i.Workspace)
	if err != nil {
		return nil, err
	}
	return struct {
		Workspace string    `json:"workspace"`
		Role      gait.Role `json:"role"`
		Note      string    `json:"note"`
		ExpiresAt string    `json:"expires_at"`
		Setup     bool      `json:"setup"` // its holder will be the first member
	}{w.Name, i.Role, i.Note, moment(i.Expires), len(members) == 0}, nil
}

// setup is POST /account/setup: somebody with a link makes an account, or has the
// link's workspace added to the account there is.
func (a *Accounts) setup(v *visit) (any, error) {
	var body struct {
		Token    string `json:"token"`
		Email    string `json:"email"`
		Name     string `json:"name"`
		Password string `json:"password"`
	}
	if err := a.Read(v.r, &body); err != nil {
		return nil, err
	}
	if err := v.tryFromHere(); err != nil {
		return nil, err
	}
	ctx := v.r.Context()
	i, err := a.invitation(ctx, body.Token)
	if err != nil {
		return nil, err
	}
	email, err := checkEmail(body.Email)
	if err != nil {
		return nil, err
	}
	place := gait.Membership{Workspace: i.Workspace, Role: i.Role, Since: a.Now().UnixMilli()}
	switch _, err := a.Store.AccountByEmail(ctx, email); {
	case err == nil:
		return v.join(i, email, body.Password, place)
	case gait.CodeOf(err) != gait.NotFound:
		return nil, err
	}
	name, err := checkName("name", body.Name)
	if err != nil {
		return nil, err
	}
	if err := checkPassword("password", body.Password, email); err != nil {
		return nil, err
	}
	phc, err := a.hasher.hash(ctx, body.Password)
	if err != nil {
		return nil, err
	}
	who, err := a.Store.CreateAccount(ctx, NewAccount(email, name, phc, a.Now()), i.Hash, place)
	if err != nil {
		return nil, err
	}
	return v.joined(i, who, "for the first time")
}

// join adds a workspace to the account of an e-mail address.
func (v *visit) join(i gait.Invitation, email, password string, place gait.Membership) (any, error) {
	ctx := v.r.Context()
	who, err := v.verify(ctx, email, password)
	if gait.CodeOf(err) == gait.Unauthorized {
		return nil, &gait.Error{Code: gait.Unauthorized, Message: "there is an account with this e-mail address, and this is not its password", Field: "password"}
	}
	if err != nil {
		return nil, err
	}
	place.Account = who.ID
	if err := v.Store.AcceptInvitation(ctx, i.Hash, place); err != nil {
		return nil, err
	}
	return v.joined(i, who, "with the password")
}

// joined writes down that somebody used a link, ends other setup links and signs
// the browser in.
func (v *visit) joined(i gait.Invitation, who gait.Account, how string) (any, error) {
	ctx := v.r.Context()
	v.settled.Store(true)
	action, detail := "account.join", "as "+string(i.Role)
	if isSetup(i) {
		action, detail = "account.setup", "by the "+i.Note
	}
	if err := v.Store.Audit(ctx, []gait.AuditEntry{v.entry(who, i.Workspace, action, detail)}); err != nil {
		return nil, err
	}
	if err := endSetupLinks(ctx, v.Store, i.Workspace, setupNote, v.Now()); err != nil {
		return nil, err
	}
	return v.welcome(who, "account.sign_in", how)
}
