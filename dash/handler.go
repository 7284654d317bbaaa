// Package dash is the dashboard: one HTML document, a script and a style, embedded.
// The script speaks the native API under /api/v1/ and nothing else; the package
// knows nothing of sessions or accounts.
//
// ui/ holds the sources: app/ (how it speaks with the server, where one is, how
// numbers look), parts/ (what views share), views/ (one file each), session/ and
// pictures/ (one session's page). dist/ is built from them by `make ui`.
package dash

import (
	"bytes"
	"net/http"
	"path"
	"strings"
	"time"
)

// Config is what the dashboard needs from outside.
type Config struct {
	// Script is the address of the tracker's script, for the page that shows how
	// to install it: absolute, or a path on the server that serves the dashboard.
	Script string
}

// policy is the Content-Security-Policy of the document. The one frame is the
// replay of a session, a document of the server's own.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; " +
	"font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves everything under /dash/. It panics if the embedded document
// cannot be written, which no request can change.
func Handler(c Config) http.Handler {
	if c.Script == "" {
		c.Script = "/v1/rt.js"
	}
	doc, err := document(c.Script)
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /dash", http.RedirectHandler("/dash/", http.StatusFound))
	mux.HandleFunc("GET /dash/assets/{name}", serveAsset)
	mux.HandleFunc("GET /dash/", func(w http.ResponseWriter, r *http.Request) {
		// Views have no dots in their last part, files have: a file that is not
		// there is not a view. What a view is about may have some.
		if strings.Contains(path.Base(r.URL.Path), ".") && !strings.Contains(strings.Trim(strings.TrimPrefix(r.URL.Path, "/dash/"), "/"), "/") {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		secure(h)
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Cache-Control", "no-cache")
		h.Set("Content-Security-Policy", policy)
		h.Set("Permissions-Policy", "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(doc))
	})
	return mux
}

// secure sets what every answer carries. The address of a view can name a user
// or a session: other sites do not get it.
func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	a, ok := assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	secure(h)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	a.ServeHTTP(w, r)
}
