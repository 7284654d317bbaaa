package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/ingest"
	"github.com/gaithq/gait/judge"
)

// server is Gait running: a store, the judge over it, and the HTTP edge. Tests
// build the same one that the commands do, on port 0.
type server struct {
	store  gait.Store
	judge  *judge.Judge
	ingest *ingest.Handler
	http   *http.Server
	listen net.Listener
	log    *slog.Logger

	stopJudge context.CancelFunc
	judging   sync.WaitGroup
}

// newServer binds addr and wires a server; run starts it. It owns the store from
// here on.
func newServer(addr string, store gait.Store, log *slog.Logger) (*server, error) {
	j, err := judge.New(judge.Config{Store: store, Logger: log})
	if err != nil {
		return nil, err
	}
	s := &server{store: store, judge: j, log: log}
	s.ingest = ingest.New(ingest.Config{Workspaces: store, Store: store, Appended: j.Appended, Logger: log})
	if s.listen, err = net.Listen("tcp", addr); err != nil {
		return nil, gait.Wrap(err, gait.Unavailable, "cannot listen on "+addr)
	}
	return s, nil
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

// Times that a client may take. A page's requests are small.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = 30 * time.Second
	answerTimeout = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	drainTimeout  = 15 * time.Second
)

// run serves until ctx ends, then stops taking requests, answers those it has,
// and closes the store.
func (s *server) run(ctx context.Context, handler http.Handler) error {
	s.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		WriteTimeout:      answerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	judgeCtx, stopJudge := context.WithCancel(context.WithoutCancel(ctx))
	s.stopJudge = stopJudge
	s.judging.Go(func() { s.judge.Run(judgeCtx) })

	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(s.listen) }()
	select {
	case err := <-failed:
		return errors.Join(fmt.Errorf("serve: %w", err), s.close(judgeCtx))
	case <-ctx.Done():
	}
	s.log.Info("stopping")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	err := s.http.Shutdown(drain)
	if err != nil {
		err = fmt.Errorf("requests were cut off after %v: %w", drainTimeout, err)
	}
	return errors.Join(err, s.close(drain))
}

// close writes what is derived and closes the store.
func (s *server) close(ctx context.Context) error {
	s.stopJudge()
	s.judging.Wait()
	if err := s.judge.CatchUp(ctx); err != nil {
		s.log.Warn("session rows are left behind; they are made at the next start", "err", err)
	}
	return s.store.Close()
}
