package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/account"
	"github.com/gaithq/gait/api"
)

// newAccounts makes the room that signs people in. The server listens already.
func (s *server) newAccounts() (*account.Accounts, error) {
	s.origins = http.NewCrossOriginProtection()
	if err := s.origins.AddTrustedOrigin(strings.ToLower(s.publicURL())); err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "--public-url")
	}
	instance, err := instanceOf(context.Background(), s.store)
	if err != nil {
		return nil, err
	}
	proxies := s.settings.proxies()
	return account.New(account.Config{
		Store: s.store, PublicURL: s.publicURL(), Instance: instance, Version: version, Logger: s.log,
		Read:        api.ReadJSON,
		Answer:      func(w http.ResponseWriter, r *http.Request, body any, err error) { api.Answer(s.log, w, r, body, err) },
		Client:      proxies.Client,
		CrossOrigin: s.origins,
		NewWorkspace: func(ctx context.Context, name string, by gait.AccountID) (gait.Workspace, account.Keys, error) {
			w, k, err := newWorkspaceBy(ctx, s.store, by, name, nil)
			return w, account.Keys{Secret: k.SecretKey, NotAI: k.NotAIKey}, err
		},
	})
}

// instanceOf names a store, "" for one without workspaces: its first workspace is
// there for good, and no other store has it.
func instanceOf(ctx context.Context, store gait.WorkspaceStore) (string, error) {
	workspaces, err := store.Workspaces(ctx)
	if err != nil || len(workspaces) == 0 {
		return "", err
	}
	return workspaces[0].IntegrationID, nil
}

// printSetupLinks tells whoever starts the server how to make the first account
// of each workspace without members. It goes to the terminal, not into the log:
// who has the link owns the workspace.
func (s *server) printSetupLinks(ctx context.Context, out io.Writer, workspaces []gait.Workspace) error {
	for _, w := range workspaces {
		link, err := account.NewSetupLink(ctx, s.store, w.ID, s.publicURL(), "gait serve", time.Now())
		if err != nil {
			return fmt.Errorf("the setup link of %q: %w", w.Name, err)
		}
		if link == "" {
			continue
		}
		if _, err := fmt.Fprintf(out, "\n  Nobody can sign in to %q yet. Whoever opens this link within 24 hours becomes its owner:\n\n    %s\n\n", w.Name, link); err != nil {
			return err
		}
	}
	return nil
}

// demoAccount makes the account that visitors of the demo are signed in to, if
// only this machine can be one. It reports whether they are.
func (s *server) demoAccount(ctx context.Context, w gait.Workspace) (bool, error) {
	public, err := url.Parse(s.publicURL())
	if err != nil || !loopback(public.Host) || !s.listen.Addr().(*net.TCPAddr).IP.IsLoopback() {
		return false, nil
	}
	now := time.Now()
	_, i := account.NewInvitation(w.ID, gait.Owner, "the demo's own", 0, now, time.Hour)
	if err := s.store.CreateInvitation(ctx, i); err != nil {
		return false, err
	}
	a, err := s.store.CreateAccount(ctx, account.NewAccount("demo@gait.localhost", "Demo", "", now), i.Hash, gait.Membership{Since: now.UnixMilli()})
	if err != nil {
		return false, err
	}
	s.accounts.Guest = func(r *http.Request) gait.AccountID {
		if loopback(r.Host) { // another name that was made to point here is another site
			return a.ID
		}
		return 0
	}
	return true, nil
}

// loopback reports whether a host, with or without a port, names this machine.
func loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}

// inviteCmd invites somebody to a workspace. It works beside a running server.
type inviteCmd struct {
	ofWorkspace `embed:""`
	Role        string `help:"What the invited may do: viewer, analyst or owner." enum:"viewer,analyst,owner" default:"viewer"`
	Note        string `help:"Whom the invitation is for." placeholder:"TEXT"`
	Expires     string `help:"When the link ends, from now, such as 7d or 12h." default:"7d" placeholder:"TIME"`
	PublicURL   string `help:"Where browsers reach the server, such as https://gait.example.org." placeholder:"URL" default:"http://127.0.0.1:8080"`
}

// invited is an invitation as gait invite --json prints it.
type invited struct {
	URL       string    `json:"url"`
	Workspace string    `json:"workspace"`
	Role      gait.Role `json:"role"`
	Note      string    `json:"note"`
	Expires   string    `json:"expires"`
}

// Bounds on an invitation.
const (
	noteMax       = 200 // bytes
	invitationMax = 30 * day
)

// Run makes an invitation and prints its link.
func (c *inviteCmd) Run(ctx context.Context, w *world) (err error) {
	page := settings{PublicURL: c.PublicURL}
	if err := page.check(); err != nil {
		return err
	}
	now := time.Now()
	until, err := parseExpiry(c.Expires, now)
	if err != nil {
		return err
	}
	lasts := time.UnixMilli(until).Sub(now)
	if until == 0 || lasts > invitationMax {
		return gait.Errorf(gait.Invalid, "--expires: an invitation lasts at most %d days", invitationMax/day)
	}
	if len(c.Note) > noteMax || strings.ContainsFunc(c.Note, unicode.IsControl) {
		return gait.Errorf(gait.Invalid, "--note: at most %d bytes on one line", noteMax)
	}
	store, workspaces, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if len(workspaces) != 1 {
		return gait.Errorf(gait.Invalid, "say which workspace, with --workspace: %s", named(workspaces))
	}
	token, i := account.NewInvitation(workspaces[0].ID, gait.Role(c.Role), c.Note, 0, now, lasts)
	if err := store.CreateInvitation(ctx, i); err != nil {
		return err
	}
	if err := store.Audit(ctx, []gait.AuditEntry{{
		Workspace: i.Workspace, At: i.Created, ByName: "gait invite", Action: "invitation.create", Subject: i.Note, Detail: "as " + c.Role,
	}}); err != nil {
		return err
	}
	out := invited{
		URL: account.JoinURL(page.publicURL(""), token), Workspace: workspaces[0].Name, Role: i.Role, Note: i.Note, Expires: api.Time(i.Expires),
	}
	if c.JSON {
		return printJSON(w.out, out)
	}
	_, err = fmt.Fprintf(w.out, `Whoever opens this link becomes %s of %q. It works once, until %s, and is shown only now:

  %s
`, out.Role, out.Workspace, shortTime(i.Expires), out.URL)
	return err
}
