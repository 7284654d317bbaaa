// Package tracker holds the script that pages load. Its sources are in src/, and
// `make ui` builds dist/ from them.
package tracker

import (
	_ "embed"
	"sync"

	"github.com/gaithq/gait/internal/asset"
)

//go:embed dist/rt.js
var script []byte

// Script returns rt.js.
var Script = sync.OnceValue(func() *asset.Asset { return asset.New(script, asset.JavaScript) })
