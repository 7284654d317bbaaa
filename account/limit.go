package account

import (
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// limits are how often somebody may try. A right password gives its try back.
type limits struct {
	pair    *buckets // an e-mail address from one network address
	email   *buckets // an e-mail address from anywhere
	address *buckets // anything from one network address
}

// How many tries there are at once, and after how long one more. A pair's are for
// somebody who forgot, an address's for an office behind one. An e-mail address's
// are many, since strangers can use them up: even so, at one every ten seconds, a
// year is three million guesses.
func newLimits() *limits {
	return &limits{
		pair:    newBuckets(10, time.Minute),
		email:   newBuckets(200, 10*time.Second),
		address: newBuckets(60, 5*time.Second),
	}
}

// bucketsMax is how many names are counted, of about 150 bytes each. Of more, the
// one unused for longest starts anew.
const bucketsMax = 16384

// buckets count tries by name: each name has some at once, and gets one back after
// a time.
type buckets struct {
	burst float64
	every time.Duration

	mu    sync.Mutex
	names *simplelru.LRU[string, bucket]
}

type bucket struct {
	left float64
	at   time.Time
}

func newBuckets(burst int, every time.Duration) *buckets {
	names, err := simplelru.NewLRU[string, bucket](bucketsMax, nil)
	if err != nil {
		panic(err) // the size is positive
	}
	return &buckets{burst: float64(burst), every: every, names: names}
}

// take uses up a try, or returns how long there is to wait for one.
func (b *buckets) take(name string, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	x := b.at(name, now)
	if x.left < 1 {
		b.names.Add(name, x)
		return time.Duration((1 - x.left) * float64(b.every))
	}
	x.left--
	b.names.Add(name, x)
	return 0
}

// back undoes a take.
func (b *buckets) back(name string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	x := b.at(name, now)
	x.left = min(x.left+1, b.burst)
	b.names.Add(name, x)
}

func (b *buckets) at(name string, now time.Time) bucket {
	x, ok := b.names.Get(name)
	if !ok {
		return bucket{b.burst, now}
	}
	if passed := now.Sub(x.at); passed > 0 { // a clock that was set back gives nothing
		x.left = min(x.left+float64(passed)/float64(b.every), b.burst)
		x.at = now
	}
	return x
}

// client names who asks: an address, or the network of one of IPv6, as one
// customer has that many.
func client(a netip.Addr) string {
	const customer = 64 // bits
	if a.Is6() && !a.Is4In6() {
		if p, err := a.WithZone("").Prefix(customer); err == nil {
			return p.String()
		}
	}
	return a.Unmap().String()
}
