// Package archtest keeps the map of the house true: which room may import which,
// and a few rules that no compiler knows. docs/ARCHITECTURE.md is the map.
package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/gaithq/gait"

// rooms says what each room may import of this module beside its own packages;
// "" is the root. A room that is not listed is a failure: add its row here and
// in docs/ARCHITECTURE.md.
var rooms = map[string][]string{
	"":          {},
	"wire":      {""},
	"ingest":    {"", "wire", "internal/refusal"},
	"session":   {""},
	"check":     {"", "agent"},
	"agent":     {""},
	"risk":      {""},
	"ipintel":   {""},
	"store":     {""},
	"retention": {"", "internal/pause"},
	"record":    {"", "wire", "internal/asset"},
	"twin":      {""},
	"agentkey":  {""},
	"calibrate": {"", "risk", "eval"},
	"eval":      {"", "wire", "session", "check", "risk", "record"},
	"judge":     {"", "wire", "session", "check", "risk"},
	"api":       {"", "risk"},
	"account":   {""},
	"demo":      {"", "internal/asset"},
	"dash":      {"internal/asset"},
	"tracker":   {"internal/asset"},
	"blob":      {""},
	"replay":    {"", "internal/asset", "internal/pause", "internal/refusal"},

	"agent/train": {"", "session", "eval", "agent"},

	"internal/asset":   {},
	"internal/pause":   {},
	"internal/refusal": {""},

	"internal/archtest": {},
	"internal/bundle":   {},
	"internal/replays":  {"", "session", "check", "eval", "twin"},
	"internal/bench":    {"", "wire", "ingest", "session", "check", "risk", "store", "judge", "tracker", "api"},

	"cmd/gait": {"", "wire", "ingest", "ipintel", "session", "check", "risk", "store", "judge", "twin", "agentkey", "account", "calibrate", "record", "eval", "api", "dash", "demo", "tracker", "blob", "replay", "retention", "internal/asset"},
}

// siblings are rooms whose packages are alternatives to each other: they share
// the room's own package, and nothing else.
var siblings = []string{"api", "store"}

// pure are the rooms that are functions of what was appended: no clock, no
// network, no files, no context.
var pure = []string{"session", "check", "agent", "risk"}

var impure = []string{"context", "database/sql", "log", "log/slog", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec", "time"}

// maxLines is how long a file may get before it is two.
const maxLines = 500

type file struct {
	path string // slashes, from the root
	test bool
	ast  *ast.File
	src  string
}

func files(t *testing.T) (*token.FileSet, []file) {
	t.Helper()
	set := token.NewFileSet()
	var list []file
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if name := d.Name(); rel != "." && (name == "node_modules" || name == "testdata" || name == "dist" || strings.HasPrefix(name, ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(set, rel, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		list = append(list, file{rel, strings.HasSuffix(p, "_test.go"), tree, string(src)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 20 {
		t.Fatalf("only %d files found: the walk starts in the wrong place", len(list))
	}
	return set, list
}

// room returns the room that a package's folder belongs to.
func room(dir string) string {
	if dir == "." {
		return ""
	}
	if dir == "agent/train" { // a command beside what it makes
		return dir
	}
	parts := strings.SplitN(dir, "/", 3)
	if (parts[0] == "internal" || parts[0] == "cmd") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

func TestImports(t *testing.T) {
	_, list := files(t)
	for _, f := range list {
		dir := path.Dir(f.path)
		from := room(dir)
		allowed, known := rooms[from]
		if !known {
			t.Errorf("%s: the room %q is not on the map: give it a row in archtest and in docs/ARCHITECTURE.md", f.path, from)
			continue
		}
		for _, i := range f.ast.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if slices.Contains(pure, from) && !f.test && slices.Contains(impure, p) {
				t.Errorf("%s imports %q: %s is a pure function of what was appended; have the caller look it up and append it as a fact", f.path, p, from)
			}
			if p != module && !strings.HasPrefix(p, module+"/") {
				continue
			}
			target := strings.TrimPrefix(strings.TrimPrefix(p, module), "/")
			if target == "" {
				target = "."
			}
			to := room(target)
			switch {
			case f.test: // tests may bring in what they need
			case to != from && !slices.Contains(allowed, to):
				t.Errorf("%s imports %s: the room %q may import only %q; move what both need to the root, or wire them in cmd/gait", f.path, p, from, allowed)
			case to == from && slices.Contains(siblings, from) && target != from && target != dir && dir != from:
				t.Errorf("%s imports its sibling %s: share through the root package or the room's own", f.path, p)
			}
		}
	}
}

func TestRules(t *testing.T) {
	set, list := files(t)
	for _, f := range list {
		if n := strings.Count(f.src, "\n"); n > maxLines && !f.test {
			t.Errorf("%s has %d lines: split it, a file is one unit of at most %d", f.path, n, maxLines)
		}
		if name := f.ast.Name.Name; slices.Contains([]string{"util", "utils", "common", "helpers", "misc"}, name) {
			t.Errorf("%s: package %s says nothing: name it for what it holds", f.path, name)
		}
		// Go leaves files out of a build by the end of their name.
		stem := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.path), ".go"), "_test")
		if i := strings.LastIndexByte(stem, '_'); i >= 0 && slices.Contains(platforms, stem[i+1:]) {
			t.Errorf("%s is only built for %s: rename it", f.path, stem[i+1:])
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: no init functions: write the list out where it is used", set.Position(fn.Pos()))
			}
		}
		for _, c := range f.ast.Comments {
			if text := c.Text(); strings.Contains(text, "TODO") || strings.Contains(text, "FIXME") || strings.Contains(text, "XXX") {
				t.Errorf("%s: do it, or open an issue and leave it out of the code", set.Position(c.Pos()))
			}
		}
	}
}

// platforms are the operating systems and architectures in Go's file-name rule
// that a word of ours could hit.
var platforms = []string{"aix", "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js", "linux", "netbsd", "openbsd", "plan9", "solaris", "wasip1", "windows", "wasm", "amd64", "arm", "arm64", "mips", "loong64"}

// TestMap compares the table of docs/ARCHITECTURE.md with rooms.
func TestMap(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name := range rooms {
		if name == "" || strings.HasPrefix(name, "internal/") {
			continue
		}
		if !strings.Contains(string(doc), "| `"+name+"` |") {
			t.Errorf("docs/ARCHITECTURE.md has no row for the room `%s`", name)
		}
	}
}
