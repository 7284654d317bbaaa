package native

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

func TestKeys(t *testing.T) {
	h := newHouse(t)
	var made newKey
	h.ok(&made, "owner", "POST", "/keys", `{"dialect":"roundtable","name":" CI ","scopes":["read","admin","read"],"days":2}`)
	if !strings.HasPrefix(made.Key, gait.SecretKeyPrefix) || made.Name != "CI" || !slices.Equal(made.Scopes, []string{"admin", "read"}) || *made.ExpiresAt != "2026-06-12T12:30:00.000Z" || made.RevokedAt != nil {
		t.Errorf("%+v", made)
	}
	h.keys["made"] = made.Key
	h.ok(nil, "made", "GET", "/workspace")
	if got := h.audited(1); got[0] != "key.create "+made.Hint+": CI, to admin and read, for 2 days" || strings.Contains(got[0], made.Key) {
		t.Errorf("audited %v", got)
	}
	var l list[keyBody]
	h.ok(&l, "viewer", "GET", "/keys")
	if len(l.Items) != 3 || l.Items[0].ID == l.Items[1].ID || strings.Contains(mustJSON(l), made.Key) {
		t.Errorf("%+v", l)
	}
	h.ok(nil, "made", "DELETE", "/keys/"+made.ID)
	h.ok(nil, "owner", "DELETE", "/keys/"+made.ID) // again is as good
	if got := h.audited(9); len(got) != 2 || got[0] != "key.revoke "+made.Hint+": CI" {
		t.Errorf("audited %v", got)
	}
	h.now = h.now.Add(6 * time.Second) // good keys are remembered for five
	if w := h.as("made", "GET", "/workspace"); w.Code != 401 {
		t.Errorf("a revoked key: %d", w.Code)
	}
	for _, c := range []struct{ body, field string }{
		{`{"dialect":"native","name":"x"}`, "dialect"},
		{`{"name":"x"}`, "dialect"},
		{`{"dialect":"notai"}`, "name"},
		{`{"dialect":"notai","name":"  "}`, "name"},
		{`{"dialect":"notai","name":"a\u0000"}`, "name"},
		{`{"dialect":"notai","name":"` + strings.Repeat("x", 201) + `"}`, "name"},
		{`{"dialect":"notai","name":"x","scopes":["write"]}`, "scopes"},
		{`{"dialect":"notai","name":"x","days":-1}`, "days"},
		{`{"dialect":"notai","name":"x","days":9999}`, "days"},
		{`{"dialect":"notai","name":"x","hash":"00"}`, "hash"},
		{`{"dialect":"notai","name":"x","days":"1"}`, "days"},
	} {
		h.refused(400, c.field, "owner", "POST", "/keys", c.body)
	}
	for i := range keysOpen {
		_, k := api.NewNotAIKey(h.now)
		k.Workspace, k.Name = 1, number64(int64(i))
		if err := h.store.CreateKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	h.refused(400, "", "owner", "POST", "/keys", `{"dialect":"notai","name":"one too many"}`)
}

func TestInvitations(t *testing.T) {
	h := newHouse(t)
	var made newInvitation
	h.ok(&made, "owner", "POST", "/invitations", `{"role":"analyst","note":"Ben","days":1}`)
	if made.URL != "https://gait.test/dash/join#Ben" || len(made.ID) != 16 {
		t.Errorf("%+v", made)
	}
	var l list[invitation]
	h.ok(&l, "owner", "GET", "/invitations")
	i := slices.IndexFunc(l.Items, func(i invitation) bool { return i.ID == made.ID })
	if i < 0 || l.Items[i].Role != gait.Analyst || l.Items[i].By != "owner@example.org" || l.Items[i].ExpiresAt != "2026-06-11T12:30:00.000Z" || l.Items[i].UsedAt != nil {
		t.Errorf("%+v", l)
	}
	h.ok(nil, "owner", "DELETE", "/invitations/"+made.ID)
	h.ok(nil, "owner", "DELETE", "/invitations/"+made.ID)
	if got := h.audited(9); len(got) != 2 || got[1] != "invitation.create Ben: as analyst, for 1 day" || got[0] != "invitation.revoke Ben: as analyst" {
		t.Errorf("audited %v", got)
	}
	used := l.Items[slices.IndexFunc(l.Items, func(i invitation) bool { return i.UsedAt != nil })]
	h.refused(409, "", "owner", "DELETE", "/invitations/"+used.ID)
	for _, c := range []struct{ body, field string }{
		{`{}`, "role"},
		{`{"role":"god"}`, "role"},
		{`{"role":"viewer","days":0}`, "days"},
		{`{"role":"viewer","days":31}`, "days"},
		{`{"role":"viewer","note":"a\nb"}`, "note"},
		{`{"role":"viewer","workspace":2}`, "workspace"},
	} {
		h.refused(400, c.field, "owner", "POST", "/invitations", c.body)
	}
	for i := range invitationsOpen {
		if err := h.store.CreateInvitation(t.Context(), gait.Invitation{Hash: [32]byte{byte(i), byte(i >> 8), 9}, Workspace: 1, Role: gait.Viewer, Expires: h.now.UnixMilli() + 1}); err != nil {
			t.Fatal(err)
		}
	}
	h.refused(400, "", "owner", "POST", "/invitations", `{"role":"viewer"}`)
}

func TestMembers(t *testing.T) {
	h := newHouse(t)
	var l list[member]
	h.ok(&l, "viewer", "GET", "/members")
	if len(l.Items) != 3 || l.Items[0].Email != "owner@example.org" || l.Items[0].SignedInAt != nil {
		t.Errorf("%+v", l)
	}
	viewer, owner := itoa(h.roles[gait.Viewer]), itoa(h.roles[gait.Owner])
	h.refused(400, "", "owner", "PATCH", "/members/"+owner, `{"role":"viewer"}`) // nobody would be left
	h.refused(400, "", "one", "DELETE", "/members/"+owner)
	h.refused(400, "role", "owner", "PATCH", "/members/"+viewer, `{"role":""}`)
	var m member
	h.ok(&m, "owner", "PATCH", "/members/"+viewer, `{"role":"owner"}`)
	if m.Role != gait.Owner {
		t.Errorf("%+v", m)
	}
	h.ok(&m, "owner", "PATCH", "/members/"+viewer, `{"role":"owner"}`) // nothing new, nothing noted
	h.ok(nil, "owner", "DELETE", "/members/"+owner)
	if got := h.audited(9); len(got) != 2 || got[1] != "member.role viewer@example.org: from viewer to owner" || got[0] != "member.remove owner@example.org: was owner" {
		t.Errorf("audited %v", got)
	}
}

// TestInvitationsEndWithTheirMaker: who owns a workspace no more has no way back in.
func TestInvitationsEndWithTheirMaker(t *testing.T) {
	for name, end := range map[string]func(h *house, id string){
		"removed": func(h *house, id string) { h.ok(nil, "one", "DELETE", "/members/"+id) },
		"demoted": func(h *house, id string) { h.ok(nil, "one", "PATCH", "/members/"+id, `{"role":"analyst"}`) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.join(1, gait.Owner, "other@example.org")
			open := func() (notes []string) {
				all, err := h.store.Invitations(t.Context(), 1)
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range all {
					if i.Used == 0 && i.Revoked == 0 {
						notes = append(notes, i.Note)
					}
				}
				return notes
			}
			h.ok(nil, "owner", "POST", "/invitations", `{"role":"owner","note":"myself"}`)
			h.ok(nil, "one", "POST", "/invitations", `{"role":"viewer","note":"of a key"}`)
			if len(open()) != 2 {
				t.Fatal(open())
			}
			end(h, itoa(h.roles[gait.Owner]))
			if left := open(); !slices.Equal(left, []string{"of a key"}) {
				t.Errorf("open are %q", left)
			}
			if got := h.audited(1); got[0] != "invitation.revoke myself: as owner, since its maker is no owner any more" {
				t.Errorf("audited %v", got)
			}
		})
	}
}

