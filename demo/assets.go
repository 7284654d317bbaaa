package demo

import (
	"embed"

	"github.com/gaithq/gait/internal/asset"
)

//go:embed ui/*.html ui/icon.svg dist/demo.js dist/demo.css dist/shop.js
var files embed.FS

// assets are the files served under /demo/assets/, by name.
var assets = map[string]*asset.Asset{
	"demo.js":  file("dist/demo.js", asset.JavaScript),
	"shop.js":  file("dist/shop.js", asset.JavaScript),
	"demo.css": file("dist/demo.css", asset.CSS),
	"icon.svg": file("ui/icon.svg", asset.SVG),
}

func file(name, contentType string) *asset.Asset {
	body, err := files.ReadFile(name)
	if err != nil {
		panic(err) // the embed directive above does not name it
	}
	return asset.New(body, contentType)
}

// at returns the address of an asset.
func at(name string) string { return assets[name].At("/demo/assets/" + name) }
