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
	{
		File: "uplot/dist/uPlot.esm.js",
		Old:  `const numFormatter = new Intl.NumberFormat(domEnv ? nav.language : 'en-US');`,
		New:  `let made; const numFormatter = { format: n => (made ??= new Intl.NumberFormat(nav.language)).format(n) };`,
		Why:  "a browser's first formatter takes tens of ms of the script's start, and none is used",
	},
	{
		File: "uplot/dist/uPlot.esm.js",
		Old:  `const localTz = new Intl.DateTimeFormat().resolvedOptions().timeZone;`,
		New:  `const localTz = undefined;`,
		Why:  "likewise; times in a zone by name are converted without it, only slower",
	},
}

// patching is the plugin that makes the changes.
func patching(root string, patches []Patch) api.Plugin {
	byFile := map[string][]Patch{}
	for _, p := range patches {
		byFile[p.File] = append(byFile[p.File], p)
	}
	return api.Plugin{Name: "patches", Setup: func(build api.PluginBuild) {
		for file, list := range byFile {
			name := filepath.Join(root, "node_modules", filepath.FromSlash(file))
			build.OnLoad(api.OnLoadOptions{Filter: regexp.QuoteMeta(filepath.Base(name)) + "$"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
				if args.Path != name {
					return api.OnLoadResult{}, nil // as it is
				}
				source, err := os.ReadFile(name)
				if err != nil {
					return api.OnLoadResult{}, err
				}
				patched := string(source)
				for _, p := range list {
					if n := strings.Count(patched, p.Old); n != 1 {
						return api.OnLoadResult{}, fmt.Errorf("%s has %q %d times, want once: is the patch still needed (%s)?", p.File, p.Old, n, p.Why)
					}
					patched = strings.Replace(patched, p.Old, p.New, 1)
				}
				return api.OnLoadResult{Contents: &patched, Loader: api.LoaderJS}, nil
			})
		}
	}}
}
