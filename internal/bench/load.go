package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"
)

// Load: connections that post one batch after the other, as fast as they are
// answered; every batch is a new one, and every session has batchesPerSession.
const (
	connections       = 64
	batchesPerSession = 20
)

// load is what a run of it came to.
type load struct {
	answered int64
	took     time.Duration
}

func (l load) perSecond() float64 { return float64(l.answered) / l.took.Seconds() }

// sessions numbers every session of the whole run.
var sessions atomic.Uint64

// drive loads addr for a while and fails on the first answer that is not 200.
func drive(addr string, compressed bool, d time.Duration) (load, error) {
	var (
		group    sync.WaitGroup
		answered atomic.Int64
		failed   atomic.Pointer[error]
	)
	start := time.Now()
	for range connections {
		group.Go(func() {
			n, err := client(addr, compressed, start.Add(d))
			answered.Add(n)
			if err != nil {
				failed.CompareAndSwap(nil, &err)
			}
		})
	}
	group.Wait()
	if err := failed.Load(); err != nil {
		return load{}, *err
	}
	return load{answered.Load(), time.Since(start)}, nil
}

// client posts on one connection until the deadline. It writes HTTP itself: a
// full client would cost more than the server that is measured.
func client(addr string, compressed bool, until time.Time) (answered int64, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	var (
		in      = bufio.NewReader(conn)
		b       = newBody()
		payload []byte
		request []byte
		packed  bytes.Buffer
		zip     = gzip.NewWriter(&packed)
	)
	for {
		session := sessions.Add(1)
		for seq := range batchesPerSession {
			if time.Now().After(until) {
				return answered, nil
			}
			payload = b.append(payload[:0], session, seq)
			if compressed {
				packed.Reset()
				zip.Reset(&packed)
				if _, err := zip.Write(payload); err != nil {
					return answered, err
				}
				if err := zip.Close(); err != nil {
					return answered, err
				}
				payload = append(payload[:0], packed.Bytes()...)
			}
			request = append(request[:0], "POST /v1/batch HTTP/1.1\r\nHost: bench\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nContent-Type: text/plain\r\nContent-Length: "...)
			request = strconv.AppendInt(request, int64(len(payload)), 10)
			request = append(request, "\r\n\r\n"...)
			request = append(request, payload...)
			if _, err := conn.Write(request); err != nil {
				return answered, err
			}
			if err := response(in); err != nil {
				return answered, err
			}
			answered++
		}
	}
}

var ok = []byte("HTTP/1.1 200 OK")

// response reads one answer.
func response(in *bufio.Reader) error {
	status, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	good := bytes.HasPrefix(status, ok)
	length := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			break
		}
		if name, value, found := bytes.Cut(line, []byte(":")); found && bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	answer := make([]byte, length)
	if _, err := io.ReadFull(in, answer); err != nil {
		return err
	}
	if !good {
		return fmt.Errorf("the server answered %s", answer)
	}
	return nil
}

// bare is the baseline: it reads the body and answers.
func bare(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(`{"ack":0}`)) // the client notices
}
