package account

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/gaithq/gait"
)

// passkeys speaks WebAuthn. A passkey belongs to the name of a host, so there are
// none where the server has only an address.
type passkeys struct {
	party *webauthn.WebAuthn // nil if there are none
	why   string             // there are none, in words
	local bool               // only for those who come by the name localhost

	adding, entering *ceremonies
}

// localhost is the one name for which browsers do without https.
const localhost = "localhost"

// newPasskeys finds out by which name browsers know the server.
func newPasskeys(public *url.URL) (*passkeys, error) {
	p := &passkeys{adding: newCeremonies(), entering: newCeremonies()}
	host, origin := strings.ToLower(public.Hostname()), public.Scheme+"://"+strings.ToLower(public.Host)
	addr, err := netip.ParseAddr(host)
	switch {
	case err == nil && addr.IsLoopback() && public.Scheme == "http":
		p.local = true
		host = localhost
		origin = "http://" + localhost
		if public.Port() != "" {
			origin = "http://" + net.JoinHostPort(localhost, public.Port())
		}
		p.why = "passkeys belong to the name of a host, and this is an address: open " + origin + " instead"
	case err == nil:
		p.why = "passkeys belong to the name of a host, and the server's public URL has an address: give it a name with --public-url"
		return p, nil
	case public.Scheme != "https" && host != localhost && !strings.HasSuffix(host, "."+localhost):
		p.why = "browsers offer passkeys over https only, and the server's public URL is http"
		return p, nil
	}
	p.party, err = webauthn.New(&webauthn.Config{
		RPID:          host,
		RPDisplayName: "Gait",
		RPOrigins:     []string{origin},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification:   protocol.VerificationPreferred,
		},
		AttestationPreference: protocol.PreferNoAttestation,
		// Password managers tell of properties that nobody asked for. None is used.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "the public URL cannot have passkeys")
	}
	return p, nil
}

// forRequest returns what speaks WebAuthn with whoever sent a request, or says
// why nothing does.
func (p *passkeys) forRequest(r *http.Request) (*webauthn.WebAuthn, string) {
	if p.party == nil {
		return nil, p.why
	}
	if p.local {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !strings.EqualFold(host, localhost) {
			return nil, p.why
		}
	}
	return p.party, ""
}

// available fails with gait.Unavailable where there are no passkeys.
func (p *passkeys) available(r *http.Request) (*webauthn.WebAuthn, error) {
	party, why := p.forRequest(r)
	if party == nil {
		return nil, gait.Errorf(gait.Unavailable, "%s", why)
	}
	return party, nil
}

const (
	ceremonyTime = 5 * time.Minute
	ceremonyMax  = 4096 // under way at a time; of more, the oldest is dropped
	passkeysMax  = 20   // of an account
)

// ceremonies are those under way, by their challenge. Each can be ended once.
type ceremonies struct {
	mu   sync.Mutex
	list *simplelru.LRU[string, ceremony]
}

type ceremony struct {
	webauthn.SessionData
	account gait.AccountID // 0 for somebody who is not known yet
	until   time.Time
}

func newCeremonies() *ceremonies {
	list, err := simplelru.NewLRU[string, ceremony](ceremonyMax, nil)
	if err != nil {
		panic(err) // the size is positive
	}
	return &ceremonies{list: list}
}

func (c *ceremonies) begin(s *webauthn.SessionData, account gait.AccountID, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list.Add(s.Challenge, ceremony{*s, account, now.Add(ceremonyTime)})
}

// end returns the ceremony of a challenge, once and in time.
func (c *ceremonies) end(challenge string, account gait.AccountID, now time.Time) (webauthn.SessionData, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	x, ok := c.list.Peek(challenge)
	if !ok || x.account != account {
		return webauthn.SessionData{}, false
	}
	c.list.Remove(challenge)
	return x.SessionData, now.Before(x.until)
}

// holder is an account as package webauthn wants to see it.
type holder struct {
	gait.Account
	credentials []webauthn.Credential
}

// WebAuthnID implements webauthn.User.
func (h holder) WebAuthnID() []byte { return h.Handle }

