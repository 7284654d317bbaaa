package session

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gaithq/gait"
)

// Bounds of a trace's columns. Moves have what the others leave of gait.MaxTrace.
const (
	maxColumn     = 15_000 // entries of each column but moves: the first half and the last half
	maxTracePages = 1000   // documents; what happens in later ones is left out
)

// Path returns the path of a page's URL, or the whole where it has none.
func Path(url string) string { return pathOf(url) }

// Trace draws a session from all of its batches, in any order, each once. Moments
// are the checks' to add. What counts as evidence is what the fold counts, which
// goes along.
func Trace(batches []gait.Batch) gait.Trace {
	t := tracer{pages: map[gait.PageID]*sheet{}, fields: map[fieldOf]int{}, called: map[fieldOf]string{}, kinds: map[gait.TargetCode]int{}}
	t.trace.Started = startOfAll(batches)
	for _, p := range order(batches) {
		if !t.state.begin(p.batch, p.position, p.skew, p.previous) || !t.enter(p.batch) {
			continue
		}
		for i := range p.batch.Events {
			t.event(&p.batch.Events[i])
		}
		t.state.end(p.batch)
	}
	t.trace.Ended = t.state.features.Ended
	t.finish()
	return t.trace
}

// startOfAll returns what Features calls Started.
func startOfAll(batches []gait.Batch) int64 {
	var started int64
	for i, p := range order(batches) {
		if i > 0 && factsOnly(p.batch) {
			continue
		}
		at := p.batch.Origin + p.skew + int64(p.batch.Events[0].T)/gait.TicksPerMillisecond
		if i == 0 || at < started {
			started = at
		}
	}
	return started
}

// tracer draws while the fold goes on.
type tracer struct {
	trace  gait.Trace
	state  State
	pages  map[gait.PageID]*sheet
	fields map[fieldOf]int
	called map[fieldOf]string      // what targets without a name are called
	kinds  map[gait.TargetCode]int // of those, so many so far
	on     *sheet                  // the current page

	pending bool // the last jump may still turn out to be the start of a movement
	runs    []run
}

// sheet is what is known of a page.
type sheet struct {
	index  int
	names  map[int32]named
	path   string
	held   [gait.KeySlots]int // places in Keys and 1, 0 if nothing is held
	press  int                // place in Clicks and 1 of the press that goes on, 0 for none
	begun  [len(spanKinds)]int64
	absent [len(spanKinds)]bool
}

type fieldOf struct {
	page   int
	target int32
}

// The kinds of absence.
const (
	spanHidden = iota
	spanBlurred
	spanOutside
)

var spanKinds = [...]string{"hidden", "blurred", "outside"}

// run is a stretch of moves with nothing else in between, as places in Moves.
type run struct{ from, to int }

// enter turns to a batch's page, and reports whether there is room for it.
func (t *tracer) enter(b *gait.Batch) bool {
	t.pending = t.pending && t.on != nil && t.on == t.pages[b.Page]
	if t.on = t.pages[b.Page]; t.on != nil {
		return true
	}
	if len(t.trace.Pages) == maxTracePages {
		t.trace.Cut = true
		return false
	}
	t.on = &sheet{index: len(t.trace.Pages), names: map[int32]named{}}
	t.pages[b.Page] = t.on
	t.trace.Pages = append(t.trace.Pages, gait.TracePage{Page: b.Page, T: t.at(b.Events[0].T)})
	return true
}

// at turns a page's time into ms since the session's first event.
func (t *tracer) at(tick gait.Tick) int64 { return t.state.when(tick) - t.trace.Started }

