package eval

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/record"
	"github.com/gaithq/gait/risk"
	"github.com/gaithq/gait/session"
	"github.com/gaithq/gait/wire"
)

// typist is a recorded run whose keys follow each other every 40 ms: two fields, the
// second from 2.5 s on.
func typist(t *testing.T, seed uint64, browser string) record.Run {
	t.Helper()
	rec := Recording{Set: "s", Person: "p", Session: fmt.Sprint(seed)}
	for i := range 60 {
		ms := float64(40 * i)
		if i >= 30 {
			ms += 1300
		}
		rec.Events = append(rec.Events, Row{Letter: 'k', N: [5]float64{ms, 20}, Len: 2, Class: 'A'})
	}
	batches, err := Play(rec, 0)
	if err != nil {
		t.Fatal(err)
	}
	run := record.Run{
		Gait: record.Version, Set: "attack", Label: "hidden", User: fmt.Sprintf("typist-%d", seed), Session: batches[0].Session.String(),
		Family: map[string]string{"input": "cdp", "motion": "none", "typing": "constant", "browser": browser},
		Seed:   seed, At: "2026-11-22",
		Peers: map[string]string{"botd": "human", "fpscanner": "bot: cdp"},
		Marks: map[string]float64{"field1": 1200, "submit": 3720},
	}
	for i := range batches {
		b := &batches[i]
		b.Events = append(slices.Clone(b.Events), gait.Event{Kind: gait.Fact, T: b.Sent, Name: "header.accept", Text: "*/*"})
		run.Parcels = append(run.Parcels, record.Parcel{Page: b.Page.String(), Seq: b.Seq, Arrived: b.Arrived, Data: wire.Pack(nil, b)})
	}
	return run
}

func lines(t *testing.T, runs ...record.Run) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, r := range runs {
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.Bytes()
}

func judged(t *testing.T, packs ...[]byte) Result {
	t.Helper()
	j := Judge{Policy: risk.Default()}
	for _, p := range packs {
		if err := j.Pack(bytes.NewReader(p)); err != nil {
			t.Fatal(err)
		}
	}
	return j.Result()
}

func TestRuns(t *testing.T) {
	r := judged(t, lines(t, typist(t, 1, "chromium"), typist(t, 2, "chromium"), typist(t, 3, "firefox")))
	if len(r.Sets) != 1 {
		t.Fatalf("%d sets", len(r.Sets))
	}
	s := r.Sets[0]
	if s.Label != "hidden" || s.N != 3 || s.People != 3 || s.Checks["programmatic_typing"].Detected != 3 {
		t.Errorf("%+v", s)
	}
	if len(s.Families) != 1 || s.Families[0].Family != "cdp/none/constant" || s.Families[0].N != 3 {
		t.Errorf("families %+v", s.Families)
	}
	if len(s.Browsers) != 2 || s.Browsers[0].Family != "chromium" || s.Browsers[0].N != 2 {
		t.Errorf("browsers %+v", s.Browsers)
	}
	if want := []PeerTally{{"botd", 0, 3, 0}, {"fpscanner", 3, 0, 0}}; !slices.Equal(s.Peers, want) {
		t.Errorf("peers %+v", s.Peers)
	}
	if len(r.Goals) != 1 || r.Goals[0].Met || r.Goals[0].N != 3 || !strings.Contains(r.Goals[0].String(), "MISSED") {
		t.Errorf("goals %+v: one kind of evidence is not enough for 50", r.Goals)
	}
	came := map[string]int{}
	for _, a := range s.After {
		came[a.At] = a.N
	}
	if came["5s"] != 3 || came["field1"] != 3 || came["submit"] != 3 || came["end"] != 3 {
		t.Errorf("moments: %v", came)
	}
	// The shape that readers of --json rely on.
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var shape struct {
		Sets []struct {
			Set, Label            string
			N, People, Ge50, Ge70 *int
			Ever50                *int
			Score                 struct{ P5, P50, P95 *int }
			Checks                map[string]map[string]int
			Masked                map[string]any
			People_ever50         *int //nolint:revive // as in the file
			Families              []map[string]any
		}
	}
	if err := json.Unmarshal(raw, &shape); err != nil {
		t.Fatal(err)
	}
	got := shape.Sets[0]
	if got.Set != "attack" || got.N == nil || got.People == nil || got.Ge50 == nil || got.Ge70 == nil || got.Ever50 == nil || got.Score.P95 == nil || got.People_ever50 == nil {
		t.Errorf("%s", raw)
	}
	if c := got.Checks["centered_clicks"]; len(c) != 3 || c["unknown"] != 3 {
		t.Errorf("checks: %v", c)
	}
	for _, key := range []string{"family", "n", "ge50", "ge70", "masked_ge50", "checks"} {
		if _, ok := got.Families[0][key]; !ok {
			t.Errorf("families have no %s: %v", key, got.Families[0])
		}
	}
	for _, key := range []string{"ge50", "ge70", "ever50", "score"} {
		if _, ok := got.Masked[key]; !ok {
			t.Errorf("masked has no %s: %v", key, got.Masked)
		}
	}
}