// WebAuthnName implements webauthn.User.
func (h holder) WebAuthnName() string { return h.Email }

// WebAuthnDisplayName implements webauthn.User.
func (h holder) WebAuthnDisplayName() string { return h.Name }

// WebAuthnCredentials implements webauthn.User.
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

// holderOf returns an account with its passkeys.
func (a *Accounts) holderOf(ctx context.Context, who gait.Account) (holder, error) {
	list, err := a.Store.Passkeys(ctx, who.ID)
	if err != nil {
		return holder{}, err
	}
	h := holder{Account: who}
	for _, p := range list {
		c, err := credentialOf(p)
		if err != nil {
			return holder{}, err
		}
		h.credentials = append(h.credentials, c)
	}
	return h, nil
}

func credentialOf(p gait.Passkey) (webauthn.Credential, error) {
	var c webauthn.Credential
	if err := json.Unmarshal(p.Data, &c); err != nil {
		return c, fmt.Errorf("a stored passkey of account %d: %w", p.Account, err)
	}
	return c, nil
}

// beginAdding starts the ceremony by which somebody signed in gets a passkey.
func (a *Accounts) beginAdding(r *http.Request, who gait.Account) (any, error) {
	party, err := a.passkeys.available(r)
	if err != nil {
		return nil, err
	}
	h, err := a.holderOf(r.Context(), who)
	if err != nil {
		return nil, err
	}
	if len(h.credentials) >= passkeysMax {
		return nil, gait.Errorf(gait.Invalid, "an account has at most %d passkeys; remove one first", passkeysMax)
	}
	options, state, err := party.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("begin adding a passkey: %w", err)
	}
	a.passkeys.adding.begin(state, who.ID, a.Now())
	return options, nil
}

// errOver says that a ceremony is over, or that there never was one.
func errOver() error {
	return &gait.Error{Code: gait.Invalid, Message: "this took too long, or was done before; try again", Field: "credential"}
}

// add ends the ceremony that beginAdding started, with what the browser answered.
func (a *Accounts) add(r *http.Request, who gait.Account, name string, answer []byte) (gait.Passkey, error) {
	party, err := a.passkeys.available(r)
	if err != nil {
		return gait.Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return gait.Passkey{}, badCredential(err)
	}
	state, ok := a.passkeys.adding.end(parsed.Response.CollectedClientData.Challenge, who.ID, a.Now())
	if !ok {
		return gait.Passkey{}, errOver()
	}
	c, err := party.CreateCredential(holder{Account: who}, state, parsed)
	if err != nil {
		return gait.Passkey{}, badCredential(err)
	}
	data, err := json.Marshal(c)
	if err != nil {
		return gait.Passkey{}, fmt.Errorf("a passkey as JSON: %w", err)
	}
	p := gait.Passkey{ID: c.ID, Account: who.ID, Name: name, Data: data, Created: a.Now().UnixMilli()}
	a.writing.Lock()
	defer a.writing.Unlock()
	ctx := r.Context()
	if have, err := a.Store.Passkeys(ctx, who.ID); err != nil {
		return p, err
	} else if len(have) >= passkeysMax {
		return p, gait.Errorf(gait.Invalid, "an account has at most %d passkeys; remove one first", passkeysMax)
	}
	switch _, err := a.Store.PasskeyByID(ctx, p.ID); {
	case err == nil:
		return p, &gait.Error{Code: gait.Conflict, Message: "this passkey is known already", Field: "credential"}
	case gait.CodeOf(err) != gait.NotFound:
		return p, err
	}
	return p, a.Store.PutPasskey(ctx, p)
}

// beginEntering starts the ceremony by which somebody signs in with a passkey.
func (a *Accounts) beginEntering(r *http.Request) (any, error) {
	party, err := a.passkeys.available(r)
	if err != nil {
		return nil, err
	}
	options, state, err := party.BeginDiscoverableLogin()
	if err != nil {
		return nil, fmt.Errorf("begin signing in with a passkey: %w", err)
	}
	a.passkeys.entering.begin(state, 0, a.Now())
	return options, nil
}

