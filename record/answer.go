package record

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"

	"github.com/gaithq/gait"
)

// maxBody bounds what the recorder's own requests may hold, in bytes.
const maxBody = 64 << 10

// post makes a handler of a function that takes a JSON body and returns what to
// answer as JSON. Pages of other sites are refused.
func post[T any](rec *Recorder, f func(*http.Request, http.Header, T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body T
		err := readJSON(w, r, &body)
		var answer any
		if err == nil {
			answer, err = f(r, w.Header(), body)
		}
		if err != nil {
			rec.fail(w, r, err)
			return
		}
		writeJSON(w, http.StatusOK, answer)
	}
}

func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
		return gait.Errorf(gait.Forbidden, "pages of %.100q may not ask this", origin)
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return gait.Errorf(gait.Forbidden, "pages of other sites may not ask this")
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return gait.Errorf(gait.Invalid, "the body must be application/json")
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return gait.Errorf(gait.TooLarge, "the body is larger than %d kB", maxBody>>10)
		}
		return gait.Errorf(gait.Invalid, "the body: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return gait.Errorf(gait.Invalid, "the body: something follows the object")
	}
	return nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // the answers are structs of strings and numbers
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}

// fail answers {"error": …}.
func (rec *Recorder) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusInternalServerError
	switch gait.CodeOf(err) {
	case gait.Invalid:
		status = http.StatusBadRequest
	case gait.TooLarge:
		status = http.StatusRequestEntityTooLarge
	case gait.Forbidden:
		status = http.StatusForbidden
	case gait.NotFound:
		status = http.StatusNotFound
	case gait.Unavailable:
		status = http.StatusServiceUnavailable
	}
	if errors.Is(err, errClosed) {
		status = http.StatusConflict
	}
	if status >= 500 && r.Context().Err() == nil {
		rec.cfg.Logger.Error("not recorded", "path", r.URL.Path, "err", err)
	}
	writeJSON(w, status, map[string]string{"error": err.Error()})
}

// isLoopback reports whether a Host header names this machine, so that a name of
// somebody else's that points here is refused.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
