//go:build browser

package tracker_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/asset"
	"github.com/gaithq/gait/internal/bundle"
	"github.com/gaithq/gait/tracker"
	"github.com/gaithq/gait/wire"
)

// A received batch.
type batch struct {
	gait.Batch
	secret gait.SecretHash
	beacon bool // as the last flush sends it
}

// leaves reports whether a batch is the last flush of its page.
func (b batch) leaves() bool {
	return b.beacon && slices.ContainsFunc(b.Events, func(e gait.Event) bool { return e.Kind == gait.Life && e.Code == int32(gait.PageHide) })
}

// What one scenario's site has received. Its mode says how it answers.
type site struct {
	mode     string
	Requests int `json:"requests"`
	Refused  int `json:"refused"`
	Resets   int `json:"resets"`
	Nonsense int `json:"nonsense"`

	bodies  [][]byte // decompressed, accepted or not
	gzipped int
	batches []batch // accepted, each once, in the order of arrival
	invalid []string
}

func (s *site) events(kind gait.Kind) []gait.Event {
	var found []gait.Event
	for _, b := range s.batches {
		for _, e := range b.Events {
			if e.Kind == kind {
				found = append(found, e)
			}
		}
	}
	return found
}

func (s *site) texts(kind gait.Kind) []string {
	var texts []string
	for _, e := range s.events(kind) {
		texts = append(texts, e.Text)
	}
	return texts
}

func (s *site) trait(name string) string {
	value := ""
	for _, e := range s.events(gait.Trait) {
		if e.Name == name {
			value = e.Text
		}
	}
	return value
}

// target returns the number of the element described so.
func (s *site) target(t *testing.T, code gait.TargetCode, name string) int32 {
	t.Helper()
	for _, e := range s.events(gait.Describe) {
		if e.Code == int32(code) && e.Text == name {
			return e.Target
		}
	}
	t.Errorf("no target of kind %d named %q", code, name)
	return -2
}

// server plays Gait's edge: it answers by mode and keeps what it accepts.
type server struct {
	*httptest.Server
	unit []byte

	mu    sync.Mutex
	sites map[string]*site
	below int // batches to an endpoint below a path

	away *away // where one scenario's batches go
}

func newServer(t *testing.T) *server {
	t.Helper()
	unit, err := bundle.Build("..", bundle.Bundle{Entry: "tracker/testdata/browser/unit.ts", Out: "unit.js", Target: api.ES2022})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{unit: unit, sites: map[string]*site{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/batch", s.batch)
	mux.HandleFunc("POST /below/v1/batch", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.below++
		s.mu.Unlock()
		s.batch(w, r)
	})
	mux.HandleFunc("GET /control/{what}", s.control)
	mux.Handle("GET /rt.js", tracker.Script())
	mux.HandleFunc("GET /v1/probes.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", asset.JavaScript)
		_, _ = io.WriteString(w, probesStub)
	})
	mux.HandleFunc("GET /below/v1/probes.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", asset.JavaScript)
		w.WriteHeader(http.StatusNotFound)
	})
	mux.HandleFunc("GET /unit.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", asset.JavaScript)
		_, _ = w.Write(s.unit)
	})
	mux.HandleFunc("GET /{site}/{page...}", page)
	mux.HandleFunc("GET /unreachable/{page...}", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.away.page(w, r, "unreachable")
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// of returns a site; s.mu must be held.
func (s *server) of(name string) *site {
	if s.sites[name] == nil {
		s.sites[name] = &site{mode: "up"}
	}
	return s.sites[name]
}

func (s *server) batch(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	body, gzipped := raw, bytes.HasPrefix(raw, []byte{0x1f, 0x8b})
	if gzipped {
		zr, err := gzip.NewReader(bytes.NewReader(raw))
		if err == nil {
			body, err = io.ReadAll(zr)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	var head struct {
		Site string `json:"site"`
	}
	_ = json.Unmarshal(body, &head)

	s.mu.Lock()
	defer s.mu.Unlock()
	to := s.of(head.Site)
	to.Requests++
	to.bodies = append(to.bodies, body)
	if gzipped {
		to.gzipped++
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	refuse := func(status int, more string) {
		to.Refused++
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"code":"test","message":"as told"}%s}`, more)
	}
	switch to.mode {
	case "503":
		refuse(http.StatusServiceUnavailable, `,"retry_after_ms":150`)
		return
	case "400":
		refuse(http.StatusBadRequest, "")
		return
	case "403":
		refuse(http.StatusForbidden, "")
		return
	case "reset":
		to.Resets++
		panic(http.ErrAbortHandler)
	case "nonsense":
		to.Nonsense++
		fmt.Fprint(w, "<html>Please log in to the network</html>")
		return
	}
	var decoder wire.Decoder
	envelope, err := decoder.Decode(body)
	if err != nil {
		to.invalid = append(to.invalid, fmt.Sprintf("%v: %s", err, body))
		refuse(http.StatusBadRequest, "")
		return
	}
	got := envelope.Batch
	known := slices.IndexFunc(to.batches, func(b batch) bool {
		return b.Session == got.Session && b.Page == got.Page && b.Seq == got.Seq
	})
	if known < 0 {
		known = len(to.batches)
		to.batches = append(to.batches, batch{Batch: got, secret: envelope.Secret})
	}
	// The last flush may be overtaken by a request that takes its batch with it.
	to.batches[known].beacon = to.batches[known].beacon || r.Header.Get("Content-Type") != "text/plain"
	fmt.Fprintf(w, `{"ack":%d}`, got.Seq)
}

func (s *server) control(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := s.of(r.FormValue("site"))
	if r.PathValue("what") == "mode" {
		to.mode = r.FormValue("mode")
		if s.away != nil {
			s.away.listen(to.mode != "unreachable")
		}
	}
	var state struct {
		*site
		Letters string   `json:"letters"`
		Users   []string `json:"users"`
		Traits  []string `json:"traits"`
		Left    bool     `json:"left"` // a page said so with its last flush
	}
	state.site = to
	state.Users, state.Traits = []string{}, []string{}
	letters := map[gait.Kind]string{
		gait.Open: "o", gait.Click: "c", gait.Submit: "S", gait.UserID: "U", gait.Tags: "T", gait.Navigate: "n", gait.Wheel: "w", gait.Copy: "y",
		gait.Raw: "r", gait.Log: "g", gait.Identity: "I", gait.Scroll: "s", gait.Edited: "e", gait.Input: "i", gait.Release: "u",
	}
	for _, b := range to.batches {
		state.Left = state.Left || b.leaves()
		for _, e := range b.Events {
			state.Letters += letters[e.Kind]
			switch e.Kind {
			case gait.UserID:
				state.Users = append(state.Users, e.Text)
			case gait.Trait:
				state.Traits = append(state.Traits, e.Name)
			}
		}
	}
	_ = json.NewEncoder(w).Encode(state)
}
