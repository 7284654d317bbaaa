// Package refusal is how the routes that pages send to say no: an error that
// carries its reason, for metrics, and the answer that tells the page when to try
// again.
package refusal

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gaithq/gait"
)

// Error adds to an error why a request was refused, in a route's own words, and
// when to try again if that is known.
type Error struct {
	Reason string
	After  time.Duration // 0 is not known
	Err    error
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns what the reason was added to.
func (e *Error) Unwrap() error { return e.Err }

// Reason returns an error's reason, otherwise for one that has none.
func Reason(err error, otherwise string) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return otherwise
}

// After returns how long an error asks to wait, 0 if it does not say.
func After(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.After
	}
	return 0
}

// Problem is the body of an answer.
type Problem struct {
	Error struct {
		Code    gait.Code `json:"code"`
		Message string    `json:"message"`
		Field   string    `json:"field,omitempty"`
	} `json:"error"`
	RetryAfter int64 `json:"retry_after_ms,omitempty"`
}

// Write answers with an error and a status. Of our own faults it says no more than
// ours. Whoever came too often, or too early, is asked to wait for as long as the
// error says, or else for wait. It fails if the answer cannot be sent.
func Write(w http.ResponseWriter, status int, err error, ours string, wait time.Duration) error {
	var p Problem
	p.Error.Code, p.Error.Message = gait.Internal, ours
	if e, ok := errors.AsType[*gait.Error](err); ok && e.Code != gait.Internal {
		p.Error.Code, p.Error.Message, p.Error.Field = e.Code, e.Message, e.Field
	}
	h := w.Header()
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		if after := After(err); after > 0 {
			wait = after
		}
		p.RetryAfter = wait.Milliseconds()
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(p)
}
