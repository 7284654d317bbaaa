package native

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// Of an export exportPage sessions are in memory at a time, and each page has
// exportPatience to reach the client.
const (
	exportPage     = 500
	exportPatience = 30 * time.Second
)

// export writes all sessions that the filters admit, in parts. A client that goes
// away ends it.
func (d dialect) export(c *api.Call, w http.ResponseWriter) error {
	p := read(c, append([]string{"format"}, filters...)...)
	format := p.word("format", "csv", "json")
	if format == "" {
		p.fail("format", "want csv or json")
	}
	q := p.filter(d.Checks, c.Workspace.ID, c.Now)
	if p.err != nil {
		return p.err
	}
	ctx := c.Request.Context()
	view, err := d.reader(ctx, c.Workspace.ID, c.Now.UnixMilli())
	if err != nil {
		return err
	}
	// What is found may be nothing although there is more.
	rows, end, err := d.find(ctx, q, exportPage)
	if err != nil {
		return err
	}
	if err := d.audit(c, "export", format, "%s", filtersInWords(p.values)); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="sessions-%s.%s"`, c.Now.UTC().Format("20060102-150405"), format))
	var out sheet
	if format == "csv" {
		h.Set("Content-Type", "text/csv; charset=utf-8")
		out = newTable(w)
	} else {
		h.Set("Content-Type", api.JSON)
		out = &array{w: w}
	}
	control := http.NewResponseController(w)
	// The server's own deadlines are for requests that end soon.
	_ = control.SetReadDeadline(time.Time{})
	if err := out.begin(); err != nil {
		return err
	}
	for {
		// Recorders and other writers without deadlines do without them.
		_ = control.SetWriteDeadline(time.Now().Add(exportPatience))
		page, err := d.through(ctx, view, rows)
		if err != nil {
			return err
		}
		for i := range page {
			if err := out.row(&page[i]); err != nil {
				return err
			}
		}
		if (end == gait.Cursor{}) {
			return out.end()
		}
		if err := out.flush(); err != nil {
			return err
		}
		_ = control.Flush() // so that whoever waits for rare ones sees that it goes on
		if err := c.Still(); err != nil {
			return err
		}
		q.After = end
		if rows, end, err = d.find(ctx, q, exportPage); err != nil {
			return err
		}
	}
}

// filtersInWords says for the audit log which sessions were taken out.
func filtersInWords(values url.Values) string {
	var parts []string
	for _, name := range filters {
		for _, v := range values[name] {
			if v != "" {
				parts = append(parts, name+"="+v)
			}
		}
	}
	if len(parts) == 0 {
		return "all sessions"
	}
	return shorten("sessions with "+strings.Join(parts, ", "), detailMax)
}

// sheet is a way to write rows down.
type sheet interface {
	begin() error
	row(*row) error
	flush() error // hands what was written so far to the writer
	end() error
}

// table writes rows as RFC 4180 has it.
type table struct {
	csv  *csv.Writer
	line []string
}

func newTable(w io.Writer) *table {
	t := &table{csv: csv.NewWriter(w)}
	t.csv.UseCRLF = true
	return t
}

// columns are the header of a table, in the order of table.row.
var columns = []string{
	"id", "started_at", "last_seen_at", "duration_ms", "status", "score", "masked_score", "action", "band", "events",
	"detected", "unknown", "url", "route", "routes", "tags", "user_id", "user_name", "user_url",
	"country", "device", "browser", "os", "actor", "label", "replay",
}

func (t *table) begin() error { return t.csv.Write(columns) }

func (t *table) row(r *row) error {
	t.line = append(t.line[:0],
		r.ID, r.StartedAt, r.LastSeenAt, strconv.FormatInt(r.DurationMS, 10), r.Status,
		strconv.Itoa(r.Score), strconv.Itoa(r.MaskedScore), r.Action, r.Band, strconv.Itoa(r.Events),
		strings.Join(r.Detected, ";"), strings.Join(r.Unknown, ";"), r.URL, r.Route, strings.Join(r.Routes, ";"), strings.Join(r.Tags, ";"),
		r.UserID, r.UserName, r.UserURL, r.Country, r.Device, r.Browser, r.OS, r.Actor, r.Label, strconv.FormatBool(r.Replay),
	)
	for i, cell := range t.line {
		t.line[i] = harmless(cell)
	}
	return t.csv.Write(t.line)
}

func (t *table) flush() error {
	t.csv.Flush()
	return t.csv.Error()
}

func (t *table) end() error { return t.flush() }

// harmless keeps a spreadsheet from taking a visitor's text for a formula. Where
// numbers have a comma, spreadsheets begin another cell behind a semicolon.
func harmless(cell string) string {
	const begins = "=+-@\t\r\n"
	if cell == "" || !strings.ContainsAny(cell[:1], begins) && !strings.Contains(cell, ";") {
		return cell
	}
	parts := strings.Split(cell, ";")
	for i, part := range parts {
		if part != "" && strings.ContainsAny(part[:1], begins) {
			parts[i] = "'" + part
		}
	}
	return strings.Join(parts, ";")
}

// array writes rows as one JSON array, one on a line.
type array struct {
	w   io.Writer
	buf []byte
	any bool
}

func (a *array) begin() error {
	a.buf = append(a.buf, '[')
	return nil
}

func (a *array) row(r *row) error {
	b, err := api.Encode(r)
	if err != nil {
		return err
	}
	if a.any {
		a.buf = append(a.buf, ",\n"...)
	}
	a.any = true
	a.buf = append(a.buf, b[:len(b)-1]...)
	return nil
}

func (a *array) flush() error {
	_, err := a.w.Write(a.buf)
	a.buf = a.buf[:0]
	return err
}

func (a *array) end() error {
	a.buf = append(a.buf, "]\n"...)
	return a.flush()
}
