// Package ingest is the HTTP edge for pages. It takes in one batch a request,
// checks it, has it stored and only then says so: what a page was told is
// acknowledged survives a crash.
package ingest

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/wire"
)

// Path is where the tracker posts batches.
const Path = "/v1/batch"

// Config sets the edge up. Concurrent and Timeout get a default where they are
// zero; everything else that is zero is off.
type Config struct {
	Workspaces Workspaces
	Store      interface {
		Append(ctx context.Context, r gait.Record) (gait.Receipt, error)
	}
	// Appended is told of every batch that was stored, before its page is. The
	// batch is only valid during the call. What it returns, facts about the session
	// that the batch brought to light, is stored behind it.
	Appended func(w gait.WorkspaceID, b *gait.Batch, r gait.Receipt) []gait.Event

	// Facts are appended to every page's first batch. Only their names and texts
	// are looked at.
	Facts []gait.Event

	// Intel is asked about the address of every page's first batch.
	Intel Intel
	// Agents knows automated agents that sign their requests.
	Agents Agents
	// Proxies says which peers pass requests on, and how they name the client.
	Proxies Proxies
	// KeepNetwork stores the client's network, 24 bits of IPv4 or 48 of IPv6, as
	// the fact ip.net. Without it nothing of an address is stored.
	// A workspace's settings may ask for it too.
	KeepNetwork bool
	// Settings are asked what to leave out of what is stored, and what to keep.
	// Without them nothing is left out.
	Settings Settings

	// Observe is told how every POST ended.
	Observe func(Outcome)
	Logger  *slog.Logger // nil discards
	Now     gait.Now     // nil is time.Now

	Concurrent int           // requests at a time; beyond it 503. 0 is 2,048
	Timeout    time.Duration // to store a batch; beyond it 503. 0 is 10 s
	BodyBytes  int64         // of all bodies in memory, decompressed ones too; beyond it 503
	Limits     Limits        // how often; beyond them 429
}

// Workspaces finds who a page reports to. Answers are kept for a few seconds.
type Workspaces interface {
	WorkspaceBySiteKey(ctx context.Context, siteKey string) (gait.Workspace, error)
	Workspaces(ctx context.Context) ([]gait.Workspace, error)
}

// Intel knows about addresses.
type Intel interface {
	// Append appends the facts about an address, which is invalid where it is
	// not known. It leaves their time to the caller.
	Append(facts []gait.Event, addr netip.Addr) []gait.Event
	// Locate returns where an address is thought to be, and within how many
	// kilometres, 0 if that is not known.
	Locate(addr netip.Addr) (lat, lon, radiusKM float64, ok bool)
}

// Agents knows automated agents by their keys.
type Agents interface {
	// Verify returns the agent that signed a request, "" for none that is known.
	Verify(r *http.Request, now time.Time) string
}

// Outcome is how a request ended.
type Outcome struct {
	Status    int
	Reason    Reason
	Stored    time.Duration // that the store took, 0 if it was not asked
	Anonymous bool          // a trusted proxy did not say who the client is
}

// Stats is what a handler holds at the moment.
type Stats struct {
	Requests  int   // being answered
	Bytes     int64 // of bodies in memory
	Sessions  int   // remembered to count their batches
	Addresses int   // remembered to count their new sessions; forgotten with the process, and never stored
}

// Stats returns what the handler holds at the moment.
func (h *Handler) Stats() Stats {
	sessions, addresses := h.rates.sizes()
	return Stats{len(h.slots), h.bytes.used.Load(), sessions, addresses}
}

// Handler answers POST and OPTIONS on Path.
type Handler struct {
	cfg   Config
	slots chan struct{}
	sites siteCache
	asked settingsCache
	pool  sync.Pool // of *request
	bytes budget
	rates *limiter

	unproxied sync.Once // one warning is enough
}