// TestCut: a moment in the middle of a batch is judged on what had happened by then,
// and cutting changes nothing of the end.
func TestCut(t *testing.T) {
	run := typist(t, 1, "chromium")
	rec := Recording{Run: &run, Set: run.Set, Person: run.User, Session: run.Session, Label: run.Label}
	batches, err := Play(rec, 0)
	if err != nil {
		t.Fatal(err)
	}
	whole := session.Rebuild(batches).Features()
	var state session.State
	at := map[int]uint32{} // keys seen at each moment
	for _, s := range cut(batches, stops(&rec)) {
		if len(s.batch.Events) > 0 && !state.Add(&s.batch) {
			t.Fatal("a part does not follow")
		}
		for _, m := range s.moments {
			at[m] = state.Features().Typing.Keys
			if _, ok := state.Features().Trait("header.accept"); !ok {
				t.Errorf("%s: what the server added is not there", moments[m].name)
			}
		}
	}
	f := *state.Features()
	if f.Typing != whole.Typing || f.Missing != 0 || f.Events != whole.Events || f.Pointer != whole.Pointer {
		t.Errorf("cut %+v, whole %+v", f.Typing, whole.Typing)
	}
	for m, want := range []uint32{60, 60, 60, 30, 60} { // field1 is at 1,200 ms
		if at[m] != want && moments[m].name != "submit" {
			t.Errorf("%s: %d keys, want %d", moments[m].name, at[m], want)
		}
	}
	if at[4] < 59 {
		t.Errorf("submit: %d keys", at[4])
	}
}

func TestPieces(t *testing.T) {
	rec := Recording{Set: "s", Person: "p", Session: "1", Label: "human"}
	for i := range 100 {
		rec.Events = append(rec.Events, Row{Letter: 'm', N: [5]float64{float64(100 * i), 1, 2}, Len: 3})
	}
	list := pieces(rec, 3000*gait.TicksPerMillisecond)
	if len(list) != 4 || len(list[0].Events) != 30 || len(list[3].Events) != 10 || list[1].Events[0].N[0] != 0 || list[1].Session != "1#1" {
		t.Errorf("%d pieces: %+v", len(list), list[1])
	}
	if list := pieces(rec, 0); len(list) != 1 || len(list[0].Events) != 100 {
		t.Error("0 does not leave it whole")
	}
}

