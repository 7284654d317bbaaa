package native

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	checklist "github.com/gaithq/gait/check"
	"github.com/gaithq/gait/risk"
	"github.com/gaithq/gait/session"
	"github.com/gaithq/gait/store/mem"
)

// house is the API over a store in memory, with sessions that tests make up.
type house struct {
	t        testing.TB
	now      time.Time
	store    *mem.Store
	sessions *sessions
	told     []string // of changes
	config   Config
	dialect  api.Dialect
	handler  http.Handler
	spec     *openapi3.T
	used     map[string]bool // operations that went well
	keys     map[string]string
	roles    map[gait.Role]gait.AccountID
	doubted  bool // whoever is signed in did not prove lately who they are
}

// sessions judges as it is told to and lists what the store has.
type sessions struct {
	*mem.Store
	reports map[gait.SessionRef]gait.Report
	batches []gait.Batch // of every session
	most    int          // largest Limit that was asked for
	asked   int          // times that a list was asked for
}

func (s *sessions) Report(_ context.Context, w gait.WorkspaceID, id gait.SessionID) (gait.Report, error) {
	r, ok := s.reports[gait.SessionRef{Workspace: w, Session: id}]
	if !ok {
		return r, gait.Errorf(gait.NotFound, "no such session")
	}
	return r, nil
}

// Trace traces those that it can report on.
func (s *sessions) Trace(_ context.Context, w gait.WorkspaceID, id gait.SessionID) (gait.Trace, error) {
	if _, ok := s.reports[gait.SessionRef{Workspace: w, Session: id}]; !ok {
		return gait.Trace{}, gait.Errorf(gait.NotFound, "no such session")
	}
	return session.Trace(s.batches), nil
}

func (s *sessions) Sessions(ctx context.Context, q gait.SessionQuery) ([]gait.SessionRow, error) {
	s.most = max(s.most, q.Limit)
	s.asked++
	return s.Store.Sessions(ctx, q)
}

// PolicyChanged implements Judged.
func (h *house) PolicyChanged(w gait.WorkspaceID) {
	h.told = append(h.told, fmt.Sprint("policy ", w))
}

// SettingsChanged implements Judged.
func (h *house) SettingsChanged(w gait.WorkspaceID) {
	h.told = append(h.told, fmt.Sprint("settings ", w))
}

// newHouse has two workspaces with a key each and, in the first, a member of each role.
func newHouse(t testing.TB) *house {
	h := &house{
		t: t, now: time.Date(2026, 6, 10, 12, 30, 0, 0, time.UTC), store: mem.New(mem.Config{}),
		used: map[string]bool{}, keys: map[string]string{}, roles: map[gait.Role]gait.AccountID{},
	}
	ctx := t.Context()
	h.sessions = &sessions{Store: h.store, reports: map[gait.SessionRef]gait.Report{}}
	for _, name := range []string{"one", "two"} {
		text, key := api.NewSecretKey(h.now)
		reader, readKey := api.NewNotAIKey(h.now)
		key.Name, key.Scopes, readKey.Name = "robot", []string{gait.ScopeAdmin, gait.ScopeRead}, "reader"
		if _, err := h.store.CreateWorkspace(ctx, gait.Workspace{
			Name: name, IntegrationID: api.NewIntegrationID(), SiteKey: api.NewSiteKey(), Tier: "enterprise", Created: h.now.UnixMilli(),
		}, []gait.Key{key, readKey}); err != nil {
			t.Fatal(err)
		}
		h.keys[name], h.keys["reader of "+name] = text, reader
	}
	for _, role := range []gait.Role{gait.Owner, gait.Analyst, gait.Viewer} {
		h.roles[role] = h.join(1, role, string(role)+"@example.org")
	}
	h.config = Config{
		Sessions: h.sessions, Store: h.store, Checks: checklist.All(), Judged: h, Traces: h.sessions,
		Now: func() time.Time { return h.now },
		Invite: func(w gait.WorkspaceID, role gait.Role, note string, by gait.AccountID, now time.Time, lasts time.Duration) (string, gait.Invitation) {
			i := gait.Invitation{Workspace: w, Role: role, Note: note, By: by, Created: now.UnixMilli(), Expires: now.Add(lasts).UnixMilli()}
			i.Hash = api.HashKey(note)
			return "https://gait.test/dash/join#" + note, i
		},
		People: map[string]PeopleRate{"programmatic_typing": {Flagged: 2, Of: 900}},
		AddressLists: func() []AddressList {
			return []AddressList{
				{Name: "tor:exits@2026-06-01/00", Kind: "tor", File: "exits", Entries: 7, Modified: 1, Loaded: 2},
				{Name: "vpn:bad", Kind: "vpn", File: "bad", Why: "line 3 is no address"},
			}
		},
	}
	h.open()
	return h
}

