package account

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/store/mem"
)

// cheap makes tests quick.
var cheap = Hashing{Passes: 1, Memory: 64, Lanes: 1}

// house is the room over a store in memory, with a clock to set.
type house struct {
	*Accounts
	t       testing.TB
	now     time.Time
	store   *mem.Store
	log     bytes.Buffer
	handler http.Handler
	main    gait.Workspace
	public  string
	spec    *openapi3.T
}

func newHouse(t testing.TB, change ...func(*Config)) *house {
	t.Helper()
	h := &house{t: t, now: time.Now().Truncate(time.Millisecond), store: mem.New(mem.Config{}), public: "https://gait.example.org", spec: spec(t)}
	h.main = h.workspace("Main")
	c := Config{
		Store: h.store, PublicURL: h.public, Version: "1.2.3", Hashing: cheap,
		Read: api.ReadJSON,
		Now:  func() time.Time { return h.now },
		NewWorkspace: func(_ context.Context, name string, _ gait.AccountID) (gait.Workspace, Keys, error) {
			return h.workspace(name), Keys{Secret: "sk-x", NotAI: "aik_v1_x"}, nil
		},
		Logger: slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	c.Answer = func(w http.ResponseWriter, r *http.Request, body any, err error) {
		api.Answer(c.Logger, w, r, body, err)
	}
	for _, f := range change {
		f(&c)
	}
	h.public = c.PublicURL
	a, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	h.Accounts, h.handler = a, a.Handler()
	return h
}

func (h *house) workspace(name string) gait.Workspace {
	h.t.Helper()
	w, err := h.store.CreateWorkspace(context.Background(), gait.Workspace{
		Name: name, IntegrationID: api.NewIntegrationID(), SiteKey: api.NewSiteKey(), Created: h.now.UnixMilli(),
	}, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return w
}

// invite returns the token of an invitation to the main workspace.
func (h *house) invite(role gait.Role) string {
	h.t.Helper()
	token, i := NewInvitation(h.main.ID, role, "for "+string(role), 0, h.now, time.Hour)
	if err := h.store.CreateInvitation(context.Background(), i); err != nil {
		h.t.Fatal(err)
	}
	return token
}

// browser is a visitor with cookies.
type browser struct {
	*house
	cookies map[string]*http.Cookie
	address string
	host    string
	header  http.Header
}

func (h *house) browser() *browser {
	return &browser{house: h, cookies: map[string]*http.Cookie{}, address: "203.0.113.7:1234", host: strings.SplitN(h.public, "//", 2)[1], header: http.Header{}}
}

func (b *browser) request(method, path string, body any) *http.Request {
	var in io.Reader
	if text, ok := body.(string); ok {
		in = strings.NewReader(text)
	} else if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	r := httptest.NewRequest(method, path, in)
	r.RemoteAddr, r.Host = b.address, b.host
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range b.header {
		r.Header[name] = values
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	return r
}

// do asks, keeps cookies, and returns the status and the answer.
func (b *browser) do(method, path string, body any) (int, map[string]any) {
	b.t.Helper()
	w := b.ask(method, path, body)
	var answer map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			b.t.Fatalf("%s %s: %v in %q", method, path, err, w.Body)
		}
	}
	return w.Code, answer
}

func (b *browser) ask(method, path string, body any) *httptest.ResponseRecorder {
	b.t.Helper()
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, b.request(method, "/api/v1"+path, body))
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c
		}
	}
	if w.Header().Get("Cache-Control") != "no-store" {
		b.t.Errorf("%s %s may be kept: %v", method, path, w.Header())
	}
	b.conform(method, path, w)
	return w
}

// raw asks for a path that is not of the API.
func (b *browser) raw(method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, b.request(method, path, nil))
	return w
}

// conform holds an answer against the document.
func (b *browser) conform(method, path string, w *httptest.ResponseRecorder) {
	b.t.Helper()
	schema := b.spec.Components.Schemas["Problem"].Value
	if w.Code < 300 {
		known, last := b.spec.Paths.Map()["/api/v1"+path], strings.LastIndex(path, "/")
		if known == nil {
			known = b.spec.Paths.Map()["/api/v1"+path[:last]+"/{id}"]
		}
		if method == http.MethodHead {
			return
		}
		said := known.GetOperation(method).Responses.Status(w.Code)
		if said == nil {
			b.t.Errorf("%s %s: the document does not know %d", method, path, w.Code)
			return
		}
		if w.Code == http.StatusNoContent {
			return
		}
		schema = said.Value.Content["application/json"].Schema.Value
	}
	var body any
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil && method != http.MethodHead {
		b.t.Errorf("%s %s: %v in %s", method, path, err, w.Body)
	} else if err := schema.VisitJSON(body); err != nil {
		b.t.Errorf("%s %s: the document does not describe this %d: %v\n%s", method, path, w.Code, err, w.Body)
	}
}

// must is do that has to end in a status.
func (b *browser) must(status int, method, path string, body any) map[string]any {
	b.t.Helper()
	code, answer := b.do(method, path, body)
	if code != status {
		b.t.Fatalf("%s %s: %d %v, want %d", method, path, code, answer, status)
	}
	return answer
}

const password = "correct horse battery"

// join makes an account by an invitation and returns its browser.
func (h *house) join(email string, role gait.Role) *browser {
	h.t.Helper()
	b := h.browser()
	b.must(200, "POST", "/account/setup", map[string]string{"token": h.invite(role), "email": email, "name": strings.ToUpper(email[:1]), "password": password})
	return b
}

// principal asks who a browser is to the API.
func (b *browser) principal(query string) (gait.Principal, error) {
	return b.Principal(b.request("GET", "/api/v1/things?"+query, nil))
}

// actions are those written down for the main workspace, oldest first.
func (h *house) actions() string {
	h.t.Helper()
	entries, err := h.store.AuditLog(context.Background(), h.main.ID, 0, 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	var list []string
	for i := len(entries) - 1; i >= 0; i-- {
		list = append(list, fmt.Sprintf("%s %s", entries[i].ByName, entries[i].Action))
	}
	return strings.Join(list, ", ")
}

// secrets fails the test if the log has any of the given texts.
func (h *house) secrets(texts ...string) {
	h.t.Helper()
	for _, s := range append(texts, password, "203.0.113") {
		if strings.Contains(h.log.String(), s) {
			h.t.Errorf("the log has %q: %s", s, h.log.String())
		}
	}
}
