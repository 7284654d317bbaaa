// Package ingest is the HTTP edge for pages. It takes in one batch a request,
// checks it, has it stored and only then says so: what a page was told is
// acknowledged survives a crash.
package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/wire"
)

// Path is where the tracker posts batches.
const Path = "/v1/batch"

// Config sets the edge up. Limits that are zero get a default.
type Config struct {
	Workspaces interface {
		WorkspaceBySiteKey(ctx context.Context, siteKey string) (gait.Workspace, error)
	}
	Store interface {
		Append(ctx context.Context, r gait.Record) (gait.Receipt, error)
	}
	// Appended is told of every batch that was stored, before its page is. The
	// batch is only valid during the call.
	Appended func(w gait.WorkspaceID, b *gait.Batch, r gait.Receipt)

	Logger *slog.Logger // nil discards
	Now    gait.Now     // nil is time.Now

	Concurrent int           // requests at a time; beyond it 503. 0 is 2,048
	Timeout    time.Duration // to store a batch; beyond it 503. 0 is 10 s
}

// Handler answers POST and OPTIONS on Path.
type Handler struct {
	cfg   Config
	slots chan struct{}
	sites siteCache
	pool  sync.Pool // of *request
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
	h := &Handler{cfg: cfg, slots: make(chan struct{}, cfg.Concurrent)}
	h.sites.lookup = cfg.Workspaces.WorkspaceBySiteKey
	h.pool.New = func() any { return new(request) }
	return h
}

// retryAfter is how long a page is asked to wait before it tries again.
const retryAfter = 2 * time.Second

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
		return
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		h.refuse(w, r, gait.Errorf(gait.Unavailable, "too many requests at the moment"))
		return
	}
	seq, err := h.accept(r)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	head.Set("Content-Type", "application/json")
	var buf [32]byte
	answer := append(buf[:0], `{"ack":`...)
	answer = strconv.AppendUint(answer, uint64(seq), 10)
	answer = append(answer, '}')
	if _, err := w.Write(answer); err != nil {
		h.cfg.Logger.Debug("the page left before its answer", "err", err)
	}
}

// accept takes a batch in and returns its sequence number once it is durable.
func (h *Handler) accept(r *http.Request) (uint32, error) {
	req := h.pool.Get().(*request)
	defer func() {
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
	b.Arrived = h.cfg.Now().UnixMilli()
	if b.Seq == 0 {
		addFacts(b, r)
	}
	req.packed = wire.Pack(req.packed[:0], b)

	ctx, cancel := context.WithTimeout(r.Context(), h.cfg.Timeout)
	defer cancel()
	receipt, err := h.cfg.Store.Append(ctx, gait.Record{
		Workspace: site.ID, Session: b.Session, Secret: env.Secret, Page: b.Page, Seq: b.Seq,
		Arrived: b.Arrived, Data: req.packed,
	})
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			err = gait.Wrap(err, gait.Unavailable, "the batch could not be stored in time")
		}
		return 0, err
	}
	if h.cfg.Appended != nil {
		h.cfg.Appended(site.ID, b, receipt)
	}
	return b.Seq, nil
}

