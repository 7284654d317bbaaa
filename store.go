package gait

import (
	"context"
	"encoding/hex"
	"time"
)

// Receipt says what became of an appended record.
type Receipt struct {
	Duplicate bool // the key was stored before; nothing changed
	Batches   int  // of the session, this one included
}

// SessionLimits bound what one session may store.
type SessionLimits struct {
	Batches int   // at most; 0 means no limit
	Bytes   int64 // of Record.Data, at most; 0 means no limit
}

// BatchStore keeps batches: the truth that everything else is folded from.
// Engines may group concurrent appends into one commit and may return them in
// any order. All methods are safe for concurrent use.
type BatchStore interface {
	// Append stores r and returns once it would survive the process being
	// killed and the power failing. Appending a key that is stored already
	// changes nothing and reports Duplicate, whatever the data. The first
	// record of a session binds its secret; a record with another one fails
	// with Forbidden, even if its key is stored. A new record that would take
	// its session beyond the limits fails with TooLarge, a full or failing disk
	// with Unavailable; a failed append stores nothing. A cancelled ctx may
	// leave the record stored. The caller may reuse r.Data afterwards.
	Append(ctx context.Context, r Record) (Receipt, error)

	// Batches calls yield with every record of a session, ordered by page and
	// sequence number, until it returns false. An unknown session yields none.
	// The record's Data is only valid during the call. Records that are appended
	// meanwhile are yielded or not. yield may call the store, but for Close.
	Batches(ctx context.Context, w WorkspaceID, s SessionID, yield func(Record) bool) error

	// CountBatches returns how many records the session has, 0 for an unknown one.
	CountBatches(ctx context.Context, w WorkspaceID, s SessionID) (int, error)
}

// SessionRef names a session.
type SessionRef struct {
	Workspace WorkspaceID
	Session   SessionID
}

// SessionRow is what lists show of a session. It is derived from the batches
// and may be thrown away and made again.
type SessionRow struct {
	SessionRef
	Batches       int   // that the row was derived from
	Started       int64 // Unix ms
	Ended         int64 // last event, Unix ms
	LastArrival   int64 // Unix ms
	Events        int
	Score         int
	PolicyVersion int      // names the policy among all that judged the workspace's sessions
	Detected      []string // keys of the checks that fired, in the order of the contract
	URL           string
	UserAgent     string
	UserID        string
	UserName      string
	UserURL       string
	Tags          []string

	Masked   int      // the score without environment and network
	Verdicts string   // one letter a check, in the order of package check's list: D, N or U
	Actor    Actor    // "" in rows that were made before it was kept
	Presence Presence // likewise
	Country  string   // ISO 3166 alpha-2, "" if unknown
	Device   string   // desktop, phone, tablet, other, or "" if unknown
	Browser  string   // the family's name, "" if unknown
	OS       string   // likewise
	Routes   []string // paths of the pages seen, sorted, at most MaxRoutes
	Label    Label    // kept by PutLabel; PutSessions leaves it as it is
}

// MaxRoutes is how many paths a session's row holds.
const MaxRoutes = 16

// Cursor is a place in a list that is ordered by Started and then Session, both
// descending. The zero Cursor is the start.
type Cursor struct {
	Started int64
	Session SessionID
}

// SessionQuery selects session rows of one workspace, newest first.
type SessionQuery struct {
	Workspace     WorkspaceID
	After         Cursor // rows strictly behind it
	Through       Cursor // rows not behind it; the zero Cursor is the end of the list
	Limit         int    // at least 1
	ArrivedBefore int64  // LastArrival below it; 0 means any
	ArrivedSince  int64  // LastArrival at or above it; 0 means any
	MinScore      int    // at or above; 0 means any
	StartedSince  int64  // Started at or above; 0 means any
	StartedUntil  int64  // Started at or below; 0 means any
	UserID        string // exactly this one; "" means any
	Tag           string // exactly this one among Tags; "" means any

	// What follows is looked at row by row. "" and 0 mean any.
	MaxScore int    // at or below; 0 means any
	Verdicts string // as SessionRow.Verdicts, with a dot where any will do; "" means any
	Route    string // exactly this one among Routes
	Country  string
	Device   string
	Browser  string
	Actor    Actor
	Label    Label
	Text     string // contained in the session's id, URL, user's id or name, or a tag, whatever the case of ASCII letters
}

