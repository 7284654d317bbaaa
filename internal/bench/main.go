// Command bench measures what Gait promises of its speed and size and prints it
// as a table beside the aims. `make bench` runs it.
//
// Machines are noisy, so the rate of requests is given as a ratio to a bare
// handler that reads the same body, measured in turns in the same run; every
// batch that was acknowledged is counted in the database afterwards.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/ingest"
	"github.com/gaithq/gait/judge"
	"github.com/gaithq/gait/risk"
	"github.com/gaithq/gait/session"
	"github.com/gaithq/gait/store/mem"
	"github.com/gaithq/gait/store/sqlite"
	"github.com/gaithq/gait/tracker"
)

func main() {
	serve := flag.String("serve", "", "internal: be the server, bare or gait, on the data in the given folder")
	rounds := flag.Int("rounds", 3, "turns of baseline and Gait")
	turn := flag.Duration("turn", 4*time.Second, "length of a turn")
	flag.Parse()
	var err error
	if *serve != "" {
		err = server(*serve, flag.Arg(0))
	} else {
		err = table(*rounds, *turn)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// server listens on a free port of the loopback, prints it, and serves until its
// standard input closes.
func server(kind, dir string) error {
	var handler http.Handler = http.HandlerFunc(bare)
	stop := func() error { return nil }
	if kind == "gait" {
		store, err := sqlite.Open(context.Background(), filepath.Join(dir, "bench.db"), sqlite.Config{})
		if err != nil {
			return err
		}
		j, err := judge.New(judge.Config{Store: store})
		if err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(context.Background())
		judged := make(chan struct{})
		go func() { defer close(judged); j.Run(ctx) }()
		stop = func() error {
			cancel()
			<-judged
			return store.Close()
		}
		if have, err := store.Workspaces(ctx); err != nil {
			return err
		} else if len(have) == 0 {
			if _, err := store.CreateWorkspace(ctx, gait.Workspace{Name: "bench", SiteKey: siteKey, IntegrationID: "00000001"}, nil); err != nil {
				return err
			}
		}
		handler = ingest.New(ingest.Config{Workspaces: store, Store: store, Appended: j.Appended})
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	s := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		_, _ = bufio.NewReader(os.Stdin).ReadByte() // ends when the parent closes it
		_ = s.Close()
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return stop()
}

// child runs a server in a process of its own while do runs.
func child(kind, dir string, do func(addr string) error) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, "-serve", kind, dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		err = do(strings.TrimSpace(addr))
	}
	return errors.Join(err, in.Close(), cmd.Wait())
}

// rates are requests a second of the baseline and of Gait, a pair for each turn.
type rates struct{ bare, gait []float64 }

func (r rates) ratios() []float64 {
	list := make([]float64, len(r.bare))
	for i := range list {
		list[i] = r.gait[i] / r.bare[i]
	}
	return list
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

func measure(compressed bool, rounds int, turn time.Duration) (r rates, err error) {
	dir, err := os.MkdirTemp("", "gait-bench-")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var acked int64
	for range rounds {
		err := child("bare", dir, func(addr string) error {
			l, err := drive(addr, compressed, turn)
			r.bare = append(r.bare, l.perSecond())
			return err
		})
		if err != nil {
			return r, err
		}
		err = child("gait", dir, func(addr string) error {
			l, err := drive(addr, compressed, turn)
			acked += l.answered
			r.gait = append(r.gait, l.perSecond())
			return err
		})
		if err != nil {
			return r, err
		}
	}
	stored, err := count(dir)
	if err == nil && stored != acked {
		err = fmt.Errorf("%d batches were acknowledged and %d are stored", acked, stored)
	}
	return r, err
}

// count returns how many batches the run's sessions have stored.
func count(dir string) (int64, error) {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(dir, "bench.db"), sqlite.Config{})
	if err != nil {
		return 0, err
	}
	total := int64(0)
	for n := range sessions.Load() {
		var id gait.SessionID
		for i := range 8 {
			id[15-i] = byte((n + 1) >> (8 * i))
		}
		stored, err := store.CountBatches(ctx, 1, id)
		if err != nil {
			return 0, errors.Join(err, store.Close())
		}
		total += int64(stored)
	}
	return total, store.Close()
}

func table(rounds int, turn time.Duration) error {
	fmt.Printf("%d CPUs, %s, %d connections, %d turns of %v each\n\n", runtime.NumCPU(), runtime.Version(), connections, rounds, turn)
	fmt.Printf("%-58s %12s %12s\n", "what", "measured", "aim")
	row := func(what, measured, aim string) { fmt.Printf("%-58s %12s %12s\n", what, measured, aim) }

	for _, compressed := range []bool{false, true} {
		form := "JSON"
		if compressed {
			form = "gzipped"
		}
		r, err := measure(compressed, rounds, turn)
		if err != nil {
			return err
		}
		row("requests/s, bare handler, "+form, fmt.Sprintf("%.0f", median(r.bare)), "")
		row("requests/s, stored durably before the answer, "+form, fmt.Sprintf("%.0f", median(r.gait)), "")
		row("ratio, "+form, fmt.Sprintf("%.2f", median(r.ratios())), map[bool]string{false: ">= 0.15"}[compressed])
	}

	batch, err := sampleBatch()
	if err != nil {
		return err
	}
	fold := testing.Benchmark(func(b *testing.B) {
		state, batch := new(session.State), batch
		b.ReportAllocs()
		for b.Loop() {
			if !state.Add(&batch) {
				b.Fatal("refused")
			}
			batch.Seq++
		}
	})
	row("ns to fold an event", fmt.Sprintf("%.0f", float64(fold.NsPerOp())/float64(len(batch.Events))), "<= 1000")
	row("allocations to fold a batch", fmt.Sprint(fold.AllocsPerOp()), "0")

	state := session.Rebuild([]gait.Batch{batch})
	checks, policy := check.All(), risk.Default()
	judged := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			risk.Assess(policy, check.Judge(checks, state.Features()))
		}
	})
	row("µs to judge a session", fmt.Sprintf("%.1f", float64(judged.NsPerOp())/1000), "<= 50")

	heap, err := liveHeap(batch)
	if err != nil {
		return err
	}
	row("bytes of heap for a live session", fmt.Sprintf("%.0f", heap), "<= 3000")
	row("bytes of rt.js, gzipped", fmt.Sprint(len(tracker.Script().Gzip())), "<= 8192")
	return nil
}

// liveHeap measures what a live session keeps in memory, with its place in the
// judge's list.
func liveHeap(batch gait.Batch) (float64, error) {
	const n = 20_000
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	j, err := judge.New(judge.Config{Store: mem.New(mem.Config{}), Live: n})
	if err != nil {
		return 0, err
	}
	for i := range n {
		batch.Session = gait.SessionID{byte(i), byte(i >> 8)}
		batch.Seq = 0
		for receipt := range 4 {
			j.Appended(1, &batch, gait.Receipt{Batches: receipt + 1})
			batch.Seq++
		}
	}
	after := heap()
	runtime.KeepAlive(j)
	return (float64(after) - float64(before)) / n, nil
}
