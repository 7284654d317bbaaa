// Package api is the HTTP edge for those who read: the parts that the dialects
// share. A dialect (roundtable, notai, native) is a folder of its own with its
// routes, its JSON and its way to say what went wrong; this package finds out
// who asks, which dialect answers, and keeps the limits.
//
// All routes stand in the three Routes lists: roundtable.New, notai.New and
// native.New. What needs no key (health, readiness, the OpenAPI documents) is
// in open.go.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gaithq/gait"
)

// Config is what the API needs from the rest of the server.
type Config struct {
	Workspaces Workspaces // required
	Version    string     // of the server, shown by /health

	// SignedIn tells who sent a request without a key, by its cookie, and in which
	// workspace: the one that its query names. It fails with gait.Unauthorized if
	// nobody is signed in, and with gait.NotFound if that account has no place in
	// the workspace. Only dialects without keys of their own ask it. Nil means
	// that keys are the only way in.
	SignedIn func(*http.Request) (gait.Principal, error)
	// CrossOrigin refuses changes that another site's page had a signed-in browser
	// ask for; nil means http.NewCrossOriginProtection's.
	CrossOrigin *http.CrossOriginProtection

	Ready  func(context.Context) error // nil means always ready; its error is for operators, a gait.Error's message is shown
	Now    gait.Now                    // nil means time.Now
	Logger *slog.Logger                // nil means slog.Default
}

// Workspaces finds who a key belongs to. Lookups fail with gait.NotFound for
// what does not exist. Answers are kept for a few seconds; see keyTTL.
type Workspaces interface {
	KeyByHash(ctx context.Context, hash [32]byte) (gait.Key, error)
	WorkspaceByID(ctx context.Context, id gait.WorkspaceID) (gait.Workspace, error)
	// TouchKeys notes when keys were used. No answer waits for it.
	TouchKeys(ctx context.Context, uses []gait.KeyUse) error
}

// Dialect is one API as its clients know it.
type Dialect struct {
	Speaks   gait.Dialect // whose keys speak it; "" means that a key of any dialect may use its routes
	Routes   []Route
	Envelope func(*gait.Error) Reply // how it says that something went wrong

	// PerMinute is how many requests a key of this dialect may make in any
	// minute; nil or 0 means any number.
	PerMinute func(gait.Workspace) int
	// Mark sets what every answer to a key of this dialect carries, whatever
	// the status, once the key is known to be good. It may be nil.
	Mark func(http.Header, gait.Workspace)

	Documents []Document // that describe its routes
}

// Document is an OpenAPI document.
type Document struct {
	Path string // where it is served, without a key
	JSON []byte
}

// Route is one path of a dialect under one method.
type Route struct {
	Path   string    // as http.ServeMux spells it, without a method
	Method string    // "" means GET and, unless the route streams, HEAD
	Scope  string    // that a key needs; "" means gait.ScopeRead up to the role Viewer, and gait.ScopeAdmin above
	Role   gait.Role // that a caller needs; "" means gait.Viewer
	Handle Handler   // this, or
	Stream Streamer
}

// Handler answers one call with a body: []byte is sent as it is, anything else
// as JSON, and nothing at all, with the status 204, if a route that changes has
// none. An error that is no gait.Error is logged and told as an internal one.
type Handler func(*Call) (body any, err error)

// Streamer answers one call by writing, in parts if it likes; it sets the content
// type. An error before the first byte is told as a Handler's is; one after it
// ends the connection, so that nobody takes a part for the whole. Deadlines and
// flushing are http.ResponseController's.
type Streamer func(*Call, http.ResponseWriter) error

// Reply is an answer before it is written.
type Reply struct {
	Status int
	Type   string // content type
	Body   any    // as a Handler's
}

// MethodNotAllowed is the one failure that only HTTP knows; the envelopes map
// it beside the codes of package gait.
const MethodNotAllowed gait.Code = "method_not_allowed"

// Mounts are the patterns, for http.ServeMux, under which the handler that New
// returns wants to be reached. Longer patterns may take paths out of them.
func Mounts() []string {
	return []string{"/v1/", "/v0.0/", "/api/v1/", "/openapi/", "/health", "/ready"}
}

// New returns the handler for the routes of the given dialects and for those
// that need no key. It panics if two routes claim one path and method for the
// same keys, as only a programmer can cause that.
func New(c Config, dialects ...Dialect) http.Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.CrossOrigin == nil {
		c.CrossOrigin = http.NewCrossOriginProtection()
	}
	s := &server{
		Config:   c,
		dialects: dialects,
		callers:  newCallers(c.Workspaces, c.Now, c.Logger),
		limiter:  newLimiter(),
		mux:      http.NewServeMux(),
	}
	s.mount()
	return s
}
