package native

import (
	"context"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// Traces puts what happened in sessions into columns.
type Traces interface {
	// Trace fails with gait.NotFound for a session that the workspace does not have.
	Trace(ctx context.Context, w gait.WorkspaceID, s gait.SessionID) (gait.Trace, error)
}

// timeline is what pictures of a session are drawn from. Times t are ms since the
// session's first event; places and sizes are CSS px; p is a place in pages.
type timeline struct {
	StartedAtMS int64            `json:"started_at_ms"` // Unix ms
	Cut         bool             `json:"cut"`
	Pages       []timelinePage   `json:"pages"`
	Views       []timelineView   `json:"views"`
	Moves       timelineMoves    `json:"moves"`
	Jumps       []timelineJump   `json:"jumps"`
	Clicks      []timelineClick  `json:"clicks"`
	Keys        timelineKeys     `json:"keys"`
	Fields      []string         `json:"fields"`
	Inputs      []timelineInput  `json:"inputs"`
	Scroll      timelineScroll   `json:"scroll"`
	Wheel       timelineTimes    `json:"wheel"`
	Spans       []timelineSpan   `json:"spans"`
	Submits     []timelineTime   `json:"submits"`
	Pastes      []timelinePaste  `json:"pastes"`
	Copies      []timelineTime   `json:"copies"`
	Moments     []timelineMoment `json:"moments"`
}

type timelinePage struct {
	Page string `json:"page"`
	T    int64  `json:"t"`
	URL  string `json:"url"`
	W    int32  `json:"w"` // of the viewport
	H    int32  `json:"h"`
}

type timelineView struct {
	T   int64  `json:"t"`
	P   int    `json:"p"`
	URL string `json:"url"`
}

type timelineMoves struct {
	T []int64 `json:"t"`
	X []int32 `json:"x"`
	Y []int32 `json:"y"`
	P []int   `json:"p"`
}

type timelineJump struct {
	T     int64 `json:"t"`
	X0    int32 `json:"x0"`
	Y0    int32 `json:"y0"`
	X1    int32 `json:"x1"`
	Y1    int32 `json:"y1"`
	P     int   `json:"p"`
	Press bool  `json:"press"` // one followed, so that it counts
}

type timelineClick struct {
	T       int64   `json:"t"`
	X       int32   `json:"x"`
	Y       int32   `json:"y"`
	P       int     `json:"p"`
	OffX    float32 `json:"off_x"` // from the target's top left corner
	OffY    float32 `json:"off_y"`
	W       float32 `json:"w"` // of the target, 0 if it is not known
	H       float32 `json:"h"`
	Target  string  `json:"target"`
	Trusted bool    `json:"trusted"`
	Pointer string  `json:"pointer"`
	HeldMS  int64   `json:"held_ms"` // -1 if it is not known
	Click   bool    `json:"click"`   // a press became one
}

type timelineKeys struct {
	T       []int64  `json:"t"`
	Class   []string `json:"class"`
	DwellMS []int64  `json:"dwell_ms"` // -1 if it is not known
	Field   []int    `json:"field"`    // a place in fields, -1 for none
}

type timelineInput struct {
	T     int64  `json:"t"`
	Field int    `json:"field"`
	How   string `json:"how"`
	N     int32  `json:"n"` // change in length
}

type timelineScroll struct {
	T    []int64 `json:"t"`
	Y    []int32 `json:"y"`
	P    []int   `json:"p"`
	Jump []int   `json:"jump"` // 0 or 1
}

type timelineTimes struct {
	T []int64 `json:"t"`
}

type timelineTime struct {
	T int64 `json:"t"`
}

type timelineSpan struct {
	Kind string `json:"kind"`
	From int64  `json:"from"`
	To   int64  `json:"to"`
}

type timelinePaste struct {
	T     int64 `json:"t"`
	Field int   `json:"field"`
	N     int32 `json:"n"` // characters
}

type timelineMoment struct {
	Check   string  `json:"check"`
	Which   string  `json:"which"` // first or best
	T       int64   `json:"t"`
	Page    string  `json:"page"`
	PageTMS float64 `json:"page_t_ms"` // since the page's time origin
	AtMS    int64   `json:"at_ms"`     // Unix ms
}

// classWords are the classes of keys, as they are written.
var classWords = [...]string{
	gait.KeyLetter: "letter", gait.KeyDigit: "digit", gait.KeySpace: "space", gait.KeyPunctuation: "punctuation",
	gait.KeyErase: "erase", gait.KeyEnter: "enter", gait.KeyTab: "tab", gait.KeyArrow: "arrow",
	gait.KeyModifier: "modifier", gait.KeyShortcut: "shortcut", gait.KeyOther: "other",
}

func (d dialect) timeline(c *api.Call) (any, error) {
	if p := read(c); p.err != nil {
		return nil, p.err
	}
	id, err := sessionID(c)
	if err != nil {
		return nil, err
	}
	if d.Traces == nil {
		return nil, gait.Errorf(gait.Unavailable, "this server draws no pictures")
	}
	t, err := d.Traces.Trace(c.Request.Context(), c.Workspace.ID, id)
	if gait.CodeOf(err) == gait.NotFound {
		return nil, api.ErrNoSession()
	}
	if err != nil {
		return nil, err
	}
	return timelineOf(&t), nil
}

func timelineOf(t *gait.Trace) timeline {
	return timeline{
		StartedAtMS: t.Started,
		Cut:         t.Cut,
		Pages: each(t.Pages, func(p gait.TracePage) timelinePage {
			return timelinePage{p.Page.String(), p.T, p.URL, p.W, p.H}
		}),
		Views: each(t.Views, func(v gait.TraceView) timelineView { return timelineView{v.T, v.P, v.URL} }),
		Moves: timelineMoves{column(t.Moves.T), column(t.Moves.X), column(t.Moves.Y), column(t.Moves.P)},
		Jumps: each(t.Jumps, func(j gait.TraceJump) timelineJump {
			return timelineJump{j.T, j.X0, j.Y0, j.X1, j.Y1, j.P, j.Press}
		}),
		Clicks: each(t.Clicks, func(k gait.TraceClick) timelineClick {
			return timelineClick{k.T, k.X, k.Y, k.P, k.OffX, k.OffY, k.W, k.H, k.Target, k.Trusted, k.Pointer, k.Held, k.Click}
		}),
		Keys:   timelineKeys{column(t.Keys.T), each(t.Keys.Class, classWord), column(t.Keys.Dwell), column(t.Keys.Field)},
		Fields: column(t.Fields),
		Inputs: each(t.Inputs, func(i gait.TraceInput) timelineInput { return timelineInput{i.T, i.Field, i.How, i.N} }),
		Scroll: timelineScroll{column(t.Scroll.T), column(t.Scroll.Y), column(t.Scroll.P), each(t.Scroll.Jump, func(is bool) int {
			if is {
				return 1
			}
			return 0
		})},
		Wheel:   timelineTimes{column(t.Wheel)},
		Spans:   each(t.Spans, func(s gait.TraceSpan) timelineSpan { return timelineSpan{s.Kind, s.From, s.To} }),
		Submits: each(t.Submits, func(at int64) timelineTime { return timelineTime{at} }),
		Pastes:  each(t.Pastes, func(p gait.TracePaste) timelinePaste { return timelinePaste{p.T, p.Field, p.N} }),
		Copies:  each(t.Copies, func(at int64) timelineTime { return timelineTime{at} }),
		Moments: each(t.Moments, func(m gait.TraceMoment) timelineMoment {
			return timelineMoment{m.Check, m.Which, m.T, m.Page.String(), m.Moment.T.Milliseconds(), m.At}
		}),
	}
}

func classWord(c gait.KeyClass) string {
	if c < 0 || int(c) >= len(classWords) {
		return classWords[gait.KeyOther]
	}
	return classWords[c]
}

// each maps a list, and nothing to an empty one.
func each[A, B any](list []A, to func(A) B) []B {
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = to(a)
	}
	return out
}

// column returns a list that is not null in JSON.
func column[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
