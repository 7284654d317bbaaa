package dash

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"

	"github.com/gaithq/gait/internal/asset"
)

//go:embed ui/shell.html ui/icon.svg dist/app.js dist/app.css dist/first.js
var files embed.FS

// assets are the files served under /dash/assets/, by name.
var assets = map[string]*asset.Asset{
	"app.js":   asset.File(files, "dist/app.js", asset.JavaScript),
	"first.js": asset.File(files, "dist/first.js", asset.JavaScript),
	"app.css":  asset.File(files, "dist/app.css", asset.CSS),
	"icon.svg": asset.File(files, "ui/icon.svg", asset.SVG),
}

var shell = template.Must(template.ParseFS(files, "ui/shell.html"))

// at returns the address of an asset.
func at(name string) string { return assets[name].At("/dash/assets/" + name) }

// document is the one HTML document of the dashboard, with the addresses of what
// it loads.
func document(script string) ([]byte, error) {
	var b bytes.Buffer
	err := shell.Execute(&b, struct{ Script, Icon, First, Style, App string }{
		script, at("icon.svg"), at("first.js"), at("app.css"), at("app.js"),
	})
	if err != nil {
		return nil, fmt.Errorf("dashboard document: %w", err)
	}
	return b.Bytes(), nil
}
