package native

import (
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	checklist "github.com/gaithq/gait/check"
)

func number64(n int64) string { return strconv.FormatInt(n, 10) }

// fill gives the first workspace 60 sessions, one a minute back from now, of six users.
func (h *house) fill() {
	var rows []gait.SessionRow
	for i := range 60 {
		rows = append(rows, h.row(1, i, time.Duration(i)*time.Minute, func(r *gait.SessionRow) {
			r.Score = i
			r.UserID, r.UserName = "u"+strconv.Itoa(i%6), "Ü "+strconv.Itoa(i%6)
			r.Tags = [][]string{{"a/b", "=1+1"}, {"a/b"}, nil}[i%3]
			if i%2 == 1 {
				r.Verdicts, r.Device, r.Country, r.Actor = verdicts("bot", "vpn"), "phone", "FR", gait.ActorUndeclared
			}
			if i%5 == 0 {
				r.Verdicts = strings.Repeat("U", len(checklist.All()))
			}
			if i%4 == 0 {
				r.Routes, r.Browser = []string{"/"}, "Firefox"
			}
		}))
	}
	h.put(rows...)
}

// TestFilters counts what the filters let through.
func TestFilters(t *testing.T) {
	h := newHouse(t)
	h.fill()
	if err := h.store.PutLabel(t.Context(), 1, gait.LabelOf{Session: sid(3), Label: gait.LabelPerson}); err != nil {
		t.Fatal(err)
	}
	f := func(query string, want int) {
		t.Helper()
		var l struct{ Items []row }
		h.ok(&l, "viewer", "GET", "/sessions?limit=200&"+query)
		if len(l.Items) != want {
			t.Errorf("%q: %d sessions, want %d", query, len(l.Items), want)
		}
		var n sessionCount
		h.ok(&n, "viewer", "GET", "/sessions/count?"+query)
		if n.Sessions != want || n.AtLeast {
			t.Errorf("%q: counted %+v, want %d", query, n, want)
		}
	}
	f("", 60)
	f("min=50", 10)
	f("max=9", 10)
	f("min=10&max=10", 1)
	f("max=100", 60)
	f("flag=bot", 24)
	f("flag=bot&flag=vpn", 24)
	f("flag=bot&flag=tor", 0)
	f("unknown=bot", 12)
	f("unknown=bot&flag=vpn", 0)
	f("tag=a/b", 40)
	f("tag=a%2Fb", 40)
	f("tag=%3D1%2B1", 20)
	f("route=/checkout", 45)
	f("country=FR", 30)
	f("device=phone&browser=Chrome", 30)
	f("browser=Firefox", 15)
	f("actor=undeclared+automation", 30)
	f("user=u1", 10)
	f("label=person", 1)
	f("label=unsure", 0)
	f("q=%C3%BC+5", 0) // only ASCII letters are folded
	f("q=U5", 10)
	f("q="+sid(7).String(), 1)
	now := h.now.UnixMilli()
	f("since="+number64(now), 1)
	f("until="+number64(now), 59)
	f("since="+number64(now-60_000)+"&until="+number64(now), 1)
	f("status=live", 31) // the last batch came 6 s after the start
	f("status=complete", 29)

	p := read(callFor("min=&max=&flag=&q=&since=&until=&status=&tag="), filters...)
	if q := p.filter(checklist.All(), 1, h.now); p.err != nil || q != (gait.SessionQuery{Workspace: 1}) {
		t.Errorf("empty is not as good as absent: %+v, %v", q, p.err)
	}
}

// TestHostileQueries: what makes no sense is refused, and said which.
func TestHostileQueries(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct{ target, field string }{
		{"/sessions?min=101", "min"},
		{"/sessions?min=-1", "min"},
		{"/sessions?min=1e1", "min"},
		{"/sessions?max=0", "max"},
		{"/sessions?min=50&max=49", "max"},
		{"/sessions?min=9999999999999999999999", "min"},
		{"/sessions?min=1&min=2", "min"},
		{"/sessions?flag=nothing", "flag"},
		{"/sessions?unknown=nothing", "unknown"},
		{"/sessions?flag=bot&unknown=bot", "unknown"},
		{"/sessions?" + strings.Repeat("flag=bot&", 21), "flag"},
		{"/sessions?country=de", "country"},
		{"/sessions?country=DEU", "country"},
		{"/sessions?device=fridge", "device"},
		{"/sessions?actor=robot", "actor"},
		{"/sessions?label=cat", "label"},
		{"/sessions?status=Live", "status"},
		{"/sessions?since=2026-06-10", "since"},
		{"/sessions?since=253402300800000", "since"},
		{"/sessions?since=5&until=5", "until"},
		{"/sessions?q=" + strings.Repeat("x", textMax+1), "q"},
		{"/sessions?q=%ff", "q"},
		{"/sessions?a=%zz", "query"},
		{"/sessions?limit=0", "limit"},
		{"/sessions?limit=201", "limit"},
		{"/sessions?cursor=x", "cursor"},
		{"/sessions?cursor=" + strings.Repeat("A", 5000), "cursor"},
		{"/sessions?flags=bot", "flags"},
		{"/sessions/count?limit=1", "limit"},
		{"/sessions/export", "format"},
		{"/sessions/export?format=xlsx", "format"},
		{"/sessions/export?format=csv&cursor=x", "cursor"},
		{"/overview?since=9&until=5", "since"},
		{"/overview?since=1", "since"},
		{"/overview?days=3", "days"},
		{"/tags?since=1", "since"},
		{"/routes/detail", "route"},
		{"/users/detail", "user"},
		{"/users?cursor=abc", "cursor"},
		{"/audit?limit=x", "limit"},
		{"/sessions/" + sid(1).String() + "/log?cursor=1", "cursor"},
		{"/checks?x=1", "x"},
		{"/policy?version=1", "version"},
	} {
		h.refused(400, c.field, "owner", "GET", c.target)
	}
}

