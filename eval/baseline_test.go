package eval

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/gaithq/gait/risk"
)

var update = flag.Bool("update", false, "write what judging the corpus comes to into testdata/baseline.json")

// TestBaseline: no kind of automation in the corpus is found less often than it was,
// and nobody in it is flagged more often.
func TestBaseline(t *testing.T) {
	const file = "testdata/baseline.json"
	corpus, err := os.ReadFile("testdata/corpus.jsonl.xz")
	if err != nil {
		t.Fatal(err)
	}
	now := judged(t, corpus).Baseline()
	var b bytes.Buffer
	if err := now.Write(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	was, err := ReadBaseline(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if worse := was.Worse(now); len(worse) > 0 {
		t.Errorf("worse than %s:\n  %s\nIf that is meant: go test ./eval -run Baseline -update", file, strings.Join(worse, "\n  "))
	} else if !bytes.Equal(raw, b.Bytes()) {
		t.Logf("better than %s; go test ./eval -run Baseline -update keeps it so", file)
	}
}

// TestDetection: the page comes out the same each time, and has what it must.
func TestDetection(t *testing.T) {
	corpus, err := os.ReadFile("testdata/corpus.jsonl.xz")
	if err != nil {
		t.Fatal(err)
	}
	made := func() string {
		d := Detection{Piece: 600_000}
		j, cut := Judge{Policy: risk.Default()}, Judge{Policy: risk.Default(), Piece: d.Piece}
		for _, pack := range [][]byte{corpus, lines(t, typist(t, 1, "chromium"))} {
			if err := j.Pack(bytes.NewReader(pack)); err != nil {
				t.Fatal(err)
			}
			if err := cut.Pack(bytes.NewReader(pack)); err != nil {
				t.Fatal(err)
			}
		}
		d.Whole, d.Pieces = j.Outcomes(), cut.Outcomes()
		var b strings.Builder
		if err := d.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	text := made()
	if made() != text {
		t.Error("the same recordings give another page")
	}
	for _, want := range []string{
		"| klicke | `human` |", "not measurable", "| hidden automation | at 50 or more, masked |", "cdp/none/constant",
		"`programmatic_typing`: one kind of evidence", "into pieces of 60 s", "| fpscanner |", "## Weights",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, "NaN") || strings.Contains(line, "%!") {
			t.Error(line)
		}
	}
}
