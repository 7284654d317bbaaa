package native

import (
	"bufio"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// feed sends what comes in to one watcher.
type feed struct{ rows chan []gait.SessionRow }

func (f feed) Watch(ctx context.Context, _ gait.WorkspaceID) <-chan []gait.SessionRow {
	out := make(chan []gait.SessionRow)
	go func() {
		defer close(out)
		for {
			select {
			case <-ctx.Done():
				return
			case rows := <-f.rows:
				select {
				case out <- rows:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out
}

// watching is a server with a feed, and quick.
func watching(t *testing.T, stopping context.Context) (*house, *httptest.Server, feed) {
	h := newHouse(t)
	f := feed{make(chan []gait.SessionRow)}
	h.config.Feed, h.config.Stopping = f, stopping
	h.open()
	s := httptest.NewUnstartedServer(h.handler)
	s.Config.WriteTimeout = 200 * time.Millisecond // streams are longer
	s.Config.ReadTimeout = 200 * time.Millisecond
	s.Start()
	return h, s, f
}

func (h *house) watch(ctx context.Context, s *httptest.Server) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, "GET", s.URL+"/api/v1/live?workspace=1", nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+h.keys["reader of one"])
	return s.Client().Do(r)
}

type event struct{ name, data string }

// next reads one event, leaving out comments.
func next(t *testing.T, in *bufio.Scanner) event {
	t.Helper()
	var e event
	for in.Scan() {
		switch line := in.Text(); {
		case line == "" && e.name != "":
			return e
		case strings.HasPrefix(line, "event: "):
			e.name = strings.TrimPrefix(line, "event: ")
		case strings.HasPrefix(line, "data: "):
			e.data = strings.TrimPrefix(line, "data: ")
		}
	}
	t.Fatalf("the stream ended: %v", in.Err())
	return e
}

func TestLive(t *testing.T) {
	defer goleak.VerifyNone(t)
	h, s, f := watching(t, nil)
	defer s.Close()
	h.put(h.row(1, 1, 0))
	if err := h.store.PutLabel(t.Context(), 1, gait.LabelOf{Session: sid(1), Label: gait.LabelUnsure}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	answer, err := h.watch(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/event-stream" || answer.Header.Get("Cache-Control") != "no-store" {
		t.Fatal(answer.Status, answer.Header)
	}
	in := bufio.NewScanner(answer.Body)
	in.Buffer(nil, 1<<20)
	if e := next(t, in); e.name != "stats" || e.data != `{"live":1}` {
		t.Errorf("first %+v", e)
	}
	// Three changes of one session and one of another do not come as four rows.
	for score := 10; score <= 30; score += 10 {
		f.rows <- []gait.SessionRow{h.row(1, 1, 0, func(r *gait.SessionRow) { r.Score = score })}
	}
	f.rows <- []gait.SessionRow{h.row(1, 2, 0)}
	last, sent := map[string]row{}, 0
	for len(last) < 2 {
		e := next(t, in)
		if e.name != "sessions" {
			continue
		}
		var l list[row]
		if err := json.Unmarshal([]byte(e.data), &l); err != nil {
			t.Fatal(err)
		}
		for _, r := range l.Items {
			last[r.ID] = r
			sent++
		}
	}
	if one := last[sid(1).String()]; sent > 3 || one.Score != 30 || one.Band != "monitor" || one.Label != "unsure" || last[sid(2).String()].Label != "" {
		t.Errorf("%d rows: %+v", sent, last)
	}
	cancel()
}

// TestLiveBeats: there is a sign of life where nothing happens, and an end, so that
// a client has to say again who it is.
func TestLiveBeats(t *testing.T) {
	h := newHouse(t)
	f := feed{make(chan []gait.SessionRow)}
	h.config.Feed = f
	d := dialect{Config: h.config, live: &liveCounts{known: map[gait.WorkspaceID]timedCount{}}, watchers: new(watchers)}
	d.pace = pace{rows: time.Hour, stats: time.Hour, beat: time.Millisecond, patience: time.Second, lasts: 30 * time.Millisecond}
	w := httptest.NewRecorder()
	if err := d.liveStream(callFor(""), w); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(w.Body.String(), ": still here\n\n"); n < 2 {
		t.Errorf("%d signs of life: %s", n, w.Body)
	}
	if d.watchers.n != 0 || len(d.watchers.of) != 0 {
		t.Error("a place is still taken")
	}
}

// TestLiveEndsWithTheRole: who may not look any more is sent nothing more.
func TestLiveEndsWithTheRole(t *testing.T) {
	defer goleak.VerifyNone(t)
	for name, key := range map[string]bool{"by cookie": false, "by key": true} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.config.Feed = feed{make(chan []gait.SessionRow)}
			d := dialect{Config: h.config, live: &liveCounts{known: map[gait.WorkspaceID]timedCount{}}, watchers: new(watchers)}
			d.pace = pace{rows: time.Hour, stats: 5 * time.Millisecond, beat: time.Hour, patience: time.Second, lasts: time.Hour}
			var gone atomic.Bool
			asked := h.now
			s := httptest.NewServer(api.New(api.Config{
				Workspaces: h.store, Logger: slog.New(slog.DiscardHandler),
				Now: func() time.Time { // later each time, so that keys are not remembered
					asked = asked.Add(time.Minute)
					return asked
				},
				SignedIn: func(r *http.Request) (gait.Principal, error) {
					if gone.Load() {
						return gait.Principal{}, gait.Errorf(gait.NotFound, "no such workspace")
					}
					return h.signedIn(r)
				},
			}, api.Dialect{Envelope: api.Problem, Routes: []api.Route{{Path: "/api/v1/live", Stream: d.liveStream}}},
				api.Dialect{Speaks: gait.NotAI, Envelope: api.Problem}))
			defer s.Close()
			r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/api/v1/live?workspace=1", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.AddCookie(&http.Cookie{Name: "role", Value: "viewer"})
			if key {
				r.Header.Set("Authorization", "Bearer "+h.keys["reader of one"])
			}
			answer, err := s.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			in := bufio.NewScanner(answer.Body)
			for range 3 {
				next(t, in)
			}
			gone.Store(true)
			if key {
				if err := h.store.RevokeKey(t.Context(), 1, api.HashKey(h.keys["reader of one"]), 1); err != nil {
					t.Fatal(err)
				}
			}
			readAll(t, answer.Body) // ends
		})
	}
}

func TestLiveEndsWithTheServer(t *testing.T) {
	defer goleak.VerifyNone(t)
	stopping, stop := context.WithCancel(t.Context())
	h, s, _ := watching(t, stopping)
	defer s.Close()
	answer, err := h.watch(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	stop()
	readAll(t, answer.Body) // ends
}

// TestTooManyWatch: a page beyond the limit is told to come again.
func TestTooManyWatch(t *testing.T) {
	h := newHouse(t)
	h.config.Feed = feed{}
	d := dialect{Config: h.config, watchers: new(watchers)}
	for i := range watchersMost {
		if !d.watchers.enter(watcher{account: gait.AccountID(i + 1)}) {
			t.Fatal(i)
		}
	}
	if err := d.liveStream(callFor(""), httptest.NewRecorder()); gait.CodeOf(err) != gait.Unavailable {
		t.Errorf("one more: %v", err)
	}
	// Nobody takes every place.
	d.watchers = new(watchers)
	for range watcherMost {
		d.watchers.enter(watcher{})
	}
	if err := d.liveStream(callFor(""), httptest.NewRecorder()); gait.CodeOf(err) != gait.Unavailable {
		t.Errorf("one more of the same: %v", err)
	}
	if other := (watcher{key: [32]byte{1}}); !d.watchers.enter(other) || d.watchers.n != watcherMost+1 {
		t.Error("others have to wait too")
	}
	if err := (dialect{}).liveStream(callFor(""), httptest.NewRecorder()); gait.CodeOf(err) != gait.Unavailable {
		t.Errorf("without a feed: %v", err)
	}
}

// TestQueue: rows wait in the order in which they changed, the newest version of
// each, and not without bound.
func TestQueue(t *testing.T) {
	var q queue
	at := func(n, score int) gait.SessionRow {
		return gait.SessionRow{SessionRef: gait.SessionRef{Session: sid(n)}, Score: score}
	}
	if len(q.take(5)) != 0 {
		t.Error("something from nothing")
	}
	q.add([]gait.SessionRow{at(1, 1), at(2, 1), at(1, 2), at(3, 1)})
	first := q.take(2)
	if len(first) != 2 || first[0].Session != sid(1) || first[0].Score != 2 || first[1].Session != sid(2) {
		t.Errorf("%+v", first)
	}
	q.add([]gait.SessionRow{at(3, 5), at(1, 9)})
	if rest := q.take(9); len(rest) != 2 || rest[0].Score != 5 || rest[1].Score != 9 || len(q.place) != 0 {
		t.Errorf("%+v", rest)
	}
	for i := range 2 * liveWaiting {
		q.add([]gait.SessionRow{at(i, i)})
	}
	if len(q.rows) != liveWaiting || len(q.place) != liveWaiting {
		t.Errorf("%d wait", len(q.rows))
	}
	if got := q.take(1); got[0].Score != liveWaiting {
		t.Errorf("the oldest that is left is %d", got[0].Score)
	}
}
