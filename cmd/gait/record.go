package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"syscall"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/record"
	"github.com/gaithq/gait/store/mem"
)

type recordCmd struct {
	Out    string `help:"File to append recorded runs to; made if it does not exist." required:"" placeholder:"FILE"`
	Listen string `help:"Loopback address to listen on. Without it 127.0.0.1:8092, or a free port if that is taken." placeholder:"ADDR"`
	JSON   bool   `help:"Print the address as one JSON object on the first line." name:"json"`
	Label  string `help:"Label of runs that name none." default:"human" placeholder:"WORD"`
	Set    string `help:"Set of runs that name none." default:"recorded" placeholder:"NAME"`
	Script string `help:"Script that the tasks' pages load besides, as /extra.js." placeholder:"FILE"`
}

// recordAddress is where the recorder listens if it can choose. It is the same
// each time, so that a browser remembers who somebody is.
const recordAddress = "127.0.0.1:8092"

// maxScript bounds the script that the pages load besides, in bytes.
const maxScript = 8 << 20

// Run serves the recorder until the process is told to stop. Batches are kept in
// memory; only what is recorded is written.
func (c *recordCmd) Run(ctx context.Context, w *world) (err error) {
	if err := c.check(); err != nil {
		return err
	}
	extra, err := c.extra()
	if err != nil {
		return err
	}
	out, err := record.OpenFile(c.Out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	store := mem.New(mem.Config{
		Limits:   gait.SessionLimits{Batches: record.MaxBatches, Bytes: record.MaxBytes},
		MaxBytes: recordMemory,
	})
	s, err := c.server(store, w.log)
	if err != nil {
		return closing(store, err)
	}
	rec, err := c.recorder(ctx, s, out, extra)
	if err == nil {
		err = c.greet(w, s.url())
	}
	if err != nil {
		return errors.Join(err, s.listen.Close(), store.Close())
	}
	return s.run(ctx, rec)
}

// recordMemory bounds what the recorder keeps of all sessions, in bytes.
const recordMemory = 2 << 30

func (c *recordCmd) check() error {
	probe := record.Run{
		Gait: record.Version, Set: c.Set, Label: c.Label, User: "-", Session: gait.SessionID{}.String(), At: "2006-01-02",
		Parcels: []record.Parcel{{Page: gait.PageID{}.String()}},
	}
	if err := probe.Check(); err != nil {
		return gait.Wrap(err, gait.Invalid, "--set, --label")
	}
	if c.Listen == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return gait.Wrap(err, gait.Invalid, "--listen")
	}
	if addr, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !addr.IsLoopback()) {
		return gait.Errorf(gait.Invalid, "--listen %s: what people do is recorded on their own machine only; name a loopback address such as 127.0.0.1:0", c.Listen)
	}
	return nil
}

func (c *recordCmd) extra() ([]byte, error) {
	if c.Script == "" {
		return nil, nil
	}
	body, err := os.ReadFile(c.Script)
	if err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "--script")
	}
	if len(body) == 0 || len(body) > maxScript {
		return nil, gait.Errorf(gait.Invalid, "--script %s has %d bytes, not 1 to %d", c.Script, len(body), maxScript)
	}
	return body, nil
}

func (c *recordCmd) server(store gait.Store, log *slog.Logger) (*server, error) {
	if c.Listen != "" {
		return newServer(c.Listen, store, log, settings{Lone: true})
	}
	s, err := newServer(recordAddress, store, log, settings{Lone: true})
	if errors.Is(err, syscall.EADDRINUSE) {
		return newServer("127.0.0.1:0", store, log, settings{Lone: true})
	}
	return s, err
}

// recorder puts the recorder's pages in front of a server.
func (c *recordCmd) recorder(ctx context.Context, s *server, out *record.File, extra []byte) (*record.Recorder, error) {
	ws, _, err := newWorkspace(ctx, s.store, "Recorder", nil)
	if err != nil {
		return nil, err
	}
	return record.New(record.Config{
		SiteKey: ws.SiteKey, Script: usualPaths.Script, Extra: extra, Server: s.routes(),
		Batches: func(ctx context.Context, id gait.SessionID, yield func(gait.Record) bool) error {
			return s.store.Batches(ctx, ws.ID, id, yield)
		},
		Report: func(ctx context.Context, id gait.SessionID) (gait.Report, error) {
			return s.judge.Report(ctx, ws.ID, id)
		},
		Out: out, Set: c.Set, Label: c.Label, Logger: s.log,
	}), nil
}

func (c *recordCmd) greet(w *world, url string) error {
	if c.JSON {
		return printJSON(w.out, map[string]string{"url": url})
	}
	_, err := fmt.Fprintf(w.out, `
  Record yourself: open %[1]s in a browser.

  Sessions that you save are appended to %[2]s. Judge them with

    gait eval %[2]s

  Stop the recorder with Ctrl-C.

`, url, c.Out)
	return err
}
