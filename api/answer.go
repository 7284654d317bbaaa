package api

import (
	"log/slog"
	"net/http"
)

// Answer answers a request outside of the dialects in the forms of this package:
// with body as JSON, with the status 204 for nil, or with err as a problem
// document. Logger nil means slog.Default.
func Answer(log *slog.Logger, w http.ResponseWriter, r *http.Request, body any, err error) {
	if log == nil {
		log = slog.Default()
	}
	harden(w.Header())
	x := exchange{server: &server{Config: Config{Logger: log}}, w: w, r: r, envelope: Problem}
	switch {
	case err != nil:
		x.fail(err)
	case body == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		x.reply(Reply{http.StatusOK, JSON, body})
	}
}

// harden sets what every answer carries.
func harden(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
}

// answer has a route answer a call.
func (x *exchange) answer(route *Route, c *Call) {
	if route.Stream != nil {
		w := &parts{ResponseWriter: x.w}
		x.streaming = w
		if err := route.Stream(c, w); err != nil {
			x.fail(err)
		}
		return
	}
	body, err := route.Handle(c)
	switch {
	case err != nil:
		x.fail(err)
	case body == nil && route.method() != http.MethodGet:
		x.w.WriteHeader(http.StatusNoContent)
	default:
		x.reply(Reply{http.StatusOK, JSON, body})
	}
}

// parts notes whether a Streamer has begun.
type parts struct {
	http.ResponseWriter
	begun bool
}

// WriteHeader begins the answer, unless the status is of those that only announce one.
func (p *parts) WriteHeader(status int) {
	p.begun = p.begun || status >= http.StatusOK
	p.ResponseWriter.WriteHeader(status)
}

// Write begins the answer if nothing did before.
func (p *parts) Write(b []byte) (int, error) {
	p.begun = true
	return p.ResponseWriter.Write(b)
}

// FlushError sends what was written, and is how http.ResponseController flushes.
func (p *parts) FlushError() error {
	p.begun = true
	return http.NewResponseController(p.ResponseWriter).Flush()
}

// Unwrap is for http.ResponseController.
func (p *parts) Unwrap() http.ResponseWriter { return p.ResponseWriter }
