package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

// odd are user ids and tags that URLs make hard: each has one session in
// workspace 5.
var odd = []string{
	"a/b", "/", "//", "a/../b", "a//b/", "..", ".", "...", "a.b", ".a", "a b", " ", "a+b", "+", "a%2Fb", "%", "100%", "%zz",
	"?x=1", "#", "a&b=c", "a;b", "sessions", "a,b", "日本語", "é", "e\u0301", "👩‍🔬", "<b>\"'", "\\", "\t", "\x00", "a\x00",
	strings.Repeat("x", 1024), "user@example.org", "~", "*", ":", "http://example.org/a?b=c#d",
}

// fillOdd gives workspace 5 a session for each odd name, and workspace 2 one of
// the same users and tags.
func (h *house) fillOdd() {
	for i, name := range odd {
		for w := gait.WorkspaceID(5); w > 0; w -= 3 { // and 2
			at := h.now.Add(-time.Duration(i) * time.Minute).UnixMilli()
			h.add(w, gait.Report{
				Session:    sid(1000*int(w) + i),
				Features:   gait.Features{Started: at, LastArrival: at, UserID: name, Tags: []string{name}},
				Assessment: gait.Assessment{Score: i, Explanation: "Nothing."},
			})
		}
	}
}

// add stores a report and its row.
func (h *house) add(w gait.WorkspaceID, r gait.Report) {
	ref := gait.SessionRef{Workspace: w, Session: r.Session}
	h.judge.reports[ref] = r
	h.judge.rows[w] = append(h.judge.rows[w], gait.SessionRow{
		SessionRef: ref, Started: r.Features.Started, LastArrival: r.Features.LastArrival, Score: r.Assessment.Score,
		UserID: r.Features.UserID, Tags: r.Features.Tags,
	})
}

// lists is the union of what lists of sessions say.
type lists struct {
	UserID   string `json:"user_id"`
	Tag      string
	Sessions []struct {
		SessionID string  `json:"session_id"`
		UserID    *string `json:"user_id"`
	}
	Data []struct{ ID, UserID string }
}

func (h *house) lists(target, key string) (l lists) {
	h.t.Helper()
	w := h.get(target, key)
	if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil || w.Code != http.StatusOK {
		h.t.Fatalf("%s: %d %s", target, w.Code, w.Body)
	}
	return l
}

// escaped writes a name for a path. Dots alone would be part of the path's
// syntax.
func escaped(name string) string {
	if strings.Trim(name, ".") == "" {
		return strings.ReplaceAll(name, ".", "%2E")
	}
	return url.PathEscape(name)
}

// TestOddNames finds each by each of the routes, and nothing else.
func TestOddNames(t *testing.T) {
	h := newHouse(t)
	h.fillOdd()
	for i, name := range odd {
		want := sid(5000 + i).String()
		for _, target := range []string{
			"/v1/users/" + escaped(name) + "/sessions",
			"/v1/users/sessions?userId=" + url.QueryEscape(name),
			"/v1/tags/" + escaped(name) + "/sessions",
			"/v1/tags/sessions?tag=" + url.QueryEscape(name),
			"/v0.0/users/" + escaped(name) + "/sessions",
		} {
			l := h.lists(target, "$SK_ODD")
			if l.UserID+l.Tag != name || len(l.Sessions) != 1 || l.Sessions[0].SessionID != want || l.Sessions[0].UserID != nil {
				t.Errorf("%s: %+v", target, l)
			}
		}
		l := h.lists("/v1/users/"+escaped(name)+"/sessions", "$AIK_ODD")
		if len(l.Data) != 1 || l.Data[0].ID != want || l.Data[0].UserID != name {
			t.Errorf("NotAI, %q: %+v", name, l)
		}
	}
}

// TestHundred: a list holds the 100 newest sessions, newest first.
func TestHundred(t *testing.T) {
	h := newHouse(t)
	for i := range 101 {
		r := fullReport(h.now)
		r.Session, r.Features.Started = sid(i), h.now.Add(-time.Duration(i/2)*time.Minute).UnixMilli() // two at a time
		r.Features.UserID, r.Features.Tags = "busy", []string{"x", "busy"}
		h.add(1, r)
	}
	for target, key := range map[string]string{
		"/v1/users/busy/sessions": "$SK", "/v1/users/sessions?userId=busy": "$SK",
		"/v1/tags/busy/sessions": "$SK", "/v1/tags/sessions?tag=busy": "$SK", "/v0.0/users/busy/sessions": "$SK",
	} {
		l := h.lists(target, key)
		if len(l.Sessions) != 100 {
			t.Fatalf("%s: %d sessions", target, len(l.Sessions))
		}
		for i, s := range l.Sessions {
			if s.SessionID != newest(i).String() {
				t.Fatalf("%s: session %d is %s, want %s", target, i, s.SessionID, newest(i))
			}
		}
	}
}

// newest is the id of the nth newest session of TestHundred: of the two that
// started together, the higher id comes first.
func newest(n int) gait.SessionID { return sid(n ^ 1) }

// TestListsOfUsersPage walks through NotAI's list of one user's sessions.
func TestListsOfUsersPage(t *testing.T) {
	h := newHouse(t)
	for i := range 25 {
		r := fullReport(h.now)
		r.Session, r.Features.Started, r.Features.UserID = sid(i), h.now.Add(-time.Duration(i)*time.Minute).UnixMilli(), fmt.Sprint("user ", i%2)
		h.add(1, r)
	}
	var got []string
	cursor := ""
	for {
		w := h.get("/v1/users/user%201/sessions?pageSize=5&cursor="+cursor, "$AIK")
		var l listed
		if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil || w.Code != 200 {
			t.Fatal(w.Code, w.Body)
		}
		for _, s := range l.Data {
			got = append(got, s.ID)
		}
		if !l.Pagination.HasMore {
			break
		}
		cursor = *l.Pagination.NextCursor
	}
	var want []string
	for i := 1; i < 25; i += 2 {
		want = append(want, sid(i).String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for query, field := range map[string]string{"pageSize=0": "pageSize", "pageSize=x": "pageSize", "cursor=x": "cursor", "a=%zz": "query"} {
		if w := h.get("/v1/users/user%201/sessions?"+query, "$AIK"); w.Code != 400 || !strings.Contains(w.Body.String(), `"field":"`+field+`"`) {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}

// TestListsFail: a list whose rows or reports cannot be had says so.
func TestListsFail(t *testing.T) {
	for path, key := range map[string]string{
		"/v1/users/u/sessions": "$SK", "/v1/tags/t/sessions": "$SK", "/v0.0/users/u/sessions": "$SK",
		"/v0.0/sessions/" + sid(1).String() + "/report": "$SK",
	} {
		h := newHouse(t)
		h.judge.err = gait.Wrap(errors.New("the secret cause"), gait.Unavailable, "the store is full")
		if w := h.get(path, key); w.Code != 503 || w.Header().Get("Retry-After") != "1" || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if strings.Contains(h.log.String(), "/u/") {
			t.Errorf("%s: the log names a user: %s", path, &h.log)
		}
	}
}
