package replay

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"

	"github.com/gaithq/gait"
)

// Bounds of one chunk. The tracker's src/replay/send.ts keeps below them.
const (
	maxBody   = 256 << 10 // bytes as sent
	maxPlain  = 4 << 20   // bytes unpacked
	maxEvents = 50_000
	maxSeq    = 100_000
	maxURL    = 2048
	// Times that a clock may show: from 2001 to 2286, Unix ms.
	minTime = 1_000_000_000_000
	maxTime = 9_999_999_999_999
)

// chunk is one validated parcel of recorded events.
type chunk struct {
	site    string
	session gait.SessionID
	secret  gait.SecretHash
	page    gait.PageID
	seq     uint32
	head    head
	events  []byte // a JSON array
}

// head is what is stored before the events, to be read without them.
type head struct {
	Sent    int64  `json:"sent"`    // by the page's clock, Unix ms
	Arrived int64  `json:"arrived"` // by the server's, Unix ms
	First   int64  `json:"first"`   // time of the first event by the page's clock, Unix ms
	Last    int64  `json:"last"`    // likewise the latest
	URL     string `json:"url,omitempty"`
}

// body is the form in which chunks come.
type body struct {
	V      int             `json:"v"`
	Site   string          `json:"site"`
	SID    string          `json:"sid"`
	Secret string          `json:"secret"`
	Page   string          `json:"page"`
	Seq    int64           `json:"seq"`
	Sent   int64           `json:"sent"`
	Events json.RawMessage `json:"events"`
}

// event is one of the recorder's: docs/replay.md names the types.
type event struct {
	Type      *int            `json:"type"`
	Data      json.RawMessage `json:"data"`
	Timestamp int64           `json:"timestamp"`
}

// The types of events: the document is ready, is loaded, its snapshot, what changed,
// and where it is. Others may carry what nobody masked, and are refused.
const (
	lastType = metaType
	metaType = 4
)

func invalid(field, what string) error {
	return &gait.Error{Code: gait.Invalid, Field: field, Message: field + " " + what}
}

// unpack returns a body as it was before gzip, if it was gzipped.
func unpack(raw []byte) ([]byte, error) {
	if len(raw) < 2 || raw[0] != 0x1f || raw[1] != 0x8b {
		return raw, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "the body begins like gzip and is not")
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxPlain+1))
	if err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "the gzipped body is damaged")
	}
	if len(plain) > maxPlain {
		return nil, gait.Errorf(gait.TooLarge, "the body unpacks to more than %d kB", maxPlain>>10)
	}
	return plain, nil
}

// strict reads one JSON value that has no other fields than v.
func strict(raw []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object")
	}
	return nil
}

// decode reads a chunk. Its errors are gait.Errors: Invalid for what breaks a rule,
// TooLarge for too many events.
func decode(plain []byte) (*chunk, error) {
	if !utf8.Valid(plain) {
		return nil, gait.Errorf(gait.Invalid, "the body is not UTF-8")
	}
	var b body
	if err := strict(plain, &b); err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "the body is not the JSON object that docs/replay.md describes")
	}
	c := &chunk{site: b.Site, seq: uint32(b.Seq), head: head{Sent: b.Sent}}
	var secret [16]byte
	var err error
	if c.session, err = gait.ParseSessionID(b.SID); err != nil {
		return nil, invalid("sid", "is not 32 hexadecimal digits")
	}
	if c.page, err = gait.ParsePageID(b.Page); err != nil {
		return nil, invalid("page", "is not 16 hexadecimal digits")
	}
	if n, err := hex.Decode(secret[:], []byte(b.Secret[:min(len(b.Secret), 32)])); err != nil || n != len(secret) || len(b.Secret) != 32 {
		return nil, invalid("secret", "is not 32 hexadecimal digits")
	}
	c.secret = sha256.Sum256(secret[:])
	switch {
	case b.V != 1:
		return nil, invalid("v", fmt.Sprintf("is %d; this server reads version 1", b.V))
	case b.Seq < 0 || b.Seq > maxSeq:
		return nil, invalid("seq", "is not a number from 0 to "+fmt.Sprint(maxSeq))
	case b.Sent < minTime || b.Sent > maxTime:
		return nil, invalid("sent", "is no time of day in ms")
	}
	return c, c.read(b.Events)
}

// read checks the events and takes them in.
func (c *chunk) read(raw json.RawMessage) error {
	var events []json.RawMessage
	if err := json.Unmarshal(raw, &events); err != nil {
		return gait.Wrap(err, gait.Invalid, "events is not a list")
	}
	if len(events) == 0 {
		return invalid("events", "has none")
	}
	if len(events) > maxEvents {
		return gait.Errorf(gait.TooLarge, "a chunk has at most %d events", maxEvents)
	}
	for i, raw := range events {
		var e event
		if err := strict(raw, &e); err != nil {
			return gait.Wrap(err, gait.Invalid, fmt.Sprintf("events[%d] is not an object with type, data and timestamp", i))
		}
		switch {
		case e.Type == nil || *e.Type < 0 || *e.Type > lastType:
			return invalid(fmt.Sprintf("events[%d].type", i), "is not a number from 0 to "+fmt.Sprint(lastType))
		case len(e.Data) == 0 || e.Data[0] != '{':
			return invalid(fmt.Sprintf("events[%d].data", i), "is not an object")
		case e.Timestamp < minTime || e.Timestamp > maxTime:
			return invalid(fmt.Sprintf("events[%d].timestamp", i), "is no time of day in ms")
		}
		if i == 0 {
			c.head.First = e.Timestamp
		}
		c.head.Last = max(c.head.Last, e.Timestamp)
		if *e.Type == metaType && c.head.URL == "" {
			c.head.URL = urlOf(e.Data)
		}
	}
	c.events = raw
	return nil
}

// urlOf returns where a document was, without what may be secret in it. The page has
// left that out before.
func urlOf(meta json.RawMessage) string {
	var m struct {
		Href string `json:"href"`
	}
	if json.Unmarshal(meta, &m) != nil || len(m.Href) > maxURL {
		return ""
	}
	u, err := url.Parse(m.Href)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	u.User, u.RawQuery, u.Fragment, u.RawFragment = nil, "", "", ""
	return u.String()
}

// pack returns what is stored of a chunk.
func (c *chunk) pack() ([]byte, error) {
	h, err := json.Marshal(c.head)
	if err != nil {
		return nil, gait.Wrap(err, gait.Internal, "a chunk cannot be written")
	}
	packed := make([]byte, 0, len(h)+1+len(c.events))
	return append(append(append(packed, h...), '\n'), c.events...), nil
}

// maxHead bounds the first line of what is stored, in bytes.
const maxHead = 8192

// readHead reads the first line of what pack made, and leaves in at what follows it.
func readHead(in *bufio.Reader) (head, error) {
	var h head
	line, err := in.ReadSlice('\n')
	if err != nil {
		return h, gait.Wrap(err, gait.Internal, "a stored chunk has no head")
	}
	if err := json.Unmarshal(line, &h); err != nil {
		return h, gait.Wrap(err, gait.Internal, "the head of a stored chunk is damaged")
	}
	return h, nil
}
