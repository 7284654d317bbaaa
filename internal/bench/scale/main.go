// Command scale fills a store with as many sessions as it is told and prints what
// the dashboard's requests cost there, through the API as the dashboard asks it,
// beside the same requests to a store of 100,000:
//
//	go run ./internal/bench/scale -sessions 1000000 -dir DIR
//
// The databases stay in the folder, so that measuring again does not fill them
// again, and a fill that was stopped goes on where it was.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store/sqlite"
)

// most is how many sessions a shop can have.
const most = 10_000_000

func main() {
	sessions := flag.Int("sessions", 1_000_000, "how many sessions to store, at most 10,000,000")
	baseline := flag.Int("baseline", 100_000, "how many sessions the store has that is measured beside it")
	dir := flag.String("dir", "", "folder for the databases: about 1 GB for a million sessions")
	tries := flag.Int("tries", 7, "times that each request is asked")
	only := flag.String("only", "", "measure only requests whose name contains this")
	part := flag.String("part", "", "fill: do not measure; measure: do not fill, and take what is there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *dir, [2]int{*baseline, *sessions}, *tries, *only, *part, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir string, sizes [2]int, tries int, only, part string, out io.Writer) error {
	if dir == "" {
		return errors.New("say with -dir where the databases are to be")
	}
	if min(sizes[0], sizes[1]) < 1 || max(sizes[0], sizes[1]) > most || tries < 1 {
		return fmt.Errorf("want from 1 to %d sessions, and at least one try", most)
	}
	if !slices.Contains([]string{"", "fill", "measure"}, part) {
		return errors.New("-part is fill or measure")
	}
	fmt.Fprintf(out, "%d CPUs, %s, %d tries of each\n", runtime.NumCPU(), runtime.Version(), tries)
	for _, n := range sizes {
		if part == "measure" {
			break
		}
		if err := filled(ctx, dir, n, out); err != nil {
			return err
		}
	}
	if part == "fill" {
		return nil
	}
	return table(ctx, dir, sizes, tries, only, out)
}

// pathOf is where the database with so many sessions is.
func pathOf(dir string, sessions int) string {
	return filepath.Join(dir, fmt.Sprintf("shop-%d.db", sessions))
}

// filled makes sure that the database has its sessions.
func filled(ctx context.Context, dir string, sessions int, out io.Writer) (err error) {
	s, err := sqlite.Open(ctx, pathOf(dir, sessions), sqlite.Config{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	have, err := s.Workspaces(ctx)
	if err != nil {
		return err
	}
	if len(have) == 0 {
		if _, err := s.CreateWorkspace(ctx, gait.Workspace{Name: "shop", SiteKey: gait.SiteKeyPrefix + "scale", IntegrationID: "00000001"}, nil); err != nil {
			return err
		}
	}
	return fill(ctx, s, sessions, out)
}
