package gait

import (
	"errors"
	"fmt"
)

// Code is what kind of failure an Error is. There are few on purpose: each
// dialect maps them to HTTP in one table.
type Code string

// The codes.
const (
	Invalid      Code = "invalid"      // the input is wrong
	TooLarge     Code = "too_large"    // the input is beyond a limit
	Unauthorized Code = "unauthorized" // no key, or a key nobody knows
	Forbidden    Code = "forbidden"    // a known caller without the right
	Unconfirmed  Code = "unconfirmed"  // a known caller who has the right, and has to prove again who they are
	NotFound     Code = "not_found"    // nothing of that name in the caller's workspace
	Conflict     Code = "conflict"     // somebody else changed it meanwhile; look again
	RateLimited  Code = "rate_limited" // too often; try later
	Unavailable  Code = "unavailable"  // cannot be accepted or answered now; try later
	Internal     Code = "internal"     // our fault
)

// Error is the one error type that crosses package borders: a code for
// machines, a message that may be shown to whoever caused it, the input field
// it is about if any, and the cause, which is logged and never shown.
type Error struct {
	Code    Code
	Message string
	Field   string
	Err     error
}

// Error returns the message with its cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error without a cause.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an Error around a cause.
func Wrap(err error, code Code, message string) *Error {
	return &Error{Code: code, Message: message, Err: err}
}

// CodeOf returns the code of the first Error in err's chain, Internal for any
// other error and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}
