package account

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"github.com/gaithq/gait"
)

// authenticator is a passkey in software.
type authenticator struct {
	virtualwebauthn.Authenticator
	party      virtualwebauthn.RelyingParty
	credential virtualwebauthn.Credential
}

func newAuthenticator(origin string) *authenticator {
	u, err := url.Parse(origin)
	if err != nil {
		panic(err)
	}
	return &authenticator{
		Authenticator: virtualwebauthn.NewAuthenticator(),
		party:         virtualwebauthn.RelyingParty{Name: "Gait", ID: u.Hostname(), Origin: origin},
		credential:    newCredential(),
	}
}

// newCredential returns one whose public key is well formed: the library leaves out
// the zeros that one coordinate in 128 begins with.
func newCredential() virtualwebauthn.Credential {
	const coseKey = 77 // bytes of a P-256 key with both coordinates whole
	for {
		if c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(c.Key.AttestationData()) == coseKey {
			return c
		}
	}
}

// create answers the options of a registration.
func (a *authenticator) create(t *testing.T, options map[string]any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := virtualwebauthn.ParseAttestationOptions(string(raw))
	if err != nil {
		t.Fatal(err)
	}
	handle, err := base64.RawURLEncoding.DecodeString(parsed.UserID)
	if err != nil {
		handle = []byte(parsed.UserID)
	}
	a.Options.UserHandle = handle
	return json.RawMessage(virtualwebauthn.CreateAttestationResponse(a.party, a.Authenticator, a.credential, *parsed))
}

// get answers the options of a sign-in.
func (a *authenticator) get(t *testing.T, options map[string]any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := virtualwebauthn.ParseAssertionOptions(string(raw))
	if err != nil {
		t.Fatal(err)
	}
	return json.RawMessage(virtualwebauthn.CreateAssertionResponse(a.party, a.Authenticator, a.credential, *parsed))
}

// addPasskey plays the whole ceremony.
func (b *browser) addPasskey(a *authenticator, name string) map[string]any {
	b.t.Helper()
	t := b.t.(*testing.T)
	options := b.must(200, "POST", "/account/passkeys/begin", struct{}{})
	return b.must(200, "POST", "/account/passkeys", map[string]any{"name": name, "credential": a.create(t, options)})
}

func TestPasskey(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Owner)
	key := newAuthenticator(h.public)

	options := b.must(200, "POST", "/account/passkeys/begin", struct{}{})["publicKey"].(map[string]any)
	if rp := options["rp"].(map[string]any); rp["id"] != "gait.example.org" {
		t.Error(rp)
	}
	if s := options["authenticatorSelection"].(map[string]any); s["residentKey"] != "required" || s["requireResidentKey"] != true || s["userVerification"] != "preferred" {
		t.Error(s)
	}
	who, err := h.store.AccountByEmail(t.Context(), "ada@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if id, err := base64.RawURLEncoding.DecodeString(options["user"].(map[string]any)["id"].(string)); err != nil || !bytes.Equal(id, who.Handle) {
		t.Errorf("user handle: %x, want %x", id, who.Handle)
	}

	added := b.addPasskey(key, "Laptop")
	if added["name"] != "Laptop" || added["last_used_at"] != nil || added["created_at"] == "" {
		t.Error(added)
	}
	options = b.must(200, "POST", "/account/passkeys/begin", struct{}{})["publicKey"].(map[string]any)
	if list := options["excludeCredentials"].([]any); len(list) != 1 || list[0].(map[string]any)["id"] != added["id"] {
		t.Error(list)
	}

	visitor := h.browser()
	key.credential.Counter = 5
	enter := func() (int, map[string]any) {
		t.Helper()
		options := visitor.must(200, "POST", "/account/passkey/begin", struct{}{})
		if allowed := options["publicKey"].(map[string]any)["allowCredentials"]; allowed != nil {
			t.Error("the options tell whose passkeys there are:", allowed)
		}
		return visitor.do("POST", "/account/passkey", map[string]any{"credential": key.get(t, options)})
	}
	code, me := enter()
	if code != 200 || me["email"] != "ada@example.org" || me["passkeys"].([]any)[0].(map[string]any)["last_used_at"] == nil {
		t.Fatal(code, me)
	}
	visitor.must(200, "GET", "/account", nil)
	visitor.must(204, "POST", "/account/sign-out", nil)

	// A counter that does not rise: a copy was used in between.
	if code, p := enter(); code != 401 || !strings.Contains(p["detail"].(string), "copy") {
		t.Error(code, p)
	}
	key.credential.Counter = 6
	if code, p := enter(); code != 200 {
		t.Error(code, p)
	}
	visitor.must(204, "POST", "/account/sign-out", nil)

	b.must(204, "DELETE", "/account/passkeys/"+added["id"].(string), nil)
	b.must(404, "DELETE", "/account/passkeys/"+added["id"].(string), nil)
	b.must(404, "DELETE", "/account/passkeys/=", nil)
	key.credential.Counter = 7
	if code, p := enter(); code != 401 {
		t.Error(code, p)
	}
	want := "A account.join, A account.sign_in, A account.passkey_add, A account.sign_in, A account.passkey_refused, A account.sign_in, A account.passkey_remove"
	if got := h.actions(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	h.secrets()
}