// TestPages walks through lists and wants everything once, in order.
func TestPages(t *testing.T) {
	h := newHouse(t)
	h.fill()
	for i := range 25 {
		if err := h.store.Audit(t.Context(), []gait.AuditEntry{{Workspace: 1, At: int64(i), Action: "x", Subject: strconv.Itoa(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	r := h.sessions.reports[gait.SessionRef{Workspace: 1, Session: sid(1)}]
	for i := range 450 {
		r.Log = append(r.Log, gait.LogEntry{Text: strconv.Itoa(i), At: r.Features.Started + int64(i)})
	}
	r.LogCut = 3
	h.sessions.reports[gait.SessionRef{Workspace: 1, Session: sid(1)}] = r
	for _, c := range []struct {
		target string
		member string
		want   int
		pages  int
	}{
		{"/sessions?limit=7&", "id", 60, 9},
		{"/sessions?limit=60&", "id", 60, 1},
		{"/sessions?min=50&limit=5&", "id", 10, 2},
		{"/users?limit=4&", "user_id", 6, 2},
		{"/users?q=u3&", "user_id", 1, 1},
		{"/audit?limit=10&", "subject", 25, 3},
		{"/sessions/" + sid(1).String() + "/log?", "text", 450, 3},
	} {
		seen, cursor, pages := map[any]bool{}, "", 0
		for {
			var l struct {
				Items []map[string]any
				Next  string
			}
			h.ok(&l, "owner", "GET", c.target+"cursor="+cursor)
			pages++
			for _, i := range l.Items {
				seen[i[c.member]] = true
			}
			if cursor = l.Next; cursor == "" {
				break
			}
			for i := range cursor {
				bad := []byte(cursor)
				bad[i] ^= 1
				h.refused(400, "cursor", "owner", "GET", c.target+"cursor="+url.QueryEscape(string(bad)))
			}
			if !strings.Contains(c.target, "/log") { // there, another workspace has no such session
				h.refused(400, "cursor", "two", "GET", c.target+"cursor="+cursor)
			}
			for _, other := range []string{"/sessions?", "/users?", "/audit?"} {
				if !strings.HasPrefix(c.target, other) {
					h.refused(400, "cursor", "owner", "GET", other+"cursor="+cursor)
				}
			}
		}
		if len(seen) != c.want || pages != c.pages {
			t.Errorf("%s: %d in %d pages, want %d in %d", c.target, len(seen), pages, c.want, c.pages)
		}
	}
}

// callFor is a call with a query, for what reads nothing else.
func callFor(query string) *api.Call {
	r := httptest.NewRequest("GET", "/", nil)
	r.URL.RawQuery = query
	return &api.Call{Request: r, Workspace: gait.Workspace{ID: 1}}
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"since=1&until=2&min=3&max=4&flag=bot&unknown=tor&tag=x&route=/&country=DE&device=phone&browser=b&actor=person&user=u&label=person&q=x&status=live&cursor=AA&limit=3",
		"flag=bot&flag=vpn&unknown=bot", "min=-1", "q=%ff", "%zz", "since=9223372036854775807&until=-9", "cursor=" + sessionCursor(1, gait.Cursor{Started: 5, Session: sid(1)}),
	} {
		f.Add(seed)
	}
	checks := checklist.All()
	f.Fuzz(func(t *testing.T, query string) {
		p := read(callFor(query), append([]string{"cursor", "limit"}, filters...)...)
		q := p.filter(checks, 1, time.UnixMilli(1_780_000_000_000))
		q.After, q.Limit = p.sessionPlace(1), p.limit()
		if p.err != nil {
			if gait.CodeOf(p.err) != gait.Invalid {
				t.Fatalf("%q: %v", query, p.err)
			}
			return
		}
		if q.Workspace != 1 || q.Limit < 1 || q.Limit > mostLimit || q.MinScore < 0 || q.MinScore > 100 || q.MaxScore < 0 || q.MaxScore > 99 ||
			q.MaxScore != 0 && q.MaxScore < q.MinScore || q.StartedSince < 0 || q.StartedUntil < 0 ||
			q.Verdicts != "" && len(q.Verdicts) != len(checks) || len(q.Text) > textMax || len(q.Tag) > textMax {
			t.Fatalf("%q: %+v", query, q)
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(sessionCursor(1, gait.Cursor{Started: 5, Session: sid(1)}), "place")
	f.Add(numberCursor(auditCursor, 1, 7), "")
	f.Add("////", "\x00")
	f.Fuzz(func(t *testing.T, text, place string) {
		for _, kind := range []byte{sessionsCursor, usersCursor, auditCursor, logCursor} {
			if b, ok := parseCursor(kind, 1, text); ok && cursorText(kind, 1, b) != text {
				t.Fatalf("%q has the place %q, which is written otherwise", text, b)
			}
			p := read(callFor("cursor="+url.QueryEscape(text)), "cursor")
			p.sessionPlace(1)
			p.numberPlace(kind, 1)
			p.userPlace(1)
		}
		made := cursorText(usersCursor, 1, []byte(place))
		if len(made) > cursorMax {
			return
		}
		if b, ok := parseCursor(usersCursor, 1, made); !ok || string(b) != place {
			t.Fatalf("%q came back as %q", place, b)
		}
		for _, c := range []struct {
			kind byte
			w    gait.WorkspaceID
		}{{usersCursor, 2}, {auditCursor, 1}} {
			if _, ok := parseCursor(c.kind, c.w, made); ok {
				t.Fatalf("%q is good for another list", made)
			}
		}
	})
}
