package api

import (
	"net/http"

	"github.com/gaithq/gait"
)

// problem is the body of RFC 9457. Its type is about:blank, which says that the
// status tells everything, and is therefore left out.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Field  string `json:"field,omitempty"` // ours: the input that is wrong
	Code   string `json:"code,omitempty"`  // ours: tells it from others with the status, where clients can do something about it
}

// problems maps codes to HTTP for the dialects that speak RFC 9457.
var problems = map[gait.Code]int{
	gait.Invalid:      http.StatusBadRequest,
	gait.TooLarge:     http.StatusRequestEntityTooLarge,
	gait.Unauthorized: http.StatusUnauthorized,
	gait.Forbidden:    http.StatusForbidden,
	gait.Unconfirmed:  http.StatusForbidden,
	gait.NotFound:     http.StatusNotFound,
	gait.Conflict:     http.StatusConflict,
	gait.RateLimited:  http.StatusTooManyRequests,
	gait.Unavailable:  http.StatusServiceUnavailable,
	gait.Internal:     http.StatusInternalServerError,
	MethodNotAllowed:  http.StatusMethodNotAllowed,
}

// Problem is the envelope of RFC 9457 (application/problem+json). It serves the
// dialects without error bodies of their own and every path without a dialect.
func Problem(e *gait.Error) Reply {
	status, ok := problems[e.Code]
	if !ok {
		status = http.StatusInternalServerError
	}
	p := problem{Title: http.StatusText(status), Status: status, Detail: e.Message, Field: e.Field}
	if e.Code == gait.Unconfirmed {
		p.Code = string(e.Code)
	}
	return Reply{status, "application/problem+json", p}
}
