package api

import (
	"log/slog"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"pgregory.net/rapid"
)

// TestSlidingWindow holds the limiter against a list of every moment: never
// more than the limit in any minute, nobody refused without need (but for the
// grain of large limits), and the wait that is told suffices.
func TestSlidingWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.SampledFrom([]int{1, 5, 60, 601}).Draw(t, "limit")
		gaps := rapid.SliceOfN(rapid.Int64Range(0, 200*60/int64(limit)*6+50), 1, 800).Draw(t, "gaps")
		grain := int64(0)
		if limit > entriesMax {
			grain = window / entriesMax
		}
		var u usage
		var taken []int64
		now := int64(1_000_000)
		for _, gap := range gaps {
			now += gap
			count := func(since int64) (n int) {
				for _, at := range taken {
					if at > since {
						n++
					}
				}
				return n
			}
			wait := u.take(limit, now)
			if wait == 0 {
				if n := count(now - window); n >= limit {
					t.Fatalf("let through with %d in the minute before", n)
				}
				taken = append(taken, now)
			} else if n := count(now - window - grain); n < limit {
				t.Fatalf("refused with %d in the minute before", n)
			} else if wait > time.Minute {
				t.Fatalf("told to wait %v", wait)
			}
			if len(u.runs) > entriesMax+1 {
				t.Fatalf("%d entries", len(u.runs))
			}
		}
	})
}

func TestLimiterIsBounded(t *testing.T) {
	l := newLimiter()
	key := func(i int) (k [32]byte) {
		k[0], k[1], k[2] = byte(i), byte(i>>8), byte(i>>16)
		return k
	}
	for i := range 2 * limitedMax {
		if l.take(key(i), 1, int64(1_000_000+i)) != 0 {
			t.Fatal("a new key was refused")
		}
	}
	if len(l.keys) != limitedMax {
		t.Errorf("%d keys remembered", len(l.keys))
	}
	if l.take(key(2*limitedMax-1), 1, 1_010_000) == 0 {
		t.Error("the newest key was forgotten")
	}
	l.take(key(-1), 1, 2_000_000)
	if len(l.keys) != 1 {
		t.Errorf("%d keys remembered after all went idle", len(l.keys))
	}
	if l.take(key(-1), 1, 1_000_000) == 0 {
		t.Error("a clock that was set back opened the window")
	}
	if l.take(key(0), 0, 0) != 0 {
		t.Error("no limit is none")
	}
}

func TestCallersAreBounded(t *testing.T) {
	c := newCallers(nil, time.Now, slog.Default())
	now := time.Unix(1000, 0)
	for i := range 3 * keysMax {
		c.remember([32]byte{byte(i), byte(i >> 8), byte(i >> 16)}, caller{key: gait.Key{}, until: now.Add(keyTTL)}, now)
	}
	if len(c.known) > keysMax {
		t.Errorf("%d callers remembered", len(c.known))
	}
}
