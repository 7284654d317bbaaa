package main

import (
	"context"
	"net/http"

	"github.com/klauspost/compress/gzhttp"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/account"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/api/native"
	"github.com/gaithq/gait/api/notai"
	"github.com/gaithq/gait/api/roundtable"
	"github.com/gaithq/gait/dash"
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
	addScripts(mux, paths, s.settings.Replay.on())
	s.addReplays(mux, paths)
	if s.settings.Metrics {
		mux.Handle("GET /metrics", s.metrics.handler())
	}

	people := s.accounts.Handler()
	for _, pattern := range account.Mounts() {
		mux.Handle(pattern, people)
	}
	dashboard := dash.Handler(dash.Config{Script: s.publicURL() + paths.orUsual().Script})
	mux.Handle("/dash", dashboard)
	mux.Handle("/dash/", dashboard)

	answers := api.New(api.Config{
		Workspaces: s.store, Version: version, Ready: s.store.Ping, Logger: s.log,
		SignedIn: s.accounts.Principal, CrossOrigin: s.origins,
	},
		roundtable.WithReplays(s.judge, s.replayOf), notai.New(s.judge), s.native())
	for _, pattern := range api.Mounts() {
		h := answers
		if pattern == "/api/v1/" {
			h = compressed(answers) // a timeline can have megabytes
		}
		mux.Handle(pattern, h)
	}
	mux.Handle("/api/v1/live", answers) // a stream, of which every word counts at once
	return &router{mux, answers}
}

// compressed sends what is long enough to be worth it by gzip, to those who take it.
func compressed(h http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.ContentTypes([]string{"application/json", "application/problem+json", "text/csv"}))
	if err != nil {
		panic(err) // the options are ours
	}
	return wrap(h)
}

// serveRoutes are the routes with the dashboard in front.
func (s *server) serveRoutes() http.Handler {
	mux := s.routes()
	mux.Handle("GET /{$}", http.RedirectHandler("/dash/", http.StatusFound))
	return mux
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
