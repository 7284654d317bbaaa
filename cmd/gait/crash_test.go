package main

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

// TestKillLosesNothing kills the server with SIGKILL in the middle of a load,
// again and again on the same data, and compares what is stored with what was
// acknowledged. (Power failure is the database's promise: synchronous FULL.)
func TestKillLosesNothing(t *testing.T) {
	const (
		rounds  = 4
		clients = 16
		underMS = 400
		batches = 8 // of one session
	)
	dir, k := initWorkspace(t)
	type sent struct{ tried, acked int }
	var (
		mu       sync.Mutex
		sessions = map[uint64]*sent{}
		next     uint64
	)
	for round := range rounds {
		p := start(t, dir)
		var group sync.WaitGroup
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: 10 * time.Second}
		stop := make(chan struct{})
		for range clients {
			group.Go(func() {
				for {
					mu.Lock()
					next++
					id, s := next, new(sent)
					sessions[id] = s
					mu.Unlock()
					for seq := range batches {
						select {
						case <-stop:
							return
						default:
						}
						mu.Lock()
						s.tried++
						mu.Unlock()
						status, err := postBatch(client, p.url, batchJSON(k.SiteKey, id, seq))
						if err != nil {
							return // the server is gone
						}
						if status != http.StatusOK {
							t.Errorf("round %d: batch answered %d", round, status)
							return
						}
						mu.Lock()
						s.acked++
						mu.Unlock()
					}
				}
			})
		}
		time.Sleep(underMS * time.Millisecond)
		if err := p.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = p.Wait() // it was killed
		close(stop)
		group.Wait()
		client.CloseIdleConnections()
	}

	p := start(t, dir)
	type evidence struct {
		Batches int
		Missing int `json:"missing_batches"`
		Events  int
	}
	ask := func(id uint64) (e evidence, status int) {
		status = get(t, fmt.Sprintf("%s/api/v1/sessions/%032x/evidence", p.url, id), k.SecretKey, &e)
		return e, status
	}
	var tried, acked, stored int
	for id, s := range sessions {
		tried, acked = tried+s.tried, acked+s.acked
		e, status := ask(id)
		if status == http.StatusNotFound && s.acked == 0 {
			continue
		}
		stored += e.Batches
		if status != http.StatusOK || e.Batches < s.acked || e.Batches > s.tried || e.Missing != 0 {
			t.Errorf("session %d: %d, %d batches stored (%d missing), %d acknowledged, %d sent", id, status, e.Batches, e.Missing, s.acked, s.tried)
		}
	}
	t.Logf("%d rounds of SIGKILL: %d batches sent, %d acknowledged, %d stored, in %d sessions", rounds, tried, acked, stored, len(sessions))
	if acked < 100 {
		t.Errorf("only %d batches were acknowledged: the load was too small to say anything", acked)
	}

	// What was not acknowledged is sent again, as pages do. Nothing is there twice.
	checked := 0
	for id, s := range sessions {
		if s.acked == s.tried && checked > 200 {
			continue
		}
		checked++
		for seq := range s.tried {
			if status, err := postBatch(http.DefaultClient, p.url, batchJSON(k.SiteKey, id, seq)); status != http.StatusOK || err != nil {
				t.Fatalf("session %d, batch %d again: %d, %v", id, seq, status, err)
			}
		}
		if s.tried == 0 {
			continue
		}
		if e, status := ask(id); status != http.StatusOK || e.Batches != s.tried || e.Events != 3*s.tried {
			t.Errorf("session %d after sending again: %d, %d batches, %d events, want %d batches of 3 events", id, status, e.Batches, e.Events, s.tried)
		}
	}
}
