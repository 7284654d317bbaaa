package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/ingest"
	"github.com/gaithq/gait/replay"
	"github.com/gaithq/gait/wire"
)

// running is a server in this process.
type running struct {
	*server
	workspace gait.Workspace
	keys      keys
}

// serveHere runs a server with settings until the test ends.
func serveHere(t *testing.T, c settings) *running {
	t.Helper()
	store, err := c.openStore(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w, k, err := newWorkspace(t.Context(), store, "test", nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer("127.0.0.1:0", store, slog.New(slog.DiscardHandler), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.run(ctx, s.routes()) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	awaitReady(t, s.url())
	return &running{s, w, k}
}

func page(t *testing.T, url string) (body string, status int) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw), r.StatusCode
}

func TestMetrics(t *testing.T) {
	tor := filepath.Join(t.TempDir(), "tor.txt")
	if err := os.WriteFile(tor, []byte("203.0.113.1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serveHere(t, settings{Metrics: true, MetricsListen: "127.0.0.1:0", SessionRate: 1, SessionBurst: 3, IP: addressFiles{Tor: []string{tor}}})
	for i, want := range []int{200, 200, 200, 429} {
		if status, err := postBatch(http.DefaultClient, s.url(), batchJSON(s.keys.SiteKey, 1, min(i, 1))); status != want || err != nil {
			t.Errorf("batch %d: %d, %v", i, status, err)
		}
	}
	if status, err := postBatch(http.DefaultClient, s.url(), batchJSON("pub-none", 1, 0)); status != 403 || err != nil {
		t.Errorf("%d, %v", status, err)
	}
	apart := "http://" + s.measured.Addr().String()
	for _, url := range []string{s.url(), apart} {
		body, status := page(t, url+"/metrics")
		if status != 200 {
			t.Fatalf("%s: %d", url, status)
		}
		for _, want := range []string{
			`gait_batches_total{reason="accepted"} 2`, `gait_batches_total{reason="duplicate"} 1`, `gait_batches_total{reason="session_rate"} 1`,
			`gait_batches_total{reason="unknown_site"} 1`, `gait_batches_total{reason="store_failed"} 0`,
			"gait_batch_store_seconds_count 3", `gait_http_requests_total{code="429"} 1`, `gait_http_requests_total{code="403"} 1`,
			"gait_store_queue_length 0", "gait_store_writes_total", "gait_sessions_stale", "gait_rate_sessions 1",
			`gait_address_file_entries{file="` + tor + `",source="tor"} 1`, `gait_build_info{go="`, "go_goroutines", "process_resident_memory_bytes",
		} {
			if !strings.Contains(body, want) {
				t.Errorf("%s/metrics has no %s", url, want)
			}
		}
	}
	if _, status := page(t, apart+"/v1/rt.js"); status != 404 {
		t.Errorf("the metrics' address answers something else: %d", status)
	}
}

func TestNoMetricsUnlessAsked(t *testing.T) {
	s := serveHere(t, settings{})
	if _, status := page(t, s.url()+"/metrics"); status != 404 {
		t.Errorf("/metrics: %d", status)
	}
}

// docs/configure.md lists every metric of ours and every reason.
func TestMetricsDocs(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "configure.md"))
	if err != nil {
		t.Fatal(err)
	}
	s := serveHere(t, settings{Metrics: true, Replay: replaySettings{For: "all", Folder: t.TempDir()}})
	body, _ := page(t, s.url()+"/metrics")
	for line := range strings.Lines(body) {
		if name, ok := strings.CutPrefix(line, "# TYPE gait_"); ok {
			if name = "gait_" + strings.Fields(name)[0]; !strings.Contains(string(doc), "`"+name+"`") {
				t.Errorf("docs/configure.md does not tell of %s", name)
			}
		}
	}
	for _, r := range ingest.Reasons() {
		if !strings.Contains(string(doc), "`"+string(r)+"`") {
			t.Errorf("docs/configure.md does not tell of the reason %s", r)
		}
	}
	for _, r := range replay.Reasons() {
		if !strings.Contains(string(doc), "`"+string(r)+"`") {
			t.Errorf("docs/configure.md does not tell of the reason %s of replays", r)
		}
	}
}

// A visitor behind a trusted proxy, from the header to the stored facts; the
// address itself is in no file.
func TestAddressOfAVisitor(t *testing.T) {
	dir := t.TempDir()
	vpn := filepath.Join(dir, "vpn.txt")
	if err := os.WriteFile(vpn, []byte("203.0.113.0/24\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var proxy peers
	if err := proxy.UnmarshalText([]byte("127.0.0.1")); err != nil {
		t.Fatal(err)
	}
	s := serveHere(t, settings{TrustedProxy: []peers{proxy}, IngestPath: "/assets/in", IP: addressFiles{VPN: []string{vpn}}})
	for i, path := range []string{ingest.Path, "/assets/in"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url()+path, strings.NewReader(batchJSON(s.keys.SiteKey, uint64(1+i), 0)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Forwarded-For", "203.0.113.77")
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Body.Close(); err != nil || a.StatusCode != 200 {
			t.Fatalf("%s: %d, %v", path, a.StatusCode, err)
		}
		id, err := gait.ParseSessionID(fmt.Sprintf("%032x", 1+i))
		if err != nil {
			t.Fatal(err)
		}
		facts := map[string]string{}
		if err := s.store.Batches(t.Context(), s.workspace.ID, id, func(r gait.Record) bool {
			var b gait.Batch
			if err := wire.UnpackRecord(r, &b); err != nil {
				t.Error(err)
			}
			if strings.Contains(string(r.Data), "203.0.113.77") {
				t.Error("the address is stored")
			}
			for _, e := range b.Events {
				if e.Kind == gait.Fact {
					facts[e.Name] = e.Text
				}
			}
			return true
		}); err != nil {
			t.Fatal(err)
		}
		if facts["ip.kind"] != "public" || facts["ip.vpn"] != "yes" || !strings.HasPrefix(facts["ip.lists"], "vpn:vpn.txt@") || facts["ip.tor"] != "" || facts["ip.net"] != "" {
			t.Errorf("%s: %v", path, facts)
		}
	}
}