func TestWorkspace(t *testing.T) {
	h := newHouse(t)
	var w workspaceBody
	h.ok(&w, "analyst", "GET", "/workspace")
	if w.Name != "one" || w.Role != gait.Analyst || w.Settings != gait.DefaultSettings() || len(w.Origins) != 0 {
		t.Errorf("%+v", w)
	}
	h.ok(&w, "owner", "PATCH", "/workspace", `{"origins":["https://Shop.Example/","HTTPS://shop.example:443","http://localhost:8080"],"settings":{"monitor_only":true,"retention_days":90}}`)
	want := gait.DefaultSettings()
	want.MonitorOnly, want.RetentionDays = true, 90
	if w.Settings != want || !slices.Equal(w.Origins, []string{"https://shop.example", "http://localhost:8080"}) || w.Name != "one" {
		t.Errorf("%+v", w)
	}
	h.ok(&w, "owner", "PATCH", "/workspace", `{"name":"Ünë"}`)
	h.ok(&w, "owner", "PATCH", "/workspace", `{}`)
	h.ok(&w, "owner", "PATCH", "/workspace", `{"origins":[]}`)
	if w.Name != "Ünë" || len(w.Origins) != 0 || w.Settings != want {
		t.Errorf("%+v", w)
	}
	wantLog := []string{
		"origins.update : from https://shop.example http://localhost:8080 to any",
		`settings.update : name from "one" to "Ünë"`,
		"settings.update : monitor_only from false to true, retention_days from 0 to 90",
		"origins.update : from any to https://shop.example http://localhost:8080",
	}
	if got := h.audited(9); !slices.Equal(got, wantLog) {
		t.Errorf("audited %q", got)
	}
	if !slices.Equal(h.told, []string{"settings 1", "settings 1"}) {
		t.Errorf("told %v", h.told)
	}
	for _, c := range []struct{ body, field string }{
		{`{"name":""}`, "name"},
		{`{"name":"a\tb"}`, "name"},
		{`{"origins":["shop.example"]}`, "origins"},
		{`{"origins":["https://"]}`, "origins"},
		{`{"origins":["https://:443"]}`, "origins"},
		{`{"origins":["javascript:alert(1)"]}`, "origins"},
		{`{"origins":["https://a.example/path"]}`, "origins"},
		{`{"origins":["https://a.example?x"]}`, "origins"},
		{`{"origins":["https://a.example#x"]}`, "origins"},
		{`{"origins":["https://u:p@a.example"]}`, "origins"},
		{`{"origins":["https://` + strings.Repeat("a", 300) + `.example"]}`, "origins"},
		{`{"origins":[` + strings.Repeat(`"https://a.example",`, 100) + `"https://a.example"]}`, "origins"},
		{`{"settings":{"retention_days":-1}}`, "settings.retention_days"},
		{`{"settings":{"replay_days":3651}}`, "settings.replay_days"},
		{`{"settings":{"replay_days":1.5}}`, "settings.replay_days"},
		{`{"settings":{"other":1}}`, "other"},
		{`{"tier":"free"}`, "tier"},
		{`{"id":2}`, "id"},
		// One thing that is wrong keeps all from being changed.
		{`{"name":"Other","settings":{"retention_days":-1}}`, "settings.retention_days"},
	} {
		h.refused(400, c.field, "owner", "PATCH", "/workspace", c.body)
	}
	if h.ok(&w, "owner", "GET", "/workspace"); w.Name != "Ünë" || len(h.audited(9)) != 4 {
		t.Errorf("something changed: %+v", w)
	}
}

