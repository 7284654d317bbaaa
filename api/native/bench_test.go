package native

import (
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	checklist "github.com/gaithq/gait/check"
	"github.com/gaithq/gait/risk"
)

// BenchmarkTimeline encodes the largest timeline that there is.
func BenchmarkTimeline(b *testing.B) {
	var t gait.Trace
	random := rand.New(rand.NewPCG(1, 1))
	for i := range gait.MaxTrace {
		t.Moves.T = append(t.Moves.T, int64(i*8))
		t.Moves.X = append(t.Moves.X, random.Int32N(2000))
		t.Moves.Y = append(t.Moves.Y, random.Int32N(1000))
		t.Moves.P = append(t.Moves.P, 0)
	}
	b.ReportAllocs()
	for b.Loop() {
		body, err := api.Encode(timelineOf(&t))
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(body)))
	}
}

// BenchmarkPreview compares two policies over 5,000 patterns.
func BenchmarkPreview(b *testing.B) {
	d := dialect{Config: Config{Checks: checklist.All()}}
	random := rand.New(rand.NewPCG(1, 1))
	patterns := make([]gait.Pattern, 5000)
	for i := range patterns {
		said := make([]byte, len(d.Checks))
		for j := range said {
			said[j] = "DNU"[random.IntN(3)]
		}
		patterns[i] = gait.Pattern{Verdicts: string(said), Sessions: 1 + random.IntN(1000)}
	}
	now, then := risk.Default(), risk.Default()
	then.Bands.Review = 40
	b.ReportAllocs()
	for b.Loop() {
		d.compare(patterns, now.Bands, then.Bands, d.scorer(now, then))
	}
}

// BenchmarkExport writes a row of an export.
func BenchmarkExport(b *testing.B) {
	for _, form := range []struct {
		name string
		open func(io.Writer) sheet
	}{
		{"csv", func(w io.Writer) sheet { return newTable(w) }},
		{"json", func(w io.Writer) sheet { return &array{w: w} }},
	} {
		b.Run(form.name, func(b *testing.B) {
			h := newHouse(b)
			v := reader{checks: h.config.Checks, bands: risk.Default().Bands, now: h.now.UnixMilli()}
			stored := h.row(1, 1, time.Minute)
			out := form.open(io.Discard)
			if err := out.begin(); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				r := v.row(&stored)
				if err := out.row(&r); err != nil {
					b.Fatal(err)
				}
				if err := out.flush(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkList answers with a page of 50 sessions, store included.
func BenchmarkList(b *testing.B) {
	h := newHouse(b)
	h.fill()
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, h.request("viewer", "GET", "/sessions"))
		if w.Code != 200 {
			b.Fatal(w.Code, w.Body)
		}
	}
}
