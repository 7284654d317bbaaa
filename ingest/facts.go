package ingest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/wire"
)

// headers are the parts of a page's first request that are kept as facts.
var headers = [...]struct{ header, fact string }{
	{"User-Agent", "header.user-agent"},
	{"Accept-Language", "header.accept-language"},
	{"Sec-Ch-Ua", "header.sec-ch-ua"},
	{"Sec-Ch-Ua-Mobile", "header.sec-ch-ua-mobile"},
	{"Sec-Ch-Ua-Platform", "header.sec-ch-ua-platform"},
	{"Sec-Fetch-Site", "header.sec-fetch-site"},
}

// maxFact is how much of a header is kept, in bytes.
const maxFact = 512

func addHeaders(b *gait.Batch, r *http.Request) {
	at := b.Events[len(b.Events)-1].T
	for _, h := range headers {
		v := clean(r.Header.Get(h.header))
		if v == "" {
			continue
		}
		b.Events = append(b.Events, gait.Event{Kind: gait.Fact, T: at, Name: h.fact, Text: v})
	}
}

// clean makes a header's value fit to be stored: printable, valid and bounded.
func clean(s string) string {
	if len(s) > maxFact {
		s = s[:maxFact]
	}
	s = strings.ToValidUTF8(s, "")
	return strings.Map(func(c rune) rune {
		if c < 0x20 || c == 0x7f {
			return -1
		}
		return c
	}, s)
}

// ours are what the names of facts begin with. Traits of pages and facts share
// their names once they are folded, so a page may not use these.
var ours = [...]string{"header.", "ip.", "geo.", gait.TwinOn, "agent."}

// claimsFacts refuses a batch in which a page says what only the server can know.
func claimsFacts(b *gait.Batch) error {
	for i := range b.Events {
		if b.Events[i].Kind != gait.Trait {
			continue
		}
		for _, prefix := range ours {
			if strings.HasPrefix(b.Events[i].Name, prefix) {
				return because(Malformed, &gait.Error{
					Code: gait.Invalid, Field: fmt.Sprintf("events[%d].name", i),
					Message: fmt.Sprintf("events[%d].name: names that begin with %s are for what the server finds out", i, prefix),
				})
			}
		}
	}
	return nil
}

// addAddress appends what is known of the client's address, and of the address
// itself at most its network.
func (h *Handler) addAddress(b *gait.Batch, client netip.Addr, network bool) {
	at := b.Events[len(b.Events)-1].T
	if h.cfg.Intel != nil {
		from := len(b.Events)
		b.Events = h.cfg.Intel.Append(b.Events, client)
		for i := from; i < len(b.Events); i++ {
			f := &b.Events[i]
			f.Kind, f.T, f.Text = gait.Fact, at, clean(f.Text)
		}
	}
	if network && client.IsValid() {
		bits := 24
		if client.Is6() {
			bits = 48
		}
		if p, err := client.Prefix(bits); err == nil {
			b.Events = append(b.Events, gait.Event{Kind: gait.Fact, T: at, Name: "ip.net", Text: p.String()})
		}
	}
}

// appendFacts appends facts to a batch's events, at the time of the last.
func appendFacts(events, facts []gait.Event) []gait.Event {
	at := events[len(events)-1].T
	for i := range facts {
		events = append(events, gait.Event{Kind: gait.Fact, T: at, Name: facts[i].Name, Text: clean(facts[i].Text)})
	}
	return events
}

// conclude stores facts that came to light through batch b as a record of their
// own, of a page that nobody can know beforehand. The page is not told whether that
// worked: what it sent is stored.
func (h *Handler) conclude(ctx context.Context, w gait.WorkspaceID, secret gait.SecretHash, b *gait.Batch, facts []gait.Event) {
	own := gait.Batch{Session: b.Session, Origin: b.Origin, Sent: b.Sent, Arrived: b.Arrived}
	_, _ = rand.Read(own.Page[:]) // never fails
	own.Events = appendFacts(b.Events[len(b.Events)-1:], facts)[1:]
	receipt, err := h.cfg.Store.Append(ctx, gait.Record{
		Workspace: w, Session: own.Session, Secret: secret, Page: own.Page,
		Arrived: own.Arrived, Data: wire.Pack(nil, &own),
	})
	if err != nil {
		h.cfg.Logger.Warn("facts about a session are not stored", "session", own.Session, "err", err)
		return
	}
	h.cfg.Appended(w, &own, receipt)
}