// TestPasskeyCeremony: a ceremony is for one origin, one account, one time, and not long.
func TestPasskeyCeremony(t *testing.T) {
	h := newHouse(t)
	ada, bob := h.join("ada@example.org", gait.Owner), h.join("bob@example.org", gait.Viewer)
	key := newAuthenticator(h.public)
	begin := func(b *browser) map[string]any { return b.must(200, "POST", "/account/passkeys/begin", struct{}{}) }
	add := func(b *browser, credential any) int {
		code, _ := b.do("POST", "/account/passkeys", map[string]any{"name": "Key", "credential": credential})
		return code
	}
	if code := add(bob, key.create(t, begin(ada))); code != 400 {
		t.Errorf("another's ceremony: %d", code)
	}
	evil := newAuthenticator("https://evil.example")
	if code := add(ada, evil.create(t, begin(ada))); code != 400 {
		t.Errorf("another origin: %d", code)
	}
	answer := key.create(t, begin(ada))
	h.now = h.now.Add(ceremonyTime)
	if code := add(ada, answer); code != 400 {
		t.Errorf("late: %d", code)
	}
	answer = key.create(t, begin(ada))
	if code := add(ada, answer); code != 200 {
		t.Errorf("in time: %d", code)
	}
	if code := add(ada, answer); code != 400 {
		t.Errorf("twice: %d", code)
	}
	if code := add(bob, key.create(t, begin(bob))); code != 409 {
		t.Errorf("a passkey of another account: %d", code)
	}
	for _, junk := range []any{nil, "x", 1, map[string]any{}, map[string]any{"id": "x", "type": "public-key"}} {
		if code := add(ada, junk); code != 400 {
			t.Errorf("%v: %d", junk, code)
		}
		ada.must(400, "POST", "/account/passkey", map[string]any{"credential": junk})
	}

	// Signing in: the handle of another account, an answer used twice, a late one.
	visitor := h.browser()
	enter := func(answer json.RawMessage) int {
		code, _ := visitor.do("POST", "/account/passkey", map[string]any{"credential": answer})
		return code
	}
	options := func() map[string]any { return visitor.must(200, "POST", "/account/passkey/begin", struct{}{}) }
	who, err := h.store.AccountByEmail(t.Context(), "ada@example.org")
	if err != nil {
		t.Fatal(err)
	}
	mine := key.Options.UserHandle // bob's: the refused ceremony was the last
	if code := enter(key.get(t, options())); code != 401 {
		t.Errorf("handle %x: %d", mine, code)
	}
	key.Options.UserHandle = who.Handle
	once := key.get(t, options())
	if code := enter(once); code != 200 {
		t.Errorf("%d", code)
	}
	if code := enter(once); code != 400 {
		t.Errorf("replayed: %d", code)
	}
	late := key.get(t, options())
	h.now = h.now.Add(time.Hour)
	if code := enter(late); code != 400 {
		t.Errorf("late: %d", code)
	}
	evil.credential = key.credential
	evil.Options.UserHandle = who.Handle
	if code := enter(evil.get(t, options())); code != 401 {
		t.Errorf("another origin: %d", code)
	}
	forged := newAuthenticator(h.public)
	forged.credential.ID = key.credential.ID
	forged.Options.UserHandle = who.Handle
	if code := enter(forged.get(t, options())); code != 401 {
		t.Errorf("another key: %d", code)
	}
}

