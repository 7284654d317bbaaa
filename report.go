package gait

import "time"

// Verdict is one of the three words that a check may say.
type Verdict uint8

// The verdicts. The zero value is Unknown: a check that says nothing knows nothing.
const (
	Unknown Verdict = iota
	NotDetected
	Detected
)

// String returns the word as both APIs spell it.
func (v Verdict) String() string {
	switch v {
	case Detected:
		return "Detected"
	case NotDetected:
		return "Not detected"
	default:
		return "Unknown"
	}
}

// Group is a family of checks that see the same thing. Only the strongest
// member of a group counts towards the score.
type Group string

// The groups.
const (
	PointerGroup     Group = "pointer"
	TextGroup        Group = "text"
	ScrollGroup      Group = "scroll"
	ReplayGroup      Group = "replay" // the same behaviour as in another session
	RhythmGroup      Group = "rhythm"
	EnvironmentGroup Group = "environment"
	NetworkGroup     Group = "network"
)

// Behavioural reports whether the group is about what hands did.
func (g Group) Behavioural() bool { return g != EnvironmentGroup && g != NetworkGroup }

// Check is one question asked of every session.
type Check struct {
	Key    string // as in the API contracts, snake_case
	Title  string // in words
	Group  Group
	Fact   bool // states what happened and accuses nobody: see docs/checks.md
	Device bool // reported among the device checks, not the biometric ones

	// Judge answers from the features alone: no clock, no I/O, no state. It
	// must not change them, and fills in everything of the Answer but Check.
	Judge func(*Features) Answer
}

// Answer is what a check said and why.
type Answer struct {
	Check    *Check
	Verdict  Verdict
	Summary  string // the evidence in one sentence: "4 of 4 clicks within 0.5 px of the centre"
	Reason   string // for Unknown: what is missing or in the way
	Samples  int    // how many observations the answer rests on
	Measures []Measure
	First    Moment // when the first evidence came; zero unless Detected
	Best     Moment // when the strongest evidence came
}

// Measure is one number behind an answer.
type Measure struct {
	Name      string // snake_case
	Value     float64
	Unit      string // "", "ms", "px", "keys", …
	Threshold float64
	Fires     string // when Value compares so with Threshold it is evidence: "<", "<=", ">", ">=", or "" for context
}

// Action is the advice that goes with a score.
type Action string

// The actions, as the Roundtable contract spells them.
const (
	AutoAccept    Action = "Auto-accept"
	AcceptMonitor Action = "Accept with monitoring"
	ManualReview  Action = "Manual review or require additional verification"
	AutoReject    Action = "Auto-reject or high-priority review"
	ActionUnknown Action = "Unknown"
)

// Assessment is the score and how it came about.
type Assessment struct {
	Score         int     // 0 to 100
	Masked        int     // what Score would be with environment and network answers set to Unknown
	Base          float64 // log-odds before any evidence
	LogOdds       float64 // Base and all that was counted
	Cap           int     // the most that this kind of evidence allows
	CapReason     string
	Action        Action
	Explanation   string
	PolicyVersion int
	Contributions []Contribution // one for each answer, in the order of the checks
}

// Contribution is what one answer did to the score.
type Contribution struct {
	Check    string
	Group    Group
	Weight   float64 // log-odds that the policy gives this verdict
	Applied  float64 // what went into the sum
	Note     string  // why Applied differs from Weight, if it does
	Measured bool    // the weight comes from measured error rates; else it is provisional
}

// LogEntry is one sentence of the action log.
type LogEntry struct {
	Text string
	At   int64 // Unix ms, aligned to the server's clock
}

// Status says whether a session may still grow.
type Status string

// The states of a session.
const (
	Live     Status = "Live"
	Complete Status = "Complete"
)

// IdleTimeout is how long after its last batch a session counts as live.
const IdleTimeout = 30 * time.Minute

// Report is everything that is known of one session.
type Report struct {
	Session    SessionID
	Features   Features
	Answers    []Answer // one for each check, in the order of the contract
	Beyond     []Answer // of the checks that no contract names
	Assessment Assessment
	Log        []LogEntry
	LogCut     int // entries left out of Log because there were too many
	Status     Status

	Presence    Presence
	Actor       Actor
	ActorReason string // in words

	MonitorOnly bool // the workspace only watches: Assessment.Action is AutoAccept whatever the score
}

// StatusAt tells Live from Complete at the given time of day (Unix ms).
func StatusAt(lastArrival, now int64) Status {
	if now-lastArrival < IdleTimeout.Milliseconds() {
		return Live
	}
	return Complete
}
