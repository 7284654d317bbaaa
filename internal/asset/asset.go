// Package asset serves the files that are built into the binary: compressed for who
// takes that, known again by their content, and kept for good under an address that
// names it.
package asset

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The media types of what browsers load.
const (
	JavaScript = "text/javascript; charset=utf-8"
	CSS        = "text/css; charset=utf-8"
	SVG        = "image/svg+xml"
)

// Asset is one file. Its parts are shared and must not be changed.
type Asset struct {
	Body        []byte
	ContentType string

	hash string
	gzip func() []byte
}

// New returns a body as a file. It is compressed when somebody first asks for that.
func New(body []byte, contentType string) *Asset {
	sum := sha256.Sum256(body)
	return &Asset{
		Body: body, ContentType: contentType,
		hash: hex.EncodeToString(sum[:12]),
		gzip: sync.OnceValue(func() []byte { return compress(body) }),
	}
}

// File is New for a file that is built in. It panics if the file is not there, which
// no request can change.
func File(files embed.FS, name, contentType string) *Asset {
	body, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return New(body, contentType)
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	// Neither can fail: the level is valid, and a Buffer takes everything.
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}

// Gzip returns the body compressed.
func (a *Asset) Gzip() []byte { return a.gzip() }

// ETag is the strong entity tag of the body, quotes included.
func (a *Asset) ETag() string { return `"` + a.hash + `"` }

// GzipETag is that of the compressed body: other bytes have another tag.
func (a *Asset) GzipETag() string { return `"` + a.hash + `-gzip"` }

// version is the query of an address under which a file never changes.
func (a *Asset) version() string { return "v=" + a.hash }

// At returns the address to load the file from, which holds its hash.
func (a *Asset) At(path string) string { return path + "?" + a.version() }

// ServeHTTP answers with the file. At the address that At gives, it may be kept for
// good; under any other it is asked for again, and answered by its tag. Whoever
// wants that otherwise sets Cache-Control before.
func (a *Asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.ContentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
		if r.URL.RawQuery == a.version() {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
	}
	body, tag := a.Body, a.ETag()
	if TakesGzip(r) {
		body, tag = a.Gzip(), a.GzipETag()
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body)) // without a time: the tag tells versions apart
}

// TakesGzip reports whether a client says that it takes gzip.
func TakesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		q, found := strings.CutPrefix(strings.TrimSpace(params), "q=")
		if !found {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}
