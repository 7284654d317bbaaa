package wire

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/go-faster/jx"

	"github.com/gaithq/gait"
)

// Envelope is a decoded body: the batch and what goes with it but is not stored.
type Envelope struct {
	Site   string
	Secret gait.SecretHash
	Batch  gait.Batch
}

// Decoder decodes bodies one after the other, reusing its memory. It is not
// safe for concurrent use.
type Decoder struct {
	jx  jx.Decoder
	env Envelope
}

// The header's fields, as bits of what was seen.
const (
	sawV = 1 << iota
	sawSite
	sawSID
	sawSecret
	sawPage
	sawSeq
	sawOrigin
	sawSent
	sawEvents
	sawAll = 1<<iota - 1
)

var header = [...]string{"v", "site", "sid", "secret", "page", "seq", "origin", "sent", "events"}

// Decode reads one JSON body. What it returns is valid until the next call. Its
// errors are gait.Errors that name the field: Invalid for a body that breaks a
// rule, TooLarge for one with too many events.
func (d *Decoder) Decode(body []byte) (*Envelope, error) {
	if len(body) > MaxDecompressed {
		return nil, gait.Errorf(gait.TooLarge, "the body has %d bytes, the limit is %d", len(body), MaxDecompressed)
	}
	d.env = Envelope{Batch: gait.Batch{Events: d.env.Batch.Events[:0]}}
	d.jx.ResetBytes(body)
	if err := d.object(); err != nil {
		if gait.CodeOf(err) == gait.Internal {
			err = gait.Wrap(err, gait.Invalid, "the body is not the JSON object that docs/wire.md describes")
		}
		return nil, err
	}
	return &d.env, nil
}

func (d *Decoder) object() error {
	if d.jx.Next() != jx.Object {
		return gait.Errorf(gait.Invalid, "the body is not a JSON object")
	}
	seen := 0
	it, err := d.jx.ObjIter()
	if err != nil {
		return err
	}
	for it.Next() {
		bit, err := d.member(it.Key())
		if err != nil {
			return err
		}
		if seen&bit != 0 {
			return invalid(string(it.Key()), "comes twice")
		}
		seen |= bit
	}
	if err := it.Err(); err != nil {
		return err
	}
	if err := d.jx.Skip(); !errors.Is(err, io.EOF) {
		return gait.Errorf(gait.Invalid, "something follows the JSON object")
	}
	for i, name := range header {
		if seen&(1<<i) == 0 {
			return invalid(name, "is missing")
		}
	}
	return d.checkTimes()
}

// member reads one field of the header and returns its bit.
func (d *Decoder) member(key []byte) (int, error) {
	b := &d.env.Batch
	switch string(key) {
	case "v":
		v, err := d.integer("v", 0, 1<<20)
		if err == nil && v != Version {
			err = invalid("v", fmt.Sprintf("is %d; this server reads version %d", v, Version))
		}
		return sawV, err
	case "site":
		s, err := d.text("site", MaxSiteKey)
		d.env.Site = s
		return sawSite, err
	case "sid":
		return sawSID, d.hex("sid", b.Session[:])
	case "secret":
		var secret [16]byte
		err := d.hex("secret", secret[:])
		d.env.Secret = sha256.Sum256(secret[:])
		return sawSecret, err
	case "page":
		return sawPage, d.hex("page", b.Page[:])
	case "seq":
		v, err := d.integer("seq", 0, MaxSeq)
		b.Seq = uint32(v)
		return sawSeq, err
	case "origin":
		v, err := d.integer("origin", 0, MaxOrigin)
		b.Origin = v
		return sawOrigin, err
	case "sent":
		v, err := d.integer("sent", 0, MaxTicks)
		b.Sent = gait.Tick(v)
		return sawSent, err
	case "events":
		return sawEvents, d.events()
	}
	name := string(key)
	if len(name) > 32 {
		name = name[:32]
	}
	return 0, gait.Errorf(gait.Invalid, "the field %q is unknown", name)
}

func (d *Decoder) events() error {
	if d.jx.Next() != jx.Array {
		return invalid("events", "is not an array")
	}
	it, err := d.jx.ArrIter()
	if err != nil {
		return err
	}
	b := &d.env.Batch
	var t gait.Tick
	for it.Next() {
		if len(b.Events) == MaxEvents {
			return &gait.Error{Code: gait.TooLarge, Field: "events", Message: fmt.Sprintf("events has more than %d entries", MaxEvents)}
		}
		b.Events = append(b.Events, gait.Event{})
		e := &b.Events[len(b.Events)-1]
		if err := d.event(e); err != nil {
			return at(len(b.Events)-1, err)
		}
		t += e.T
		if t > MaxTicks {
			return at(len(b.Events)-1, invalid("time", "is beyond the longest life of a page"))
		}
		e.T = t
	}
	if err := it.Err(); err != nil {
		return err
	}
	if len(b.Events) == 0 {
		return invalid("events", "is empty")
	}
	return nil
}

