//go:build browser

package main

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// TestDashSetup makes the first account by the link that gait serve prints.
func TestDashSetup(t *testing.T) {
	p, _ := startFresh(t)
	var saw struct {
		Account struct {
			Email, Name string
			Workspaces  []struct{ Name, Role string }
		}
		Cookies []struct {
			Name, SameSite string
			HTTPOnly       bool
		}
		Stored string
	}
	scene(t, "setup", p.url, given{"token": p.setup}, &saw)
	if a := saw.Account; a.Email != "ada@example.org" || a.Name != "Ada" || len(a.Workspaces) != 1 || a.Workspaces[0].Name != "Main" || a.Workspaces[0].Role != "owner" {
		t.Errorf("the account: %+v", a)
	}
	if len(saw.Cookies) != 1 || !saw.Cookies[0].HTTPOnly || saw.Cookies[0].SameSite != "Lax" {
		t.Errorf("cookies: %+v", saw.Cookies)
	}
	for _, secret := range []string{p.setup, password} {
		if strings.Contains(saw.Stored, secret) {
			t.Errorf("a secret is in the page's storage: %s", saw.Stored)
		}
	}
}

// TestDashSignIn goes in and out with a password and with a passkey, which belong
// to the name localhost.
func TestDashSignIn(t *testing.T) {
	p, _ := startFresh(t)
	var saw struct {
		Account struct {
			Email    string
			Passkeys []struct {
				Name     string
				LastUsed *string `json:"last_used_at"`
			}
		}
	}
	local := strings.Replace(p.url, "127.0.0.1", "localhost", 1)
	scene(t, "signin", local, given{"token": p.setup, "address": p.url}, &saw)
	if a := saw.Account; a.Email != "ada@example.org" || len(a.Passkeys) != 1 || a.Passkeys[0].Name != "Laptop" || a.Passkeys[0].LastUsed == nil {
		t.Errorf("the account that the passkey opens: %+v", a)
	}
	if errs := p.errs.String(); strings.Contains(errs, password) || strings.Contains(errs, "ada@example.org") {
		t.Errorf("the log tells who signed in: %s", errs)
	}
}

// TestDashConfirm: who signed in long ago confirms who they are, and goes on.
func TestDashConfirm(t *testing.T) {
	dir, _ := initWorkspace(t)
	p := start(t, dir)
	local := strings.Replace(p.url, "127.0.0.1", "localhost", 1)
	ada := newPerson(t, local)
	ada.must(200, "POST", "/api/v1/account/setup", map[string]string{"token": p.setup, "email": "ada@example.org", "name": "Ada", "password": password})
	key := func(who *person, name, scope string) {
		who.must(200, "POST", "/api/v1/keys?workspace=1", map[string]any{"dialect": "roundtable", "name": name, "scopes": []string{scope}})
	}
	for _, name := range []string{"Bob", "Eve"} {
		link := ada.must(200, "POST", "/api/v1/invitations?workspace=1", map[string]string{"role": "owner", "note": name})["url"].(string)
		_, token, _ := strings.Cut(link, "#")
		other := newPerson(t, local)
		other.must(200, "POST", "/api/v1/account/setup", map[string]string{"token": token, "email": strings.ToLower(name) + "@example.org", "name": name, "password": password})
		if name == "Eve" {
			key(other, "Kept by Eve", "read")
			continue
		}
		key(other, "Tools of Bob", "admin")
		key(other, "Shop of Bob", "read")
	}

	// Three browsers of hers that signed in long ago.
	u, err := url.Parse(local)
	if err != nil {
		t.Fatal(err)
	}
	g := given{}
	var sessions []string
	for range 3 {
		b := newPerson(t, local)
		b.must(200, "POST", "/api/v1/account/sign-in", map[string]string{"email": "ada@example.org", "password": password})
		c := b.http.Jar.Cookies(u)
		g["cookie"], sessions = c[0].Name, append(sessions, c[0].Value)
	}
	g["sessions"] = sessions
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "gait.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `UPDATE web_sessions SET data = CAST(json_set(CAST(data AS TEXT), '$.confirmed', 0) AS BLOB)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	var saw struct{ Old int }
	scene(t, "confirm", local, g, &saw)
	if saw.Old != 0 {
		t.Errorf("%d sessions were not used", saw.Old)
	}
	if errs := p.errs.String(); strings.Contains(errs, password) || strings.Contains(errs, "ada@example.org") {
		t.Errorf("the log tells who confirmed: %s", errs)
	}
}

// TestDashWorkspace goes the way of a new customer: the script, whether it works, the
// origins, a second workspace.
func TestDashWorkspace(t *testing.T) {
	d := startDemo(t, "--ip-country", germany(t))
	var saw struct{ Ways []string }
	scene(t, "workspace", d.URL, nil, &saw)
	if len(saw.Ways) < 8 {
		t.Errorf("ways to install: %q", saw.Ways)
	}
}
