package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// workshop is a handler with one keyless dialect and one with keys, whose routes
// do next to nothing. Cookies read "role=owner" and so on.
func workshop(t *testing.T, log io.Writer) http.Handler {
	t.Helper()
	h := newHouse(t)
	h.store.change(keys["$SK_ADMIN"], func(k *gait.Key) { k.Scopes = []string{gait.ScopeAdmin}; k.Name = "robot" })
	said := func(c *api.Call) (any, error) {
		p := c.Principal
		return map[string]any{"name": p.Name, "role": p.Role, "workspace": p.Workspace.ID, "account": p.Account, "same": c.Workspace.ID == p.Workspace.ID}, nil
	}
	native := api.Dialect{Envelope: api.Problem, Routes: []api.Route{
		{Path: "/api/v1/things", Handle: said},
		{Path: "/api/v1/things", Method: http.MethodPost, Role: gait.Analyst, Handle: func(c *api.Call) (any, error) {
			var body struct {
				Name  string `json:"name"`
				Inner struct {
					N int `json:"n"`
				} `json:"inner"`
			}
			if err := c.Body(&body); err != nil {
				return nil, err
			}
			return body, nil
		}},
		{Path: "/api/v1/things/{id}", Method: http.MethodDelete, Role: gait.Owner, Handle: func(*api.Call) (any, error) { return nil, nil }},
		{Path: "/api/v1/secrets", Role: gait.Owner, Handle: said},
		{Path: "/api/v1/stream", Stream: func(c *api.Call, w http.ResponseWriter) error {
			w.Header().Set("Content-Type", "text/plain")
			w.Header().Set("Content-Disposition", "attachment")
			switch c.Request.URL.Query().Get("do") {
			case "refuse":
				return gait.Errorf(gait.Conflict, "not now")
			case "break":
				_, _ = io.WriteString(w, "half")
				return errors.New("the disk went away")
			case "panic":
				_, _ = io.WriteString(w, "half")
				panic("oh")
			case "flush":
				if err := http.NewResponseController(w).Flush(); err != nil {
					return err
				}
				return errors.New("after the flush")
			}
			_, err := io.WriteString(w, "whole")
			return err
		}},
	}}
	keyed := api.Dialect{Speaks: gait.Roundtable, Envelope: api.Problem, Routes: []api.Route{{Path: "/v1/things", Handle: said}}}
	return api.New(api.Config{
		Workspaces: h.store,
		Now:        func() time.Time { return h.now },
		Logger:     slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		SignedIn: func(r *http.Request) (gait.Principal, error) {
			c, err := r.Cookie("role")
			if err != nil {
				return gait.Principal{}, gait.Errorf(gait.Unauthorized, "sign in first")
			}
			if r.URL.Query().Get("workspace") != "1" {
				return gait.Principal{}, gait.Errorf(gait.NotFound, "no such workspace")
			}
			return gait.Principal{Account: 7, Name: "Ada", Workspace: h.store.workspaces[1], Role: gait.Role(c.Value)}, nil
		},
	}, native, keyed)
}