func (t *tracer) event(e *gait.Event) {
	before, f := t.state.pointer, &t.state.features
	jumped, scrolled := f.Pointer.Jumped, f.Scroll.Jumps
	t.state.event(e)
	at := t.at(e.T)
	trusted := e.Flags&gait.Untrusted == 0
	switch e.Kind {
	case gait.Open:
		p := &t.trace.Pages[t.on.index]
		p.URL, p.W, p.H = e.Text, e.X, e.Y
		t.on.path = pathOf(e.Text)
	case gait.Navigate:
		if path := pathOf(e.Text); path != t.on.path || gait.NavCode(e.Code) != gait.NavHash {
			t.on.path = path
			t.trace.Views = append(t.trace.Views, gait.TraceView{T: at, P: t.on.index, URL: e.Text})
		}
	case gait.Describe:
		t.on.names[e.Target] = named{gait.TargetCode(e.Code), e.Text}
	case gait.Move:
		if trusted {
			t.move(at, e)
			t.step(at, e, &before)
		}
	case gait.Press:
		t.press(at, e)
		if trusted {
			t.reached(at, e, &before, f.Pointer.Jumped > jumped)
		}
	case gait.Release:
		t.release(at, e)
	case gait.Click:
		t.click(at, e)
	case gait.KeyDown:
		if trusted && e.Flags&gait.Repeat == 0 {
			t.key(at, e)
		}
	case gait.KeyUp:
		if n := t.on.held[e.Slot]; n > 0 {
			k := &t.trace.Keys
			k.Dwell[n-1] = at - k.T[n-1]
			t.on.held[e.Slot] = 0
		}
	case gait.Input, gait.Edited:
		t.input(at, e)
	case gait.Paste:
		t.trace.Pastes = append(t.trace.Pastes, gait.TracePaste{T: at, Field: t.field(e.Target), N: e.N})
	case gait.Copy:
		t.trace.Copies = append(t.trace.Copies, at)
	case gait.Submit:
		t.trace.Submits = append(t.trace.Submits, at)
	case gait.Wheel:
		t.trace.Wheel = append(t.trace.Wheel, at)
	case gait.Scroll:
		if e.Target < 0 {
			c := &t.trace.Scroll
			c.T, c.Y, c.P = append(c.T, at), append(c.Y, e.Y), append(c.P, t.on.index)
			c.Jump = append(c.Jump, f.Scroll.Jumps > scrolled)
		}
	case gait.Life:
		t.life(at, gait.LifeCode(e.Code))
	}
}

func (t *tracer) move(at int64, e *gait.Event) {
	m := &t.trace.Moves
	n := len(m.T)
	if n == 0 || len(t.runs) == 0 || t.runs[len(t.runs)-1].to != n || at-m.T[n-1] >= gait.GesturePause || m.P[n-1] != t.on.index {
		t.runs = append(t.runs, run{n, n})
	}
	t.runs[len(t.runs)-1].to = n + 1
	m.T, m.X, m.Y, m.P = append(m.T, at), append(m.X, e.X), append(m.Y, e.Y), append(m.P, t.on.index)
}

// step sees whether a move was a jump, or went on from one, by what the fold made
// of it.
func (t *tracer) step(at int64, e *gait.Event, before *pointer) {
	now := &t.state.pointer
	switch {
	case !e.Flags.Mouse():
	case before.known && now.jump > 0 && now.after == 0 && now.jumpedAt == e.T && now.step == now.jump:
		t.trace.Jumps = append(t.trace.Jumps, gait.TraceJump{T: at, X0: before.x, Y0: before.y, X1: e.X, Y1: e.Y, P: t.on.index})
		t.pending = true
	case t.pending && before.jump > 0 && now.jump == 0 && before.known:
		t.trace.Jumps = t.trace.Jumps[:len(t.trace.Jumps)-1]
		t.pending = false
	}
}

// mark ends the run of moves, so that what is around here is not thinned.
func (t *tracer) mark() {
	if n := len(t.trace.Moves.T); n > 0 {
		t.runs = append(t.runs, run{n, n})
	}
}

// reached takes in how a press was reached: behind a jump, or by one itself.
func (t *tracer) reached(at int64, e *gait.Event, before *pointer, jumped bool) {
	pending := t.pending
	t.pending = false
	t.mark()
	switch {
	case !jumped:
	case pending && distance(before.x, before.y, e.X, e.Y) < gait.JumpDistance:
		t.trace.Jumps[len(t.trace.Jumps)-1].Press = true
	default:
		t.trace.Jumps = append(t.trace.Jumps, gait.TraceJump{
			T: at, X0: before.x, Y0: before.y, X1: e.X, Y1: e.Y, P: t.on.index, Press: true,
		})
	}
}

func pointerOf(f gait.Flags) string {
	switch {
	case f&gait.NoPointer != 0:
		return "none"
	case f&gait.Touch != 0:
		return "touch"
	case f&gait.Pen != 0:
		return "pen"
	default:
		return "mouse"
	}
}

func (t *tracer) press(at int64, e *gait.Event) {
	t.trace.Clicks = append(t.trace.Clicks, gait.TraceClick{
		T: at, X: e.X, Y: e.Y, P: t.on.index,
		OffX: float32(e.OffX) / 10, OffY: float32(e.OffY) / 10, W: float32(e.BoxW) / 10, H: float32(e.BoxH) / 10,
		Target: t.name(e.Target), Trusted: e.Flags&gait.Untrusted == 0, Pointer: pointerOf(e.Flags), Held: -1,
	})
	t.on.press = len(t.trace.Clicks)
}

