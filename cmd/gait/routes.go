package main

import (
	"context"
	"net/http"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/api/native"
	"github.com/gaithq/gait/api/notai"
	"github.com/gaithq/gait/api/roundtable"
	"github.com/gaithq/gait/demo"
	"github.com/gaithq/gait/ingest"
)

// routes are everything that a server answers.
func (s *server) routes() *router {
	mux := http.NewServeMux()
	paths := s.settings.paths()
	mux.Handle(ingest.Path, s.ingest)
	if own := paths.orUsual().Batch; own != ingest.Path {
		mux.Handle(own, s.ingest)
	}
	addScripts(mux, paths)
	if s.settings.Metrics {
		mux.Handle("GET /metrics", s.metrics.handler())
	}

	answers := api.New(api.Config{Workspaces: s.store, Version: version, Ready: s.store.Ping, Logger: s.log},
		roundtable.New(s.judge), notai.New(s.judge), native.New(s.judge))
	for _, pattern := range api.Mounts() {
		mux.Handle(pattern, answers)
	}
	return &router{mux, answers}
}

// router is the mux, but for paths of the API that the mux would redirect: a
// client that builds them from text it does not control should see the API's 404.
type router struct {
	*http.ServeMux
	answers http.Handler
}

// ServeHTTP serves one request.
func (m *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if api.Untidy(r) {
		m.answers.ServeHTTP(w, r)
		return
	}
	m.ServeMux.ServeHTTP(w, r)
}

// demoRoutes are the routes with the demo site in front.
func (s *server) demoRoutes(w gait.Workspace) http.Handler {
	mux := s.routes()
	mux.Handle("GET /{$}", http.RedirectHandler("/demo/signup", http.StatusFound))
	mux.Handle("/demo/", demo.Handler(demo.Config{
		SiteKey: w.SiteKey,
		Logger:  s.log,
		Live: func(ctx context.Context, sessionID string) ([]byte, error) {
			id, err := gait.ParseSessionID(sessionID)
			if err != nil {
				return nil, gait.Wrap(err, gait.NotFound, "no such session")
			}
			r, err := s.judge.Report(ctx, w.ID, id)
			if err != nil {
				return nil, err
			}
			return native.Evidence(r)
		},
	}))
	return mux
}
