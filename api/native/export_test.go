package native

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

// TestExport reads both forms back.
func TestExport(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.put(h.row(1, 99, -time.Minute, func(r *gait.SessionRow) {
		r.UserID, r.UserName, r.UserURL = "=cmd|'/c calc'!A1", "+1 \"quoted\", new\nline", "@SUM(A1)"
		r.Tags, r.URL, r.Browser = []string{"-2+3", "b"}, "\thttps://x.example/a?b", "ok=fine"
	}))
	w := h.as("analyst", "GET", "/sessions/export?format=csv&user=u3&min=10")
	lines, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || len(lines) != 1+8 || !slices.Equal(lines[0], columns) || lines[1][0] != sid(15).String() {
		t.Errorf("%v, %d lines: %v", err, len(lines), lines)
	}
	if d := w.Header().Get("Content-Disposition"); d != `attachment; filename="sessions-20260610-123000.csv"` {
		t.Error(d)
	}
	if got := h.audited(1); got[0] != "export csv: sessions with min=10, user=u3" {
		t.Errorf("audited: %v", got)
	}

	w = h.as("analyst", "GET", "/sessions/export?format=csv")
	if !strings.HasPrefix(w.Body.String(), strings.Join(columns, ",")+"\r\n") {
		t.Errorf("lines do not end as RFC 4180 has it: %.60q", w.Body)
	}
	lines, err = csv.NewReader(w.Body).ReadAll()
	if err != nil || len(lines) != 1+61 {
		t.Fatalf("%v, %d lines", err, len(lines))
	}
	cell := func(column string) string { return lines[1][slices.Index(columns, column)] }
	for column, want := range map[string]string{
		"user_id": "'=cmd|'/c calc'!A1", "user_name": "'+1 \"quoted\", new\nline", "user_url": "'@SUM(A1)", "tags": "'-2+3;b",
		"url": "'\thttps://x.example/a?b", "browser": "ok=fine", "score": "4", "replay": "false", "label": "", "started_at": "2026-06-10T12:31:00.000Z",
	} {
		if cell(column) != want {
			t.Errorf("%s: %q, want %q", column, cell(column), want)
		}
	}

	var rows []row
	w = h.as("analyst", "GET", "/sessions/export?format=json")
	if err := json.Unmarshal(w.Body.Bytes(), &rows); err != nil || len(rows) != 61 || rows[0].UserID != "=cmd|'/c calc'!A1" {
		t.Errorf("%v, %d rows", err, len(rows))
	}
	for _, format := range []string{"csv", "json"} {
		w := h.as("analyst", "GET", "/sessions/export?user=nobody&format="+format)
		if body := w.Body.String(); format == "json" && body != "[]\n" || format == "csv" && strings.Count(body, "\n") != 1 {
			t.Errorf("nothing as %s: %q", format, body)
		}
	}
}

// TestExportIsBounded: however many there are, few are in memory at a time.
func TestExportIsBounded(t *testing.T) {
	h := newHouse(t)
	var rows []gait.SessionRow
	for i := range exportPage + 7 {
		rows = append(rows, h.row(1, i, time.Duration(i)*time.Second))
	}
	h.put(rows...)
	for _, format := range []string{"csv", "json"} {
		h.sessions.asked = 0
		w := h.as("analyst", "GET", "/sessions/export?format="+format)
		if n := strings.Count(w.Body.String(), "\n"); n < len(rows) || h.sessions.most != exportPage+1 || h.sessions.asked != 2 {
			t.Errorf("%s: %d lines in %d times at most %d", format, n, h.sessions.asked, h.sessions.most)
		}
	}
	// A client that goes away ends it.
	gone := &goneWriter{ResponseRecorder: httptest.NewRecorder(), after: 0}
	h.sessions.asked = 0
	func() {
		defer func() {
			if p := recover(); p != http.ErrAbortHandler {
				t.Errorf("panic %v", p)
			}
		}()
		h.handler.ServeHTTP(gone, h.request("analyst", "GET", "/sessions/export?format=json"))
	}()
	if h.sessions.asked > 1 {
		t.Errorf("asked %d times for somebody who went", h.sessions.asked)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if w := httptest.NewRecorder(); true {
		h.handler.ServeHTTP(w, h.request("analyst", "GET", "/sessions/export?format=json").WithContext(ctx))
		if w.Code != 503 || w.Header().Get("Content-Disposition") != "" {
			t.Errorf("an export that cannot begin: %d %v", w.Code, w.Header())
		}
	}
}

// goneWriter fails from a write on.
type goneWriter struct {
	*httptest.ResponseRecorder
	after int
}

func (g *goneWriter) Write(b []byte) (int, error) {
	if g.after--; g.after < 0 {
		return 0, errors.New("connection reset")
	}
	return len(b), nil
}

func TestHarmless(t *testing.T) {
	for in, want := range map[string]string{"": "", "a": "a", "=": "'=", "+a": "'+a", "-": "'-", "@x": "'@x", "\t=": "'\t=", "\r": "'\r", "'=": "'=", " =": " =", "1-2": "1-2", "ü": "ü", ";": ";", "a;b": "a;b", "a;=b;-;@": "a;'=b;'-;'@", "=;ü": "'=;ü"} {
		if got := harmless(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
