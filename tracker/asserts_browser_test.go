//go:build browser

package tracker_test

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

// checkOrder asserts what is so in every scenario: within a page the sequence has
// no gap, events go forward, and a target is described before it is used.
func checkOrder(t *testing.T, got *site) {
	t.Helper()
	next := map[gait.PageID]uint32{}
	left := map[gait.PageID]bool{}
	last := map[gait.PageID]gait.Tick{}
	described := map[gait.PageID]map[int32]bool{}
	for _, b := range got.batches {
		// A beacon may overtake the request that is under way when the page is left.
		left[b.Page] = left[b.Page] || b.beacon
		if b.Seq != next[b.Page] && !left[b.Page] {
			t.Errorf("page %s: batch %d came when %d was due", b.Page, b.Seq, next[b.Page])
		}
		next[b.Page] = b.Seq + 1
	}
	batches := slices.Clone(got.batches)
	slices.SortStableFunc(batches, func(a, b batch) int {
		return cmp.Or(bytes.Compare(a.Page[:], b.Page[:]), cmp.Compare(a.Seq, b.Seq))
	})
	for _, b := range batches {
		if b.Events[len(b.Events)-1].T > b.Sent {
			t.Errorf("page %s: batch %d has an event later than it was sent", b.Page, b.Seq)
		}
		if described[b.Page] == nil {
			described[b.Page] = map[int32]bool{}
		}
		for _, e := range b.Events {
			if e.T < last[b.Page] {
				t.Errorf("page %s: an event at %d after one at %d", b.Page, e.T, last[b.Page])
			}
			last[b.Page] = e.T
			switch e.Kind {
			case gait.Describe:
				described[b.Page][e.Target] = true
			case gait.Copy, gait.Scroll, gait.Press, gait.Click, gait.KeyDown, gait.Input, gait.Paste, gait.Edited, gait.Submit, gait.FieldFocus:
				if e.Target >= 0 && !described[b.Page][e.Target] {
					t.Errorf("page %s: target %d was used before it was described", b.Page, e.Target)
				}
			}
		}
	}
}

