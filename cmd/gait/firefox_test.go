//go:build browser

package main

import (
	"encoding/json"
	"testing"
)

// TestFirefox fills the demo's form in Debian's Firefox, driven by WebDriver BiDi:
// what the page sends there is taken, folded and judged as elsewhere.
func TestFirefox(t *testing.T) {
	d := startDemo(t)
	var p played
	if err := json.Unmarshal(play(t, "firefox.mjs", "--url", d.URL), &p); err != nil {
		t.Fatal(err)
	}
	for _, problem := range p.Problems {
		t.Errorf("the page's console: %s", problem)
	}
	e := d.evidence(t, p.Session)
	t.Logf("score %d (masked %d), %s, %d events", e.Assessment.Score, e.Assessment.Masked, e.Assessment.Action, e.Events)
	for key, c := range e.Checks {
		t.Logf("%s: %s (%s%s)", key, c.Verdict, c.Summary, c.Reason)
		if c.Verdict != "Detected" && c.Verdict != "Not detected" && c.Verdict != "Unknown" {
			t.Errorf("%s is %q", key, c.Verdict)
		}
	}
	if e.Missing != 0 {
		t.Errorf("%d batches are missing", e.Missing)
	}
	if e.Assessment.Score < 70 {
		t.Errorf("score %d, want 70 or more", e.Assessment.Score)
	}
	e.expect(t, "Detected", "bot", "centered_clicks")
	// It typed: keys arrived with their times, and nothing was pasted.
	e.expect(t, "Not detected", "all_pasted")
	if typing := e.Checks["programmatic_typing"]; typing.Samples < 20 || typing.Verdict == "Unknown" {
		t.Errorf("programmatic_typing: %+v, want it to have seen the keys", typing)
	}
	if clicks := e.Checks["centered_clicks"]; clicks.Samples < 3 {
		t.Errorf("centered_clicks saw %d clicks", clicks.Samples)
	}

	var report struct {
		SessionID string            `json:"session_id"`
		Score     int               `json:"risk_score"`
		Action    string            `json:"recommended_action"`
		Biometric map[string]string `json:"biometric_checks"`
		Device    map[string]string `json:"device_checks"`
		Logs      []struct {
			Action string `json:"action"`
			Time   string `json:"user_time"`
			Unix   int64  `json:"unix_timestamp"`
		} `json:"user_logs"`
	}
	if status := get(t, d.URL+"/v1/sessions/"+p.Session+"/report", d.SecretKey, &report); status != 200 {
		t.Fatalf("report: %d", status)
	}
	if report.SessionID != p.Session || report.Score != e.Assessment.Score || report.Action != e.Assessment.Action || len(report.Logs) == 0 {
		t.Errorf("the report is %+v, want session %s with score %d and its log", report, p.Session, e.Assessment.Score)
	}
	if len(report.Biometric) != 9 || len(report.Device) != 6 {
		t.Errorf("%d biometric and %d device checks, want 9 and 6", len(report.Biometric), len(report.Device))
	}
	for _, log := range report.Logs {
		if log.Action == "" || log.Time == "" || log.Unix <= 0 {
			t.Errorf("a log entry is incomplete: %+v", log)
		}
	}
}
