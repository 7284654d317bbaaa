package ingest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/refusal"
	"github.com/gaithq/gait/wire"
)

// Reason is why a request ended as it did. There are few, and they are the same
// in metrics and in docs/configure.md.
type Reason string

// The reasons.
const (
	Accepted     Reason = "accepted"
	Duplicate    Reason = "duplicate"      // stored before
	Method       Reason = "method"         // not a POST
	Concurrent   Reason = "concurrent"     // too many requests at a time
	Memory       Reason = "memory"         // too many bytes of bodies at a time
	TooLarge     Reason = "too_large"      // the body, or what is in it
	Malformed    Reason = "malformed"      // the body is not a batch
	SecretInPage Reason = "secret_in_page" // an API key where the site key belongs
	UnknownSite  Reason = "unknown_site"
	WrongOrigin  Reason = "wrong_origin"
	WrongSecret  Reason = "wrong_secret"  // another page's session
	SessionRate  Reason = "session_rate"  // too many batches of one session
	AddressRate  Reason = "address_rate"  // too many new sessions from one address
	SessionFull  Reason = "session_full"  // the session stores as much as it may
	StoreTimeout Reason = "store_timeout" // the store took too long, or the page left
	StoreFailed  Reason = "store_failed"  // a full or failing disk
	Failed       Reason = "failed"        // our fault
)

// Reasons lists them all.
func Reasons() []Reason {
	return []Reason{
		Accepted, Duplicate, Method, Concurrent, Memory, TooLarge, Malformed, SecretInPage, UnknownSite, WrongOrigin,
		WrongSecret, SessionRate, AddressRate, SessionFull, StoreTimeout, StoreFailed, Failed,
	}
}

func because(reason Reason, err error) error {
	return &refusal.Error{Reason: string(reason), Err: err}
}

func reasonOf(err error) Reason { return Reason(refusal.Reason(err, string(Failed))) }

// withoutPeer returns what went wrong with a connection, without the addresses
// that the error of package net carries.
func withoutPeer(err error) error {
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return e.Err
	}
	return err
}

// storeFailed gives a store's error its reason.
func storeFailed(err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return because(StoreTimeout, gait.Wrap(err, gait.Unavailable, "the batch could not be stored in time"))
	}
	switch gait.CodeOf(err) {
	case gait.Forbidden:
		return because(WrongSecret, err)
	case gait.TooLarge:
		return because(SessionFull, err)
	case gait.Unavailable:
		return because(StoreFailed, err)
	}
	return because(Failed, err)
}

// retryAfter is how long a page is asked to wait before it tries again, unless
// more is known.
const retryAfter = 2 * time.Second

// status maps codes to HTTP.
var status = map[gait.Code]int{
	gait.Invalid:      http.StatusBadRequest,
	gait.TooLarge:     http.StatusRequestEntityTooLarge,
	gait.Unauthorized: http.StatusForbidden,
	gait.Forbidden:    http.StatusForbidden,
	gait.NotFound:     http.StatusForbidden,
	gait.RateLimited:  http.StatusTooManyRequests,
	gait.Unavailable:  http.StatusServiceUnavailable,
	gait.Internal:     http.StatusInternalServerError,
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, o Outcome, err error) {
	o.Status, o.Reason = status[gait.CodeOf(err)], reasonOf(err)
	h.cfg.Observe(o)
	h.fail(w, r, o.Status, err)
}

func (h *Handler) fail(w http.ResponseWriter, r *http.Request, code int, err error) {
	// What is only counted would fill the log, and a page that left misses nothing: it sends again.
	if reason := reasonOf(err); code >= 500 && reason != Concurrent && reason != Memory && r.Context().Err() == nil {
		h.cfg.Logger.Error("batch refused", "status", code, "err", err)
	} else {
		h.cfg.Logger.Debug("batch refused", "status", code, "err", err)
	}
	if code == http.StatusRequestEntityTooLarge && r.ContentLength > wire.MaxBody {
		w.Header().Set("Connection", "close") // do not read what is left of it
	}
	if err := refusal.Write(w, code, err, "the server failed; the batch was not stored", retryAfter); err != nil {
		h.cfg.Logger.Debug("the page left before its answer", "err", withoutPeer(err))
	}
}

// rescue answers for a request whose handling panicked.
func (h *Handler) rescue(w http.ResponseWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	h.cfg.Logger.Error("panic while taking in a batch", "panic", v, "stack", string(debug.Stack()))
	h.cfg.Observe(Outcome{Status: http.StatusInternalServerError, Reason: Failed})
	h.fail(w, r, http.StatusInternalServerError, gait.Errorf(gait.Internal, "panic"))
}
