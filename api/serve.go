package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gaithq/gait"
)

// server holds what New was given and what has to be remembered between
// requests: who keys belong to and how often they were used.
type server struct {
	Config
	dialects []Dialect
	callers  *callers
	limiter  *limiter
	mux      *http.ServeMux
}

// owned is a route and the dialect that it belongs to.
type owned struct {
	Route
	dialect *Dialect
}

func (s *server) mount() {
	paths := map[string][]owned{}
	for i := range s.dialects {
		d := &s.dialects[i]
		for _, r := range d.Routes {
			if (r.Handle == nil) == (r.Stream == nil) {
				panic(fmt.Sprintf("api: %s needs either Handle or Stream", r.Path))
			}
			for _, o := range paths[r.Path] {
				same := o.dialect == d || o.dialect.Speaks == d.Speaks
				if same && o.method() == r.method() || o.dialect != d && (same || o.dialect.Speaks == "" || d.Speaks == "") {
					panic(fmt.Sprintf("api: two routes serve %s %s to the same keys", r.method(), r.Path))
				}
			}
			paths[r.Path] = append(paths[r.Path], owned{r, d})
		}
		for _, doc := range d.Documents {
			s.mux.Handle(doc.Path, s.open(d.Envelope, document(doc.JSON)))
		}
	}
	for p, owners := range paths {
		s.mux.Handle(p, s.private(owners))
	}
	for _, p := range keyed {
		s.mux.Handle(p, s.private(nil))
		s.mux.Handle(p+"/", s.private(nil))
	}
	s.mux.Handle("/health", s.open(Problem, s.health))
	s.mux.Handle("/ready", s.open(Problem, s.ready))
	s.mux.Handle("/", s.open(Problem, nowhere))
}

// keyed are the folders in which everything needs a key.
var keyed = []string{"/v1", "/v0.0", "/api/v1"}

func nowhere(*http.Request) Reply {
	return Problem(gait.Errorf(gait.NotFound, "there is no such route"))
}

// ServeHTTP routes without ServeMux's redirects to a tidier path: a client that
// builds paths from text it does not control should see 404, not a 301.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	harden(w.Header())
	p := r.URL.EscapedPath()
	if r.Method == http.MethodConnect || !tidy(p) {
		h := s.open(Problem, nowhere)
		if needsKey(p) {
			h = s.private(nil)
		}
		h.ServeHTTP(w, r)
		return
	}
	if strings.Contains(p, "%") {
		// ServeMux would take a part that is "%2F" for the end of the path. It
		// gets the path as it came, and Call.PathValue undoes the escapes.
		as, u := *r, *r.URL
		u.Path, u.RawPath = p, ""
		as.URL = &u
		r = &as
	}
	s.mux.ServeHTTP(w, r)
}

// Untidy reports whether a request is for a path of the API that http.ServeMux
// would redirect to a tidier one. Whoever mounts the handler in a ServeMux has to
// pass these by it.
func Untidy(r *http.Request) bool {
	p := r.URL.EscapedPath()
	return needsKey(p) && !tidy(p) || slices.Contains(keyed, p)
}

// needsKey reports whether a path lies in a folder in which everything needs a key.
func needsKey(p string) bool {
	return slices.ContainsFunc(keyed, func(k string) bool { return strings.HasPrefix(p, k+"/") })
}

func tidy(p string) bool {
	if p == "" || p[0] != '/' {
		return false
	}
	clean := path.Clean(p)
	return clean == p || clean+"/" == p
}

// private serves a path to those with a key. No owners means that no dialect
// has the path.
func (s *server) private(owners []owned) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := exchange{server: s, w: w, r: r, envelope: Problem}
		if len(owners) == 1 {
			x.envelope = owners[0].dialect.Envelope
		}
		defer x.recover()
		x.serve(owners)
	})
}

// open serves a path to anyone.
func (s *server) open(envelope func(*gait.Error) Reply, answer func(*http.Request) Reply) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := exchange{server: s, w: w, r: r, envelope: envelope}
		defer x.recover()
		if x.reads() {
			x.reply(answer(r))
		}
	})
}

// exchange is one request on its way to an answer. Its envelope is the best
// guess so far at the dialect that the client understands.
type exchange struct {
	*server
	w         http.ResponseWriter
	r         *http.Request
	envelope  func(*gait.Error) Reply
	workspace gait.WorkspaceID // for the log
	streaming *parts           // the answer, where a Streamer writes it
}

