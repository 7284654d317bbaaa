package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

var update = flag.Bool("update", false, "write the answers into testdata instead of comparing")

const (
	betweenCases = "\n====\n"
	afterRequest = "\n----\n"
)

// TestGolden plays the requests in testdata/*.txt and compares the answers. A
// file is a list of cases: a request line, headers, a line of dashes, then the
// answer: status, content type, the headers that matter, the body indented.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no golden files")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			h := goldenHouse(t)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, c := range strings.Split(strings.TrimSuffix(string(text), "\n"), betweenCases) {
				request, want, _ := strings.Cut(c, afterRequest)
				request = strings.TrimSpace(request)
				got := h.play(request)
				if got != want && !*update {
					t.Errorf("%s\n--- want\n%s\n--- have (-update accepts it)\n%s", request, want, got)
				}
				out = append(out, request+afterRequest+got)
			}
			if *update {
				if err := os.WriteFile(file, []byte(strings.Join(out, betweenCases)+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func (h *house) play(request string) string {
	h.t.Helper()
	var lines []string
	for _, l := range strings.Split(request, "\n") {
		if !strings.HasPrefix(l, "#") {
			lines = append(lines, l)
		}
	}
	method, target, _ := strings.Cut(lines[0], " ")
	return show(h.do(method, target, lines[1:]...))
}

func show(w *httptest.ResponseRecorder) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d %s\n", w.Code, w.Header().Get("Content-Type"))
	for _, name := range []string{"Allow", "Location", "Retry-After", "Www-Authenticate", "X-Isnotai-Tier"} {
		if v := w.Header().Get(name); v != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	if w.Body.Len() > 0 {
		if err := json.Indent(&b, bytes.TrimSpace(w.Body.Bytes()), "", "  "); err != nil {
			fmt.Fprintf(&b, "not JSON: %q", w.Body)
		}
	}
	return strings.TrimSpace(b.String())
}

// goldenHouse has, in workspace 1, session 1 (everything known) and session 2
// (next to nothing), and three rows to list.
func goldenHouse(t *testing.T) *house {
	h := newHouse(t)
	full := fullReport(h.now)
	bare := gait.Report{
		Session: sid(2), Status: gait.Complete,
		Features: gait.Features{
			Batches: 1, Started: h.now.Add(-2 * time.Hour).UnixMilli(),
			Ended: h.now.Add(-2 * time.Hour).UnixMilli(), LastArrival: h.now.Add(-2 * time.Hour).UnixMilli(),
		},
		Assessment: gait.Assessment{Score: 10, Masked: 10, Cap: 100, Action: gait.ActionUnknown, Explanation: "Too little to judge."},
		Presence:   gait.PresenceNone, Actor: gait.ActorUnknown, ActorReason: "too little behaviour was seen",
	}
	old := bare
	old.Session = sid(3)
	old.Features.Started = h.now.AddDate(0, 0, -8).UnixMilli()
	for w := gait.WorkspaceID(1); w <= 4; w += 2 { // not workspaces 2 and 4
		for _, r := range []gait.Report{full, bare, old} {
			h.judge.reports[gait.SessionRef{Workspace: w, Session: r.Session}] = r
		}
		h.judge.rows[w] = []gait.SessionRow{
			{
				SessionRef: gait.SessionRef{Workspace: w, Session: sid(1)}, Started: full.Features.Started, LastArrival: full.Features.LastArrival,
				Score: 49, Detected: []string{"programmatic_typing", "synthetic_input"}, URL: "https://shop.example/checkout",
				UserAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
				UserID:    "user/7 ü", UserName: "Zoë <z@example.org>", UserURL: "https://shop.example/users/7", Tags: []string{"intake", "a,b"},
			},
			{SessionRef: gait.SessionRef{Workspace: w, Session: sid(2)}, Started: bare.Features.Started, LastArrival: bare.Features.LastArrival, Score: 70, Tags: []string{"intake"}},
			{SessionRef: gait.SessionRef{Workspace: w, Session: sid(3)}, Started: old.Features.Started, LastArrival: old.Features.LastArrival, Score: 10, UserID: "user/7 ü"},
		}
	}
	h.fillOdd()
	return h
}
