package main

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"github.com/gaithq/gait/tracker"
)

// serveScript answers with the tracker. Pages of any site may load it; browsers
// keep it for a few minutes and then ask whether it changed.
func serveScript(w http.ResponseWriter, r *http.Request) {
	a := tracker.Script()
	h := w.Header()
	h.Set("Content-Type", tracker.ContentType)
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	body, tag := a.Body, a.ETag
	if acceptsGzip(r) {
		body, tag = a.Gzip, a.GzipETag
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// acceptsGzip reads Accept-Encoding as browsers write it.
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, params, _ := strings.Cut(part, ";")
		if strings.TrimSpace(coding) == "gzip" {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.0")
		}
	}
	return false
}