func (x *exchange) serve(owners []owned) {
	given := presented(x.r.Header)
	if d := x.speaker(given.dialect); d != nil {
		x.envelope = d.Envelope
	}
	if given.text == "" && len(owners) == 0 {
		x.fail(gait.Errorf(gait.NotFound, "there is no such route"))
		return
	}
	if given.text == "" && x.SignedIn != nil && owners[0].dialect.Speaks == "" {
		x.serveSignedIn(owners)
		return
	}
	who, err := x.callers.find(x.r.Context(), given)
	if err != nil {
		x.fail(err)
		return
	}
	x.workspace = who.workspace.ID
	speaker := x.speaker(who.key.Dialect)
	if speaker == nil {
		x.fail(gait.Errorf(gait.Unauthorized, "this server does not serve the API that this key is for"))
		return
	}
	if speaker.Mark != nil {
		speaker.Mark(x.w.Header(), who.workspace)
	}
	theirs := ofDialect(owners, speaker)
	if len(theirs) > 0 {
		x.envelope = theirs[0].dialect.Envelope
	}
	now := x.Now()
	if speaker.PerMinute != nil {
		if wait := x.limiter.take(who.key.Hash, speaker.PerMinute(who.workspace), now.UnixMilli()); wait > 0 {
			seconds := (wait + time.Second - 1) / time.Second
			x.w.Header().Set("Retry-After", strconv.FormatInt(int64(seconds), 10))
			x.fail(gait.Errorf(gait.RateLimited, "too many requests with this key; try again in %d s", seconds))
			return
		}
	}
	if len(theirs) == 0 {
		x.fail(gait.Errorf(gait.NotFound, "there is no such route for this key"))
		return
	}
	route, ok := x.route(theirs)
	if !ok {
		return
	}
	if need := route.scope(); !slices.Contains(who.key.Scopes, need) {
		x.fail(gait.Errorf(gait.Forbidden, "this key is not for that: it lacks the scope %q", need))
		return
	}
	if theirs[0].dialect.Speaks == "" {
		if err := ownWorkspace(x.r.URL, who.workspace.ID); err != nil {
			x.fail(err)
			return
		}
	}
	p := gait.Principal{Name: who.key.Name, Workspace: who.workspace, Role: roleOf(who.key), Confirmed: true}
	still := func() error { // its scopes are for good
		_, err := x.callers.find(x.r.Context(), given)
		return err
	}
	x.answer(route, &Call{Request: x.r, Workspace: who.workspace, Key: who.key, Principal: p, Now: now, still: still})
}

// ownWorkspace fails if a query names another workspace than the key's. The
// borrowed dialects know no such parameter.
func ownWorkspace(u *url.URL, own gait.WorkspaceID) error {
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return &gait.Error{Code: gait.Invalid, Message: "the query of the URL is not well formed", Field: "query", Err: err}
	}
	for _, named := range q["workspace"] {
		if named == "" {
			continue
		}
		id, err := strconv.ParseInt(named, 10, 64)
		if err != nil {
			return &gait.Error{Code: gait.Invalid, Message: "the workspace in the query must be a number, such as workspace=1; a key needs none", Field: "workspace"}
		}
		if gait.WorkspaceID(id) != own {
			return &gait.Error{
				Code: gait.Forbidden, Field: "workspace",
				Message: fmt.Sprintf("this key is of workspace %d and opens no other: leave the parameter out, or use a key of that workspace", own),
			}
		}
	}
	return nil
}

// serveSignedIn serves a request that came without a key, to a route that a
// signed-in browser may use.
func (x *exchange) serveSignedIn(owners []owned) {
	if err := x.CrossOrigin.Check(x.r); err != nil {
		x.fail(gait.Wrap(err, gait.Forbidden, "this request comes from another site's page"))
		return
	}
	p, err := x.SignedIn(x.r)
	if err != nil {
		x.fail(err)
		return
	}
	x.workspace = p.Workspace.ID
	route, ok := x.route(owners)
	if !ok {
		return
	}
	if err := x.may(route, p); err != nil {
		x.fail(err)
		return
	}
	still := func() error {
		p, err := x.SignedIn(x.r)
		if err != nil {
			return err
		}
		return x.may(route, p)
	}
	x.answer(route, &Call{Request: x.r, Workspace: p.Workspace, Principal: p, Now: x.Now(), still: still})
}

// may fails with gait.Forbidden if the role of somebody who signed in is too low
// for a route.
func (x *exchange) may(route *Route, p gait.Principal) error {
	if need := cmp.Or(route.Role, gait.Viewer); !p.Role.Includes(need) {
		return gait.Errorf(gait.Forbidden, "this needs the role %s in this workspace; yours is %s", need, p.Role)
	}
	return nil
}

// roleOf is what a key may do, in the words of accounts.
func roleOf(k gait.Key) gait.Role {
	if slices.Contains(k.Scopes, gait.ScopeAdmin) {
		return gait.Owner
	}
	return gait.Viewer
}

// ofDialect returns the routes that keys of a dialect may use.
func ofDialect(owners []owned, speaker *Dialect) []owned {
	var theirs []owned
	for _, o := range owners {
		if o.dialect == speaker || o.dialect.Speaks == "" {
			theirs = append(theirs, o)
		}
	}
	return theirs
}

