//go:build browser

package tracker_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gaithq/gait/tracker"
)

// badgePage has a badge and no tracker: the driver plays what rt.js says.
func badgePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-n'; connect-src 'self'; img-src *; require-trusted-types-for 'script'; trusted-types gait")
	fmt.Fprint(w, `<!doctype html><title>badge</title><script nonce="n" src="/badge.js" async></script><script nonce="n" src="/badge.js" async></script>
<script nonce="n">
	window.problems = [];
	addEventListener("error", (event) => problems.push(event.message));
	document.addEventListener("securitypolicyviolation", (event) => problems.push(event.violatedDirective));
</script>
<h1>Page</h1><div class="roundtable-badge" width="300px"></div><div id="plain" class="roundtable-badge"></div>
<div id="more"></div><a href="/elsewhere">elsewhere</a>`)
}

// TestBadge plays the badge's life in Chromium. With GAIT_SHOTS set to a folder, it
// leaves pictures of the states there.
func TestBadge(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /page", badgePage)
	mux.HandleFunc("GET /elsewhere", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<!doctype html><title>elsewhere</title>") })
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /v1/batch", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"ack":0}`) })
	mux.Handle("GET /badge.js", tracker.Badge())
	s := httptest.NewServer(mux)
	defer s.Close()

	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "probes", "badge.mjs"), s.URL, os.Getenv("GAIT_SHOTS"))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	type card struct {
		State, Text, Role string
		Width             float64
		Moving            bool
	}
	var got struct {
		Loading, Pass, Fail, Recovered, Added, Late, Back, Still []card
		Removed                                                  int
		Styled                                                   int
		Problems                                                 []string
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	check := func(what string, cards []card, state, text string, moving bool, widths ...float64) {
		t.Helper()
		if len(cards) != len(widths) {
			t.Errorf("%s: %d cards, want %d", what, len(cards), len(widths))
			return
		}
		for i, c := range cards {
			if want := (card{State: state, Text: text, Role: "status", Width: widths[i], Moving: moving}); c != want {
				t.Errorf("%s: card %d is %+v, want %+v", what, i, c, want)
			}
		}
	}
	const active, inactive = "Gait Protection is active", "Gait Protection is not active"
	check("at first", got.Loading, "loading", "Gait Connecting …", true, 300, 231)
	check("acknowledged", got.Pass, "pass", active, false, 300, 231)
	check("after the patience", got.Fail, "fail", inactive, false, 300, 231)
	check("acknowledged late", got.Recovered, "pass", active, false, 300, 231)
	check("added, cloned, resized", got.Added, "pass", active, false, 120, 231, 231, 400)
	check("loaded after the acknowledgement", got.Late, "pass", active, false, 300, 231)
	check("back again", got.Back, "pass", active, false, 300, 231)
	check("reduced motion", got.Still, "loading", "Gait Connecting …", false, 300, 231)
	if got.Removed != 0 {
		t.Errorf("%d cards after all were removed", got.Removed)
	}
	if got.Styled != 0 {
		t.Errorf("%d style attributes", got.Styled)
	}
	for _, p := range got.Problems {
		t.Errorf("a problem in the page: %s", p)
	}
}
