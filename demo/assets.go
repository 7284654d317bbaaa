package demo

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"time"
)

//go:embed ui/*.html ui/icon.svg dist/demo.js dist/demo.css dist/shop.js
var files embed.FS

// noTime keeps ServeContent from sending Last-Modified: embedded files have no
// time, the ETag is what tells versions apart.
var noTime time.Time

// asset is one file that the page loads.
type asset struct {
	body        []byte
	contentType string
	etag        string
	url         string // with the hash of the content, so that it can be cached for good
}

// assets are the files served under /demo/assets/, by name.
var assets = map[string]asset{
	"demo.js":  newAsset("dist/demo.js", "/demo/assets/demo.js", "text/javascript; charset=utf-8"),
	"shop.js":  newAsset("dist/shop.js", "/demo/assets/shop.js", "text/javascript; charset=utf-8"),
	"demo.css": newAsset("dist/demo.css", "/demo/assets/demo.css", "text/css; charset=utf-8"),
	"icon.svg": newAsset("ui/icon.svg", "/demo/assets/icon.svg", "image/svg+xml"),
}

func newAsset(file, path, contentType string) asset {
	body, err := files.ReadFile(file)
	if err != nil {
		panic(err) // the embed directive above does not name it
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:8])
	return asset{body: body, contentType: contentType, etag: `"` + hash + `"`, url: path + "?v=" + hash}
}
