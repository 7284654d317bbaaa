package account

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/gaithq/gait"
)

// unconfirmed wants a refusal that asks to confirm who it is.
func (b *browser) unconfirmed(method, path string, body any) {
	b.t.Helper()
	if code, p := b.do(method, path, body); code != 403 || p["code"] != "unconfirmed" || p["field"] != nil {
		b.t.Errorf("%s %s: %d %v", method, path, code, p)
	}
}

// TestConfirm: some time after signing in, other ways in are opened and closed only to
// whoever proves again who they are.
func TestConfirm(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Owner)
	key := newAuthenticator(h.public)
	added := b.addPasskey(key, "Laptop")
	confirmed := func(want bool) {
		t.Helper()
		if p, err := b.principal("workspace=1"); err != nil || p.Confirmed != want {
			t.Errorf("%+v, %v; want confirmed %t", p, err, want)
		}
	}
	all := func() {
		t.Helper()
		confirmed(false)
		b.unconfirmed("POST", "/account/passkeys/begin", struct{}{})
		b.unconfirmed("POST", "/account/passkeys", map[string]any{"name": "Key", "credential": map[string]any{}})
		b.unconfirmed("DELETE", "/account/passkeys/"+added["id"].(string), nil)
		b.unconfirmed("POST", "/account/password", map[string]string{"new": "another good one"})
	}
	wait := func() { h.now = h.now.Add(lately) }

	confirmed(true)
	h.now = h.now.Add(lately - time.Millisecond)
	confirmed(true)
	h.now = h.now.Add(time.Millisecond)
	all()
	// What needs no proof goes on, and nothing was done.
	if me := b.must(200, "PATCH", "/account", map[string]string{"name": "Ada"}); len(me["passkeys"].([]any)) != 1 || me["has_password"] != true {
		t.Error(me)
	}
	b.must(200, "POST", "/workspaces", map[string]string{"name": "Mine"})

	// By the password.
	if code, p := b.do("POST", "/account/confirm", map[string]string{"password": "wrong password"}); code != 400 || p["field"] != "password" {
		t.Error(code, p)
	}
	all()
	token := b.cookies["__Host-gait_session"].Value
	b.must(204, "POST", "/account/confirm", map[string]string{"password": password})
	confirmed(true)
	if b.cookies["__Host-gait_session"].Value != token {
		t.Error("requests that are under way would be signed out")
	}
	b.must(200, "POST", "/account/passkeys/begin", struct{}{})
	b.must(204, "POST", "/account/password", map[string]string{"new": "another good one"})
	b.must(200, "POST", "/account/sign-in", map[string]string{"email": "ada@example.org", "password": "another good one"})

	// By a passkey.
	wait()
	all()
	options := b.must(200, "POST", "/account/confirm/passkey/begin", struct{}{})
	if list := options["publicKey"].(map[string]any)["allowCredentials"].([]any); len(list) != 1 || list[0].(map[string]any)["id"] != added["id"] {
		t.Error(list)
	}
	key.credential.Counter++
	b.must(204, "POST", "/account/confirm/passkey", map[string]any{"credential": key.get(t, options)})
	confirmed(true)
	if me := b.must(200, "GET", "/account", nil); me["passkeys"].([]any)[0].(map[string]any)["last_used_at"] == nil {
		t.Error(me)
	}

	// The current password is a proof of its own.
	wait()
	all()
	b.must(204, "POST", "/account/password", map[string]string{"current": "another good one", "new": password})
	confirmed(true)

	// It is the browser that is confirmed, not the account.
	wait()
	other := h.browser()
	other.must(200, "POST", "/account/sign-in", map[string]string{"email": "ada@example.org", "password": password})
	all()
	other.must(204, "DELETE", "/account/passkeys/"+added["id"].(string), nil)

	h.browser().must(401, "POST", "/account/confirm", map[string]string{"password": password})
	h.secrets("another good one", "wrong password")
}

// TestConfirmPasskey: a passkey confirms its own account, once, in time, and not by a copy.
func TestConfirmPasskey(t *testing.T) {
	h := newHouse(t)
	ada, bob := h.join("ada@example.org", gait.Owner), h.join("bob@example.org", gait.Viewer)
	hers, his := newAuthenticator(h.public), newAuthenticator(h.public)
	ada.must(400, "POST", "/account/confirm/passkey/begin", struct{}{}) // she has none yet
	ada.addPasskey(hers, "Hers")
	bob.addPasskey(his, "His")
	h.now = h.now.Add(time.Hour)
	begin := func(b *browser) map[string]any {
		return b.must(200, "POST", "/account/confirm/passkey/begin", struct{}{})
	}
	refused := func(what string, b *browser, credential any) {
		t.Helper()
		if code, p := b.do("POST", "/account/confirm/passkey", map[string]any{"credential": credential}); code != 400 || p["field"] != "credential" {
			t.Errorf("%s: %d %v", what, code, p)
		}
		b.unconfirmed("POST", "/account/passkeys/begin", struct{}{})
	}
	hers.credential.Counter, his.credential.Counter = 1, 1
	refused("another's passkey", ada, his.get(t, begin(ada)))
	refused("another's ceremony", ada, hers.get(t, begin(bob)))
	refused("a ceremony of signing in", ada, hers.get(t, ada.must(200, "POST", "/account/passkey/begin", struct{}{})))
	if code, p := h.browser().do("POST", "/account/passkey", map[string]any{"credential": hers.get(t, begin(ada))}); code != 400 {
		t.Errorf("a ceremony of confirming signs in: %d %v", code, p)
	}
	late := hers.get(t, begin(ada))
	h.now = h.now.Add(ceremonyTime)
	refused("late", ada, late)
	refused("nothing", ada, map[string]any{})
	hers.credential.Counter = 5
	once := hers.get(t, begin(ada))
	ada.must(204, "POST", "/account/confirm/passkey", map[string]any{"credential": once})
	h.now = h.now.Add(lately)
	refused("twice", ada, once)
	refused("a copy", ada, hers.get(t, begin(ada)))
	if got := h.actions(); !strings.HasSuffix(got, "A account.passkey_refused") {
		t.Error(got)
	}
	ada.must(200, "GET", "/account", nil) // and is still signed in
}