func TestRoutes(t *testing.T) {
	const (
		json   = "Content-Type: application/json"
		site   = "Sec-Fetch-Site: cross-site"
		own    = "Sec-Fetch-Site: same-origin"
		viewer = "Cookie: role=viewer"
		owner  = "Cookie: role=owner"
		admin  = "Authorization: Bearer $SK_ADMIN"
		reader = "Authorization: Bearer $SK"
	)
	handler := workshop(t, io.Discard)
	for _, c := range []struct {
		request string
		headers []string
		body    string
		status  int
		want    string // contained in the body
	}{
		{"GET /api/v1/things?workspace=1", []string{viewer}, "", 200, `{"account":7,"name":"Ada","role":"viewer","same":true,"workspace":1}`},
		{"GET /api/v1/things?workspace=2", []string{viewer}, "", 404, "no such workspace"},
		{"GET /api/v1/things?workspace=1", nil, "", 401, "sign in first"},
		{"HEAD /api/v1/things?workspace=1", []string{viewer}, "", 200, ""},
		{"GET /api/v1/things?workspace=1", []string{viewer, reader}, "", 200, `"account":0,"name":"","role":"viewer"`},
		{"GET /api/v1/things", []string{admin}, "", 403, `lacks the scope \"read\"`},
		{"GET /api/v1/things?workspace=", []string{reader}, "", 200, `"workspace":1`},
		{"GET /api/v1/things?workspace=2", []string{reader}, "", 403, "this key is of workspace 1 and opens no other"},
		{"GET /api/v1/things?workspace=1&workspace=2", []string{reader}, "", 403, `"field":"workspace"`},
		{"POST /api/v1/things?workspace=2", []string{admin, json}, `{"name":"x"}`, 403, `"field":"workspace"`},
		{"GET /api/v1/things?workspace=one", []string{reader}, "", 400, `"field":"workspace"`},
		{"GET /api/v1/things?workspace=%", []string{reader}, "", 400, `"field":"query"`},
		{"GET /v1/things?workspace=2", []string{reader}, "", 200, ""}, // the borrowed dialects have no such parameter
		{"GET /v1/things?workspace=1", []string{owner}, "", 401, "an API key is needed"},
		{"GET /api/v1/nothing?workspace=1", []string{owner}, "", 404, "no such route"},
		{"GET /api/v1/secrets?workspace=1", []string{viewer}, "", 403, "needs the role owner in this workspace; yours is viewer"},
		{"GET /api/v1/secrets?workspace=1", []string{"Cookie: role=other"}, "", 403, "needs the role"},
		{"GET /api/v1/secrets", []string{reader}, "", 403, `lacks the scope \"admin\"`},
		{"GET /api/v1/secrets", []string{admin}, "", 200, `"name":"robot","role":"owner"`},

		{"POST /api/v1/things?workspace=1", []string{viewer, own, json}, `{}`, 403, "needs the role analyst"},
		{"POST /api/v1/things?workspace=1", []string{owner, site, json}, `{}`, 403, "another site"},
		{"POST /api/v1/things?workspace=1", []string{owner, "Origin: https://evil.example", json}, `{}`, 403, "another site"},
		{"POST /api/v1/things?workspace=1", []string{owner, own, json}, `{"name":"x"}`, 200, `"name":"x"`},
		{"POST /api/v1/things", []string{admin, site, json}, `{"name":"x"}`, 200, `"name":"x"`},
		{"POST /api/v1/things", []string{reader, json}, `{"name":"x"}`, 403, `lacks the scope \"admin\"`},
		{"DELETE /api/v1/things/3?workspace=1", []string{owner, own}, "", 204, ""},
		{"PUT /api/v1/things?workspace=1", []string{owner, own}, "", 405, "answers to GET, HEAD, POST"},
		{"GET /api/v1/things/3?workspace=1", []string{owner}, "", 405, "answers to DELETE"},
		{"POST /v1/things", []string{reader}, "", 405, "use GET"},

		{"POST /api/v1/things", []string{admin}, `{}`, 400, `"field":"content-type"`},
		{"POST /api/v1/things", []string{admin, "Content-Type: text/plain"}, `{}`, 400, `"field":"content-type"`},
		{"POST /api/v1/things", []string{admin, "Content-Type: application/json; charset=utf-8"}, `{}`, 200, ""},
		{"POST /api/v1/things", []string{admin, json}, "", 400, "must be a JSON object"},
		{"POST /api/v1/things", []string{admin, json}, "null", 400, "must be a JSON object"},
		{"POST /api/v1/things", []string{admin, json}, "{", 400, "not well-formed"},
		{"POST /api/v1/things", []string{admin, json}, "{}{}", 400, "something follows"},
		{"POST /api/v1/things", []string{admin, json}, `{"nam":1}`, 400, `"field":"nam"`},
		{"POST /api/v1/things", []string{admin, json}, `{"` + strings.Repeat("ü", 5000) + `":1}`, 400, `"field":"ü`},
		{"POST /api/v1/things", []string{admin, json}, `{"inner":{"n":"x"}}`, 400, `"field":"inner.n"`},
		{"POST /api/v1/things", []string{admin, json}, `{"name":"` + strings.Repeat("x", 64<<10) + `"}`, 413, "64 kB"},

		{"GET /api/v1/stream?workspace=1", []string{viewer}, "", 200, "whole"},
		{"GET /api/v1/stream?do=refuse&workspace=1", []string{viewer}, "", 409, "not now"},
		{"HEAD /api/v1/stream?workspace=1", []string{viewer}, "", 405, ""},
	} {
		method, target, _ := strings.Cut(c.request, " ")
		r := httptest.NewRequest(method, target, strings.NewReader(c.body))
		for _, line := range c.headers {
			name, value, _ := strings.Cut(line, ": ")
			if key, ok := strings.CutPrefix(value, "Bearer "); ok {
				value = "Bearer " + keys[key]
			}
			r.Header.Add(name, value)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s %v %.60s: %d %s", c.request, c.headers, c.body, w.Code, w.Body)
		}
		if w.Code == 204 && w.Body.Len() > 0 || w.Header().Get("Cache-Control") != "no-store" || w.Code == 409 && w.Header().Get("Content-Disposition") != "" {
			t.Errorf("%s: %v %s", c.request, w.Header(), w.Body)
		}
	}
}

