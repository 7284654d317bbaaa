package account

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

func TestSetup(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	b := h.browser()
	if s := b.must(200, "GET", "/account/state", nil); s["setup_needed"] != true || s["signed_in"] != false || s["version"] != "1.2.3" || s["demo"] != false {
		t.Errorf("before: %v", s)
	}
	link := func(origin string) string {
		t.Helper()
		link, err := NewSetupLink(ctx, h.store, h.main.ID, h.public, origin, h.now)
		if err != nil {
			t.Fatal(err)
		}
		return link
	}
	other, older, newest := link("gait init"), link("gait serve"), link("gait serve")
	token, ok := strings.CutPrefix(newest, "https://gait.example.org/dash/setup#")
	if !ok || older == newest {
		t.Fatal(older, newest)
	}
	_, otherToken, _ := strings.Cut(other, "#")
	b.must(200, "POST", "/account/invitation", map[string]string{"token": otherToken})
	_, olderToken, _ := strings.Cut(older, "#")
	b.must(404, "POST", "/account/invitation", map[string]string{"token": olderToken})
	if i := b.must(200, "POST", "/account/invitation", map[string]string{"token": token}); i["workspace"] != "Main" || i["role"] != "owner" || i["setup"] != true || i["expires_at"] == "" {
		t.Errorf("%v", i)
	}
	form := func(change ...string) map[string]string {
		f := map[string]string{"token": token, "email": "Ada@Example.org ", "name": " Ada ", "password": password}
		for i := 0; i < len(change); i += 2 {
			f[change[i]] = change[i+1]
		}
		return f
	}
	for _, c := range []struct {
		status int
		field  any
		form   map[string]string
	}{
		{404, "token", form("token", "x")},
		{404, "token", form("token", olderToken)},
		{404, "token", form("token", strings.Repeat("A", 43))},
		{400, "email", form("email", "ada")},
		{400, "email", form("email", "Ada <ada@example.org>")},
		{400, "email", form("email", strings.Repeat("a", 250)+"@example.org")},
		{400, "name", form("name", " ")},
		{400, "name", form("name", "a\nb")},
		{400, "password", form("password", "too short")},
		{400, "password", form("password", "äöüäöüäöü")},
		{400, "password", form("password", "aaaaaaaaaaaa")},
		{400, "password", form("password", "ada@example.org")},
		{400, "password", form("password", strings.Repeat("ab", 600))},
		{400, "more", form("more", "x")},
	} {
		if code, p := b.do("POST", "/account/setup", c.form); code != c.status || p["field"] != c.field {
			t.Errorf("%v: %d %v", c.form, code, p)
		}
	}
	me := b.must(200, "POST", "/account/setup", form())
	if me["email"] != "ada@example.org" || me["name"] != "Ada" {
		t.Errorf("%v", me)
	}
	places := me["workspaces"].([]any)
	if len(places) != 1 || places[0].(map[string]any)["role"] != "owner" || places[0].(map[string]any)["integration_id"] != h.main.IntegrationID {
		t.Errorf("%v", places)
	}
	h.browser().must(404, "POST", "/account/setup", form("email", "eve@example.org"))
	if s := b.must(200, "GET", "/account/state", nil); s["setup_needed"] != false || s["signed_in"] != true {
		t.Errorf("after: %v", s)
	}
	b.must(404, "POST", "/account/invitation", map[string]string{"token": otherToken})
	if link := link("gait serve"); link != "" {
		t.Errorf("a link although there are members: %q", link)
	}
	if got := h.actions(); got != "Ada account.setup, Ada account.sign_in" {
		t.Error(got)
	}
	h.secrets(token, olderToken, otherToken)
}

// TestLinkEnds: a link ends by time and by being used or revoked.
func TestLinkEnds(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	token := h.invite(gait.Viewer)
	if i := b.must(200, "POST", "/account/invitation", map[string]string{"token": token}); i["note"] != "for viewer" {
		t.Error(i)
	}
	h.now = h.now.Add(time.Hour)
	b.must(404, "POST", "/account/invitation", map[string]string{"token": token})
	token = h.invite(gait.Viewer)
	hash, _ := hashToken(token)
	if err := h.store.RevokeInvitation(context.Background(), h.main.ID, hash, h.now.UnixMilli()); err != nil {
		t.Fatal(err)
	}
	b.must(404, "POST", "/account/setup", map[string]string{"token": token, "email": "a@b.example", "name": "A", "password": password})
}

