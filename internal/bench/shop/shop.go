// Package shop makes up rows of sessions as a busy shop has them, for whatever
// measures stores and lists.
package shop

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"github.com/gaithq/gait"
)

// Now is when the last sessions begin, Unix ms.
const Now = 20_400 * gait.Day

// Span is how long before Now the first ones do, in ms.
const Span = 90 * gait.Day

// Rows makes n sessions of workspace 1, those from the from-th on. They start at
// any time of the span, a third of them have a user, and a tenth the tag checkout.
func Rows(rnd *rand.Rand, from, n int) []gait.SessionRow {
	rows := make([]gait.SessionRow, n)
	letters := []byte("NNNNNNNNDUUUUU")
	for i := range rows {
		r := &rows[i]
		r.Workspace = 1
		binary.BigEndian.PutUint64(r.Session[:], rnd.Uint64())
		binary.BigEndian.PutUint64(r.Session[8:], uint64(from+i))
		r.Batches, r.Events = 3, 200
		Start(r, Now-rnd.Int64N(Span))
		verdicts := make([]byte, 20)
		shape := rand.New(rand.NewPCG(uint64(rnd.ExpFloat64()*100), 1)) // few patterns are common
		for v := range verdicts {
			verdicts[v] = letters[shape.IntN(len(letters))]
		}
		r.Verdicts, r.Score, r.PolicyVersion = string(verdicts), shape.IntN(100), 1
		r.URL, r.UserAgent = "https://example.org/a/page", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"
		r.Detected = []string{"bot"}
		r.Actor, r.Presence = gait.ActorPerson, gait.PresenceSeen
		r.Country = []string{"DE", "FR", "US", "GB", "JP"}[rnd.IntN(5)]
		r.Device, r.Browser, r.OS = []string{"desktop", "phone"}[rnd.IntN(2)], []string{"Chrome", "Firefox", "Safari"}[rnd.IntN(3)], "Linux"
		for range 1 + rnd.IntN(4) {
			r.Routes = append(r.Routes, fmt.Sprintf("/shop/%d", int(rnd.ExpFloat64()*40)))
		}
		if rnd.IntN(3) == 0 {
			r.UserID, r.UserName = fmt.Sprint("user ", rnd.IntN(1+n/3+from/3)), "Zoë"
		}
		if rnd.IntN(10) == 0 {
			r.Tags = []string{"checkout"}
		}
	}
	return rows
}

// Start has a session begin at a moment, Unix ms, and last a minute.
func Start(r *gait.SessionRow, at int64) {
	r.Started, r.Ended, r.LastArrival = at, at+60_000, at+60_000
}

// Number returns which session of the shop an id names, counted from 0.
func Number(id gait.SessionID) int { return int(binary.BigEndian.Uint64(id[8:])) }
