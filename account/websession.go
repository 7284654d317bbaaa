package account

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/gaithq/gait"
)

// How long a browser stays signed in: without being used, and at most.
const (
	idle     = 7 * 24 * time.Hour
	lifetime = 30 * 24 * time.Hour
)

// touchEvery is how often it is noted that a signed-in browser is used. Noting it
// is a durable write.
const touchEvery = time.Hour

// What a browser's session holds.
const (
	keyAccount   = "account"   // gait.AccountID, as an int64
	keyEpoch     = "epoch"     // the account's when it signed in
	keyTouched   = "touched"   // Unix ms, when use was noted last
	keyConfirmed = "confirmed" // Unix ms, when the person there proved last who they are
)

func newSessions(a *Accounts, https bool) *scs.SessionManager {
	m := scs.New()
	m.Store, m.Codec = webSessions{a}, codec{}
	m.IdleTimeout, m.Lifetime = idle, lifetime
	m.Cookie = scs.SessionCookie{Name: "gait_session", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: https, Persist: true}
	switch {
	case https:
		m.Cookie.Name = "__Host-" + m.Cookie.Name // browsers take it from this very host only
	case a.Instance != "":
		m.Cookie.Name += "_" + a.Instance // browsers send it to every port of the host
	}
	return m
}

// visitor is somebody who is signed in.
type visitor struct {
	gait.Account
	token     string // of the cookie; "" for a guest
	confirmed int64  // Unix ms, when they proved last who they are
}

// signedIn returns the account that a request's cookie is of. It fails with
// gait.Unauthorized if there is none.
func (a *Accounts) signedIn(r *http.Request) (visitor, error) {
	who, err := a.byCookie(r)
	if gait.CodeOf(err) != gait.Unauthorized || a.Guest == nil {
		return who, err
	}
	guest := a.Guest(r)
	if guest == 0 {
		return who, err
	}
	who.Account, err = a.Store.AccountByID(r.Context(), guest)
	return who, err
}

func (a *Accounts) byCookie(r *http.Request) (visitor, error) {
	none := gait.Errorf(gait.Unauthorized, "sign in first")
	token := a.token(r)
	if token == "" {
		return visitor{}, none
	}
	ctx, err := a.sessions.Load(r.Context(), token)
	if err != nil {
		return visitor{}, err
	}
	id := gait.AccountID(a.sessions.GetInt64(ctx, keyAccount))
	now := a.Now()
	if id == 0 || !now.Before(a.sessions.Deadline(ctx)) {
		return visitor{}, none
	}
	who, err := a.Store.AccountByID(ctx, id)
	if gait.CodeOf(err) == gait.NotFound {
		return visitor{}, none
	}
	if err != nil {
		return visitor{}, err
	}
	if who.Epoch != a.sessions.GetInt64(ctx, keyEpoch) {
		return visitor{}, none
	}
	if now.UnixMilli()-a.sessions.GetInt64(ctx, keyTouched) >= touchEvery.Milliseconds() {
		a.touch(r.Context(), token, now)
	}
	return visitor{who, token, a.sessions.GetInt64(ctx, keyConfirmed)}, nil
}

// touch notes that a signed-in browser is used, unless it was signed out
// meanwhile. Not noting it is not worth failing for.
func (a *Accounts) touch(ctx context.Context, token string, now time.Time) {
	err := a.keep(ctx, token, keyTouched, now)
	if err != nil && gait.CodeOf(err) != gait.Unauthorized {
		a.Logger.WarnContext(ctx, "account: not noted that somebody is still there", "err", err)
	}
}

// keep notes a moment in a browser's session as it is in the store by then. It
// fails with gait.Unauthorized for one that was signed out meanwhile.
func (a *Accounts) keep(ctx context.Context, token, what string, now time.Time) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	ctx, err := a.sessions.Load(ctx, token)
	if err != nil {
		return err
	}
	if a.sessions.GetInt64(ctx, keyAccount) == 0 {
		return gait.Errorf(gait.Unauthorized, "sign in first")
	}
	a.sessions.Put(ctx, what, now.UnixMilli())
	_, _, err = a.sessions.Commit(ctx)
	return err
}

// signIn gives a browser a session of its own, in the place of any that it has,
// and notes the time.
func (a *Accounts) signIn(w http.ResponseWriter, r *http.Request, who gait.Account) error {
	if err := a.end(r); err != nil {
		return err
	}
	ctx, err := a.sessions.Load(r.Context(), "")
	if err != nil {
		return err
	}
	now := a.Now()
	a.sessions.Put(ctx, keyAccount, int64(who.ID))
	a.sessions.Put(ctx, keyEpoch, who.Epoch)
	a.sessions.Put(ctx, keyTouched, now.UnixMilli())
	a.sessions.Put(ctx, keyConfirmed, now.UnixMilli())
	token, _, err := a.sessions.Commit(ctx)
	if err != nil {
		return err
	}
	if _, err := a.update(ctx, who.ID, func(x *gait.Account) { x.SignedIn = now.UnixMilli() }); err != nil {
		return err
	}
	// The cookie lasts as long as the session may; whether it was idle for too
	// long is the store's to say.
	a.sessions.WriteSessionCookie(ctx, w, token, a.sessions.Deadline(ctx))
	return nil
}

