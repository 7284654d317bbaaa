package native

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unique"

	"github.com/gaithq/gait"
	checklist "github.com/gaithq/gait/check"
	"github.com/gaithq/gait/risk"
)

func traitFor(name, value string) gait.TraitValue {
	return gait.TraitValue{Name: unique.Make(name), Value: unique.Make(value)}
}

// TestPolicy saves, disagrees, goes back, and reads what happened.
func TestPolicy(t *testing.T) {
	h := newHouse(t)
	var p policyBody
	h.ok(&p, "viewer", "GET", "/policy")
	usual := risk.Default()
	if p.Version != 0 || p.BasedOn != "built in" || len(p.Weights) != len(checklist.All()) || p.Bands != usual.Bands || p.Base != usual.Base || p.Weights[9].Key != "bot" {
		t.Fatalf("%+v", p)
	}
	h.ok(&p, "owner", "POST", "/policy", `{"weights":{"bot":{"detected":1.5},"vpn":{"detected":2}},"bands":{"monitor":20,"review":50,"reject":70},"note":" try ","based":0}`)
	if bot := p.Weights[9]; p.Version != 1 || bot.Detected != 1.5 || bot.NotDetected != bot.DefaultNotDetected || bot.Measured || bot.DefaultDetected != usual.Weights["bot"].Detected || p.Bands.Monitor != 20 {
		t.Errorf("%+v", p)
	}
	// What is left out stays as it is now, not as it was at first.
	h.ok(&p, "one", "POST", "/policy", `{"caps":{"facts":10,"one":49,"two":69},"based":1}`)
	if p.Version != 2 || p.Weights[9].Detected != 1.5 || p.Caps.Facts != 10 {
		t.Errorf("%+v", p)
	}
	h.refused(409, "based", "owner", "POST", "/policy", `{"caps":{"facts":11,"one":49,"two":69},"based":1}`)
	h.refused(409, "based", "owner", "POST", "/policy/restore", `{"version":0,"based":1}`)
	h.refused(404, "", "owner", "POST", "/policy/restore", `{"version":9,"based":2}`)
	h.refused(400, "", "owner", "POST", "/policy", `{"based":2}`)
	h.ok(&p, "owner", "POST", "/policy/restore", `{"version":1,"based":2}`)
	if p.Version != 3 || p.Caps != usual.Caps || p.Weights[9].Detected != 1.5 {
		t.Errorf("%+v", p)
	}
	h.ok(&p, "owner", "POST", "/policy/restore", `{"version":0,"based":3}`)
	if p.Version != 4 || p.Weights[9].Detected != usual.Weights["bot"].Detected || p.Weights[9].Measured != usual.Weights["bot"].Measured {
		t.Errorf("%+v", p)
	}
	var versions list[versionBody]
	h.ok(&versions, "viewer", "GET", "/policy/versions")
	var got []string
	for _, v := range versions.Items {
		got = append(got, fmt.Sprintf("%d %s %q: %s", v.Version, v.By, v.Note, inWords(v.Changes)))
	}
	bot := usual.Weights["bot"].Detected
	vpn := usual.Weights["vpn"].Detected
	want := []string{
		fmt.Sprintf(`4 Ms. owner "Back to what is built in": bot.detected from 1.5 to %g, vpn.detected from 2 to %g, bands.monitor from 20 to 25`, bot, vpn),
		`3 Ms. owner "Back to version 1": caps.facts from 10 to 49`,
		`2 robot "": caps.facts from 49 to 10`,
		fmt.Sprintf(`1 Ms. owner "try": bot.detected from %g to 1.5, vpn.detected from %g to 2, bands.monitor from 25 to 20`, bot, vpn),
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if want := slices.Repeat([]string{"policy 1"}, 4); !slices.Equal(h.told, want) {
		t.Errorf("told %v", h.told)
	}
	if got := h.audited(9); len(got) != 4 || got[0] != "policy.restore version 4: Back to what is built in" || got[2] != "policy.save version 2: caps.facts from 49 to 10" {
		t.Errorf("audited %v", got)
	}
}

// hostilePolicies are bodies that no policy is made of, and the field that is wrong.
var hostilePolicies = []struct{ body, field string }{
	{`{"weights":{"nothing":{"detected":1}}}`, "weights.nothing"},
	{`{"weights":{"bot":{"detected":-0.1}}}`, "weights.bot.detected"},
	{`{"weights":{"bot":{"detected":10.1}}}`, "weights.bot.detected"},
	{`{"weights":{"bot":{"not_detected":0.1}}}`, "weights.bot.not_detected"},
	{`{"weights":{"bot":{"not_detected":-11}}}`, "weights.bot.not_detected"},
	{`{"bands":{"monitor":-1,"review":2,"reject":3}}`, "bands"},
	{`{"bands":{"monitor":3,"review":2,"reject":3}}`, "bands"},
	{`{"bands":{"monitor":1,"review":2,"reject":102}}`, "bands"},
	{`{"caps":{"facts":1,"one":2,"two":101}}`, "caps"},
	{`{"caps":{"facts":3,"one":2,"two":50}}`, "caps"},
	{`{"weights":{"bot":{"measured":true}}}`, "measured"},
}

func TestHostilePolicies(t *testing.T) {
	h := newHouse(t)
	for _, c := range hostilePolicies {
		h.refused(400, c.field, "analyst", "POST", "/policy/preview", c.body)
		h.refused(400, c.field, "owner", "POST", "/policy", strings.TrimSuffix(c.body, "}")+`,"based":0}`)
	}
	for _, c := range []struct{ target, body, field string }{
		{"/policy", `{"bands":{"monitor":1,"review":2,"reject":3}}`, "based"},
		{"/policy", `{"bands":{"monitor":1,"review":2,"reject":3},"based":0,"note":"a\nb"}`, "note"},
		{"/policy", `{"bands":{"monitor":1,"review":2,"reject":3},"based":0,"note":"` + strings.Repeat("x", 501) + `"}`, "note"},
		{"/policy/preview", `{"days":0}`, "days"},
		{"/policy/preview", `{"days":367}`, "days"},
		{"/policy/restore", `{"based":0}`, "version"},
		{"/policy/restore", `{"version":0}`, "based"},
	} {
		h.refused(400, c.field, "owner", "POST", c.target, c.body)
	}
	if w := h.as("owner", "POST", "/policy", `{"note":"`+strings.Repeat("x", 70_000)+`","based":0}`); w.Code != 413 {
		t.Errorf("a long body: %d", w.Code)
	}
}

// TestPreview counts by hand what a policy would change.
func TestPreview(t *testing.T) {
	h := newHouse(t)
	checks := checklist.All()
	random := rand.New(rand.NewPCG(7, 8))
	now, then := risk.Default(), risk.Default()
	then.Weights = map[string]risk.Weight{}
	for k, w := range now.Weights {
		then.Weights[k] = w
	}
	then.Weights["bot"] = risk.Weight{Detected: 0.5, NotDetected: now.Weights["bot"].NotDetected}
	then.Bands = risk.Bands{Monitor: 10, Review: 30, Reject: 90}
	body := `{"weights":{"bot":{"detected":0.5}},"bands":{"monitor":10,"review":30,"reject":90},"days":10}`

	want := preview{Since: h.now.UnixMilli() - 10*gait.Day}
	want.ScoresNow, want.ScoresThen = make([]int, 101), make([]int, 101)
	var rows []gait.SessionRow
	for i := range 300 {
		rows = append(rows, h.row(1, i, time.Duration(random.IntN(20*24))*time.Hour, func(r *gait.SessionRow) {
			said := slices.Repeat([]byte{'N'}, len(checks))
			for _, key := range []string{"bot", "programmatic_typing", "centered_clicks"} {
				if random.IntN(3) == 0 {
					said[slices.IndexFunc(checks, func(c *gait.Check) bool { return c.Key == key })] = 'D'
				}
			}
			r.Verdicts = string(said)
			r.Score = random.IntN(101) // of some policy of before
			if i%50 == 0 {
				r.Verdicts = "DN" // of before there were more checks
			}
		}))
	}
	h.put(rows...)
	since := h.now.Add(-10 * 24 * time.Hour).UnixMilli()
	for i := range rows {
		r := &rows[i]
		label := map[int]gait.Label{0: gait.LabelPerson, 1: gait.LabelMachine, 2: gait.LabelUnsure}[i%7]
		if label != "" {
			if err := h.store.PutLabel(t.Context(), 1, gait.LabelOf{Session: r.Session, Label: label}); err != nil {
				t.Fatal(err)
			}
		}
		if r.Started < since {
			continue
		}
		if len(r.Verdicts) != len(checks) {
			want.LeftOut++
			continue
		}
		a, b := risk.Assess(now, risk.Answers(checks, r.Verdicts)).Score, risk.Assess(then, risk.Answers(checks, r.Verdicts)).Score
		from, to := bandOf(now.Bands, a), bandOf(then.Bands, b)
		want.Sessions++
		want.Matrix[from][to]++
		want.ScoresNow[a]++
		want.ScoresThen[b]++
		if from != to {
			want.Flips++
		}
		for l, into := range map[gait.Label]*labelCount{gait.LabelPerson: &want.Labelled.Person, gait.LabelMachine: &want.Labelled.Machine} {
			if label == l {
				into.N++
				if a >= now.Bands.Review {
					into.FlaggedNow++
				}
				if b >= then.Bands.Review {
					into.FlaggedThen++
				}
			}
		}
	}
	var got preview
	h.sessions.asked = 0
	h.ok(&got, "analyst", "POST", "/policy/preview", body)
	if h.sessions.asked != 2 {
		t.Errorf("lists were asked for %d times", h.sessions.asked)
	}
	flips := 0
	for _, e := range got.Examples {
		flips += e.Sessions
		if e.From == e.To || e.ID == "" {
			t.Errorf("%+v", e)
		}
	}
	if flips != got.Flips || got.Flips == 0 {
		t.Errorf("the examples tell of %d of %d flips", flips, got.Flips)
	}
	got.Examples = nil
	a, b := mustJSON(got), mustJSON(want)
	if a != b {
		t.Errorf("got  %s\nwant %s", a, b)
	}
	// Nothing changed by looking.
	var p policyBody
	if h.ok(&p, "viewer", "GET", "/policy"); p.Version != 0 || len(h.told) != 0 {
		t.Errorf("%+v %v", p, h.told)
	}
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func FuzzPolicyBody(f *testing.F) {
	f.Add(`{"weights":{"bot":{"detected":1,"not_detected":-1}},"bands":{"monitor":1,"review":2,"reject":3},"caps":{"facts":1,"one":2,"two":3}}`)
	for _, c := range hostilePolicies {
		f.Add(c.body)
	}
	usual := risk.Default()
	answers := risk.Answers(checklist.All(), verdicts("bot", "vpn", "centered_clicks"))
	f.Fuzz(func(t *testing.T, body string) {
		var p proposal
		if json.Unmarshal([]byte(body), &p) != nil {
			return
		}
		then, err := p.over(usual, usual)
		if err != nil {
			if gait.CodeOf(err) != gait.Invalid {
				t.Fatal(err)
			}
			return
		}
		then.Version = 7
		raw, err := risk.Write(then, usual)
		if err != nil {
			t.Fatal(err)
		}
		back, err := risk.Read(raw, usual)
		if err != nil {
			t.Fatalf("what was let through is not a policy: %v\n%s", err, raw)
		}
		if a, b := risk.Assess(then, answers), risk.Assess(back, answers); a.Score != b.Score || a.Score < 0 || a.Score > 100 {
			t.Fatalf("score %d, and %d once it was stored", a.Score, b.Score)
		}
	})
}
