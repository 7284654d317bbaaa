package tracker

import (
	"bytes"
	"testing"
)

// What a page pays for the tracker.
const budget = 8192

func TestScriptIsWithinItsBudget(t *testing.T) {
	size := len(Script().Gzip())
	t.Logf("rt.js: %d bytes, %d gzipped, budget %d", len(Script().Body), size, budget)
	if size > budget {
		t.Errorf("rt.js is %d bytes gzipped, the budget is %d: leave something out, or move it to a file that is loaded later", size, budget)
	}
}

// An operator may serve these from paths of his own: the server replaces them.
func TestPathsCanBeReplaced(t *testing.T) {
	for _, path := range []string{"/v1/batch", "/v1/probes.js"} {
		if n := bytes.Count(Script().Body, []byte(path)); n != 1 {
			t.Errorf("%s is in rt.js %d times, want once", path, n)
		}
	}
}

// The script goes into pages of any encoding.
func TestScriptIsASCII(t *testing.T) {
	for i, b := range Script().Body {
		if b >= 0x80 {
			t.Fatalf("byte %d is %#x", i, b)
		}
	}
}
