package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/bench/shop"
	"github.com/gaithq/gait/store/sqlite"
)

const (
	// lot is how many rows are stored in one commit: as many as the judge derives
	// in one go.
	lot = 500
	// rare is how many sessions there are for each one that has what is rare.
	rare = 250_000
)

// What one session in rare has, and what filters ask for.
const (
	rareRoute   = "/rare"
	rareTag     = "vip"
	rareCountry = "NZ"
	rareBrowser = "Lynx"
	rarePage    = "https://example.org/rare-page"
)

// lotOf makes the rows of a lot of a shop with so many sessions. It always makes
// the same ones, in order of their start.
func lotOf(from, sessions int) []gait.SessionRow {
	rows := shop.Rows(rand.New(rand.NewPCG(1, uint64(from))), from, min(lot, sessions-from))
	for i := range rows {
		r, n := &rows[i], from+i
		shop.Start(r, shop.Now-shop.Span+int64(float64(n)/float64(sessions)*float64(shop.Span)))
		if n%rare != rare/2 {
			continue
		}
		r.Routes, r.Tags, r.URL = []string{rareRoute}, []string{rareTag}, rarePage
		r.Country, r.Browser, r.Actor = rareCountry, rareBrowser, gait.ActorDeclared
		r.Verdicts = "DDDDDDDDDDDDDDDDDDDD"
	}
	return rows
}

// fill stores what is missing of a shop's sessions and tells how it goes.
func fill(ctx context.Context, s *sqlite.Store, sessions int, out io.Writer) error {
	newest, err := s.Sessions(ctx, gait.SessionQuery{Workspace: 1, Limit: 1})
	if err != nil {
		return err
	}
	from := 0
	if len(newest) > 0 {
		from = shop.Number(newest[0].Session) + 1
	}
	began, told, last := time.Now(), time.Now(), from
	first := from
	for from < sessions {
		if err := s.PutSessions(ctx, lotOf(from, sessions)); err != nil {
			return err
		}
		from = min(from+lot, sessions)
		if now := time.Now(); now.Sub(told) >= 10*time.Second {
			fmt.Fprintf(out, "%d of %d sessions, %.0f a second\n", from, sessions, float64(from-last)/now.Sub(told).Seconds())
			told, last = now, from
		}
	}
	if n := from - first; n > 0 {
		took := time.Since(began)
		fmt.Fprintf(out, "stored %d sessions in %v: %.1f µs each\n", n, took.Round(time.Second), float64(took.Microseconds())/float64(n))
	}
	return nil
}