// TestOwnersAtOnce: a change does not undo another one of the same moment.
func TestOwnersAtOnce(t *testing.T) {
	h := newHouse(t)
	h.config.Judged = nil
	h.open()
	for round := range 20 {
		want := round%2 == 0
		var all sync.WaitGroup
		for _, name := range []string{"monitor_only", "replay", "require_consent", "keep_network", "mask_everything"} {
			all.Go(func() {
				w := httptest.NewRecorder()
				h.handler.ServeHTTP(w, h.request("owner", "PATCH", "/workspace", fmt.Sprintf(`{"settings":{%q:%t}}`, name, want)))
				if w.Code != 200 {
					t.Errorf("%d %s", w.Code, w.Body)
				}
			})
		}
		all.Wait()
		got, err := h.store.Settings(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if all := (gait.Settings{MonitorOnly: want, Replay: want, RequireConsent: want, KeepNetwork: want, MaskEverything: want, ReplayDays: got.ReplayDays}); got != all {
			t.Fatalf("round %d: %+v", round, got)
		}
	}
}

func TestLabels(t *testing.T) {
	h := newHouse(t)
	h.put(h.row(1, 1, 0))
	target := "/sessions/" + sid(1).String() + "/label"
	var l label
	h.ok(&l, "analyst", "PUT", target, `{"label":"machine"}`)
	if l.Label != "machine" || l.By != "Ms. analyst" || l.At != h.now.UnixMilli() {
		t.Errorf("%+v", l)
	}
	var e struct{ Label *label }
	h.ok(&e, "viewer", "GET", "/sessions/"+sid(1).String()+"/evidence")
	if e.Label == nil || *e.Label != l {
		t.Errorf("%+v", e.Label)
	}
	var rows list[row]
	h.ok(&rows, "viewer", "GET", "/sessions?label=machine")
	if len(rows.Items) != 1 || rows.Items[0].Label != "machine" {
		t.Errorf("%+v", rows)
	}
	h.ok(&l, "analyst", "PUT", target, `{"label":""}`)
	h.ok(&e, "viewer", "GET", "/sessions/"+sid(1).String()+"/evidence")
	if l.Label != "" || e.Label != nil {
		t.Errorf("%+v %+v", l, e.Label)
	}
	if got := h.audited(9); len(got) != 2 || got[1] != "label.set "+sid(1).String()+": machine" || got[0] != "label.set "+sid(1).String()+": taken away" {
		t.Errorf("audited %v", got)
	}
	for _, body := range []string{`{}`, `{"label":"cat"}`, `{"label":null}`} {
		h.refused(400, "label", "analyst", "PUT", target, body)
	}
	h.refused(404, "", "analyst", "PUT", "/sessions/"+sid(2).String()+"/label", `{"label":"person"}`)
}

// TestEvidence shows what the store knows beside the report.
func TestEvidence(t *testing.T) {
	h := newHouse(t)
	h.config.HasReplay = func(_ context.Context, s gait.SessionRef) (bool, error) { return s.Session == sid(1), nil }
	h.open()
	h.put(h.row(1, 1, 0), h.row(1, 2, 0, func(r *gait.SessionRow) { r.Score, r.Country = 60, "" }))
	ref := gait.SessionRef{Workspace: 1, Session: sid(1)}
	r := h.sessions.reports[ref]
	r.MonitorOnly = true
	r.Features.Traits = []gait.TraitValue{traitFor("gpu", "x"), traitFor("ip.country", "DE")}
	r.Assessment.Contributions = []gait.Contribution{{Check: "programmatic_typing", Weight: -0.1}}
	h.sessions.reports[ref] = r
	var e struct {
		Country, Device, Browser, OS string
		Routes                       []string
		Replay                       bool
		MonitorOnly                  bool `json:"monitor_only"`
		Traits                       []trait
		Assessment                   struct{ Band string }
		Checks                       map[string]struct{ Contribution *contribution }
	}
	h.ok(&e, "viewer", "GET", "/sessions/"+sid(1).String()+"/evidence")
	if e.Country != "DE" || e.Device != "desktop" || e.Browser != "Chrome" || e.OS != "Linux" || len(e.Routes) != 2 || !e.Replay || !e.MonitorOnly || e.Assessment.Band != "accept" {
		t.Errorf("%+v", e)
	}
	if !slices.Equal(e.Traits, []trait{{"gpu", "x", false}, {"ip.country", "DE", true}}) {
		t.Errorf("%+v", e.Traits)
	}
	if c := e.Checks["programmatic_typing"].Contribution; c == nil || c.People == nil || *c.People != (PeopleRate{2, 900}) {
		t.Errorf("%+v", c)
	}
	h.ok(nil, "owner", "POST", "/policy", `{"bands":{"monitor":10,"review":60,"reject":70},"based":0}`)
	h.ok(&e, "viewer", "GET", "/sessions/"+sid(2).String()+"/evidence")
	if e.Assessment.Band != "review" || e.Replay {
		t.Errorf("%+v", e)
	}
	// A session is there before its row is.
	r.Session = sid(3)
	h.sessions.reports[gait.SessionRef{Workspace: 1, Session: sid(3)}] = r
	h.ok(&e, "viewer", "GET", "/sessions/"+sid(3).String()+"/evidence")
	if e.Browser != "" || e.Routes == nil {
		t.Errorf("%+v", e)
	}
}

func FuzzOrigins(f *testing.F) {
	for _, seed := range []string{"https://a.example", "HTTP://B.example:80/", "https://[::1]:8443", "https://u@x", "//x", "https://a b", "https://ü.example", "http://%41"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, err := originsOf([]string{s})
		if err != nil {
			if gait.CodeOf(err) != gait.Invalid {
				t.Fatal(err)
			}
			return
		}
		again, err := originsOf(list)
		if err != nil || len(list) != 1 || !slices.Equal(again, list) || len(list[0]) > originMax || strings.ContainsAny(list[0], " ?#@") {
			t.Fatalf("%q became %q, and %q, %v", s, list, again, err)
		}
	})
}