// TestJoin: somebody with an account joins another workspace with the password.
func TestJoin(t *testing.T) {
	h := newHouse(t)
	h.join("ada@example.org", gait.Owner)
	second := h.workspace("Second")
	token, i := NewInvitation(second.ID, gait.Analyst, "", 0, h.now, time.Hour)
	if err := h.store.CreateInvitation(context.Background(), i); err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	form := map[string]string{"token": token, "email": "ada@example.org", "name": "Somebody", "password": "not the password"}
	if code, p := b.do("POST", "/account/setup", form); code != 401 || p["field"] != "password" {
		t.Errorf("%d %v", code, p)
	}
	form["password"] = password
	me := b.must(200, "POST", "/account/setup", form)
	if me["name"] != "A" || len(me["workspaces"].([]any)) != 2 {
		t.Errorf("%v", me)
	}
	p, err := b.principal("workspace=2")
	if err != nil || p.Role != gait.Analyst || p.Workspace.Name != "Second" || p.Name != "A" {
		t.Errorf("%+v %v", p, err)
	}
}

func TestSignIn(t *testing.T) {
	h := newHouse(t)
	first := h.join("ada@example.org", gait.Analyst)
	b := h.browser()
	b.must(401, "GET", "/account", nil)
	right := map[string]string{"email": " ADA@example.org", "password": password}
	for _, c := range []struct{ email, password string }{
		{"ada@example.org", "wrong password"}, {"ada@example.org", ""}, {"eve@example.org", password}, {"ada@example.org", strings.Repeat("x", 2000)},
	} {
		code, p := b.do("POST", "/account/sign-in", map[string]string{"email": c.email, "password": c.password})
		if code != 401 || p["detail"] != "the e-mail address or the password is not right" || len(b.cookies) > 0 {
			t.Errorf("%v: %d %v", c, code, p)
		}
	}
	w := b.ask("POST", "/account/sign-in", right)
	if w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	set := w.Header().Get("Set-Cookie")
	for _, want := range []string{"__Host-gait_session=", "Path=/;", "HttpOnly", "Secure", "SameSite=Lax", "Max-Age=25920"} {
		if !strings.Contains(set, want) {
			t.Errorf("no %s in %s", want, set)
		}
	}
	b.must(200, "GET", "/account", nil)
	p, err := b.principal("workspace=1")
	if err != nil || p.Role != gait.Analyst || p.Account != 1 || p.Workspace.ID != h.main.ID {
		t.Errorf("%+v %v", p, err)
	}
	for query, want := range map[string]gait.Code{"": gait.Invalid, "workspace=": gait.Invalid, "workspace=x": gait.Invalid, "workspace=-1": gait.Invalid, "workspace=%": gait.Invalid, "workspace=2": gait.NotFound, "workspace=99": gait.NotFound} {
		h.workspace("Other")
		if _, err := b.principal(query); gait.CodeOf(err) != want {
			t.Errorf("%q: %v", query, err)
		}
	}

	// Signing in again gives another token, and ends the one before.
	before := b.cookies["__Host-gait_session"].Value
	b.must(200, "POST", "/account/sign-in", right)
	after := b.cookies["__Host-gait_session"].Value
	if before == after {
		t.Error("the token was kept")
	}
	thief := h.browser()
	thief.cookies["__Host-gait_session"] = &http.Cookie{Name: "__Host-gait_session", Value: before}
	thief.must(401, "GET", "/account", nil)
	thief.cookies["__Host-gait_session"].Value = after
	thief.must(200, "GET", "/account", nil)
	b.must(204, "POST", "/account/sign-out", nil)
	if len(b.cookies) != 0 {
		t.Error("the cookie is left")
	}
	thief.must(401, "GET", "/account", nil)
	b.must(204, "POST", "/account/sign-out", nil)
	first.must(200, "GET", "/account", nil) // another browser of hers
	for _, junk := range []string{"x", strings.Repeat("A", 43), strings.Repeat("=", 43), ""} {
		thief.cookies["__Host-gait_session"].Value = junk
		thief.must(401, "GET", "/account", nil)
	}
	h.secrets(before, after)
}

