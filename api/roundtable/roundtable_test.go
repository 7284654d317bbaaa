package roundtable

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata"
	"unique"

	"github.com/gaithq/gait"
)

// TestContract pins the two objects of checks, key by key and in order: clients
// know exactly these.
func TestContract(t *testing.T) {
	r := reportOf(&gait.Report{})
	body, err := json.Marshal([]any{r.BiometricChecks, r.DeviceChecks})
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"agent_behavior":"Unknown","programmatic_typing":"Unknown","teleporting_mouse":"Unknown",` +
		`"no_corrections":"Unknown","all_pasted":"Unknown","jump_scrolling":"Unknown","centered_clicks":"Unknown",` +
		`"programmatic_clicking":"Unknown","external_input":"Unknown"},{"bot":"Unknown","virtual_machine":"Unknown",` +
		`"software_renderer":"Unknown","vpn":"Unknown","tor":"Unknown","location_spoofing":"Unknown"}]`
	if string(body) != want {
		t.Errorf("have %s", body)
	}
	if r.RecommendedAction != "Unknown" || r.Tags == nil || r.UserLogs == nil {
		t.Errorf("an empty report: %+v", r)
	}
}

// TestKinds: a check's kind decides the object, and a check beyond the contract is in neither.
func TestKinds(t *testing.T) {
	answers := []gait.Answer{
		{Check: &gait.Check{Key: "vpn"}, Verdict: gait.Detected}, // of the wrong kind
		{Check: &gait.Check{Key: "tor", Device: true}, Verdict: gait.Detected},
		{Check: &gait.Check{Key: "synthetic_input"}, Verdict: gait.Detected},
		{Verdict: gait.Detected},
	}
	for _, m := range reportOf(&gait.Report{Answers: answers}).DeviceChecks {
		if want := map[bool]string{true: "Detected", false: "Unknown"}[m.Key == "tor"]; m.Value != want {
			t.Errorf("%s: %v", m.Key, m.Value)
		}
	}
}

func TestUserTime(t *testing.T) {
	at := time.Date(2026, 2, 3, 19, 8, 7, 999e6, time.UTC).UnixMilli()
	for zone, want := range map[string]string{
		"":                        "Feb 3, 2026 19:08:07",
		"UTC":                     "Feb 3, 2026 19:08:07",
		"America/New_York":        "Feb 3, 2026 14:08:07",
		"Asia/Kolkata":            "Feb 4, 2026 00:38:07",
		"Pacific/Kiritimati":      "Feb 4, 2026 09:08:07",
		"Local":                   "Feb 3, 2026 19:08:07",
		"local":                   "Feb 3, 2026 19:08:07",
		"Mars/Olympus":            "Feb 3, 2026 19:08:07",
		"../../etc/passwd":        "Feb 3, 2026 19:08:07",
		"/etc/localtime":          "Feb 3, 2026 19:08:07",
		"Europe":                  "Feb 3, 2026 19:08:07",
		"Europe/Berlin\x00":       "Feb 3, 2026 19:08:07",
		string(make([]byte, 999)): "Feb 3, 2026 19:08:07",
	} {
		r := gait.Report{Features: gait.Features{TimeZone: unique.Make(zone)}, Log: []gait.LogEntry{{Text: "Signed in", At: at}}}
		for range 2 { // the second time from memory
			if e := entriesOf(&r); e[0].UserTime != want || e[0].UnixTimestamp != at {
				t.Errorf("%q: %+v", zone, e[0])
			}
		}
	}
}

// TestChronological: the log is put in order without touching the report.
func TestChronological(t *testing.T) {
	r := gait.Report{Log: []gait.LogEntry{{Text: "b", At: 2}, {Text: "a", At: 1}, {Text: "c", At: 2}}}
	e := eventsOf(&r)
	if e.EventCount != 3 || e.Events[0].Action != "a" || e.Events[1].Action != "b" || e.Events[2].Action != "c" {
		t.Errorf("%+v", e)
	}
	if r.Log[0].Text != "b" {
		t.Error("the report was changed")
	}
}
