package bundle

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// A Patch changes one place of an npm package while it is built in. The build fails if
// that place is not there exactly once, so that a new version is looked at.
type Patch struct {
	File string // in node_modules, with slashes
	Old  string
	New  string
	Why  string
}

// Patches lists what is changed of others.
var Patches = []Patch{
	{
		File: "@rrweb/record/dist/record.js",
		Old:  `old.setAttribute("style", m.oldValue)`,
		New:  `old.style.cssText = m.oldValue`,
		Why:  "a policy that forbids style attributes would have the visitor's browser report each change of one",
	},
}

// patching is the plugin that makes the changes.
func patching(root string, patches []Patch) api.Plugin {
	return api.Plugin{Name: "patches", Setup: func(build api.PluginBuild) {
		for _, p := range patches {
			name := filepath.Join(root, "node_modules", filepath.FromSlash(p.File))
			build.OnLoad(api.OnLoadOptions{Filter: regexp.QuoteMeta(filepath.Base(name)) + "$"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
				if args.Path != name {
					return api.OnLoadResult{}, nil // as it is
				}
				source, err := os.ReadFile(name)
				if err != nil {
					return api.OnLoadResult{}, err
				}
				if n := strings.Count(string(source), p.Old); n != 1 {
					return api.OnLoadResult{}, fmt.Errorf("%s has %q %d times, want once: is the patch still needed (%s)?", p.File, p.Old, n, p.Why)
				}
				patched := strings.Replace(string(source), p.Old, p.New, 1)
				return api.OnLoadResult{Contents: &patched, Loader: api.LoaderJS}, nil
			})
		}
	}}
}
