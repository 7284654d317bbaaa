package eval

import (
	"bytes"
	_ "embed"
	"io"
)

//go:embed testdata/corpus.jsonl.xz
var corpus []byte

// Corpus returns the recordings that come with Gait, to be read by Read:
// automation of every kind, and people's typing. Their licences stand in
// testdata/README.md.
func Corpus() io.Reader { return bytes.NewReader(corpus) }