func (t *tracer) release(at int64, e *gait.Event) {
	if t.on.press == 0 {
		return
	}
	c := &t.trace.Clicks[t.on.press-1]
	if c.Held < 0 && c.Trusted == (e.Flags&gait.Untrusted == 0) && e.Code >= 0 {
		c.Held = at - c.T
	}
}

// click takes in a click, which belongs to the press before it if that has none yet.
func (t *tracer) click(at int64, e *gait.Event) {
	t.mark()
	trusted := e.Flags&gait.Untrusted == 0
	if t.on.press > 0 && e.Flags&gait.NoPointer == 0 {
		if c := &t.trace.Clicks[t.on.press-1]; !c.Click && c.Trusted == trusted {
			c.Click, c.Target = true, t.name(e.Target)
			return
		}
	}
	t.trace.Clicks = append(t.trace.Clicks, gait.TraceClick{
		T: at, X: e.X, Y: e.Y, P: t.on.index, Target: t.name(e.Target), Trusted: trusted, Pointer: pointerOf(e.Flags), Held: -1, Click: true,
	})
}

func (t *tracer) key(at int64, e *gait.Event) {
	k := &t.trace.Keys
	field := -1
	if e.Target >= 0 {
		field = t.field(e.Target)
	}
	k.T, k.Class = append(k.T, at), append(k.Class, gait.KeyClass(e.Code))
	k.Dwell, k.Field = append(k.Dwell, -1), append(k.Field, field)
	t.on.held[e.Slot] = len(k.T)
}

// howOf says in a word how a field came to change.
func howOf(e *gait.Event) string {
	switch {
	case e.Kind == gait.Edited:
		return "edited"
	case e.Flags&gait.Untrusted != 0:
		return "script"
	case e.Flags&gait.Autofilled != 0:
		return "autofilled"
	}
	switch gait.InputCode(e.Code) {
	case gait.InputInsert:
		return "typed"
	case gait.InputDelete:
		return "deleted"
	case gait.InputPaste:
		return "pasted"
	case gait.InputDrop:
		return "dropped"
	case gait.InputReplacement:
		return "replaced"
	case gait.InputComposition:
		return "composed"
	case gait.InputHistory:
		return "undone"
	case gait.InputUntyped:
		return "filled"
	case gait.InputChange:
		return "changed"
	default:
		return "other"
	}
}

func (t *tracer) input(at int64, e *gait.Event) {
	in := gait.TraceInput{T: at, Field: t.field(e.Target), How: howOf(e), N: e.N}
	if n := len(t.trace.Inputs); n > 0 && e.Code != int32(gait.InputChange) {
		before := &t.trace.Inputs[n-1]
		if before.Field == in.Field && before.How == in.How && at-before.T < gait.RunBreak {
			before.N += in.N
			return
		}
	}
	t.trace.Inputs = append(t.trace.Inputs, in)
}

// field returns the place of a field in Fields, with a new one if need be.
func (t *tracer) field(target int32) int {
	k := fieldOf{t.on.index, target}
	if n, ok := t.fields[k]; ok {
		return n
	}
	if len(t.trace.Fields) == maxColumn {
		t.trace.Cut = true
		return maxColumn - 1
	}
	t.fields[k] = len(t.trace.Fields)
	t.trace.Fields = append(t.trace.Fields, t.name(target))
	return t.fields[k]
}

// name returns what a target is called: its name, or its kind with a number, by
// which those of a kind can be told from each other.
func (t *tracer) name(target int32) string {
	is := t.on.names[target]
	switch {
	case is.text != "":
		return is.text
	case target < 0:
		return nouns[gait.TargetOther]
	}
	k := fieldOf{t.on.index, target}
	name, ok := t.called[k]
	if ok {
		return name
	}
	noun := nouns[is.code]
	if is.code == gait.TargetOther {
		noun = "an element"
	}
	if len(t.called) == maxColumn {
		return noun
	}
	t.kinds[is.code]++
	name = fmt.Sprintf("%s #%d", noun, t.kinds[is.code])
	t.called[k] = name
	return name
}

