package record

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gaithq/gait"
)

// Config is what the recorder needs from outside.
type Config struct {
	SiteKey string // that the pages' script tag carries
	Script  string // the tracker's path
	Extra   []byte // a script that task pages load as /extra.js besides, or nil

	// Server answers everything that is not the recorder's own: the tracker's
	// files and the batches.
	Server http.Handler

	// Batches calls yield with every stored batch of a session, as
	// gait.BatchStore does. An unknown session yields none.
	Batches func(ctx context.Context, id gait.SessionID, yield func(gait.Record) bool) error

	// Report judges a session of which there are batches.
	Report func(ctx context.Context, id gait.SessionID) (gait.Report, error)

	Out    *File
	Set    string // of runs that name none
	Label  string // of runs that name none
	Now    gait.Now
	Logger *slog.Logger // nil discards
}

// Recorder serves the pages and records what they sent.
type Recorder struct {
	cfg      Config
	mux      *http.ServeMux
	underway underway

	mu     sync.Mutex
	closed map[gait.SessionID]bool // recorded, or discarded
	visits map[string]*visit       // by the cookie's value
	order  []string                // of visits, oldest first
}

// New returns a recorder.
func New(cfg Config) *Recorder {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	rec := &Recorder{cfg: cfg, mux: http.NewServeMux(), closed: map[gait.SessionID]bool{}, visits: map[string]*visit{}}
	rec.mux.HandleFunc("GET /{$}", rec.welcome)
	rec.mux.HandleFunc("GET /task/{seed}", rec.task)
	rec.mux.HandleFunc("GET /task/{seed}/done", rec.done)
	rec.mux.HandleFunc("GET /record/assets/{name}", serveAsset)
	rec.mux.HandleFunc("POST /consent", post(rec, rec.consent))
	rec.mux.HandleFunc("POST /review", post(rec, rec.review))
	rec.mux.HandleFunc("POST /save", post(rec, rec.save))
	rec.mux.HandleFunc("POST /discard", post(rec, rec.discard))
	rec.mux.HandleFunc("POST /record", post(rec, rec.record))
	if cfg.Extra != nil {
		rec.mux.HandleFunc("GET /extra.js", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			w.Header().Set("Cache-Control", "no-cache")
			w.Write(cfg.Extra)
		})
	}
	rec.mux.Handle("/", rec.underway.watch(cfg.Server))
	return rec
}

// ServeHTTP serves one request of this machine.
func (rec *Recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !isLoopback(r.Host) {
		http.Error(w, "the recorder only answers to its own machine, by the name localhost or a loopback address", http.StatusForbidden)
		return
	}
	rec.mux.ServeHTTP(w, r)
}

// request is the body of POST /record. What is left out is the recorder's own.
type request struct {
	Session string             `json:"sess"`
	Set     string             `json:"set"`
	Label   string             `json:"label"`
	User    string             `json:"user"`
	Family  map[string]string  `json:"family"`
	Seed    uint64             `json:"seed"`
	Task    string             `json:"task"`
	Agent   string             `json:"agent"`
	Peers   map[string]string  `json:"peers"`
	Marks   map[string]float64 `json:"marks"`
}

// outcome is the answer to POST /record.
type outcome struct {
	Session  string            `json:"sess"`
	Score    int               `json:"score"`
	Masked   int               `json:"masked"`
	Verdicts map[string]string `json:"verdicts"`
	Batches  int               `json:"batches"`
	Events   int               `json:"events"`
	Missing  int               `json:"missing"` // batches that a page numbered and nobody sent
	Bytes    int               `json:"bytes"`   // of the line
}

func (rec *Recorder) record(r *http.Request, _ http.Header, q request) (any, error) {
	run := Run{
		Set: q.Set, Label: q.Label, User: q.User, Session: q.Session, Family: q.Family,
		Seed: q.Seed, Task: q.Task, Agent: q.Agent, Peers: q.Peers, Marks: q.Marks,
	}
	if run.Task == "" && run.Seed != 0 {
		run.Task = strconv.FormatUint(run.Seed, 10)
	}
	return rec.write(r.Context(), run)
}

var errClosed = errors.New("the session was recorded or discarded before")

