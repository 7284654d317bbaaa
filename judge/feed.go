package judge

import (
	"context"
	"sync"

	"github.com/gaithq/gait"
)

// feed tells those who watch of rows as they are stored.
type feed struct {
	mu       sync.Mutex
	watchers map[gait.WorkspaceID]map[chan []gait.SessionRow]struct{}
}

// feedRoom is how many lots of rows wait for a reader.
const feedRoom = 16

// Watch returns a channel that gets the rows of a workspace's sessions as they are
// stored, and is closed once ctx ends. A reader that is too slow misses the oldest; nobody
// waits for it. The rows are shared and not to be changed.
func (j *Judge) Watch(ctx context.Context, w gait.WorkspaceID) <-chan []gait.SessionRow {
	f := &j.feed
	rows := make(chan []gait.SessionRow, feedRoom)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.watchers[w] == nil {
		f.watchers[w] = map[chan []gait.SessionRow]struct{}{}
	}
	f.watchers[w][rows] = struct{}{}
	context.AfterFunc(ctx, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if delete(f.watchers[w], rows); len(f.watchers[w]) == 0 {
			delete(f.watchers, w)
		}
		close(rows)
	})
	return rows
}

// tell sends rows to those who watch their workspaces. It never waits.
func (f *feed) tell(rows []gait.SessionRow) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for w, watchers := range f.watchers {
		var of []gait.SessionRow
		for i := range rows {
			if rows[i].Workspace == w {
				of = append(of, rows[i])
			}
		}
		if len(of) == 0 {
			continue
		}
		for c := range watchers {
			for sent := false; !sent; {
				select {
				case c <- of:
					sent = true
				default:
					select { // make room, unless the reader just did
					case <-c:
					default:
					}
				}
			}
		}
	}
}
