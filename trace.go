package gait

// Trace is a session in columns, to draw it from. Times are ms since Started,
// lengths are CSS px, and P is a place in Pages.
type Trace struct {
	Started int64 // the session's first event, Unix ms, aligned to the server's clock
	Ended   int64 // its last, likewise
	Cut     bool  // there was more than MaxTrace: of the middle, something is left out

	Pages   []TracePage
	Views   []TraceView // route changes inside pages
	Moves   TraceMoves  // trusted ones
	Jumps   []TraceJump
	Clicks  []TraceClick
	Keys    TraceKeys
	Fields  []string // their names, or what they are with a number
	Inputs  []TraceInput
	Scroll  TraceScroll
	Wheel   []int64 // times
	Spans   []TraceSpan
	Submits []int64 // times
	Pastes  []TracePaste
	Copies  []int64 // times
	Moments []TraceMoment
}

// MaxTrace is how many entries a Trace has in all, but for Moments, at most.
const MaxTrace = 200_000

// TracePage is a document.
type TracePage struct {
	Page PageID
	T    int64 // its first event
	URL  string
	W, H int32 // of the viewport when it was opened; 0 if that is not known
}

// TraceView is another address in the same document.
type TraceView struct {
	T   int64
	P   int
	URL string
}

// TraceMoves are where the pointer went, in the viewport.
type TraceMoves struct {
	T []int64
	X []int32
	Y []int32
	P []int
}

// TraceJump is an isolated step of the mouse of JumpDistance or more.
type TraceJump struct {
	T      int64
	X0, Y0 int32
	X1, Y1 int32
	P      int
	Press  bool // a press followed: it counts as evidence
}

// TraceClick is a press, a click, or both.
type TraceClick struct {
	T       int64
	X, Y    int32
	P       int
	OffX    float32 // from the target's top left corner
	OffY    float32
	W, H    float32 // of the target; 0 if nothing was pressed
	Target  string  // its name, or its kind and a number
	Trusted bool
	Pointer string // mouse, touch, pen or none
	Held    int64  // ms from press to release, -1 if that is not known
	Click   bool   // a click came of it
}

// TraceKeys are the trusted keys that went down, without auto-repeats.
type TraceKeys struct {
	T     []int64
	Class []KeyClass
	Dwell []int64 // ms, -1 if that is not known
	Field []int   // a place in Fields, -1 for none
}

// TraceInput is a change of a field. Keystrokes in a row are one.
type TraceInput struct {
	T     int64
	Field int    // a place in Fields
	How   string // typed, deleted, pasted, dropped, replaced, composed, undone, filled, autofilled, changed, edited, script or other
	N     int32  // change in length
}

// TraceScroll is where the document was scrolled to.
type TraceScroll struct {
	T    []int64
	Y    []int32
	P    []int
	Jump []bool // it counts as evidence
}

// TraceSpan is a time in which the visitor was not there.
type TraceSpan struct {
	Kind     string // hidden, blurred or outside
	From, To int64
}

// TracePaste is text that was brought into a field.
type TracePaste struct {
	T     int64
	Field int
	N     int32 // characters
}

// TraceMoment is when a check found its first or its best evidence.
type TraceMoment struct {
	Check string
	Which string // first or best
	T     int64
	Moment
}