// open builds the handler anew, after the config was changed.
func (h *house) open() {
	h.dialect = New(h.config)
	var err error
	if h.spec, err = openapi3.NewLoader().LoadFromData(h.dialect.Documents[0].JSON); err != nil {
		h.t.Fatal(err)
	}
	h.handler = api.New(api.Config{
		Workspaces: h.store, Now: func() time.Time { return h.now }, Logger: slog.New(slog.DiscardHandler), SignedIn: h.signedIn,
	}, h.dialect, api.Dialect{Speaks: gait.Roundtable, Envelope: api.Problem}, api.Dialect{Speaks: gait.NotAI, Envelope: api.Problem})
}

// signedIn knows those whose cookie names their role in the first workspace. Other
// names are of owners.
func (h *house) signedIn(r *http.Request) (gait.Principal, error) {
	c, err := r.Cookie("role")
	if err != nil {
		return gait.Principal{}, gait.Errorf(gait.Unauthorized, "sign in first")
	}
	if r.URL.Query().Get("workspace") != "1" {
		return gait.Principal{}, gait.Errorf(gait.NotFound, "no such workspace")
	}
	w, err := h.store.WorkspaceByID(r.Context(), 1)
	role := gait.Role(c.Value)
	if !role.Includes(gait.Viewer) {
		role = gait.Owner
	}
	return gait.Principal{Account: h.roles[gait.Role(c.Value)], Name: "Ms. " + c.Value, Workspace: w, Role: role, Confirmed: !h.doubted}, err
}

// join makes an account that is a member of a workspace.
func (h *house) join(w gait.WorkspaceID, role gait.Role, email string) gait.AccountID {
	h.t.Helper()
	ctx := h.t.Context()
	i := gait.Invitation{Hash: api.HashKey(email), Workspace: w, Role: role, Created: 1, Expires: h.now.Add(time.Hour).UnixMilli()}
	if err := h.store.CreateInvitation(ctx, i); err != nil {
		h.t.Fatal(err)
	}
	a, err := h.store.CreateAccount(ctx, gait.Account{Email: email, Name: email, Handle: []byte(email), Created: 1}, i.Hash, gait.Membership{Since: h.now.UnixMilli() - 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	return a.ID
}

// as sends a request as somebody: a role of the first workspace, or a key's name.
// An answer that says that all went well is held against the OpenAPI document, and
// so is the request.
func (h *house) as(who, method, target string, body ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	r := h.request(who, method, target, body...)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	if w.Code < 300 {
		h.conform(h.request(who, method, target, body...), w)
	} else if err := h.spec.Components.Schemas["Problem"].Value.VisitJSON(decoded(w)); err != nil {
		h.t.Errorf("%s %s: %v\n%s", method, target, err, w.Body)
	}
	return w
}

func (h *house) request(who, method, target string, body ...string) *http.Request {
	r := httptest.NewRequest(method, "/api/v1"+target, strings.NewReader(strings.Join(body, "")))
	if len(body) > 0 {
		r.Header.Set("Content-Type", api.JSON)
	}
	if key, ok := h.keys[who]; ok {
		r.Header.Set("Authorization", "Bearer "+key)
	} else {
		r.AddCookie(&http.Cookie{Name: "role", Value: who})
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		q := r.URL.Query()
		q.Set("workspace", "1")
		r.URL.RawQuery = cmp.Or(r.URL.RawQuery+"&", "") + "workspace=1"
	}
	return r
}

// ok is as for what must go well; it reads the answer into a value.
func (h *house) ok(into any, who, method, target string, body ...string) {
	h.t.Helper()
	w := h.as(who, method, target, body...)
	if w.Code >= 300 {
		h.t.Fatalf("%s %s %s: %d %s", method, target, body, w.Code, w.Body)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		h.t.Fatalf("%s %s: %v\n%s", method, target, err, w.Body)
	}
}

// refused wants a problem with a status that is about a field.
func (h *house) refused(status int, field, who, method, target string, body ...string) {
	h.t.Helper()
	w := h.as(who, method, target, body...)
	var p struct{ Field, Detail string }
	_ = json.Unmarshal(w.Body.Bytes(), &p)
	if w.Code != status || p.Field != field {
		h.t.Errorf("%s %s %s: %d, field %q, want %d, field %q: %s", method, target, body, w.Code, p.Field, status, field, p.Detail)
	}
}

func decoded(w *httptest.ResponseRecorder) any {
	var body any
	_ = json.Unmarshal(w.Body.Bytes(), &body)
	return body
}

// conform holds a request and its answer against the OpenAPI document.
func (h *house) conform(r *http.Request, w *httptest.ResponseRecorder) {
	h.t.Helper()
	route, values := h.find(r)
	if route == nil {
		h.t.Errorf("%s %s is not in the document", r.Method, r.URL.Path)
		return
	}
	h.used[r.Method+" "+route.Path] = true
	asked := &openapi3filter.RequestValidationInput{
		Request: r, Route: route, PathParams: values,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), asked); err != nil {
		h.t.Errorf("%s %s: the document does not know this request: %v", r.Method, r.URL, err)
	}
	answer := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked, Status: w.Code, Header: w.Header(),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: !strings.HasPrefix(w.Header().Get("Content-Type"), api.JSON)},
	}
	if w.Code == http.StatusNoContent && w.Body.Len() > 0 {
		h.t.Errorf("%s %s: no content, but %s", r.Method, r.URL, w.Body)
	}
	if err := openapi3filter.ValidateResponse(r.Context(), answer.SetBodyBytes(w.Body.Bytes())); err != nil {
		h.t.Errorf("%s %s: the document does not describe this answer: %v\n%s", r.Method, r.URL, err, w.Body)
	}
}