// event reads one array; e.T gets the distance from the event before.
func (d *Decoder) event(e *gait.Event) error {
	if d.jx.Next() != jx.Array {
		return invalid("", "is not an array")
	}
	it, err := d.jx.ArrIter()
	if err != nil {
		return err
	}
	if !it.Next() {
		return invalid("", "is an empty array")
	}
	if d.jx.Next() != jx.String {
		return invalid("kind", "is not a string")
	}
	letter, err := d.jx.StrBytes()
	if err != nil {
		return err
	}
	if len(letter) == 1 {
		e.Kind = kinds[letter[0]]
	}
	if e.Kind == gait.KindNone || e.Kind == gait.Fact {
		return invalid("kind", "is none that a page may send")
	}
	if !it.Next() {
		return invalid("time", "is missing")
	}
	dt, err := d.integer("time", 0, MaxTicks)
	if err != nil {
		return err
	}
	e.T = gait.Tick(dt)

	l := &layouts[e.Kind]
	i := 0
	for it.Next() {
		if i == len(l.fields) {
			return invalid("", fmt.Sprintf("has more than the %d fields of %q", len(l.fields), l.name))
		}
		if err := d.field(e, l, l.fields[i]); err != nil {
			return err
		}
		i++
	}
	if err := it.Err(); err != nil {
		return err
	}
	for ; i < len(l.fields); i++ {
		if l.fields[i] == name {
			return invalid("name", "is missing")
		}
	}
	return nil
}

func (d *Decoder) field(e *gait.Event, l *layout, f field) error {
	switch {
	case f == name:
		s, err := d.text("name", maxName)
		if err != nil {
			return err
		}
		if !validName(s) {
			return invalid("name", "is not of a-z, 0-9, dot, dash and underscore")
		}
		e.Name = s
	case f == text:
		s, err := d.text("text", l.maxText)
		if err != nil {
			return err
		}
		e.Text = s
	default:
		r := l.bounds(f)
		v, err := d.integer(f.String(), int64(r.min), int64(r.max))
		if err != nil {
			return err
		}
		*f.number(e) = int32(v)
	}
	return nil
}

func (d *Decoder) checkTimes() error {
	b := &d.env.Batch
	last := b.Events[len(b.Events)-1].T
	if last > b.Sent+lateness {
		return at(len(b.Events)-1, invalid("time", "is later than the batch was sent"))
	}
	return nil
}

func (d *Decoder) integer(field string, lo, hi int64) (int64, error) {
	if d.jx.Next() != jx.Number {
		return 0, invalid(field, "is not a number")
	}
	v, err := d.jx.Int64()
	if err != nil {
		return 0, invalid(field, "is not a whole number")
	}
	if v < lo || v > hi {
		return 0, invalid(field, fmt.Sprintf("is %d, outside %d to %d", v, lo, hi))
	}
	return v, nil
}

func (d *Decoder) text(field string, limit int) (string, error) {
	if d.jx.Next() != jx.String {
		return "", invalid(field, "is not a string")
	}
	raw, err := d.jx.StrBytes()
	if err != nil {
		return "", err
	}
	if len(raw) > limit {
		return "", invalid(field, fmt.Sprintf("has %d bytes, the limit is %d", len(raw), limit))
	}
	if !utf8.Valid(raw) {
		return "", invalid(field, "is not valid UTF-8")
	}
	for _, c := range raw {
		if c < 0x20 || c == 0x7f {
			return "", invalid(field, "has a control character")
		}
	}
	return string(raw), nil
}

func (d *Decoder) hex(field string, dst []byte) error {
	if d.jx.Next() != jx.String {
		return invalid(field, "is not a string")
	}
	raw, err := d.jx.StrBytes()
	if err != nil {
		return err
	}
	if len(raw) != 2*len(dst) {
		return invalid(field, fmt.Sprintf("has %d characters, not %d", len(raw), 2*len(dst)))
	}
	for i := range dst {
		hi, lo := nibble(raw[2*i]), nibble(raw[2*i+1])
		if hi > 15 || lo > 15 {
			return invalid(field, "is not lower-case hexadecimal")
		}
		dst[i] = hi<<4 | lo
	}
	return nil
}

func nibble(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}

func validName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return s != ""
}

// kinds is kindOf as a table.
var kinds = func() (t [256]gait.Kind) {
	for c := range t {
		t[c] = kindOf(byte(c))
	}
	return t
}()

func invalid(field, problem string) *gait.Error {
	return &gait.Error{Code: gait.Invalid, Field: field, Message: field + " " + problem}
}

// at says in which event an error is.
func at(i int, err error) error {
	where := "events[" + strconv.Itoa(i) + "]"
	e, ok := errors.AsType[*gait.Error](err)
	if !ok {
		return gait.Wrap(err, gait.Invalid, where+" is not valid JSON")
	}
	if e.Field == "" {
		return &gait.Error{Code: e.Code, Field: where, Message: where + e.Message}
	}
	return &gait.Error{Code: e.Code, Field: where + "." + e.Field, Message: where + "." + e.Message}
}
