// Package session folds a session's batches, in order, into the features that
// checks judge and into the sentences of its action log.
//
// Folding is a pure function of the batches: the same batches, each with its
// first arrival time, end in the same features, whatever order they came in and
// however often. A State takes batches one by one as long as each belongs at the
// end; where one does not, it says so and Rebuild starts over from all of them.
package session

import (
	"slices"
	"unique"

	"github.com/gaithq/gait"
)

// Bounds of what a State holds, so that no session costs more than a few kB.
const (
	maxPages   = 64
	maxTargets = 256
	maxTraits  = 96
	maxFacts   = 32
	maxTags    = 32
)

// clockTolerance is how far, in ms, a visitor's clock may be off before times
// are moved to the server's. Below it the difference may be the network's.
const clockTolerance = 60_000

// State is a session as folded so far. The zero value is ready to use; it is not
// safe for concurrent use.
type State struct {
	features gait.Features
	last     position
	pages    []page
	evicted  bool // a page fell out of pages

	// Where the fold is: the page whose events come now.
	current gait.PageID
	clock   int64 // Unix ms, server-aligned, of the current page's time origin

	pointer   pointer
	clicks    clicks
	keys      keys
	fields    fields
	clipboard clipboard
	scroll    scroll
	tempo     tempo
	sketches  sketches
	targets   []target
}

// position orders a session's batches: by the moment of their first event, then
// page, then sequence number. Within a page it never goes back.
type position struct {
	start int64 // Unix ms, server-aligned
	page  gait.PageID
	seq   uint32
}

func (p position) before(q position) bool {
	if p.start != q.start {
		return p.start < q.start
	}
	if c := slices.Compare(p.page[:], q.page[:]); c != 0 {
		return c < 0
	}
	return p.seq < q.seq
}

// page is what has to be remembered of a document to place its next batch.
type page struct {
	id    gait.PageID
	seq   uint32 // highest folded
	skew  int64  // added to the page's clock, ms
	start int64  // of the batch folded last
	mark  clocks // what the next batch's clocks are compared with
}

// target is what a page said of an element.
type target struct {
	code    uint8
	purpose uint8
}

// skewOf returns what to add to a page's clock, in ms, judging by its first
// batch: nothing as long as it agrees with the server's to clockTolerance.
func skewOf(b *gait.Batch) int64 {
	skew := b.Arrived - (b.Origin + int64(b.Sent)/gait.TicksPerMillisecond)
	if skew > -clockTolerance && skew < clockTolerance {
		return 0
	}
	return skew
}

func startOf(b *gait.Batch, skew int64) int64 {
	return b.Origin + int64(b.Events[0].T)/gait.TicksPerMillisecond + skew
}

// Features returns what was folded. It is the State's own: valid until the next
// Add, not to be changed.
func (s *State) Features() *gait.Features { return &s.features }

// Add folds b if it belongs behind everything folded so far, and reports whether
// it did. If not, nothing changed, and only Rebuild can take it in. b must not
// have been added before.
func (s *State) Add(b *gait.Batch) bool {
	i := s.find(b.Page)
	if i < 0 {
		if s.evicted && b.Seq > 0 {
			return false
		}
		skew := skewOf(b)
		at := position{startOf(b, skew), b.Page, b.Seq}
		if s.features.Batches > 0 && at.before(s.last) {
			return false
		}
		s.fold(b, at, skew, -1)
		return true
	}
	p := s.pages[i]
	if b.Seq <= p.seq {
		return false
	}
	at := position{max(startOf(b, p.skew), p.start), b.Page, b.Seq}
	if at.before(s.last) {
		return false
	}
	s.fold(b, at, p.skew, int64(p.seq))
	return true
}

func (s *State) find(id gait.PageID) int {
	for i := len(s.pages) - 1; i >= 0; i-- {
		if s.pages[i].id == id {
			return i
		}
	}
	return -1
}

// Rebuild folds all batches of a session, given in any order, each once.
func Rebuild(batches []gait.Batch) *State {
	s := new(State)
	for _, p := range order(batches) {
		s.fold(p.batch, p.position, p.skew, p.previous)
	}
	return s
}

// placed is a batch with its place in the session.
type placed struct {
	position
	batch    *gait.Batch
	skew     int64
	previous int64 // sequence number of the page's batch before, -1 for none
}

