package main

import (
	"context"

	"github.com/gaithq/gait"
)

type serveCmd struct {
	Data   string `help:"Folder that gait init made." required:"" placeholder:"DIR"`
	Listen string `help:"Address to listen on." default:"127.0.0.1:8080" placeholder:"ADDR"`
}

// Run serves until the process is told to stop.
func (c *serveCmd) Run(ctx context.Context, w *world) error {
	store, err := openStore(ctx, c.Data)
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
	s, err := newServer(c.Listen, store, w.log)
	if err != nil {
		return closing(store, err)
	}
	w.log.Info("serving", "url", s.url(), "data", c.Data, "version", version)
	return s.run(ctx, s.routes())
}

// closing closes the store of a command that cannot go on because of err.
func closing(store gait.Store, err error) error {
	_ = store.Close() // err says more
	return err
}
