//go:build browser

package tracker_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

// driver is the process that plays scenarios in Chromium.
type driver struct {
	in  io.Writer
	out *bufio.Reader
}

func newDriver(t *testing.T, base string) *driver {
	t.Helper()
	cmd := exec.Command("node", filepath.Join("testdata", "browser", "drive.mjs"), base)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		timeout := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		defer timeout.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the driver ended with %v", err)
		}
	})
	d := &driver{in: in, out: bufio.NewReader(out)}
	if line, err := d.out.ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("the driver did not start Chromium: %q, %v", line, err)
	}
	return d
}

// play runs a scenario, in which nothing may go wrong inside of the page.
func (d *driver) play(t *testing.T, name string, result any) {
	t.Helper()
	if _, err := fmt.Fprintln(d.in, name); err != nil {
		t.Fatal(err)
	}
	line, err := d.out.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Result json.RawMessage
		Errors []string
		Error  string
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	for _, e := range answer.Errors {
		t.Errorf("an error in the page: %s", e)
	}
	if answer.Error != "" {
		t.Error(answer.Error)
	} else if err := json.Unmarshal(answer.Result, result); err != nil {
		t.Errorf("%v: %s", err, answer.Result)
	}
}

func TestInChromium(t *testing.T) {
	t.Parallel() // beside TestOutageOfAMinute
	s := newServer(t)
	d := newDriver(t, s.URL)

	run := func(name string, result any, check func(*testing.T, *site)) {
		t.Run(name, func(t *testing.T) {
			d.play(t, name, result)
			s.mu.Lock()
			defer s.mu.Unlock()
			got := s.of("pub-" + name)
			for _, why := range got.invalid {
				t.Errorf("an invalid batch: %s", why)
			}
			checkOrder(t, got)
			check(t, got)
		})
	}

	var flow struct {
		AtOnce, ID string
		Ready      []string
	}
	run("flow", &flow, func(t *testing.T, got *site) { checkFlow(t, got, flow.AtOnce, flow.ID, flow.Ready) })

	run("secrets", new(any), checkSecrets)

	run("outage", new(any), func(t *testing.T, got *site) {
		want := []string{"from-attribute", "during-0", "during-1", "during-2", "during-3", "during-4", "after-reset", "up-again"}
		equal(t, "user ids", got.texts(gait.UserID), want)
		if n := len(got.batches); n > 5 {
			t.Errorf("%d batches: what waits should gather", n)
		}
	})

	var leaving struct {
		ID    string
		Saved int
		Same  bool
		Left  *string
	}
	run("leaving", &leaving, func(t *testing.T, got *site) {
		if !leaving.Same || leaving.Saved == 0 || leaving.Left != nil {
			t.Errorf("session kept: %v, saved %d characters, left in storage: %v", leaving.Same, leaving.Saved, leaving.Left)
		}
		equal(t, "documents", urls(got), []string{"/leaving/form", "/leaving/second", "/leaving/third"})
		equal(t, "user ids", got.texts(gait.UserID), []string{"from-attribute", "first-document", "from-attribute", "from-attribute", "third-document"})
		if id := got.batches[0].Session.String(); id != leaving.ID {
			t.Errorf("session %s, the page said %s", id, leaving.ID)
		}
	})

	var left *string
	t.Run("corrupt", func(t *testing.T) {
		d.play(t, "corrupt", &left)
		if left != nil {
			t.Errorf("left in storage: %s", *left)
		}
	})

	var refused struct {
		Requests int
		ID       string
	}
	run("refused", &refused, func(t *testing.T, got *site) {
		if got.Requests != 1 || len(got.batches) != 0 {
			t.Errorf("%d requests after a 403, want 1", got.Requests)
		}
		if len(refused.ID) != 32 {
			t.Errorf("session id %q", refused.ID)
		}
	})

	t.Run("dropped", func(t *testing.T) {
		d.play(t, "dropped", new(any))
		s.mu.Lock()
		defer s.mu.Unlock()
		got := s.of("pub-dropped")
		if got.Refused != 1 {
			t.Errorf("%d refused, want 1", got.Refused)
		}
		// The description went down with the dropped batch.
		target := got.target(t, gait.TargetButton, "Plain button")
		if clicks := got.events(gait.Click); len(clicks) != 1 || clicks[0].Target != target {
			t.Errorf("clicks %+v, want one on %d", clicks, target)
		}
	})

	var id string
	run("nostorage", &id, func(t *testing.T, got *site) {
		if got.batches[0].Session.String() != id {
			t.Errorf("session %s, the page said %s", got.batches[0].Session, id)
		}
	})

	run("bare", new(any), func(t *testing.T, got *site) {
		if got.gzipped > 0 {
			t.Errorf("%d gzipped bodies without CompressionStream", got.gzipped)
		}
		equal(t, "routes", paths(got.texts(gait.Navigate)), []string{"/bare/routed", "/bare/form"})
		if got.trait("probes") != "blocked" {
			t.Error("probes that a policy forbids are not told of")
		}
		// What else the probes say.
		if got.trait("motion") != "reduce" || got.trait("webdriver.native") != "true" || got.trait("tz") == "" {
			t.Errorf("without probes: %+v", got.events(gait.Trait))
		}
	})

	run("hostile", new(any), func(t *testing.T, got *site) {
		if len(got.events(gait.Press)) == 0 || got.gzipped == 0 {
			t.Error("the page could break the tracker")
		}
	})

	var patched bool
	run("routes", &patched, func(t *testing.T, got *site) {
		equal(t, "routes", paths(got.texts(gait.Navigate)), []string{"/routes/step/…/next", "/routes/step/…/next", "/routes/step/…/end", "/routes/form"})
		var codes []gait.NavCode
		for _, e := range got.events(gait.Navigate) {
			codes = append(codes, gait.NavCode(e.Code))
		}
		equal(t, "codes", codes, []gait.NavCode{gait.NavPush, gait.NavHash, gait.NavReplace, gait.NavTraverse})
		if patched {
			t.Error("history was patched though there is a Navigation API")
		}
	})

	run("twice", new(any), func(t *testing.T, got *site) {
		if n := len(got.events(gait.Open)); n != 1 {
			t.Errorf("opened %d times", n)
		}
		if n := len(got.events(gait.Click)); n != 1 {
			t.Errorf("one click was seen %d times", n)
		}
	})

	var duplicate struct{ First, Second, Ready, Later string }
	run("duplicate", &duplicate, func(t *testing.T, got *site) {
		if duplicate.First == duplicate.Second || duplicate.Ready != duplicate.Second || duplicate.Later != duplicate.First {
			t.Errorf("sessions: %+v", duplicate)
		}
		secrets := map[gait.SessionID]gait.SecretHash{}
		for _, b := range got.batches {
			if other, ok := secrets[b.Session]; ok && other != b.secret {
				t.Errorf("session %s has two secrets", b.Session)
			}
			secrets[b.Session] = b.secret
			for _, e := range b.Events {
				if e.Kind == gait.Open && (b.Session.String() == duplicate.Second) != strings.HasSuffix(e.Text, "/second") {
					t.Errorf("%s arrived in session %s", e.Text, b.Session)
				}
			}
		}
		if len(secrets) != 2 || secrets[got.batches[0].Session] == secrets[got.batches[1].Session] && got.batches[0].Session != got.batches[1].Session {
			t.Errorf("%d sessions, want 2 with a secret each", len(secrets))
		}
	})

	var framed []string
	run("frames", &framed, func(t *testing.T, got *site) {
		if len(framed) != 2 || framed[0] != framed[1] {
			t.Errorf("sessions of the page and its frame: %v", framed)
		}
		var flags []gait.Flags
		for _, e := range got.events(gait.Open) {
			flags = append(flags, e.Flags&gait.Framed)
		}
		slices.Sort(flags)
		equal(t, "framed", flags, []gait.Flags{0, gait.Framed})
	})

	var back struct{ Kept, Persisted, Same bool }
	run("back", &back, func(t *testing.T, got *site) {
		if !back.Kept || !back.Persisted || !back.Same {
			t.Fatalf("not back from the cache with its session: %+v", back)
		}
		first := got.batches[0].Page
		var shown, described int
		for _, b := range got.batches {
			for _, e := range b.Events {
				if b.Page == first && e.Kind == gait.Life && e.Code == int32(gait.PageShow) {
					shown++
				}
				if b.Page == first && e.Kind == gait.Describe && e.Text == "Plain button" {
					described++
				}
			}
		}
		if shown != 1 || described != 2 {
			t.Errorf("shown again %d times, want 1; described %d times, want 2", shown, described)
		}
	})

	run("closing", new(any), func(t *testing.T, got *site) {
		equal(t, "user ids", got.texts(gait.UserID), []string{"from-attribute", "last-words"})
		if !slices.ContainsFunc(got.batches, batch.leaves) {
			t.Errorf("no batch is a last flush: %+v", got.batches)
		}
	})

	run("elsewhere", new(any), func(t *testing.T, got *site) {
		for _, u := range got.texts(gait.Open) {
			if !strings.HasPrefix(u, "http://localhost:") {
				t.Errorf("opened %s", u)
			}
		}
	})

	run("endpoint", new(any), func(t *testing.T, got *site) {
		if s.below == 0 {
			t.Error("data-endpoint was not used")
		}
		if got.trait("probes") != "blocked" {
			t.Error("probes that cannot be loaded are not told of")
		}
	})

	run("rollover", new(any), func(t *testing.T, got *site) {
		var slots []string
		for _, b := range got.batches {
			for _, e := range b.Events {
				switch e.Kind {
				case gait.KeyDown:
					slots = append(slots, fmt.Sprint("k", e.Slot))
					if e.Flags&gait.Repeat != 0 {
						slots = append(slots, "repeat")
					}
				case gait.KeyUp:
					slots = append(slots, fmt.Sprint("K", e.Slot))
				}
			}
		}
		equal(t, "slots", slots, strings.Fields("k0 k1 K0 k0 K1 K0  k0  k0 k0 repeat K0"))
	})

	t.Run("flood", func(t *testing.T) {
		var took float64
		d.play(t, "flood", &took)
		if took > 1000 {
			t.Errorf("2000 calls took %.0f ms", took)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		got := s.of("pub-flood")
		size, gap := 0, false
		var seq uint32
		for _, b := range got.batches {
			gap = gap || b.Seq > seq+1
			seq = b.Seq
			for _, e := range b.Events {
				size += len(e.Text)
			}
		}
		if size < 400_000 || size > 700_000 || !gap {
			t.Errorf("%d characters were kept, and a gap: %v", size, gap)
		}
	})

	signals(t, run)

	var failures []string
	run("unit", &failures, func(t *testing.T, _ *site) {
		for _, failure := range failures {
			t.Error(failure)
		}
	})
}