// signOut ends a browser's session, if it has one.
func (a *Accounts) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := a.end(r); err != nil {
		return err
	}
	a.sessions.WriteSessionCookie(r.Context(), w, "", time.Time{})
	return nil
}

// end deletes the session that a request's cookie is of.
func (a *Accounts) end(r *http.Request) error {
	token := a.token(r)
	if token == "" {
		return nil
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	return webSessions{a}.DeleteCtx(r.Context(), token)
}

// token is what a request's cookie holds, "" if that cannot be ours.
func (a *Accounts) token(r *http.Request) string {
	c, err := r.Cookie(a.sessions.Cookie.Name)
	if err != nil {
		return ""
	}
	if _, ok := hashToken(c.Value); !ok {
		return ""
	}
	return c.Value
}

// Principal tells who sent a request and in which workspace, which the query
// names. It fails with gait.Unauthorized if nobody is signed in, with gait.Invalid
// for a query without a workspace, and with gait.NotFound for a workspace that the
// account has no place in.
func (a *Accounts) Principal(r *http.Request) (gait.Principal, error) {
	who, err := a.signedIn(r)
	if err != nil {
		return gait.Principal{}, err
	}
	id, err := workspaceOf(r.URL)
	if err != nil {
		return gait.Principal{}, err
	}
	memberships, err := a.Store.Memberships(r.Context(), who.ID)
	if err != nil {
		return gait.Principal{}, err
	}
	for _, m := range memberships {
		if m.Workspace == id {
			w, err := a.Store.WorkspaceByID(r.Context(), id)
			return gait.Principal{Account: who.ID, Name: who.Name, Workspace: w, Role: m.Role, Confirmed: a.confirmed(who)}, err
		}
	}
	return gait.Principal{}, gait.Errorf(gait.NotFound, "you are no member of such a workspace")
}

// workspaceOf reads the workspace that a query names.
func workspaceOf(u *url.URL) (gait.WorkspaceID, error) {
	wrong := &gait.Error{Code: gait.Invalid, Message: "the query must name a workspace, such as workspace=1", Field: "workspace"}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return 0, wrong
	}
	id, err := strconv.ParseInt(q.Get("workspace"), 10, 64)
	if err != nil || id < 1 {
		return 0, wrong
	}
	return gait.WorkspaceID(id), nil
}

// webSessions keeps sessions for package scs: by the hash of their token.
type webSessions struct{ a *Accounts }

var _ scs.CtxStore = webSessions{}

// FindCtx implements scs.CtxStore.
func (s webSessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	x, err := s.a.Store.WebSessionByHash(ctx, sha256.Sum256([]byte(token)), s.a.Now().UnixMilli())
	if gait.CodeOf(err) == gait.NotFound {
		return nil, false, nil
	}
	return x.Data, err == nil, err
}

// CommitCtx implements scs.CtxStore. How long a session may be idle is counted by
// the room's clock.
func (s webSessions) CommitCtx(ctx context.Context, token string, data []byte, _ time.Time) error {
	expires, _, err := codec{}.Decode(data)
	if err != nil {
		return err
	}
	if unused := s.a.Now().Add(idle); unused.Before(expires) {
		expires = unused
	}
	return s.a.Store.PutWebSession(ctx, gait.WebSession{Hash: sha256.Sum256([]byte(token)), Data: data, Expires: expires.UnixMilli()})
}

// DeleteCtx implements scs.CtxStore.
func (s webSessions) DeleteCtx(ctx context.Context, token string) error {
	err := s.a.Store.RemoveWebSession(ctx, sha256.Sum256([]byte(token)))
	if gait.CodeOf(err) == gait.NotFound {
		return nil
	}
	return err
}

// Find implements scs.Store.
func (s webSessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (s webSessions) Commit(token string, data []byte, expires time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expires)
}

// Delete implements scs.Store.
func (s webSessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// codec writes sessions as JSON, so that one can be looked at.
type codec struct{}

type session struct {
	Deadline  int64 `json:"deadline"` // Unix ms
	Account   int64 `json:"account"`
	Epoch     int64 `json:"epoch"`
	Touched   int64 `json:"touched"`   // Unix ms
	Confirmed int64 `json:"confirmed"` // Unix ms
}

// Encode implements scs.Codec.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	s := session{Deadline: deadline.UnixMilli()}
	s.Account, _ = values[keyAccount].(int64)
	s.Epoch, _ = values[keyEpoch].(int64)
	s.Touched, _ = values[keyTouched].(int64)
	s.Confirmed, _ = values[keyConfirmed].(int64)
	return json.Marshal(s)
}

// Decode implements scs.Codec.
func (codec) Decode(data []byte) (time.Time, map[string]any, error) {
	var s session
	if err := json.Unmarshal(data, &s); err != nil {
		return time.Time{}, nil, err
	}
	return time.UnixMilli(s.Deadline), map[string]any{keyAccount: s.Account, keyEpoch: s.Epoch, keyTouched: s.Touched, keyConfirmed: s.Confirmed}, nil
}
