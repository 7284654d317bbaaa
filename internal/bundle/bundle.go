// Package bundle builds what runs in the browser: TypeScript and CSS sources in,
// the committed files that the Go packages embed out. It runs esbuild in process,
// so that neither a build of Gait nor its tests need Node.
//
// Bundles is the one list of what is built. To add a file, add a line, run
// `make ui` and commit the output: TestCommittedFilesAreFresh keeps the two equal.
package bundle

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// A Bundle is one built file. Paths are relative to the repository's root, with
// slashes.
type Bundle struct {
	Entry  string // the source, .ts, .tsx or .css, that imports the rest
	Out    string // the built file
	Target api.Target
	Needs  []string // npm packages that become part of it
}

// Missing returns those of the bundle's packages that are not installed under
// root.
func (b Bundle) Missing(root string) []string {
	var missing []string
	for _, name := range b.Needs {
		if _, err := os.Stat(filepath.Join(root, "node_modules", filepath.FromSlash(name), "package.json")); err != nil {
			missing = append(missing, name)
		}
	}
	return missing
}

// Bundles lists everything that is built.
var Bundles = []Bundle{
	{Entry: "tracker/src/main.ts", Out: "tracker/dist/rt.js", Target: api.ES2020},
	{Entry: "tracker/src/probes/main.ts", Out: "tracker/dist/probes.js", Target: api.ES2020},
	{Entry: "tracker/src/badge/main.ts", Out: "tracker/dist/badge.js", Target: api.ES2020},
	{Entry: "tracker/src/replay/main.ts", Out: "tracker/dist/replay.js", Target: api.ES2020, Needs: []string{"@rrweb/record", "@rrweb/types"}},
	{Entry: "replay/ui/main.ts", Out: "replay/dist/viewer.js", Target: api.ES2022, Needs: []string{"@rrweb/replay", "@rrweb/types"}},
	{Entry: "replay/ui/viewer.css", Out: "replay/dist/viewer.css", Target: api.ES2022},
	{Entry: "demo/ui/demo.ts", Out: "demo/dist/demo.js", Target: api.ES2022},
	{Entry: "demo/ui/shop.ts", Out: "demo/dist/shop.js", Target: api.ES2022},
	{Entry: "demo/ui/demo.css", Out: "demo/dist/demo.css", Target: api.ES2022},
	{Entry: "dash/ui/main.tsx", Out: "dash/dist/app.js", Target: api.ES2022, Needs: []string{"preact", "uplot"}},
	{Entry: "dash/ui/first.ts", Out: "dash/dist/first.js", Target: api.ES2022},
	{Entry: "dash/ui/app.css", Out: "dash/dist/app.css", Target: api.ES2022, Needs: []string{"uplot"}},
}

// All builds the bundles and returns the contents by output path. It writes
// nothing. The same sources give the same bytes on every machine.
func All(root string, bundles []Bundle) (map[string][]byte, error) {
	built := make(map[string][]byte, len(bundles))
	var errs []error
	for _, b := range bundles {
		out, err := Build(root, b)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if _, twice := built[b.Out]; twice {
			errs = append(errs, fmt.Errorf("%s: listed twice", b.Out))
			continue
		}
		built[b.Out] = out
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return built, nil
}

// Build builds one bundle in memory.
func Build(root string, b Bundle) ([]byte, error) {
	if missing := b.Missing(root); len(missing) > 0 {
		return nil, fmt.Errorf("%s: the npm packages %s are not installed; npm ci does that", b.Entry, strings.Join(missing, ", "))
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	options := api.BuildOptions{
		AbsWorkingDir:     root,
		EntryPoints:       []string{b.Entry},
		Outfile:           filepath.Join(root, filepath.FromSlash(b.Out)),
		Bundle:            true,
		Target:            b.Target,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		Charset:           api.CharsetASCII, // the same bytes under any page encoding
		LogLevel:          api.LogLevelSilent,
		Plugins:           []api.Plugin{patching(root, Patches)},
		// The build must not depend on a tsconfig.json that is there for the
		// type check.
		TsconfigRaw:     `{"compilerOptions":{"strict":true}}`,
		JSX:             api.JSXAutomatic,
		JSXImportSource: "preact",
	}
	if path.Ext(b.Entry) != ".css" {
		options.Format = api.FormatIIFE
	}
	result := api.Build(options)
	// A warning in our own sources is a mistake, and nobody reads the output of
	// a build that succeeds.
	if messages := append(result.Errors, result.Warnings...); len(messages) > 0 {
		return nil, fmt.Errorf("%s: %s", b.Entry, describe(messages[0]))
	}
	if len(result.OutputFiles) != 1 {
		return nil, fmt.Errorf("%s: built %d files, want 1", b.Entry, len(result.OutputFiles))
	}
	return result.OutputFiles[0].Contents, nil
}

func describe(m api.Message) string {
	if m.Location == nil {
		return m.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", m.Location.File, m.Location.Line, m.Location.Column, m.Text)
}
