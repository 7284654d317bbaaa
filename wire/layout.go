// Package wire is the batch format: what a page may send, how it is checked and
// how it is stored. docs/wire.md describes it for people; layout.go is the same
// table for the program.
package wire

import "github.com/gaithq/gait"

// Limits of one batch. A body beyond them is refused before it is read further.
const (
	Version = 1

	MaxBody         = 256 << 10 // bytes as received
	MaxDecompressed = 1 << 20   // bytes once decompressed
	MaxEvents       = 5000
	MaxSeq          = 1_000_000
	MaxOrigin       = 8_640_000_000_000_000 // the last moment a browser's Date can hold, Unix ms
	MaxTicks        = 400 * 24 * 3600 * 1000 * gait.TicksPerMillisecond
	MaxSiteKey      = 64

	// lateness is how far an event may lie after the moment its batch was sent.
	lateness = 1000 * gait.TicksPerMillisecond
)

// field is one position in an event's array.
type field uint8

const (
	x field = iota
	y
	flags
	code
	target
	n
	slot
	offX
	offY
	boxW
	boxH
	name
	text
)

var fieldNames = [...]string{"x", "y", "flags", "code", "target", "n", "slot", "offx", "offy", "boxw", "boxh", "name", "text"}

func (f field) String() string { return fieldNames[f] }

// number returns where in e a numeric field lives.
func (f field) number(e *gait.Event) *int32 {
	switch f {
	case x:
		return &e.X
	case y:
		return &e.Y
	case flags:
		return (*int32)(&e.Flags)
	case code:
		return &e.Code
	case target:
		return &e.Target
	case n:
		return &e.N
	case slot:
		return &e.Slot
	case offX:
		return &e.OffX
	case offY:
		return &e.OffY
	case boxW:
		return &e.BoxW
	default:
		return &e.BoxH
	}
}

// layout is how one kind of event is written.
type layout struct {
	letter  byte
	name    string
	fields  []field
	codes   span // bounds of code, and of n where n is a code too
	ns      span
	maxText int // bytes
}

// span is a closed range.
type span struct{ min, max int32 }

const (
	maxCoordinate = 100_000_000
	maxBox        = 10_000_000
	maxCount      = 10_000_000
	maxTarget     = 65_535
	maxName       = 32
)

var (
	counts   = span{-maxCount, maxCount}
	buttons  = span{-1, 31}
	details  = span{0, 1000}
	lives    = span{0, gait.LifeMax}
	classes  = span{0, gait.KeyClassMax}
	inputs   = span{0, gait.InputMax}
	targets  = span{0, gait.TargetMax}
	purposes = span{0, gait.PurposeMax}
	navs     = span{0, gait.NavMax}
	modes    = span{0, 2} // WheelEvent.deltaMode
	cuts     = span{0, 1}
	names    = span{0, gait.IdentityMax}
	natural  = span{0, maxCount}
)

// layouts has one row for each kind; the order of fields is the format.
var layouts = [gait.Kinds]layout{
	gait.Open:       {letter: 'o', name: "open", fields: []field{x, y, flags, text}, maxText: 2048},
	gait.Navigate:   {letter: 'n', name: "navigate", fields: []field{text, code}, codes: navs, maxText: 2048},
	gait.Life:       {letter: 'l', name: "life", fields: []field{code}, codes: lives},
	gait.Resize:     {letter: 'z', name: "resize", fields: []field{x, y}},
	gait.Move:       {letter: 'm', name: "move", fields: []field{x, y, flags, n}, ns: counts},
	gait.Press:      {letter: 'd', name: "press", fields: []field{x, y, flags, code, target, offX, offY, boxW, boxH}, codes: buttons},
	gait.Release:    {letter: 'u', name: "release", fields: []field{x, y, flags, code}, codes: buttons},
	gait.Click:      {letter: 'c', name: "click", fields: []field{x, y, flags, code, target}, codes: details},
	gait.KeyDown:    {letter: 'k', name: "keydown", fields: []field{code, slot, flags, target}, codes: classes},
	gait.KeyUp:      {letter: 'K', name: "keyup", fields: []field{slot}},
	gait.Input:      {letter: 'i', name: "input", fields: []field{target, code, n, flags}, codes: inputs, ns: counts},
	gait.Paste:      {letter: 'p', name: "paste", fields: []field{target, n}, ns: counts},
	gait.Edited:     {letter: 'e', name: "edited", fields: []field{target}},
	gait.Scroll:     {letter: 's', name: "scroll", fields: []field{x, y, flags, target}},
	gait.Submit:     {letter: 'S', name: "submit", fields: []field{target, flags}},
	gait.FieldFocus: {letter: 'f', name: "focus", fields: []field{target, flags}},
	gait.Describe:   {letter: 't', name: "describe", fields: []field{target, code, n, text}, codes: targets, ns: purposes, maxText: 240},
	gait.Trait:      {letter: 'a', name: "trait", fields: []field{name, text}, maxText: 512},
	gait.UserID:     {letter: 'U', name: "user", fields: []field{text}, maxText: 1024},
	gait.Tags:       {letter: 'T', name: "tags", fields: []field{text}, maxText: 1024},
	gait.Log:        {letter: 'g', name: "log", fields: []field{text}, maxText: 256},
	gait.Fact:       {letter: '=', name: "fact", fields: []field{name, text}, maxText: 512},
	gait.Wheel:      {letter: 'w', name: "wheel", fields: []field{y, x, code, n, flags}, codes: modes, ns: natural},
	gait.Copy:       {letter: 'y', name: "copy", fields: []field{target, code, n}, codes: cuts, ns: natural},
	gait.Identity:   {letter: 'I', name: "identity", fields: []field{code, text}, codes: names, maxText: 1024},
	gait.Raw:        {letter: 'r', name: "raw", fields: []field{n, code, x}, codes: natural, ns: natural},
}

// kindOf finds the kind of a letter, KindNone for an unknown one.
func kindOf(letter byte) gait.Kind {
	for k := range layouts {
		if layouts[k].letter == letter && letter != 0 {
			return gait.Kind(k)
		}
	}
	return gait.KindNone
}

// bounds returns the range of a numeric field in events of this layout.
func (l *layout) bounds(f field) span {
	switch f {
	case x, y:
		return span{-maxCoordinate, maxCoordinate}
	case flags:
		return span{0, gait.FlagsMax}
	case code:
		return l.codes
	case target:
		return span{-1, maxTarget}
	case n:
		return l.ns
	case slot:
		return span{0, gait.KeySlots - 1}
	default:
		return span{-maxBox, maxBox}
	}
}
