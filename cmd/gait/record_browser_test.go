//go:build browser

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestRecordYourselfChromium(t *testing.T) { testRecordYourself(t, "chrome") }
func TestRecordYourselfFirefox(t *testing.T)  { testRecordYourself(t, "firefox") }

// visitedRecorder is what testdata/record.mjs saw of one session.
type visitedRecorder struct {
	Before, ID, Person, Counts, Said string
	Forms                            []string
	Stopped                          bool
	Score, Verdicts                  int
}

var sentForm = regexp.MustCompile(`^GET /task/\d+/done\??$`)

// testRecordYourself: a discarded session leaves nothing, a saved one holds what
// the last page showed, and neither holds what was typed.
func testRecordYourself(t *testing.T, browser string) {
	t.Parallel() // two at a time: browsers mostly wait
	r := startRecorder(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "testdata/record.mjs", browser, r.url)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &errs)
	}
	var saw struct {
		Discarded, Saved             visitedRecorder
		Typed, Leaks, Sent, Problems []string
	}
	if err := json.Unmarshal(out, &saw); err != nil {
		t.Fatal(err)
	}
	if len(saw.Problems) > 0 {
		t.Errorf("the console: %q", saw.Problems)
	}
	if len(saw.Leaks) > 0 {
		t.Errorf("what was typed went out: %q", saw.Leaks)
	}
	if len(saw.Sent) < 6 {
		t.Errorf("forms sent: %q", saw.Sent)
	}
	for _, sent := range saw.Sent {
		if !sentForm.MatchString(sent) {
			t.Errorf("a form sent %q", sent)
		}
	}
	for _, s := range []visitedRecorder{saw.Discarded, saw.Saved} {
		if s.Before != "" || !s.Stopped || len(s.ID) != 32 || strings.Join(s.Forms, ", ") != "Form 1 of 3, Form 2 of 3, Form 3 of 3" || s.Verdicts < 15 || s.Score == 0 || !strings.Contains(s.Counts, "events in") {
			t.Errorf("%+v", s)
		}
	}
	if saw.Discarded.Person != saw.Saved.Person || saw.Discarded.ID == saw.Saved.ID {
		t.Errorf("two sessions of one person: %s %s, %s %s", saw.Discarded.Person, saw.Discarded.ID, saw.Saved.Person, saw.Saved.ID)
	}
	if !strings.Contains(saw.Discarded.Said, "Nothing was written") || !strings.Contains(saw.Saved.Said, r.out) {
		t.Errorf("%q, %q", saw.Discarded.Said, saw.Saved.Said)
	}
	r.stop()

	list := r.runs()
	if len(list) != 1 {
		t.Fatalf("%d sessions are in the file", len(list))
	}
	run := list[0]
	if run.Session != saw.Saved.ID || run.User != saw.Saved.Person || run.Label != "human" || run.Family["device"] != "trackpad" || strings.Count(run.Task, ",") != 2 {
		t.Errorf("%s of %s, %s, %v, %s", run.Session, run.User, run.Label, run.Family, run.Task)
	}
	batches, err := run.Batches()
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]bool{}
	for _, b := range batches {
		pages[b.Page.String()] = true
		for _, e := range b.Events {
			for _, answer := range saw.Typed {
				// A label shows what is to be copied; what is asked for in one's own words is nowhere.
				if e.Text != "" && strings.Contains(e.Text, answer) && !strings.HasPrefix(e.Text, "Type this") && !strings.HasPrefix(e.Text, "Copy this") {
					t.Errorf("%q is recorded: %+v", answer, e)
				}
			}
		}
	}
	if len(pages) != 4 {
		t.Errorf("%d pages, want three forms and the end", len(pages))
	}
	if out, errs, status := call(t, "eval", r.out); status != 0 || !strings.Contains(out, "recorded, human: 1 session") {
		t.Errorf("eval: %d %s %s", status, out, errs)
	}
}