func TestPick(t *testing.T) {
	person := func(name string, keys int) string {
		return fmt.Sprintf(`{"src":"s","user":"%s","sess":"1","label":"human","ev":[["m",1,2,3]%s]}`+"\n", name, strings.Repeat(`,["k",5,80,"A"]`, keys))
	}
	runs := lines(t, typist(t, 1, "chromium"), typist(t, 2, "chromium"), typist(t, 3, "chromium"), typist(t, 4, "firefox"))
	people := person("a", 10) + person("b", 400) + person("c", 1)
	write := func(packs ...string) []byte {
		p := Picker{Runs: 2, People: 2}
		for _, pack := range packs {
			if err := p.Pack(strings.NewReader(pack)); err != nil {
				t.Fatal(err)
			}
		}
		var b bytes.Buffer
		if n, err := p.Write(&b); err != nil || n != 5 {
			t.Fatalf("%d picked, %v; want 2 and 1 runs and 2 people", n, err)
		}
		return b.Bytes()
	}
	picked := write(string(runs), people)
	if !bytes.Equal(picked, write(people, string(runs))) {
		t.Error("another order picks others")
	}
	r := judged(t, picked)
	if len(r.Sets) != 2 || r.Sets[0].N != 3 || r.Sets[1].N != 2 {
		t.Errorf("%+v", r.Sets)
	}
	if err := Read(bytes.NewReader(picked), func(rec Recording) error {
		if len(rec.Events) > FormKeys+1 {
			t.Errorf("%s: %d events", rec.Person, len(rec.Events))
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	if err := new(Picker).Pack(strings.NewReader("{")); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("half a line: %v", err)
	}
}

func TestWorse(t *testing.T) {
	r := judged(t, lines(t, typist(t, 1, "chromium")), []byte(`{"src":"s","user":"u","sess":"1","label":"human","ev":[["m",1,2,3]]}`))
	var file bytes.Buffer
	if err := r.Baseline().Write(&file); err != nil {
		t.Fatal(err)
	}
	f := func(want string, change func(Baseline)) {
		t.Helper()
		was, err := ReadBaseline(bytes.NewReader(file.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		now, err := ReadBaseline(bytes.NewReader(file.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		for i := range was {
			was[i].GE50 = 1
			now[i].GE50 = 1
		}
		change(now)
		if got := strings.Join(was.Worse(now), "; "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	row := func(b Baseline, family, label string) *BaselineRow {
		i := slices.IndexFunc(b, func(r BaselineRow) bool { return r.Family == family && r.Label == label })
		return &b[i]
	}
	f("", func(Baseline) {})
	f("", func(b Baseline) { row(b, "", "hidden").GE50++ })
	f("", func(b Baseline) { row(b, "", "human").GE50-- })
	f("attack, hidden, cdp/none/constant: at 50 and more: 0, was 1", func(b Baseline) { row(b, "cdp/none/constant", "hidden").GE50-- })
	f("s, human: ever at 50 and more: 1, was 0", func(b Baseline) { row(b, "", "human").Ever50++ })
	f("s, human: programmatic_typing Detected: 1, was 0", func(b Baseline) { row(b, "", "human").Flagged = map[string]int{"programmatic_typing": 1} })
	f("attack, hidden, chromium: 2 recordings, the baseline has 1", func(b Baseline) { row(b, "chromium", "hidden").N++ })
	if _, err := ReadBaseline(strings.NewReader(`[{"set":"s","other":1}]`)); err == nil {
		t.Error("a baseline with what it cannot hold is read")
	}
}

func TestLost(t *testing.T) {
	row := func(label, family string, n, found int) BaselineRow {
		return BaselineRow{Set: "attack", Label: label, Family: family, N: n, GE50: n, GE70: n, MaskedGE50: found, MaskedGE70: 0}
	}
	people := func(n, flagged int) BaselineRow {
		return BaselineRow{Set: "attack", Label: "human-assistive", Family: "at-spi", N: n, GE50: flagged}
	}
	was := Baseline{row("plain", "", 9, 9), row("plain", "always", 4, 4), row("hidden", "mostly", 4, 3), row("hidden", "never", 4, 0), people(5, 0)}
	for _, test := range []struct {
		name string
		now  BaselineRow
		want string
	}{
		{"found as ever", row("plain", "always", 1, 1), ""},
		{"lost", row("plain", "always", 2, 1), "plain, always: masked at 50 and more: 1 of 2, the baseline has all"},
		{"missed as at times", row("hidden", "mostly", 1, 0), ""},
		{"missed as ever", row("hidden", "never", 1, 0), ""},
		{"found for once", row("hidden", "never", 1, 1), ""},
		{"a set as a whole", row("plain", "", 2, 0), ""},
		{"nobody flagged", people(1, 0), ""},
		{"somebody flagged", people(1, 1), "human-assistive, at-spi: at 50 and more: 1 of 1, the baseline has none"},
		{"unknown", row("os", "other", 1, 1), "os, other: the baseline does not have it"},
	} {
		if got := strings.Join(was.Lost(Baseline{test.now}), "; "); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func FuzzPick(f *testing.F) {
	f.Add([]byte(`{"src":"s","user":"u","sess":"1","label":"human","ev":[["m",1,2,3],["k",5,80,"A"]]}`))
	f.Add([]byte(`{"gait":1,"set":"attack","label":"hidden","user":"u","sess":"1","family":{"input":"cdp"}}`))
	f.Fuzz(func(t *testing.T, pack []byte) {
		p := Picker{Runs: 1, People: 1}
		if p.Pack(bytes.NewReader(pack)) != nil {
			return // any error will do; a panic will not
		}
		if _, err := p.Write(new(bytes.Buffer)); err != nil {
			t.Error(err)
		}
	})
}
