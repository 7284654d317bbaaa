package dash

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestSnippets compares what the dashboard offers to copy with docs/install.md,
// whose snippets are tried out in browsers.
func TestSnippets(t *testing.T) {
	doc, err := os.ReadFile("../docs/install.md")
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile("ui/views/snippets.ts")
	if err != nil {
		t.Fatal(err)
	}
	blocks := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)\n```([a-z]+ [a-z]+)\n(.*?)\n```\n").FindAllStringSubmatch(string(doc), -1) {
		blocks[m[1]] = m[2]
	}
	for _, name := range []string{"html form", "jsx react", "js vue", "html late", "html survey", "html import", "http policy", "html consent"} {
		text, ok := blocks[name]
		if !ok {
			t.Errorf("docs/install.md has no snippet %q", name)
			continue
		}
		if strings.ContainsAny(text, "`\\") || strings.Contains(text, "${") {
			t.Errorf("%s: cannot stand in a template literal as it is", name)
		}
		if !strings.Contains(string(src), "`"+text+"`") {
			t.Errorf("%s: dash/ui/views/snippets.ts does not have it as docs/install.md has\nremedy: copy it from there, and make ui", name)
		}
	}
}