// order puts a session's batches into the order in which they are folded.
func order(batches []gait.Batch) []placed {
	list := make([]placed, len(batches))
	for i := range batches {
		b := &batches[i]
		list[i] = placed{position: position{0, b.Page, b.Seq}, batch: b, previous: -1}
	}
	byPlace := func(a, b placed) int {
		switch {
		case a.before(b.position):
			return -1
		case b.before(a.position):
			return 1
		}
		return 0
	}
	slices.SortFunc(list, byPlace) // by page and sequence number: all starts are 0
	for i := range list {
		p := &list[i]
		if i > 0 && list[i-1].page == p.page {
			before := list[i-1]
			p.skew, p.previous = before.skew, int64(before.seq)
			p.start = max(startOf(p.batch, p.skew), before.start)
		} else {
			p.skew = skewOf(p.batch)
			p.start = startOf(p.batch, p.skew)
		}
	}
	slices.SortFunc(list, byPlace)
	return list
}

// fold takes in one batch; previous is the sequence number of the page's batch
// before it, -1 for none.
func (s *State) fold(b *gait.Batch, at position, skew, previous int64) {
	if !s.begin(b, at, skew, previous) {
		return
	}
	for i := range b.Events {
		s.event(&b.Events[i])
	}
	s.end(b)
}

// begin takes in where a batch belongs. It reports whether its events are to be
// folded, which those of a batch of facts are not.
func (s *State) begin(b *gait.Batch, at position, skew, previous int64) bool {
	f := &s.features
	if f.Batches > 0 && factsOnly(b) {
		s.learn(b)
		s.remember(page{id: b.Page, seq: b.Seq, skew: skew, start: at.start})
		s.last = at
		return false
	}
	if b.Page != s.current || f.Batches == 0 {
		s.enter(b.Page)
	}
	if gap := int64(b.Seq) - previous - 1; gap > 0 {
		f.Missing += uint32(gap)
		s.interrupt()
	}
	s.last = at
	s.clock = b.Origin + skew
	p := page{id: b.Page, seq: b.Seq, skew: skew, start: at.start}
	known := s.find(b.Page)
	if known >= 0 {
		p.mark = s.pages[known].mark
	}
	s.compare(&p, b, known < 0)
	s.remember(p)

	f.Batches++
	f.LastArrival = max(f.LastArrival, b.Arrived)
	return true
}

// end takes in when a batch's events were.
func (s *State) end(b *gait.Batch) {
	f := &s.features
	first, last := s.when(b.Events[0].T), s.when(b.Events[len(b.Events)-1].T)
	if f.Batches == 1 {
		f.Started, f.Ended = first, last
	}
	f.Started, f.Ended = min(f.Started, first), max(f.Ended, last)
}

// factsOnly reports whether the server made the batch by itself, in answer to one
// of a page, whose times it has. Its own page is of no account.
func factsOnly(b *gait.Batch) bool {
	for i := range b.Events {
		if b.Events[i].Kind != gait.Fact {
			return false
		}
	}
	return true
}

// learn takes in facts without touching what goes on in the current page.
func (s *State) learn(b *gait.Batch) {
	f := &s.features
	f.Batches++
	for i := range b.Events {
		e := &b.Events[i]
		f.Counts[e.Kind]++
		s.trait(e.Name, e.Text, maxTraits+maxFacts)
		if e.Name == gait.TwinSession && f.Sketched.Twin.At == 0 {
			f.Sketched.Twin = s.moment(e.T)
		}
	}
}

// remember notes where a page is, at the end of the list.
func (s *State) remember(p page) {
	if i := s.find(p.id); i >= 0 {
		s.pages = slices.Delete(s.pages, i, i+1)
	} else if len(s.pages) == maxPages {
		s.pages = slices.Delete(s.pages, 0, 1)
		s.evicted = true
	}
	s.pages = append(s.pages, p)
}

// enter makes another page the current one: nothing that was going on in the
// page before goes on in it.
func (s *State) enter(id gait.PageID) {
	s.current = id
	s.targets = s.targets[:0]
	s.interrupt()
}

