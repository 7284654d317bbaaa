package demo

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

const session = "5f0c9e1d27b84a63a1f0d3c4b5e6f708"

// serve asks a handler whose sessions answer with body and err.
func serve(t *testing.T, body string, err error, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	h := Handler(Config{
		SiteKey: `pub-"<test>`,
		Live: func(_ context.Context, id string) ([]byte, error) {
			if id != session {
				t.Errorf("Live asked for session %q, want %q", id, session)
			}
			return []byte(body), err
		},
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestRoutes(t *testing.T) {
	f := func(method, target string, status int, contentType string) {
		t.Helper()
		w := serve(t, "{}", nil, method, target)
		if w.Code != status || w.Header().Get("Content-Type") != contentType {
			t.Errorf("%s %s: %d %q, want %d %q", method, target, w.Code, w.Header().Get("Content-Type"), status, contentType)
		}
	}
	const html, problem, plain = "text/html; charset=utf-8", "application/problem+json", "text/plain; charset=utf-8"
	f("GET", "/demo/", 302, html)
	f("GET", "/demo/signup", 200, html)
	f("HEAD", "/demo/signup", 200, html)
	f("POST", "/demo/signup", 405, plain)
	f("GET", "/demo/elsewhere", 404, plain)
	f("GET", "/demo/assets/demo.js", 200, "text/javascript; charset=utf-8")
	f("GET", "/demo/assets/demo.css", 200, "text/css; charset=utf-8")
	f("GET", "/demo/assets/icon.svg", 200, "image/svg+xml")
	f("GET", "/demo/survey", 200, html)
	f("GET", "/demo/survey/5", 200, html)
	f("GET", "/demo/survey/done", 200, html)
	for _, page := range []string{"0", "6", "02", "+2", "two"} {
		f("GET", "/demo/survey/"+page, 404, problem)
	}
	f("POST", "/demo/survey/done", 404, problem)
	f("POST", "/demo/survey", 405, plain)
	f("GET", "/demo/shop", 200, html)
	f("GET", "/demo/shop/item/mallet", 200, html)
	f("GET", "/demo/shop/checkout", 200, html)
	f("GET", "/demo/shop/elsewhere", 404, plain)
	f("GET", "/demo/bots", 200, html)
	f("GET", "/demo/assets/shop.js", 200, "text/javascript; charset=utf-8")
	f("GET", "/demo/assets/signup.html", 404, problem)
	f("GET", "/demo/assets/..%2Fdemo.go", 404, problem)
	f("GET", "/demo/live?session="+session, 200, "application/json")
	f("GET", "/demo/live", 400, problem)
	f("GET", "/demo/live?session=nonsense", 400, problem)
}

func TestPage(t *testing.T) {
	w := serve(t, "", nil, "GET", "/demo/signup")
	page := w.Body.String()
	for _, want := range []string{
		`data-site-key="pub-&#34;&lt;test&gt;"`,
		`<script src="/v1/rt.js"`,
		`id="name" name="name" type="text" autocomplete="name"`,
		`id="email" name="email" type="email" autocomplete="email"`,
		`<textarea id="why"`,
		`<button id="submit"`,
		`id="gait-score"`,
		at("demo.js"),
		at("demo.css"),
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// What every page has, whatever it shows.
func TestPages(t *testing.T) {
	paths := []string{"/demo/signup", "/demo/shop", "/demo/bots", "/demo/survey/done"}
	for n := range surveyPages {
		paths = append(paths, surveyPath(n+1))
	}
	for _, path := range paths {
		w := serve(t, "", nil, "GET", path)
		page := w.Body.String()
		for name, want := range map[string]string{
			"Content-Security-Policy": contentPolicy,
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "strict-origin-when-cross-origin",
			"Cache-Control":           "no-cache",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s: %q, want %q", path, name, got, want)
			}
		}
		for _, want := range []string{
			`<script src="/v1/rt.js" data-site-key="pub-&#34;&lt;test&gt;"></script>`, `id="gait-panel"`, `aria-current="page"`,
		} {
			if strings.Count(page, want) != 1 {
				t.Errorf("%s: %s is there %d times, want once", path, want, strings.Count(page, want))
			}
		}
		// The policy forbids these, so they would silently do nothing.
		for _, bad := range []string{`<script>`, `<style`, ` style="`, ` onclick=`, ` onsubmit=`} {
			if strings.Contains(page, bad) {
				t.Errorf("%s holds %s, which its own policy blocks", path, bad)
			}
		}
		for _, address := range regexp.MustCompile(`(?:src|href|action)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if !strings.HasPrefix(address[1], "/") && !strings.HasPrefix(address[1], "#") {
				t.Errorf("%s loads %s from elsewhere", path, address[1])
			}
		}
		ids := make(map[string]bool)
		for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if ids[id[1]] {
				t.Errorf("%s has two elements with the id %q", path, id[1])
			}
			ids[id[1]] = true
		}
		for _, at := range regexp.MustCompile(`(?:href="#|for="|data-copy="|aria-labelledby=")([\w-]+)`).FindAllStringSubmatch(page, -1) {
			if !ids[at[1]] {
				t.Errorf("%s points to %q, which is not there", path, at[1])
			}
		}
	}
}

func TestAssetsAreCached(t *testing.T) {
	w := serve(t, "", nil, "GET", at("demo.js"))
	if w.Code != 200 || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestLive(t *testing.T) {
	const evidence = `{"session_id":"x"}`
	w := serve(t, evidence, nil, "GET", "/demo/live?session="+strings.ToUpper(session))
	if w.Body.String() != evidence || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%s %v", w.Body, w.Header())
	}

	f := func(err error, status int, detail string) {
		t.Helper()
		w := serve(t, "", err, "GET", "/demo/live?session="+session)
		var p struct {
			Type, Title, Detail string
			Status              int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if w.Code != status || p.Status != status || p.Detail != detail || p.Title != http.StatusText(status) || p.Type != "about:blank" {
			t.Errorf("%v: %d %+v, want %d %q", err, w.Code, p, status, detail)
		}
	}
	if w := serve(t, "", gait.Errorf(gait.NotFound, "no such session"), "GET", "/demo/live?session="+session); w.Code != 204 || w.Body.Len() != 0 {
		t.Errorf("nothing stored yet: %d %s", w.Code, w.Body)
	}
	cause := errors.New("secret cause")
	f(gait.Errorf(gait.Invalid, "bad"), 400, "bad")
	f(gait.Errorf(gait.TooLarge, "long"), 413, "long")
	f(gait.Errorf(gait.Unauthorized, "who"), 401, "who")
	f(gait.Errorf(gait.Forbidden, "no"), 403, "no")
	f(gait.Errorf(gait.RateLimited, "slow"), 429, "slow")
	f(gait.Wrap(cause, gait.Unavailable, "later"), 503, "later")
	f(gait.Wrap(cause, gait.Internal, "ours"), 500, "ours")
	f(cause, 500, "")
}
