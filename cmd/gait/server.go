package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/account"
	"github.com/gaithq/gait/ingest"
	"github.com/gaithq/gait/ipintel"
	"github.com/gaithq/gait/judge"
	"github.com/gaithq/gait/replay"
	"github.com/gaithq/gait/retention"
	"github.com/gaithq/gait/risk"
)

// server is Gait running: a store, the judge over it, and the HTTP edge. Tests
// build the same one that the commands do, on port 0.
type server struct {
	settings settings
	store    gait.Store
	intel    *ipintel.Intel
	judge    *judge.Judge
	ingest   *ingest.Handler
	replays  *replay.Replays // nil where nobody is recorded, and nobody was
	metrics  *metrics
	listen   net.Listener
	measured net.Listener // of --metrics-listen, or nil
	log      *slog.Logger

	accounts *account.Accounts
	origins  *http.CrossOriginProtection // lets our own pages change things, and no others

	policy   risk.Policy        // that workspaces start with
	stopping context.Context    // over once the server wants to end: streams end with it
	endAll   context.CancelFunc // of stopping

	examplesOf gait.WorkspaceID // gets the recorded sessions; 0 is none

	reloads bool // SIGHUP reads the address files again, rather than ending the process

	stop       context.CancelFunc // of what runs in the background
	background sync.WaitGroup
}

// newServer binds addr and wires a server; run starts it. It owns the store from
// here on, unless it fails.
func newServer(addr string, store gait.Store, log *slog.Logger, c settings) (*server, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	s := &server{settings: c, store: store, log: log, metrics: newMetrics()}
	files := c.addressFiles()
	files.Logger = log
	var err error
	if s.intel, err = ipintel.Open(files); err != nil {
		return nil, err
	}
	if s.policy, err = policyOf(c.Policy); err != nil {
		return nil, err
	}
	s.stopping, s.endAll = context.WithCancel(context.Background())
	agents, err := c.agents()
	if err != nil {
		return nil, err
	}
	if s.judge, err = judge.New(judge.Config{
		Store: store, Logger: log, Policy: &s.policy, Policies: store, Twins: c.twins(), Live: c.LiveSessions,
	}); err != nil {
		return nil, err
	}
	s.ingest = ingest.New(ingest.Config{
		Workspaces: store, Store: store, Appended: s.judge.Appended,
		Intel: s.intel, Agents: agents, Proxies: c.proxies(), KeepNetwork: c.StoreAddresses == "network",
		Settings: store,
		Facts:    c.facts(),
		Observe:  s.metrics.batch, Logger: log,
		Concurrent: c.ConcurrentBatches, Timeout: c.StoreTimeout, BodyBytes: c.BodyBytes, Limits: c.limits(),
	})
	if s.replays, err = newReplays(c.Replay, store, log, s.metrics.chunk, func(r *http.Request) (gait.Principal, error) { return s.accounts.Principal(r) }); err != nil {
		return nil, err
	}
	s.metrics.watch(s)
	if s.listen, err = listen(addr); err != nil {
		return nil, err
	}
	if s.accounts, err = s.newAccounts(); err != nil {
		return nil, errors.Join(err, s.listen.Close())
	}
	if c.MetricsListen != "" {
		if s.measured, err = listen(c.MetricsListen); err != nil {
			return nil, errors.Join(err, s.listen.Close())
		}
	}
	return s, nil
}

func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, gait.Wrap(err, gait.Unavailable, "cannot listen on "+addr)
	}
	return l, nil
}

// url is where the server answers, without a slash at the end.
func (s *server) url() string {
	addr := s.listen.Addr().(*net.TCPAddr)
	host := addr.IP.String()
	if addr.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(addr.Port))
}

// publicURL is where browsers reach the server, without a slash at the end.
func (s *server) publicURL() string { return s.settings.publicURL(s.url()) }

// Times that a client may take. A page's requests are small.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = 30 * time.Second
	answerTimeout = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10
	drainTimeout  = 15 * time.Second
)

func (s *server) newHTTP(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		WriteTimeout:      answerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          log.New(withoutAddresses{s.log}, "", 0),
	}
}

