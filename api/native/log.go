package native

import "github.com/gaithq/gait/api"

// logChunk is how many entries of a log one answer has.
const logChunk = 200

// logBody is a part of what happened in a session, in sentences.
type logBody struct {
	list[logEntry]
	Cut int `json:"cut"` // entries left out in the middle of the whole log
}

type logEntry struct {
	At   int64  `json:"at"`   // Unix ms
	TMS  int64  `json:"t_ms"` // since the session's first event
	Text string `json:"text"`
}

func (d dialect) log(c *api.Call) (any, error) {
	p := read(c, "cursor")
	from := p.numberPlace(logCursor, c.Workspace.ID)
	if p.err != nil {
		return nil, p.err
	}
	r, err := c.Report(d.Sessions, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	out := logBody{Cut: r.LogCut, list: list[logEntry]{Items: []logEntry{}}}
	first := min(from, int64(len(r.Log)))
	last := min(first+logChunk, int64(len(r.Log)))
	for _, e := range r.Log[first:last] {
		out.Items = append(out.Items, logEntry{e.At, max(e.At-r.Features.Started, 0), e.Text})
	}
	if last < int64(len(r.Log)) {
		out.Next = numberCursor(logCursor, c.Workspace.ID, last)
	}
	return out, nil
}
