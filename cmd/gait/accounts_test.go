package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/account"
	"github.com/gaithq/gait/store/mem"
)

// person is a browser that keeps its cookies.
type person struct {
	t    *testing.T
	url  string
	http http.Client
}

func newPerson(t *testing.T, url string) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t: t, url: url, http: http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// ask sends a request and returns the status and the answer, a JSON object or none.
func (p *person) ask(method, path string, body any, headers ...string) (int, map[string]any) {
	p.t.Helper()
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			p.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, in)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	w, err := p.http.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	raw, err := io.ReadAll(w.Body)
	if cerr := w.Body.Close(); err != nil || cerr != nil {
		p.t.Fatal(err, cerr)
	}
	var answer map[string]any
	if len(raw) > 0 && strings.Contains(w.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(raw, &answer); err != nil {
			p.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return w.StatusCode, answer
}

// must is ask that has to end in a status.
func (p *person) must(status int, method, path string, body any, headers ...string) map[string]any {
	p.t.Helper()
	code, answer := p.ask(method, path, body, headers...)
	if code != status {
		p.t.Fatalf("%s %s: %d %v, want %d", method, path, code, answer, status)
	}
	return answer
}

const password = "a password for tests"

// TestFirstOwner goes from gait init to a second member.
func TestFirstOwner(t *testing.T) {
	dir, k := initWorkspace(t)
	if !strings.HasPrefix(k.SetupURL, "http://127.0.0.1:8080/dash/setup#") {
		t.Errorf("setup_url: %q", k.SetupURL)
	}
	_, first, _ := strings.Cut(k.SetupURL, "#")
	p := start(t, dir)
	ada := newPerson(t, p.url)
	if s := ada.must(200, "GET", "/api/v1/account/state", nil); s["setup_needed"] != true || s["signed_in"] != false {
		t.Error(s)
	}
	if p.setup == "" || p.setup == first {
		t.Fatal("no setup link of its own is printed")
	}
	for _, token := range []string{first, p.setup} {
		ada.must(200, "POST", "/api/v1/account/invitation", map[string]string{"token": token})
	}
	me := ada.must(200, "POST", "/api/v1/account/setup", map[string]string{"token": p.setup, "email": "ada@example.org", "name": "Ada", "password": password})
	if me["name"] != "Ada" {
		t.Error(me)
	}
	newPerson(t, p.url).must(404, "POST", "/api/v1/account/setup", map[string]string{"token": first, "email": "eve@example.org", "name": "Eve", "password": password})

	// The cookie opens the workspace, to our own pages.
	if w := ada.must(200, "GET", "/api/v1/workspace?workspace=1", nil); w["name"] != "Main" || w["role"] != "owner" {
		t.Error(w)
	}
	ada.must(404, "GET", "/api/v1/workspace?workspace=2", nil)
	ada.must(400, "GET", "/api/v1/workspace", nil)
	ada.must(401, "GET", "/v1/sessions", nil)
	change := map[string]any{"name": "Renamed"}
	ada.must(403, "PATCH", "/api/v1/workspace?workspace=1", change, "Origin", "https://evil.example")
	ada.must(200, "PATCH", "/api/v1/workspace?workspace=1", change, "Origin", p.url)
	newPerson(t, p.url).must(401, "GET", "/api/v1/workspace?workspace=1", nil)
	ada.must(302, "GET", "/", nil)
	ada.must(200, "GET", "/dash/", nil)

	// A second member by the command line, beside the server.
	i := decode[invited](t, gaitRuns(t, "invite", "--data", dir, "--json", "--role", "viewer", "--note", "Bob", "--public-url", p.url))
	if !strings.HasPrefix(i.URL, p.url+"/dash/join#") || i.Role != gait.Viewer || i.Workspace != "Renamed" {
		t.Errorf("%+v", i)
	}
	_, token, _ := strings.Cut(i.URL, "#")
	bob := newPerson(t, p.url)
	bob.must(200, "POST", "/api/v1/account/setup", map[string]string{"token": token, "email": "bob@example.org", "name": "Bob", "password": password})
	bob.must(200, "GET", "/api/v1/workspace?workspace=1", nil)
	bob.must(403, "PATCH", "/api/v1/workspace?workspace=1", change, "Origin", p.url)

	// Ada's password is lost.
	reset := decode[struct{ Email, Password string }](t, gaitRuns(t, "password", "--data", dir, "--json", "Ada@example.org"))
	ada.must(401, "GET", "/api/v1/account", nil)
	ada.must(401, "POST", "/api/v1/account/sign-in", map[string]string{"email": "ada@example.org", "password": password})
	ada.must(200, "POST", "/api/v1/account/sign-in", map[string]string{"email": "ada@example.org", "password": reset.Password})
	if out, errs, status := call(t, "password", "--data", dir, "eve@example.org"); status != 2 || !strings.Contains(errs, "there is no account") {
		t.Errorf("%d %q %q", status, out, errs)
	}

	// Nobody is told of a link once there are members, and people stay signed in.
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // it was killed
	again := start(t, dir)
	if again.setup != "" {
		t.Error("a setup link although there are members")
	}
	ada.url = again.url
	ada.must(200, "GET", "/api/v1/account", nil)
}

func TestInviteCommandLine(t *testing.T) {
	dir, _ := initWorkspace(t)
	f := func(status int, want string, args ...string) {
		t.Helper()
		out, errs, got := call(t, append([]string{"invite"}, args...)...)
		if got != status || !strings.Contains(out+errs, want) {
			t.Errorf("gait invite %s: status %d, %q; want %d with %q", strings.Join(args, " "), got, out+errs, status, want)
		}
	}
	f(0, "becomes owner of \"Main\"", "--data", dir, "--role", "owner")
	f(0, "https://gait.example.org/dash/join#", "--data", dir, "--public-url", "https://gait.example.org/")
	f(2, "one of", "--data", dir, "--role", "king")
	f(2, "at most 30 days", "--data", dir, "--expires", "31d")
	f(2, "at most 30 days", "--data", dir, "--expires", "")
	f(2, "--expires", "--data", dir, "--expires", "-1d")
	f(2, "--note", "--data", dir, "--note", "a\nb")
	f(2, "--public-url", "--data", dir, "--public-url", "gait.example.org")
	f(2, "no workspace", "--data", dir, "--workspace", "Other")
	f(2, "run gait init", "--data", t.TempDir())
}

// TestTwoServers: two servers on ports of one host do not sign each other's people out,
// though browsers send the cookies of one to the other.
func TestTwoServers(t *testing.T) {
	p := newPerson(t, "")
	var urls []string
	for _, name := range []string{"one", "two"} {
		store := mem.New(mem.Config{})
		w, _, err := newWorkspace(t.Context(), store, name, nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := newServer("127.0.0.1:0", store, slog.New(slog.DiscardHandler), settings{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.listen.Close() }) // nobody serves
		site := httptest.NewServer(s.serveRoutes())
		t.Cleanup(site.Close)
		link, err := account.NewSetupLink(t.Context(), store, w.ID, site.URL, "a test", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		_, token, _ := strings.Cut(link, "#")
		p.url = site.URL
		p.must(200, "POST", "/api/v1/account/setup", map[string]string{"token": token, "email": "ada@example.org", "name": "Ada", "password": password})
		urls = append(urls, site.URL)
	}
	for i, name := range []string{"one", "two"} {
		p.url = urls[i]
		if w := p.must(200, "GET", "/api/v1/workspace?workspace=1", nil); w["name"] != name {
			t.Errorf("%s answers as %v", name, w["name"])
		}
	}
	p.must(204, "POST", "/api/v1/account/sign-out", nil)
	p.must(401, "GET", "/api/v1/account", nil)
	p.url = urls[0]
	p.must(200, "GET", "/api/v1/account", nil)
}

// TestWhoMadeKeys: the keys of a workspace that somebody made are theirs, and what the
// command line does with keys is in the log.
func TestWhoMadeKeys(t *testing.T) {
	dir, _ := initWorkspace(t)
	p := start(t, dir)
	ada := newPerson(t, p.url)
	ada.must(200, "POST", "/api/v1/account/setup", map[string]string{"token": p.setup, "email": "ada@example.org", "name": "Ada", "password": password})
	ada.must(200, "POST", "/api/v1/workspaces", map[string]string{"name": "Second"}, "Origin", p.url)
	for workspace, want := range map[string]any{"1": nil, "2": "Ada"} {
		for _, k := range ada.must(200, "GET", "/api/v1/keys?workspace="+workspace, nil)["items"].([]any) {
			var got any
			if by, ok := k.(map[string]any)["by"].(map[string]any); ok {
				got = by["name"]
			}
			if got != want {
				t.Errorf("a key of workspace %s was made by %v, want %v", workspace, got, want)
			}
		}
	}
	for _, k := range decode[keyList](t, gaitRuns(t, "keys", "list", "--data", dir, "--json")).Keys {
		if own := k.MadeBy != nil && *k.MadeBy == "ada@example.org"; own != (k.Workspace == "Second") || !own && k.MadeBy != nil {
			t.Errorf("listed as made by %v: %+v", k.MadeBy, k)
		}
	}
	if text := gaitRuns(t, "keys", "list", "--data", dir, "--workspace", "Second"); !strings.Contains(text, "ada@example.org") {
		t.Errorf("who made a key is not shown in %s", text)
	}
	made := decode[keyInfo](t, gaitRuns(t, "keys", "create", "--data", dir, "--json", "--workspace", "1", "--name", "Till", "--scope", "admin", "--scope", "read"))
	gaitRuns(t, "keys", "revoke", "--data", dir, made.ID)
	gaitRuns(t, "keys", "revoke", "--data", dir, made.ID) // again is nothing new
	var log []string
	for _, e := range ada.must(200, "GET", "/api/v1/audit?workspace=1&limit=2", nil)["items"].([]any) {
		x := e.(map[string]any)
		log = append(log, fmt.Sprintf("%s by %s: %s, %s", x["action"], x["by"], x["subject"], x["detail"]))
	}
	want := []string{"key.revoke by gait keys: " + made.Hint + ", Till", "key.create by gait keys: " + made.Hint + ", Till, to admin and read, does not expire"}
	if !slices.Equal(log, want) {
		t.Errorf("the log has %q\nwant %q", log, want)
	}
	if doc := newPerson(t, p.url).must(200, "GET", "/openapi/account-v1.json", nil); doc["openapi"] == nil {
		t.Error(doc)
	}
}

// TestDemoIsOpen: visitors of the demo are signed in, if it is this machine's only.
func TestDemoIsOpen(t *testing.T) {
	demo := func(public string) (s *server, open bool) {
		t.Helper()
		store := mem.New(mem.Config{})
		w, _, err := newWorkspace(t.Context(), store, "Demo", nil)
		if err != nil {
			t.Fatal(err)
		}
		if s, err = newServer("127.0.0.1:0", store, slog.New(slog.DiscardHandler), settings{PublicURL: public}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.listen.Close() }) // nobody serves
		if open, err = s.demoAccount(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		return s, open
	}
	s, open := demo("")
	if !open {
		t.Fatal("the demo is not open")
	}
	site := httptest.NewServer(s.serveRoutes())
	defer site.Close()
	b := newPerson(t, site.URL)
	if state := b.must(200, "GET", "/api/v1/account/state", nil); state["demo"] != true || state["signed_in"] != true || state["setup_needed"] != false {
		t.Error(state)
	}
	b.must(200, "PATCH", "/api/v1/workspace?workspace=1", map[string]any{"name": "Mine"}, "Sec-Fetch-Site", "same-origin")
	b.must(403, "PATCH", "/api/v1/workspace?workspace=1", map[string]any{"name": "Mine"}, "Sec-Fetch-Site", "cross-site")
	b.must(401, "GET", "/api/v1/workspace?workspace=1", nil, "Host", "rebound.example")
	b.must(200, "GET", "/api/v1/workspace?workspace=1", nil, "Host", "localhost:1")
	b.must(200, "POST", "/api/v1/keys?workspace=1", map[string]any{"dialect": "notai", "name": "all", "scopes": []string{"admin"}}) // and need not confirm who they are

	if _, open := demo("https://gait.example.org"); open {
		t.Error("a demo that others can reach is open")
	}
	if _, open := demo("http://localhost:8080"); !open {
		t.Error("a demo under the name localhost is not open")
	}
}

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"127.0.0.1": true, "127.0.0.1:80": true, "localhost": true, "LOCALHOST:80": true, "[::1]:80": true, "[::1]": true, "127.9.9.9": true,
		"": false, "example.org": false, "localhost.example.org": false, "192.0.2.1:80": false, "127.0.0.1.example.org:80": false, "[2001:db8::1]:80": false,
	} {
		if loopback(host) != want {
			t.Errorf("%q", host)
		}
	}
}
