package notai

import (
	"net/http"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// wording is a code of ours as this dialect says it.
type wording struct {
	status int
	code   string
}

// wordings maps codes to HTTP and to NotAI's codes, which are a closed list:
// what has none of its own goes under the nearest.
var wordings = map[gait.Code]wording{
	gait.Invalid:         {http.StatusBadRequest, "VALIDATION_ERROR"},
	gait.TooLarge:        {http.StatusRequestEntityTooLarge, "VALIDATION_ERROR"},
	api.MethodNotAllowed: {http.StatusMethodNotAllowed, "VALIDATION_ERROR"},
	gait.Unauthorized:    {http.StatusUnauthorized, "INVALID_API_KEY"},
	gait.Forbidden:       {http.StatusForbidden, "FORBIDDEN"},
	gait.NotFound:        {http.StatusNotFound, "NOT_FOUND"},
	gait.Conflict:        {http.StatusConflict, "VALIDATION_ERROR"},
	gait.RateLimited:     {http.StatusTooManyRequests, "RATE_LIMITED"},
	gait.Unavailable:     {http.StatusServiceUnavailable, "UNAVAILABLE"},
	gait.Internal:        {http.StatusInternalServerError, "INTERNAL_ERROR"},
}

func envelope(e *gait.Error) api.Reply {
	w, ok := wordings[e.Code]
	if !ok {
		w = wordings[gait.Internal]
	}
	body := failure{failureDetail{Code: w.code, Message: e.Message}}
	if e.Field != "" {
		body.Error.Details = map[string]string{"field": e.Field}
	}
	return api.Reply{Status: w.status, Type: api.JSON, Body: body}
}

// invalid is a query parameter that cannot be used.
func invalid(field, message string) error {
	return &gait.Error{Code: gait.Invalid, Message: field + ": " + message, Field: field}
}
