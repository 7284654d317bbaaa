package account

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gaithq/gait"
)

// lately is for how long it counts that somebody proved who they are: signing in
// does, and doing it again without leaving. What opens other ways in than the
// one that was used asks for it, so that a browser left alone gives none away.
const lately = 10 * time.Minute

// confirmed reports whether somebody proved lately who they are. A guest has
// nothing to do it with, and nothing to lose.
func (a *Accounts) confirmed(who visitor) bool {
	since := a.Now().UnixMilli() - who.confirmed
	return who.token == "" || since >= 0 && since < lately.Milliseconds()
}

// sure fails with gait.Unconfirmed unless the visitor proved lately who they are.
func (v *visit) sure() error {
	if v.confirmed(v.who) {
		return nil
	}
	return gait.Errorf(gait.Unconfirmed, "confirm first that it is you: it is more than %d minutes since you did", lately/time.Minute)
}

// sure wraps an answer for those only who proved lately who they are.
func sure(answer func(*visit, gait.Account) (any, error)) func(*visit) (any, error) {
	return member(func(v *visit, who gait.Account) (any, error) {
		if err := v.sure(); err != nil {
			return nil, err
		}
		return answer(v, who)
	})
}

// knows fails with gait.Invalid unless a password is the visitor's. It is counted
// as signing in is.
func (v *visit) knows(who gait.Account, password, field string) error {
	_, err := v.verify(v.r.Context(), who.Email, password)
	if gait.CodeOf(err) == gait.Unauthorized {
		return &gait.Error{Code: gait.Invalid, Message: "this is not your password", Field: field}
	}
	return err
}

// prove notes that the visitor proved just now who they are.
func (v *visit) prove() error {
	if v.who.token == "" {
		return nil
	}
	return v.keep(v.r.Context(), v.who.token, keyConfirmed, v.Now())
}

// confirm is POST /account/confirm: somebody who is signed in gives the password.
func (a *Accounts) confirm(v *visit, who gait.Account) (any, error) {
	var body struct {
		Password string `json:"password"`
	}
	if err := a.Read(v.r, &body); err != nil {
		return nil, err
	}
	if err := v.knows(who, body.Password, "password"); err != nil {
		return nil, err
	}
	return nil, v.prove()
}

// confirmPasskeyBegin is POST /account/confirm/passkey/begin.
func (a *Accounts) confirmPasskeyBegin(v *visit, who gait.Account) (any, error) {
	if err := v.begins(); err != nil {
		return nil, err
	}
	return a.beginAgain(v.r, who)
}

// confirmPasskey is POST /account/confirm/passkey.
func (a *Accounts) confirmPasskey(v *visit, who gait.Account) (any, error) {
	answer, err := v.credential()
	if err != nil {
		return nil, err
	}
	if err := a.again(v.r, who, answer); err != nil {
		return nil, err
	}
	return nil, v.prove()
}

// beginAgain starts the ceremony by which somebody signed in shows a passkey of
// theirs.
func (a *Accounts) beginAgain(r *http.Request, who gait.Account) (any, error) {
	party, err := a.passkeys.available(r)
	if err != nil {
		return nil, err
	}
	h, err := a.holderOf(r.Context(), who)
	if err != nil {
		return nil, err
	}
	if len(h.credentials) == 0 {
		return nil, gait.Errorf(gait.Invalid, "you have no passkey")
	}
	options, state, err := party.BeginLogin(h)
	if err != nil {
		return nil, fmt.Errorf("begin showing a passkey: %w", err)
	}
	a.passkeys.entering.begin(state, who.ID, a.Now())
	return options, nil
}

// again ends the ceremony that beginAgain started. It fails with gait.Invalid for
// a passkey that is not the account's, or seems to have a copy: whoever tried stays
// signed in.
func (a *Accounts) again(r *http.Request, who gait.Account, answer []byte) error {
	party, state, parsed, err := a.shown(r, who.ID, answer)
	if err != nil {
		return err
	}
	ctx := r.Context()
	a.writing.Lock()
	defer a.writing.Unlock()
	h, err := a.holderOf(ctx, who)
	if err != nil {
		return err
	}
	c, err := party.ValidateLogin(h, state, parsed)
	if err != nil {
		return badCredential(err)
	}
	p, err := a.Store.PasskeyByID(ctx, c.ID)
	if err != nil {
		return err
	}
	err = a.used(ctx, who, p, c)
	if e, ok := errors.AsType[*gait.Error](err); ok && e.Code == gait.Unauthorized {
		return &gait.Error{Code: gait.Invalid, Message: e.Message, Field: "credential"}
	}
	return err
}
