package native

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// Feed tells of rows as they are stored.
type Feed interface {
	// Watch sends rows of a workspace until ctx ends, and closes the channel then.
	// A reader that is too slow misses some.
	Watch(ctx context.Context, w gait.WorkspaceID) <-chan []gait.SessionRow
}

// Bounds on those who watch.
const (
	watchersMost = 100  // at a time, of all workspaces
	watcherMost  = 20   // of one account or key, so that nobody takes every place
	liveRows     = 100  // in one event
	liveWaiting  = 1000 // rows that wait for the next event; what is older is let go
)

// pace is how often a stream has something to say.
type pace struct {
	rows, stats, beat time.Duration
	patience          time.Duration // that a client has to take in what it is sent
	lasts             time.Duration // until the client has to say again who it is
}

var usualPace = pace{
	rows: 500 * time.Millisecond, stats: 5 * time.Second, beat: 15 * time.Second,
	patience: 10 * time.Second, lasts: 15 * time.Minute,
}

// watchers counts those who watch. Its zero value is nobody.
type watchers struct {
	mu sync.Mutex
	n  int
	of map[watcher]int
}

// watcher is an account, or a key.
type watcher struct {
	account gait.AccountID
	key     [32]byte
}

func (s *watchers) enter(w watcher) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n >= watchersMost || s.of[w] >= watcherMost {
		return false
	}
	if s.of == nil {
		s.of = map[watcher]int{}
	}
	s.n++
	s.of[w]++
	return true
}

func (s *watchers) leave(w watcher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n--
	if s.of[w]--; s.of[w] == 0 {
		delete(s.of, w)
	}
}

// liveStream sends rows that changed, as server-sent events, until the client goes,
// the server stops, or it is time to ask anew whether the client may look.
func (d dialect) liveStream(c *api.Call, w http.ResponseWriter) error {
	if p := read(c); p.err != nil {
		return p.err
	}
	if d.Feed == nil {
		return gait.Errorf(gait.Unavailable, "this server does not tell of sessions as they come")
	}
	who := watcher{c.Principal.Account, c.Key.Hash}
	if !d.watchers.enter(who) {
		return gait.Errorf(gait.Unavailable, "%d pages watch already, or %d of yours; try again when one is closed", watchersMost, watcherMost)
	}
	defer d.watchers.leave(who)
	ctx, cancel := context.WithTimeout(c.Request.Context(), d.pace.lasts)
	defer cancel()
	if d.Stopping != nil {
		defer context.AfterFunc(d.Stopping, cancel)()
	}
	s := stream{w: w, control: http.NewResponseController(w), patience: d.pace.patience}
	// The server's own deadlines are for requests that end.
	_ = s.control.SetReadDeadline(time.Time{})
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // for proxies that would wait for the end
	if err := d.stats(ctx, c.Workspace.ID, &s); err != nil {
		return err
	}
	err := d.follow(ctx, c, &s)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// follow sends what happens until ctx ends, the client does not take it, or may not
// look any more. A client that asks again then is told why.
func (d dialect) follow(ctx context.Context, c *api.Call, s *stream) error {
	w := c.Workspace.ID
	rows := d.Feed.Watch(ctx, w)
	flush, stats, beat := time.NewTicker(d.pace.rows), time.NewTicker(d.pace.stats), time.NewTicker(d.pace.beat)
	defer flush.Stop()
	defer stats.Stop()
	defer beat.Stop()
	var waiting queue
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case changed, ok := <-rows:
			if !ok {
				return nil
			}
			waiting.add(changed)
		case <-flush.C:
			if batch := waiting.take(liveRows); len(batch) > 0 {
				err = d.sendRows(ctx, w, s, batch)
			}
		case <-stats.C:
			if c.Still() != nil {
				return nil
			}
			err = d.stats(ctx, w, s)
		case <-beat.C:
			err = s.send(": still here\n\n")
		}
		if err != nil {
			return err
		}
	}
}

func (d dialect) sendRows(ctx context.Context, w gait.WorkspaceID, s *stream, batch []gait.SessionRow) error {
	view, err := d.reader(ctx, w, d.now())
	if err != nil {
		return err
	}
	for i := range batch { // rows are told of as they are derived, without labels
		l, err := d.Store.LabelOf(ctx, w, batch[i].Session)
		if err != nil && gait.CodeOf(err) != gait.NotFound {
			return err
		}
		batch[i].Label = l.Label
	}
	rows, err := d.through(ctx, view, batch)
	if err != nil {
		return err
	}
	return s.event("sessions", map[string]any{"items": rows})
}

func (d dialect) stats(ctx context.Context, w gait.WorkspaceID, s *stream) error {
	n, err := d.liveOf(ctx, w, d.now())
	if err != nil {
		return err
	}
	return s.event("stats", map[string]any{"live": n.Sessions})
}

// stream writes server-sent events.
type stream struct {
	w        http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
}

func (s *stream) event(name string, data any) error {
	b, err := api.Encode(data)
	if err != nil {
		return err
	}
	return s.send(fmt.Sprintf("event: %s\ndata: %s\n", name, b))
}

func (s *stream) send(text string) error {
	// Writers without deadlines, as in tests, do without them.
	_ = s.control.SetWriteDeadline(time.Now().Add(s.patience))
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}

// queue holds rows until they are sent, the last version of each, in the order in
// which they first changed. Its zero value is empty.
type queue struct {
	rows  []gait.SessionRow
	place map[gait.SessionID]int // in rows
}

func (q *queue) add(rows []gait.SessionRow) {
	if q.place == nil {
		q.place = map[gait.SessionID]int{}
	}
	for _, r := range rows {
		if i, ok := q.place[r.Session]; ok {
			q.rows[i] = r
			continue
		}
		q.place[r.Session] = len(q.rows)
		q.rows = append(q.rows, r)
	}
	if over := len(q.rows) - liveWaiting; over > 0 {
		q.drop(over)
	}
}

// take removes and returns the first n rows, or all if there are fewer.
func (q *queue) take(n int) []gait.SessionRow {
	n = min(n, len(q.rows))
	taken := append([]gait.SessionRow{}, q.rows[:n]...)
	q.drop(n)
	return taken
}

func (q *queue) drop(n int) {
	for _, r := range q.rows[:n] {
		delete(q.place, r.Session)
	}
	rest := copy(q.rows, q.rows[n:])
	clear(q.rows[rest:])
	q.rows = q.rows[:rest]
	for i, r := range q.rows {
		q.place[r.Session] = i
	}
}
