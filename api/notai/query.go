package notai

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gaithq/gait"
)

// tier is what a workspace's tier allows.
type tier struct {
	name      string
	perMinute int           // requests of one key
	pageMax   int           // things on one page
	history   time.Duration // how far back sessions can be read
}

const day = 24 * time.Hour

// tiers are NotAI's, the default first: who runs the server is its own best customer.
var tiers = []tier{
	{"enterprise", 6000, 100, 7 * 365 * day},
	{"pro", 600, 100, 30 * day},
	{"free", 60, 50, 7 * day},
}

func tierOf(w gait.Workspace) tier {
	for _, t := range tiers {
		if t.name == w.Tier {
			return t
		}
	}
	return tiers[0]
}

// sessionsPerPage is the page size when none is asked for.
const sessionsPerPage = 50

// page is where a page begins and how long it is.
type page struct {
	after gait.Cursor
	limit int
}

// pageOf reads pageSize and cursor. A size above most becomes most; one below 1,
// or a cursor that is not ours, fails with gait.Invalid. As with every
// parameter here, an empty value is as good as none.
func pageOf(q url.Values, w gait.WorkspaceID, usual, most int) (page, error) {
	p := page{limit: min(usual, most)}
	if s := q.Get("pageSize"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return p, invalid("pageSize", "want a whole number")
		}
		if n < 1 { // also when out of range: Atoi returns the nearest int
			return p, invalid("pageSize", "want at least 1")
		}
		p.limit = min(n, most)
	}
	if s := q.Get("cursor"); s != "" {
		after, ok := parseCursor(w, s)
		if !ok {
			return p, invalid("cursor", "this is no cursor of this list")
		}
		p.after = after
	}
	return p, nil
}

// A cursor is a version, a place and a checksum that also covers the workspace,
// as base64url. The checksum keeps mistakes out, not people: there is nothing to
// be seen at any place that the key could not see anyway.
const (
	cursorVersion = 1
	cursorLen     = 1 + 8 + len(gait.SessionID{}) + 4
)

func cursorText(w gait.WorkspaceID, c gait.Cursor) string {
	b := append(make([]byte, 0, cursorLen), cursorVersion)
	b = binary.BigEndian.AppendUint64(b, uint64(c.Started))
	b = append(b, c.Session[:]...)
	b = binary.BigEndian.AppendUint32(b, cursorSum(w, b))
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(w gait.WorkspaceID, s string) (gait.Cursor, bool) {
	var c gait.Cursor
	if len(s) != base64.RawURLEncoding.EncodedLen(cursorLen) {
		return c, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != cursorLen || b[0] != cursorVersion {
		return c, false
	}
	body, sum := b[:cursorLen-4], binary.BigEndian.Uint32(b[cursorLen-4:])
	if sum != cursorSum(w, body) {
		return c, false
	}
	c.Started = int64(binary.BigEndian.Uint64(body[1:]))
	copy(c.Session[:], body[9:])
	return c, true
}

func cursorSum(w gait.WorkspaceID, body []byte) uint32 {
	return crc32.ChecksumIEEE(binary.BigEndian.AppendUint64(append([]byte{}, body...), uint64(w)))
}

// botScore is the least score that botOnly lets through, of 100.
const botScore = 70

// slack is how far a startDate may lie before the tier's history and still
// count as its edge: a client that asks for exactly its 7 days asked a moment ago.
const slack = time.Minute

// queryOf reads the filters of the list of sessions. The bool is false when
// nothing can match and nobody need be asked.
func queryOf(q url.Values, now time.Time, t tier) (gait.SessionQuery, bool, error) {
	var out gait.SessionQuery
	// gait.StatusAt: live while now - LastArrival < IdleTimeout.
	firstLive := now.UnixMilli() - gait.IdleTimeout.Milliseconds() + 1
	switch q.Get("status") {
	case "":
	case statusActive:
		out.ArrivedSince = firstLive
	case statusClosed:
		out.ArrivedBefore = firstLive
	default:
		return out, false, invalid("status", "want active or closed")
	}
	switch strings.ToLower(q.Get("botOnly")) {
	case "", "false", "0":
	case "true", "1":
		out.MinScore = botScore
	default:
		return out, false, invalid("botOnly", "want true or false")
	}

	edge := now.Add(-t.history).UnixMilli()
	out.StartedSince = edge
	if s := q.Get("startDate"); s != "" {
		first, last, ok := moments(s)
		if !ok {
			return out, false, invalid("startDate", wantDate)
		}
		if last < edge-slack.Milliseconds() {
			return out, false, checkEnd(q)
		}
		out.StartedSince = max(first, edge)
	}
	if err := checkEnd(q); err != nil {
		return out, false, err
	}
	if s := q.Get("endDate"); s != "" {
		_, out.StartedUntil, _ = moments(s)
		if out.StartedUntil < out.StartedSince {
			return out, false, nil
		}
	}
	return out, true, nil
}

const wantDate = "want a date (2006-01-02) or a time (2006-01-02T15:04:05Z)"

func checkEnd(q url.Values) error {
	if s := q.Get("endDate"); s != "" {
		if _, _, ok := moments(s); !ok {
			return invalid("endDate", wantDate)
		}
	}
	return nil
}

// moments returns the first and the last whole millisecond (Unix ms) that a
// date or a time covers: a date is a day of UTC, a time a single moment. One
// between two milliseconds has the later for its first, so that both ends stay
// inclusive and exact.
func moments(s string) (first, last int64, ok bool) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.UnixMilli(), t.Add(day).UnixMilli() - 1, true
	}
	// A "+" that was not escaped arrives as a space.
	if n := len(s) - len(" 02:00"); n > 0 && s[n] == ' ' {
		s = s[:n] + "+" + s[n+1:]
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return 0, 0, false
	}
	last = t.UnixMilli()
	first = last
	if time.UnixMilli(last).Before(t) {
		first++
	}
	return first, last, true
}
