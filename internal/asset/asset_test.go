package asset

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// ask loads a file, with headers as pairs.
func ask(a *Asset, url string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, url, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

func TestServe(t *testing.T) {
	a := New([]byte(strings.Repeat("let a = 1;\n", 300)), JavaScript)
	const path = "/some/a.js"
	for _, test := range []struct {
		name, url, coding, tag, cache string
	}{
		{"anywhere, it is asked for again", path, "", a.ETag(), "no-cache"},
		{"of another version too", path + "?v=older", "", a.ETag(), "no-cache"},
		{"under its address it is kept", a.At(path), "", a.ETag(), "public, max-age=31536000, immutable"},
		{"compressed for who takes that", a.At(path), "br, gzip", a.GzipETag(), "public, max-age=31536000, immutable"},
	} {
		w := ask(a, test.url, "Accept-Encoding", test.coding)
		h := w.Header()
		for name, want := range map[string]string{
			"Content-Type": JavaScript, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding", "ETag": test.tag, "Cache-Control": test.cache,
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", test.name, name, got, want)
			}
		}
		body := io.Reader(w.Body)
		if h.Get("Content-Encoding") == "gzip" {
			if w.Body.Len() >= len(a.Body) {
				t.Errorf("%s: %d of %d bytes", test.name, w.Body.Len(), len(a.Body))
			}
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			body = z
		}
		if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, a.Body) {
			t.Errorf("%s: %d bytes, %v", test.name, len(got), err)
		}
		if again := ask(a, test.url, "Accept-Encoding", test.coding, "If-None-Match", test.tag); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s: asked again, status %d with %d bytes", test.name, again.Code, again.Body.Len())
		}
	}
	if w := ask(a, path, "Accept-Encoding", "gzip", "If-None-Match", a.ETag()); w.Code != http.StatusOK {
		t.Errorf("the tag of the plain file counts for the compressed one: %d", w.Code)
	}
}

func TestCacheControlStays(t *testing.T) {
	a, w := New([]byte("a"), CSS), httptest.NewRecorder()
	w.Header().Set("Cache-Control", "public, max-age=300")
	a.ServeHTTP(w, httptest.NewRequest(http.MethodGet, a.At("/a.css"), nil))
	if got := w.Header().Get("Cache-Control"); got != "public, max-age=300" {
		t.Errorf("Cache-Control %q", got)
	}
}

func TestTagsAreStrongAndDiffer(t *testing.T) {
	one, two := New([]byte("one"), CSS), New([]byte("two"), CSS)
	seen := map[string]bool{}
	for _, tag := range []string{one.ETag(), one.GzipETag(), two.ETag(), two.GzipETag()} {
		if len(tag) < 3 || tag[0] != '"' || tag[len(tag)-1] != '"' {
			t.Errorf("%s is not a strong entity tag", tag)
		}
		if seen[tag] {
			t.Errorf("%s tags two different bodies", tag)
		}
		seen[tag] = true
	}
	if again := New([]byte("one"), CSS); again.ETag() != one.ETag() || !bytes.Equal(again.Gzip(), one.Gzip()) {
		t.Error("the same body gives another file")
	}
}

func TestTakesGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "deflate, gzip;q=1.0, *;q=0.5": true, "br": false, "gzip;q=0": false, "gzip; q=0.000": false, "GZIP": true,
		"gzip;q=x": false, "gzip ;q=0.5": true, "zstd, br;q=1, gzip ;q=0.5, *;q=0.1": true,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", header)
		if got := TakesGzip(r); got != want {
			t.Errorf("%q: %t", header, got)
		}
	}
}
