package account

import (
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

func TestTries(t *testing.T) {
	h := newHouse(t)
	h.join("ada@example.org", gait.Owner)
	b := h.browser()
	try := func(b *browser, email, password string) int {
		code, _ := b.do("POST", "/account/sign-in", map[string]string{"email": email, "password": password})
		return code
	}
	for range 30 { // right ones cost nothing
		if code := try(b, "ada@example.org", password); code != 200 {
			t.Fatal(code)
		}
	}
	for i := range 10 {
		if code := try(b, "ada@example.org", "wrong password"); code != 401 {
			t.Fatal(i, code)
		}
	}
	w := b.ask("POST", "/account/sign-in", map[string]string{"email": "ada@example.org", "password": password})
	if w.Code != 429 || w.Header().Get("Retry-After") != "60" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	elsewhere := h.browser()
	elsewhere.address = "[2001:db8:1:2::3]:99"
	if code := try(elsewhere, "ada@example.org", password); code != 200 {
		t.Errorf("she is locked out everywhere: %d", code)
	}
	h.now = h.now.Add(time.Minute)
	if code := try(b, "ada@example.org", password); code != 200 {
		t.Errorf("after a minute: %d", code)
	}
	if n := strings.Count(h.actions(), "sign_in_failed"); n != 1 {
		t.Errorf("%d entries of failures: %s", n, h.actions())
	}

	// From one address against many accounts; the next network is another.
	spray := h.browser()
	spray.address = "[2001:db8:9:9::1]:99"
	code := 0
	for i := 0; i < 100 && code != 429; i++ {
		spray.address = "[2001:db8:9:9::" + string(rune('a'+i%6)) + "]:99"
		code = try(spray, strings.Repeat("x", i+1)+"@example.org", "wrong password")
	}
	if code != 429 {
		t.Error("one network may try any number of accounts")
	}
	// From many addresses against one account.
	h.now = h.now.Add(24 * time.Hour)
	for i := 0; i < 300 && code != 401; i++ {
		code = try(b, "bob@example.org", "wrong password")
	}
	for i := 0; i < 300 && code != 429; i++ {
		many := h.browser()
		many.address = "198.51.100." + itoa(i%256) + ":1"
		code = try(many, "bob@example.org", "wrong password")
	}
	if code != 429 {
		t.Error("many addresses may try one account any number of times")
	}
}

// TestTriesAreKept: names that somebody makes up must not have the tries at an
// account forgotten.
func TestTriesAreKept(t *testing.T) {
	h := newHouse(t)
	h.join("ada@example.org", gait.Owner)
	b := h.browser()
	try := func(email string) int {
		code, _ := b.do("POST", "/account/sign-in", map[string]string{"email": email, "password": "wrong password"})
		return code
	}
	for code := 0; code != 429; {
		code = try("ada@example.org")
	}
	for i := range bucketsMax {
		try(itoa(i) + "@example.org")
	}
	h.now = h.now.Add(30 * time.Second) // the address may try again, this account not yet
	if code := try("ada@example.org"); code != 429 {
		t.Errorf("%d after many other names, want 429", code)
	}
	if n := h.limits.pair.names.Len(); n > 100 {
		t.Errorf("one address has %d pairs counted", n)
	}
}

func itoa(n int) string {
	digits := "0123456789"
	if n < 10 {
		return digits[n : n+1]
	}
	return itoa(n/10) + digits[n%10:n%10+1]
}
