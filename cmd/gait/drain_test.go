package main

import (
	"bufio"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store/mem"
)

// halfSent opens a connection and sends a batch but for its last byte.
func halfSent(t *testing.T, p *process, body string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() }) // it may be closed
	if _, err := fmt.Fprintf(c, "POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(body), body[:len(body)-1]); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestStopDrains stops a server under load: what is under way is answered, new
// connections are refused, and everything that was acknowledged is there afterwards.
func TestStopDrains(t *testing.T) {
	dir, k := initWorkspace(t)
	p := start(t, dir)
	waiting := batchJSON(k.SiteKey, 1, 0)
	slow := halfSent(t, p, waiting)

	var acked [8]atomic.Int64
	var group sync.WaitGroup
	for client := range acked {
		group.Go(func() {
			for seq := 0; ; seq++ {
				status, err := postBatch(http.DefaultClient, p.url, batchJSON(k.SiteKey, uint64(100+client), seq))
				if err != nil {
					return // the server takes no more
				}
				if status != http.StatusOK {
					t.Errorf("client %d: a batch is answered %d", client, status)
					return
				}
				acked[client].Add(1)
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	group.Wait()
	for range 100 {
		c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			break
		}
		_ = c.Close() // the listener is still there
		time.Sleep(20 * time.Millisecond)
	}
	if _, err := slow.Write([]byte(waiting[len(waiting)-1:])); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(slow), nil)
	if err != nil {
		t.Fatalf("the request under way is not answered: %v", err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("the request under way is answered %d, %v", answer.StatusCode, err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("the server ends with %v: %s", err, p.errs)
	}

	p = start(t, dir)
	for client := range len(acked) + 1 {
		id, want := uint64(99+client), int64(1)
		if client == 0 {
			id = 1
		} else {
			want = acked[client-1].Load()
		}
		var e struct{ Batches int64 }
		if status := get(t, fmt.Sprintf("%s/api/v1/sessions/%032x/evidence", p.url, id), k.SecretKey, &e); want > 0 && (status != 200 || e.Batches < want) {
			t.Errorf("session %d: %d with %d batches, %d were acknowledged", id, status, e.Batches, want)
		}
	}
}

// A second signal does not wait for what is under way.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	dir, k := initWorkspace(t)
	p := start(t, dir)
	halfSent(t, p, batchJSON(k.SiteKey, 1, 0))
	time.Sleep(100 * time.Millisecond)
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		t.Fatalf("one signal cuts off what is under way: %v", err)
	case <-time.After(500 * time.Millisecond):
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if e, ok := errors.AsType[*exec.ExitError](err); !ok || e.Success() {
			t.Errorf("it ends with %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("a second signal is not heard")
	}
}

// SIGHUP reads address files again; it does not end the server.
func TestHangup(t *testing.T) {
	dir, _ := initWorkspace(t)
	p := start(t, dir)
	if err := p.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	if _, status := page(t, p.url+"/health"); status != http.StatusOK {
		t.Errorf("after SIGHUP: %d", status)
	}
}

// doubting is a store that can only go on once it is opened anew.
type doubting struct {
	gait.Store
	doubts chan struct{}
}

func (d doubting) Doubted() <-chan struct{} { return d.doubts }

// TestDoubt: a server whose store takes no more writes until it is opened anew
// ends, with an error, so that it is started again.
func TestDoubt(t *testing.T) {
	d := doubting{mem.New(mem.Config{}), make(chan struct{})}
	s, err := newServer("127.0.0.1:0", d, slog.New(slog.DiscardHandler), settings{})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.run(t.Context(), s.routes()) }()
	awaitReady(t, s.url())
	close(d.doubts)
	select {
	case err := <-done:
		if gait.CodeOf(err) != gait.Unavailable {
			t.Errorf("the server ends with %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the server goes on")
	}
}
