// Package gait holds the nouns and contracts of the product: what a page
// reports (Event, Batch), what is stored of it (Record), what is folded from it
// (Features), what is concluded (Answer, Assessment, Report) and the interfaces
// that storage engines keep. Every other package imports this one and, but for
// the two that wire things together (judge and cmd/gait), none of its siblings.
//
// Units, everywhere: a Tick is a tenth of a millisecond; times of day are Unix
// milliseconds; lengths are CSS pixels, and where a sub-pixel matters (press
// offsets and target boxes) tenths of a CSS pixel.
package gait

import (
	"encoding/hex"
	"fmt"
	"time"
)

// Tick is a duration or a moment since a page's time origin, in units of
// 0.1 ms, the finest that browsers hand out without cross-origin isolation.
type Tick int64

// TicksPerMillisecond converts between Tick and milliseconds.
const TicksPerMillisecond = 10

// Milliseconds returns t in milliseconds.
func (t Tick) Milliseconds() float64 { return float64(t) / TicksPerMillisecond }

// Duration returns t as a time.Duration.
func (t Tick) Duration() time.Duration { return time.Duration(t) * 100 * time.Microsecond }

// WorkspaceID names a tenant. Every row and every query carries one.
type WorkspaceID int64

// SessionID is the 128-bit random name that a page gives to its tab's session.
type SessionID [16]byte

// String returns the 32 hexadecimal digits that pages and clients use.
func (id SessionID) String() string { return hex.EncodeToString(id[:]) }

// ParseSessionID reads the form that String writes.
func ParseSessionID(s string) (SessionID, error) {
	var id SessionID
	return id, parseHex(id[:], s, "session id")
}

// PageID is the 64-bit random name of one document within a session. It lives
// as long as the document, through the back/forward cache, and is never stored
// by the browser.
type PageID [8]byte

// String returns the 16 hexadecimal digits that pages use.
func (id PageID) String() string { return hex.EncodeToString(id[:]) }

// ParsePageID reads the form that String writes.
func ParsePageID(s string) (PageID, error) {
	var id PageID
	return id, parseHex(id[:], s, "page id")
}

func parseHex(dst []byte, s, what string) error {
	if len(s) != hex.EncodedLen(len(dst)) {
		return fmt.Errorf("%s: want %d hexadecimal digits, have %d characters", what, hex.EncodedLen(len(dst)), len(s))
	}
	if _, err := hex.Decode(dst, []byte(s)); err != nil {
		return fmt.Errorf("%s: not hexadecimal", what)
	}
	return nil
}

// SecretHash is the SHA-256 of the secret that a session's page keeps beside
// its id. The first stored batch binds it; a batch with another is refused.
type SecretHash [32]byte

// Batch is one validated parcel of events from one page.
type Batch struct {
	Session SessionID
	Page    PageID
	Seq     uint32  // 0, 1, 2, … within the page
	Origin  int64   // the page's time origin by the visitor's clock, Unix ms
	Sent    Tick    // since Origin, when this batch was sent
	Arrived int64   // first arrival by the server's clock, Unix ms
	Events  []Event // at least one, in the order of their times
}

// Record is a batch as it is stored: packed by package wire, without its
// secret, beside what identifies it. Its key is (Workspace, Session, Page, Seq).
type Record struct {
	Workspace WorkspaceID
	Session   SessionID
	Secret    SecretHash
	Page      PageID
	Seq       uint32
	Arrived   int64 // first arrival by the server's clock, Unix ms
	Data      []byte
}
