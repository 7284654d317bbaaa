package roundtable

import (
	"bytes"
	"encoding/json"
	"slices"
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

// TestSentences: each check of the contract has a sentence of its own, and the
// document lists them.
func TestSentences(t *testing.T) {
	seen := map[string]bool{}
	var list []string
	for _, key := range append(slices.Clone(biometricChecks), deviceChecks...) {
		s := sentences[key]
		if s == "" || seen[s] {
			t.Errorf("%s has the sentence %q", key, s)
		}
		seen[s] = true
		list = append(list, s)
	}
	if len(sentences) != 15 {
		t.Errorf("%d sentences", len(sentences))
	}
	want, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	var have bytes.Buffer
	if err := json.Compact(&have, oldDocument); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(have.Bytes(), want) {
		t.Errorf("openapi-v0.0.json does not list %s", want)
	}
}

// TestFailedChecks: in the order of time, and only what the contract knows.
func TestFailedChecks(t *testing.T) {
	fired := func(key string, device bool, at int64) gait.Answer {
		return gait.Answer{Check: &gait.Check{Key: key, Device: device}, Verdict: gait.Detected, First: gait.Moment{At: at}}
	}
	got := failedChecksOf(&gait.Report{
		Features: gait.Features{Started: 1000, TimeZone: unique.Make("Asia/Kolkata")},
		Answers: []gait.Answer{
			fired("teleporting_mouse", false, 9000),
			fired("all_pasted", false, 3000),
			fired("vpn", false, 3000), // of the wrong kind
			fired("synthetic_input", false, 2000),
			{Check: &gait.Check{Key: "jump_scrolling"}, Verdict: gait.NotDetected, First: gait.Moment{At: 1}},
			{Check: &gait.Check{Key: "no_corrections"}},
			{Verdict: gait.Detected},
			fired("bot", true, 0), // so from the beginning
			fired("tor", true, 3000),
		},
	})
	want := []failedCheck{
		{"Browser run by an automation tool", "Jan 1, 1970 05:30:01", 1000},
		{"Suspicious copy-paste activity", "Jan 1, 1970 05:30:03", 3000},
		{"Address of the Tor network", "Jan 1, 1970 05:30:03", 3000},
		{"Unnatural mouse movement", "Jan 1, 1970 05:30:09", 9000},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
