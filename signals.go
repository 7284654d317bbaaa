package gait

// What follows is measured for the checks beyond the API contracts.

// Physics is in what pieces the browser handed over what a mouse sent. A mouse
// sends more often than a screen draws, so that the browser puts several updates
// together; input that a program makes often comes one update to a move.
type Physics struct {
	Moves   uint32 // trusted, by a mouse
	Merged  uint32 // of these, put together from more than one update
	Samples uint32 // Raw counts that saw a move
	Updates uint32 // raw updates in them
	Sampled uint32 // moves in them
	Last    Moment // of Samples
}

// Tempo is when things were done, across pointer and keys. A run is trusted input
// with less than ActPause between its events.
type Tempo struct {
	// Acts are runs that began with the pointer at rest in a known place and came to
	// a press at least JumpDistance from it; Abrupt are those that came there within
	// AbruptTime of the run's beginning.
	Acts     uint32
	Abrupt   uint32
	Rests    Tally // ms of silence before abrupt acts
	AbruptAt Moment

	// Hasty presses came sooner than HastyTime after the release before, and at
	// least HastyDistance from it.
	Hasty uint32

	// Rapid counts fields that got text with no key within RapidTime of another
	// field that did.
	Rapid uint32

	// Handovers are times that text or a key followed a click within HandoverTime;
	// Snaps those that came within SnapTime of its release.
	Handovers uint32
	Snaps     uint32

	HasteAt Moment // the first of Hasty, Rapid and Snaps

	Submits uint32 // forms sent
	Hands   bool   // any trusted pointer, key, touch, wheel or change of a field was seen
}

// Thresholds of tempo. No hand goes from rest to a press 50 px away in 80 ms, nor
// from one press to another 200 px away in 60 ms: Fitts' law, with the constants
// that are usual for a mouse, gives more than twice as much.
const (
	ActPause      = 1000 // ms
	AbruptTime    = 80   // ms
	HastyTime     = 60   // ms
	HastyDistance = 200  // CSS px
	RapidTime     = 50   // ms
	HandoverTime  = 3000 // ms
	SnapTime      = 40   // ms: a person answers what a click did, and even what they planned takes both hands some time
)

// Pace compares a page's clock with the server's. Batches may come late for many
// reasons, so that a page's clock seems to fall behind; it cannot run ahead again
// and again.
type Pace struct {
	Batches uint32 // that could be compared with one before
	Rushed  uint32 // times that a page's clock gained RushedGain on twice the server's
	Gain    int64  // ms that it gained then, in all
	At      Moment // the first time
}

// RushedGain is how much, in ms, a page's clock has to be ahead of twice the time
// that the server saw go by.
const RushedGain = 5000

// Sketched counts the sketches that were made of a session.
type Sketched struct {
	Counts [SketchKinds]uint32
	Twin   Moment // when the server first said that another session is alike
}

// AgentVerified is the fact that a request was signed as an automated agent's: the
// name of the agent whose key fits.
const AgentVerified = "agent.verified"

// Actor is who or what seems to have been at work, in one word.
type Actor string

// The actors.
const (
	ActorUnknown    Actor = "unknown"
	ActorPerson     Actor = "person"
	ActorAssisted   Actor = "assisted person"       // with text that was brought along
	ActorVerified   Actor = "verified agent"        // that signs its requests
	ActorDeclared   Actor = "declared agent"        // that says what it is
	ActorUndeclared Actor = "undeclared automation" // that does not
)

// Presence is what was seen of anybody's hands.
type Presence string

// The states of presence.
const (
	PresenceSeen   Presence = "seen"   // input was seen
	PresenceNone   Presence = "none"   // none was, and nothing was sent either
	PresenceSilent Presence = "silent" // a form was sent, and no input was seen
)

// Sketch is the shape of one stretch of behaviour, small enough that many sessions'
// can be kept and compared.
type Sketch struct {
	Kind SketchKind

	// Shape of a path: eight points at equal shares of its time, first how far each
	// is along the straight line from start to end and then how far beside it, in
	// thousandths of the line's length. Of a rhythm: sixteen intervals from key to
	// key, in ms.
	Shape [16]int16
	Took  int32 // ms from the first to the last
}

// SketchKind is what a sketch is of.
type SketchKind uint8

// The kinds of sketch.
const (
	PathSketch   SketchKind = iota // a stroke of the mouse, between two rests
	RhythmSketch                   // a stretch of typing, behind a pause or at a field's start
	SketchKinds
)

// Facts about a session's likeness to others of its workspace. TwinOn says that
// sessions are compared at all; TwinPaths and TwinRhythm are as "4/5": of five
// sketches compared, four are like those of TwinSession.
const (
	TwinOn      = "twin"
	TwinSession = "twin.session"
	TwinPaths   = "twin.paths"
	TwinRhythm  = "twin.rhythm"
)
