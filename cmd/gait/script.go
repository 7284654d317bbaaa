package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/gaithq/gait/ingest"
	"github.com/gaithq/gait/internal/asset"
	"github.com/gaithq/gait/replay"
	"github.com/gaithq/gait/tracker"
)

// scriptPaths says where pages find what they need of a server. The operator may
// choose them, since ad blockers know the usual ones; an empty one is the usual one.
// The usual paths are served in any case.
type scriptPaths struct {
	Script string // rt.js
	Batch  string // where rt.js posts to
	Probes string // the second file, that rt.js loads
	Record string // the file that records, which the second one loads
	Replay string // where that posts to
}

var usualPaths = scriptPaths{Script: "/v1/rt.js", Batch: ingest.Path, Probes: "/v1/probes.js", Record: "/v1/replay.js", Replay: replay.Path}

const badgePath = "/v1/badge.js"

// otherNames are those that pages written for others load rt.js by.
var otherNames = []string{"/v1/tracker.js", "/v0.0/tracker.js", "/api.js"}

// orUsual fills in the paths that were left empty.
func (p scriptPaths) orUsual() scriptPaths {
	for _, path := range []struct{ to, usual *string }{
		{&p.Script, &usualPaths.Script},
		{&p.Batch, &usualPaths.Batch},
		{&p.Probes, &usualPaths.Probes},
		{&p.Record, &usualPaths.Record},
		{&p.Replay, &usualPaths.Replay},
	} {
		if *path.to == "" {
			*path.to = *path.usual
		}
	}
	return p
}

// A path goes into a script as it is, and into the mux as a pattern.
var plainPath = regexp.MustCompile(`^(/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,8}$`)

const longestPath = 128

// check reports the first path that cannot be served.
func (p scriptPaths) check() error {
	p = p.orUsual()
	taken := map[string]string{badgePath: "the badge"}
	for _, name := range append([]string{usualPaths.Script}, otherNames...) {
		taken[name] = "the script"
	}
	for _, path := range []struct{ what, value, usual string }{
		{"the script", p.Script, usualPaths.Script},
		{"batches", p.Batch, usualPaths.Batch},
		{"the probes", p.Probes, usualPaths.Probes},
		{"the recorder", p.Record, usualPaths.Record},
		{"replays", p.Replay, usualPaths.Replay},
	} {
		if !plainPath.MatchString(path.value) || len(path.value) > longestPath {
			return fmt.Errorf("the path of %s, %q, must be like /assets/site.js: letters, digits and . _ - between slashes, at most %d characters", path.what, path.value, longestPath)
		}
		if by, ok := taken[path.value]; ok && by != path.what {
			return fmt.Errorf("the path of %s, %q, is that of %s", path.what, path.value, by)
		}
		taken[path.value], taken[path.usual] = path.what, path.what
	}
	return nil
}

// addScripts serves the tracker's files. The paths have passed check. Batches and
// replays are the caller's to serve; where nobody is recorded, pages ask for nothing.
func addScripts(mux *http.ServeMux, p scriptPaths, records bool) {
	p = p.orUsual()
	recorder := p.Record
	if !records {
		recorder = ""
	}
	// The one place where the files name a path of the server.
	rewrite := strings.NewReplacer(
		quoted(usualPaths.Batch), quoted(p.Batch), quoted(usualPaths.Probes), quoted(p.Probes),
		quoted(usualPaths.Record), quoted(recorder), quoted(usualPaths.Replay), quoted(p.Replay),
	)
	serve := func(a *asset.Asset, paths ...string) {
		if body := rewrite.Replace(string(a.Body)); body != string(a.Body) {
			a = asset.New([]byte(body), asset.JavaScript)
		}
		slices.Sort(paths)
		for _, path := range slices.Compact(paths) {
			mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { serveAsset(w, r, a) })
		}
	}
	serve(tracker.Script(), append([]string{usualPaths.Script, p.Script}, otherNames...)...)
	serve(tracker.Probes(), usualPaths.Probes, p.Probes)
	serve(tracker.Badge(), badgePath)
	if records {
		serve(tracker.Replay(), usualPaths.Record, p.Record)
	}
}

// quoted is how a path stands in the built files.
func quoted(path string) string { return `"` + path + `"` }

// serveAsset answers with a script. Pages of any site may load it; browsers keep it
// for a few minutes and then ask whether it changed.
func serveAsset(w http.ResponseWriter, r *http.Request, a *asset.Asset) {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	a.ServeHTTP(w, r)
}
