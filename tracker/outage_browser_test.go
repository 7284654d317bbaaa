//go:build browser

package tracker_test

import (
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/asset"
)

// away is an address of its own that batches go to. While nothing listens there,
// connections are refused as those of a server that was stopped.
type away struct {
	t       *testing.T
	address string
	handler http.Handler
	server  *http.Server // nil while nothing listens
}

func newAway(t *testing.T, handler http.Handler) *away {
	t.Helper()
	a := &away{t: t, address: "127.0.0.1:0", handler: handler}
	a.listen(true)
	t.Cleanup(func() { a.listen(false) })
	return a
}

// listen starts or stops listening, always at the same port.
func (a *away) listen(wanted bool) {
	switch {
	case wanted && a.server == nil:
		l, err := net.Listen("tcp", a.address)
		if err != nil {
			a.t.Error(err)
			return
		}
		a.address = l.Addr().String()
		a.server = &http.Server{Handler: a.handler, ErrorLog: log.New(io.Discard, "", 0)}
		go a.server.Serve(l) //nolint:errcheck // ends when it is closed
	case !wanted && a.server != nil:
		if err := a.server.Close(); err != nil {
			a.t.Error(err)
		}
		a.server = nil
	}
}

// page serves a scenario's page whose batches go to the address of their own.
func (a *away) page(w http.ResponseWriter, r *http.Request, site string) {
	r.SetPathValue("site", site)
	plain := httptest.NewRecorder()
	page(plain, r)
	maps.Copy(w.Header(), plain.Header())
	_, _ = io.WriteString(w, strings.Replace(plain.Body.String(), `src="/rt.js"`, `src="/rt.js" data-endpoint="http://`+a.address+`"`, 1))
}

// What is captured while the server cannot be reached for a minute arrives once it
// is back: all of it, in order, in the session that the tab had.
func TestOutageOfAMinute(t *testing.T) {
	t.Parallel() // it waits for nearly all of its minute, while TestInChromium works
	const name = "unreachable"
	s := newServer(t)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/batch", s.batch)
	mux.HandleFunc("GET /v1/probes.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", asset.JavaScript)
		_, _ = io.WriteString(w, probesStub)
	})
	s.away = newAway(t, mux)

	var played struct {
		ID      string
		Same    bool
		Said    []string
		Xs      []int32
		Clicks  int
		Away    float64
		Refused int
		Why     []string
		Left    *string
	}
	newDriver(t, s.URL).play(t, name, &played)

	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.of("pub-" + name)
	if min := float64(time.Minute.Milliseconds()); played.Away < min {
		t.Errorf("away for %.0f ms, want at least %.0f", played.Away, min)
	}
	if played.Refused < 4 {
		t.Errorf("%d requests failed meanwhile, want at least 4", played.Refused)
	}
	equal(t, "why requests failed", played.Why, []string{"net::ERR_CONNECTION_REFUSED"})
	for _, why := range got.invalid {
		t.Errorf("an invalid batch: %s", why)
	}
	checkOrder(t, got)
	if !played.Same || played.Left != nil {
		t.Errorf("session kept: %v, left in storage: %v", played.Same, played.Left)
	}
	for _, b := range got.batches {
		if id := b.Session.String(); id != played.ID {
			t.Errorf("session %s, the page said %s", id, played.ID)
		}
	}
	equal(t, "documents", urls(got), []string{"/unreachable/form", "/unreachable/second"})
	equal(t, "user ids", got.texts(gait.UserID), played.Said)
	var xs []int32
	for _, e := range got.events(gait.Move) {
		xs = append(xs, e.X)
	}
	equal(t, "moves", xs, played.Xs)
	if n := len(got.events(gait.Click)); n != played.Clicks {
		t.Errorf("%d clicks, want %d", n, played.Clicks)
	}
	t.Logf("away for %.1f s: %d requests were refused, %d batches hold %d user ids, %d moves and %d clicks",
		played.Away/1000, played.Refused, len(got.batches), len(played.Said), len(xs), played.Clicks)
}
