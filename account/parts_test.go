package account

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

func TestHasher(t *testing.T) {
	ctx := context.Background()
	h := newHasher(cheap)
	a, err := h.hash(ctx, "secret")
	if err != nil {
		t.Fatal(err)
	}
	b, err := h.hash(ctx, "secret")
	if err != nil || a == b {
		t.Errorf("two hashes alike: %s %v", a, err)
	}
	for _, c := range []struct {
		phc, password string
		ok, outdated  bool
	}{
		{a, "secret", true, false},
		{a, "Secret", false, false},
		{a, "", false, false},
		{"", "secret", false, false},
		{"", "", false, false},
	} {
		ok, outdated, err := h.check(ctx, c.phc, c.password)
		if err != nil || ok != c.ok || outdated != c.outdated {
			t.Errorf("%q %q: %v %v %v", c.phc, c.password, ok, outdated, err)
		}
	}
	dear := newHasher(Hashing{Passes: 2, Memory: 64, Lanes: 1})
	if ok, outdated, err := dear.check(ctx, a, "secret"); !ok || !outdated || err != nil {
		t.Errorf("old costs: %v %v %v", ok, outdated, err)
	}
	if _, _, err := h.check(ctx, "junk", "x"); err == nil {
		t.Error("a hash that is none")
	}
}

// TestRecommended: a new server hashes as RFC 9106 recommends, in time.
func TestRecommended(t *testing.T) {
	h := newHasher(Hashing{})
	phc, err := h.hash(context.Background(), password)
	if err != nil || !strings.HasPrefix(phc, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Fatal(phc, err)
	}
	s, err := parseStored(phc)
	if err != nil || len(s.salt) != 16 || len(s.hash) != 32 || s.String() != phc {
		t.Errorf("%+v %v", s, err)
	}
}

// TestHasherBounds: only a few hashes are made at a time, and only some wait.
func TestHasherBounds(t *testing.T) {
	h := newHasher(cheap)
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	refused := make(chan error, waitingMax)
	for range waitingMax {
		wait.Go(func() {
			_, err := h.hash(ctx, "x")
			refused <- err
		})
	}
	for h.waiting.Load() < waitingMax {
		time.Sleep(time.Millisecond)
	}
	if _, err := h.hash(context.Background(), "x"); gait.CodeOf(err) != gait.Unavailable {
		t.Errorf("one more waits: %v", err)
	}
	cancel()
	wait.Wait()
	for range waitingMax {
		if err := <-refused; gait.CodeOf(err) != gait.Unavailable {
			t.Error(err)
		}
	}
	if cap(h.slots) > hashersMax || h.waiting.Load() != 0 {
		t.Error(cap(h.slots), h.waiting.Load())
	}
}

func TestBuckets(t *testing.T) {
	now := time.Unix(1000, 0)
	b := newBuckets(2, time.Minute)
	for i, c := range []struct {
		after time.Duration
		wait  time.Duration
	}{{0, 0}, {0, 0}, {0, time.Minute}, {30 * time.Second, 30 * time.Second}, {30 * time.Second, 0}, {-time.Hour, time.Minute}, {3 * time.Hour, 0}, {0, 0}, {0, time.Minute}} {
		now = now.Add(c.after)
		if got := b.take("x", now); got != c.wait {
			t.Errorf("%d: %v, want %v", i, got, c.wait)
		}
	}
	if b.take("y", now) != 0 {
		t.Error("names share tries")
	}
	for range 5 {
		b.back("x", now)
	}
	waits := []bool{b.take("x", now) > 0, b.take("x", now) > 0, b.take("x", now) > 0}
	if !slices.Equal(waits, []bool{false, false, true}) {
		t.Errorf("who waits is %v: more came back than there were", waits)
	}
	for i := range bucketsMax + 10 {
		b.take(itoa(i), now)
	}
	if b.names.Len() != bucketsMax {
		t.Error(b.names.Len())
	}
}

func TestClient(t *testing.T) {
	for in, want := range map[string]string{
		"203.0.113.9": "203.0.113.9", "::ffff:203.0.113.9": "203.0.113.9", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := client(netip.MustParseAddr(in)); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
	if got := client(netip.Addr{}); got == "" {
		t.Error("no name for nobody")
	}
}

func TestFailures(t *testing.T) {
	f, now := newFailures(), time.Unix(1000, 0)
	told := 0
	for i := range 200 {
		if f.note(7, now.Add(time.Duration(i)*time.Minute)) {
			told++
		}
	}
	if told != 4 { // one in each hour begun
		t.Error(told)
	}
	for i := range burstsMax + 10 {
		f.note(gait.AccountID(i), now)
	}
	if f.list.Len() != burstsMax {
		t.Error(f.list.Len())
	}
}

func TestCeremoniesMax(t *testing.T) {
	c := newCeremonies()
	p, err := newPasskeys(mustURL(t, "https://gait.example.org"))
	if err != nil {
		t.Fatal(err)
	}
	for range ceremonyMax + 10 {
		_, state, err := p.party.BeginDiscoverableLogin()
		if err != nil {
			t.Fatal(err)
		}
		c.begin(state, 0, time.Unix(1000, 0))
	}
	if c.list.Len() != ceremonyMax {
		t.Error(c.list.Len())
	}
}
