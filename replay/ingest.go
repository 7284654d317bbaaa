package replay

import (
	"context"
	"crypto/subtle"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/pause"
)

// storeTimeout is how long finding a session and storing a chunk may take.
const storeTimeout = 10 * time.Second

// ServeHTTP answers on Path: POST takes a chunk in and says so once it is durable, and
// GET ?site=KEY says whether the pages of a site are recorded. Every page may read the
// answers; which may record is decided by the list of origins.
func (p *Replays) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Content-Type-Options", "nosniff")
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		// A workspace that changes its mind is heard of within a minute.
		h.Set("Cache-Control", "private, max-age=60")
		h.Set("Vary", "Origin")
		s, err := p.site(r, r.URL.Query().Get("site"))
		if err != nil && gait.CodeOf(err) != gait.Forbidden {
			h.Set("Cache-Control", "no-store")
			p.fail(w, r, err)
			return
		}
		p.answer(w, map[string]bool{"replay": err == nil && s.settings.Replay && !refusesGPC(r)})
	case http.MethodPost:
		h.Set("Cache-Control", "no-store")
		seq, bytes, err := p.take(r)
		if err != nil {
			p.cfg.Observe(Outcome{Reason: reasonOf(err)})
			p.fail(w, r, err)
			return
		}
		p.cfg.Observe(Outcome{Reason: Accepted, Bytes: bytes})
		p.answer(w, map[string]uint32{"ack": seq})
	case http.MethodOptions:
		h.Set("Access-Control-Allow-Methods", "GET, POST")
		h.Set("Access-Control-Allow-Headers", "Content-Type")
		h.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
	default:
		h.Set("Allow", "GET, HEAD, POST, OPTIONS")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// refusesGPC reports whether the visitor's browser asks not to be shared: Global
// Privacy Control.
func refusesGPC(r *http.Request) bool { return strings.TrimSpace(r.Header.Get("Sec-Gpc")) == "1" }

// enter takes one of a number of places, if one is free.
func enter(places chan struct{}) bool {
	select {
	case places <- struct{}{}:
		return true
	default:
		return false
	}
}

func errBusy() error {
	return because(Concurrent, gait.Errorf(gait.Unavailable, "too many requests at the moment"))
}

// take takes a chunk in and returns its number, and its bytes as they came, once it is
// durable.
func (p *Replays) take(r *http.Request) (uint32, int, error) {
	raw, err := p.receive(r)
	if err != nil {
		return 0, 0, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeTimeout)
	defer cancel()
	r = r.WithContext(ctx)
	ref, seq, err := p.accept(r, raw)
	if reasonOf(err) == NoSession && p.await(ctx, ref) {
		_, seq, err = p.accept(r, raw)
	}
	return seq, len(raw), err
}

// A page sends its session's first batch and its first chunk at about the same time. A
// chunk that comes first waits so long for the batch, which is looked for so often.
const (
	patience = 1500 * time.Millisecond
	lookOut  = 150 * time.Millisecond
)

// await waits for the first batch of a session, and reports whether it has come. Only
// so many chunks wait.
func (p *Replays) await(ctx context.Context, ref gait.SessionRef) bool {
	if !enter(p.waiting) {
		return false
	}
	defer func() { <-p.waiting }()
	for range p.cfg.Patience / lookOut {
		if !pause.For(ctx, lookOut) {
			return false
		}
		if n, err := p.cfg.Batches.CountBatches(ctx, ref.Workspace, ref.Session); err != nil || n > 0 {
			return err == nil
		}
	}
	return false
}

// receive reads a body. Many are read at a time, since a page that sends slowly
// must not keep others from being taken in.
func (p *Replays) receive(r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, errLarge()
	}
	if !enter(p.reading) {
		return nil, errBusy()
	}
	defer func() { <-p.reading }()
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, because(Malformed, gait.Errorf(gait.Invalid, "the body could not be read to its end"))
	}
	if len(raw) > maxBody {
		return nil, errLarge()
	}
	return raw, nil
}

func errLarge() error {
	return because(TooLarge, gait.Errorf(gait.TooLarge, "the body is larger than %d kB", maxBody>>10))
}

// accept takes a chunk in and returns its session and number once it is durable.
func (p *Replays) accept(r *http.Request, raw []byte) (gait.SessionRef, uint32, error) {
	var ref gait.SessionRef
	if !enter(p.slots) {
		return ref, 0, errBusy()
	}
	defer func() { <-p.slots }()
	plain, err := unpack(raw)
	if err != nil {
		return ref, 0, unreadable(err)
	}
	c, err := decode(plain)
	if err != nil {
		return ref, 0, unreadable(err)
	}
	s, err := p.site(r, c.site)
	if err != nil {
		return ref, 0, err
	}
	if !s.settings.Replay || refusesGPC(r) {
		return ref, 0, because(NotRecorded, gait.Errorf(gait.Forbidden, "these pages are not recorded"))
	}
	now := p.cfg.Now()
	c.head.Arrived = now.UnixMilli()
	packed, err := c.pack()
	if err != nil {
		return ref, 0, err
	}
	ref = gait.SessionRef{Workspace: s.workspace.ID, Session: c.session}
	if err := p.charge(r.Context(), ref, c.secret, int64(len(raw)), now); err != nil {
		return ref, 0, err
	}
	err = p.cfg.Blobs.Put(r.Context(), gait.BlobRef{Workspace: ref.Workspace, Session: ref.Session, Page: c.page, Seq: c.seq}, packed)
	return ref, c.seq, storeFailed(err)
}

