package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/gaithq/gait"
)

// Reason is why a chunk's request ended as it did. Where a batch can end so too, it has
// the same name there; docs/configure.md lists them.
type Reason string

// The reasons.
const (
	Accepted     Reason = "accepted"   // stored; also if it was before
	Concurrent   Reason = "concurrent" // too many requests at a time
	TooLarge     Reason = "too_large"  // the body, or what is in it
	Malformed    Reason = "malformed"  // the body is not a chunk
	UnknownSite  Reason = "unknown_site"
	WrongOrigin  Reason = "wrong_origin"
	NotRecorded  Reason = "not_recorded"  // the workspace, or the visitor's browser, wants no replays
	NoSession    Reason = "no_session"    // no batch of the session has arrived
	WrongSecret  Reason = "wrong_secret"  // another page's session
	SessionRate  Reason = "session_rate"  // too many chunks of one session
	SessionFull  Reason = "session_full"  // the session stores as much as it may
	StoreTimeout Reason = "store_timeout" // storing took too long, or the page left
	StoreFailed  Reason = "store_failed"  // a full or failing disk, or all replays take as much room as they may
	Failed       Reason = "failed"        // our fault
)

// Reasons lists them all.
func Reasons() []Reason {
	return []Reason{
		Accepted, Concurrent, TooLarge, Malformed, UnknownSite, WrongOrigin, NotRecorded, NoSession, WrongSecret,
		SessionRate, SessionFull, StoreTimeout, StoreFailed, Failed,
	}
}

// Outcome is how a chunk's request ended.
type Outcome struct {
	Reason Reason
	Bytes  int // of the body, as it came, if it was accepted
}

// refusal adds the reason to an error, and when to try again if that is known.
type refusal struct {
	reason Reason
	after  time.Duration
	err    error
}

func (e *refusal) Error() string { return e.err.Error() }
func (e *refusal) Unwrap() error { return e.err }

func because(reason Reason, err error) error { return &refusal{reason: reason, err: err} }

func reasonOf(err error) Reason {
	if e, ok := errors.AsType[*refusal](err); ok {
		return e.reason
	}
	return Failed
}

// unreadable gives the error of a body that is no chunk its reason.
func unreadable(err error) error {
	if gait.CodeOf(err) == gait.TooLarge {
		return because(TooLarge, err)
	}
	return because(Malformed, err)
}

// storeFailed gives a store's error its reason; nil stays nil.
func storeFailed(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
		return because(StoreTimeout, err)
	case gait.CodeOf(err) == gait.Unavailable:
		return because(StoreFailed, err)
	}
	return because(Failed, err)
}

// status maps codes to HTTP.
var status = map[gait.Code]int{
	gait.Invalid:      http.StatusBadRequest,
	gait.TooLarge:     http.StatusRequestEntityTooLarge,
	gait.Unauthorized: http.StatusUnauthorized,
	gait.Forbidden:    http.StatusForbidden,
	gait.NotFound:     http.StatusNotFound,
	gait.RateLimited:  http.StatusTooManyRequests,
	gait.Unavailable:  http.StatusServiceUnavailable,
}

// retryAfter is how long a page is asked to wait, unless more is known.
const retryAfter = 10 * time.Second

func (p *Replays) fail(w http.ResponseWriter, r *http.Request, err error) {
	code, ok := status[gait.CodeOf(err)]
	if !ok {
		code = http.StatusInternalServerError
	}
	type detail struct {
		Code    gait.Code `json:"code"`
		Message string    `json:"message"`
		Field   string    `json:"field,omitempty"`
	}
	body := struct {
		Error detail `json:"error"`
		Retry int64  `json:"retry_after_ms,omitempty"`
	}{Error: detail{Code: gait.Internal, Message: "the server failed"}}
	if e, ok := errors.AsType[*gait.Error](err); ok && e.Code != gait.Internal {
		body.Error = detail{e.Code, e.Message, e.Field}
	}
	later, _ := errors.AsType[*refusal](err)
	told := later != nil && later.after > 0
	if code >= http.StatusInternalServerError && !told && r.Context().Err() == nil {
		p.cfg.Logger.Error("replay refused", "status", code, "err", err)
	} else {
		p.cfg.Logger.Debug("replay refused", "status", code, "err", err)
	}
	h := w.Header()
	if code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable {
		after := retryAfter
		if told {
			after = later.after
		}
		body.Retry = after.Milliseconds()
		h.Set("Retry-After", strconv.Itoa(int(after.Seconds())))
	}
	if code == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if code == http.StatusRequestEntityTooLarge {
		h.Set("Connection", "close") // do not read what is left of it
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(code)
	p.encode(w, body)
}

func (p *Replays) answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	p.encode(w, body)
}

func (p *Replays) encode(w io.Writer, body any) {
	if err := json.NewEncoder(w).Encode(body); err != nil {
		p.cfg.Logger.Debug("the client left before its answer", "err", fmt.Sprintf("%T", err))
	}
}