// TestBrokenStream: a stream that fails halfway ends the connection.
func TestBrokenStream(t *testing.T) {
	var log bytes.Buffer
	server := httptest.NewServer(workshop(t, &log))
	defer server.Close()
	for _, do := range []string{"break", "panic", "flush"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/api/v1/stream?workspace=1&do="+do, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", "role=viewer")
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			continue // ended before the head arrived
		}
		body, err := io.ReadAll(a.Body)
		_ = a.Body.Close()
		if err == nil || strings.Contains(string(body), "title") {
			t.Errorf("%s: %q came as if it were whole", do, body)
		}
	}
	server.Close()
	if s := log.String(); !strings.Contains(s, "disk went away") || !strings.Contains(s, "panic=oh") {
		t.Errorf("not logged: %s", s)
	}
}

// TestRouteClash: the same path twice is a mistake, under another method it is not.
func TestRouteClash(t *testing.T) {
	handle := func(*api.Call) (any, error) { return nil, nil }
	stream := func(*api.Call, http.ResponseWriter) error { return nil }
	for name, c := range map[string]struct {
		routes []api.Route
		panics bool
	}{
		"methods":       {[]api.Route{{Path: "/api/v1/x", Handle: handle}, {Path: "/api/v1/x", Method: "PUT", Handle: handle}}, false},
		"twice":         {[]api.Route{{Path: "/api/v1/x", Handle: handle}, {Path: "/api/v1/x", Method: "GET", Handle: handle}}, true},
		"neither":       {[]api.Route{{Path: "/api/v1/x"}}, true},
		"both":          {[]api.Route{{Path: "/api/v1/x", Handle: handle, Stream: stream}}, true},
		"stream beside": {[]api.Route{{Path: "/api/v1/x", Stream: stream}, {Path: "/api/v1/x", Method: "POST", Stream: stream}}, false},
	} {
		func() {
			defer func() {
				if p := recover(); (p != nil) != c.panics {
					t.Errorf("%s: %v", name, p)
				}
			}()
			api.New(api.Config{Workspaces: newHouse(t).store}, api.Dialect{Envelope: api.Problem, Routes: c.routes})
		}()
	}
}

func TestAnswer(t *testing.T) {
	for _, c := range []struct {
		body   any
		err    error
		status int
		want   string
	}{
		{map[string]int{"n": 1}, nil, 200, `{"n":1}`},
		{nil, nil, 204, ""},
		{nil, gait.Errorf(gait.Conflict, "somebody was faster"), 409, "somebody was faster"},
		{nil, errors.New("secret cause"), 500, "something went wrong"},
	} {
		w := httptest.NewRecorder()
		api.Answer(slog.New(slog.DiscardHandler), w, httptest.NewRequest("GET", "/", nil).WithContext(context.Background()), c.body, c.err)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) || strings.Contains(w.Body.String(), "secret") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%v %v: %d %s %v", c.body, c.err, w.Code, w.Body, w.Header())
		}
	}
}

// FuzzBody: whatever a body is, it is read or refused as the client's fault.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{`{}`, `{"name":"x","n":1,"list":[1,2]}`, `null`, `[]`, `{"a":`, `{"name":1e999}`, "\xff{}", `{"name":"` + "\x00" + `"}`, `{"":{}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(raw))
		r.Header.Set("Content-Type", "application/json")
		var into struct {
			Name string  `json:"name"`
			N    float64 `json:"n"`
			List []int   `json:"list"`
		}
		err := api.ReadJSON(r, &into)
		switch gait.CodeOf(err) {
		case "":
			if !json.Valid(raw) {
				t.Fatalf("taken: %q", raw)
			}
		case gait.Invalid, gait.TooLarge:
		default:
			t.Fatalf("%q: %v", raw, err)
		}
	})
}
