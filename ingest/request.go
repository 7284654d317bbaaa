package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

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
	if err := fill(&q.body, r.Body, wire.MaxBody); err != nil {
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
		return nil, err
	}
	q.events = cap(env.Batch.Events)
	return env, nil
}

func (q *request) unzip(body []byte) ([]byte, error) {
	if err := q.gzip.Reset(bytes.NewReader(body)); err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "the body begins like gzip and is not")
	}
	q.plain.Reset()
	if err := fill(&q.plain, &q.gzip, wire.MaxDecompressed); err != nil {
		if gait.CodeOf(err) == gait.TooLarge {
			return nil, err
		}
		return nil, gait.Wrap(errors.Unwrap(err), gait.Invalid, "the gzipped body is damaged")
	}
	return q.plain.Bytes(), nil
}

// fill reads r to its end, at most limit bytes.
func fill(dst *bytes.Buffer, r io.Reader, limit int64) error {
	n, err := dst.ReadFrom(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return gait.Wrap(err, gait.Invalid, "the body could not be read to its end")
	case n > limit:
		return tooLarge(limit)
	}
	return nil
}

func tooLarge(limit int64) error {
	return &gait.Error{Code: gait.TooLarge, Message: fmt.Sprintf("the body is larger than %d kB", limit>>10)}
}