// write fills in what the recorder knows of a run and appends it to the file. A
// session is written once: then write fails with errClosed.
func (rec *Recorder) write(ctx context.Context, run Run) (outcome, error) {
	id, err := gait.ParseSessionID(run.Session)
	if err != nil {
		return outcome{}, gait.Wrap(err, gait.Invalid, "sess")
	}
	run.Gait, run.Session = Version, id.String()
	run.At = rec.today()
	if run.Set == "" {
		run.Set = rec.cfg.Set
	}
	if run.Label == "" {
		run.Label = rec.cfg.Label
	}
	if !rec.close(id) {
		return outcome{}, errClosed
	}
	report, err := rec.collect(ctx, id, &run)
	var bytes int
	if err == nil {
		bytes, err = rec.cfg.Out.Append(&run)
	}
	if err != nil {
		rec.reopen(id)
		return outcome{}, err
	}
	o := outcome{
		Session: run.Session, Score: report.Assessment.Score, Masked: report.Assessment.Masked, Verdicts: map[string]string{},
		Batches: len(run.Parcels), Events: int(report.Features.Events), Missing: int(report.Features.Missing), Bytes: bytes,
	}
	for _, a := range report.Answers {
		o.Verdicts[a.Check.Key] = a.Verdict.String()
	}
	rec.cfg.Logger.Info("recorded", "session", o.Session, "label", run.Label, "score", o.Score, "masked", o.Masked, "batches", o.Batches, "bytes", o.Bytes)
	return o, nil
}

func (rec *Recorder) today() string { return rec.cfg.Now().UTC().Format(time.DateOnly) }

func (rec *Recorder) close(id gait.SessionID) bool {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.closed[id] {
		return false
	}
	rec.closed[id] = true
	return true
}

func (rec *Recorder) reopen(id gait.SessionID) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	delete(rec.closed, id)
}

// How long a session's batches are waited for: those under way, and those of
// which only a later one has come.
const (
	gapPatience = 1500 * time.Millisecond
	gapEvery    = 50 * time.Millisecond
)

// collect puts a session's batches into run, all that its pages have sent, and
// judges it. It fails with NotFound where there is none.
func (rec *Recorder) collect(ctx context.Context, id gait.SessionID, run *Run) (gait.Report, error) {
	if err := rec.underway.wait(ctx); err != nil {
		return gait.Report{}, err
	}
	deadline := time.Now().Add(gapPatience)
	for {
		run.Parcels = run.Parcels[:0]
		err := rec.cfg.Batches(ctx, id, func(r gait.Record) bool {
			run.Parcels = append(run.Parcels, Parcel{Page: r.Page.String(), Seq: r.Seq, Arrived: r.Arrived, Data: append([]byte(nil), r.Data...)})
			return true
		})
		if err != nil {
			return gait.Report{}, fmt.Errorf("read session %s: %w", id, err)
		}
		if len(run.Parcels) == 0 {
			return gait.Report{}, gait.Errorf(gait.NotFound, "nothing came of a session %s", id)
		}
		report, err := rec.cfg.Report(ctx, id)
		if err != nil || report.Features.Missing == 0 || time.Now().After(deadline) {
			return report, err
		}
		select {
		case <-ctx.Done():
			return gait.Report{}, ctx.Err()
		case <-time.After(gapEvery):
		}
	}
}

// underway knows the POST requests that are being answered.
type underway struct {
	mu   sync.Mutex
	last int
	done map[int]chan struct{}
}

func (u *underway) watch(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			defer u.enter()()
		}
		h.ServeHTTP(w, r)
	})
}

// enter returns what to call at the end.
func (u *underway) enter() func() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.last++
	n, done := u.last, make(chan struct{})
	if u.done == nil {
		u.done = map[int]chan struct{}{}
	}
	u.done[n] = done
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.done, n)
		close(done)
	}
}

const underwayPatience = 10 * time.Second

// wait returns once every request that has begun is over.
func (u *underway) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, underwayPatience)
	defer cancel()
	u.mu.Lock()
	var pending []chan struct{}
	for _, done := range u.done {
		pending = append(pending, done)
	}
	u.mu.Unlock()
	for _, done := range pending {
		select {
		case <-done:
		case <-ctx.Done():
			return gait.Wrap(ctx.Err(), gait.Unavailable, "batches are still arriving")
		}
	}
	return nil
}

func random(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) //nolint:errcheck // never fails
	return hex.EncodeToString(b)
}