// interrupt forgets what is only meaningful if nothing was missed: where the
// pointer was, which keys are held.
func (s *State) interrupt() {
	s.pointer.lose()
	s.clicks.lose()
	s.keys.lose()
	s.scroll.lose()
	s.tempo.lose()
	s.sketches.lose()
}

// when turns a page's time into the time of day, Unix ms.
func (s *State) when(t gait.Tick) int64 { return s.clock + int64(t)/gait.TicksPerMillisecond }

func (s *State) moment(t gait.Tick) gait.Moment {
	return gait.Moment{Page: s.current, T: t, At: s.when(t)}
}

func (s *State) event(e *gait.Event) {
	f := &s.features
	f.Counts[e.Kind]++
	if e.Kind != gait.Fact {
		f.Events++
	}
	if e.Flags&(gait.Touch|gait.Pen) != 0 && e.Flags&gait.Untrusted == 0 {
		f.Touch = true
	}
	s.pace(e)
	switch e.Kind {
	case gait.Move:
		s.physics(e)
		s.move(e)
	case gait.Press:
		s.press(e)
		s.pushed(e)
	case gait.Release:
		s.released(e)
	case gait.Click:
		s.click(e)
	case gait.KeyDown:
		s.keyDown(e)
	case gait.KeyUp:
		s.keyUp(e)
	case gait.Input:
		s.input(e)
	case gait.Paste:
		s.paste(e)
	case gait.Life:
		s.life(e)
	case gait.Copy:
		s.copied(e)
	case gait.Scroll:
		s.pointer.lose()
		s.scrolled(e)
	case gait.Resize:
		s.pointer.lose()
		s.scroll.width, s.scroll.height = e.X, e.Y
	case gait.Raw:
		s.physics(e)
	case gait.Wheel:
		f.Scroll.Wheels += max(1, count(e.N))
	case gait.Open:
		f.Pages++
		f.URL = unique.Make(e.Text)
		s.interrupt()
		s.scroll.open(e)
	case gait.Navigate:
		f.URL = unique.Make(e.Text)
	case gait.Describe:
		s.describe(e)
	case gait.Trait:
		if f.Described.At == 0 {
			f.Described = s.moment(e.T)
		}
		s.trait(e.Name, e.Text, maxTraits)
	case gait.Fact:
		s.trait(e.Name, e.Text, maxTraits+maxFacts)
	case gait.UserID:
		f.UserID = e.Text
	case gait.Identity:
		if gait.IdentityCode(e.Code) == gait.IdentityName {
			f.UserName = e.Text
		} else {
			f.UserURL = e.Text
		}
	case gait.Tags:
		f.Tags = SplitTags(e.Text)
	}
	s.scroll.cause(e)
}

func (s *State) life(e *gait.Event) {
	s.pointer.lose()
	s.left(e)
	if c := gait.LifeCode(e.Code); c != gait.PointerLeft && c != gait.PointerEntered {
		s.keys.lose()
	}
	if gait.LifeCode(e.Code) == gait.PageShow {
		s.targets = s.targets[:0] // the page describes them anew
	}
}

func (s *State) describe(e *gait.Event) {
	if e.Target < 0 || e.Target >= maxTargets {
		return
	}
	for len(s.targets) <= int(e.Target) {
		s.targets = append(s.targets, target{})
	}
	s.targets[e.Target] = target{code: uint8(e.Code) + 1, purpose: uint8(e.N)}
}

// target returns what is known of a target of the current page.
func (s *State) target(n int32) (code gait.TargetCode, purpose gait.Purpose, ok bool) {
	if n < 0 || int(n) >= len(s.targets) || s.targets[n].code == 0 {
		return 0, 0, false
	}
	return gait.TargetCode(s.targets[n].code - 1), gait.Purpose(s.targets[n].purpose), true
}

// trait sets a trait or a fact; one that is reported again is replaced. Pages cannot
// report what is named like a fact, and leave room for the facts.
func (s *State) trait(name, value string, room int) {
	f := &s.features
	v := gait.TraitValue{Name: unique.Make(name), Value: unique.Make(value)}
	if name == "tz" {
		f.TimeZone = v.Value
	}
	for i := range f.Traits {
		if f.Traits[i].Name == v.Name {
			f.Traits[i].Value = v.Value
			return
		}
	}
	if len(f.Traits) < room {
		f.Traits = append(f.Traits, v)
	}
}
