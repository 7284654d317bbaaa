package main

import (
	"encoding/binary"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/calibrate"
	"github.com/gaithq/gait/judge"
	"github.com/gaithq/gait/store/sqlite"
	"github.com/gaithq/gait/wire"
)

// visitors fills a new folder with sessions of which every fourth clicks in the very
// centre of everything, in a browser that came out a few days ago.
func visitors(t *testing.T, n int) (dir string) {
	t.Helper()
	dir, _ = initWorkspace(t)
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, database), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	j, err := judge.New(judge.Config{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		odd, day, ua := i%4 == 0, 20, "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
		if odd {
			day, ua = 2, strings.Replace(ua, "156", "157", 1)
		}
		origin := time.Now().AddDate(0, 0, -day).UnixMilli()
		b := gait.Batch{Origin: origin, Sent: 60_000, Arrived: origin + 6000}
		binary.BigEndian.PutUint32(b.Session[:], uint32(i))
		b.Events = append(b.Events, gait.Event{Kind: gait.Open, X: 1280, Y: 720}, gait.Event{Kind: gait.Fact, Name: "header.user-agent", Text: ua})
		for c := range int32(4) {
			e := gait.Event{Kind: gait.Press, T: gait.Tick(10_000 * (c + 1)), X: 100, Y: 100 * c, Target: c, OffX: 300, OffY: 90, BoxW: 2000, BoxH: 400}
			if odd {
				e.OffX, e.OffY = 1000, 200
			}
			b.Events = append(b.Events, gait.Event{Kind: gait.Move, T: e.T - 100, X: e.X, Y: e.Y}, e)
		}
		if _, err := store.Append(t.Context(), gait.Record{Workspace: 1, Session: b.Session, Page: b.Page, Arrived: b.Arrived, Data: wire.Pack(nil, &b)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	var looked gait.SessionID
	binary.BigEndian.PutUint32(looked[:], 1)
	if err := store.PutLabel(t.Context(), 1, gait.LabelOf{Session: looked, Label: gait.LabelPerson, ByName: "Ada"}); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCalibrate(t *testing.T) {
	dir := visitors(t, 400)
	out, errs, status := call(t, "calibrate", "--data", dir, "--json")
	var p struct {
		calibrate.Proposal
		Drifts []calibrate.Drift
	}
	if err := json.Unmarshal([]byte(out), &p); err != nil || status != 0 {
		t.Fatalf("status %d, %v, %s", status, err, errs)
	}
	if p.Sessions != 400 || p.People != 400 {
		t.Errorf("%d sessions, %d people", p.Sessions, p.People)
	}
	if l := p.Labelled; l.People.Sessions != 1 || l.People.Before != 0 || l.Machines.Sessions != 0 {
		t.Errorf("labelled %+v", l)
	}
	for _, k := range p.Checks {
		if k.Key == "centered_clicks" && (k.Flagged != 100 || k.Seen != 400 || k.Proposed >= k.Weight) {
			t.Errorf("%+v", k)
		}
	}
	if len(p.Flips) != 0 && p.Flips[0].To >= p.Flips[0].From {
		t.Errorf("%+v", p.Flips[0])
	}
	if len(p.Drifts) != 1 || p.Drifts[0].Check != "centered_clicks" || p.Drifts[0].Browser != "Chrome 157" {
		t.Errorf("%+v", p.Drifts)
	}

	policy := filepath.Join(t.TempDir(), "policy.json")
	out, errs, status = call(t, "calibrate", "--data", dir, "--write", policy)
	if status != 0 || !strings.Contains(out, "100 of 400") || !strings.Contains(out, "Chrome 157") {
		t.Fatalf("status %d: %s%s", status, out, errs)
	}
	if _, err := policyOf(policy); err != nil {
		t.Errorf("serve cannot read what was written: %v", err)
	}
	if _, errs, status = call(t, "calibrate", "--data", dir, "--drift"); status != 3 {
		t.Errorf("a check moved, and the status is %d: %s", status, errs)
	}
	if out, errs, status = call(t, "calibrate", "--data", dir, "--drift", "--recent-days", "1"); status != 0 {
		t.Errorf("nothing moved since yesterday, and the status is %d: %s%s", status, out, errs)
	}
	for _, bad := range [][]string{
		{"--budget", "0"},
		{"--budget", "100"},
		{"--days", "0"},
		{"--recent-days", "30"},
		{"--most", "0"},
		{"--policy", dir},
		{"--workspace", "other"},
	} {
		if _, _, status := call(t, append([]string{"calibrate", "--data", dir}, bad...)...); status != 2 {
			t.Errorf("%v: status %d", bad, status)
		}
	}
	if _, err := newServer("127.0.0.1:0", nil, nil, settings{Policy: dir}); gait.CodeOf(err) != gait.Invalid {
		t.Errorf("a server with a folder for its policy: %v", err)
	}
}