func (t *tracer) life(at int64, code gait.LifeCode) {
	switch code {
	case gait.BecameHidden, gait.PageHide:
		t.leave(at, spanHidden)
	case gait.BecameShown, gait.PageShow:
		t.back(at, spanHidden)
	case gait.WindowBlur:
		t.leave(at, spanBlurred)
	case gait.WindowFocus:
		t.back(at, spanBlurred)
	case gait.PointerLeft:
		t.leave(at, spanOutside)
	case gait.PointerEntered:
		t.back(at, spanOutside)
	}
}

func (t *tracer) leave(at int64, kind int) {
	if !t.on.absent[kind] {
		t.on.absent[kind], t.on.begun[kind] = true, at
	}
}

func (t *tracer) back(at int64, kind int) {
	if t.on.absent[kind] {
		t.on.absent[kind] = false
		t.trace.Spans = append(t.trace.Spans, gait.TraceSpan{Kind: spanKinds[kind], From: t.on.begun[kind], To: at})
	}
}

// finish ends what goes on and brings the columns within their bounds.
func (t *tracer) finish() {
	r := &t.trace
	for _, p := range r.Pages {
		t.on = t.pages[p.Page]
		for kind := range spanKinds {
			if t.on.absent[kind] {
				t.back(t.until(t.on.begun[kind]), kind)
			}
		}
	}
	slices.SortStableFunc(r.Spans, func(a, b gait.TraceSpan) int { return cmp.Compare(a.From, b.From) })
	cut := &r.Cut
	r.Views, r.Jumps, r.Clicks = middle(r.Views, cut), middle(r.Jumps, cut), middle(r.Clicks, cut)
	r.Inputs, r.Pastes, r.Spans = middle(r.Inputs, cut), middle(r.Pastes, cut), middle(r.Spans, cut)
	r.Wheel, r.Submits, r.Copies = middle(r.Wheel, cut), middle(r.Submits, cut), middle(r.Copies, cut)
	k, c := &r.Keys, &r.Scroll
	k.T, k.Class, k.Dwell, k.Field = middle(k.T, cut), middle(k.Class, cut), middle(k.Dwell, cut), middle(k.Field, cut)
	c.T, c.Y, c.P, c.Jump = middle(c.T, cut), middle(c.Y, cut), middle(c.P, cut), middle(c.Jump, cut)
	t.thin(gait.MaxTrace - len(r.Pages) - len(r.Views) - len(r.Jumps) - len(r.Clicks) - len(r.Fields) - len(r.Inputs) -
		len(r.Pastes) - len(r.Spans) - len(r.Wheel) - len(r.Submits) - len(r.Copies) - len(k.T) - len(c.T))
}

// until is when an absence that began at the given moment and has no end was over: at
// the next document that was opened, or else at the session's end.
func (t *tracer) until(begun int64) int64 {
	end := t.trace.Ended - t.trace.Started
	for _, p := range t.trace.Pages {
		if p.T >= begun {
			end = min(end, p.T)
		}
	}
	return end
}

// middle leaves out the middle of a column that is too long.
func middle[T any](column []T, cut *bool) []T {
	if len(column) <= maxColumn {
		return column
	}
	*cut = true
	return append(column[:maxColumn/2:maxColumn/2], column[len(column)-maxColumn/2:]...)
}

// runEnds is how many moves at each end of a run are left in place while others
// are thinned.
const runEnds = 8

// thin leaves at most so many moves, taking them from the middle of long runs.
func (t *tracer) thin(room int) {
	m := &t.trace.Moves
	if len(m.T) <= room {
		return
	}
	t.trace.Cut = true
	ends, inner := 0, 0
	for _, r := range t.runs {
		n := r.to - r.from
		ends += min(n, 2*runEnds)
		inner += max(0, n-2*runEnds)
	}
	// Of the inner ones each nth stays; if the ends alone are too many, of all.
	all := ends >= room
	among, left := inner, room-ends
	if all {
		among, left = len(m.T), room
	}
	kept, n := 0, 0
	for _, r := range t.runs {
		for i := r.from; i < r.to; i++ {
			if all || i-r.from >= runEnds && r.to-i > runEnds {
				n++
				if int64(n)*int64(left)/int64(among) == int64(n-1)*int64(left)/int64(among) {
					continue
				}
			}
			m.T[kept], m.X[kept], m.Y[kept], m.P[kept] = m.T[i], m.X[i], m.Y[i], m.P[i]
			kept++
		}
	}
	m.T, m.X, m.Y, m.P = m.T[:kept], m.X[:kept], m.Y[:kept], m.P[:kept]
}