// TestConfirmTries: guessing at a browser that is signed in is counted with guessing at
// the door.
func TestConfirmTries(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Owner)
	for range 10 {
		b.must(400, "POST", "/account/confirm", map[string]string{"password": "a guess"})
	}
	w := b.ask("POST", "/account/confirm", map[string]string{"password": password})
	if w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Error(w.Code, w.Header())
	}
	b.must(429, "POST", "/account/sign-in", map[string]string{"email": "ada@example.org", "password": password})
	b.must(429, "POST", "/account/password", map[string]string{"current": password, "new": "another good one"})
	if got := h.actions(); !strings.HasSuffix(got, "A account.sign_in_failed") {
		t.Error(got)
	}
}

// TestConfirmGuest: visitors of a demo have nothing to prove who they are with.
func TestConfirmGuest(t *testing.T) {
	h := newHouse(t)
	who := h.join("ada@example.org", gait.Owner)
	h.Guest = func(*http.Request) gait.AccountID { return 1 }
	b := h.browser()
	h.now = h.now.Add(time.Hour)
	if p, err := b.principal("workspace=1"); err != nil || !p.Confirmed {
		t.Errorf("%+v %v", p, err)
	}
	b.must(200, "POST", "/account/passkeys/begin", struct{}{})
	b.must(204, "POST", "/account/confirm", map[string]string{"password": password})
	who.unconfirmed("POST", "/account/passkeys/begin", struct{}{}) // who signed in is no guest
}

// TestOldSessions: browsers that signed in before it was kept have to confirm.
func TestOldSessions(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Owner)
	hash, _ := hashToken(b.cookies["__Host-gait_session"].Value)
	s, err := h.store.WebSessionByHash(t.Context(), hash, h.now.UnixMilli())
	if err != nil {
		t.Fatal(err)
	}
	var data map[string]any
	if err := json.Unmarshal(s.Data, &data); err != nil || data["confirmed"] == nil {
		t.Fatal(data, err)
	}
	delete(data, "confirmed")
	if s.Data, err = json.Marshal(data); err != nil {
		t.Fatal(err)
	}
	if err := h.store.PutWebSession(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	b.must(200, "GET", "/account", nil)
	b.unconfirmed("POST", "/account/passkeys/begin", struct{}{})
}

// TestSignedOutMeanwhile: confirming does not bring back a session that was ended.
func TestSignedOutMeanwhile(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Owner)
	v := &visit{Accounts: h.Accounts, r: b.request("POST", "/", nil)}
	var err error
	if v.who, err = h.signedIn(v.r); err != nil {
		t.Fatal(err)
	}
	if err := h.end(v.r); err != nil {
		t.Fatal(err)
	}
	if err := v.prove(); gait.CodeOf(err) != gait.Unauthorized {
		t.Error(err)
	}
	b.must(401, "GET", "/account", nil)
}

// TestTwoServersOnAHost: on plain http a browser sends cookies to every port of a host,
// so servers there have names of their own for theirs.
func TestTwoServersOnAHost(t *testing.T) {
	server := func(port, instance string) *house {
		return newHouse(t, func(c *Config) { c.PublicURL, c.Instance = "http://127.0.0.1:"+port, instance })
	}
	one, two := server("8080", "0a1b2c3d"), server("8081", "4e5f6071")
	b := one.join("ada@example.org", gait.Owner)
	other := two.join("ada@example.org", gait.Owner)
	for name, c := range other.cookies { // both are the same browser's
		if b.cookies[name] != nil {
			t.Errorf("both have the cookie %s", name)
		}
		b.cookies[name] = c
	}
	other.cookies = b.cookies
	b.must(200, "GET", "/account", nil)
	other.must(200, "GET", "/account", nil)
	other.must(204, "POST", "/account/sign-out", nil)
	other.must(401, "GET", "/account", nil)
	b.must(200, "GET", "/account", nil)
	if names := len(b.cookies); names != 1 || b.cookies["gait_session_0a1b2c3d"] == nil {
		t.Errorf("%v", b.cookies)
	}
}

// spec is the document.
func spec(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err == nil {
		err = doc.Validate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestDocument: each route is described, and nothing else is. What answers look like is
// held against it by every test of this package.
func TestDocument(t *testing.T) {
	var served, described []string
	for _, r := range (&Accounts{}).routes() {
		served = append(served, r.method+" "+r.path)
	}
	for path, item := range spec(t).Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	slices.Sort(served)
	slices.Sort(described)
	if !slices.Equal(served, described) {
		t.Errorf("served are\n%s\ndescribed are\n%s", strings.Join(served, "\n"), strings.Join(described, "\n"))
	}
	if w := newHouse(t).browser().raw("GET", documentPath); w.Code != 200 || w.Body.String() != string(document) || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
