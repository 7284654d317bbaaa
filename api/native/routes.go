// Package native is Gait's own API under /api/v1: what neither of the borrowed
// dialects has a word for, and everything that the dashboard asks. Whoever signed
// in may use it, and a key of either dialect.
package native

import (
	"context"
	_ "embed"
	"net/http"
	"sync"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/risk"
)

//go:embed openapi.json
var document []byte

// rhythm is written by the command in eval/rhythm.
//
//go:embed rhythm.json
var rhythm []byte

// Config is what the routes need from the rest of the server.
type Config struct {
	Sessions Sessions      // required
	Store    Store         // required
	Checks   []*gait.Check // in the order of the letters of verdicts; required
	Policy   *risk.Policy  // that workspaces start with; nil is risk.Default
	BasedOn  string        // what that policy is called; "" is built in

	Judged Judged   // told of changes; nil tells nobody
	Feed   Feed     // nil means that /live is not available
	Traces Traces   // nil means that timelines are not available
	Now    gait.Now // nil means time.Now

	// Search is how long one request goes on to look for what few sessions have;
	// 0 is 200 ms.
	Search time.Duration
	// People is how many recorded people each check flagged, by key, where that was measured.
	People map[string]PeopleRate
	// Invite makes an invitation and the link that shows it to whom it is for.
	Invite func(w gait.WorkspaceID, role gait.Role, note string, by gait.AccountID, now time.Time, lasts time.Duration) (url string, i gait.Invitation)
	// HasReplay reports whether there is anything to play again of a session; nil
	// means that there never is.
	HasReplay func(ctx context.Context, s gait.SessionRef) (bool, error)
	// AddressLists tells how the files about addresses stand; nil means that there are none.
	AddressLists func() []AddressList
	// Stopping is over once the server wants to end: streams end with it. Nil is never.
	Stopping context.Context
}

// Store is what the routes need of an engine.
type Store interface {
	Counts
	Reacher
	Users
	Patterns
	Labels
	Audit
	Policies
	People
	Keys
	Settings
}

// New returns the dialect with all its routes. It has no keys of its own.
func New(c Config) api.Dialect {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Search == 0 {
		c.Search = usualSearch
	}
	d := dialect{
		Config:   c,
		live:     &liveCounts{known: map[gait.WorkspaceID]timedCount{}},
		grouped:  &patternCache{known: map[patternKey]*patternSet{}},
		watchers: new(watchers),
		settings: new(sync.Mutex),
		pace:     usualPace,
	}
	return api.Dialect{
		Envelope:  api.Problem,
		Routes:    d.list(),
		Documents: []api.Document{{Path: "/openapi/native-v1.json", JSON: document}},
	}
}

type dialect struct {
	Config
	live     *liveCounts
	grouped  *patternCache
	watchers *watchers
	settings *sync.Mutex // held while a workspace is read and written back
	pace     pace
}

// now is the time of day in Unix ms, for what goes on while a call lasts.
func (d dialect) now() int64 { return d.Now().UnixMilli() }

func (d dialect) list() []api.Route {
	const analyst, owner = gait.Analyst, gait.Owner
	const post, put, patch, del = http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	return []api.Route{
		{Path: "/api/v1/overview", Handle: d.overview},
		{Path: "/api/v1/live", Stream: d.liveStream},

		{Path: "/api/v1/sessions", Handle: d.sessions},
		{Path: "/api/v1/sessions/count", Handle: d.count},
		{Path: "/api/v1/sessions/export", Role: analyst, Stream: d.export},
		{Path: "/api/v1/sessions/{id}/evidence", Handle: d.evidence},
		{Path: "/api/v1/sessions/{id}/timeline", Handle: d.timeline},
		{Path: "/api/v1/sessions/{id}/log", Handle: d.log},
		{Path: "/api/v1/sessions/{id}/related", Handle: d.related},
		{Path: "/api/v1/sessions/{id}/label", Method: put, Role: analyst, Handle: d.setLabel},
		{Path: "/api/v1/checks", Handle: d.allChecks},
		{Path: "/api/v1/people-rhythm", Handle: d.peopleRhythm},

		{Path: "/api/v1/tags", Handle: d.tags},
		{Path: "/api/v1/tags/{tag}", Handle: d.tag},
		{Path: "/api/v1/routes", Handle: d.routes},
		{Path: "/api/v1/routes/detail", Handle: d.route},
		{Path: "/api/v1/users", Handle: d.users},
		{Path: "/api/v1/users/detail", Handle: d.user},

		{Path: "/api/v1/policy", Handle: d.policy},
		{Path: "/api/v1/policy", Method: post, Role: owner, Handle: d.savePolicy},
		{Path: "/api/v1/policy/preview", Method: post, Role: analyst, Handle: d.preview},
		{Path: "/api/v1/policy/versions", Handle: d.policyVersions},
		{Path: "/api/v1/policy/restore", Method: post, Role: owner, Handle: d.restorePolicy},
		{Path: "/api/v1/address-lists", Handle: d.addressLists},

		{Path: "/api/v1/workspace", Handle: d.workspace},
		{Path: "/api/v1/workspace", Method: patch, Role: owner, Handle: d.changeWorkspace},
		{Path: "/api/v1/members", Handle: d.members},
		{Path: "/api/v1/members/{id}", Method: patch, Role: owner, Handle: d.changeMember},
		{Path: "/api/v1/members/{id}", Method: del, Role: owner, Handle: d.removeMember},
		{Path: "/api/v1/invitations", Role: owner, Handle: d.invitations},
		{Path: "/api/v1/invitations", Method: post, Role: owner, Handle: d.invite},
		{Path: "/api/v1/invitations/{id}", Method: del, Role: owner, Handle: d.revokeInvitation},
		{Path: "/api/v1/keys", Handle: d.keys},
		{Path: "/api/v1/keys", Method: post, Role: owner, Handle: d.createKey},
		{Path: "/api/v1/keys/{id}", Method: del, Role: owner, Handle: d.revokeKey},
		{Path: "/api/v1/audit", Role: analyst, Handle: d.auditLog},
	}
}

func (d dialect) peopleRhythm(c *api.Call) (any, error) {
	if p := read(c); p.err != nil {
		return nil, p.err
	}
	return rhythm, nil
}