// New returns a handler.
func New(cfg Config) *Handler {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Concurrent == 0 {
		cfg.Concurrent = 2048
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.Observe == nil {
		cfg.Observe = func(Outcome) {}
	}
	h := &Handler{cfg: cfg, slots: make(chan struct{}, cfg.Concurrent), rates: newLimiter(cfg.Limits)}
	h.sites.from = cfg.Workspaces
	h.asked.from = cfg.Settings
	h.bytes.limit = cfg.BodyBytes
	h.pool.New = func() any { return new(request) }
	return h
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer h.rescue(w, r)
	head := w.Header()
	// Which pages may report is decided by the site key's list of origins, on the
	// request itself. Every page may read the answer, so that the tracker can
	// tell a refusal from a dead server.
	head.Set("Access-Control-Allow-Origin", "*")
	head.Set("Cache-Control", "no-store")
	switch r.Method {
	case http.MethodPost:
	case http.MethodOptions:
		head.Set("Access-Control-Allow-Methods", "POST")
		head.Set("Access-Control-Allow-Headers", "Content-Type")
		head.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		head.Set("Allow", "POST, OPTIONS")
		h.fail(w, r, http.StatusMethodNotAllowed, gait.Errorf(gait.Invalid, "batches are posted"))
		h.cfg.Observe(Outcome{Status: http.StatusMethodNotAllowed, Reason: Method})
		return
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		h.refuse(w, r, Outcome{}, because(Concurrent, gait.Errorf(gait.Unavailable, "too many requests at the moment")))
		return
	}
	var o Outcome
	seq, err := h.accept(r, &o)
	if err != nil {
		h.refuse(w, r, o, err)
		return
	}
	o.Status = http.StatusOK
	h.cfg.Observe(o)
	head.Set("Content-Type", "application/json")
	var buf [32]byte
	answer := append(buf[:0], `{"ack":`...)
	answer = strconv.AppendUint(answer, uint64(seq), 10)
	answer = append(answer, '}')
	if _, err := w.Write(answer); err != nil {
		h.cfg.Logger.Debug("the page left before its answer", "err", withoutPeer(err))
	}
}

// accept takes a batch in and returns its sequence number once it is durable.
func (h *Handler) accept(r *http.Request, o *Outcome) (uint32, error) {
	req := h.pool.Get().(*request)
	req.budget = &h.bytes
	defer func() {
		req.release()
		if req.reusable() {
			h.pool.Put(req)
		}
	}()
	env, err := req.read(r)
	if err != nil {
		return 0, err
	}
	site, err := h.site(r, env.Site)
	if err != nil {
		return 0, err
	}
	b := &env.Batch
	now := h.cfg.Now()
	client := h.client(r)
	o.Anonymous = !client.IsValid()
	visit := h.rates.visit(site.ID, env, client)
	if err := visit.allow(now); err != nil {
		return 0, err
	}
	if err := claimsFacts(b); err != nil {
		return 0, err
	}
	settings, err := h.asked.get(r.Context(), site.ID, now)
	if err != nil {
		return 0, storeFailed(err)
	}
	if settings.MaskEverything {
		forgetNames(b)
	}
	b.Arrived = now.UnixMilli()
	h.locate(b, client)
	if b.Seq == 0 {
		addHeaders(b, r)
		h.addAddress(b, client, h.cfg.KeepNetwork || settings.KeepNetwork)
		b.Events = appendFacts(b.Events, h.cfg.Facts)
		if h.cfg.Agents != nil {
			if who := h.cfg.Agents.Verify(r, now); who != "" {
				b.Events = appendFacts(b.Events, []gait.Event{{Name: gait.AgentVerified, Text: who}})
			}
		}
	}
	req.packed = wire.Pack(req.packed[:0], b)

	ctx, cancel := context.WithTimeout(r.Context(), h.cfg.Timeout)
	defer cancel()
	start := time.Now()
	receipt, err := h.cfg.Store.Append(ctx, gait.Record{
		Workspace: site.ID, Session: b.Session, Secret: env.Secret, Page: b.Page, Seq: b.Seq,
		Arrived: b.Arrived, Data: req.packed,
	})
	o.Stored = time.Since(start)
	if err != nil {
		return 0, storeFailed(err)
	}
	visit.stored(receipt, now)
	o.Reason = Accepted
	if receipt.Duplicate {
		o.Reason = Duplicate
	}
	if h.cfg.Appended != nil {
		if facts := h.cfg.Appended(site.ID, b, receipt); len(facts) > 0 {
			h.conclude(ctx, site.ID, env.Secret, b, facts)
		}
	}
	return b.Seq, nil
}

// site finds the workspace of a site key, or of an integration id, which is what
// NotAI's pages carry, and checks that the page may report to it.
func (h *Handler) site(r *http.Request, key string) (gait.Workspace, error) {
	if strings.HasPrefix(key, gait.SecretKeyPrefix) || strings.HasPrefix(key, gait.NotAIKeyPrefix) {
		return gait.Workspace{}, because(SecretInPage, &gait.Error{
			Code: gait.Forbidden, Field: "site",
			Message: "site is a secret key, which must never be in a page: revoke it, and put the site key (" + gait.SiteKeyPrefix + "…) in data-site-key",
		})
	}
	site, err := h.sites.get(r.Context(), key, h.cfg.Now())
	if err != nil {
		if gait.CodeOf(err) == gait.NotFound {
			return site, because(UnknownSite, &gait.Error{Code: gait.Forbidden, Field: "site", Message: "site is not a known site key", Err: err})
		}
		return site, storeFailed(err)
	}
	if !allowed(site.Origins, r.Header.Get("Origin")) {
		return site, because(WrongOrigin, &gait.Error{Code: gait.Forbidden, Field: "origin", Message: "pages of this origin may not report to this site key"})
	}
	return site, nil
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
