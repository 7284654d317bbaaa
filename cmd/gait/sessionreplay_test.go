package main

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/replay"
)

func TestReplaySettings(t *testing.T) {
	f := func(mode, folder string, days int, s gait.Settings, want bool, wantDays int) {
		t.Helper()
		c := replaySettings{For: mode, Folder: folder, Days: days}
		if got := c.of(s); got.Replay != want || got.ReplayDays != wantDays {
			t.Errorf("%q in %q for %+v: %v, %d days", mode, folder, s, got.Replay, got.ReplayDays)
		}
	}
	on, off := gait.Settings{Replay: true, ReplayDays: 7}, gait.Settings{ReplayDays: 90}
	f("", "dir", 0, on, false, 7)
	f("none", "dir", 0, on, false, 7)
	f("workspaces", "dir", 30, on, true, 7)
	f("workspaces", "dir", 30, off, false, 30)
	f("workspaces", "", 30, on, false, 7)
	f("all", "dir", 30, off, true, 30)
	f("all", "dir", 0, gait.Settings{}, true, 0)
	f("all", "dir", 3, gait.Settings{}, true, 3)
}

// TestReplay follows a replay from the recorder's chunk to those who look at it, on the
// whole server.
func TestReplay(t *testing.T) {
	r := serveHere(t, settings{Metrics: true, Replay: replaySettings{For: "all", Folder: t.TempDir()}})
	session, secret, pageID := fmt.Sprintf("%032x", 1), fmt.Sprintf("%032x", 1), fmt.Sprintf("%016x", 1)
	at := time.Now().UnixMilli() - 5000
	batch := fmt.Sprintf(`{"v":1,"site":"%s","sid":"%s","secret":"%s","page":"%s","seq":0,"origin":%d,"sent":900,"events":[["U",0,"seven"],["m",80,14,26]]}`,
		r.keys.SiteKey, session, secret, pageID, at)
	chunk := fmt.Sprintf(`{"v":1,"site":"%s","sid":"%s","secret":"%s","page":"%s","seq":0,"sent":%d,"events":[{"type":4,"data":{},"timestamp":%d},{"type":2,"data":{},"timestamp":%d}]}`,
		r.keys.SiteKey, session, secret, pageID, at+4000, at, at+3700)
	post := func(body string) int {
		t.Helper()
		w, err := http.Post(r.url()+replay.Path, "text/plain", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer w.Body.Close()
		return w.StatusCode
	}
	if status := post(chunk); status != http.StatusServiceUnavailable {
		t.Errorf("a chunk before the first batch: %d", status)
	}
	if status, err := postBatch(http.DefaultClient, r.url(), batch); status != 200 || err != nil {
		t.Fatalf("%d, %v", status, err)
	}
	if status := post(chunk); status != http.StatusOK {
		t.Fatalf("a chunk: %d", status)
	}

	type shown struct {
		URL             string `json:"url"`
		DurationSeconds int    `json:"duration_seconds"`
	}
	var report struct {
		SessionReplay *shown `json:"session_replay"`
	}
	var list struct {
		Sessions []struct {
			SessionReplay *shown `json:"session_replay"`
		}
	}
	get(t, r.url()+"/v0.0/sessions/"+session+"/report", r.keys.SecretKey, &report)
	get(t, r.url()+"/v0.0/users/seven/sessions", r.keys.SecretKey, &list)
	if report.SessionReplay == nil || len(list.Sessions) != 1 || list.Sessions[0].SessionReplay == nil {
		t.Fatalf("the old contract: %+v, %+v", report, list)
	}
	link := report.SessionReplay
	if !strings.HasPrefix(link.URL, r.publicURL()+"/replay/"+session) || link.DurationSeconds != 4 || *list.Sessions[0].SessionReplay != *link {
		t.Errorf("%+v", link)
	}
	if w, err := http.Get(link.URL); err != nil || w.StatusCode != http.StatusOK || !strings.Contains(w.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("the player: %v", err)
	} else if err := w.Body.Close(); err != nil {
		t.Error(err)
	}

	path := r.url() + "/api/v1/sessions/" + session + "/replay"
	var recorded struct {
		Pages []struct{ Page string }
	}
	for key, want := range map[string]int{
		r.keys.SecretKey: 200, "": 401, r.keys.SiteKey: 401, "sk-" + strings.Repeat("x", 43): 401, "sk-" + strings.Repeat("x", 5000): 401,
	} {
		if status := get(t, path, key, &recorded); status != want {
			t.Errorf("with the key %.10q: %d, want %d", key, status, want)
		}
	}
	if len(recorded.Pages) != 1 || recorded.Pages[0].Page != pageID {
		t.Errorf("%+v", recorded)
	}
	id, err := gait.ParseSessionID(session)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.deleted(t.Context(), r.workspace.ID, []gait.SessionID{id}); err != nil {
		t.Fatal(err)
	}
	measured, _ := page(t, r.url()+"/metrics")
	for _, want := range []string{
		`gait_replay_chunks_total{reason="accepted"} 1`, `gait_replay_chunks_total{reason="no_session"} 1`, `gait_replay_chunks_total{reason="session_full"} 0`,
		fmt.Sprintf("gait_replay_body_bytes_total %d", len(chunk)), "gait_replay_stored_bytes 0", "gait_replay_chunks_deleted_total 1",
	} {
		if !strings.Contains(measured, want) {
			t.Errorf("/metrics has no %s", want)
		}
	}
	if status := get(t, r.url()+"/openapi/replay-v1.json", "", nil); status != http.StatusOK {
		t.Errorf("the OpenAPI document: %d", status)
	}
}

// Where nobody is recorded, pages are told to ask for nothing and nothing is answered.
func TestNoReplay(t *testing.T) {
	for _, c := range []settings{{}, {Replay: replaySettings{For: "none", Folder: filepath.Join(t.TempDir(), "none")}}, {Replay: replaySettings{For: "all"}}} {
		r := serveHere(t, c)
		for _, path := range []string{"/v1/replay.js", replay.Path + "?site=" + r.keys.SiteKey, "/replay/" + strings.Repeat("0", 32)} {
			w, err := http.Get(r.url() + path)
			if err != nil {
				t.Fatal(err)
			}
			if w.StatusCode == http.StatusOK {
				t.Errorf("%s is answered", path)
			}
			_ = w.Body.Close()
		}
		w, err := http.Get(r.url() + usualPaths.Probes)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(w.Body)
		_ = w.Body.Close()
		if err != nil || strings.Contains(string(body), usualPaths.Record) {
			t.Errorf("the probes ask for the recorder (%v)", err)
		}
	}
}

// A server that records nobody any more still shows and deletes what it has.
func TestReplaysOfBefore(t *testing.T) {
	r := serveHere(t, settings{Replay: replaySettings{For: "none", Folder: t.TempDir()}})
	if r.replays == nil {
		t.Fatal("what was recorded before is never deleted")
	}
	if status := get(t, r.url()+"/api/v1/sessions/"+strings.Repeat("0", 32)+"/replay", r.keys.SecretKey, nil); status != http.StatusNotFound {
		t.Errorf("of a session without one: %d", status)
	}
	var answer struct{ Replay bool }
	if status := get(t, r.url()+replay.Path+"?site="+r.keys.SiteKey, "", &answer); status != http.StatusOK || answer.Replay {
		t.Errorf("%d, recorded: %v", status, answer.Replay)
	}
}
