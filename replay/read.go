package replay

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/klauspost/compress/gzip"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/asset"
)

// ReadPattern is where a player reads a session's replay, for http.ServeMux.
const ReadPattern = "GET /api/v1/sessions/{sessionId}/replay"

// Bounds of one answer.
const (
	maxPages  = 6000    // documents of a session: more than a session has room for, by default
	maxAnswer = 6 << 20 // bytes of events, after which no other chunk is begun
	maxStored = maxPlain + maxHead
)

// clockTolerance is how far, in ms, a visitor's clock may be off before times are
// aligned to the server's. It is as in package session, whose moments players go to.
const clockTolerance = 60_000

// page is what is told of one document.
type page struct {
	Page    string `json:"page"`
	URL     string `json:"url,omitempty"`
	Started int64  `json:"started"`   // Unix ms, by the server's clock to clockTolerance
	Ended   int64  `json:"ended"`     // likewise
	Offset  int64  `json:"offset_ms"` // what is added to the times of events, which are the visitor's clock's
	Chunks  int    `json:"chunks"`

	id gait.PageID
}

// recording is the answer to a player.
type recording struct {
	SessionID string          `json:"session_id"`
	Pages     []page          `json:"pages"`          // all, or the one that was asked for
	Page      string          `json:"page,omitempty"` // that the events are of
	From      int             `json:"from"`           // the first chunk of the events
	Next      int             `json:"next,omitempty"` // the chunk to ask for next; 0 when there is none
	Events    json.RawMessage `json:"events"`
}

