package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/account"
)

type demoCmd struct {
	Listen string `help:"Address to listen on. Without it 127.0.0.1:8080, or a free port if that is taken." placeholder:"ADDR"`
	JSON   bool   `help:"Print the address and the keys as one JSON object on the first line." name:"json"`

	settings
}

// demoAddress is where the demo listens if it can choose.
const demoAddress = "127.0.0.1:8080"

// Run serves the demo site on data that is removed at the end.
func (c *demoCmd) Run(ctx context.Context, w *world) (err error) {
	dir, err := os.MkdirTemp("", "gait-demo-")
	if err != nil {
		return gait.Wrap(err, gait.Unavailable, "no folder for the demo's data")
	}
	defer func() {
		if rerr := os.RemoveAll(dir); err == nil {
			err = rerr
		}
	}()
	store, err := c.openStore(ctx, dir)
	if err != nil {
		return err
	}
	c.Replay.Folder = filepath.Join(dir, replayFolder)
	if c.Replay.For == "workspaces" {
		c.Replay.For = "all" // whoever runs the demo is its visitor
	}
	ws, k, err := newWorkspace(ctx, store, "Demo", nil)
	if err != nil {
		return closing(store, err)
	}
	s, err := c.server(store, w.log)
	if err != nil {
		return closing(store, err)
	}
	k.URL = s.publicURL()
	k.Dashboard = k.URL + "/dash/"
	signedIn, err := s.demoAccount(ctx, ws)
	if err == nil && !signedIn {
		k.SetupURL, err = account.NewSetupLink(ctx, store, ws.ID, k.URL, "gait demo", time.Now())
	}
	if err != nil {
		return errors.Join(fmt.Errorf("the demo's account: %w", err), s.listen.Close(), store.Close())
	}
	s.examplesOf = ws.ID
	if err := c.greet(w, k); err != nil {
		return errors.Join(err, s.listen.Close(), store.Close())
	}
	return s.run(ctx, s.demoRoutes(ws))
}

func (c *demoCmd) server(store gait.Store, log *slog.Logger) (*server, error) {
	if c.Listen != "" {
		return newServer(c.Listen, store, log, c.settings)
	}
	s, err := newServer(demoAddress, store, log, c.settings)
	if errors.Is(err, syscall.EADDRINUSE) {
		return newServer("127.0.0.1:0", store, log, c.settings)
	}
	return s, err
}

func (c *demoCmd) greet(w *world, k keys) error {
	if c.JSON {
		return printJSON(w.out, k)
	}
	enter := k.Dashboard + "   the dashboard; you are signed in"
	if k.SetupURL != "" {
		enter = k.SetupURL + "   the dashboard; make your account first"
	}
	_, err := fmt.Fprintf(w.out, `
  Gait's demo is running:

    %[5]s

  Use a page and watch your session being judged:

    %[1]s/demo/signup   a form
    %[1]s/demo/survey   a survey of five pages, one session
    %[1]s/demo/shop     a shop in one document, with routes

  Then send a machine: %[1]s/demo/bots has the commands, such as

    npm ci && node attack/form.mjs --url %[1]s

  Ask for a session's report (its id is on the page):

    curl -H "Authorization: Bearer %[3]s" \
      %[1]s/v1/sessions/SESSION_ID/report

  Site key     %[2]s
  Secret key   %[3]s
  NotAI key    %[4]s

  The data is thrown away when you stop it with Ctrl-C.

`, k.URL, k.SiteKey, k.SecretKey, k.NotAIKey, enter)
	return err
}
