// Command cmd writes every built file. `make ui` runs it from the repository's
// root.
package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/gaithq/gait/internal/bundle"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := run(root); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(root string) error {
	built, err := bundle.All(root, bundle.Bundles)
	if err != nil {
		return err
	}
	for _, out := range slices.Sorted(maps.Keys(built)) {
		path := filepath.Join(root, filepath.FromSlash(out))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, built[out], 0o644); err != nil {
			return err
		}
		fmt.Printf("%s %d bytes\n", out, len(built[out]))
	}
	return nil
}
