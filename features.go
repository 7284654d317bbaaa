package gait

import (
	"math"
	"unique"
)

// Features is what is known of a session after its batches were folded in
// order: bounded in size, free of text that a visitor typed, and enough for
// every check to answer. Package session makes it; checks only read it.
type Features struct {
	Batches uint32        // folded
	Missing uint32        // sequence numbers not seen below the highest of their page
	Events  uint32        // folded, of all kinds but Fact
	Counts  [Kinds]uint32 // folded, by kind

	Pages       uint32 // documents opened
	Started     int64  // first event, Unix ms, aligned to the server's clock
	Ended       int64  // last event, Unix ms, aligned to the server's clock
	LastArrival int64  // of a batch, Unix ms

	URL       unique.Handle[string] // of the page seen last; no query, no fragment
	UserID    string
	UserName  string
	UserURL   string
	Tags      []string
	TimeZone  unique.Handle[string] // IANA name as the browser gave it, unchecked
	Traits    []TraitValue          // what the page read off the browser and the server off the request
	Described Moment                // when the page first reported a trait
	Touch     bool                  // any touch or pen input was seen

	Pointer   Pointer
	Clicks    Clicks
	Typing    Typing
	Fields    Fields
	Clipboard Clipboard
	Scroll    Scrolling
	Physics   Physics
	Tempo     Tempo
	Pace      Pace
	Sketched  Sketched

	Rhythm  Rhythm
	Strokes Strokes
}

// TraitValue is one named observation about the browser or the request.
// Observations repeat across sessions, so both strings are interned.
type TraitValue struct {
	Name, Value unique.Handle[string]
}

// Trait returns the value of the named trait, and whether it was reported.
func (f *Features) Trait(name string) (string, bool) {
	h := unique.Make(name)
	for _, t := range f.Traits {
		if t.Name == h {
			return t.Value.Value(), true
		}
	}
	return "", false
}

// PageURL returns the URL of the page seen last, "" before the first.
func (f *Features) PageURL() string { return interned(f.URL) }

// Zone returns the visitor's IANA time zone as the browser named it, unchecked.
func (f *Features) Zone() string { return interned(f.TimeZone) }

// UserAgent returns what the request called the browser, or else what the page
// read off it.
func (f *Features) UserAgent() string {
	if ua, ok := f.Trait("header.user-agent"); ok {
		return ua
	}
	ua, _ := f.Trait("ua")
	return ua
}

// interned reads a handle that may be zero.
func interned(h unique.Handle[string]) string {
	if h == (unique.Handle[string]{}) {
		return ""
	}
	return h.Value()
}

// Moment is where in a session something happened.
type Moment struct {
	Page PageID
	T    Tick  // since the page's time origin
	At   int64 // Unix ms, aligned to the server's clock; 0 means never
}

// Pointer is what the mouse did. Touch, pen, keyboard-made and scripted input is
// counted, and left out of everything below that a verdict is built on.
type Pointer struct {
	Presses   uint32 // trusted, by a mouse
	Untrusted uint32 // pointer events made by scripts

	// Aimed presses landed on a target wider and higher than 16 px that the
	// pointer had to come to anew. Offsets counts them by their distance from
	// the centre, the larger of both axes; see OffsetEdges.
	Aimed       uint32
	Offsets     [len(OffsetEdges) + 1]uint32
	Spread      float64 // sum over aimed presses of (dx/w)² + (dy/h)²
	CentredAt   Moment  // first press within the first edge
	CentredBest Moment  // the most exact one
	CentredMin  float32 // its distance, CSS px

	// Reached presses ended an approach of at least JumpDistance from a known
	// position; Jumped are those reached in one isolated step.
	Reached  uint32
	Jumped   uint32
	JumpedAt Moment
	Jump     float32 // longest isolated step that a press followed, CSS px
	JumpBest Moment

	// Drawn presses ended an approach of at least ApproachSteps steps; Ruled are
	// those whose steps were all alike and lay on a straight line.
	Drawn   uint32
	Ruled   uint32
	RuledAt Moment
	Evenest float32 // least coefficient of variation of the steps of a Ruled approach
	EvenAt  Moment
}

// ApproachSteps is how many steps an approach has before its shape says anything.
const ApproachSteps = 8

// An approach is Ruled if the variation of its steps and its way beyond the
// straight line are below these.
const (
	EvenSteps    = 0.35 // coefficient of variation of the steps' lengths
	Straightness = 1.01 // path over distance
)

