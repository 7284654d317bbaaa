package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/refusal"
)

// clock is a time that tests turn on.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newClock() *clock { return &clock{now: time.Unix(1763757494, 0)} }

// from posts the nth batch of a session from an address.
func (f *fixture) from(addr string, session, seq int, edits ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, Path, strings.NewReader(body(append(edits,
		"00112233445566778899aabbccddeeff", fmt.Sprintf("%032x", session), `"seq":0`, fmt.Sprintf(`"seq":%d`, seq))...)))
	r.RemoteAddr = addr
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

// waits returns how long a page is told to wait.
func waits(t *testing.T, w *httptest.ResponseRecorder) time.Duration {
	t.Helper()
	var p refusal.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	seconds, err := strconv.Atoi(w.Header().Get("Retry-After"))
	if w.Code != http.StatusTooManyRequests || p.Error.Code != gait.RateLimited || p.RetryAfter < 1000 || err != nil || int64(seconds)*1000 < p.RetryAfter {
		t.Errorf("%d %s, Retry-After %q", w.Code, w.Body, w.Header().Get("Retry-After"))
	}
	return time.Duration(p.RetryAfter) * time.Millisecond
}

func TestSessionRate(t *testing.T) {
	c := newClock()
	f := newFixture(t, Config{Now: c.Now, Limits: Limits{SessionRate: 5, SessionBurst: 20}})
	for seq := range 20 {
		if w := f.from("203.0.113.1:9", 1, seq); w.Code != 200 {
			t.Fatalf("batch %d: %d %s", seq, w.Code, w.Body)
		}
	}
	w := f.from("203.0.113.1:9", 1, 20)
	wait := waits(t, w)
	if w := f.from("203.0.113.1:9", 2, 0); w.Code != 200 {
		t.Errorf("another session is held up: %d", w.Code)
	}
	if w := f.from("203.0.113.1:9", 1, 20, `"secret":"ff`, `"secret":"00`); w.Code != 403 {
		t.Errorf("somebody else with the session's id: %d", w.Code)
	}
	c.add(wait)
	if w := f.from("203.0.113.1:9", 1, 20); w.Code != 200 {
		t.Errorf("after the wait: %d", w.Code)
	}
}

func TestQueueAfterAnOutage(t *testing.T) {
	c := newClock()
	f := newFixture(t, Config{Now: c.Now, Store: failing(func(context.Context) error { return nil }), Limits: Limits{SessionRate: 5, SessionBurst: 250}})
	start := c.Now()
	for seq := range 200 {
		for {
			w := f.from("203.0.113.1:9", 1, seq)
			if w.Code == 200 {
				break
			}
			c.add(waits(t, w))
		}
	}
	if took := c.Now().Sub(start); took > 30*time.Second {
		t.Errorf("200 queued batches need %v", took)
	}
}

func TestAddressRate(t *testing.T) {
	c := newClock()
	f := newFixture(t, Config{Now: c.Now, Limits: Limits{AddressRate: 60, AddressBurst: 30}})
	const room = "203.0.113.1:9"
	for s := range 30 {
		if w := f.from(room, s, 0); w.Code != 200 {
			t.Fatalf("session %d: %d %s", s, w.Code, w.Body)
		}
	}
	waits(t, f.from(room, 30, 0))
	waits(t, f.from(room, 30, 0))
	for s := range 30 {
		if w := f.from(room, s, 1); w.Code != 200 {
			t.Errorf("session %d is not new and gets %d", s, w.Code)
		}
	}
	for i, other := range []string{"203.0.113.2:9", "[2001:db8::1]:9", "127.0.0.1:9", "10.0.0.1:9"} {
		for s := range 5 {
			if w := f.from(other, 1000+10*i+s, 0); w.Code != 200 {
				t.Errorf("%s is held up: %d", other, w.Code)
			}
		}
	}
	// 2001:db8::1 and its neighbours are one customer.
	for s := range 25 {
		if w := f.from(fmt.Sprintf("[2001:db8:0:%x::1]:9", s), 2000+s, 0); w.Code != 200 {
			t.Fatalf("session %d: %d", s, w.Code)
		}
	}
	waits(t, f.from("[2001:db8:0:ff::1]:9", 3000, 0))
	c.add(2 * time.Second)
	for s, want := range []int{200, 200, 429} {
		if w := f.from(room, 30+s, 0); w.Code != want {
			t.Errorf("two seconds later, session %d: %d, want %d", s, w.Code, want)
		}
	}
}

