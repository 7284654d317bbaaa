package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/eval"
	"github.com/gaithq/gait/risk"
)

// outcome is of a session of which one check said something.
func outcome(set, label, who, family, key string, v gait.Verdict) *eval.Outcome {
	i := index(key)
	o := &eval.Outcome{Set: set, Label: label, Person: who, Family: family, Verdicts: make([]gait.Verdict, len(check.All())), Seen: 1 << i}
	o.Verdicts[i] = v
	if v == gait.Detected {
		o.Flagged = 1 << i
	}
	return o
}

func TestEstimates(t *testing.T) {
	var m measured
	for i := range 100 { // 2 of 100 people, and sessions of the same people count once
		v := gait.NotDetected
		if i < 2 {
			v = gait.Detected
		}
		for range 2 {
			m.people = append(m.people, outcome("writers", "human", fmt.Sprint(i), "", "no_corrections", v))
		}
		m.people = append(m.people, outcome("sapimouse", "human", fmt.Sprint(i), "", "teleporting_mouse", gait.Detected))
		m.people = append(m.people,
			outcome("writers", "human", fmt.Sprint(i), "", "agent_behavior", gait.NotDetected),
			outcome("writers", "human", fmt.Sprint(i), "", "jump_scrolling", gait.Detected),
			outcome("writers", "human", fmt.Sprint(i%25), "", "impossible_timing", gait.NotDetected))
	}
	for kind := range 10 { // half of the runs of each of 10 kinds, and all of a silent one
		family := fmt.Sprint("cdp/none/", kind)
		m.runs = append(m.runs,
			outcome("attack", "hidden", "a", family, "no_corrections", gait.Detected),
			outcome("attack", "evasion", "b", family, "no_corrections", gait.NotDetected),
			outcome("attack", "silent", "c", family, "no_corrections", gait.NotDetected),
			outcome("attack", "human-assistive", "d", "xdotool/none/"+fmt.Sprint(kind), "no_corrections", gait.Detected),
			outcome("attack", "hidden", "e", family, "teleporting_mouse", gait.Detected),
			outcome("attack", "hidden", "f", family, "jump_scrolling", gait.NotDetected),
			outcome("attack", "hidden", "g", family, "impossible_timing", gait.NotDetected),
			outcome("attack", "hidden", "e", family, "agent_behavior", gait.Detected))
	}
	before := []risk.Estimate{{Check: "no_corrections", Detected: 9, NotDetected: -0.1}, {Check: "teleporting_mouse", Detected: 2.5}}
	after := m.estimates(before)
	get := func(key string) risk.Estimate {
		return after[slices.IndexFunc(after, func(e risk.Estimate) bool { return e.Check == key })]
	}
	e := get("no_corrections")
	if !e.Measured || *e.FPR != (risk.Count{K: 2, N: 100}) || *e.TPR != (risk.Count{K: 5, N: 10}) || e.From != "attack, writers" {
		t.Errorf("%+v, %v of automation, %v of people", e, e.TPR, e.FPR)
	}
	lo, _ := eval.Interval(5, 10)
	_, hi := eval.Interval(2, 100)
	if want := math.Log(lo / hi); math.Abs(e.Detected-want) > 0.006 || e.NotDetected < -mostNotDetected || e.NotDetected >= 0 {
		t.Errorf("weights %v and %v, want %v", e.Detected, e.NotDetected, want)
	}
	if e := get("teleporting_mouse"); e.Measured || e.Detected != 2.5 || !strings.Contains(e.Why, "no recorded people") {
		t.Errorf("a set that must not be fitted on: %+v", e)
	}
	if e := get("jump_scrolling"); !e.Measured || e.Detected != 0 {
		t.Errorf("flags everybody and finds nothing: %+v", e)
	}
	for key, why := range map[string]string{
		"impossible_timing": "0 of 10 kinds and flagged 0 of 25 people, which neither",
		"agent_behavior":    "fitted", "all_pasted": "fact", "bot": "device", "centered_clicks": "no recorded people",
	} {
		if e := get(key); e.Measured || !strings.Contains(e.Why, why) {
			t.Errorf("%s: %+v", key, e)
		}
	}
	m.heldOut = heldOuts{}
	for _, broken := range []string{"", "agent_behavior", "agent_behavior=1/9", "nothing=5/9,0/100", "agent_behavior=10/9,0/100", "agent_behavior=1/2,0/100"} {
		if err := m.heldOut.Set(broken); err == nil {
			t.Errorf("-heldout %q is taken", broken)
		}
	}
	if err := m.heldOut.Set("agent_behavior=20/40,3/963"); err != nil {
		t.Fatal(err)
	}
	after = m.estimates(before)
	if e := get("agent_behavior"); !e.Measured || e.FPR.N != 963 || e.Detected < 3 || e.Detected > mostDetected {
		t.Errorf("measured by its training: %+v", e)
	}
	raw, err := encode(after)
	if err != nil {
		t.Fatal(err)
	}
	again, err := risk.ReadEstimates(raw)
	if err != nil || len(again) != len(after) || *again[index("no_corrections")].FPR != *e.FPR {
		t.Errorf("%v:\n%s", err, raw)
	}
}

// TestThresholdsInUse: every sweep is of a measure that its check has, and tries the
// value that is in use.
func TestThresholdsInUse(t *testing.T) {
	for _, s := range sweeps() {
		if use := s.inUse(); !slices.Contains(s.values, use) {
			t.Errorf("%s, %s: %v is in use and not among %v", s.check, s.name, use, s.values)
		}
	}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	pack, err := os.ReadFile(filepath.Join("..", "testdata", "made-up.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"a.jsonl": string(pack), "weights.json": `[{"check":"bot","detected":5,"not_detected":-0.2,"measured":false}]`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o := options{weights: filepath.Join(dir, "weights.json"), write: true, pieces: 60}
	if err := run(&o, new(bytes.Buffer)); err == nil {
		t.Error("runs without recordings")
	}
	if err := o.people.Set(dir); err != nil || len(o.people) != 1 {
		t.Fatalf("%v, %v", o.people, err)
	}
	if err := o.runs.Set(filepath.Join(dir, "a.jsonl")); err != nil {
		t.Fatal(err)
	}
	if err := o.runs.Set(filepath.Join(dir, "missing")); err == nil {
		t.Error("a file that is not there is taken")
	}
	var out bytes.Buffer
	if err := run(&o, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"programmatic_typing: interval_cv, 15 to 39 intervals", "*", "Weights", "provisional: no recorded people have a device"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	raw, err := os.ReadFile(o.weights)
	if err != nil {
		t.Fatal(err)
	}
	list, err := risk.ReadEstimates(raw)
	if err != nil || len(list) != len(check.All()) {
		t.Errorf("%d weights, %v", len(list), err)
	}
	for _, e := range list {
		if e.Check == "bot" && (e.Detected != 5 || e.Measured) {
			t.Errorf("%+v", e)
		}
	}
}