// TestPlainHTTP: without https the cookie is neither Secure nor bound to the host.
func TestPlainHTTP(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.PublicURL = "http://127.0.0.1:8080" })
	b := h.join("ada@example.org", gait.Owner)
	if c := b.cookies["gait_session"]; c == nil || c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
		t.Errorf("%+v", b.cookies)
	}
}

// TestSessionEnds: by idleness, by age, and by losing one's place.
func TestSessionEnds(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Owner)
	start := h.now
	for ; h.now.Before(start.Add(lifetime)); h.now = h.now.Add(5 * 24 * time.Hour) {
		b.must(200, "GET", "/account", nil)
	}
	h.now = start.Add(lifetime + time.Minute)
	b.must(401, "GET", "/account", nil)

	h.now = start
	idler := h.join("bob@example.org", gait.Viewer)
	h.now = start.Add(idle - time.Minute)
	seldom := h.browser()
	seldom.must(200, "POST", "/account/sign-in", map[string]string{"email": "bob@example.org", "password": password})
	h.now = start.Add(idle)
	idler.must(401, "GET", "/account", nil)
	seldom.must(200, "GET", "/account", nil)

	h.now = start
	member := h.join("eve@example.org", gait.Viewer)
	if _, err := member.principal("workspace=1"); err != nil {
		t.Error(err)
	}
	if err := h.store.RemoveMembership(context.Background(), 3, h.main.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := member.principal("workspace=1"); gait.CodeOf(err) != gait.NotFound {
		t.Errorf("a removed member: %v", err)
	}
}

// TestTouchDoesNotRevive: a session that was ended stays ended although a request
// with it is still under way.
func TestTouchDoesNotRevive(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Owner)
	token := b.cookies["__Host-gait_session"].Value
	if err := h.end(b.request("GET", "/", nil)); err != nil {
		t.Fatal(err)
	}
	h.touch(context.Background(), token, h.now.Add(time.Hour))
	b.must(401, "GET", "/account", nil)
}

func TestPassword(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Owner)
	other := h.browser()
	sign := map[string]string{"email": "ada@example.org", "password": password}
	other.must(200, "POST", "/account/sign-in", sign)
	change := func(current, next string) (int, map[string]any) {
		return b.do("POST", "/account/password", map[string]string{"current": current, "new": next})
	}
	if code, p := change("wrong password", "another good one"); code != 400 || p["field"] != "current" {
		t.Errorf("%d %v", code, p)
	}
	if code, p := change(password, "short"); code != 400 || p["field"] != "new" {
		t.Errorf("%d %v", code, p)
	}
	if code, p := change(password, "another good one"); code != 204 {
		t.Fatal(code, p)
	}
	b.must(200, "GET", "/account", nil)
	other.must(401, "GET", "/account", nil)
	other.must(401, "POST", "/account/sign-in", sign)
	sign["password"] = "another good one"
	other.must(200, "POST", "/account/sign-in", sign)
	if !strings.Contains(h.actions(), "A account.password") {
		t.Error(h.actions())
	}
	b.must(200, "PATCH", "/account", map[string]string{"name": "Ada Lovelace"})
	if me := other.must(200, "GET", "/account", nil); me["name"] != "Ada Lovelace" {
		t.Error(me)
	}
	b.must(400, "PATCH", "/account", map[string]string{"name": ""})
	h.secrets("another good one", "wrong password")
}

// TestSameLetters: a password is the same however a keyboard composes its letters.
func TestSameLetters(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	b.must(200, "POST", "/account/setup", map[string]string{"token": h.invite(gait.Owner), "email": "a@b.example", "name": "A", "password": "Zo\u00eb was here \ufb01rst"})
	b.must(200, "POST", "/account/sign-in", map[string]string{"email": "a@b.example", "password": "Zoe\u0308 was here first"})
}