// site finds the workspace of a site key and checks that the page may report to it.
func (h *Handler) site(r *http.Request, key string) (gait.Workspace, error) {
	if strings.HasPrefix(key, gait.SecretKeyPrefix) || strings.HasPrefix(key, gait.NotAIKeyPrefix) {
		return gait.Workspace{}, &gait.Error{
			Code: gait.Forbidden, Field: "site",
			Message: "site is a secret key, which must never be in a page: revoke it, and put the site key (" + gait.SiteKeyPrefix + "…) in data-site-key",
		}
	}
	site, err := h.sites.get(r.Context(), key, h.cfg.Now())
	if err != nil {
		if gait.CodeOf(err) == gait.NotFound {
			return site, &gait.Error{Code: gait.Forbidden, Field: "site", Message: "site is not a known site key", Err: err}
		}
		return site, err
	}
	if !allowed(site.Origins, r.Header.Get("Origin")) {
		return site, &gait.Error{Code: gait.Forbidden, Field: "origin", Message: "pages of this origin may not report to this site key"}
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

// headers are the parts of a page's first request that are kept as facts.
var headers = [...]struct{ header, fact string }{
	{"User-Agent", "header.user-agent"},
	{"Accept-Language", "header.accept-language"},
	{"Sec-Ch-Ua", "header.sec-ch-ua"},
	{"Sec-Ch-Ua-Mobile", "header.sec-ch-ua-mobile"},
	{"Sec-Ch-Ua-Platform", "header.sec-ch-ua-platform"},
	{"Sec-Fetch-Site", "header.sec-fetch-site"},
}

// maxFact is how much of a header is kept, in bytes.
const maxFact = 512

func addFacts(b *gait.Batch, r *http.Request) {
	at := b.Events[len(b.Events)-1].T
	for _, h := range headers {
		v := clean(r.Header.Get(h.header))
		if v == "" {
			continue
		}
		b.Events = append(b.Events, gait.Event{Kind: gait.Fact, T: at, Name: h.fact, Text: v})
	}
}

// clean makes a header's value fit to be stored: printable, valid and bounded.
func clean(s string) string {
	if len(s) > maxFact {
		s = s[:maxFact]
	}
	s = strings.ToValidUTF8(s, "")
	return strings.Map(func(c rune) rune {
		if c < 0x20 || c == 0x7f {
			return -1
		}
		return c
	}, s)
}

// status maps codes to HTTP.
var status = map[gait.Code]int{
	gait.Invalid:      http.StatusBadRequest,
	gait.TooLarge:     http.StatusRequestEntityTooLarge,
	gait.Unauthorized: http.StatusForbidden,
	gait.Forbidden:    http.StatusForbidden,
	gait.NotFound:     http.StatusForbidden,
	gait.RateLimited:  http.StatusTooManyRequests,
	gait.Unavailable:  http.StatusServiceUnavailable,
	gait.Internal:     http.StatusInternalServerError,
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	h.fail(w, r, status[gait.CodeOf(err)], err)
}

// problem is the body of a refusal.
type problem struct {
	Error struct {
		Code    gait.Code `json:"code"`
		Message string    `json:"message"`
		Field   string    `json:"field,omitempty"`
	} `json:"error"`
	RetryAfter int64 `json:"retry_after_ms,omitempty"`
}

func (h *Handler) fail(w http.ResponseWriter, r *http.Request, code int, err error) {
	var p problem
	p.Error.Code, p.Error.Message = gait.Internal, "the server failed; the batch was not stored"
	if e, ok := errors.AsType[*gait.Error](err); ok && e.Code != gait.Internal {
		p.Error.Code, p.Error.Message, p.Error.Field = e.Code, e.Message, e.Field
	}
	if code >= 500 {
		h.cfg.Logger.Error("batch refused", "status", code, "err", err)
	} else {
		h.cfg.Logger.Debug("batch refused", "status", code, "err", err)
	}
	head := w.Header()
	if code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable {
		p.RetryAfter = retryAfter.Milliseconds()
		head.Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	}
	if code == http.StatusRequestEntityTooLarge && r.ContentLength > wire.MaxBody {
		head.Set("Connection", "close") // do not read what is left of it
	}
	head.Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		h.cfg.Logger.Debug("the page left before its answer", "err", err)
	}
}

// rescue answers for a request whose handling panicked.
func (h *Handler) rescue(w http.ResponseWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	h.cfg.Logger.Error("panic while taking in a batch", "panic", v, "stack", string(debug.Stack()))
	h.fail(w, r, http.StatusInternalServerError, gait.Errorf(gait.Internal, "panic"))
}
