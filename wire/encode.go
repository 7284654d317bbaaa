package wire

import (
	"encoding/hex"

	"github.com/go-faster/jx"

	"github.com/gaithq/gait"
)

// Append writes a batch as the JSON that a page would send, to dst. It serves
// whoever plays a page: tests, load, and recorded behaviour that is judged again.
// Facts are left out, as pages may not send them.
func Append(dst []byte, site string, secret [16]byte, b *gait.Batch) []byte {
	var w jx.Writer
	w.Buf = dst
	w.RawStr(`{"v":1,"site":`)
	w.Str(site)
	w.RawStr(`,"sid":`)
	w.Str(b.Session.String())
	w.RawStr(`,"secret":`)
	w.Str(hex.EncodeToString(secret[:]))
	w.RawStr(`,"page":`)
	w.Str(b.Page.String())
	w.RawStr(`,"seq":`)
	w.UInt32(b.Seq)
	w.RawStr(`,"origin":`)
	w.Int64(b.Origin)
	w.RawStr(`,"sent":`)
	w.Int64(int64(b.Sent))
	w.RawStr(`,"events":[`)
	var before gait.Tick
	first := true
	for i := range b.Events {
		e := &b.Events[i]
		if e.Kind == gait.Fact {
			continue
		}
		if !first {
			w.RawStr(",")
		}
		first = false
		appendEvent(&w, e, e.T-before)
		before = e.T
	}
	w.RawStr("]}")
	return w.Buf
}

func appendEvent(w *jx.Writer, e *gait.Event, dt gait.Tick) {
	l := &layouts[e.Kind]
	w.RawStr("[")
	w.Str(string(l.letter))
	w.RawStr(",")
	w.Int64(int64(dt))
	used := len(l.fields)
	for used > 0 && isZero(e, l.fields[used-1]) {
		used--
	}
	for _, f := range l.fields[:used] {
		w.RawStr(",")
		switch f {
		case name:
			w.Str(e.Name)
		case text:
			w.Str(e.Text)
		default:
			w.Int32(*f.number(e))
		}
	}
	w.RawStr("]")
}
