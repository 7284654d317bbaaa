package bundle

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// installed returns the bundles that can be built here.
func installed(t *testing.T) []Bundle {
	t.Helper()
	var list []Bundle
	for _, b := range Bundles {
		if missing := b.Missing(root); len(missing) > 0 {
			t.Logf("%s left out: %s not installed", b.Out, strings.Join(missing, ", "))
			continue
		}
		list = append(list, b)
	}
	return list
}

func TestCommittedFilesAreFresh(t *testing.T) {
	built, err := All(root, installed(t))
	if err != nil {
		t.Fatal(err)
	}
	for out, want := range built {
		got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(out)))
		if err != nil {
			t.Errorf("%v\nremedy: make ui, and commit the file", err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what its sources build (%d bytes committed, %d built)\nremedy: make ui, and commit the file", out, len(got), len(want))
		}
	}
}

func TestBuildIsDeterministic(t *testing.T) {
	list := installed(t)
	one, err := All(root, list)
	if err != nil {
		t.Fatal(err)
	}
	// Another working directory and an absolute root must not show in the output.
	abs, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	two, err := All(abs, list)
	if err != nil {
		t.Fatal(err)
	}
	for out, want := range one {
		if !bytes.Equal(two[out], want) {
			t.Errorf("%s: two builds differ", out)
		}
		if bytes.Contains(want, []byte(abs)) {
			t.Errorf("%s names the directory it was built in", out)
		}
	}
}

func TestMistakesAreReported(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bad.ts"), []byte("let x: number = ;\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Build(dir, Bundle{Entry: "bad.ts", Out: "bad.js"})
	if err == nil || !strings.Contains(err.Error(), "bad.ts:1:16") {
		t.Errorf("error does not say where: %v", err)
	}
	_, err = Build(dir, Bundle{Entry: "missing.ts", Out: "bad.js"})
	if err == nil || !strings.Contains(err.Error(), "missing.ts") {
		t.Errorf("error does not say which: %v", err)
	}
}
