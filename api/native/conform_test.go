package native

import (
	"cmp"
	"net/http"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

// TestEveryRoute asks for everything once and wants the document to describe it.
func TestEveryRoute(t *testing.T) {
	h := newHouse(t)
	h.config.Feed = feed{}
	h.open()
	h.fill()
	id := sid(1).String()
	var key, invitation, member struct{ ID any }
	for _, c := range []struct{ who, method, target, body string }{
		{"viewer", "GET", "/overview", ""},
		{"reader of one", "GET", "/overview?since=1700000000000&until=1701000000000", ""},
		{"viewer", "GET", "/sessions", ""},
		{"viewer", "GET", "/sessions?flag=bot&flag=vpn&unknown=tor&min=1&max=99&tag=a&route=/&country=DE&device=phone&browser=Chrome&actor=person&user=u&label=unsure&q=x&status=live&since=1&until=2&limit=3", ""},
		{"viewer", "GET", "/sessions/count?status=complete", ""},
		{"analyst", "GET", "/sessions/export?format=csv", ""},
		{"one", "GET", "/sessions/export?format=json&min=1", ""},
		{"analyst", "PUT", "/sessions/" + id + "/label", `{"label":"machine"}`},
		{"viewer", "GET", "/sessions/" + id + "/evidence", ""},
		{"viewer", "GET", "/sessions/" + id + "/timeline", ""},
		{"viewer", "GET", "/sessions/" + id + "/log", ""},
		{"viewer", "GET", "/sessions/" + id + "/related", ""},
		{"viewer", "GET", "/checks", ""},
		{"viewer", "GET", "/people-rhythm", ""},
		{"viewer", "GET", "/tags", ""},
		{"viewer", "GET", "/tags?q=A&since=1&until=9999999", ""},
		{"viewer", "GET", "/tags/a%2Fb", ""},
		{"viewer", "GET", "/routes", ""},
		{"viewer", "GET", "/routes/detail?route=/checkout", ""},
		{"viewer", "GET", "/users", ""},
		{"viewer", "GET", "/users/detail?user=u1", ""},
		{"viewer", "GET", "/policy", ""},
		{"analyst", "POST", "/policy/preview", `{"weights":{"bot":{"detected":1}},"bands":{"monitor":1,"review":2,"reject":3},"caps":{"facts":1,"one":2,"two":3},"days":7}`},
		{"owner", "POST", "/policy", `{"weights":{"bot":{"detected":1,"not_detected":-0.1}},"note":"less","based":0}`},
		{"viewer", "GET", "/policy/versions", ""},
		{"owner", "POST", "/policy/restore", `{"version":0,"based":1}`},
		{"viewer", "GET", "/address-lists", ""},
		{"viewer", "GET", "/workspace", ""},
		{"owner", "PATCH", "/workspace", `{"name":"New","origins":["https://a.example"],"settings":{"monitor_only":true,"retention_days":30}}`},
		{"viewer", "GET", "/members", ""},
		{"viewer", "GET", "/keys", ""},
		{"owner", "POST", "/keys", `{"dialect":"notai","name":"k","scopes":["read"],"days":3}`},
		{"one", "POST", "/keys", `{"dialect":"roundtable","name":"k"}`},
		{"owner", "POST", "/invitations", `{"role":"viewer","note":"Ben","days":2}`},
		{"owner", "GET", "/invitations", ""},
		{"analyst", "GET", "/audit?limit=3", ""},
	} {
		body := []string{}
		if c.body != "" {
			body = append(body, c.body)
		}
		if w := h.as(c.who, c.method, c.target, body...); w.Code != 200 {
			t.Errorf("%s %s as %s: %d %s", c.method, c.target, c.who, w.Code, w.Body)
		}
	}
	h.ok(&key, "owner", "POST", "/keys", `{"dialect":"notai","name":"k"}`)
	h.ok(nil, "owner", "DELETE", "/keys/"+key.ID.(string))
	h.ok(&invitation, "owner", "POST", "/invitations", `{"role":"owner"}`)
	h.ok(nil, "owner", "DELETE", "/invitations/"+invitation.ID.(string))
	h.ok(&member, "owner", "PATCH", "/members/"+itoa(h.roles[gait.Viewer]), `{"role":"analyst"}`)
	h.ok(nil, "owner", "DELETE", "/members/"+itoa(h.roles[gait.Viewer]))
	h.used["GET /api/v1/live"] = true // see live_test.go
	for _, r := range h.dialect.Routes {
		if name := cmp.Or(r.Method, http.MethodGet) + " " + r.Path; !h.used[name] {
			t.Errorf("%s was not asked for: add it to this test", name)
		}
	}
}

func itoa(id gait.AccountID) string { return number64(int64(id)) }

// TestRoles: whoever may not do something is told so, by key and signed in.
func TestRoles(t *testing.T) {
	h := newHouse(t)
	changing := 0
	for _, r := range h.dialect.Routes {
		need := cmp.Or(r.Role, gait.Viewer)
		method := cmp.Or(r.Method, http.MethodGet)
		if method != http.MethodGet {
			changing++
			if need == gait.Viewer {
				t.Errorf("%s %s: a viewer may change it", method, r.Path)
			}
		}
		target := strings.TrimPrefix(strings.NewReplacer("{id}", sid(1).String(), "{tag}", "x").Replace(r.Path), "/api/v1")
		try := func(who string, role gait.Role) {
			w := h.as(who, method, target, `{}`)
			if may := role.Includes(need); !may && w.Code != 403 || may && (w.Code == 403 || w.Code == 401) {
				t.Errorf("%s %s as %s: %d %s", method, target, who, w.Code, w.Body)
			}
		}
		if r.Path == "/api/v1/live" {
			continue
		}
		for _, role := range []gait.Role{gait.Viewer, gait.Analyst, gait.Owner} {
			try(string(role), role)
		}
		try("reader of one", gait.Viewer)
		try("one", gait.Owner)
	}
	if changing < 11 {
		t.Errorf("only %d routes change anything", changing)
	}
}

// TestTenants: what another workspace has is not there.
func TestTenants(t *testing.T) {
	h := newHouse(t)
	h.put(h.row(2, 1, 0, func(r *gait.SessionRow) { r.UserID, r.Tags, r.Score = "u1", []string{"theirs"}, 90 }))
	stranger := h.join(2, gait.Owner, "stranger@example.org")
	var key, invitation struct{ ID string }
	h.ok(&key, "two", "POST", "/keys", `{"dialect":"notai","name":"k"}`)
	h.ok(&invitation, "two", "POST", "/invitations", `{"role":"owner"}`)
	h.ok(nil, "two", "POST", "/policy", `{"caps":{"facts":1,"one":2,"two":3},"based":0}`)
	id := sid(1).String()
	for _, c := range []struct{ method, target, body string }{
		{"GET", "/sessions/" + id + "/evidence", ""},
		{"GET", "/sessions/" + id + "/timeline", ""},
		{"GET", "/sessions/" + id + "/log", ""},
		{"GET", "/sessions/" + id + "/related", ""},
		{"GET", "/sessions/nonsense/evidence", ""},
		{"PUT", "/sessions/" + id + "/label", `{"label":"person"}`},
		{"GET", "/users/detail?user=u1", ""},
		{"POST", "/policy/restore", `{"version":1,"based":0}`},
		{"PATCH", "/members/" + itoa(stranger), `{"role":"viewer"}`},
		{"DELETE", "/members/" + itoa(stranger), ""},
		{"DELETE", "/members/nobody", ""},
		{"DELETE", "/keys/" + key.ID, ""},
		{"DELETE", "/invitations/" + invitation.ID, ""},
	} {
		for _, who := range []string{"one", "owner"} {
			body := []string{}
			if c.body != "" {
				body = append(body, c.body)
			}
			h.refused(404, "", who, c.method, c.target, body...)
		}
	}
	for _, target := range []string{"/sessions", "/tags", "/routes", "/users", "/policy/versions", "/audit"} {
		var l struct{ Items []any }
		h.ok(&l, "one", "GET", target)
		if len(l.Items) != 0 {
			t.Errorf("%s: %v", target, l.Items)
		}
	}
	var o overview
	h.ok(&o, "one", "GET", "/overview")
	if o.Now.Sessions != 0 || o.Live.Sessions != 0 {
		t.Errorf("%+v", o)
	}
	if w := h.as("one", "GET", "/sessions/export?format=csv"); strings.Contains(w.Body.String(), id) {
		t.Error("another workspace's session was exported")
	}
}

// TestDocumentIsWhole: what the document describes is served, and the other way round.
func TestDocumentIsWhole(t *testing.T) {
	h := newHouse(t)
	served := map[string]bool{"GET /health": true, "GET /ready": true} // of every server
	for _, r := range h.dialect.Routes {
		served[cmp.Or(r.Method, http.MethodGet)+" "+r.Path] = true
	}
	described := map[string]bool{}
	for path, item := range h.spec.Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+path] = true
		}
	}
	for name := range served {
		if !described[name] {
			t.Errorf("%s is not in openapi.json", name)
		}
	}
	for name := range described {
		if !served[name] {
			t.Errorf("openapi.json describes %s, which nobody serves", name)
		}
	}
}
