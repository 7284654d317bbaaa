package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// asGait makes the test binary be the command itself, so that tests can start
// and kill real processes without building anything.
const asGait = "GAIT_TEST_AS_GAIT"

func TestMain(m *testing.M) {
	if os.Getenv(asGait) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// gaitCmd returns the command with the given arguments.
func gaitCmd(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asGait+"=1")
	return cmd
}

// call runs the command line in this process.
func call(t *testing.T, args ...string) (out, errs string, status int) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, &o, &e)
	return o.String(), e.String(), status
}

func initWorkspace(t *testing.T, args ...string) (dir string, k keys) {
	t.Helper()
	dir = t.TempDir() + "/data"
	out, errs, status := call(t, append([]string{"init", "--data", dir, "--json"}, args...)...)
	if status != 0 || errs != "" {
		t.Fatalf("init: status %d, %s", status, errs)
	}
	if strings.Count(out, "\n") != 1 {
		t.Errorf("init --json prints %q, want one line", out)
	}
	if err := json.Unmarshal([]byte(out), &k); err != nil {
		t.Fatal(err)
	}
	return dir, k
}

func TestInit(t *testing.T) {
	dir, k := initWorkspace(t)
	for name, ok := range map[string]bool{
		"site_key":       strings.HasPrefix(k.SiteKey, "pub-") && len(k.SiteKey) > 20,
		"secret_key":     strings.HasPrefix(k.SecretKey, "sk-") && len(k.SecretKey) > 40,
		"notai_key":      strings.HasPrefix(k.NotAIKey, "aik_v1_") && len(k.NotAIKey) == 47,
		"integration_id": len(k.IntegrationID) == 8,
		"url":            k.URL == "",
	} {
		if !ok {
			t.Errorf("%s is wrong: %+v", name, k)
		}
	}
	// The keys are in no file.
	raw, err := os.ReadFile(dir + "/" + database)
	if err != nil {
		t.Fatal(err)
	}
	_, setup, _ := strings.Cut(k.SetupURL, "#")
	for _, secret := range []string{k.SecretKey, k.NotAIKey, setup} {
		if bytes.Contains(raw, []byte(secret)) {
			t.Error("a secret key is stored in the open")
		}
	}
	_, errs, status := call(t, "init", "--data", dir)
	if status != 2 || !strings.Contains(errs, "has a workspace already") {
		t.Errorf("init again: status %d, %q", status, errs)
	}
	out, _, status := call(t, "init", "--data", t.TempDir(), "--origin", "https://example.org/")
	if status != 0 || !strings.Contains(out, "Site key") || !strings.Contains(out, "data-site-key") {
		t.Errorf("init for people: status %d, %q", status, out)
	}
}

func TestCommandLine(t *testing.T) {
	f := func(status int, want string, args ...string) {
		t.Helper()
		out, errs, got := call(t, args...)
		if got != status || !strings.Contains(out+errs, want) {
			t.Errorf("gait %s: status %d, %q; want %d with %q", strings.Join(args, " "), got, out+errs, status, want)
		}
	}
	f(0, "gait "+version, "version")
	f(0, "Proof of human", "--help")
	f(2, "unknown flag --nope", "serve", "--nope")
	f(2, "missing flags: --data", "serve")
	f(2, "has no workspace yet: run gait init", "serve", "--data", t.TempDir())
	f(2, "is not an origin", "init", "--data", t.TempDir(), "--origin", "example.org")
	dir, _ := initWorkspace(t)
	f(1, "cannot listen on", "serve", "--data", dir, "--listen", "256.0.0.1:1")
}

// process is a running gait.
type process struct {
	*exec.Cmd
	url   string
	setup string // the token of the setup link, if one was printed
	errs  *bytes.Buffer
}

// start runs gait serve on a free port and waits until it is ready.
func start(t *testing.T, dir string) *process {
	t.Helper()
	p := &process{Cmd: gaitCmd(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--log-format", "json"), errs: new(bytes.Buffer)}
	pipe, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() }) // it may have ended
	address := make(chan string, 1)
	go func() {
		in := bufio.NewScanner(io.TeeReader(pipe, p.errs))
		for in.Scan() {
			if _, token, found := strings.Cut(in.Text(), "/dash/setup#"); found {
				p.setup = token
			}
			var line struct{ Msg, URL string }
			if json.Unmarshal(in.Bytes(), &line) == nil && line.Msg == "serving" {
				address <- line.URL
			}
		}
	}()
	select {
	case p.url = <-address:
	case <-time.After(20 * time.Second):
		t.Fatalf("gait serve does not come up: %s", p.errs)
	}
	awaitReady(t, p.url)
	return p
}