// shown reads a browser's answer in a ceremony by which a passkey is shown, and ends
// the ceremony; id is the account that it was begun for, 0 for anybody's.
func (a *Accounts) shown(r *http.Request, id gait.AccountID, answer []byte) (party *webauthn.WebAuthn, state webauthn.SessionData, parsed *protocol.ParsedCredentialAssertionData, err error) {
	if party, err = a.passkeys.available(r); err != nil {
		return nil, state, nil, err
	}
	if parsed, err = protocol.ParseCredentialRequestResponseBytes(answer); err != nil {
		return nil, state, nil, badCredential(err)
	}
	state, ok := a.passkeys.entering.end(parsed.Response.CollectedClientData.Challenge, id, a.Now())
	if !ok {
		return nil, state, nil, errOver()
	}
	return party, state, parsed, nil
}

// enter ends the ceremony that beginEntering started and returns whose passkey it
// was. It fails with gait.Unauthorized for a passkey that is not known or that
// seems to have a copy.
func (a *Accounts) enter(r *http.Request, answer []byte) (gait.Account, error) {
	party, state, parsed, err := a.shown(r, 0, answer)
	if err != nil {
		return gait.Account{}, err
	}
	ctx := r.Context()
	a.writing.Lock()
	defer a.writing.Unlock()
	var (
		passkey gait.Passkey
		who     gait.Account
		failed  error // to look it up
	)
	_, c, err := party.ValidatePasskeyLogin(func(id, handle []byte) (webauthn.User, error) {
		if passkey, failed = a.Store.PasskeyByID(ctx, id); failed != nil {
			return nil, failed
		}
		if who, failed = a.Store.AccountByID(ctx, passkey.Account); failed != nil {
			return nil, failed
		}
		if subtle.ConstantTimeCompare(handle, who.Handle) != 1 {
			return nil, errors.New("the passkey is another account's")
		}
		known, err := credentialOf(passkey)
		if failed = err; err != nil {
			return nil, err
		}
		return holder{who, []webauthn.Credential{known}}, nil
	}, state, parsed)
	unknown := "this passkey is not known here"
	switch {
	case failed != nil && gait.CodeOf(failed) != gait.NotFound:
		return gait.Account{}, failed
	case err != nil:
		return gait.Account{}, gait.Wrap(err, gait.Unauthorized, unknown)
	}
	return who, a.used(ctx, who, passkey, c)
}

// used notes that a passkey was used. It fails with gait.Unauthorized for one that
// seems to have a copy. The caller holds a.writing.
func (a *Accounts) used(ctx context.Context, who gait.Account, p gait.Passkey, c *webauthn.Credential) (err error) {
	if c.Authenticator.CloneWarning {
		a.audit(ctx, who, "account.passkey_refused", "its counter did not rise: there may be a copy of "+p.Name)
		return gait.Errorf(gait.Unauthorized, "this passkey seems to have a copy; use the password and remove it")
	}
	if p.Data, err = json.Marshal(c); err != nil {
		return fmt.Errorf("a passkey as JSON: %w", err)
	}
	p.LastUsed = a.Now().UnixMilli()
	return a.Store.PutPasskey(ctx, p)
}

// remove takes a passkey from an account.
func (a *Accounts) remove(ctx context.Context, who gait.Account, id string) (gait.Passkey, error) {
	none := gait.Errorf(gait.NotFound, "you have no such passkey")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(id)
	if err != nil {
		return gait.Passkey{}, none
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	list, err := a.Store.Passkeys(ctx, who.ID)
	if err != nil {
		return gait.Passkey{}, err
	}
	for _, p := range list {
		if string(p.ID) == string(raw) {
			if len(list) == 1 && who.Password == "" {
				return p, gait.Errorf(gait.Invalid, "this is the only way into your account: set a password first")
			}
			return p, a.Store.RemovePasskey(ctx, who.ID, raw)
		}
	}
	return gait.Passkey{}, none
}

// badCredential is a browser's answer that does not hold.
func badCredential(err error) error {
	return &gait.Error{Code: gait.Invalid, Message: "this passkey cannot be taken", Field: "credential", Err: err}
}
