package gait

// Kind says what an Event reports and so which of its fields mean anything.
// docs/wire.md lists them with their letters and field order.
type Kind uint8

// The kinds of event. Fields not named are zero.
const (
	KindNone   Kind = iota
	Open            // a document started: X,Y viewport size, Flags, Text its URL
	Navigate        // a route change inside the document: Text the new URL, Code a NavCode
	Life            // page life cycle and focus: Code is a LifeCode
	Resize          // X,Y the new viewport size
	Move            // pointer move: X,Y position, Flags, N coalesced events
	Press           // pointer down: X,Y, Flags, Code button, Target, OffX,OffY,BoxW,BoxH
	Release         // pointer up: X,Y, Flags, Code button
	Click           // click: X,Y, Flags, Code the event's detail, Target
	KeyDown         // Code a KeyClass, Slot, Flags, Target
	KeyUp           // Slot
	Input           // a field changed: Target, Code an InputCode, N change in length, Flags
	Paste           // Target, N length of the text
	Edited          // a secret field was changed, once per field: Target
	Scroll          // X,Y the new position, Flags, Target the scrolled element or -1 for the document
	Submit          // a form was sent: Target, Flags
	FieldFocus      // Target, Flags
	Describe        // describes a target: Target, Code a TargetCode, N a Purpose, Text its name
	Trait           // something the page read off the browser: Name, Text
	UserID          // Text
	Tags            // Text, comma separated
	Log             // an entry that the page asked for: Text
	Fact            // something the server looked up at arrival: Name, Text. Never accepted from a page.
	Wheel           // Y,X the wheel's turn, Code its unit (WheelEvent.deltaMode), N events merged, Flags
	Copy            // Target, Code 1 for a cut, N length of the text
	Identity        // what the page calls the user: Code an IdentityCode, Text
	Raw             // counted around a press: N raw pointer updates, Code pointer moves, X frames
	kindEnd
)

// Kinds is one more than the largest Kind.
const Kinds = int(kindEnd)

// Flags qualify an event.
type Flags int32

// The flags. The pointer's type takes two bits.
const (
	Untrusted  Flags = 1 << 0  // isTrusted was false: made by a script
	Touch      Flags = 1 << 1  // pointer type touch
	Pen        Flags = 1 << 2  // pointer type pen
	NoPointer  Flags = 1 << 3  // a click without a pointer: keyboard, assistive technology, script
	Repeat     Flags = 1 << 4  // key auto-repeat
	Composing  Flags = 1 << 5  // inside an IME composition
	Autofilled Flags = 1 << 6  // the field matched :autofill
	Hidden     Flags = 1 << 7  // the document was hidden at that moment
	Framed     Flags = 1 << 8  // the document is in a frame
	Smooth     Flags = 1 << 9  // scroll: the page asks for smooth scrolling
	Replaced   Flags = 1 << 10 // input: a selection was replaced
	Focusing   Flags = 1 << 11 // scroll: an element got the focus in the same moment
	flagsEnd         = 1 << 12
)

// FlagsMax is the largest valid combination of flags.
const FlagsMax = int32(flagsEnd - 1)

// Mouse reports whether the pointer was a mouse (or a touchpad).
func (f Flags) Mouse() bool { return f&(Touch|Pen|NoPointer) == 0 }

// LifeCode is the Code of a Life event.
type LifeCode int32

// The moments in a page's life.
const (
	PageHide     LifeCode = iota // the document is left (it may come back from the cache)
	PageShow                     // back from the back/forward cache
	BecameHidden                 // visibilityState turned hidden
	BecameShown                  // visibilityState turned visible
	WindowBlur                   // the window lost focus
	WindowFocus                  // the window got focus
	PointerLeft                  // the pointer left the document
	PointerEntered
	lifeEnd
)

// LifeMax is the largest valid LifeCode.
const LifeMax = int32(lifeEnd - 1)

// NavCode says how a route came to change.
type NavCode int32

