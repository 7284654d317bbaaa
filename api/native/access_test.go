package native

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

// TestConfirmed: what opens or closes a way in is not for whoever merely sits at a
// browser that is signed in. A key is its own proof.
func TestConfirmed(t *testing.T) {
	viewer := func(h *house) string { return "/members/" + itoa(h.roles[gait.Viewer]) }
	for name, c := range map[string]struct {
		method string
		target func(*house) string
		body   string
		needed bool
	}{
		"a key that may all":   {"POST", at("/keys"), `{"dialect":"notai","name":"k","scopes":["admin"]}`, true},
		"a key that may both":  {"POST", at("/keys"), `{"dialect":"notai","name":"k","scopes":["read","admin"]}`, true},
		"a key that reads":     {"POST", at("/keys"), `{"dialect":"notai","name":"k"}`, false},
		"inviting an owner":    {"POST", at("/invitations"), `{"role":"owner"}`, true},
		"inviting an analyst":  {"POST", at("/invitations"), `{"role":"analyst"}`, false},
		"another role":         {"PATCH", viewer, `{"role":"owner"}`, true},
		"a lower role":         {"PATCH", viewer, `{"role":"viewer"}`, true},
		"removing a member":    {"DELETE", viewer, "", true},
		"renaming":             {"PATCH", at("/workspace"), `{"name":"New"}`, false},
		"looking at the keys":  {"GET", at("/keys"), "", false},
		"revoking, if unknown": {"DELETE", at("/keys/none"), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			body := []string{}
			if c.body != "" {
				body = append(body, c.body)
			}
			h.doubted = true
			before := mustJSON(h.audited(9))
			w := h.as("owner", c.method, c.target(h), body...)
			var p struct{ Code, Detail string }
			_ = json.Unmarshal(w.Body.Bytes(), &p)
			if refused := w.Code == 403 && p.Code == "unconfirmed" && strings.Contains(p.Detail, "confirm"); refused != c.needed {
				t.Errorf("unconfirmed: %d %s", w.Code, w.Body)
			}
			if c.needed && mustJSON(h.audited(9)) != before {
				t.Errorf("something was done: %q", h.audited(9))
			}
			if w := h.as("analyst", c.method, c.target(h), body...); c.needed && (w.Code != 403 || strings.Contains(w.Body.String(), "unconfirmed")) {
				t.Errorf("who may not is to be told so, not asked to confirm: %d %s", w.Code, w.Body)
			}
			if w := h.as("one", c.method, c.target(h), body...); c.needed && w.Code >= 300 {
				t.Errorf("by key: %d %s", w.Code, w.Body)
			}
			h = newHouse(t)
			if w := h.as("owner", c.method, c.target(h), body...); c.needed && w.Code >= 300 {
				t.Errorf("confirmed: %d %s", w.Code, w.Body)
			}
		})
	}
}

func at(target string) func(*house) string { return func(*house) string { return target } }

// makers lists the keys that are not revoked, as "name by maker (role)".
func (h *house) makers() (list []string) {
	h.t.Helper()
	var l struct{ Items []keyBody }
	h.ok(&l, "viewer", "GET", "/keys")
	for _, k := range l.Items {
		switch {
		case k.RevokedAt != nil:
		case k.By == nil:
			list = append(list, k.Name)
		case k.By.Role == nil:
			list = append(list, k.Name+" by "+k.By.Name+", who has left")
		default:
			list = append(list, k.Name+" by "+k.By.Name+", "+string(*k.By.Role))
		}
	}
	slices.Sort(list)
	return list
}

