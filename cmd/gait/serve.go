package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store/sqlite"
)

type serveCmd struct {
	Data   string `help:"Folder that gait init made." required:"" placeholder:"DIR"`
	Listen string `help:"Address to listen on." default:"127.0.0.1:8080" placeholder:"ADDR"`

	settings
}

// Run serves until the process is told to stop.
func (c *serveCmd) Run(ctx context.Context, w *world) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.Data == "" {
		return gait.Errorf(gait.Invalid, "--data names no folder")
	}
	store, err := c.openStore(ctx, c.Data)
	if err != nil {
		return err
	}
	workspaces, err := store.Workspaces(ctx)
	if err == nil && len(workspaces) == 0 {
		err = gait.Errorf(gait.Invalid, "%s has no workspace yet: run gait init --data %s", c.Data, c.Data)
	}
	if err != nil {
		return closing(store, err)
	}
	for _, ws := range workspaces {
		if len(ws.Origins) == 0 {
			w.log.Warn("pages of any origin may report to this site key; name yours with gait init --origin", "workspace", ws.Name, "site_key", ws.SiteKey)
		}
	}
	c.Replay.Folder = filepath.Join(c.Data, replayFolder)
	s, err := newServer(c.Listen, store, w.log, c.settings)
	if err != nil {
		return closing(store, err)
	}
	s.reloads = true
	if s.measured != nil {
		w.log.Info("serving metrics", "address", s.measured.Addr().String())
	}
	if err := s.printSetupLinks(ctx, w.err, workspaces); err != nil {
		return closing(store, errors.Join(err, s.listen.Close()))
	}
	w.log.Info("serving", "url", s.url(), "dashboard", s.publicURL()+"/dash/", "data", c.Data, "version", version,
		"script", c.scriptTag(s.publicURL(), workspaces[0].SiteKey))
	return s.run(ctx, s.serveRoutes())
}

// openStore opens the store of a server that keeps to the settings.
func (c *settings) openStore(ctx context.Context, dir string) (*sqlite.Store, error) {
	return sqlite.Open(ctx, filepath.Join(dir, database), sqlite.Config{Limits: c.sessionLimits()})
}

// closing closes the store of a command that cannot go on because of err.
func closing(store gait.Store, err error) error {
	_ = store.Close() // err says more
	return err
}