// method is the one that the route answers to beside HEAD.
func (r *Route) method() string { return cmp.Or(r.Method, http.MethodGet) }

// scope is what a key needs for the route.
func (r *Route) scope() string {
	switch {
	case r.Scope != "":
		return r.Scope
	case cmp.Or(r.Role, gait.Viewer) == gait.Viewer:
		return gait.ScopeRead
	}
	return gait.ScopeAdmin
}

// answers reports whether the route answers to a method.
func (r *Route) answers(method string) bool {
	return method == r.method() || method == http.MethodHead && r.method() == http.MethodGet && r.Stream == nil
}

// route finds the one for the request's method; if there is none, it has
// answered already.
func (x *exchange) route(owners []owned) (*Route, bool) {
	var allowed []string
	for i := range owners {
		if owners[i].answers(x.r.Method) {
			return &owners[i].Route, true
		}
		allowed = append(allowed, owners[i].method())
		if owners[i].answers(http.MethodHead) {
			allowed = append(allowed, http.MethodHead)
		}
	}
	slices.Sort(allowed)
	x.notAllowed(allowed)
	return nil, false
}

// speaker returns the dialect that keys of the given kind speak, nil if none.
func (s *server) speaker(d gait.Dialect) *Dialect {
	if d == "" {
		return nil
	}
	for i := range s.dialects {
		if s.dialects[i].Speaks == d {
			return &s.dialects[i]
		}
	}
	return nil
}

// reads reports whether the method is one that routes answer which can only be
// read; if not, it has answered already.
func (x *exchange) reads() bool {
	if x.r.Method == http.MethodGet || x.r.Method == http.MethodHead {
		return true
	}
	x.notAllowed([]string{http.MethodGet, http.MethodHead})
	return false
}

// notAllowed answers that a path knows other methods only.
func (x *exchange) notAllowed(allowed []string) {
	x.w.Header().Set("Allow", strings.Join(allowed, ", "))
	message := "this route can only be read: use GET"
	if !slices.Contains(allowed, http.MethodGet) || len(allowed) > 2 {
		message = "this route answers to " + strings.Join(allowed, ", ")
	}
	x.fail(&gait.Error{Code: MethodNotAllowed, Message: message, Field: "method"})
}

// fail logs what the operator should know of err and tells the client the rest.
func (x *exchange) fail(err error) {
	e, known := errors.AsType[*gait.Error](err)
	gone := x.r.Context().Err() != nil
	if !known {
		e = gait.Wrap(err, gait.Internal, "")
		if gone || errors.Is(err, context.DeadlineExceeded) {
			e = gait.Wrap(err, gait.Unavailable, "the answer took too long; try again")
		}
	}
	level := slog.LevelDebug
	switch {
	case gone:
	case e.Code == gait.Internal:
		level = slog.LevelError
	case e.Code == gait.Unavailable:
		level = slog.LevelWarn
	}
	// The pattern, not the path, and never the headers: ids, user names and
	// keys stay out of the log.
	x.Logger.Log(x.r.Context(), level, "api: request failed",
		"route", x.r.Pattern, "workspace", int64(x.workspace), "code", string(e.Code), "err", err)

	if x.streaming != nil {
		if x.streaming.begun {
			panic(http.ErrAbortHandler)
		}
		x.w.Header().Del("Content-Disposition")
	}
	switch e.Code {
	case gait.Internal:
		e = gait.Errorf(gait.Internal, "something went wrong on our side")
	case gait.Unauthorized:
		x.w.Header().Set("WWW-Authenticate", "Bearer")
	case gait.Unavailable:
		x.w.Header().Set("Retry-After", "1")
	}
	x.reply(x.envelope(e))
}

// recover turns a panic into an answer of the right shape.
func (x *exchange) recover() {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	x.Logger.ErrorContext(x.r.Context(), "api: panic in a handler",
		"route", x.r.Pattern, "workspace", int64(x.workspace), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if x.streaming != nil && x.streaming.begun {
		panic(http.ErrAbortHandler)
	}
	x.reply(x.envelope(gait.Errorf(gait.Internal, "something went wrong on our side")))
}

// reply encodes and writes an answer, whole or not at all.
func (x *exchange) reply(a Reply) {
	body, err := Encode(a.Body)
	if err != nil {
		x.Logger.ErrorContext(x.r.Context(), "api: cannot encode an answer", "route", x.r.Pattern, "err", err)
		a = x.envelope(gait.Errorf(gait.Internal, "something went wrong on our side"))
		if body, err = Encode(a.Body); err != nil {
			a, body = Reply{Status: http.StatusInternalServerError, Type: JSON}, []byte("{}\n")
		}
	}
	h := x.w.Header()
	h.Set("Content-Type", a.Type)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	x.w.WriteHeader(a.Status)
	if x.r.Method != http.MethodHead {
		_, _ = x.w.Write(body) // a client that went away is no news
	}
}