// Sessions that begin with another batch than the first are counted all the same.
func TestAddressRateCannotBeWalkedAround(t *testing.T) {
	f := newFixture(t, Config{Now: newClock().Now, Limits: Limits{AddressRate: 60, AddressBurst: 30}})
	for s := range 30 {
		if w := f.from("203.0.113.1:9", s, 7); w.Code != 200 {
			t.Fatalf("session %d: %d", s, w.Code)
		}
	}
	waits(t, f.from("203.0.113.1:9", 30, 7))
	waits(t, f.from("203.0.113.1:9", 30, 0))
}

// After a restart nothing is remembered; sessions that go on are not new.
func TestAddressRateAfterARestart(t *testing.T) {
	limits := Limits{AddressRate: 60, AddressBurst: 30}
	before := newFixture(t, Config{})
	for s := range 100 {
		if w := before.from("203.0.113.1:9", s, 0); w.Code != 200 {
			t.Fatal(w.Code)
		}
	}
	f := &fixture{Handler: New(Config{Workspaces: before.store, Store: before.store, Limits: limits})}
	for s := range 100 {
		if w := f.from("203.0.113.1:9", s, 1); w.Code != 200 {
			t.Errorf("session %d: %d", s, w.Code)
		}
	}
}

func TestLimiterForgets(t *testing.T) {
	f := newFixture(t, Config{Limits: Limits{SessionRate: 1, SessionBurst: 1, AddressRate: 1e6, AddressBurst: 1e6, Tracked: 10}, Store: failing(func(context.Context) error { return nil })})
	for s := range 100 {
		if w := f.from(fmt.Sprintf("203.0.113.%d:9", s), s, 0); w.Code != 200 {
			t.Fatal(w.Code)
		}
	}
	if st := f.Stats(); st.Sessions != 10 || st.Addresses != 10 || st.Requests != 0 || st.Bytes != 0 {
		t.Errorf("%+v", st)
	}
}

func TestBodyBytes(t *testing.T) {
	entered, leave := make(chan bool), make(chan bool)
	f := newFixture(t, Config{BodyBytes: 3000, Store: failing(func(context.Context) error {
		entered <- true
		<-leave
		return nil
	})})
	big := []byte(body(`"https://example.org/signup"`, `"https://example.org/`+strings.Repeat("a", 1900)+`"`))
	answer := make(chan int)
	go func() { answer <- f.post(big).Code }()
	<-entered
	for _, second := range [][]byte{big, zipped(t, big)} {
		if w := f.post(second); w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("beyond the bytes of all bodies: %d %s", w.Code, w.Body)
		}
	}
	leave <- true
	if code := <-answer; code != 200 {
		t.Errorf("the first: %d", code)
	}
	go func() { answer <- f.post(zipped(t, big)).Code }()
	<-entered
	leave <- true
	if code := <-answer; code != 200 {
		t.Errorf("afterwards: %d", code)
	}
	if n := f.Stats().Bytes; n != 0 {
		t.Errorf("%d bytes are still held", n)
	}
}

func TestOutcomes(t *testing.T) {
	var got []Outcome
	f := newFixture(t, Config{Observe: func(o Outcome) { got = append(got, o) }, Limits: Limits{SessionRate: 1, SessionBurst: 3}})
	f.post([]byte(body()))
	f.post([]byte(body()))
	f.post([]byte(body(`"secret":"ff`, `"secret":"00`)))
	f.post([]byte("{"))
	f.post(bytes.Repeat([]byte(" "), 300<<10))
	f.post([]byte(body(siteKey, "pub-x")))
	f.post([]byte(body(siteKey, "sk-x")))
	f.post([]byte(body(siteKey, closedSite)))
	f.post([]byte(body()))
	f.post([]byte(body()))
	want := []Reason{Accepted, Duplicate, WrongSecret, Malformed, TooLarge, UnknownSite, SecretInPage, WrongOrigin, Duplicate, SessionRate}
	statuses := []int{200, 200, 403, 400, 413, 403, 403, 403, 200, 429}
	if len(got) != len(want) {
		t.Fatalf("%d outcomes, want %d", len(got), len(want))
	}
	for i, o := range got {
		if o.Reason != want[i] || o.Status != statuses[i] || (o.Stored > 0) != (i < 3 || i == 8) {
			t.Errorf("post %d: %+v, want %s with %d", i, o, want[i], statuses[i])
		}
	}
}
