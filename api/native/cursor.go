package native

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"

	"github.com/gaithq/gait"
)

// A cursor is the kind of list, a place in it and a checksum that also covers the
// workspace, as base64url. The checksum keeps mistakes out, not people: there is
// nothing to be seen at any place that the caller could not see anyway.

// The kinds of list that cursors are for.
const (
	sessionsCursor = 's'
	usersCursor    = 'u'
	auditCursor    = 'a'
	logCursor      = 'l'
)

const (
	cursorSumLen = 4
	cursorMax    = 2 * textMax // characters
)

func cursorText(kind byte, w gait.WorkspaceID, place []byte) string {
	b := append([]byte{kind}, place...)
	b = binary.BigEndian.AppendUint32(b, cursorSum(w, b))
	return base64.RawURLEncoding.EncodeToString(b)
}

// parseCursor returns the place in a cursor that cursorText made.
func parseCursor(kind byte, w gait.WorkspaceID, s string) ([]byte, bool) {
	if len(s) > cursorMax {
		return nil, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) < 1+cursorSumLen || b[0] != kind {
		return nil, false
	}
	body, sum := b[:len(b)-cursorSumLen], binary.BigEndian.Uint32(b[len(b)-cursorSumLen:])
	return body[1:], sum == cursorSum(w, body)
}

func cursorSum(w gait.WorkspaceID, body []byte) uint32 {
	return crc32.ChecksumIEEE(binary.BigEndian.AppendUint64(append([]byte{}, body...), uint64(w)))
}

// place returns what the parameter cursor says, nil for the start of the list.
func (p *params) place(kind byte, w gait.WorkspaceID) []byte {
	s := p.text("cursor")
	if s == "" {
		return nil
	}
	b, ok := parseCursor(kind, w, s)
	if !ok {
		p.fail("cursor", "this is no cursor of this list")
	}
	return b
}

// numberPlace is place for lists whose places are one number above 0. 0 is the start.
func (p *params) numberPlace(kind byte, w gait.WorkspaceID) int64 {
	b := p.place(kind, w)
	if p.err != nil || b == nil {
		return 0
	}
	if len(b) != 8 || int64(binary.BigEndian.Uint64(b)) < 1 {
		p.fail("cursor", "this is no cursor of this list")
		return 0
	}
	return int64(binary.BigEndian.Uint64(b))
}

func numberCursor(kind byte, w gait.WorkspaceID, n int64) string {
	return cursorText(kind, w, binary.BigEndian.AppendUint64(nil, uint64(n)))
}

// sessionPlace is place for lists of sessions.
func (p *params) sessionPlace(w gait.WorkspaceID) gait.Cursor {
	var c gait.Cursor
	b := p.place(sessionsCursor, w)
	if p.err != nil || b == nil {
		return c
	}
	if len(b) != 8+len(c.Session) {
		p.fail("cursor", "this is no cursor of this list")
		return c
	}
	c.Started = int64(binary.BigEndian.Uint64(b))
	copy(c.Session[:], b[8:])
	return c
}

func sessionCursor(w gait.WorkspaceID, c gait.Cursor) string {
	return cursorText(sessionsCursor, w, append(binary.BigEndian.AppendUint64(nil, uint64(c.Started)), c.Session[:]...))
}
