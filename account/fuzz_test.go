package account

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

func mustURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// FuzzStored: a stored hash is read as it was written, or refused.
func FuzzStored(f *testing.F) {
	for _, seed := range []string{
		"$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=0,t=3,p=4$AAAA$AAAA", "$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "$$$$$", "", "$argon2i$v=16$m=1$x$y",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, phc string) {
		s, err := parseStored(phc)
		if err != nil {
			return
		}
		if s.String() != phc {
			t.Fatalf("%q is written as %q", phc, s)
		}
		if s.Memory > memoryMax || s.Passes > passesMax || s.Lanes > lanesMax || s.Memory < 1 || s.Passes < 1 || s.Lanes < 1 {
			t.Fatalf("%+v", s)
		}
	})
}

// FuzzEmail: an address that is taken is one, in one spelling.
func FuzzEmail(f *testing.F) {
	for _, seed := range []string{"ada@example.org", " A@B ", "a@b@c", `"a b"@c`, "a<b@c>", "ä@ö.example", "a@[127.0.0.1]", "\x00@b", "a\r\nb@c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		email, err := checkEmail(in)
		if err != nil {
			if gait.CodeOf(err) != gait.Invalid {
				t.Fatal(err)
			}
			return
		}
		again, err := checkEmail(email)
		if err != nil || again != email || len(email) > emailMax || !strings.Contains(email, "@") || strings.ContainsAny(email, " \t\r\n\x00") {
			t.Fatalf("%q: %q, %q %v", in, email, again, err)
		}
	})
}

// FuzzVisit: whatever comes with whatever cookie, nobody gets in and nothing breaks.
func FuzzVisit(f *testing.F) {
	for _, r := range (&Accounts{}).routes() {
		f.Add(r.method, r.path, "", `{}`)
	}
	f.Add("POST", "/api/v1/account/passkey", "", `{"credential":{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}}`)
	f.Add("POST", "/api/v1/account/setup", "", `{"token":"`+strings.Repeat("A", 43)+`","email":"a@b.example","name":"A","password":"0123456789"}`)
	f.Add("POST", "/api/v1/account/invitation", strings.Repeat("A", 43), `{"token":"`+strings.Repeat("A", 43)+`"}`)
	h := newHouse(f)
	f.Fuzz(func(t *testing.T, method, target, cookie, body string) {
		u, err := url.Parse(target)
		if err != nil || !strings.HasPrefix(u.Path, "/") || method == "" || strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return
		}
		r := httptest.NewRequest("GET", "/", strings.NewReader(body))
		r.Method, r.URL = method, u
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Cookie", "__Host-gait_session="+cookie)
		w := httptest.NewRecorder()
		h.now = h.now.Add(time.Hour) // tries come back
		h.handler.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("%s %s %q: %d %s", method, target, body, w.Code, w.Body)
		}
		if len(w.Result().Cookies()) > 0 && !strings.HasSuffix(u.Path, "/sign-out") {
			t.Fatalf("%s %s %q gets a cookie: %s", method, target, body, w.Body)
		}
		if _, err := h.Principal(r); gait.CodeOf(err) != gait.Unauthorized {
			t.Fatalf("cookie %q: %v", cookie, err)
		}
	})
}

// FuzzPasskey: whatever a browser says its authenticator said, there is no way in.
func FuzzPasskey(f *testing.F) {
	f.Add([]byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}`))
	f.Add([]byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXRkbm9uZQ"}}`))
	key := newAuthenticator("https://gait.example.org")
	f.Add([]byte(virtualAnswer(key)))
	h := newHouse(f)
	f.Fuzz(func(t *testing.T, answer []byte) {
		r := httptest.NewRequest("POST", "/", nil)
		r.Host = "gait.example.org"
		if _, err := h.enter(r, answer); gait.CodeOf(err) != gait.Invalid && gait.CodeOf(err) != gait.Unauthorized {
			t.Fatalf("%q: %v", answer, err)
		}
		if err := h.again(r, gait.Account{ID: 1}, answer); gait.CodeOf(err) != gait.Invalid {
			t.Fatalf("%q: %v", answer, err)
		}
		if _, err := h.add(r, gait.Account{ID: 1}, "x", answer); gait.CodeOf(err) != gait.Invalid {
			t.Fatalf("%q: %v", answer, err)
		}
	})
}
