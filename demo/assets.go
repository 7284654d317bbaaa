package demo

import (
	"embed"

	"github.com/gaithq/gait/internal/asset"
)

//go:embed ui/*.html ui/icon.svg dist/demo.js dist/demo.css dist/shop.js
var files embed.FS

// assets are the files served under /demo/assets/, by name.
var assets = map[string]*asset.Asset{
	"demo.js":  asset.File(files, "dist/demo.js", asset.JavaScript),
	"shop.js":  asset.File(files, "dist/shop.js", asset.JavaScript),
	"demo.css": asset.File(files, "dist/demo.css", asset.CSS),
	"icon.svg": asset.File(files, "ui/icon.svg", asset.SVG),
}

// at returns the address of an asset.
func at(name string) string { return assets[name].At("/demo/assets/" + name) }
