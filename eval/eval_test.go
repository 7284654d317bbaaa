package eval

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/risk"
	"github.com/gaithq/gait/session"
)

func TestReadRefuses(t *testing.T) {
	f := func(pack, want string) {
		t.Helper()
		err := Read(strings.NewReader(pack), func(Recording) error { return nil })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", pack, err, want)
		}
	}
	const good = `{"src":"s","user":"u","sess":"1","label":"human","ev":[["m",1,2,3]]}`
	f("", "empty")
	f("{", "line 1")
	f(good+"\n{}", "line 2: src, user or label is missing")
	f(strings.Replace(good, `["m",1,2,3]`, `["m",1]`, 1), "not one that a pack may hold")
	f(strings.Replace(good, `["m",1,2,3]`, `["z",1,2,3]`, 1), "not one that a pack may hold")
	f(strings.Replace(good, `["m",1,2,3]`, `["move",1,2,3]`, 1), "not one letter")
	f(strings.Replace(good, `["m",1,2,3]`, `["m",1,2,3,4,5,6,7]`, 1), "out of place")
	f(strings.Replace(good, `["m",1,2,3]`, `["m",1,2,{}]`, 1), "neither number nor letter")
	f("\xfd7zXZ\x00 rubbish", "read pack")
}

func open(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestPlay: what was recorded comes out of the batch format as it went in.
func TestPlay(t *testing.T) {
	var recs []Recording
	if err := Read(open(t, "testdata/made-up.jsonl"), func(r Recording) error { recs = append(recs, r); return nil }); err != nil {
		t.Fatal(err)
	}
	batches, err := Play(recs[0], 0)
	if err != nil {
		t.Fatal(err)
	}
	f := session.Rebuild(batches).Features()
	if f.Missing != 0 || int(f.Batches) != len(batches) || len(batches) < 2 {
		t.Errorf("%d batches, %d folded, %d missing", len(batches), f.Batches, f.Missing)
	}
	if f.Typing.Keys != 4 || f.Typing.Erases != 1 || f.Typing.Rollover != 1 || f.Fields.Typed != 6 || f.Fields.Pasted != 12 {
		t.Errorf("typing %+v, fields %+v", f.Typing, f.Fields)
	}
	if f.Pointer.Presses != 2 || f.Pointer.Aimed != 0 {
		t.Errorf("pointer %+v", f.Pointer)
	}
	// A held key was recorded as rows one repetition apart.
	if f.Counts[gait.KeyDown] != 7 || f.Typing.Interval.N != 2 {
		t.Errorf("%d presses of keys, %d intervals", f.Counts[gait.KeyDown], f.Typing.Interval.N)
	}
	cut, err := Play(recs[0], 100*gait.TicksPerMillisecond)
	if err != nil || len(cut) != 1 {
		t.Errorf("the first 100 ms: %d batches, %v", len(cut), err)
	}
}

func TestCount(t *testing.T) {
	run := func() Result {
		j := Judge{Policy: risk.Default()}
		if err := j.Pack(open(t, "testdata/made-up.jsonl")); err != nil {
			t.Fatal(err)
		}
		return j.Result()
	}
	r := run()
	if len(r.Sets) != 2 {
		t.Fatalf("%d sets, want a person's and a bot's", len(r.Sets))
	}
	human, bot := r.Sets[0], r.Sets[1]
	if bot.Label != "typer" || bot.N != 2 || bot.People != 1 || bot.Checks["programmatic_typing"].Detected != 2 || bot.PeopleFlagged["programmatic_typing"] != 1 {
		t.Errorf("bot: %+v", bot)
	}
	if human.Label != "human" || human.GE50 != 0 || human.PeopleFlagged["programmatic_typing"] != 0 || human.Score.P50 >= 50 {
		t.Errorf("human: %+v", human)
	}
	for key, w := range bot.Checks {
		if w.Detected+w.NotDetected+w.Unknown != bot.N {
			t.Errorf("%s: %+v of %d sessions", key, w, bot.N)
		}
	}
	one, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(run())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, again) {
		t.Error("the same recordings give different bytes")
	}
	var table strings.Builder
	if err := r.Write(&table); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"made-up, typer: 2 sessions of 1 people", "not measurable", "1 of 1 (100 %; 95 %: 2.50 to 100 %)"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table has no %q:\n%s", want, &table)
		}
	}
}

// TestInterval compares with published values.
func TestInterval(t *testing.T) {
	f := func(k, n int, lo, hi float64) {
		t.Helper()
		if l, h := Interval(k, n); math.Abs(l-lo) > 5e-4 || math.Abs(h-hi) > 5e-4 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", k, n, l, h, lo, hi)
		}
	}
	f(0, 0, 0, 1)
	f(0, 30, 0, 0.1157)
	f(30, 30, 0.8843, 1)
	f(5, 10, 0.1871, 0.8129)
	f(1, 100, 0.0003, 0.0545)
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"src":"s","user":"u","sess":"1","label":"human","ev":[["m",1,2,3],["k",5,80,"A"],["k",5,-80,"B"],["p",9,3]]}`))
	f.Fuzz(func(t *testing.T, pack []byte) {
		_ = Read(bytes.NewReader(pack), func(rec Recording) error { // any error will do; a panic will not
			batches, err := Play(rec, 0)
			if err == nil && len(batches) > 0 {
				session.Rebuild(batches)
			}
			return err
		})
	})
}
