// Package account lets people into the dashboard: it keeps their passwords and
// passkeys, signs browsers in by a cookie, and lets holders of a setup link or an
// invitation make an account. What an account may do in a workspace is its
// membership's role, looked up at every request, so that a change counts at once.
//
// Passwords are kept as argon2id, tokens of cookies and links as SHA-256; none of
// them, and no address, is ever logged.
package account

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/gaithq/gait"
)

// Store is what of a store accounts need.
type Store interface {
	gait.AccountStore
	Workspaces(ctx context.Context) ([]gait.Workspace, error)
	WorkspaceByID(ctx context.Context, id gait.WorkspaceID) (gait.Workspace, error)
}

// Config is what accounts need from the rest of the server.
type Config struct {
	Store     Store  // required
	PublicURL string // where browsers reach the server, as scheme://host[:port]; required
	Instance  string // tells servers of one host apart, in the names of cookies; letters and digits, "" is none
	Version   string // of the server, shown to everybody

	// Read reads a request's body, Answer writes the answer: both as the API
	// does. Required.
	Read   func(r *http.Request, into any) error
	Answer func(w http.ResponseWriter, r *http.Request, body any, err error)

	// NewWorkspace makes a workspace without members, with keys that an account is
	// the maker of; nil means that nobody may.
	NewWorkspace func(ctx context.Context, name string, by gait.AccountID) (gait.Workspace, Keys, error)
	// Client tells whose request it is, to count tries by; nil means the peer's.
	Client func(*http.Request) netip.Addr
	// Guest tells which account a request without a cookie is taken for, 0 for
	// none. It is for demos; nil is none.
	Guest func(*http.Request) gait.AccountID
	// CrossOrigin refuses changes that other sites' pages ask for; nil means
	// http.NewCrossOriginProtection's.
	CrossOrigin *http.CrossOriginProtection

	Hashing Hashing      // of new passwords; the zero Hashing is the recommended one
	Now     gait.Now     // nil means time.Now
	Logger  *slog.Logger // nil means slog.Default
}

// Keys are those of a new workspace, to be shown once.
type Keys struct {
	Secret string // that speaks Roundtable's dialect
	NotAI  string
}

// Accounts is the room at work.
type Accounts struct {
	Config
	hasher   *hasher
	limits   *limits
	failures *failures
	sessions *scs.SessionManager
	passkeys *passkeys
	settled  atomic.Bool // some workspace is known to have a member

	// writing is held by what reads an account, a passkey or a web session and
	// writes it back.
	writing sync.Mutex
}

// New returns the room. It fails with gait.Invalid for a public URL that is none.
func New(c Config) (*Accounts, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Client == nil {
		c.Client = peer
	}
	public, err := url.Parse(c.PublicURL)
	if err != nil || public.Scheme != "http" && public.Scheme != "https" || public.Host == "" {
		return nil, gait.Errorf(gait.Invalid, "the public URL %q is none", c.PublicURL)
	}
	c.PublicURL = public.Scheme + "://" + strings.ToLower(public.Host)
	if c.CrossOrigin == nil {
		c.CrossOrigin = http.NewCrossOriginProtection()
	}
	a := &Accounts{Config: c, hasher: newHasher(c.Hashing), limits: newLimits(), failures: newFailures()}
	a.sessions = newSessions(a, public.Scheme == "https")
	if a.passkeys, err = newPasskeys(public); err != nil {
		return nil, err
	}
	return a, nil
}

// peer is the address that a request's connection comes from, invalid if that is
// no address.
func peer(r *http.Request) netip.Addr {
	p, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr().Unmap()
}

// sweepEvery is how often sessions of browsers that expired are deleted.
const sweepEvery = time.Hour

// Run deletes what expired, at once and then every hour, until ctx ends.
func (a *Accounts) Run(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := a.Store.RemoveExpiredWebSessions(ctx, a.Now().UnixMilli()); err != nil && ctx.Err() == nil {
			a.Logger.Warn("account: signed-in browsers that expired are left behind", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// NewAccount makes an account that Store.CreateAccount can store. password is a
// hash, or "" if there is none.
func NewAccount(email, name, password string, now time.Time) gait.Account {
	handle := make([]byte, handleBytes)
	_, _ = rand.Read(handle) // never fails: it would rather end the process
	return gait.Account{Email: email, Name: name, Password: password, Handle: handle, Created: now.UnixMilli()}
}

// handleBytes is the length of what passkeys know an account by.
const handleBytes = 32

// update changes an account as it is in the store at that moment, and returns it.
func (a *Accounts) update(ctx context.Context, id gait.AccountID, change func(*gait.Account)) (gait.Account, error) {
	a.writing.Lock()
	defer a.writing.Unlock()
	account, err := a.Store.AccountByID(ctx, id)
	if err != nil {
		return account, err
	}
	change(&account)
	return account, a.Store.UpdateAccount(ctx, account)
}

// auditMax is in how many of an account's workspaces a thing is written down.
const auditMax = 50

// audit writes down what an account did to itself, in each of its workspaces. It
// is not worth failing for.
func (a *Accounts) audit(ctx context.Context, who gait.Account, action, detail string) {
	places, err := a.Store.Memberships(ctx, who.ID)
	if err == nil {
		var entries []gait.AuditEntry
		for _, m := range places[:min(len(places), auditMax)] {
			entries = append(entries, a.entry(who, m.Workspace, action, detail))
		}
		if len(entries) == 0 {
			return
		}
		err = a.Store.Audit(ctx, entries)
	}
	if err != nil {
		a.Logger.WarnContext(ctx, "account: not written to the audit log", "action", action, "account", int64(who.ID), "err", err)
	}
}

func (a *Accounts) entry(who gait.Account, w gait.WorkspaceID, action, detail string) gait.AuditEntry {
	return gait.AuditEntry{Workspace: w, At: a.Now().UnixMilli(), By: who.ID, ByName: who.Name, Action: action, Subject: who.Email, Detail: detail}
}

// place is a workspace as one of its members sees it.
type place struct {
	workspace gait.Workspace
	role      gait.Role
}

// places returns where an account is a member.
func (a *Accounts) places(ctx context.Context, id gait.AccountID) ([]place, error) {
	memberships, err := a.Store.Memberships(ctx, id)
	if err != nil {
		return nil, err
	}
	list := make([]place, 0, len(memberships))
	for _, m := range memberships {
		w, err := a.Store.WorkspaceByID(ctx, m.Workspace)
		if err != nil {
			return nil, fmt.Errorf("workspace %d of account %d: %w", m.Workspace, id, err)
		}
		list = append(list, place{w, m.Role})
	}
	return list, nil
}