func awaitReady(t *testing.T, url string) {
	t.Helper()
	for range 100 {
		if r, err := http.Get(url + "/ready"); err == nil {
			_ = r.Body.Close() // nothing of it is read
			if r.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s does not get ready", url)
}

// get asks for JSON with a key.
func get(t *testing.T, url, key string, into any) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	raw, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	if into != nil && a.StatusCode == http.StatusOK {
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatalf("%s: %v in %s", url, err, raw)
		}
	}
	return a.StatusCode
}

// batchJSON is the nth batch of a session.
func batchJSON(site string, session uint64, seq int) string {
	return fmt.Sprintf(`{"v":1,"site":"%s","sid":"%032x","secret":"%032x","page":"%016x","seq":%d,"origin":%d,"sent":%d,"events":[["m",%d,10,20],["m",80,14,26],["g",0,"entry %d"]]}`,
		site, session, session^0xabc, session, seq, time.Now().UnixMilli()-1000, 10_000+1000*seq, 9_000+1000*seq, seq)
}

func postBatch(client *http.Client, url, body string) (status int, err error) {
	r, err := client.Post(url+"/v1/batch", "text/plain", strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	defer r.Body.Close()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return 0, err
	}
	return r.StatusCode, nil
}

func TestServe(t *testing.T) {
	dir, k := initWorkspace(t)
	p := start(t, dir)
	for seq := range 3 {
		if status, err := postBatch(http.DefaultClient, p.url, batchJSON(k.SiteKey, 1, seq)); status != 200 || err != nil {
			t.Fatalf("batch %d: %d, %v", seq, status, err)
		}
		// A report right after an acknowledgement includes the batch.
		var events struct {
			EventCount int `json:"event_count"`
		}
		url := fmt.Sprintf("%s/v1/sessions/%032x/events", p.url, 1)
		if status := get(t, url, k.SecretKey, &events); status != 200 || events.EventCount != seq+1 {
			t.Errorf("after batch %d: %d with %d events", seq, status, events.EventCount)
		}
		if status := get(t, url, k.NotAIKey, nil); status != 404 {
			t.Errorf("a NotAI key on a path of both dialects gets %d; its own route is not there yet", status)
		}
	}
	var list struct {
		Data []struct{ ID, Status string } `json:"data"`
	}
	if status := get(t, p.url+"/v1/sessions", k.NotAIKey, &list); status != 200 || len(list.Data) != 1 || list.Data[0].Status != "active" {
		t.Errorf("the list: %d %+v", status, list)
	}
	if status := get(t, p.url+"/v1/sessions", k.SecretKey, nil); status != 404 {
		t.Errorf("a Roundtable key on NotAI's route: %d", status)
	}
	if status := get(t, fmt.Sprintf("%s/v1/sessions/%032x/report", p.url, 1), k.SiteKey, nil); status != 401 {
		t.Errorf("a site key as an API key: %d", status)
	}
	for _, name := range []string{"/v1/rt.js", "/v1/tracker.js", "/v0.0/tracker.js"} {
		r, err := http.Get(p.url + name)
		if err != nil {
			t.Fatal(err)
		}
		if r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/javascript") || r.Header.Get("ETag") == "" {
			t.Errorf("%s: %d %v", name, r.StatusCode, r.Header)
		}
		_ = r.Body.Close() // only headers are looked at
	}
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("stopped by a signal: %v\n%s", err, p.errs)
	}
	// The folder can be served again, and everything is there.
	p = start(t, dir)
	var evidence struct{ Batches int }
	if status := get(t, fmt.Sprintf("%s/api/v1/sessions/%032x/evidence", p.url, 1), k.SecretKey, &evidence); status != 200 || evidence.Batches != 3 {
		t.Errorf("after a restart: %d with %d batches", status, evidence.Batches)
	}
}

func TestDemo(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan int, 1)
	var errs bytes.Buffer
	go func() {
		done <- run(ctx, []string{"demo", "--json", "--listen", "127.0.0.1:0", "--log-level", "error"}, w, &errs)
		_ = w.Close() // a pipe's never fails
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("%v: %s", err, &errs)
	}
	var k keys
	if err := json.Unmarshal([]byte(line), &k); err != nil {
		t.Fatalf("%v in %q", err, line)
	}
	if k.URL == "" || k.SiteKey == "" || k.SecretKey == "" || k.NotAIKey == "" || k.IntegrationID == "" {
		t.Errorf("the first line is %s", line)
	}
	awaitReady(t, k.URL)
	for _, path := range []string{"/", "/demo/signup"} {
		page, err := http.Get(k.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		html, err := io.ReadAll(page.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = page.Body.Close() // read to its end
		if page.StatusCode != 200 || !strings.Contains(string(html), k.SiteKey) {
			t.Errorf("%s: %d", path, page.StatusCode)
		}
	}
	stop()
	if status := <-done; status != 0 {
		t.Errorf("the demo ends with %d: %s", status, &errs)
	}
}
