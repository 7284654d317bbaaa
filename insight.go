package gait

import "context"

// Label is what somebody who looked at a session says it was.
type Label string

// The labels. "" is none.
const (
	LabelPerson  Label = "person"
	LabelMachine Label = "machine"
	LabelUnsure  Label = "unsure"
)

// LabelOf is a label with its author.
type LabelOf struct {
	Session SessionID
	Label   Label
	At      int64 // Unix ms
	By      AccountID
	ByName  string
}

// Facet is a property that sessions are counted by.
type Facet string

// The facets.
const (
	FacetScore   Facet = "score"   // terms "0" to "100"
	FacetFlag    Facet = "flag"    // keys of checks that said Detected
	FacetUnknown Facet = "unknown" // keys of checks that said Unknown
	FacetRoute   Facet = "route"
	FacetTag     Facet = "tag"
	FacetCountry Facet = "country" // ISO 3166 alpha-2
	FacetDevice  Facet = "device"  // desktop, phone, tablet, other
	FacetBrowser Facet = "browser" // the family's name
	FacetActor   Facet = "actor"
)

// Count is how many sessions there are, and how many of them scored so high.
type Count struct {
	Sessions int
	Suspect  int // score of 50 or more
	Machine  int // score of 70 or more
}

// TermCount is one term's count over one span of time.
type TermCount struct {
	Term  string
	Start int64 // Unix ms, of the span; 0 where spans were summed
	Count
}

// MaxTerms is how many terms of a facet are counted in one span at least, where
// visitors and pages choose the terms. An engine may leave out those that come later.
const MaxTerms = 1000

// VerdictKeys returns the keys of the checks in the order of the letters of
// SessionRow.Verdicts. Package check lists the checks themselves, and holds this
// list to its own in a test.
func VerdictKeys() []string {
	return []string{
		"agent_behavior", "programmatic_typing", "teleporting_mouse", "no_corrections", "all_pasted",
		"jump_scrolling", "centered_clicks", "programmatic_clicking", "external_input",
		"bot", "virtual_machine", "software_renderer", "vpn", "tor", "location_spoofing",
		"synthetic_input", "replayed_behavior", "think_act_rhythm", "impossible_timing", "inconsistent_clock",
	}
}

// The spans that counts are kept by, in ms.
const (
	Hour int64 = 3_600_000
	Day        = 24 * Hour
)

// TermQuery selects counts of one workspace and facet by the start of sessions.
// Terms that nobody has any more are left out.
// Since and Until are rounded down and up to whole spans.
type TermQuery struct {
	Workspace WorkspaceID
	Facet     Facet
	Since     int64 // Unix ms, inclusive
	Until     int64 // Unix ms, exclusive
	Span      int64 // Hour or Day
	Sum       bool  // over the whole time, one a term
	Limit     int   // with Sum: the terms with the most sessions; 0 is all
}

// UserRow is what is known of one of a site's users from its sessions.
type UserRow struct {
	UserID, UserName, UserURL string
	First, Last               int64 // Unix ms, starts of sessions
	MaxScore                  int
	Count
}

// UserPlace is a place in a list that is ordered by Last, descending, and then by
// UserID. The zero UserPlace is the start.
type UserPlace struct {
	Last   int64 // Unix ms
	UserID string
}

// UserQuery selects users of one workspace, latest first and then by id.
type UserQuery struct {
	Workspace WorkspaceID
	After     UserPlace // users strictly behind it
	Through   UserPlace // users not behind it; the zero UserPlace is the end of the list
	UserID    string    // exactly this one; "" means any
	Text      string    // contained in the id, name or URL, whatever the case of ASCII letters; "" means any
	Limit     int       // at least 1
}

// Pattern is a set of verdicts with how many sessions have it and what they score.
type Pattern struct {
	Verdicts string
	Score    int // as stored
	Sessions int
	Sample   SessionID // the newest one
}

// InsightStore answers about many sessions at once. Counts follow rows in the
// commit that stores these. All methods are safe for concurrent use.
type InsightStore interface {
	// TermCounts returns counts, by Start and then by Sessions, most first, and
	// then by Term. It fails with Invalid for a span that is not kept.
	TermCounts(ctx context.Context, q TermQuery) ([]TermCount, error)

	// CountSessions returns how many rows q selects, at most q.Limit. A limit below
	// 1 is Invalid.
	CountSessions(ctx context.Context, q SessionQuery) (int, error)

	// Users returns at most q.Limit users. A limit below 1 is Invalid.
	Users(ctx context.Context, q UserQuery) ([]UserRow, error)

	// ReachUsers is to Users as Reach is to Sessions: the place of the n-th user
	// behind q.After, or the zero UserPlace if none comes behind it.
	ReachUsers(ctx context.Context, q UserQuery, n int) (UserPlace, error)

	// Patterns groups the sessions started since (Unix ms) by verdicts and score,
	// those with the most sessions first. Rows without verdicts are left out.
	Patterns(ctx context.Context, w WorkspaceID, since int64) ([]Pattern, error)

	// PutLabel sets a session's label, or takes it away if it is "". It fails
	// with NotFound for a session without a row.
	PutLabel(ctx context.Context, w WorkspaceID, l LabelOf) error
	LabelOf(ctx context.Context, w WorkspaceID, s SessionID) (LabelOf, error)

	// RestaleSessions marks at most limit sessions of w whose row was made by
	// another policy version than the given one, those of the highest version
	// first and of one version the newest, and returns how many. Those that are marked already, and those without batches, are left out.
	RestaleSessions(ctx context.Context, w WorkspaceID, version, limit int) (int, error)

	// Restaled returns at most limit sessions that RestaleSessions marked, or an
	// upgrade of the engine did, oldest mark first. They are apart from those of
	// Stale, as their rows are right for what is stored and can wait. PutSessions
	// takes the mark off.
	Restaled(ctx context.Context, limit int) ([]SessionRef, error)

	// DeleteSessions deletes sessions of w that started and ended before the given
	// moment (Unix ms) by their row, with their batches, rows, labels and counts, in one
	// commit, those that started first first, at most limit, and returns their ids.
	// Those of Stale stay: their row does not tell of what came last.
	DeleteSessions(ctx context.Context, w WorkspaceID, before int64, limit int) ([]SessionID, error)
}
