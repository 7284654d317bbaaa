package ingest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/wire"
)

// request is the memory that taking in a batch needs, used again and again.
type request struct {
	body    bytes.Buffer
	plain   bytes.Buffer
	gzip    gzip.Reader
	decoder wire.Decoder
	packed  []byte
	events  int

	budget *budget
	held   int64 // bytes of it
}

// budget bounds the bytes of all bodies in memory. A limit of 0 is none.
type budget struct {
	limit int64
	used  atomic.Int64
}

// metered takes what is read through it out of the budget.
type metered struct {
	io.Reader
	q *request
}

func (m metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if b := m.q.budget; n > 0 && b != nil && b.limit > 0 {
		m.q.held += int64(n)
		if b.used.Add(int64(n)) > b.limit {
			return n, errNoMemory
		}
	}
	return n, err
}

var errNoMemory = errors.New("the bodies in memory are beyond their limit")

// release gives back what the request took.
func (q *request) release() {
	if q.held > 0 {
		q.budget.used.Add(-q.held)
		q.held = 0
	}
}

// maxKept bounds what a request keeps for the next one.
const (
	maxKept       = 64 << 10
	maxKeptEvents = 1000
)

func (q *request) reusable() bool {
	return q.body.Cap() <= maxKept && q.plain.Cap() <= 4*maxKept && cap(q.packed) <= maxKept && q.events <= maxKeptEvents
}

// read reads, decompresses and decodes a body. The envelope is valid until the
// next call.
func (q *request) read(r *http.Request) (*wire.Envelope, error) {
	if r.ContentLength > wire.MaxBody {
		return nil, tooLarge(wire.MaxBody)
	}
	q.body.Reset()
	if err := fill(&q.body, metered{r.Body, q}, wire.MaxBody); err != nil {
		return nil, err
	}
	body := q.body.Bytes()
	if len(body) >= 2 && body[0] == 0x1f && body[1] == 0x8b {
		var err error
		if body, err = q.unzip(body); err != nil {
			return nil, err
		}
	}
	env, err := q.decoder.Decode(body)
	if err != nil {
		if gait.CodeOf(err) == gait.TooLarge {
			return nil, because(TooLarge, err)
		}
		return nil, because(Malformed, err)
	}
	q.events = cap(env.Batch.Events)
	return env, nil
}

func (q *request) unzip(body []byte) ([]byte, error) {
	if err := q.gzip.Reset(bytes.NewReader(body)); err != nil {
		return nil, because(Malformed, gait.Wrap(err, gait.Invalid, "the body begins like gzip and is not"))
	}
	q.plain.Reset()
	if err := fill(&q.plain, metered{&q.gzip, q}, wire.MaxDecompressed); err != nil {
		if gait.CodeOf(err) == gait.Invalid {
			return nil, because(Malformed, gait.Wrap(err, gait.Invalid, "the gzipped body is damaged"))
		}
		return nil, err
	}
	return q.plain.Bytes(), nil
}

// fill reads r to its end, at most limit bytes.
func fill(dst *bytes.Buffer, r io.Reader, limit int64) error {
	n, err := dst.ReadFrom(io.LimitReader(r, limit+1))
	switch {
	case errors.Is(err, errNoMemory):
		return because(Memory, gait.Wrap(err, gait.Unavailable, "too many requests at the moment"))
	case err != nil:
		return because(Malformed, gait.Wrap(withoutPeer(err), gait.Invalid, "the body could not be read to its end"))
	case n > limit:
		return tooLarge(limit)
	}
	return nil
}

func tooLarge(limit int64) error {
	return because(TooLarge, gait.Errorf(gait.TooLarge, "the body is larger than %d kB", limit>>10))
}
