//go:build browser

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/evanw/esbuild/pkg/api"
)

// Pages as people build them, on an origin of their own. The snippets in them are
// those of docs/install.md, so that what it says is what is tested.

const pagesDir = "testdata/pages"

// snippets are the named blocks of docs/install.md, by "language name".
type snippets map[string]string

var fence = regexp.MustCompile("(?ms)^ *```(\\w+ \\w+)\n(.*?)^ *```$")

func readSnippets(t *testing.T, d demoSite) snippets {
	t.Helper()
	doc, err := os.ReadFile("../../docs/install.md")
	if err != nil {
		t.Fatal(err)
	}
	here := strings.NewReplacer("https://gait.example.org", d.URL, "pub-…", d.SiteKey)
	s := make(snippets)
	for _, m := range fence.FindAllStringSubmatch(string(doc), -1) {
		s[m[1]] = here.Replace(m[2])
	}
	return s
}

// site serves the fixtures: /NAME and /NAME/two are the same page.
type site struct {
	t        *testing.T
	demo     demoSite
	snippets snippets
	used     map[string]bool
	bundles  map[string][]byte
}

func newSite(t *testing.T, d demoSite) *site {
	s := &site{t: t, demo: d, snippets: readSnippets(t, d), used: make(map[string]bool), bundles: make(map[string][]byte)}
	for _, name := range []string{"react.jsx", "vue.js"} {
		s.bundles[name] = s.bundle(name)
	}
	return s
}

func (s *site) snippet(name string) string {
	text, ok := s.snippets[name]
	if !ok {
		s.t.Errorf("docs/install.md has no snippet %q", name)
	}
	s.used[name] = true
	return text
}

// bundle builds an application whose import "snippet:NAME" is the docs' snippet.
func (s *site) bundle(name string) []byte {
	s.t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		s.t.Fatal(err)
	}
	built := api.Build(api.BuildOptions{
		AbsWorkingDir: root,
		EntryPoints:   []string{filepath.Join(root, "cmd/gait", pagesDir, name)},
		Outfile:       "out.js",
		Bundle:        true,
		Format:        api.FormatIIFE,
		JSX:           api.JSXAutomatic,
		TsconfigRaw:   `{}`,
		LogLevel:      api.LogLevelSilent,
		Define: map[string]string{
			"process.env.NODE_ENV": `"production"`, "__VUE_OPTIONS_API__": "false",
			"__VUE_PROD_DEVTOOLS__": "false", "__VUE_PROD_HYDRATION_MISMATCH_DETAILS__": "false",
		},
		Plugins: []api.Plugin{{Name: "snippets", Setup: func(b api.PluginBuild) {
			b.OnResolve(api.OnResolveOptions{Filter: "^snippet:"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
				return api.OnResolveResult{Path: strings.TrimPrefix(a.Path, "snippet:"), Namespace: "snippet"}, nil
			})
			b.OnLoad(api.OnLoadOptions{Filter: ".", Namespace: "snippet"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
				text := s.snippet(a.Path)
				return api.OnLoadResult{Contents: &text, ResolveDir: root}, nil
			})
		}}},
	})
	if len(built.Errors) > 0 {
		s.t.Fatalf("%s: %s (npm ci installs what it needs)", name, built.Errors[0].Text)
	}
	return built.OutputFiles[0].Contents
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if name == "bundle" {
		w.Header().Set("Content-Type", "text/javascript")
		w.Write(s.bundles[rest]) //nolint:errcheck // a browser that left
		return
	}
	file := filepath.Join(pagesDir, name+".html")
	if _, err := os.Stat(file); err != nil || name == "page" {
		http.NotFound(w, r)
		return
	}
	if name == "policy" || name == "strict" {
		header, policy, _ := strings.Cut(s.snippet("http "+name), ": ")
		w.Header().Set(header, strings.TrimSpace(policy))
	}
	page := template.New(filepath.Base(file)).Funcs(template.FuncMap{"snippet": s.snippet})
	page = template.Must(page.ParseFiles(file, filepath.Join(pagesDir, "page.html")))
	var body bytes.Buffer
	if err := page.Execute(&body, map[string]any{"Name": name, "Second": rest != "", "Gait": s.demo.URL, "SiteKey": s.demo.SiteKey}); err != nil {
		s.t.Errorf("%s: %v", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(body.Bytes()) //nolint:errcheck // a browser that left
}

// seen is what drive.mjs read in a page at one moment.
type seen struct {
	ID, Stored, Path, Shown, Field, Embedded, Badge string
	Late                                            bool
}

type visited struct {
	Page                         string
	Before, First, Second, Outer seen
	Problems                     []string
}

// report is what these tests read of a session.
type report struct {
	UserID string   `json:"user_id"`
	Tags   []string `json:"tags"`
	Logs   []struct {
		Action string `json:"action"`
	} `json:"user_logs"`
}

func (r report) has(action string) bool {
	return slices.ContainsFunc(r.Logs, func(l struct {
		Action string `json:"action"`
	},
	) bool {
		return l.Action == action
	})
}

// installs are the ways to install the script, and the user's id that each tells.
var installs = []struct{ page, user string }{
	{"plain", "member-4711"},
	{"form", "member-4711"},
	{"calls", "member-4711"},
	{"async", ""},
	{"defer", ""},
	{"end", ""},
	{"module", ""},
	{"import", ""},
	{"late", ""},
	{"survey", ""},
	{"frame", "member-4711"},
	{"policy", "member-4711"},
	{"strict", ""},
	{"consent", ""},
	{"react", "member-4711"},
	{"vue", "member-4711"},
	{"badge", "member-4711"},
}

func TestInstallChromium(t *testing.T) { testInstall(t, "chrome") }
func TestInstallFirefox(t *testing.T)  { testInstall(t, "firefox") }

func testInstall(t *testing.T, browser string) {
	t.Parallel() // it mostly waits for pages
	d := startDemo(t)
	pages := newSite(t, d)
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)

	args := []string{filepath.Join(pagesDir, "drive.mjs"), browser, server.URL}
	for _, i := range installs {
		args = append(args, i.page)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &errs)
	}
	var all []visited
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for _, i := range installs {
		t.Run(i.page, func(t *testing.T) {
			at := slices.IndexFunc(all, func(v visited) bool { return v.Page == i.page })
			if at < 0 {
				t.Fatal("not visited")
			}
			checkInstall(t, d, all[at], i.user)
		})
	}
	for name := range pages.snippets {
		if !pages.used[name] {
			t.Errorf("the snippet %q of docs/install.md is run by no page", name)
		}
	}
}