// The ways a route changes.
const (
	NavOther    NavCode = iota
	NavPush             // history.pushState, or a link
	NavReplace          // history.replaceState
	NavTraverse         // back and forward
	NavHash             // only the fragment changed, which is not sent
	navEnd
)

// NavMax is the largest valid NavCode.
const NavMax = int32(navEnd - 1)

// IdentityCode says what an Identity event holds.
type IdentityCode int32

// What a page may say of its user beside the id.
const (
	IdentityName IdentityCode = iota
	IdentityURL
	identityEnd
)

// IdentityMax is the largest valid IdentityCode.
const IdentityMax = int32(identityEnd - 1)

// KeyClass is all that is known of a key: its class, never which one.
type KeyClass int32

// The classes of key.
const (
	KeyLetter KeyClass = iota
	KeyDigit
	KeySpace
	KeyPunctuation
	KeyErase // backspace or delete
	KeyEnter
	KeyTab
	KeyArrow    // arrows, Home, End, Page Up, Page Down
	KeyModifier // Shift, Control, Alt, Meta, AltGraph, Caps Lock
	KeyShortcut // any key while Control, Alt or Meta is held
	KeyOther
	keyClassEnd
)

// KeyClassMax is the largest valid KeyClass.
const KeyClassMax = int32(keyClassEnd - 1)

// Character reports whether the class puts a character into a field.
func (c KeyClass) Character() bool { return c <= KeyPunctuation }

// KeySlots is how many keys may be held at a time; Event.Slot is below it. The
// slot pairs a KeyUp with its KeyDown without saying which key it was.
const KeySlots = 8

// InputCode says how a field came to change, from InputEvent.inputType.
type InputCode int32

// The ways a field changes.
const (
	InputOther       InputCode = iota
	InputInsert                // insertText, insertLineBreak
	InputDelete                // delete*
	InputPaste                 // insertFromPaste, insertFromPasteAsQuotation, insertFromYank
	InputDrop                  // insertFromDrop, deleteByDrag
	InputReplacement           // insertReplacementText: spell checker, autofill
	InputComposition           // insertCompositionText, insertFromComposition, dictation
	InputHistory               // historyUndo, historyRedo
	InputUntyped               // an input event without an inputType (some autofills, scripts)
	InputChange                // a change event of a control without text: select, checkbox, radio, file, …
	inputEnd
)

// InputMax is the largest valid InputCode.
const InputMax = int32(inputEnd - 1)

// TargetCode is what kind of element a target is.
type TargetCode int32

// The kinds of target.
const (
	TargetOther TargetCode = iota
	TargetButton
	TargetLink
	TargetText   // a one-line text field
	TargetArea   // a textarea
	TargetEdit   // contenteditable
	TargetSelect // select
	TargetCheck  // checkbox or radio
	TargetLabel  // label
	TargetSecret // password, one-time code or card field
	TargetForm   // form
	TargetPicker // date, time, colour, range and file inputs
	targetEnd
)

// TargetMax is the largest valid TargetCode.
const TargetMax = int32(targetEnd - 1)

// Purpose is what a field's autocomplete attribute or type says it is for.
type Purpose int32

// The purposes of fields that matter to judging.
const (
	PurposeNone Purpose = iota
	PurposeUsername
	PurposeEmail
	PurposePassword
	PurposeOneTimeCode
	PurposeAddress
	PurposeCard
	PurposePhone
	PurposeName
	purposeEnd
)

// PurposeMax is the largest valid Purpose.
const PurposeMax = int32(purposeEnd - 1)

// Event is one observation. It is flat on purpose: a batch is one slice that is
// decoded, folded and reused without an allocation per event.
type Event struct {
	Kind Kind
	T    Tick // since the page's time origin

	Flags  Flags
	Code   int32
	Slot   int32
	Target int32 // the page's number for the element, -1 for none
	N      int32

	X, Y       int32 // CSS px, in the viewport unless the kind says otherwise
	OffX, OffY int32 // 0.1 CSS px: from the target's top left corner
	BoxW, BoxH int32 // 0.1 CSS px: the target's size

	Name, Text string
}
