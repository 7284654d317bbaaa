package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gaithq/gait/internal/bench/shop"
)

// TestRun fills two small shops and measures some requests, and fills nothing again.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if err := run(t.Context(), dir, [2]int{600, 1500}, 1, "", "fill", &out); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "stored "); n != 2 {
		t.Errorf("%d stores are filled:\n%s", n, &out)
	}
	for _, only := range []string{"country", "/overview", "/users", "/policy/preview"} {
		out.Reset()
		if err := run(t.Context(), dir, [2]int{600, 1500}, 1, only, "", &out); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "stored ") || strings.Count(out.String(), only) < 3 {
			t.Errorf("%s:\n%s", only, &out)
		}
	}
}

// TestLots: a fill that goes on stores what it would have stored at once, in order.
func TestLots(t *testing.T) {
	const sessions = 1200
	last := int64(0)
	for from := 0; from < sessions; from += lot {
		rows, again := lotOf(from, sessions), lotOf(from, sessions)
		for i := range rows {
			r := &rows[i]
			if r.Session != again[i].Session || r.Started < last || r.Started > shop.Now || shop.Number(r.Session) != from+i {
				t.Fatalf("row %d of %d: %+v", i, from, r)
			}
			last = r.Started
		}
	}
}
