package session

import (
	"fmt"
	"net/url"

	"github.com/gaithq/gait"
)

// MaxLog is how many entries of a session's action log are kept: the first half
// and the last half of what happened.
const MaxLog = 2000

// Log writes a session's action log, oldest first, from all of its batches, in
// any order, each once. cut is how many entries in the middle were left out.
func Log(batches []gait.Batch) (entries []gait.LogEntry, cut int) {
	l := logger{}
	for _, p := range order(batches) {
		l.enter(p)
		for i := range p.batch.Events {
			l.event(&p.batch.Events[i])
		}
	}
	if cut = len(l.entries) - MaxLog; cut <= 0 {
		return l.entries, 0
	}
	kept := append(l.entries[:MaxLog/2:MaxLog/2], l.entries[len(l.entries)-MaxLog/2:]...)
	return kept, cut
}

// logger turns events into sentences.
type logger struct {
	entries []gait.LogEntry
	page    gait.PageID
	clock   int64
	path    string
	names   map[int32]named
	typing  int32 // the field that text went into last, noTarget for none
	away    bool
}

type named struct {
	code gait.TargetCode
	text string
}

const noTarget = -1

func (l *logger) enter(p placed) {
	if p.batch.Page != l.page || l.names == nil {
		l.page = p.batch.Page
		l.names = map[int32]named{}
		l.typing = noTarget
		l.away = false
	}
	l.clock = p.batch.Origin + p.skew
}

func (l *logger) add(t gait.Tick, format string, args ...any) {
	l.entries = append(l.entries, gait.LogEntry{Text: fmt.Sprintf(format, args...), At: l.clock + int64(t)/gait.TicksPerMillisecond})
}

func (l *logger) event(e *gait.Event) {
	switch e.Kind {
	case gait.Open, gait.Navigate:
		path := pathOf(e.Text)
		if e.Kind == gait.Navigate && gait.NavCode(e.Code) == gait.NavHash && path == l.path {
			return // to another place of the same page
		}
		l.path = path
		l.typing = noTarget
		l.add(e.T, "Navigated to %s", l.path)
	case gait.Copy:
		l.add(e.T, "%s %s from %s", map[int32]string{0: "Copied", 1: "Cut"}[e.Code], characters(e.N), l.name(e.Target))
	case gait.Describe:
		l.names[e.Target] = named{gait.TargetCode(e.Code), e.Text}
	case gait.Click:
		l.typing = noTarget
		l.add(e.T, "Clicked %s", l.name(e.Target))
	case gait.Input:
		l.input(e)
	case gait.Paste:
		l.add(e.T, "Pasted %s into %s", characters(e.N), l.name(e.Target))
		l.typing = e.Target
	case gait.Edited:
		l.add(e.T, "Edited %s", l.name(e.Target))
	case gait.Submit:
		l.add(e.T, "Submitted %s", l.name(e.Target))
	case gait.Life:
		l.life(e)
	case gait.Log:
		l.add(e.T, "%s", e.Text)
	}
}

// input writes one entry when text starts to go into a field, not one for each
// character.
func (l *logger) input(e *gait.Event) {
	code := gait.InputCode(e.Code)
	if code == gait.InputPaste {
		return
	}
	if code == gait.InputChange {
		l.add(e.T, "Changed %s", l.name(e.Target))
		return
	}
	if l.typing == e.Target {
		return
	}
	l.typing = e.Target
	verb := "Typed in"
	switch {
	case e.Flags&gait.Untrusted != 0:
		verb = "A script filled in"
	case e.Flags&gait.Autofilled != 0:
		verb = "Autofilled"
	case code == gait.InputDelete:
		verb = "Deleted text in"
	case code != gait.InputInsert && code != gait.InputComposition, e.N > 1:
		verb = "Filled in"
	}
	l.add(e.T, "%s %s", verb, l.name(e.Target))
}

func (l *logger) life(e *gait.Event) {
	switch gait.LifeCode(e.Code) {
	case gait.BecameHidden, gait.WindowBlur:
		if !l.away {
			l.away = true
			l.add(e.T, "Left the tab")
		}
	case gait.BecameShown, gait.WindowFocus:
		if l.away {
			l.away = false
			l.add(e.T, "Came back to the tab")
		}
	}
}

// nouns are what a target without a name is called.
var nouns = map[gait.TargetCode]string{
	gait.TargetOther:  "the page",
	gait.TargetButton: "a button",
	gait.TargetLink:   "a link",
	gait.TargetText:   "a text field",
	gait.TargetArea:   "a text area",
	gait.TargetEdit:   "an editable region",
	gait.TargetSelect: "a list",
	gait.TargetCheck:  "a checkbox",
	gait.TargetLabel:  "a label",
	gait.TargetSecret: "a protected field",
	gait.TargetForm:   "a form",
	gait.TargetPicker: "a picker",
}

func (l *logger) name(target int32) string {
	n, ok := l.names[target]
	switch {
	case !ok:
		return nouns[gait.TargetOther]
	case n.text != "":
		return `"` + n.text + `"`
	default:
		return nouns[n.code]
	}
}

func characters(n int32) string {
	if n == 1 {
		return "1 character"
	}
	return fmt.Sprintf("%d characters", n)
}

// pathOf returns the path of a URL, or the whole where it has none.
func pathOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Path == "" {
		return raw
	}
	return u.EscapedPath()
}
