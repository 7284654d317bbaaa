package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gaithq/gait/internal/asset"
	"github.com/gaithq/gait/tracker"
)

// load asks for a path and returns the answer with its body, decompressed.
func load(t *testing.T, h http.Handler, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	res := rec.Result()
	body := rec.Body.Bytes()
	if res.Header.Get("Content-Encoding") == "gzip" && len(body) > 0 {
		zr, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if body, err = io.ReadAll(zr); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	return res, string(body)
}

func scripts(t *testing.T, p scriptPaths) http.Handler {
	t.Helper()
	if err := p.check(); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	addScripts(mux, p, true)
	return mux
}

func TestScriptsAreServed(t *testing.T) {
	h := scripts(t, scriptPaths{})
	for path, want := range map[string]*asset.Asset{
		"/v1/rt.js":        tracker.Script(),
		"/v1/tracker.js":   tracker.Script(),
		"/v0.0/tracker.js": tracker.Script(),
		"/api.js":          tracker.Script(),
		"/v1/probes.js":    tracker.Probes(),
		"/v1/badge.js":     tracker.Badge(),
		"/v1/replay.js":    tracker.Replay(),
	} {
		for encoding, tag := range map[string]string{
			"":                                   want.ETag(),
			"gzip":                               want.GzipETag(),
			"br, gzip;q=0.8":                     want.GzipETag(),
			"gzip;q=0":                           want.ETag(),
			"deflate":                            want.ETag(),
			"gzip; q=0.000":                      want.ETag(),
			"zstd, br;q=1, gzip ;q=0.5, *;q=0.1": want.GzipETag(),
		} {
			res, body := load(t, h, path, "Accept-Encoding", encoding)
			if res.StatusCode != http.StatusOK || body != string(want.Body) {
				t.Errorf("%s as %q: status %d, %d bytes", path, encoding, res.StatusCode, len(body))
			}
			for name, value := range map[string]string{
				"Content-Type":                 "text/javascript; charset=utf-8",
				"Cache-Control":                "public, max-age=300",
				"Vary":                         "Accept-Encoding",
				"X-Content-Type-Options":       "nosniff",
				"Access-Control-Allow-Origin":  "*",
				"Cross-Origin-Resource-Policy": "cross-origin",
				"Etag":                         tag,
			} {
				if got := res.Header.Get(name); got != value {
					t.Errorf("%s as %q: %s is %q, want %q", path, encoding, name, got, value)
				}
			}
			res, body = load(t, h, path, "Accept-Encoding", encoding, "If-None-Match", tag)
			if res.StatusCode != http.StatusNotModified || body != "" {
				t.Errorf("%s as %q: asked again, status %d with %d bytes", path, encoding, res.StatusCode, len(body))
			}
		}
	}
	if res, _ := load(t, h, "/v1/rt.js", "Accept-Encoding", "gzip", "If-None-Match", tracker.Script().ETag()); res.StatusCode != http.StatusOK {
		t.Errorf("the tag of the plain file counts for the compressed one: status %d", res.StatusCode)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/v1/rt.js", nil))
	if rec.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", rec.Code)
	}
}

// Chosen paths replace the literals of the files, each of which occurs once.
func TestChosenPaths(t *testing.T) {
	for literal, files := range map[string][]*asset.Asset{
		`"/v1/batch"`:     {tracker.Script(), tracker.Badge()},
		`"/v1/probes.js"`: {tracker.Script()},
	} {
		for _, file := range files {
			if n := bytes.Count(file.Body, []byte(literal)); n != 1 {
				t.Errorf("%s occurs %d times in a built file, want once", literal, n)
			}
		}
	}
	chosen := scriptPaths{Script: "/assets/site.js", Batch: "/assets/e", Probes: "/assets/more.js"}
	h := scripts(t, chosen)
	for _, path := range []string{"/assets/site.js", "/v1/rt.js", "/api.js"} {
		_, body := load(t, h, path)
		if !strings.Contains(body, `"/assets/e"`) || !strings.Contains(body, `"/assets/more.js"`) || strings.Contains(body, "/v1/") {
			t.Errorf("%s does not have the chosen paths", path)
		}
	}
	plain, _ := load(t, scripts(t, scriptPaths{}), "/v1/rt.js")
	other, _ := load(t, h, "/v1/rt.js")
	if plain.Header.Get("Etag") == other.Header.Get("Etag") {
		t.Error("other paths, the same tag")
	}
	if _, body := load(t, h, "/assets/more.js"); body != string(tracker.Probes().Body) {
		t.Error("the probes are not at the chosen path")
	}
	if _, body := load(t, h, "/v1/badge.js"); !strings.Contains(body, `"/assets/e"`) {
		t.Error("the badge does not have the chosen path")
	}
}

func TestPathsAreChecked(t *testing.T) {
	f := func(want string, p scriptPaths) {
		t.Helper()
		err := p.check()
		if got := ""; err != nil {
			got = err.Error()
			if want == "" || !strings.Contains(got, want) {
				t.Errorf("%+v: %q, want %q", p, got, want)
			}
		} else if want != "" {
			t.Errorf("%+v is accepted", p)
		}
	}
	f("", scriptPaths{})
	f("", usualPaths)
	f("", scriptPaths{Script: "/s.js", Batch: "/x/y", Probes: "/v2/p-1_2.js"})
	f("", scriptPaths{Script: "/api.js"})
	f("must be like", scriptPaths{Script: "s.js"})
	f("must be like", scriptPaths{Batch: "/"})
	f("must be like", scriptPaths{Batch: "/a//b"})
	f("must be like", scriptPaths{Batch: "/../b"})
	f("must be like", scriptPaths{Batch: `/"+alert(1)+"`})
	f("must be like", scriptPaths{Probes: "/{x}"})
	f("must be like", scriptPaths{Probes: "/" + strings.Repeat("a", 200)})
	f("is that of", scriptPaths{Script: "/a", Batch: "/a"})
	f("is that of", scriptPaths{Script: "/v1/probes.js"})
	f("is that of", scriptPaths{Batch: "/v1/rt.js"})
	f("is that of", scriptPaths{Probes: "/v1/badge.js"})
	f("is that of", scriptPaths{Probes: "/v1/batch"})
}