// Clicks is who or what clicked.
type Clicks struct {
	Pointed  uint32 // trusted, with a pointer
	Keyed    uint32 // trusted, without one: keyboard, assistive technology
	Scripted uint32 // untrusted, within ReactionTime of something trusted: the page's own doing
	Alone    uint32 // untrusted, with nothing trusted before it
	AloneAt  Moment
	Unpushed uint32 // trusted, with a mouse, and no press before
	UnpushAt Moment

	Held      Spread // ms from press to release, mouse
	Instant   uint32 // of these, below InstantPress
	InstantAt Moment
}

// Thresholds of clicks, in ms.
const (
	ReactionTime = 1000 // a page's own scripts answer within it
	InstantPress = 1    // no finger lifts faster
)

// Clipboard is what was taken from the page and brought into it.
type Clipboard struct {
	Copies     uint32
	Leaves     uint32 // times the tab or window was left
	Pastes     uint32 // into fields that are not exempt
	External   uint32 // of these, soon after coming back, of a length that was not copied here
	ExternalAt Moment
}

// ReturnTime is how soon, in ms, after coming back a paste is taken for brought along.
const ReturnTime = 30_000

// Scrolling is how the document was scrolled. A gesture is a run of scroll events
// with less than GesturePause between them.
type Scrolling struct {
	Gestures uint32
	Excused  uint32 // gestures that something explains beside wheel, touch and keys: a click, a focus, a route, the scrollbar
	Jumps    uint32 // of about a viewport or more in one event, with nothing that caused them
	JumpAt   Moment
	Longest  int32 // px
	LongAt   Moment
	Wheels   uint32 // wheel events
}

// Thresholds of scrolling.
const (
	GesturePause = 200 // ms
	JumpScreens  = 0.8 // viewports
)

// OffsetEdges are the upper edges, in tenths of a CSS px, of Pointer.Offsets.
var OffsetEdges = [...]int32{5, 10, 15, 20, 30, 50, 100}

// JumpDistance is the least distance, in CSS px, that makes a step a jump.
const JumpDistance = 50

// Typing is the rhythm of trusted character keys outside secret fields. Keys of
// an input method and auto-repeats are left out.
type Typing struct {
	Keys     uint32 // character keys pressed
	Erases   uint32 // backspace and delete
	Undos    uint32 // undo and redo
	Replaced uint32 // selections typed over
	Interval Spread // ms from press to press within a run (same field, under RunBreak)
	Dwell    Spread // ms from press to release
	Short    uint32 // dwells under ShortDwell
	Flight   Spread // ms from release to the next press within a run; negative where keys overlap
	Level    uint32 // flights within ±ShortDwell
	Rollover uint32 // presses before the key before was released
	Composed uint32 // changes made by an input method
	Scanned  uint32 // of Keys, those in bursts under ScanInterval that ended in Enter or Tab, as scanners and security keys send them
	First    Moment
	Last     Moment
}

// Thresholds of measuring rhythm, in ms.
const (
	RunBreak     = 2000 // a longer pause ends a run
	ShortDwell   = 5    // a finger cannot press and release faster
	ScanInterval = 30   // no person keeps a whole burst of different keys below this
)

// Fields is how text came into fields, in characters. Credential and address
// fields are Exempt: password managers and autofill serve them.
type Fields struct {
	Typed    uint32 // behind keys
	Pasted   uint32
	Inserted uint32 // trusted, at once or bit by bit, with no key, paste or input method
	Other    uint32 // autofill, replacement, drop, undo, input method
	Scripted uint32 // untrusted changes
	Exempt   uint32 // of all of these, in exempt fields; not in the counts above

	Pastes        uint32
	Inserts       uint32 // events behind Keyless
	Keyless       uint32 // characters inserted as in Inserted, exempt fields included
	KeylessFields uint32 // fields they went to, a field left and come back to counted again
	KeyedAll      uint32 // characters behind keys, exempt fields included

	PastedAt   Moment
	InsertedAt Moment
	ScriptedAt Moment
	InsertBest Moment // the largest insertion
	InsertMax  uint32 // its characters
}

// Spread accumulates mean and variance in constant space (Welford's method).
type Spread struct {
	N    uint32
	Mean float64
	M2   float64
}

// Add takes in one value.
func (s *Spread) Add(x float64) {
	s.N++
	d := x - s.Mean
	s.Mean += d / float64(s.N)
	s.M2 += d * (x - s.Mean)
}

// SD returns the sample standard deviation, 0 for fewer than two values.
func (s *Spread) SD() float64 {
	if s.N < 2 {
		return 0
	}
	return math.Sqrt(s.M2 / float64(s.N-1))
}

// CV returns the coefficient of variation, 0 where the mean is not positive.
func (s *Spread) CV() float64 {
	if s.Mean <= 0 {
		return 0
	}
	return s.SD() / s.Mean
}
