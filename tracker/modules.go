package tracker

import (
	_ "embed"
	"sync"

	"github.com/gaithq/gait/internal/asset"
)

//go:embed dist/probes.js
var probes []byte

//go:embed dist/badge.js
var badge []byte

//go:embed dist/replay.js
var replay []byte

// Probes returns probes.js, which rt.js loads when the page is idle.
var Probes = sync.OnceValue(func() *asset.Asset { return asset.New(probes, asset.JavaScript) })

// Badge returns badge.js, which shows in the page whether tracking works.
var Badge = sync.OnceValue(func() *asset.Asset { return asset.New(badge, asset.JavaScript) })

// Replay returns replay.js, which records the page where that is wanted.
var Replay = sync.OnceValue(func() *asset.Asset { return asset.New(replay, asset.JavaScript) })
