package ingest

import (
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/refusal"
	"github.com/gaithq/gait/wire"
)

// Limits are how often things may come. A rate of 0 or less is no limit. The
// bursts leave room for what is queued while a server is away, and for a
// classroom behind one address.
type Limits struct {
	SessionRate  float64 // batches of one session, a second
	SessionBurst int
	AddressRate  float64 // new sessions from one public address (IPv6: /56), a minute
	AddressBurst int
	Tracked      int // sessions, and addresses, that are remembered; the ones unused for longest are forgotten. 0 is 100,000
}

// bucket is a token bucket. Its zero value is full.
type bucket struct {
	owed float64 // tokens taken out and not yet come back
	at   time.Time
}

// refill brings the bucket up to now.
func (b *bucket) refill(now time.Time, perSecond float64) {
	if d := now.Sub(b.at).Seconds(); d > 0 {
		b.owed = max(0, b.owed-d*perSecond)
		b.at = now
	}
}

// missing returns how long it takes until a token is there, 0 if one is.
func (b *bucket) missing(perSecond float64, burst int) time.Duration {
	if short := b.owed + 1 - float64(max(burst, 1)); short > 0 {
		return time.Duration(short / perSecond * float64(time.Second))
	}
	return 0
}

// limitKey is what is counted as one session: without the secret, whoever learns
// a session's id could use up what it may send.
type limitKey struct {
	workspace gait.WorkspaceID
	session   gait.SessionID
	secret    [8]byte
}

// limiter counts batches by session and new sessions by address.
type limiter struct {
	limits Limits

	mu        sync.Mutex
	sessions  *simplelru.LRU[limitKey, *bucket]
	addresses *simplelru.LRU[netip.Addr, *bucket]
}

// newLimiter returns nil where there is nothing to limit.
func newLimiter(l Limits) *limiter {
	if l.SessionRate <= 0 && l.AddressRate <= 0 {
		return nil
	}
	if l.Tracked <= 0 {
		l.Tracked = 100_000
	}
	// Only a size below 1 is an error.
	sessions, _ := simplelru.NewLRU[limitKey, *bucket](l.Tracked, nil)
	addresses, _ := simplelru.NewLRU[netip.Addr, *bucket](l.Tracked, nil)
	return &limiter{limits: l, sessions: sessions, addresses: addresses}
}

// visit is one batch on its way past the limiter; nil where nothing is limited.
type visit struct {
	*limiter
	key     limitKey
	address netip.Addr // invalid where addresses are not counted
	first   bool       // the batch is a page's first
	charged bool       // a new session was counted
}

func (l *limiter) visit(w gait.WorkspaceID, env *wire.Envelope, client netip.Addr) *visit {
	if l == nil {
		return nil
	}
	v := &visit{limiter: l, key: limitKey{workspace: w, session: env.Batch.Session}, first: env.Batch.Seq == 0}
	copy(v.key.secret[:], env.Secret[:])
	if l.limits.AddressRate > 0 {
		v.address = network(client)
	}
	return v
}

// allow takes the tokens for a batch, or says that there are none.
//
// A session that is not remembered may still be an old one, from before a
// restart, so only a page's first batch counts as a new session here. What
// turns out to be new once it is stored is counted then (see stored), and an
// address that has used up what it may gets no unknown session through at all.
func (v *visit) allow(now time.Time) error {
	if v == nil {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	s, known := v.sessions.Get(v.key)
	if !known {
		if v.address.IsValid() {
			perSecond := v.limits.AddressRate / 60
			a := v.of(v.address, now, perSecond)
			if wait := a.missing(perSecond, v.limits.AddressBurst); wait > 0 {
				return later(AddressRate, wait, "too many new sessions from this address")
			}
			if v.first {
				a.owed++
				v.charged = true
			}
		}
		s = &bucket{at: now}
		v.sessions.Add(v.key, s)
	}
	if v.limits.SessionRate <= 0 {
		return nil
	}
	s.refill(now, v.limits.SessionRate)
	if wait := s.missing(v.limits.SessionRate, v.limits.SessionBurst); wait > 0 {
		return later(SessionRate, wait, "too many batches of this session")
	}
	s.owed++
	return nil
}

// of returns an address's bucket.
func (l *limiter) of(address netip.Addr, now time.Time, perSecond float64) *bucket {
	a, ok := l.addresses.Get(address)
	if !ok {
		a = &bucket{at: now}
		l.addresses.Add(address, a)
	}
	a.refill(now, perSecond)
	return a
}

// stored counts a session that was new though its first batch did not look so.
func (v *visit) stored(r gait.Receipt, now time.Time) {
	if v == nil || v.charged || r.Duplicate || r.Batches != 1 || !v.address.IsValid() {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.of(v.address, now, v.limits.AddressRate/60).owed++
}

// later refuses a batch for now. The wait is spread out, so that those who are
// told at the same moment do not come back at one.
func later(reason Reason, wait time.Duration, message string) error {
	wait = min(max(wait, time.Second), time.Minute)
	wait += rand.N(wait)
	return &refusal.Error{Reason: string(reason), After: wait.Round(time.Millisecond), Err: gait.Errorf(gait.RateLimited, "%s; try again later", message)}
}

// sizes returns how many sessions and addresses are remembered.
func (l *limiter) sizes() (sessions, addresses int) {
	if l == nil {
		return 0, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sessions.Len(), l.addresses.Len()
}
