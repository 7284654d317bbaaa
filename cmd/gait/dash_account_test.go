//go:build browser

package main

import (
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
