package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/gaithq/gait"
)

// Call is one request of a known caller.
type Call struct {
	Request   *http.Request
	Workspace gait.Workspace
	Key       gait.Key       // the zero Key if somebody who signed in asks
	Principal gait.Principal // who asks, by key or signed in
	Now       time.Time

	still func() error // nil where nobody can say
}

// Still fails, as the call would, if the caller may not ask for this any more. It
// is for answers that take long.
func (c *Call) Still() error {
	if c.still == nil {
		return nil
	}
	return c.still()
}

// Confirmed fails with gait.Unconfirmed if somebody asks who is signed in and did
// not prove lately who they are. It is for what opens ways in.
func (c *Call) Confirmed() error {
	if c.Principal.Confirmed {
		return nil
	}
	return gait.Errorf(gait.Unconfirmed, "confirm first that it is you: this opens or closes a way in, and it is some time since you signed in")
}

// Maker is the account that answers for what the caller makes: its own, or of a key
// that of whoever made the key; 0 for one that the command line made.
func (c *Call) Maker() gait.AccountID {
	if c.Principal.Account != 0 {
		return c.Principal.Account
	}
	return c.Key.By
}

// Query returns the query parameters. It fails with gait.Invalid if they cannot
// be read, instead of leaving out those that cannot, as URL.Query does: a lost
// cursor would send a client back to the first page for ever.
func (c *Call) Query() (url.Values, error) {
	q, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return nil, &gait.Error{Code: gait.Invalid, Message: "the query of the URL is not well formed", Field: "query", Err: err}
	}
	return q, nil
}

// Body reads the request's body into a struct, as ReadJSON does.
func (c *Call) Body(into any) error { return ReadJSON(c.Request, into) }

// PathValue returns the named part of the path, whatever text that is.
func (c *Call) PathValue(name string) string {
	text, err := url.PathUnescape(c.Request.PathValue(name))
	if err != nil {
		return c.Request.PathValue(name) // its escapes were checked when the request was read
	}
	return text
}

// Reports judges sessions.
type Reports interface {
	// Report answers for one session with everything acknowledged so far. It
	// fails with gait.NotFound for a session that the workspace does not have.
	Report(ctx context.Context, w gait.WorkspaceID, id gait.SessionID) (gait.Report, error)
}

// Report has the session judged that the caller named. Ids are free text to
// clients, so one that cannot be ours is merely one that nobody knows. Whatever
// the reason and whoever else may have the session, there is one answer for
// what the caller's workspace does not have: ErrNoSession.
func (c *Call) Report(from Reports, session string) (gait.Report, error) {
	id, err := gait.ParseSessionID(session)
	if err != nil {
		return gait.Report{}, ErrNoSession()
	}
	r, err := from.Report(c.Request.Context(), c.Workspace.ID, id)
	if gait.CodeOf(err) == gait.NotFound {
		return gait.Report{}, ErrNoSession()
	}
	return r, err
}

// ErrNoSession says gait.NotFound of a session.
func ErrNoSession() error {
	return gait.Errorf(gait.NotFound, "there is no such session in this workspace")
}
