package record

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gaithq/gait"
)

func TestFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "runs.jsonl")
	for range 2 { // made, then added to
		f, err := OpenFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name() != name {
			t.Errorf("is called %s", f.Name())
		}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				r := good()
				if n, err := f.Append(&r); err != nil || n < 100 {
					t.Errorf("%d bytes, %v", n, err)
				}
			})
		}
		wg.Wait()
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	lines := 0
	for s := bufio.NewScanner(raw); s.Scan(); lines++ {
		if _, err := Read(s.Bytes()); err != nil {
			t.Errorf("line %d: %v", lines+1, err)
		}
	}
	if lines != 40 {
		t.Errorf("%d lines, want 40", lines)
	}
}

func TestFileRefuses(t *testing.T) {
	dir := t.TempDir()
	torn := filepath.Join(dir, "torn.jsonl")
	if err := os.WriteFile(torn, []byte(`{"gait":1,`), 0o600); err != nil {
		t.Fatal(err)
	}
	f := func(name string, code gait.Code, want string) {
		t.Helper()
		if _, err := OpenFile(name); gait.CodeOf(err) != code || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f(torn, gait.Invalid, "ends in the middle of a line")
	f(filepath.Join(dir, "runs.jsonl.xz"), gait.Invalid, "plain lines")
	f(filepath.Join(dir, "no", "such", "runs.jsonl"), gait.Unavailable, "cannot write")

	out, err := OpenFile(filepath.Join(dir, "runs.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	bad := good()
	bad.User = ""
	if _, err := out.Append(&bad); gait.CodeOf(err) != gait.Invalid {
		t.Errorf("a run without a user: %v", err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	// After a write that failed nothing is added: the end of the file is not known.
	for range 2 {
		r := good()
		if _, err := out.Append(&r); gait.CodeOf(err) != gait.Unavailable {
			t.Errorf("a file that cannot be written: %v", err)
		}
	}
}