// find returns the operation that a request is for, of several paths the one with
// the fewest parameters.
func (h *house) find(r *http.Request) (*routers.Route, map[string]string) {
	var found *routers.Route
	var values map[string]string
	for path, item := range h.spec.Paths.Map() {
		op := item.GetOperation(r.Method)
		a, b := strings.Split(path, "/"), strings.Split(r.URL.EscapedPath(), "/")
		got := map[string]string{}
		if op == nil || !slices.EqualFunc(a, b, func(s, in string) bool {
			if strings.HasPrefix(s, "{") {
				got[strings.Trim(s, "{}")] = in
				return true
			}
			return s == in
		}) || found != nil && len(values) <= len(got) {
			continue
		}
		found, values = &routers.Route{Spec: h.spec, Path: path, PathItem: item, Method: r.Method, Operation: op}, got
	}
	return found, values
}

// sid makes the n-th session id.
func sid(n int) gait.SessionID {
	var id gait.SessionID
	copy(id[:], fmt.Sprintf("session %8d", n))
	return id
}

// verdicts writes what checks said: those named Detected, the others Not detected.
func verdicts(detected ...string) string {
	return strings.Join(says(detected, "D", "N"), "")
}

func says(keys []string, is, otherwise string) []string {
	var letters []string
	for _, c := range checklist.All() {
		if slices.Contains(keys, c.Key) {
			letters = append(letters, is)
		} else {
			letters = append(letters, otherwise)
		}
	}
	return letters
}

// row makes the n-th row of a workspace, started ago before now.
func (h *house) row(w gait.WorkspaceID, n int, ago time.Duration, change ...func(*gait.SessionRow)) gait.SessionRow {
	at := h.now.Add(-ago).UnixMilli()
	r := gait.SessionRow{
		SessionRef: gait.SessionRef{Workspace: w, Session: sid(n)}, Batches: 1, Started: at, Ended: at + 5000, LastArrival: at + 6000,
		Events: 10 + n, Score: 4, Masked: 4, PolicyVersion: 1, Verdicts: verdicts(), Actor: gait.ActorPerson, Presence: gait.PresenceSeen,
		URL: "https://shop.example/checkout", Routes: []string{"/", "/checkout"}, Country: "DE", Device: "desktop", Browser: "Chrome", OS: "Linux",
	}
	for _, f := range change {
		f(&r)
	}
	return r
}

// put stores rows, and reports that fit to them.
func (h *house) put(rows ...gait.SessionRow) {
	h.t.Helper()
	if err := h.store.PutSessions(h.t.Context(), rows); err != nil {
		h.t.Fatal(err)
	}
	for _, r := range rows {
		said := r.Verdicts
		if len(said) != len(checklist.All()) {
			said = verdicts()
		}
		h.sessions.reports[r.SessionRef] = gait.Report{
			Session: r.Session, Status: gait.StatusAt(r.LastArrival, h.now.UnixMilli()), Presence: gait.PresenceSeen, Actor: gait.ActorPerson,
			Features:   gait.Features{Started: r.Started, Ended: r.Ended, LastArrival: r.LastArrival, UserID: r.UserID, Events: uint32(r.Events), Batches: 1},
			Answers:    risk.Answers(checklist.Checks(), said),
			Assessment: gait.Assessment{Score: r.Score, Masked: r.Masked, Action: gait.AutoAccept, Cap: 100},
		}
	}
}

// audited returns the newest entries of the first workspace's audit log, newest first,
// as "action subject: detail".
func (h *house) audited(n int) []string {
	h.t.Helper()
	entries, err := h.store.AuditLog(h.t.Context(), 1, 0, n)
	if err != nil {
		h.t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, fmt.Sprintf("%s %s: %s", e.Action, e.Subject, e.Detail))
	}
	return list
}

func readAll(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