// run serves until ctx ends, then stops taking requests, answers those it has,
// and closes the store.
func (s *server) run(ctx context.Context, handler http.Handler) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.background.Go(func() { s.judge.Run(background) })
	s.background.Go(func() { s.intel.Run(background) })
	s.background.Go(func() { s.accounts.Run(background) })
	s.background.Go(func() {
		retention.Run(background, retention.Config{Store: s.store, Logger: s.log, Deleted: s.deleted})
	})
	if s.replays != nil {
		s.background.Go(func() { s.replays.Run(background) })
	}
	if s.examplesOf != 0 {
		s.background.Go(func() { s.loadExamples(background) })
	}
	if s.reloads {
		s.background.Go(func() { s.reloadOnSignal(background) })
	}

	web, measured := s.newHTTP(s.metrics.count(handler)), s.newHTTP(s.metrics.mux())
	failed := make(chan error, 2)
	go func() { failed <- web.Serve(s.listen) }()
	if s.measured != nil {
		go func() { failed <- measured.Serve(s.measured) }()
	}
	var ended error
	select {
	case err := <-failed:
		return errors.Join(fmt.Errorf("serve: %w", err), web.Close(), measured.Close(), s.close(background))
	case <-s.doubted():
		ended = gait.Errorf(gait.Unavailable, "the disk failed to keep the database's file; nothing accepted is lost: start gait again")
	case <-ctx.Done():
	}
	s.log.Info("stopping")
	s.endAll()
	patience := s.settings.DrainTimeout
	if patience == 0 {
		patience = drainTimeout
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := web.Shutdown(drain); err != nil {
		ended = errors.Join(ended, fmt.Errorf("requests were cut off after %v: %w", patience, err), web.Close())
	}
	return errors.Join(ended, measured.Close(), s.close(context.WithoutCancel(ctx)))
}

// deleted takes away what is kept of deleted sessions beside the store.
func (s *server) deleted(ctx context.Context, w gait.WorkspaceID, ids []gait.SessionID) error {
	if s.replays == nil {
		return nil
	}
	var errs []error
	for _, id := range ids {
		errs = append(errs, s.replays.Delete(ctx, gait.SessionRef{Workspace: w, Session: id}))
	}
	return errors.Join(errs...)
}

// doubted is closed when the store can only go on after it was opened anew. The
// process ends then, with an error, so that whatever watches over it starts it
// again. Stores that never need that have no such channel.
func (s *server) doubted() <-chan struct{} {
	if d, ok := s.store.(interface{ Doubted() <-chan struct{} }); ok {
		return d.Doubted()
	}
	return nil
}

// catchUpTimeout bounds how long session rows are written at the end. They are
// derived: what is left is made at the next start.
const catchUpTimeout = 15 * time.Second

// close writes what is derived and closes the store.
func (s *server) close(ctx context.Context) error {
	s.stop()
	s.background.Wait()
	ctx, cancel := context.WithTimeout(ctx, catchUpTimeout)
	defer cancel()
	if err := s.judge.CatchUp(ctx); err != nil {
		s.log.Warn("session rows are left behind; they are made at the next start", "err", err)
	}
	return s.store.Close()
}

// reloadOnSignal reads the address files again at each SIGHUP.
func (s *server) reloadOnSignal(ctx context.Context) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
			s.log.Info("reading changed address files")
			s.intel.Reload()
		}
	}
}

// withoutAddresses logs what net/http has to say about connections, which is of
// use when looking for trouble, without whose they are.
type withoutAddresses struct{ log *slog.Logger }

func (l withoutAddresses) Write(p []byte) (int, error) {
	words := strings.Fields(string(p))
	for i, w := range words {
		bare := strings.Trim(w, ":,;()")
		if _, err := netip.ParseAddrPort(bare); err == nil {
			words[i] = "(address)"
		} else if before, after, ok := strings.Cut(bare, "->"); ok && strings.Contains(before, ":") && strings.Contains(after, ":") {
			words[i] = "(addresses)"
		}
	}
	l.log.Debug("http", "message", strings.Join(words, " "))
	return len(p), nil
}