var anID = regexp.MustCompile("^[0-9a-f]{32}$")

func checkInstall(t *testing.T, d demoSite, v visited, user string) {
	if len(v.Problems) > 0 {
		t.Errorf("the page's console: %q", v.Problems)
	}
	if !anID.MatchString(v.First.ID) || v.First.Late || v.Second.Late {
		t.Fatalf("no session, or it does not show: %+v", v)
	}
	for _, id := range []string{v.First.Stored, v.Second.ID, v.Second.Stored} {
		if id != v.First.ID {
			t.Errorf("one visit has the sessions %q and %q", v.First.ID, id)
		}
	}
	switch v.Page {
	case "consent":
		if v.Before.ID != "" || v.Before.Stored != "" {
			t.Errorf("there is a session before anybody agreed: %+v", v.Before)
		}
	case "frame":
		if v.Outer.Stored != v.First.ID {
			t.Errorf("the tab's storage has %q, the frame's session is %q", v.Outer.Stored, v.First.ID)
		}
	}
	path := strings.Replace("/"+v.Page, "/frame", "/plain", 1)
	want := []string{"Navigated to " + path, "Navigated to " + path + "/two"}
	if v.Page == "calls" {
		want = append(want, "Signed in")
	}
	// The last batch may have left with the page.
	var r report
	var missing []string
	for range 50 {
		if status := get(t, d.URL+"/v1/sessions/"+v.First.ID+"/report", d.SecretKey, &r); status != 200 && status != 404 {
			t.Fatalf("the report: %d", status)
		}
		missing = slices.DeleteFunc(slices.Clone(want), r.has)
		if len(missing) == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if len(missing) > 0 {
		t.Errorf("the action log lacks %q: %+v", missing, r.Logs)
	}
	if r.UserID != user || !slices.Equal(r.Tags, []string{"signup", "autumn"}) {
		t.Errorf("user %q with tags %q, want %q with signup and autumn", r.UserID, r.Tags, user)
	}
}

// TestDemoPages lets a browser tool through the demo's other pages.
func TestDemoPages(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	f := func(script string, pages int, actions ...string) {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			checkDemoPage(t, d, script, pages, actions)
		})
	}
	f("survey.mjs", 6, "Navigated to /demo/survey", "Navigated to /demo/survey/2", "Navigated to /demo/survey/5", "Navigated to /demo/survey/done")
	f("shop.mjs", 1, "Navigated to /demo/shop", "Navigated to /demo/shop/item/mallet", "Navigated to /demo/shop/cart", "Navigated to /demo/shop/checkout", "Navigated to /demo/shop/done")
}

func checkDemoPage(t *testing.T, d demoSite, script string, pages int, actions []string) {
	var p struct {
		played
		Pages int
	}
	if err := json.Unmarshal(play(t, script, "--url", d.URL), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Problems) > 0 {
		t.Errorf("the page's console: %q", p.Problems)
	}
	e := d.evidence(t, p.Session)
	if p.Score != e.Assessment.Score || e.Assessment.Score < 70 || e.Missing != 0 {
		t.Errorf("the panel shows %d, the API says %d (70 or more wanted) with %d batches missing", p.Score, e.Assessment.Score, e.Missing)
	}
	if p.Pages != pages {
		t.Errorf("the panel counts %d pages, want %d", p.Pages, pages)
	}
	e.expect(t, "Detected", "bot", "centered_clicks", "teleporting_mouse", "programmatic_typing")
	var r report
	if status := get(t, d.URL+"/v1/sessions/"+p.Session+"/report", d.SecretKey, &r); status != 200 {
		t.Fatalf("the report: %d", status)
	}
	for _, action := range actions {
		if !r.has(action) {
			t.Errorf("the action log lacks %q: %+v", action, r.Logs)
		}
	}
	// What the driver enters is in no action.
	for _, l := range r.Logs {
		for _, entered := range []string{"Winter", "Rope Walk", "4000", "12/31", "bowls"} {
			if strings.Contains(l.Action, entered) {
				t.Errorf("the action log tells %q", l.Action)
			}
		}
	}
}
