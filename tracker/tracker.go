// Package tracker holds the script that pages load. Its sources are in src/, and
// `make ui` builds dist/ from them.
package tracker

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"sync"
)

//go:embed dist/rt.js
var script []byte

// An Asset is a file as a web server wants it. All its parts are shared and must
// not be changed.
type Asset struct {
	Body []byte // JavaScript
	Gzip []byte // the same, compressed
	// ETag and GzipETag are strong entity tags, quotes included. They differ since
	// the two representations differ in their bytes.
	ETag     string
	GzipETag string
}

// ContentType is the media type of every asset.
const ContentType = "text/javascript; charset=utf-8"

// Script returns rt.js.
var Script = sync.OnceValue(func() Asset { return NewAsset(script) })

// NewAsset compresses a body and tags it.
func NewAsset(body []byte) Asset {
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:12])
	return Asset{
		Body:     body,
		Gzip:     compress(body),
		ETag:     `"` + tag + `"`,
		GzipETag: `"` + tag + `-gzip"`,
	}
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	// Neither can fail: the level is valid, and a Buffer takes everything.
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}
