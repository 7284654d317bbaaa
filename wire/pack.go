package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/gaithq/gait"
)

// packed is the first byte of what Pack writes. Unpack reads every value that
// was ever written.
const packed = 1

// A packed event begins with its kind and the number of its fields that follow,
// as one varint: kind<<usedBits | used. Fields may be added to a kind at the end,
// and kinds at the end of their list, without a new version: what was written
// before reads as zero there.
const (
	usedBits = 4
	maxUsed  = 1<<usedBits - 1
)

// Pack appends the stored form of a batch to dst: the version, the origin, the
// time of sending, the number of events, and then each event as its kind and the
// number of fields, the ticks since the one before, and its fields in the order of
// the layout up to the last that is not zero, all as varints. Session, page and sequence number are the record's own columns and
// are not repeated.
func Pack(dst []byte, b *gait.Batch) []byte {
	dst = append(dst, packed)
	dst = binary.AppendUvarint(dst, uint64(b.Origin))
	dst = binary.AppendUvarint(dst, uint64(b.Sent))
	dst = binary.AppendUvarint(dst, uint64(len(b.Events)))
	var before gait.Tick
	for i := range b.Events {
		e := &b.Events[i]
		fields := layouts[e.Kind].fields
		used := len(fields)
		for used > 0 && isZero(e, fields[used-1]) {
			used--
		}
		dst = binary.AppendUvarint(dst, uint64(e.Kind)<<usedBits|uint64(used))
		dst = binary.AppendUvarint(dst, uint64(e.T-before))
		before = e.T
		for _, f := range fields[:used] {
			switch f {
			case name:
				dst = appendText(dst, e.Name)
			case text:
				dst = appendText(dst, e.Text)
			default:
				dst = binary.AppendVarint(dst, int64(*f.number(e)))
			}
		}
	}
	return dst
}

func isZero(e *gait.Event, f field) bool {
	switch f {
	case name:
		return e.Name == ""
	case text:
		return e.Text == ""
	default:
		return *f.number(e) == 0
	}
}

func appendText(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

var errTruncated = errors.New("packed batch: ends too early")

// Unpack reads what Pack wrote into b, reusing b.Events. It sets Origin, Sent
// and Events; the caller fills in the rest from the record.
func Unpack(data []byte, b *gait.Batch) error {
	if len(data) == 0 {
		return errTruncated
	}
	if data[0] != packed {
		return fmt.Errorf("packed batch: version %d is newer than this program", data[0])
	}
	r := reader{data: data[1:]}
	b.Origin = int64(r.uvarint(MaxOrigin))
	b.Sent = gait.Tick(r.uvarint(MaxTicks))
	count := r.uvarint(2 * MaxEvents)
	b.Events = b.Events[:0]
	var t gait.Tick
	for range count {
		if r.err != nil {
			break
		}
		b.Events = append(b.Events, gait.Event{})
		e := &b.Events[len(b.Events)-1]
		t = r.event(e, t)
	}
	if r.err == nil && len(r.data) > 0 {
		r.err = errors.New("packed batch: bytes left over")
	}
	return r.err
}

// UnpackRecord unpacks a record's data and fills in what its columns hold.
func UnpackRecord(r gait.Record, b *gait.Batch) error {
	b.Session, b.Page, b.Seq, b.Arrived = r.Session, r.Page, r.Seq, r.Arrived
	return Unpack(r.Data, b)
}

// reader takes values off the front of data until something is wrong.
type reader struct {
	data []byte
	err  error
}

func (r *reader) event(e *gait.Event, t gait.Tick) gait.Tick {
	head := r.uvarint(uint64(gait.Kinds)<<usedBits - 1)
	if r.err != nil {
		return t
	}
	kind, used := gait.Kind(head>>usedBits), int(head&maxUsed)
	fields := layouts[kind].fields
	if layouts[kind].letter == 0 || used > len(fields) {
		r.err = fmt.Errorf("packed batch: no kind %d with %d fields", kind, used)
		return t
	}
	e.Kind = kind
	t += gait.Tick(r.uvarint(MaxTicks))
	e.T = t
	for _, f := range fields[:used] {
		switch f {
		case name:
			e.Name = r.text()
		case text:
			e.Text = r.text()
		default:
			*f.number(e) = r.varint()
		}
	}
	return t
}

func (r *reader) uvarint(limit uint64) uint64 {
	v, size := binary.Uvarint(r.data)
	if size <= 0 || v > limit {
		r.fail(size, "number out of range")
		return 0
	}
	r.data = r.data[size:]
	return v
}

func (r *reader) varint() int32 {
	v, size := binary.Varint(r.data)
	if size <= 0 || v < math.MinInt32 || v > math.MaxInt32 {
		r.fail(size, "number out of range")
		return 0
	}
	r.data = r.data[size:]
	return int32(v)
}

func (r *reader) text() string {
	size := r.uvarint(MaxDecompressed)
	if uint64(len(r.data)) < size {
		r.fail(0, "")
		return ""
	}
	s := string(r.data[:size])
	r.data = r.data[size:]
	return s
}

func (r *reader) fail(size int, problem string) {
	if r.err != nil {
		return
	}
	if size == 0 {
		r.err = errTruncated
		return
	}
	r.err = errors.New("packed batch: " + problem)
}
