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
func (s *server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle(ingest.Path, s.ingest)

	// The tracker, under the names that pages load it by.
	mux.HandleFunc("GET /v1/rt.js", serveScript)
	mux.HandleFunc("GET /v1/tracker.js", serveScript)
	mux.HandleFunc("GET /v0.0/tracker.js", serveScript)

	answers := api.New(api.Config{Workspaces: s.store, Version: version, Ready: s.store.Ping, Logger: s.log},
		roundtable.New(s.judge), notai.New(s.judge), native.New(s.judge))
	for _, pattern := range api.Mounts() {
		mux.Handle(pattern, answers)
	}
	return mux
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
