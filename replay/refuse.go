package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/refusal"
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

func because(reason Reason, err error) error { return later(reason, 0, err) }

// later is because for what may be tried again after some time.
func later(reason Reason, after time.Duration, err error) error {
	return &refusal.Error{Reason: string(reason), After: after, Err: err}
}

func reasonOf(err error) Reason { return Reason(refusal.Reason(err, string(Failed))) }

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
	if code >= http.StatusInternalServerError && refusal.After(err) == 0 && r.Context().Err() == nil {
		p.cfg.Logger.Error("replay refused", "status", code, "err", err)
	} else {
		p.cfg.Logger.Debug("replay refused", "status", code, "err", err)
	}
	h := w.Header()
	if code == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if code == http.StatusRequestEntityTooLarge {
		h.Set("Connection", "close") // do not read what is left of it
	}
	p.sent(refusal.Write(w, code, err, "the server failed", retryAfter))
}

func (p *Replays) answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	p.sent(json.NewEncoder(w).Encode(body))
}

// sent notes that an answer came to nobody; its error names an address.
func (p *Replays) sent(err error) {
	if err != nil {
		p.cfg.Logger.Debug("the client left before its answer", "err", fmt.Sprintf("%T", err))
	}
}