// TestRehash: a password kept by other costs is kept by today's after it was used.
func TestRehash(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Owner)
	h.hasher.costs = Hashing{Passes: 2, Memory: 128, Lanes: 2}
	b.must(200, "POST", "/account/sign-in", map[string]string{"email": "ada@example.org", "password": password})
	who, err := h.store.AccountByEmail(context.Background(), "ada@example.org")
	if err != nil || !strings.HasPrefix(who.Password, "$argon2id$v=19$m=128,t=2,p=2$") {
		t.Error(who.Password, err)
	}
	b.must(200, "POST", "/account/sign-in", map[string]string{"email": "ada@example.org", "password": password})
}

func TestCrossOrigin(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Owner)
	for _, header := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://evil.example"}}} {
		b.header = header
		b.must(403, "POST", "/account/sign-out", nil)
		b.must(403, "POST", "/account/sign-in", map[string]string{"email": "ada@example.org", "password": password})
		b.must(403, "PATCH", "/account", map[string]string{"name": "Eve"})
	}
	b.header = http.Header{"Sec-Fetch-Site": {"same-origin"}}
	b.must(200, "PATCH", "/account", map[string]string{"name": "Ada"})
	b.header = http.Header{"Origin": {"https://gait.example.org"}}
	b.must(200, "PATCH", "/account", map[string]string{"name": "Ada"})
}

func TestMethods(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	for request, want := range map[string]string{
		"GET /account/setup": "POST", "POST /account/state": "GET, HEAD", "PUT /account": "GET, HEAD, PATCH", "GET /account/passkeys/x": "DELETE",
	} {
		method, path, _ := strings.Cut(request, " ")
		if w := b.ask(method, path, nil); w.Code != 405 || w.Header().Get("Allow") != want {
			t.Errorf("%s: %d %v", request, w.Code, w.Header())
		}
	}
	b.must(404, "GET", "/account/nothing", nil)
	if w := b.ask("HEAD", "/account/state", nil); w.Code != 200 || w.Body.Len() > 0 {
		t.Error(w.Code, w.Body)
	}
}

func TestNewWorkspace(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Viewer)
	h.browser().must(401, "POST", "/workspaces", map[string]string{"name": "Mine"})
	made := b.must(200, "POST", "/workspaces", map[string]string{"name": " Mine "})
	if made["name"] != "Mine" || made["secret_key"] != "sk-x" || made["notai_key"] != "aik_v1_x" || made["site_key"] == "" {
		t.Error(made)
	}
	if p, err := b.principal("workspace=2"); err != nil || p.Role != gait.Owner {
		t.Error(p, err)
	}
	b.must(400, "POST", "/workspaces", map[string]string{"name": ""})
	for range ownedMax - 1 {
		b.must(200, "POST", "/workspaces", map[string]string{"name": "More"})
	}
	b.must(403, "POST", "/workspaces", map[string]string{"name": "Too many"})
}

func TestGuest(t *testing.T) {
	var id gait.AccountID
	h := newHouse(t, func(c *Config) {
		c.PublicURL = "http://127.0.0.1:8080"
		c.Guest = func(r *http.Request) gait.AccountID {
			if strings.HasPrefix(r.Host, "127.0.0.1:") {
				return id
			}
			return 0
		}
	})
	h.join("demo@gait.localhost", gait.Owner)
	id = 1
	b := h.browser()
	if s := b.must(200, "GET", "/account/state", nil); s["demo"] != true || s["signed_in"] != true {
		t.Error(s)
	}
	if p, err := b.principal("workspace=1"); err != nil || p.Role != gait.Owner || p.Account != 1 {
		t.Error(p, err)
	}
	b.host = "rebound.example"
	b.must(401, "GET", "/account", nil)
}

// TestRun: what expired is deleted.
func TestRun(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Owner)
	hash, _ := hashToken(b.cookies["__Host-gait_session"].Value)
	start := h.now
	h.now = h.now.Add(idle + time.Minute)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { h.Run(ctx); close(done) }()
	for {
		if _, err := h.store.WebSessionByHash(context.Background(), hash, start.UnixMilli()); gait.CodeOf(err) == gait.NotFound {
			break
		}
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-done
}

func TestNew(t *testing.T) {
	for _, public := range []string{"", "gait.example.org", "ftp://x", "http://"} {
		if _, err := New(Config{PublicURL: public}); gait.CodeOf(err) != gait.Invalid {
			t.Errorf("%q: %v", public, err)
		}
	}
}
