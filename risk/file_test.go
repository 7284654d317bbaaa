package risk

import (
	"reflect"
	"testing"

	"github.com/gaithq/gait"
)

func TestRead(t *testing.T) {
	base := policy()
	want := policy()
	want.Version = 7
	want.Weights["bot"] = Weight{Detected: 2, NotDetected: -0.1, Measured: true}
	want.Bands.Review, want.Bands.Reject = 60, 101
	raw, err := Write(want, base)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(raw, base)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n%+v\nwant\n%+v\nby %s", err, got, want, raw)
	}
	if got, err := Read([]byte(`{"version":7,"bands":{"review":55},"caps":null}`), base); err != nil || got.Bands != (Bands{25, 55, 70}) || got.Caps != base.Caps {
		t.Errorf("a part of the bands: %v, %+v", err, got)
	}
	if base.Weights["bot"].Detected != 5 {
		t.Error("the base was changed")
	}
	for _, bad := range []string{
		``, `[]`, `{}`, `{"version":0}`, `{"version":1,"other":1}`,
		`{"version":1,"weights":{"nothing":{"detected":1}}}`,
		`{"version":1,"weights":{"bot":{"detected":-1}}}`,
		`{"version":1,"weights":{"bot":{"detected":99}}}`,
		`{"version":1,"weights":{"bot":{"not_detected":1}}}`,
		`{"version":1,"bands":{"Monitor":25,"Review":10,"Reject":70}}`,
		`{"version":1,"caps":{"Facts":49,"One":40,"Two":69}}`,
	} {
		if _, err := Read([]byte(bad), base); gait.CodeOf(err) != gait.Invalid {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func FuzzReadPolicy(f *testing.F) {
	f.Add([]byte(`{"version":2,"weights":{"bot":{"detected":1}},"bands":{"monitor":1,"review":2,"reject":3}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := Read(raw, Default())
		if err != nil {
			return
		}
		if a := Assess(p, answers("bot+ centered_clicks+ all_pasted-")); a.Score < 0 || a.Score > 100 {
			t.Fatalf("score %d", a.Score)
		}
	})
}
