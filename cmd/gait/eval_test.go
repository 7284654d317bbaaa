package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gaithq/gait/eval"
)

func TestEval(t *testing.T) {
	const corpus = "../../eval/testdata/corpus.jsonl.xz"
	dir := t.TempDir()
	f := func(wantStatus int, want string, args ...string) string {
		t.Helper()
		out, errs, status := call(t, append([]string{"eval"}, args...)...)
		if status != wantStatus || !strings.Contains(out+errs, want) {
			t.Errorf("eval %s: status %d, want %d and %q:\n%s%s", strings.Join(args, " "), status, wantStatus, want, out, errs)
		}
		return out
	}
	f(0, "klicke, human: ", corpus)
	f(0, "# How well it detects", "--markdown", corpus)
	var r eval.Result
	if err := json.Unmarshal([]byte(f(0, "", "--json", corpus)), &r); err != nil || len(r.Sets) == 0 || len(r.Goals) == 0 {
		t.Errorf("%+v, %v", r, err)
	}
	f(2, "can't be used together", "--json", "--markdown", corpus)
	f(2, "missing.jsonl", filepath.Join(dir, "missing.jsonl"))

	small := filepath.Join(dir, "small.xz")
	f(2, "--out", "--pick", "1", corpus)
	f(0, " recordings, ", "--pick", "1", "--pick-people", "1", "--out", small, corpus)
	base := filepath.Join(dir, "base.json")
	f(0, "", "--write-baseline", base, small)
	f(0, "", "--baseline", base, small)
	f(1, "not as good as it must be", "--baseline", base, corpus)
	f(0, "", "--found-as", base, small)
	empty := filepath.Join(dir, "empty.json")
	if err := os.WriteFile(empty, []byte("[]"), 0o600); err != nil {
		t.Fatal(err)
	}
	f(1, "the baseline does not have it", "--found-as", empty, small)

	// Automation of which nothing is seen misses its goals.
	made := filepath.Join(dir, "made.jsonl")
	if err := os.WriteFile(made, []byte(`{"src":"s","user":"u","sess":"1","label":"plain","ev":[["m",1,2,3]]}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f(1, "plain automation at 70 or more, as it ran: 0 of 1", "--goals", made)
}
