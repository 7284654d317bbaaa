package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gaithq/gait/record"
)

func TestRecordRefuses(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "runs.jsonl")
	empty := filepath.Join(dir, "empty.js")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := func(want string, args ...string) {
		t.Helper()
		_, errs, status := call(t, append([]string{"record"}, args...)...)
		if status != 2 || !strings.Contains(errs, want) {
			t.Errorf("%q: status %d, %s", args, status, errs)
		}
	}
	f("--out")
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "example.org:80", "[::]:0"} {
		f("on their own machine only", "--out", out, "--listen", addr)
	}
	f("--listen", "--out", out, "--listen", "127.0.0.1")
	f("label", "--out", out, "--label", "Not a word")
	f("set is missing", "--out", out, "--set", "")
	f("--script", "--out", out, "--script", filepath.Join(dir, "none.js"))
	f("has 0 bytes", "--out", out, "--script", empty)
	f("plain lines", "--out", out+".xz")
	if _, err := os.Stat(out); err == nil {
		t.Error("a recorder that does not start makes a file")
	}
}

// recording is a running recorder.
type recording struct {
	*testing.T
	url, out string
	stop     func() // and wait until it has ended
}

func startRecorder(t *testing.T, args ...string) recording {
	t.Helper()
	out := filepath.Join(t.TempDir(), "runs.jsonl")
	cmd := gaitCmd(t, append([]string{"record", "--out", out, "--listen", "127.0.0.1:0", "--json", "--log-level", "warn"}, args...)...)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // it may have ended
	var first struct{ URL string }
	line, err := bufio.NewReader(pipe).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &first)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, &errs)
	}
	awaitReady(t, first.URL)
	return recording{t, first.URL, out, func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil || errs.Len() > 0 {
			t.Errorf("the recorder ends with %v: %s", err, &errs)
		}
	}}
}

func (r recording) get(path string) string {
	r.Helper()
	a, err := http.Get(r.url + path)
	if err != nil {
		r.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode != 200 {
		r.Fatalf("%s: %d %v", path, a.StatusCode, err)
	}
	return string(body)
}

func (r recording) runs() []record.Run {
	r.Helper()
	raw, err := os.ReadFile(r.out)
	if err != nil {
		r.Fatal(err)
	}
	var list []record.Run
	for line := range bytes.Lines(raw) {
		run, err := record.Read(line)
		if err != nil {
			r.Fatal(err)
		}
		list = append(list, run)
	}
	return list
}

var siteKeyOf = regexp.MustCompile(`src="(/[^"]*)" data-site-key="([^"]+)"`)

// TestRecorder drives a task over HTTP as a page and its driver would.
func TestRecorder(t *testing.T) {
	script := filepath.Join(t.TempDir(), "extra.js")
	if err := os.WriteFile(script, []byte("// another detector"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := startRecorder(t, "--label", "plain", "--set", "attack", "--script", script)
	var task struct {
		Seed  int
		Steps []struct{ Do, Selector, Answer string }
	}
	if err := json.Unmarshal([]byte(r.get("/task/7.json")), &task); err != nil {
		t.Fatal(err)
	}
	page := r.get("/task/7")
	found := siteKeyOf.FindStringSubmatch(page)
	if found == nil || task.Seed != 7 || len(task.Steps) < 4 || !strings.Contains(page, `action="/task/7/done"`) {
		t.Fatalf("%+v, %s", task, page)
	}
	r.get("/task/7/done")
	if r.get("/extra.js") != "// another detector" || len(r.get(found[1])) < 1000 {
		t.Error("the page's scripts are not there")
	}
	for seq := range 3 {
		if status, err := postBatch(http.DefaultClient, r.url, batchJSON(found[2], 1, seq)); status != 200 || err != nil {
			t.Fatalf("batch %d: %d, %v", seq, status, err)
		}
	}
	body := `{"sess":"00000000000000000000000000000001","user":"typer-7","family":{"input":"http"},"seed":7,"marks":{"submit":1500}}`
	a, err := http.Post(r.url+"/record", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(a.Body)
	_ = a.Body.Close() // read to its end
	var o struct {
		Score, Masked, Batches, Events int
		Verdicts                       map[string]string
	}
	if err != nil || json.Unmarshal(answer, &o) != nil || a.StatusCode != 200 || o.Batches != 3 || o.Verdicts["bot"] == "" || o.Score == 0 {
		t.Fatalf("%d %s %v", a.StatusCode, answer, err)
	}
	r.stop()
	if list := r.runs(); len(list) != 1 || list[0].Label != "plain" || list[0].Set != "attack" || list[0].Marks["submit"] != 1500 {
		t.Errorf("%+v", list)
	}
	out, errs, status := call(t, "eval", r.out)
	if status != 0 || !strings.Contains(out, "attack, plain: 1 session") {
		t.Errorf("eval: %d %s %s", status, out, errs)
	}
}
