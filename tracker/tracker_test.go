package tracker

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"
)

// What a page pays for the tracker.
const budget = 8192

func TestScriptIsWithinItsBudget(t *testing.T) {
	size := len(Script().Gzip)
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

func TestGzipHoldsTheScript(t *testing.T) {
	r, err := gzip.NewReader(bytes.NewReader(Script().Gzip))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(body, Script().Body) {
		t.Error("the compressed script is another one")
	}
}

func TestTagsAreStrongAndDiffer(t *testing.T) {
	one, two := NewAsset([]byte("one")), NewAsset([]byte("two"))
	seen := map[string]bool{}
	for _, tag := range []string{one.ETag, one.GzipETag, two.ETag, two.GzipETag} {
		if len(tag) < 3 || tag[0] != '"' || tag[len(tag)-1] != '"' {
			t.Errorf("%s is not a strong entity tag", tag)
		}
		if seen[tag] {
			t.Errorf("%s tags two different bodies", tag)
		}
		seen[tag] = true
	}
	if again := NewAsset([]byte("one")); again.ETag != one.ETag || !bytes.Equal(again.Gzip, one.Gzip) {
		t.Error("the same body gives another asset")
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
