package main

import (
	"bufio"
	"context"
	"net/http"
	"testing"
	"time"
)

// TestLiveArrives: what the live stream says reaches the client when it is said,
// through everything that stands around the API, for clients that take gzip too.
func TestLiveArrives(t *testing.T) {
	r := serveHere(t, settings{})
	for _, coding := range []string{"identity", "gzip"} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		ask, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url()+"/api/v1/live", nil)
		if err != nil {
			t.Fatal(err)
		}
		ask.Header.Set("Authorization", "Bearer "+r.keys.SecretKey)
		ask.Header.Set("Accept-Encoding", coding)
		answer, err := http.DefaultClient.Do(ask)
		if err != nil {
			t.Fatalf("%s: %v", coding, err)
		}
		line, err := bufio.NewReader(answer.Body).ReadString('\n')
		if err != nil || line != "event: stats\n" || answer.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %q, %v, %v", coding, line, answer.Header, err)
		}
		_ = answer.Body.Close() // the stream has no end of its own
	}
}
