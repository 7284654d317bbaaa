package record

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

// visiting is somebody who agreed, with the cookie that says so.
type visiting struct {
	*testing.T
	rec    *Recorder
	cookie string
	next   string
}

func agree(t *testing.T, rec *Recorder, person string) visiting {
	t.Helper()
	w := ask(rec, "POST", "/consent", fmt.Sprintf(`{"person":%q,"device":"trackpad"}`, person))
	var a struct{ Next string }
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	cookie := w.Header().Get("Set-Cookie")
	if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Strict") {
		t.Errorf("the cookie: %s", cookie)
	}
	pair, _, _ := strings.Cut(cookie, ";")
	return visiting{t, rec, pair, a.Next}
}

func (v visiting) ask(method, path string, id gait.SessionID) (status int, body, location string) {
	w := ask(v.rec, method, path, fmt.Sprintf(`{"sess":%q}`, id), "Cookie", v.cookie)
	return w.Code, w.Body.String(), w.Header().Get("Location")
}

// walk goes through all tasks and returns where they were.
func (v visiting) walk() []string {
	v.Helper()
	paths := []string{v.next}
	for {
		at := paths[len(paths)-1]
		status, body, _ := v.ask("GET", at, gait.SessionID{})
		if want := fmt.Sprintf("Form %d of 3", len(paths)); status != 200 || !strings.Contains(body, want) || !strings.Contains(body, siteKey) {
			v.Fatalf("%s: %d without %q: %s", at, status, want, body)
		}
		status, body, location := v.ask("GET", at+"/done?", gait.SessionID{})
		if status == 303 {
			paths = append(paths, location)
			continue
		}
		if status != 200 || !strings.Contains(body, "done.js") || !strings.Contains(body, siteKey) {
			v.Fatalf("the end: %d %s", status, body)
		}
		return paths
	}
}

func TestPeople(t *testing.T) {
	rec, name := recorder(t)
	robin := agree(t, rec, "robin")
	paths := robin.walk()
	if len(paths) != tasks {
		t.Fatalf("%d tasks: %q", len(paths), paths)
	}
	id := gait.SessionID{7}
	if status, body, _ := robin.ask("POST", "/review", id); status != 404 {
		t.Errorf("a review of nothing: %d %s", status, body)
	}
	for seq := range uint32(3) {
		send(t, rec, batch(id, seq))
	}
	status, body, _ := robin.ask("POST", "/review", id)
	var s summary
	if err := json.Unmarshal([]byte(body), &s); err != nil || status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	keys := 0
	for _, k := range s.Keys {
		if k.Name == "letter" {
			keys = k.N
		}
	}
	if s.Person != "robin" || s.Device != "trackpad" || s.Batches != 3 || s.Events < 12 || keys != 3 || len(s.Verdicts) < 15 || s.Score == 0 || s.Bytes == 0 || len(s.Traits) == 0 {
		t.Errorf("%s", body)
	}
	total := 0
	for _, c := range s.Counts {
		total += c.N
	}
	if total != s.Events {
		t.Errorf("the kinds are %d events of %d", total, s.Events)
	}
	if n := len(runs(t, name)); n != 0 {
		t.Fatalf("%d runs are written before somebody saved", n)
	}

	status, body, _ = robin.ask("POST", "/save", id)
	if status != 200 || !strings.Contains(body, name) {
		t.Errorf("%d %s", status, body)
	}
	list := runs(t, name)
	if len(list) != 1 {
		t.Fatalf("%d runs", len(list))
	}
	r := list[0]
	if r.Label != "human" || r.Set != "here" || r.User != "robin" || r.Family["device"] != "trackpad" || len(r.Family) != 1 || r.Seed != 0 ||
		"/task/"+strings.ReplaceAll(r.Task, ",", " /task/") != strings.Join(paths, " ") {
		t.Errorf("%+v of %q", r, paths)
	}
	if status, _, _ := robin.ask("POST", "/save", id); status != 409 {
		t.Errorf("saved again: %d", status)
	}
}

// TestDiscard: what was discarded cannot be written any more.
func TestDiscard(t *testing.T) {
	rec, name := recorder(t)
	robin := agree(t, rec, "robin")
	id := gait.SessionID{7}
	send(t, rec, batch(id, 0))
	if status, body, _ := robin.ask("POST", "/discard", id); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	for _, path := range []string{"/save", "/discard"} {
		if status, _, _ := robin.ask("POST", path, id); status != 409 {
			t.Errorf("%s afterwards: %d", path, status)
		}
	}
	if w := ask(rec, "POST", "/record", fmt.Sprintf(`{"sess":%q,"user":"u"}`, id)); w.Code != 409 {
		t.Errorf("recorded afterwards: %d", w.Code)
	}
	if n := len(runs(t, name)); n != 0 {
		t.Errorf("%d runs", n)
	}
}

func TestConsentRefuses(t *testing.T) {
	rec, name := recorder(t)
	f := func(body, want string) {
		t.Helper()
		if w := ask(rec, "POST", "/consent", body); w.Code != 400 || !strings.Contains(w.Body.String(), want) || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
	f(`{"person":"","device":"mouse"}`, "the name")
	f(`{"person":"Robin Winter","device":"mouse"}`, "the name")
	f(`{"person":"<b>","device":"mouse"}`, "the name")
	f(`{"person":"`+strings.Repeat("x", maxPerson+1)+`","device":"mouse"}`, "the name")
	f(`{"person":"robin","device":"nose"}`, "point with")
	f(`{"person":"robin"}`, "point with")

	// Without consent there is nothing to look at or to save, and the tasks are as for anybody.
	send(t, rec, batch(gait.SessionID{7}, 0))
	stranger := visiting{t, rec, cookie + "=00000000000000000000000000000000", "/task/7"}
	for _, path := range []string{"/review", "/save", "/discard"} {
		if status, body, _ := stranger.ask("POST", path, gait.SessionID{7}); status != 403 || !strings.Contains(body, "agreed") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if _, body, _ := stranger.ask("GET", "/task/7", gait.SessionID{}); strings.Contains(body, "Form 1") {
		t.Error("somebody who did not agree is counted through the forms")
	}
	if status, body, _ := stranger.ask("GET", "/task/7/done", gait.SessionID{}); status != 200 || strings.Contains(body, "done.js") {
		t.Errorf("a driver's end: %d %s", status, body)
	}
	if n := len(runs(t, name)); n != 0 {
		t.Errorf("%d runs", n)
	}
}

// TestVisitsAreBounded: the oldest are forgotten.
func TestVisitsAreBounded(t *testing.T) {
	rec, _ := recorder(t)
	first := agree(t, rec, "first")
	for i := range maxVisits {
		agree(t, rec, fmt.Sprint("p", i))
	}
	if len(rec.visits) != maxVisits || len(rec.order) != maxVisits {
		t.Errorf("%d visits, %d in order", len(rec.visits), len(rec.order))
	}
	if status, _, _ := first.ask("POST", "/review", gait.SessionID{7}); status != 403 {
		t.Errorf("the first is still there: %d", status)
	}
}