// site is what is remembered of a site key.
type site struct {
	workspace gait.Workspace
	settings  gait.Settings
	err       error
	until     time.Time
}

// How long and how many sites are remembered. When there are too many, it starts over.
const (
	siteTTL  = 5 * time.Second
	maxSites = 10_000
	maxSite  = 64 // bytes of a site's name; one that is longer is nobody's, and is not remembered
)

// site finds the workspace of a site key, or of an integration id, and checks that
// the page may report to it. It fails with Forbidden if not. Browsers name no origin when
// they ask the one that the page is from.
func (p *Replays) site(r *http.Request, key string) (site, error) {
	if len(key) > maxSite {
		return site{}, errNoSite(nil)
	}
	now := p.cfg.Now()
	p.mu.Lock()
	s, ok := p.sites[key]
	p.mu.Unlock()
	if !ok || !now.Before(s.until) {
		s = site{until: now.Add(siteTTL)}
		s.workspace, s.err = p.workspace(r.Context(), key)
		if s.err == nil {
			s.settings, s.err = p.cfg.Settings(r.Context(), s.workspace.ID)
		}
		if s.err != nil && gait.CodeOf(s.err) != gait.NotFound {
			return s, storeFailed(s.err)
		}
		p.mu.Lock()
		if len(p.sites) >= maxSites {
			clear(p.sites)
		}
		p.sites[key] = s
		p.mu.Unlock()
	}
	if s.err != nil {
		return s, errNoSite(s.err)
	}
	origin := r.Header.Get("Origin")
	if asks := origin == "" && r.Method != http.MethodPost; !asks && !allowed(s.workspace.Origins, origin) {
		return s, because(WrongOrigin, &gait.Error{Code: gait.Forbidden, Field: "origin", Message: "pages of this origin may not report to this site key"})
	}
	return s, nil
}

func errNoSite(cause error) error {
	return because(UnknownSite, &gait.Error{Code: gait.Forbidden, Field: "site", Message: "site is not a known site key", Err: cause})
}

func (p *Replays) workspace(ctx context.Context, key string) (gait.Workspace, error) {
	if strings.HasPrefix(key, gait.SiteKeyPrefix) {
		return p.cfg.Workspaces.WorkspaceBySiteKey(ctx, key)
	}
	if len(key) == 8 {
		list, err := p.cfg.Workspaces.Workspaces(ctx)
		if err != nil {
			return gait.Workspace{}, err
		}
		for _, w := range list {
			if strings.EqualFold(w.IntegrationID, key) {
				return w, nil
			}
		}
	}
	return gait.Workspace{}, gait.Errorf(gait.NotFound, "no workspace has this site key")
}

// allowed reports whether a page's origin is in the list; an empty list allows any.
func allowed(origins []string, origin string) bool {
	if len(origins) == 0 {
		return true
	}
	for _, o := range origins {
		if strings.EqualFold(strings.TrimSuffix(o, "/"), origin) {
			return true
		}
	}
	return false
}

// session is what is remembered of a session that records.
type session struct {
	secret gait.SecretHash
	used   int64 // bytes
	owed   float64
	at     time.Time
}

// leastRoom is what a chunk counts for at least, in bytes: the smallest file takes
// that on a disk.
const leastRoom = 4096

// How many chunks of one session may come: a burst for what waited while the server was
// away, and then one a second.
const (
	burst     = 60
	perSecond = 1
)

// charge checks that a chunk belongs to the session that it names and that the session
// may store so many bytes more now.
func (p *Replays) charge(ctx context.Context, ref gait.SessionRef, secret gait.SecretHash, bytes int64, now time.Time) error {
	bytes = max(bytes, leastRoom)
	p.mu.Lock()
	s, ok := p.sessions.Get(ref)
	p.mu.Unlock()
	if !ok {
		var err error
		if s, err = p.find(ctx, ref); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if other, ok := p.sessions.Get(ref); ok {
		s = other // found at the same time
	} else {
		p.sessions.Add(ref, s)
	}
	if subtle.ConstantTimeCompare(s.secret[:], secret[:]) != 1 {
		return because(WrongSecret, gait.Errorf(gait.Forbidden, "this is another page's session"))
	}
	if p.cfg.SessionBytes > 0 && s.used+bytes > p.cfg.SessionBytes {
		return because(SessionFull, gait.Errorf(gait.TooLarge, "the session has recorded as much as it may"))
	}
	if d := now.Sub(s.at).Seconds(); d > 0 {
		s.owed, s.at = max(0, s.owed-d*perSecond), now
	}
	if s.owed+1 > burst {
		return later(SessionRate, 5*time.Second, gait.Errorf(gait.RateLimited, "too many chunks of this session; try again later"))
	}
	s.owed++
	s.used += bytes
	return nil
}

// find reads what a session is bound to and what it stores. A session without a batch
// is not known yet: its first may be under way.
func (p *Replays) find(ctx context.Context, ref gait.SessionRef) (*session, error) {
	s, known := &session{}, false
	err := p.cfg.Batches.Batches(ctx, ref.Workspace, ref.Session, func(r gait.Record) bool {
		s.secret, known = r.Secret, true
		return false
	})
	if err != nil {
		return nil, storeFailed(err)
	}
	if !known {
		return nil, later(NoSession, 2*time.Second, gait.Errorf(gait.Unavailable, "nothing of this session has arrived yet"))
	}
	blobs, err := p.cfg.Blobs.List(ctx, ref)
	for _, b := range blobs {
		s.used += b.Size
	}
	return s, storeFailed(err)
}
