//go:build browser

package tracker_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

func has(events []gait.Event, match func(gait.Event) bool) bool {
	return slices.ContainsFunc(events, match)
}

// The scenarios of what an operator can want, and of the rarer signals.
func signals(t *testing.T, run func(string, any, func(*testing.T, *site))) {
	run("signals", new(any), func(t *testing.T, got *site) {
		if w := got.events(gait.Wheel); !has(w, func(e gait.Event) bool { return e.Y == 40 && e.X == 0 && e.N == 1 && e.Code == 0 }) {
			t.Errorf("wheel: %+v", w)
		}
		var copies [][2]int32
		for _, e := range got.events(gait.Copy) {
			copies = append(copies, [2]int32{e.Code, e.N})
		}
		equal(t, "copies", copies, [][2]int32{{0, 6}, {1, 6}})
		inputs := got.events(gait.Input)
		name, editor := got.target(t, gait.TargetText, ""), got.target(t, gait.TargetEdit, "")
		for what, match := range map[string]func(gait.Event) bool{
			"replaced in a field": func(e gait.Event) bool {
				return e.Target == name && e.Code == int32(gait.InputInsert) && e.Flags == gait.Replaced && e.N == -5
			},
			"typed without": func(e gait.Event) bool {
				return e.Target == name && e.Code == int32(gait.InputInsert) && e.Flags == 0 && e.N == 1
			},
			"replaced in text": func(e gait.Event) bool { return e.Target == editor && e.Flags == gait.Replaced && e.N == -14 },
			"undone":           func(e gait.Event) bool { return e.Target == name && e.Code == int32(gait.InputHistory) },
			"radio": func(e gait.Event) bool {
				return e.Target == got.target(t, gait.TargetCheck, "") && e.Code == int32(gait.InputChange)
			},
			"date": func(e gait.Event) bool {
				return e.Target == got.target(t, gait.TargetPicker, "") && e.Code == int32(gait.InputChange)
			},
		} {
			if !has(inputs, match) {
				t.Errorf("%s: not among %+v", what, inputs)
			}
		}
		scrolls := got.events(gait.Scroll)
		if !has(scrolls, func(e gait.Event) bool { return e.Target >= 0 && e.Y > 10 }) {
			t.Errorf("no scroll of an element: %+v", scrolls)
		}
		if !has(scrolls, func(e gait.Event) bool { return e.Target == -1 && e.Y > 1000 && e.Flags&gait.Focusing != 0 }) {
			t.Errorf("no scroll that came with a focus: %+v", scrolls)
		}
		if has(scrolls, func(e gait.Event) bool { return e.Target >= 0 && e.Flags&gait.Focusing != 0 }) {
			t.Errorf("a wheel's scroll as if it came with a focus: %+v", scrolls)
		}
		navs := got.events(gait.Navigate)
		if !has(navs, func(e gait.Event) bool {
			return e.Code == int32(gait.NavHash) && strings.HasSuffix(e.Text, "/signals/signals")
		}) {
			t.Errorf("no jump to an anchor: %+v", navs)
		}
		if raws := got.events(gait.Raw); !has(raws, func(e gait.Event) bool { return e.N >= e.Code && e.Code >= 3 && e.X >= 3 }) {
			t.Errorf("raw: %+v", raws)
		}
		logs := got.texts(gait.Log)
		equal(t, "log", slices.Compact(slices.Clone(logs)), []string{"Came early", "Signed in", "Paid", "again"})
		if len(logs) < 20 || len(logs) > 40 {
			t.Errorf("%d of 63 entries were sent", len(logs))
		}
		equal(t, "user", append(got.texts(gait.UserID), got.texts(gait.Identity)...), []string{"from-attribute", "id-1", "Jane Doe", "https://example.org/jane"})
		if got.trait("stub.originals") != "object" || len(got.trait("stub.long")) != 512 || got.trait("Bad Name") != "" || got.trait("probes") != "" {
			t.Errorf("the probes' traits: %+v", got.events(gait.Trait))
		}
		if got.trait("gpc") != "true" {
			t.Errorf("gpc %q", got.trait("gpc"))
		}
	})

	run("touch", new(any), func(t *testing.T, got *site) {
		for _, kind := range []gait.Kind{gait.Press, gait.Move, gait.Release} {
			if events := got.events(kind); !has(events, func(e gait.Event) bool { return e.Flags&gait.Touch != 0 }) {
				t.Errorf("kind %d: %+v", kind, events)
			}
		}
		if u := got.events(gait.Release); !has(u, func(e gait.Event) bool { return e.Code == -1 }) {
			t.Errorf("the browser took no pointer over: %+v", u)
		}
	})

	var consent struct {
		Before, First, Withdrawn, Second string
		Stored, Left                     []string
		Requests                         int
	}
	run("consent", &consent, func(t *testing.T, got *site) {
		if consent.Before != "" || consent.Withdrawn != "" || len(consent.First) != 32 || len(consent.Second) != 32 || consent.First == consent.Second {
			t.Errorf("%+v", consent)
		}
		equal(t, "stored before", consent.Stored, nil)
		equal(t, "left after", consent.Left, []string{"gaitConsent"})
		if consent.Requests != 0 {
			t.Errorf("%d requests without consent", consent.Requests)
		}
		ids := map[string]bool{}
		for _, b := range got.batches {
			ids[b.Session.String()] = true
		}
		if len(ids) != 2 || !ids[consent.First] || !ids[consent.Second] {
			t.Errorf("sessions %v, want %s and %s", ids, consent.First, consent.Second)
		}
		equal(t, "users", got.texts(gait.UserID), []string{"early", "from-attribute", "from-attribute"})
		equal(t, "documents", urls(got), []string{"/consent/asking", "/consent/form", "/consent/form"})
		equal(t, "log", got.texts(gait.Log), []string{"while", "again"})
	})

	var sampled struct {
		ID    string
		Ready int
		Out   int
	}
	run("sampled", &sampled, func(t *testing.T, got *site) {
		if len(sampled.ID) != 32 || sampled.Ready != 1 || sampled.Out != 0 {
			t.Errorf("%+v", sampled)
		}
		equal(t, "documents", urls(got), []string{"/sampled/in"})
		if got.trait("ua") == "" || got.trait("webdriver") != "true" || got.trait("webdriver.native") != "true" || got.trait("screen") != "" || got.trait("stub.originals") != "" {
			t.Errorf("probe-free: %+v", got.events(gait.Trait))
		}
	})

	var requests int
	run("excluded", &requests, func(t *testing.T, got *site) {
		if requests != 0 {
			t.Errorf("%d requests from an excluded page", requests)
		}
		equal(t, "documents", urls(got), []string{"/excluded/excludes/open"})
		equal(t, "routes", paths(got.texts(gait.Navigate)), []string{"/excluded/excludes/open2"})
		if n := len(got.events(gait.Click)); n != 2 {
			t.Errorf("%d clicks, want 2", n)
		}
	})

	var leaked []string
	run("privacy", &leaked, func(t *testing.T, got *site) {
		for _, body := range append(got.bodies, []byte(strings.Join(leaked, ""))) {
			for _, marker := range []string{"qzjx7", "jane", "marker", "Mask", "4111", "tokenq"} {
				if bytes.Contains(bytes.ReplaceAll(body, []byte("from-attribute"), nil), []byte(marker)) {
					t.Errorf("%s leaked: %s", marker, body)
				}
			}
		}
		if len(leaked) == 0 {
			t.Error("nothing was kept in the tab while the server was away")
		}
		if n := len(got.events(gait.Edited)); n != 7 {
			t.Errorf("%d secret fields were edited, want 7", n)
		}
		for _, kind := range []gait.Kind{gait.KeyDown, gait.Input, gait.Paste, gait.Copy} {
			if events := got.events(kind); len(events) != 0 {
				t.Errorf("kind %d: %+v", kind, events)
			}
		}
	})

	var cookies struct{ Before, Without, With, Session, After string }
	run("cookie", &cookies, func(t *testing.T, got *site) {
		if cookies.Without != "" || cookies.With != "rt_sid="+cookies.Session || cookies.After != "" {
			t.Errorf("%+v", cookies)
		}
	})

	// The site of this one is its integration id.
	run("a7f3c2e1", new(any), func(*testing.T, *site) {})

	var insecure struct {
		Secure bool
		IDs    []string
	}
	run("insecure", &insecure, func(t *testing.T, got *site) {
		if insecure.Secure || len(insecure.IDs) != 2 || insecure.IDs[0] != insecure.IDs[1] || len(insecure.IDs[0]) != 32 {
			t.Errorf("%+v", insecure)
		}
		equal(t, "documents", urls(got), []string{"/insecure/form", "/insecure/second"})
		if len(got.events(gait.Raw)) != 0 || len(got.events(gait.Click)) != 2 || len(got.events(gait.Move)) < 3 {
			t.Errorf("raw %+v, clicks %+v", got.events(gait.Raw), got.events(gait.Click))
		}
	})

	run("clock", new(any), func(t *testing.T, got *site) {
		equal(t, "users", got.texts(gait.UserID), []string{"from-attribute", "years-ahead", "from-attribute", "right-again"})
	})

	run("down", new(any), func(t *testing.T, got *site) {
		want := []string{"from-attribute", "first", "from-attribute", "second"}
		equal(t, "users", got.texts(gait.UserID), want)
		if clicks := got.events(gait.Click); len(clicks) != 2 {
			t.Errorf("%d clicks, want 2", len(clicks))
		}
	})

	var crossed []string
	run("crossframe", &crossed, func(t *testing.T, got *site) {
		if len(crossed) != 2 || crossed[0] == crossed[1] {
			t.Errorf("sessions of the page and a frame of another site: %v", crossed)
		}
		for _, b := range got.batches {
			for _, e := range b.Events {
				if e.Kind == gait.Open && (e.Flags&gait.Framed != 0) != (b.Session.String() == crossed[1]) {
					t.Errorf("session %s: %+v", b.Session, e)
				}
			}
		}
	})

	var prerendered struct{ Requests int }
	run("prerender", &prerendered, func(t *testing.T, got *site) {
		if prerendered.Requests != 0 || len(got.events(gait.Open)) != 1 {
			t.Errorf("%d requests before the page was visited", prerendered.Requests)
		}
	})
}