func TestPasskeysMax(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Owner)
	for range passkeysMax {
		b.addPasskey(newAuthenticator(h.public), "Key")
	}
	b.must(400, "POST", "/account/passkeys/begin", struct{}{})
}

// TestLastWayIn: without a password, the last passkey stays.
func TestLastWayIn(t *testing.T) {
	h := newHouse(t)
	b := h.join("ada@example.org", gait.Owner)
	added := b.addPasskey(newAuthenticator(h.public), "Key")
	if _, err := h.update(t.Context(), 1, func(a *gait.Account) { a.Password = "" }); err != nil {
		t.Fatal(err)
	}
	b.must(400, "DELETE", "/account/passkeys/"+added["id"].(string), nil)
	b.must(401, "POST", "/account/sign-in", map[string]string{"email": "ada@example.org", "password": ""})
	b.must(204, "POST", "/account/password", map[string]string{"current": "", "new": password})
	b.must(204, "DELETE", "/account/passkeys/"+added["id"].(string), nil)
}

// TestWherePasskeys: they need the name of a host.
func TestWherePasskeys(t *testing.T) {
	for _, c := range []struct {
		public, host string
		why          string // part of it; "" where there are passkeys
	}{
		{"https://gait.example.org", "gait.example.org", ""},
		{"https://gait.example.org:8443", "gait.example.org:8443", ""},
		{"http://localhost:8080", "localhost:8080", ""},
		{"http://gait.localhost:8080", "gait.localhost:8080", ""},
		{"http://127.0.0.1:8080", "localhost:8080", ""},
		{"http://127.0.0.1:8080", "127.0.0.1:8080", "open http://localhost:8080 instead"},
		{"http://[::1]:8080", "[::1]:8080", "open http://localhost:8080 instead"},
		{"http://gait.example.org", "gait.example.org", "https only"},
		{"http://192.0.2.1:8080", "192.0.2.1:8080", "name of a host"},
		{"https://192.0.2.1", "192.0.2.1", "name of a host"},
		{"https://[2001:db8::1]", "localhost", "name of a host"},
	} {
		h := newHouse(t, func(x *Config) { x.PublicURL = c.public })
		b := h.browser()
		b.host = c.host
		s := b.must(200, "GET", "/account/state", nil)
		if s["passkeys"] != (c.why == "") || !strings.Contains(s["passkeys_why"].(string), c.why) || c.why == "" && s["passkeys_why"] != "" {
			t.Errorf("%s as %s: %v", c.public, c.host, s)
		}
		if c.why != "" {
			b.must(503, "POST", "/account/passkey/begin", struct{}{})
			continue
		}
		origin := "http://" + c.host
		if strings.HasPrefix(c.public, "https") {
			origin = "https://" + c.host
		}
		b.must(200, "POST", "/account/setup", map[string]string{"token": h.invite(gait.Owner), "email": "a@b.example", "name": "A", "password": password})
		key := newAuthenticator(origin)
		b.addPasskey(key, "Key")
		b.must(200, "POST", "/account/passkey", map[string]any{"credential": key.get(t, b.must(200, "POST", "/account/passkey/begin", struct{}{}))})
	}
}

// virtualAnswer is a well-formed answer to a challenge that nobody gave.
func virtualAnswer(a *authenticator) string {
	return virtualwebauthn.CreateAssertionResponse(a.party, a.Authenticator, a.credential, virtualwebauthn.AssertionOptions{Challenge: bytes.Repeat([]byte{1}, 32), RelyingPartyID: a.party.ID})
}
