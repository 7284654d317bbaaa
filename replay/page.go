package replay

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"

	"github.com/gaithq/gait/internal/asset"
)

// The player's page and its files, for http.ServeMux.
const (
	PagePattern   = "GET /replay/{sessionId}"
	AssetsPattern = "GET /replay/assets/{name}"
)

var (
	//go:embed ui/viewer.html
	markup string
	//go:embed dist/viewer.js
	script []byte
	//go:embed dist/viewer.css
	style []byte
)

// policy lets the page load its own two files and ask its own server, and nothing
// else. What is replayed is drawn in a sandboxed frame without scripts, whose document
// has the same policy: its styles, which are in it, need 'unsafe-inline', and the
// page's icon is an empty data: URL.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// Viewer serves the player. It holds nothing of anybody: what it plays it asks for with
// the rights of whoever looks at it.
type Viewer struct {
	page   []byte
	assets map[string]*asset.Asset
}

// NewViewer returns the player.
func NewViewer() *Viewer {
	v := &Viewer{assets: map[string]*asset.Asset{
		"viewer.js":  asset.New(script, asset.JavaScript),
		"viewer.css": asset.New(style, asset.CSS),
	}}
	var page bytes.Buffer
	t := template.Must(template.New("viewer").Parse(markup))
	if err := t.Execute(&page, struct{ Style, Script string }{v.at("viewer.css"), v.at("viewer.js")}); err != nil {
		panic(err) // the template is ours, and a test executes it
	}
	v.page = page.Bytes()
	return v
}

// at returns the address of one of the page's files.
func (v *Viewer) at(name string) string { return v.assets[name].At("/replay/assets/" + name) }

// Page serves the page, the same for every session.
func (v *Viewer) Page(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-cache")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-DNS-Prefetch-Control", "off")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex")
	_, _ = w.Write(v.page) // a browser that left misses nothing
}

// Asset serves one of the page's files.
func (v *Viewer) Asset(w http.ResponseWriter, r *http.Request) {
	a, ok := v.assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	a.ServeHTTP(w, r)
}