// Read answers a player: the session's pages, oldest first, with the events of the
// first one; or the page that the query names, with its events from a chunk on.
func (p *Replays) Read(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	body, err := p.read(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	h.Set("Content-Type", "application/json")
	h.Set("Vary", "Accept-Encoding")
	if !asset.TakesGzip(r) {
		p.sent(json.NewEncoder(w).Encode(body))
		return
	}
	h.Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	p.sent(errors.Join(json.NewEncoder(z).Encode(body), z.Close()))
}

func (p *Replays) read(r *http.Request) (*recording, error) {
	workspace, err := p.cfg.Caller(r)
	if err != nil {
		return nil, err
	}
	id, err := gait.ParseSessionID(r.PathValue("sessionId"))
	if err != nil {
		return nil, gait.Wrap(err, gait.NotFound, "there is no such session")
	}
	q := r.URL.Query()
	from, err := strconv.Atoi("0" + q.Get("from"))
	if err != nil || from > maxSeq {
		return nil, invalid("from", "is not the number of a chunk")
	}
	ref := gait.SessionRef{Workspace: workspace, Session: id}
	name := q.Get("page")
	pages, err := p.pages(r.Context(), ref, name)
	if err != nil {
		return nil, err
	}
	if len(pages) == 0 {
		return nil, gait.Errorf(gait.NotFound, "nothing is recorded of this session or page")
	}
	which := pages[0]
	a := &recording{SessionID: id.String(), Pages: pages, Page: which.Page, From: from}
	a.Events, a.Next, err = p.events(r.Context(), ref, which, from)
	return a, err
}

// pages returns the documents of a session in the order in which they began, or only
// the one of the given name.
func (p *Replays) pages(ctx context.Context, ref gait.SessionRef, name string) ([]page, error) {
	blobs, err := p.cfg.Blobs.List(ctx, ref)
	if err != nil {
		return nil, err
	}
	pages := []page{}
	for len(blobs) > 0 && len(pages) < maxPages {
		n := 1
		for n < len(blobs) && blobs[n].Page == blobs[0].Page {
			n++
		}
		of := blobs[:n]
		blobs = blobs[n:]
		if name != "" && of[0].Page.String() != name {
			continue
		}
		found, ok, err := p.page(ctx, of)
		if err != nil {
			return nil, err
		}
		if ok {
			pages = append(pages, found)
		}
	}
	sortPages(pages)
	return pages, nil
}

// page returns what is told of the document whose chunks these are, and whether it can
// be played: nothing can be drawn without the first chunk, nor behind a gap.
func (p *Replays) page(ctx context.Context, of []gait.BlobInfo) (page, bool, error) {
	whole := 0
	for whole < len(of) && of[whole].Seq == uint32(whole) {
		whole++
	}
	if whole == 0 {
		return page{}, false, nil
	}
	first, err := p.head(ctx, of[0].BlobRef)
	last := first
	if err == nil && whole > 1 {
		last, err = p.head(ctx, of[whole-1].BlobRef)
	}
	if gait.CodeOf(err) == gait.NotFound {
		return page{}, false, nil // deleted meanwhile
	}
	if err != nil {
		return page{}, false, err
	}
	// The quicker of two ways tells the clocks' difference better.
	offset := min(first.Arrived-first.Sent, last.Arrived-last.Sent)
	if -clockTolerance < offset && offset < clockTolerance {
		offset = 0
	}
	id := of[0].Page
	return page{
		Page: id.String(), URL: first.URL, Started: first.First + offset, Ended: last.Last + offset, Offset: offset, Chunks: whole, id: id,
	}, true, nil
}

func (p *Replays) head(ctx context.Context, ref gait.BlobRef) (head, error) {
	in, err := p.cfg.Blobs.Open(ctx, ref)
	if err != nil {
		return head{}, err
	}
	h, err := readHead(bufio.NewReaderSize(in, maxHead))
	return h, errors.Join(err, in.Close())
}

// events returns the events of a page's chunks as one JSON array, and the chunk that it
// stopped before, 0 at the end.
func (p *Replays) events(ctx context.Context, ref gait.SessionRef, of page, from int) (json.RawMessage, int, error) {
	all := []byte{'['}
	for n := from; n < of.Chunks; n++ {
		if n > from && len(all) > maxAnswer {
			return append(all, ']'), n, nil
		}
		list, err := p.chunk(ctx, gait.BlobRef{Workspace: ref.Workspace, Session: ref.Session, Page: of.id, Seq: uint32(n)})
		if gait.CodeOf(err) == gait.NotFound {
			break // deleted meanwhile
		}
		if err != nil {
			return nil, 0, err
		}
		if n > from {
			all = append(all, ',')
		}
		all = append(all, list...)
	}
	return append(all, ']'), 0, nil
}

// chunk returns the events of a chunk without the brackets around them.
func (p *Replays) chunk(ctx context.Context, ref gait.BlobRef) ([]byte, error) {
	in, err := p.cfg.Blobs.Open(ctx, ref)
	if err != nil {
		return nil, err
	}
	stored := bufio.NewReaderSize(io.LimitReader(in, maxStored), maxHead)
	_, err = readHead(stored)
	var list []byte
	if err == nil {
		list, err = io.ReadAll(stored)
	}
	if err := errors.Join(err, in.Close()); err != nil {
		return nil, err
	}
	list = bytes.TrimSpace(list)
	if len(list) < 2 || list[0] != '[' || list[len(list)-1] != ']' {
		return nil, gait.Errorf(gait.Internal, "a stored chunk is damaged")
	}
	return list[1 : len(list)-1], nil
}

// Has reports whether there is anything to play of a session.
func (p *Replays) Has(ctx context.Context, ref gait.SessionRef) (bool, error) {
	return p.cfg.Blobs.Has(ctx, ref)
}

// Duration returns how many seconds a session's replay plays, 0 if there is none.
func (p *Replays) Duration(ctx context.Context, ref gait.SessionRef) (int, error) {
	pages, err := p.pages(ctx, ref, "")
	var ms int64
	for _, one := range pages {
		ms += one.Ended - one.Started
	}
	if len(pages) > 0 {
		ms = max(ms, 1000) // there is one, however short
	}
	return int((ms + 500) / 1000), err
}

func sortPages(pages []page) {
	slices.SortStableFunc(pages, func(a, b page) int { return cmp.Or(cmp.Compare(a.Started, b.Started), cmp.Compare(a.Page, b.Page)) })
}
