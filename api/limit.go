package api

import (
	"sync"
	"time"
)

const (
	window     = int64(time.Minute / time.Millisecond)
	entriesMax = 600  // moments remembered of a key
	limitedMax = 4096 // keys remembered; at about 10 kB for the busiest of them
)

// limiter counts requests in a sliding minute for each key. A key with a limit
// of up to entriesMax is counted to the millisecond; above that, requests within
// a 600th of the minute leave the window together, with the last of them.
// Refused requests do not count.
//
// Only keys that were found good get here, so their number is the operator's;
// should there be more than limitedMax, the one unused for longest starts anew.
type limiter struct {
	mu   sync.Mutex
	keys map[[32]byte]*usage
}

// usage is what one key did in the last minute.
type usage struct {
	runs  []run // oldest first
	count int   // the sum of the runs
	first int64 // when the newest run began, Unix ms
	last  int64 // when the key was last used, Unix ms
}

// run is some requests close together.
type run struct {
	last int64 // Unix ms
	n    int
}

func newLimiter() *limiter { return &limiter{keys: map[[32]byte]*usage{}} }

// take counts a request at now (Unix ms) and returns 0, or returns how long to
// wait if there were limit of them in the minute before. A limit of 0 is none.
func (l *limiter) take(key [32]byte, limit int, now int64) time.Duration {
	if limit <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.keys[key]
	if u == nil {
		l.makeRoom(now)
		u = &usage{}
		l.keys[key] = u
	}
	return u.take(limit, now)
}

func (u *usage) take(limit int, now int64) time.Duration {
	now = max(now, u.last) // a clock that was set back opens no window
	u.last = now
	gone := 0
	for gone < len(u.runs) && u.runs[gone].last <= now-window {
		u.count -= u.runs[gone].n
		gone++
	}
	if gone > 0 {
		u.runs = append(u.runs[:0], u.runs[gone:]...)
	}
	if u.count >= limit {
		return time.Duration(u.runs[0].last+window-now) * time.Millisecond
	}
	grain := int64(1)
	if limit > entriesMax {
		grain = window / entriesMax
	}
	u.count++
	if n := len(u.runs); n > 0 && now-u.first < grain {
		u.runs[n-1].last = now
		u.runs[n-1].n++
		return 0
	}
	u.first = now
	u.runs = append(u.runs, run{now, 1})
	return 0
}

// makeRoom forgets keys when there are too many: those idle for a minute, or
// else the one unused for longest.
func (l *limiter) makeRoom(now int64) {
	if len(l.keys) < limitedMax {
		return
	}
	var oldest [32]byte
	since := now + 1
	for k, u := range l.keys {
		if u.last <= now-window {
			delete(l.keys, k)
		} else if u.last < since {
			oldest, since = k, u.last
		}
	}
	if len(l.keys) >= limitedMax {
		delete(l.keys, oldest)
	}
}
