// Package demo is the site that shows Gait at work: the pages of an invented
// workshop (a signup form, a survey of several pages, a shop in one document),
// and beside each the visitor's own session as the server judges it, while they
// use the page.
//
// The pages carry the tracker like any customer's would. What the panel shows is
// the session's evidence, which Config.Live hands over as JSON; the package knows
// nothing of how it came about.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/gaithq/gait"
)

// Config is what the demo needs from outside.
type Config struct {
	// SiteKey is the public key that the page's script tag carries.
	SiteKey string

	// Live returns the evidence of one session as a JSON object. A session of
	// which nothing is stored is a gait.NotFound, answered 204.
	Live func(ctx context.Context, sessionID string) ([]byte, error)

	// Logger gets the causes of failures; nil means slog.Default.
	Logger *slog.Logger
}

// Handler serves everything under /demo/.
func Handler(c Config) http.Handler {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	mux := http.NewServeMux()
	mux.Handle("GET /demo/{$}", http.RedirectHandler("/demo/signup", http.StatusFound))
	mux.Handle("GET /demo/signup", fixed(c, "signup.html", "/demo/signup"))
	mux.Handle("GET /demo/bots", fixed(c, "bots.html", "/demo/bots"))
	// The shop's routes are made in the page: each of them is the same document.
	shop := fixed(c, "shop.html", "/demo/shop")
	mux.Handle("GET /demo/shop", shop)
	for _, route := range []string{"item/{slug}", "cart", "checkout", "done"} {
		mux.Handle("GET /demo/shop/"+route, shop)
	}
	s := newSurvey(c)
	mux.HandleFunc("GET /demo/survey", s.show)
	mux.HandleFunc("GET /demo/survey/{page}", s.show)
	mux.HandleFunc("POST /demo/survey/{page}", s.take)
	mux.Handle("GET /demo/assets/{name}", http.HandlerFunc(serveAsset))
	mux.Handle("GET /demo/live", live(c))
	return mux
}

// live answers the panel's poll.
func live(c Config) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		id, err := gait.ParseSessionID(r.URL.Query().Get("session"))
		if err != nil {
			writeProblem(w, &gait.Error{Code: gait.Invalid, Message: err.Error(), Field: "session"})
			return
		}
		body, err := c.Live(r.Context(), id.String())
		if gait.CodeOf(err) == gait.NotFound {
			// Every visit starts so. A 404 would fill the visitor's console with errors.
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if err != nil {
			if status(gait.CodeOf(err)) >= 500 && r.Context().Err() == nil {
				c.Logger.ErrorContext(r.Context(), "demo: live evidence", "session", id.String(), "err", err)
			}
			writeProblem(w, err)
			return
		}
		h.Set("Content-Type", "application/json")
		w.Write(body)
	})
}

// status is the table from codes to HTTP.
func status(code gait.Code) int {
	switch code {
	case gait.Invalid:
		return http.StatusBadRequest
	case gait.TooLarge:
		return http.StatusRequestEntityTooLarge
	case gait.Unauthorized:
		return http.StatusUnauthorized
	case gait.Forbidden:
		return http.StatusForbidden
	case gait.NotFound:
		return http.StatusNotFound
	case gait.RateLimited:
		return http.StatusTooManyRequests
	case gait.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// writeProblem answers with RFC 9457 problem details. Of an error that is not
// ours to show, only the status is told.
func writeProblem(w http.ResponseWriter, err error) {
	code := gait.CodeOf(err)
	problem := struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail,omitempty"`
		Field  string `json:"field,omitempty"`
	}{Type: "about:blank", Title: http.StatusText(status(code)), Status: status(code)}
	if e, ok := errors.AsType[*gait.Error](err); ok {
		problem.Detail, problem.Field = e.Message, e.Field
	}
	body, _ := json.Marshal(problem) // strings and an int cannot fail
	if code == gait.RateLimited || code == gait.Unavailable {
		w.Header().Set("Retry-After", "2")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(problem.Status)
	w.Write(body)
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	a, ok := assets[r.PathValue("name")]
	if !ok {
		writeProblem(w, gait.Errorf(gait.NotFound, "no such file"))
		return
	}
	a.ServeHTTP(w, r)
}
