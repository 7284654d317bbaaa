//go:build browser

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os/exec"
	"testing"
	"time"
)

// These tests drive Debian's Chromium against the demo. They need what
// `make browsers` and npm ci install, and fail without it.

// demo is a running demo.
type demoSite struct{ keys }

func startDemo(t *testing.T, args ...string) demoSite {
	t.Helper()
	cmd := gaitCmd(t, append([]string{"demo", "--json", "--listen", "127.0.0.1:0", "--log-level", "warn"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // it was killed
		if errs.Len() > 0 {
			t.Errorf("the demo complained: %s", &errs)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%v: %s", err, &errs)
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // ends with the process
	var d demoSite
	if err := json.Unmarshal([]byte(line), &d.keys); err != nil {
		t.Fatal(err)
	}
	awaitReady(t, d.URL)
	return d
}

// evidence is what the tests read of a session.
type evidence struct {
	SessionID  string `json:"session_id"`
	Events     int    `json:"events"`
	Missing    int    `json:"missing_batches"`
	TimeZone   string `json:"time_zone"`
	Assessment struct {
		Score  int    `json:"score"`
		Masked int    `json:"masked_score"`
		Action string `json:"recommended_action"`
	} `json:"assessment"`
	Checks map[string]struct {
		Verdict, Summary, Reason string
		Samples                  int
		First                    *struct {
			TMS float64 `json:"t_ms"`
		}
	} `json:"checks"`
}

func (d demoSite) evidence(t *testing.T, session string) (e evidence) {
	t.Helper()
	if status := get(t, d.URL+"/api/v1/sessions/"+session+"/evidence", d.SecretKey, &e); status != 200 {
		t.Fatalf("evidence of %q: %d", session, status)
	}
	return e
}

// newest returns the id of the session that began last.
func (d demoSite) newest(t *testing.T) string {
	t.Helper()
	var list struct {
		Data []struct{ ID string } `json:"data"`
	}
	if status := get(t, d.URL+"/v1/sessions?pageSize=1", d.NotAIKey, &list); status != 200 || len(list.Data) != 1 {
		t.Fatalf("list: %d with %d sessions", status, len(list.Data))
	}
	return list.Data[0].ID
}

// play runs a driver of attack/ and returns what it printed.
func play(t *testing.T, script string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", append([]string{"../../attack/" + script}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, &errs)
	}
	return out
}

// played is what attack/form.mjs prints.
type played struct {
	Session  string
	Score    int
	Verdicts map[string]string
	Problems []string
}

// form fills the form with a browser tool and checks that the panel beside it
// shows what the API says.
func (d demoSite) form(t *testing.T, args ...string) evidence {
	t.Helper()
	var p played
	if err := json.Unmarshal(play(t, "form.mjs", append([]string{"--url", d.URL}, args...)...), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Problems) > 0 {
		t.Errorf("the page's console: %q", p.Problems)
	}
	e := d.evidence(t, p.Session)
	t.Logf("score %d (masked %d), %s", e.Assessment.Score, e.Assessment.Masked, e.Assessment.Action)
	for key, c := range e.Checks {
		if c.Verdict == "Detected" {
			t.Logf("%s: %s", key, c.Summary)
		}
		if p.Verdicts[key] != c.Verdict {
			t.Errorf("the panel shows %s as %q, the API says %q", key, p.Verdicts[key], c.Verdict)
		}
	}
	if p.Score != e.Assessment.Score {
		t.Errorf("the panel shows %d, the API says %d", p.Score, e.Assessment.Score)
	}
	if e.TimeZone == "" {
		t.Error("the page's time zone did not arrive: the probes did not run")
	}
	if e.Missing != 0 {
		t.Errorf("%d batches are missing", e.Missing)
	}
	return e
}

func (e evidence) expect(t *testing.T, verdict string, keys ...string) {
	t.Helper()
	for _, key := range keys {
		c := e.Checks[key]
		if c.Verdict != verdict {
			t.Errorf("%s is %q (%s%s), want %q", key, c.Verdict, c.Summary, c.Reason, verdict)
		}
		if verdict == "Detected" && (c.Summary == "" || c.Samples == 0 || c.First == nil || c.First.TMS <= 0) {
			t.Errorf("%s is Detected without its evidence: %+v", key, c)
		}
	}
}

func TestPlaywrightHeadless(t *testing.T) {
	e := startDemo(t).form(t, "--driver", "playwright")
	if e.Assessment.Score < 70 {
		t.Errorf("score %d, want 70 or more", e.Assessment.Score)
	}
	e.expect(t, "Detected", "bot", "centered_clicks", "teleporting_mouse", "programmatic_typing", "all_pasted")
}

func TestPlaywrightTyping(t *testing.T) {
	// Without a delay, so that how busy the machine is does not blur the rhythm.
	e := startDemo(t).form(t, "--driver", "playwright", "--typing", "0")
	if e.Assessment.Score < 70 || e.Assessment.Masked < 50 {
		t.Errorf("score %d, masked %d, want 70 and 50 or more", e.Assessment.Score, e.Assessment.Masked)
	}
	e.expect(t, "Detected", "bot", "centered_clicks", "programmatic_typing")
	e.expect(t, "Not detected", "all_pasted")
}

func TestPatchrightHeaded(t *testing.T) {
	e := startDemo(t).form(t, "--driver", "patchright", "--headed")
	if e.Assessment.Masked < 50 {
		t.Errorf("masked score %d, want 50 or more", e.Assessment.Masked)
	}
	// Of what the browser says of itself only the screen of its default viewport gives it away.
	e.expect(t, "Detected", "bot", "centered_clicks", "teleporting_mouse", "programmatic_typing")
}

func TestDesktopInput(t *testing.T) {
	d := startDemo(t)
	play(t, "desktop.mjs", "--url", d.URL, "--seed", "1")
	e := d.evidence(t, d.newest(t))
	t.Logf("score %d (masked %d), %d events", e.Assessment.Score, e.Assessment.Masked, e.Events)
	for key, c := range e.Checks {
		t.Logf("%s: %s (%s%s)", key, c.Verdict, c.Summary, c.Reason)
	}
	e.expect(t, "Not detected", "bot", "centered_clicks", "teleporting_mouse", "programmatic_typing", "all_pasted")
}
