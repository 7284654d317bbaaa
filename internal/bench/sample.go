package main

import (
	"fmt"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/wire"
)

const siteKey = "pub-0123456789abcdef0123456789abcdef"

// sampleEvents are forty events as a busy second of a form gives them.
func sampleEvents() string {
	var b strings.Builder
	b.WriteString(`["t",0,1,3,0,""],["t",0,2,1,0,"Create account"]`)
	for i := range 20 {
		fmt.Fprintf(&b, `,["m",%d,%d,%d,0,2]`, 160+i%7, 300+11*i, 200+4*i)
	}
	b.WriteString(`,["d",400,520,280,0,0,1,412,190,3200,460],["f",12,1],["u",830,520,280],["c",3,520,280,0,1,1]`)
	for i := range 5 {
		fmt.Fprintf(&b, `,["k",%d,0,0,0,1],["i",9,1,1,1]`, 700+90*i)
		if i != 4 {
			fmt.Fprintf(&b, `,["K",%d,0]`, 800+30*i)
		}
	}
	return b.String()
}

// body holds a batch's JSON in parts, so that each request can have a session
// and a sequence number of its own.
type body struct{ head, secret, middle, tail string }

func newBody() body {
	return body{
		head:   `{"v":1,"site":"` + siteKey + `","sid":"`,
		secret: `","secret":"ffeeddccbbaa99887766554433221100","page":"0123456789abcdef","seq":`,
		middle: `,"origin":1763757494123,"sent":`,
		tail:   `,"events":[` + sampleEvents() + `]}`,
	}
}

// append writes the nth batch of the session to dst.
func (b body) append(dst []byte, session uint64, seq int) []byte {
	dst = append(dst, b.head...)
	dst = fmt.Appendf(dst, "%032x", session)
	dst = append(dst, b.secret...)
	dst = fmt.Appendf(dst, "%d", seq)
	dst = append(dst, b.middle...)
	dst = fmt.Appendf(dst, "%d", 100_000+20_000*seq)
	return append(dst, b.tail...)
}

// sampleBatch is the sample decoded.
func sampleBatch() (gait.Batch, error) {
	env, err := new(wire.Decoder).Decode(newBody().append(nil, 1, 0))
	if err != nil {
		return gait.Batch{}, err
	}
	b := env.Batch
	b.Arrived = b.Origin + int64(b.Sent)/gait.TicksPerMillisecond
	return b, nil
}