func checkFlow(t *testing.T, got *site, atOnce, id string, ready []string) {
	if len(atOnce) != 32 || atOnce != id {
		t.Errorf("the session id right after the script was %q, later %q", atOnce, id)
	}
	equal(t, "ready", ready, []string{id})
	if got.gzipped == 0 {
		t.Error("nothing was gzipped")
	}
	for _, body := range got.bodies {
		if bytes.Contains(body, []byte("querymarker")) || bytes.Contains(body, []byte("hashmarker")) {
			t.Errorf("query or fragment leaked: %s", body)
		}
	}

	open := got.events(gait.Open)
	if len(open) != 1 || open[0].X != 800 || open[0].Y != 600 || open[0].Flags != 0 || !strings.HasSuffix(open[0].Text, "/flow/form") {
		t.Errorf("open: %+v", open)
	}
	for name, pattern := range map[string]string{
		"timer": `^0\.\d+$`, "ua": `^Mozilla/5\.0 `, "platform": `^Linux`, "lang": `^en`, "touch": `^0$`,
		"screen": `^800x600x24@1$`, "webdriver": `^true$`, "webdriver.at": `^proto$`, "tracker": `^\d+\.\d+\.\d+$`,
	} {
		if value := got.trait(name); !regexp.MustCompile(pattern).MatchString(value) {
			t.Errorf("trait %s is %q, want %s", name, value, pattern)
		}
	}
	equal(t, "user ids", got.texts(gait.UserID), []string{"from-attribute", "user-1"})
	equal(t, "tags", got.texts(gait.Tags), []string{"a,b", "one,two,three"})

	moves := got.events(gait.Move)
	if len(moves) < 8 || !slices.ContainsFunc(moves, func(e gait.Event) bool { return e.X == 150 && e.Y == 115 && e.Flags == 0 }) {
		t.Errorf("%d moves: %+v", len(moves), moves)
	}

	name := got.target(t, gait.TargetText, "")
	presses := got.events(gait.Press)
	if p := presses[0]; p.Target != name || p.OffX*2 < p.BoxW-20 || p.OffX*2 > p.BoxW+20 || p.OffY*2 < p.BoxH-20 || p.OffY*2 > p.BoxH+20 || p.BoxW < 500 || p.Code != 0 {
		t.Errorf("the press on the name is not in its centre: %+v", p)
	}
	for _, e := range got.events(gait.Describe) {
		if e.Target == name && e.N != int32(gait.PurposeName) {
			t.Errorf("purpose of the name: %d", e.N)
		}
	}

	var keys []gait.KeyClass
	held := map[uint8]gait.Tick{}
	for _, b := range got.batches {
		for _, e := range b.Events {
			switch e.Kind {
			case gait.KeyDown:
				if e.Flags != 0 {
					t.Errorf("flags of a key: %+v", e)
				}
				keys = append(keys, gait.KeyClass(e.Code))
				held[uint8(e.Slot)] = e.T
			case gait.KeyUp:
				if _, ok := held[uint8(e.Slot)]; !ok {
					t.Errorf("a release without a press: %+v", e)
				}
				delete(held, uint8(e.Slot))
			}
		}
	}
	if len(held) != 0 {
		t.Errorf("still held: %v", held)
	}
	typed := []gait.KeyClass{
		gait.KeyLetter, gait.KeyLetter, gait.KeyLetter, gait.KeySpace, gait.KeyDigit, gait.KeyDigit, gait.KeyPunctuation, gait.KeyErase,
		gait.KeyModifier, gait.KeyShortcut, gait.KeyModifier, gait.KeyShortcut, gait.KeyEnter,
	}
	equal(t, "keys", keys, typed)

	notes := got.target(t, gait.TargetArea, "")
	var changes [][3]int32
	for _, e := range got.events(gait.Input) {
		if e.Target == name || e.Target == notes {
			changes = append(changes, [3]int32{e.Target, e.Code, e.N})
		}
	}
	var wanted [][3]int32
	for range 7 {
		wanted = append(wanted, [3]int32{name, int32(gait.InputInsert), 1})
	}
	wanted = append(wanted, [3]int32{name, int32(gait.InputDelete), -1})
	if len(changes) == len(wanted)+2 {
		// A filled field and a pasted text.
		fill, paste := changes[len(wanted)], changes[len(wanted)+1]
		if fill[2] != 14 || paste != [3]int32{notes, int32(gait.InputPaste), 16} {
			t.Errorf("fill %v, paste %v", fill, paste)
		}
		changes = changes[:len(wanted)]
	}
	equal(t, "changes", changes, wanted)
	if pastes := got.events(gait.Paste); len(pastes) != 1 || pastes[0].Target != notes || pastes[0].N != 16 {
		t.Errorf("pastes: %+v", pastes)
	}

	choice, agree := got.target(t, gait.TargetSelect, ""), got.target(t, gait.TargetCheck, "")
	var changed []int32
	for _, e := range got.events(gait.Input) {
		if e.Code == int32(gait.InputChange) {
			changed = append(changed, e.Target)
		}
	}
	equal(t, "changed", changed, []int32{choice, agree})

	scrolls := got.events(gait.Scroll)
	if !slices.ContainsFunc(scrolls, func(e gait.Event) bool { return e.Y >= 100 && e.Flags == 0 }) {
		t.Errorf("scrolls: %+v", scrolls)
	}

	plain, shadow, send := got.target(t, gait.TargetButton, "Plain button"), got.target(t, gait.TargetButton, "In the shadow"), got.target(t, gait.TargetButton, "Send it")
	var clicked [][2]int32
	for _, e := range got.events(gait.Click) {
		clicked = append(clicked, [2]int32{e.Target, int32(e.Flags)})
	}
	equal(t, "clicks", clicked, [][2]int32{
		{name, 0},
		{agree, 0},
		{plain, int32(gait.Untrusted | gait.NoPointer)},
		{plain, int32(gait.NoPointer)},
		{shadow, 0},
		{send, 0},
	})
	submits := got.events(gait.Submit)
	if len(submits) != 1 || submits[0].Target != got.target(t, gait.TargetForm, "") || submits[0].Flags != 0 {
		t.Errorf("submits: %+v", submits)
	}
	var focused []int32
	for _, e := range got.events(gait.FieldFocus) {
		focused = append(focused, e.Target)
	}
	if !slices.Contains(focused, name) || !slices.Contains(focused, notes) || slices.Contains(focused, plain) {
		t.Errorf("focused: %v", focused)
	}
}

func checkSecrets(t *testing.T, got *site) {
	for _, body := range got.bodies {
		for _, marker := range []string{"qzjx7", "jane.doe", "4111111", "marker"} {
			if bytes.Contains(body, []byte(marker)) {
				t.Errorf("%s leaked: %s", marker, body)
			}
		}
	}
	for _, kind := range []gait.Kind{gait.KeyDown, gait.KeyUp, gait.Input, gait.Paste} {
		if events := got.events(kind); len(events) != 0 {
			t.Errorf("of secret fields, %d events of kind %d: %+v", len(events), kind, events)
		}
	}
	edited := map[int32]bool{}
	for _, e := range got.events(gait.Edited) {
		edited[e.Target] = true
	}
	if n := len(got.events(gait.Edited)); n != 6 || len(edited) != 6 {
		t.Errorf("%d times edited, of %d fields, want 6 of 6", n, len(edited))
	}
	secret := 0
	for _, e := range got.events(gait.Describe) {
		if edited[e.Target] && e.Code == int32(gait.TargetSecret) {
			secret++
		}
	}
	// Of the closed shadow root only its host is seen.
	if secret != 5 {
		t.Errorf("%d of the edited fields were described as secret, want 5", secret)
	}
	got.target(t, gait.TargetButton, "")
	got.target(t, gait.TargetButton, "Mail …")
	equal(t, "documents", urls(got), []string{"/secrets/secrets/…/…"})
}

func urls(got *site) []string { return paths(got.texts(gait.Open)) }

func paths(urls []string) []string {
	var paths []string
	for _, u := range urls {
		paths = append(paths, regexp.MustCompile(`^http://[^/]+`).ReplaceAllString(u, ""))
	}
	return paths
}

func equal[T comparable](t *testing.T, what string, have, want []T) {
	t.Helper()
	if !slices.Equal(have, want) {
		t.Errorf("%s:\nhave %v\nwant %v", what, have, want)
	}
}
