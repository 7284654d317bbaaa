package gait

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"unique"
)

func TestParseIDs(t *testing.T) {
	const text = "00112233445566778899aabbccddeeff"
	id, err := ParseSessionID(text)
	if err != nil || id.String() != text {
		t.Errorf("%v, %v", id, err)
	}
	for _, bad := range []string{"", text[1:], text + "0", strings.Repeat("x", 32), "ü" + text[2:]} {
		if _, err := ParseSessionID(bad); err == nil {
			t.Errorf("%q is taken for a session id", bad)
		}
	}
	if p, err := ParsePageID(text[:16]); err != nil || p.String() != text[:16] {
		t.Errorf("%v, %v", p, err)
	}
}

func TestCodeOf(t *testing.T) {
	f := func(err error, want Code) {
		t.Helper()
		if got := CodeOf(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
	f(nil, "")
	f(errors.New("x"), Internal)
	f(Errorf(NotFound, "no %s", "x"), NotFound)
	f(fmt.Errorf("while reading: %w", Wrap(context.Canceled, Unavailable, "later")), Unavailable)
	if err := Wrap(context.Canceled, Unavailable, "later"); !errors.Is(err, context.Canceled) || err.Error() != "later: context canceled" {
		t.Errorf("%v", err)
	}
}

func TestSpread(t *testing.T) {
	var s Spread
	if s.CV() != 0 || s.SD() != 0 {
		t.Error("nothing has a spread")
	}
	for _, x := range []float64{2, 4, 4, 4, 5, 5, 7, 9} {
		s.Add(x)
	}
	if s.N != 8 || s.Mean != 5 || math.Abs(s.SD()-math.Sqrt(32.0/7)) > 1e-12 || math.Abs(s.CV()-s.SD()/5) > 1e-12 {
		t.Errorf("%+v: sd %v, cv %v", s, s.SD(), s.CV())
	}
}

func TestFeaturesOfNothing(t *testing.T) {
	var f Features
	if f.PageURL() != "" || f.Zone() != "" || f.UserAgent() != "" {
		t.Error("an empty session has no page, zone or browser")
	}
	f.Traits = []TraitValue{{unique.Make("ua"), unique.Make("page")}}
	if f.UserAgent() != "page" {
		t.Errorf("user agent %q", f.UserAgent())
	}
	f.Traits = append(f.Traits, TraitValue{unique.Make("header.user-agent"), unique.Make("request")})
	if f.UserAgent() != "request" {
		t.Errorf("user agent %q", f.UserAgent())
	}
}

func TestStatusAt(t *testing.T) {
	half := IdleTimeout.Milliseconds()
	if StatusAt(1000, 1000+half-1) != Live || StatusAt(1000, 1000+half) != Complete || StatusAt(1000, 0) != Live {
		t.Error("a session is live for 30 minutes after its last batch")
	}
}

func FuzzParseIDs(f *testing.F) {
	f.Add("000102030405060708090a0b0c0d0e0f")
	f.Add("0001020304050607")
	f.Add("0001020304050607080g")
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := ParseSessionID(s); err == nil && id.String() != strings.ToLower(s) {
			t.Fatalf("session %q reads as %s", s, id)
		}
		if id, err := ParsePageID(s); err == nil && id.String() != strings.ToLower(s) {
			t.Fatalf("page %q reads as %s", s, id)
		}
	})
}
