package bundle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

func TestPatch(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("node_modules/part/index.js", `export const word = "old";`)
	write("node_modules/other/index.js", `export const other = "old";`)
	write("main.ts", `import { word } from "part"; import { other } from "other"; console.log(word, other);`)
	build := func(old string) api.BuildResult {
		return api.Build(api.BuildOptions{
			AbsWorkingDir: dir, EntryPoints: []string{"main.ts"}, Bundle: true, LogLevel: api.LogLevelSilent,
			Plugins: []api.Plugin{patching(dir, []Patch{{File: "part/index.js", Old: old, New: `"new"`, Why: "a test"}})},
		})
	}
	result := build(`"old"`)
	if len(result.Errors) > 0 {
		t.Fatal(result.Errors)
	}
	out := string(result.OutputFiles[0].Contents)
	if !strings.Contains(out, `word = "new"`) || !strings.Contains(out, `other = "old"`) {
		t.Errorf("built %s", out)
	}
	if result := build(`"gone"`); len(result.Errors) == 0 || !strings.Contains(result.Errors[0].Text, "a test") {
		t.Errorf("a patch of what is not there: %v", result.Errors)
	}
}