// TestKeyMakers: whoever leaves or loses the role leaves no key behind that owners do
// not see, and none at all if they say so.
func TestKeyMakers(t *testing.T) {
	for name, c := range map[string]struct {
		method, query, body string
		status              int
		left                []string
		said                string // of the keys that were ended
	}{
		"removed": {method: "DELETE", status: 204, left: []string{"chained by ada, who has left", "full by ada, who has left", "reads by ada, who has left"}},
		"removed, not with the keys": {
			method: "DELETE", query: "?revoke_keys=false", status: 204,
			left: []string{"chained by ada, who has left", "full by ada, who has left", "reads by ada, who has left"},
		},
		"removed with the keys":       {method: "DELETE", query: "?revoke_keys=true", status: 204, said: "was removed"},
		"removed with something else": {method: "DELETE", query: "?revoke_keys=some", status: 400, left: []string{"chained by ada, owner", "full by ada, owner", "reads by ada, owner"}},
		"removed with a typing error": {method: "DELETE", query: "?revoke_key=true", status: 400, left: []string{"chained by ada, owner", "full by ada, owner", "reads by ada, owner"}},
		"demoted":                     {method: "PATCH", body: `{"role":"analyst"}`, status: 200, left: []string{"chained by ada, analyst", "full by ada, analyst", "reads by ada, analyst"}},
		"demoted with the keys":       {method: "PATCH", body: `{"role":"viewer","revoke_keys":true}`, status: 200, left: []string{"reads by ada, viewer"}, said: "is viewer now"},
		"still an owner":              {method: "PATCH", body: `{"role":"owner","revoke_keys":true}`, status: 200, left: []string{"chained by ada, owner", "full by ada, owner", "reads by ada, owner"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.roles["ada"] = h.join(1, gait.Owner, "ada")
			asAda := func(body string) newKey {
				var made newKey
				h.ok(&made, "ada", "POST", "/keys", body)
				return made
			}
			full := asAda(`{"dialect":"roundtable","name":"full","scopes":["read","admin"]}`)
			asAda(`{"dialect":"notai","name":"reads"}`)
			gone := asAda(`{"dialect":"notai","name":"gone"}`)
			h.ok(nil, "owner", "DELETE", "/keys/"+gone.ID)
			if full.By == nil || full.By.Name != "ada" || *full.By.Role != gait.Owner {
				t.Errorf("made by %+v", full.By)
			}
			// A key's key is its maker's, and so are its invitations.
			h.keys["full"] = full.Key
			h.ok(nil, "full", "POST", "/keys", `{"dialect":"notai","name":"chained","scopes":["admin"]}`)
			h.ok(nil, "full", "POST", "/invitations", `{"role":"owner","note":"a way back"}`)
			h.ok(nil, "owner", "POST", "/keys", `{"dialect":"notai","name":"other"}`)

			body := []string{}
			if c.body != "" {
				body = append(body, c.body)
			}
			w := httptest.NewRecorder()
			h.handler.ServeHTTP(w, h.request("owner", c.method, "/members/"+itoa(h.roles["ada"])+c.query, body...))
			if w.Code != c.status {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			want := append(slices.Clone(c.left), "other by owner@example.org, owner", "reader", "robot")
			slices.Sort(want)
			if got := h.makers(); !slices.Equal(got, want) {
				t.Errorf("left are %q\nwant %q", got, want)
			}
			ended := 0
			for _, line := range h.audited(99) {
				if strings.HasPrefix(line, "key.revoke") && strings.Contains(line, "since its maker") {
					ended++
					if !strings.HasSuffix(line, "since its maker "+c.said) {
						t.Errorf("audited %s", line)
					}
				}
			}
			if want := 3 - len(c.left); ended != want {
				t.Errorf("%d keys were ended, want %d", ended, want)
			}
		})
	}
}

// TestKeyOfAnotherWorkspace: a key that names another workspace than its own is refused
// on every route, and nothing of either is told or changed.
func TestKeyOfAnotherWorkspace(t *testing.T) {
	h := newHouse(t)
	for _, r := range h.dialect.Routes {
		method := r.Method
		if method == "" {
			method = "GET"
		}
		target := strings.TrimPrefix(strings.NewReplacer("{id}", sid(1).String(), "{tag}", "x").Replace(r.Path), "/api/v1")
		w := h.as("one", method, target+"?workspace=2", `{}`)
		if w.Code != 403 || !strings.Contains(w.Body.String(), "workspace 1 and opens no other") {
			t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
		}
	}
	h.ok(nil, "one", "GET", "/sessions?workspace=1")
	h.ok(nil, "two", "GET", "/sessions?workspace=2")
}
