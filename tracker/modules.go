package tracker

import (
	_ "embed"
	"sync"
)

//go:embed dist/probes.js
var probes []byte

//go:embed dist/badge.js
var badge []byte

//go:embed dist/replay.js
var replay []byte

// Probes returns probes.js, which rt.js loads when the page is idle.
var Probes = sync.OnceValue(func() Asset { return NewAsset(probes) })

// Badge returns badge.js, which shows in the page whether tracking works.
var Badge = sync.OnceValue(func() Asset { return NewAsset(badge) })

// Replay returns replay.js, which records the page where that is wanted.
var Replay = sync.OnceValue(func() Asset { return NewAsset(replay) })
