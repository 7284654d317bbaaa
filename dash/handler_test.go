package dash

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gaithq/gait/internal/asset"
)

func ask(t *testing.T, target string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	Handler(Config{Script: `https://gait.example.org/v1/rt.js?a="b`}).ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestViewsAreTheDocument(t *testing.T) {
	for _, c := range []struct {
		path string
		want int
	}{
		{"/dash/", 200},
		{"/dash/sessions", 200},
		{"/dash/sessions/8d969eef6ecad3c29a3a629280e686cf", 200},
		{"/dash/users/robin@example.org", 200},
		{"/dash/tags/autumn%2Fwave-2.1", 200},
		{"/dash", 302},
		{"/dash/favicon.ico", 404},
		{"/dash/assets/app.js", 200},
		{"/dash/assets/app.js.map", 404},
		{"/dash/assets/..%2Fhandler.go", 404},
		{"/dash/assets/", 200},
	} {
		if got := ask(t, c.path).StatusCode; got != c.want {
			t.Errorf("%s: %d, want %d", c.path, got, c.want)
		}
	}
}

func TestDocument(t *testing.T) {
	r := ask(t, "/dash/sessions")
	doc := body(t, r)
	for name, want := range map[string]string{
		"Content-Type":            "text/html; charset=utf-8",
		"Content-Security-Policy": policy,
		"X-Content-Type-Options":  "nosniff",
		"Referrer-Policy":         "same-origin",
		"Cache-Control":           "no-cache",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Error("the policy allows what is unsafe")
	}
	if got := r.Header.Get("Permissions-Policy"); !strings.Contains(got, "publickey-credentials-get=(self)") {
		t.Errorf("passkeys are not permitted: %q", got)
	}
	if strings.Contains(doc, `?a="b`) {
		t.Error("the script's address is not escaped")
	}
	for _, bad := range []string{"style=", "onload=", "<style", "http://"} {
		if strings.Contains(doc, bad) {
			t.Errorf("the document has %q, which its policy forbids", bad)
		}
	}
	if inline := regexp.MustCompile(`<script[^>]*>[^<]`).FindString(doc); inline != "" {
		t.Errorf("an inline script: %s", inline)
	}
	// Everything that the document loads is there, and can be kept for good.
	loaded := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(doc, -1)
	if len(loaded) != len(assets) {
		t.Errorf("the document loads %d files of %d", len(loaded), len(assets))
	}
	for _, m := range loaded {
		got := ask(t, m[1])
		if got.StatusCode != 200 || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, Cache-Control %q", m[1], got.StatusCode, got.Header.Get("Cache-Control"))
		}
	}
}

// TestFirstViewIsSmall keeps what the first view loads under the budget: all
// script and style, packed, and the document.
func TestFirstViewIsSmall(t *testing.T) {
	const budget = 150_000
	doc, err := document("/v1/rt.js")
	if err != nil {
		t.Fatal(err)
	}
	total := len(asset.New(doc, "text/html").Gzip())
	for name, a := range assets {
		size := len(a.Gzip())
		total += size
		t.Logf("%s: %d bytes, %d by gzip", name, len(a.Body), size)
	}
	t.Logf("first view: %d bytes by gzip of at most %d", total, budget)
	if total > budget {
		t.Errorf("the first view is %d bytes by gzip, more than %d: load what it does not need later, or drop it", total, budget)
	}
}

// TestNoOtherHost keeps addresses of other hosts out of the built files, but for
// names that are no addresses to load: example.org and its hosts belong to nobody.
func TestNoOtherHost(t *testing.T) {
	address := regexp.MustCompile(`https?://([a-z0-9-]+\.)+[a-z]{2,}`)
	harmless := regexp.MustCompile(`^https?://(([a-z]+\.)?example\.org|www\.w3\.org)$`)
	for name, a := range assets {
		for _, found := range address.FindAllString(string(a.Body), -1) {
			if !harmless.MatchString(found) {
				t.Errorf("%s names %s", name, found)
			}
		}
	}
}
