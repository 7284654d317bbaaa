package replay

import (
	"fmt"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

// recorded fills the house with sessions of so many documents, of four chunks each.
func (h *house) recorded(b *testing.B, sessions, documents int) []gait.SessionRef {
	b.Helper()
	var refs []gait.SessionRef
	at := now.UnixMilli()
	for n := range sessions {
		r := gait.SessionRef{Workspace: h.workspace.ID, Session: gait.SessionID{byte(n), byte(n >> 8), 7}}
		refs = append(refs, r)
		for d := range documents {
			for seq := range uint32(4) {
				c := chunk{head: head{Sent: at, Arrived: at, First: at, Last: at + 5000, URL: "https://shop.example/cart"}}
				c.events = fmt.Appendf(nil, `[{"type":3,"data":{"text":"%020000d"},"timestamp":%d}]`, d, at)
				packed, err := c.pack()
				if err != nil {
					b.Fatal(err)
				}
				if err := h.blobs.Put(b.Context(), gait.BlobRef{Workspace: r.Workspace, Session: r.Session, Page: gait.PageID{byte(d), byte(d >> 8)}, Seq: seq}, packed); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	return refs
}

// BenchmarkRow is what a row of a list costs: whether there is a replay, and how long
// it is, of a session of five documents and of one that was not recorded.
func BenchmarkRow(b *testing.B) {
	h := build(b)
	refs := h.recorded(b, 100, 5)
	nobody := gait.SessionRef{Workspace: h.workspace.ID, Session: gait.SessionID{1, 2, 3, 4}}
	for _, c := range []struct {
		name string
		refs []gait.SessionRef
	}{{"recorded", refs}, {"not", []gait.SessionRef{nobody}}} {
		b.Run("has/"+c.name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if _, err := h.Has(b.Context(), c.refs[i%len(c.refs)]); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("duration/"+c.name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if _, err := h.Duration(b.Context(), c.refs[i%len(c.refs)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPages is what a player waits for at first, of a session of many documents.
func BenchmarkPages(b *testing.B) {
	h := build(b)
	ref := h.recorded(b, 1, 500)[0]
	for b.Loop() {
		pages, err := h.pages(b.Context(), ref, "")
		if err != nil || len(pages) != 500 {
			b.Fatal(len(pages), err)
		}
	}
}

// BenchmarkSweep is what looking through sessions costs when nothing has to go.
func BenchmarkSweep(b *testing.B) {
	h := build(b)
	for _, r := range h.recorded(b, 90, 5) {
		if _, err := h.store.Append(b.Context(), gait.Record{Workspace: r.Workspace, Session: r.Session, Page: gait.PageID{1}, Arrived: 1, Data: []byte("batch")}); err != nil {
			b.Fatal(err)
		}
	}
	h.now = time.Now()
	for b.Loop() {
		if err := h.Sweep(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
