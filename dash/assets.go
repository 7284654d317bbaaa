package dash

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
)

//go:embed ui/shell.html ui/icon.svg dist/app.js dist/app.css dist/first.js
var files embed.FS

// asset is one file that the document loads.
type asset struct {
	body        []byte
	packed      []byte // body by gzip; nil where that saves nothing worth it
	contentType string
	etag        string
	url         string // with the hash of the content, so that it can be cached for good
}

// assets are the files served under /dash/assets/, by name.
var assets = map[string]asset{
	"app.js":   newAsset("dist/app.js", "/dash/assets/app.js", "text/javascript; charset=utf-8"),
	"first.js": newAsset("dist/first.js", "/dash/assets/first.js", "text/javascript; charset=utf-8"),
	"app.css":  newAsset("dist/app.css", "/dash/assets/app.css", "text/css; charset=utf-8"),
	"icon.svg": newAsset("ui/icon.svg", "/dash/assets/icon.svg", "image/svg+xml"),
}

var shell = template.Must(template.ParseFS(files, "ui/shell.html"))

// worthPacking is the size in bytes from which an asset is kept packed as well.
const worthPacking = 1024

func newAsset(file, path, contentType string) asset {
	body, err := files.ReadFile(file)
	if err != nil {
		panic(err) // the embed directive above does not name it
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:8])
	a := asset{body: body, contentType: contentType, etag: `"` + hash + `"`, url: path + "?v=" + hash}
	if len(body) >= worthPacking {
		a.packed = pack(body)
	}
	return a
}

func pack(body []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is one of gzip's own
	}
	if _, err := w.Write(body); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// document is the one HTML document of the dashboard, with the addresses of what
// it loads.
func document(script string) ([]byte, error) {
	var b bytes.Buffer
	err := shell.Execute(&b, struct{ Script, Icon, First, Style, App string }{
		script, assets["icon.svg"].url, assets["first.js"].url, assets["app.css"].url, assets["app.js"].url,
	})
	if err != nil {
		return nil, fmt.Errorf("dashboard document: %w", err)
	}
	return b.Bytes(), nil
}
