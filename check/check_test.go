package check

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unique"

	"github.com/gaithq/gait"
)

var update = flag.Bool("update", false, "write the answers that the checks give into testdata")

// TestChecks runs testdata/<key>.txt of every check. A file is a list of cases:
//
//	case NAME
//	Field.Of.Features VALUE…
//	trait NAME VALUE
//	----
//	VERDICT: what it says
//	(blank line)
//
// The first three cases of a file are a person, a machine and too little to go
// on, answered Not detected, Detected and Unknown.
func TestChecks(t *testing.T) {
	for _, c := range All() {
		t.Run(c.Key, func(t *testing.T) { runFile(t, c) })
	}
}

func runFile(t *testing.T, c *gait.Check) {
	path := filepath.Join("testdata", c.Key+".txt")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("every check has a file of cases: %v", err)
	}
	var out strings.Builder
	verdicts := map[string]gait.Verdict{}
	for block := range strings.SplitSeq(strings.TrimSpace(string(raw)), "\n\n") {
		given, want, ok := strings.Cut(block, "\n----")
		if !ok {
			t.Fatalf("%s: no ---- in %q", path, block)
		}
		f, name := features(t, given)
		before := *f
		a := c.Judge(f)
		if !reflect.DeepEqual(before, *f) {
			t.Errorf("%s: the check changed the features", name)
		}
		got := describe(a)
		if want = strings.TrimSpace(want); got != want && !*update {
			t.Errorf("%s, case %s:\n%s\nwant:\n%s", path, name, got, want)
		}
		verdicts[name] = a.Verdict
		fmt.Fprintf(&out, "%s\n----\n%s\n\n", given, got)
	}
	for name, want := range map[string]gait.Verdict{"person": gait.NotDetected, "machine": gait.Detected, "too little": gait.Unknown} {
		if got, ok := verdicts[name]; !ok || got != want {
			t.Errorf("%s: case %q is answered %v, must be there and %v", path, name, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(strings.TrimSpace(out.String())+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// describe writes an answer as the files hold it, and checks what every answer
// must have.
func describe(a gait.Answer) string {
	if a.Verdict == gait.Unknown {
		if a.Reason == "" {
			return "Unknown without a reason"
		}
		return "Unknown: " + a.Reason
	}
	s := fmt.Sprintf("%s: %s\nsamples %d", a.Verdict, a.Summary, a.Samples)
	for _, m := range a.Measures {
		s += fmt.Sprintf("\n%s %.4g%s", m.Name, m.Value, m.Unit)
		if m.Fires != "" {
			s += fmt.Sprintf(" (%s %.4g)", m.Fires, m.Threshold)
		}
	}
	if a.Verdict == gait.Detected {
		s += fmt.Sprintf("\nfirst %d, best %d", a.First.T, a.Best.T)
	}
	return s
}

func features(t *testing.T, given string) (*gait.Features, string) {
	t.Helper()
	f := new(gait.Features)
	name := ""
	for line := range strings.SplitSeq(given, "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch {
		case strings.HasPrefix(line, "#") || line == "":
		case key == "case":
			name = value
		case key == "trait":
			n, v, _ := strings.Cut(value, " ")
			f.Traits = append(f.Traits, gait.TraitValue{Name: unique.Make(n), Value: unique.Make(v)})
		default:
			set(t, reflect.ValueOf(f).Elem(), key, strings.Fields(value))
		}
	}
	return f, name
}

func set(t *testing.T, v reflect.Value, path string, values []string) {
	t.Helper()
	for part := range strings.SplitSeq(path, ".") {
		if v = v.FieldByName(part); !v.IsValid() {
			t.Fatalf("Features has no %s", path)
		}
	}
	if v.Kind() == reflect.Array {
		for i, s := range values {
			setNumber(t, v.Index(i), s)
		}
		return
	}
	setNumber(t, v, values[0])
}

func setNumber(t *testing.T, v reflect.Value, s string) {
	t.Helper()
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(s == "true")
	case reflect.Float32, reflect.Float64:
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		v.SetFloat(x)
	default:
		x, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if v.CanUint() {
			v.SetUint(uint64(x))
		} else {
			v.SetInt(x)
		}
	}
}

// TestContract pins what clients of the APIs rely on.
func TestContract(t *testing.T) {
	want := []string{
		"agent_behavior", "programmatic_typing", "teleporting_mouse", "no_corrections", "all_pasted", "jump_scrolling",
		"centered_clicks", "programmatic_clicking", "external_input",
		"bot", "virtual_machine", "software_renderer", "vpn", "tor", "location_spoofing",
	}
	facts := map[string]bool{"all_pasted": true, "external_input": true, "vpn": true, "tor": true, "virtual_machine": true, "software_renderer": true, "location_spoofing": true}
	checks := Checks()
	if len(checks) != len(want) {
		t.Fatalf("%d checks, want %d", len(checks), len(want))
	}
	for i, c := range checks {
		if c.Key != want[i] {
			t.Errorf("check %d is %s, want %s", i, c.Key, want[i])
		}
		if c.Device != (i >= 9) || c.Fact != facts[c.Key] || c.Device == c.Group.Behavioural() {
			t.Errorf("%s: device %v, fact %v, group %s", c.Key, c.Device, c.Fact, c.Group)
		}
		if c.Title == "" {
			t.Errorf("%s has no title", c.Key)
		}
	}
}

// TestNothingIsUnknown: a session of which nothing is known accuses nobody.
func TestNothingIsUnknown(t *testing.T) {
	for _, a := range Judge(All(), new(gait.Features)) {
		if a.Verdict != gait.Unknown || a.Reason == "" {
			t.Errorf("%s says %v (%q) of nothing", a.Check.Key, a.Verdict, a.Reason)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	f, _ := features(&testing.T{}, "Pointer.Aimed 5\nPointer.Offsets 5\nPointer.Reached 4\nTyping.Keys 100\nTyping.Interval.N 90\nTyping.Interval.Mean 140\nTyping.Dwell.N 100\nTyping.Dwell.Mean 90\ntrait webdriver false\ntrait ua Mozilla/5.0\nFields.Typed 90")
	checks := Checks()
	b.ReportAllocs()
	for b.Loop() {
		Judge(checks, f)
	}
}