// SessionStore keeps the derived rows. All methods are safe for concurrent use.
type SessionStore interface {
	// Stale returns at most limit sessions with batches whose row is missing or
	// was derived from another number of batches than are stored, oldest mark
	// first. Every append of a new record makes its session stale, durably and
	// in the same commit. A limit below 1 is Invalid.
	Stale(ctx context.Context, limit int) ([]SessionRef, error)

	// PutSessions inserts or replaces rows in one commit. A session stops being
	// stale if its row's Batches is the number of its stored records; otherwise
	// it is marked anew, behind the others.
	PutSessions(ctx context.Context, rows []SessionRow) error

	// Sessions returns at most q.Limit rows. A limit below 1 is Invalid.
	Sessions(ctx context.Context, q SessionQuery) ([]SessionRow, error)

	// Reach returns the place that a search of q comes to with n rows, so that
	// Through can bound what one search takes: the place of the n-th row behind
	// q.After, among those of q's times of start and of its tag, or else its user, or
	// else its label. It is the zero Cursor if none comes behind it, or if few
	// sessions arrived since q.ArrivedSince and the engine can find them by that.
	// q.Limit and the other filters mean nothing here. An n below 1 is Invalid.
	Reach(ctx context.Context, q SessionQuery, n int) (Cursor, error)
}

// Workspace is one tenant.
type Workspace struct {
	ID            WorkspaceID
	Name          string
	IntegrationID string   // 8 hexadecimal digits, public
	SiteKey       string   // public, starts with SiteKeyPrefix
	Origins       []string // pages that may report, as scheme://host[:port]; empty means any
	Tier          string   // free, pro or enterprise: NotAI's limits
	Created       int64    // Unix ms
}

// The prefixes of keys.
const (
	SiteKeyPrefix   = "pub-"
	SecretKeyPrefix = "sk-"
	NotAIKeyPrefix  = "aik_v1_"
)

// Dialect is the API that a key speaks.
type Dialect string

// The dialects with keys of their own.
const (
	Roundtable Dialect = "roundtable"
	NotAI      Dialect = "notai"
)

// What a key may be for. Each scope stands for itself: admin does not include read.
const (
	ScopeRead  = "read"  // asking for answers
	ScopeAdmin = "admin" // changing the workspace
)

// Key is an API key as it is kept: hashed.
type Key struct {
	Hash      [32]byte // SHA-256 of the whole key
	Workspace WorkspaceID
	Dialect   Dialect
	Hint      string    // the key's prefix and last four characters, to show
	Name      string    // what it is for, as people say it
	Scopes    []string  // what it may be used for; none is nothing
	By        AccountID // who made it, or who made the key that made it; 0 for the command line
	Created   int64     // Unix ms
	Expires   int64     // Unix ms, from when on it is not valid; 0 is never
	LastUsed  int64     // Unix ms, to the minute; 0 is never
	Revoked   int64     // Unix ms; 0 is not
}

// ID names a key to people, who cannot be asked for the key itself.
func (k Key) ID() string { return hex.EncodeToString(k.Hash[:6]) }

// KeyUse says when a key was used.
type KeyUse struct {
	Hash [32]byte
	At   int64 // Unix ms
}

// WorkspaceStore keeps tenants and their keys. Lookups of what does not exist
// fail with NotFound. All methods are safe for concurrent use.
type WorkspaceStore interface {
	// CreateWorkspace stores w and its keys in one commit and returns w with its
	// ID, which the store gives; the keys become that workspace's. It fails with
	// Invalid, storing nothing, if another has its IntegrationID, its SiteKey or
	// the hash of a key.
	CreateWorkspace(ctx context.Context, w Workspace, keys []Key) (Workspace, error)
	WorkspaceByID(ctx context.Context, id WorkspaceID) (Workspace, error)
	WorkspaceBySiteKey(ctx context.Context, siteKey string) (Workspace, error)
	// Workspaces returns all, in the order they were created.
	Workspaces(ctx context.Context) ([]Workspace, error)

	// CreateKey stores k. It fails with NotFound if its workspace does not exist
	// and with Invalid if its hash is taken.
	CreateKey(ctx context.Context, k Key) error
	// KeyByHash returns a key of any workspace, also one that expired or was
	// revoked.
	KeyByHash(ctx context.Context, hash [32]byte) (Key, error)
	// Keys returns all keys of a workspace, none for an unknown one, in the order
	// of Created and then of the hash.
	Keys(ctx context.Context, w WorkspaceID) ([]Key, error)
	// RevokeKey ends a key of w at the given moment (Unix ms). One that was
	// revoked before stays as it is. It fails with NotFound if w has no such key.
	RevokeKey(ctx context.Context, w WorkspaceID, hash [32]byte, at int64) error
	// TouchKeys raises LastUsed of keys in one commit. It lowers none, and leaves
	// out keys that do not exist.
	TouchKeys(ctx context.Context, uses []KeyUse) error
}

// Store is everything an engine offers. Once it is closed, or ctx is over, every
// method fails with Unavailable; the error then wraps ctx's.
type Store interface {
	BatchStore
	SessionStore
	WorkspaceStore
	AccountStore
	SettingsStore
	InsightStore
	// Ping reports whether the engine can answer and accept now.
	Ping(ctx context.Context) error
	// Close waits for calls under way, then releases the engine. Closing again
	// does nothing.
	Close() error
}

// Now is how rooms that may ask the time do so; tests set their own.
type Now func() time.Time
