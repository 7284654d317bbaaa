package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"
)

// ledger is what clients sent and what was acknowledged, by session.
type ledger struct {
	*testing.T
	keys     keys
	mu       sync.Mutex
	sessions map[uint64]*tally
}

type tally struct{ tried, acked int }

// crashBatches are the batches of one session.
const crashBatches = 8

// load has clients send until stop is closed or the server is gone, and returns
// when all have ended. A refusal is an error, unless the server is stopping.
func (l *ledger) load(url string, clients int, stop <-chan struct{}) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: 20 * time.Second}
	defer client.CloseIdleConnections()
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			for l.session(client, url, stop) {
			}
		})
	}
	group.Wait()
}

// session sends one session and says whether it came to its end.
func (l *ledger) session(client *http.Client, url string, stop <-chan struct{}) bool {
	a := new(tally)
	l.mu.Lock()
	id := uint64(len(l.sessions) + 1)
	l.sessions[id] = a
	l.mu.Unlock()
	for seq := range crashBatches {
		select {
		case <-stop:
			return false
		default:
		}
		l.mu.Lock()
		a.tried++
		l.mu.Unlock()
		status, err := postBatch(client, url, batchJSON(l.keys.SiteKey, id, seq))
		if err != nil {
			return false // the server is gone
		}
		if status != http.StatusOK {
			l.Errorf("session %d: batch %d is answered %d", id, seq, status)
			return false
		}
		l.mu.Lock()
		a.acked++
		l.mu.Unlock()
	}
	return true
}

// await waits until n more batches are acknowledged, however slow the machine is.
func (l *ledger) await(n int) {
	l.Helper()
	acked := func() (sum int) {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, a := range l.sessions {
			sum += a.acked
		}
		return sum
	}
	want := acked() + n
	for until := time.Now().Add(time.Minute); acked() < want; time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			l.Fatalf("%d batches are not acknowledged in a minute", n)
		}
	}
}

// compare asks a server for every session, and sends again what was not
// acknowledged. It returns how many batches were, and how many were stored.
func (l *ledger) compare(url string) (acked, stored int) {
	tried := 0
	type evidence struct {
		Batches, Events int
		Missing         int `json:"missing_batches"`
	}
	ask := func(id uint64) (e evidence, status int) {
		status = get(l.T, fmt.Sprintf("%s/api/v1/sessions/%032x/evidence", url, id), l.keys.SecretKey, &e)
		return e, status
	}
	for id, a := range l.sessions {
		if a.tried == 0 {
			continue
		}
		tried, acked = tried+a.tried, acked+a.acked
		e, status := ask(id)
		stored += e.Batches
		if (status != http.StatusOK && (status != http.StatusNotFound || a.acked > 0)) || e.Batches < a.acked || e.Batches > a.tried || e.Missing != 0 {
			l.Errorf("session %d: %d, %d batches stored (%d missing), %d acknowledged, %d sent", id, status, e.Batches, e.Missing, a.acked, a.tried)
		}
		if a.tried == a.acked {
			continue
		}
		for seq := range a.tried {
			if status, err := postBatch(http.DefaultClient, url, batchJSON(l.keys.SiteKey, id, seq)); status != http.StatusOK || err != nil {
				l.Fatalf("session %d, batch %d again: %d, %v", id, seq, status, err)
			}
		}
		if e, status := ask(id); status != http.StatusOK || e.Batches != a.tried || e.Events != 3*a.tried {
			l.Errorf("session %d after sending again: %d, %d batches, %d events, want %d batches of 3 events", id, status, e.Batches, e.Events, a.tried)
		}
	}
	l.Logf("%d sessions: %d batches sent, %d acknowledged, %d stored", len(l.sessions), tried, acked, stored)
	if acked < 100 {
		l.Errorf("only %d batches were acknowledged: the load was too small to say anything", acked)
	}
	return acked, stored
}

// TestDurabilityCrashLoop kills the server at moments chosen at random, many
// times on the same data: while it takes a load, while it starts, and while it
// stops.
func TestDurabilityCrashLoop(t *testing.T) {
	dir, k := initWorkspace(t)
	l := &ledger{T: t, keys: k, sessions: map[uint64]*tally{}}
	random := rand.New(rand.NewPCG(7, 11))
	within := func(d time.Duration) { time.Sleep(time.Duration(random.Int64N(int64(d)))) }
	for range 4 {
		for _, moment := range []string{"load", "start", "stop"} {
			if moment == "start" {
				p := gaitCmd(t, "serve", "--data", dir, "--listen", "127.0.0.1:0")
				if err := p.Start(); err != nil {
					t.Fatal(err)
				}
				within(80 * time.Millisecond)
				if err := p.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = p.Wait() // it was killed
				continue
			}
			p := start(t, dir)
			stop, ended := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(ended)
				l.load(p.url, 16, stop)
			}()
			l.await(20)
			within(200 * time.Millisecond)
			if moment == "stop" {
				if err := p.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
				within(20 * time.Millisecond)
			}
			_ = p.Process.Kill() // it may have stopped by now
			_ = p.Wait()         // either way
			close(stop)
			<-ended
		}
	}
	l.compare(start(t, dir).url)
}

// TestDurabilityDrain stops the server under load as a service manager does:
// every request that it took is answered, it ends with 0, and nothing is lost.
func TestDurabilityDrain(t *testing.T) {
	dir, k := initWorkspace(t)
	l := &ledger{T: t, keys: k, sessions: map[uint64]*tally{}}
	for range 3 {
		p := start(t, dir)
		stop, ended := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(ended)
			l.load(p.url, 16, stop)
		}()
		l.await(100)
		if err := p.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := p.Wait(); err != nil {
			t.Errorf("stopped under load: %v\n%s", err, p.errs)
		}
		close(stop)
		<-ended
		if _, err := os.Stat(dir + "/" + database + "-wal"); !os.IsNotExist(err) {
			t.Errorf("the write-ahead log is left behind: %v", err)
		}
	}
	if acked, stored := l.compare(start(t, dir).url); acked != stored {
		t.Errorf("%d batches are stored and %d were acknowledged: some request was not answered", stored, acked)
	}
}
