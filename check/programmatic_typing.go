package check

import (
	"fmt"
	"math"
	"strings"

	"github.com/gaithq/gait"
)

// Rhythm is judged on at least typedMin character keys and intervalsMin
// intervals between them.
const (
	typedMin     = 20
	intervalsMin = 15

	evenDwell    = 0.05 // coefficient of variation of dwell below it: no finger is so even
	briefDwell   = 15.0 // ms of dwell on average below it: fingers hold several times as long
	shortShare   = 0.95 // of dwells under gait.ShortDwell
	fastMean     = 25.0 // ms between presses on average: faster than anyone types
	overlapShare = 0.01 // of presses before the key before was released: fast fingers overlap far more often
)

// steps are thresholds that depend on the number of intervals: the more there are,
// the more of a person's unevenness has shown. `make calibrate` prints what each is
// worth on people and on automation.
var steps = [...]struct {
	below uint32  // intervals
	even  float64 // coefficient of variation of intervals below it: too even for a person
	level float64 // of intervals that began within gait.ShortDwell of the release before
	mode  float64 // of intervals within two neighbouring bins of gait.Rhythm: a constant delay, however busy the machine
	apart float64 // ms between presses on average, with no overlaps, below it: people as fast as that overlap
}{
	{40, 0.10, 0.95, 1.00, 80},
	{80, 0.20, 0.70, 0.95, 120},
	{math.MaxUint32, 0.25, 0.60, 0.85, 140},
}

// binnedMin is the least number of intervals in bins that have a mode.
const binnedMin = 30

// Text that came without keys is judged from keylessMin characters on, if it is
// at least keylessShare of the text.
const (
	keylessMin   = 20
	keylessShare = 0.5

	// Dictation puts several words at a time into one field. A program that fills
	// a form sets a field at once, or writes it character by character.
	dictatedInserts = 3
	dictatedMean    = 2.0
)

// programmaticTyping finds text that no hands typed: keys with a rhythm that
// fingers do not have, or text that grew with no keys at all.
var programmaticTyping = &gait.Check{
	Key: "programmatic_typing", Title: "Programmatic typing", Group: gait.TextGroup,
	Judge: func(f *gait.Features) gait.Answer {
		if a := handless(f); a.Verdict == gait.Detected {
			return a
		}
		if a := keyless(f); a.Verdict == gait.Detected {
			return a
		} else if r := rhythm(f); r.Verdict != gait.Unknown || a.Reason == "" {
			return r
		} else {
			return a
		}
	},
}

// handless judges a form that scripts wrote and sent while no hand was seen at all. A
// page's own scripts, and extensions that fill in forms, write into fields too; but
// then somebody sends the form.
func handless(f *gait.Features) gait.Answer {
	if f.Tempo.Hands || f.Tempo.Submits == 0 || f.Missing > 0 || f.Touch || f.Fields.Scripted < keylessMin {
		return gait.Answer{}
	}
	return gait.Answer{
		Verdict: gait.Detected,
		Samples: int(f.Fields.Scripted),
		Summary: fmt.Sprintf("scripts wrote %d characters and the form was sent, with no pointer, key or touch at all", f.Fields.Scripted),
		Measures: []gait.Measure{
			{Name: "scripted_characters", Value: float64(f.Fields.Scripted), Unit: "characters", Threshold: keylessMin, Fires: ">="},
		},
		First: f.Fields.ScriptedAt,
		Best:  f.Fields.ScriptedAt,
	}
}

// keyless judges text without keys. Its Unknown has no reason where there was none.
func keyless(f *gait.Features) gait.Answer {
	t := &f.Fields
	if t.Keyless == 0 {
		return gait.Answer{}
	}
	part := share(t.Keyless, t.Keyless+t.KeyedAll)
	mean := float64(t.Keyless) / float64(t.Inserts)
	switch {
	case f.Touch || mobile(f):
		return unknown("text came without keys, as on-screen keyboards and dictation on touch devices bring it")
	case f.Typing.Composed > 0:
		return unknown("text came without keys, and an input method was in use")
	case t.Inserts >= dictatedInserts*t.KeylessFields && mean > dictatedMean:
		return unknown("text came without keys, a few words at a time, as dictation brings it")
	case t.Keyless < keylessMin:
		return unknown(fmt.Sprintf("%d of at least %d characters came without keys", t.Keyless, keylessMin))
	case part < keylessShare:
		return unknown("less than half of the text came without keys")
	}
	return gait.Answer{
		Verdict: gait.Detected,
		Samples: int(t.Keyless + t.KeyedAll),
		Summary: fmt.Sprintf("%d characters in %d %s appeared with no key pressed", t.Keyless, t.KeylessFields, plural(t.KeylessFields, "field", "fields")),
		Measures: []gait.Measure{
			{Name: "keyless_characters", Value: float64(t.Keyless), Unit: "characters", Threshold: keylessMin, Fires: ">="},
			{Name: "keyless_share", Value: part, Threshold: keylessShare, Fires: ">="},
		},
		First: t.InsertedAt,
		Best:  t.InsertBest,
	}
}

// rhythm judges the timing of keys.
func rhythm(f *gait.Features) gait.Answer {
	t := &f.Typing
	keys := t.Keys - min(t.Keys, t.Scanned)
	switch {
	case t.Composed > 0:
		return unknown("an input method was in use")
	case f.Touch || mobile(f):
		return unknown("on-screen keyboards have a rhythm of their own")
	case coarseTimer(f):
		return unknown(fmt.Sprintf("the browser's clock is coarser than %d ms", coarse))
	case t.Scanned > keys:
		return unknown("the keys came in bursts as from a barcode scanner or a security key")
	case keys < typedMin || t.Interval.N < intervalsMin:
		return unknown(fmt.Sprintf("%d of at least %d character keys", keys, typedMin))
	}
	at := 0
	for t.Interval.N >= steps[at].below && at < len(steps)-1 {
		at++
	}
	limits := steps[at]
	even := gait.Measure{Name: "interval_cv", Value: t.Interval.CV(), Threshold: limits.even, Fires: "<"}
	dwell := gait.Measure{Name: "dwell_cv", Value: t.Dwell.CV(), Threshold: evenDwell, Fires: "<"}
	brief := gait.Measure{Name: "dwell_mean", Value: t.Dwell.Mean, Unit: "ms", Threshold: briefDwell, Fires: "<"}
	short := gait.Measure{Name: "short_dwell_share", Value: share(t.Short, t.Dwell.N), Threshold: shortShare, Fires: ">="}
	level := gait.Measure{Name: "level_flight_share", Value: share(t.Level, t.Interval.N), Threshold: limits.level, Fires: ">="}
	mode := gait.Measure{Name: "interval_mode_share", Value: modeShare(&f.Rhythm), Threshold: limits.mode, Fires: ">="}
	fast := gait.Measure{Name: "interval_mean", Value: t.Interval.Mean, Unit: "ms", Threshold: fastMean, Fires: "<"}
	apart := gait.Measure{Name: "apart_mean", Value: t.Interval.Mean, Unit: "ms", Threshold: limits.apart, Fires: "<"}
	overlap := gait.Measure{Name: "overlap_share", Value: share(t.Rollover, t.Interval.N), Threshold: overlapShare, Fires: "<="}

	var marks []string
	if even.Value < even.Threshold || mode.Value >= mode.Threshold {
		marks = append(marks, "keys follow each other with a regularity that no person has")
	}
	if t.Dwell.N >= typedMin {
		switch {
		case short.Value >= short.Threshold:
			marks = append(marks, fmt.Sprintf("keys are held for less than %d ms", gait.ShortDwell))
		case brief.Value < brief.Threshold:
			marks = append(marks, fmt.Sprintf("keys are held for %.0f ms on average", t.Dwell.Mean))
		case dwell.Value < dwell.Threshold:
			marks = append(marks, "every key is held equally long")
		}
	}
	if level.Value >= level.Threshold {
		marks = append(marks, "each key is pressed the moment the one before is released")
	}
	if fast.Value < fast.Threshold {
		marks = append(marks, "keys come faster than anyone types")
	} else if apart.Value < apart.Threshold && overlap.Value <= overlap.Threshold {
		marks = append(marks, "keys come fast, and yet none is pressed before the last is released")
	}
	a := gait.Answer{
		Verdict:  gait.NotDetected,
		Samples:  int(keys),
		Summary:  fmt.Sprintf("%d keys with the uneven rhythm of hands", keys),
		Measures: []gait.Measure{even, mode, dwell, brief, short, level, fast, apart, overlap},
	}
	if len(marks) > 0 {
		a.Verdict = gait.Detected
		a.Summary = fmt.Sprintf("%d keys: %s", keys, strings.Join(marks, "; "))
		a.First, a.Best = t.First, t.Last
	}
	return a
}

// modeShare is the share of intervals in the fullest two neighbouring bins, 0 where
// there are too few to tell.
func modeShare(r *gait.Rhythm) float64 {
	var all, most, before uint32
	for _, n := range r.Bins {
		all += uint32(n)
		most = max(most, before+uint32(n))
		before = uint32(n)
	}
	if all < binnedMin {
		return 0
	}
	return share(most, all)
}

// mobile reports whether the browser says that it runs on a phone or tablet.
func mobile(f *gait.Features) bool {
	ua, _ := f.Trait("ua")
	for _, mark := range []string{"Mobi", "Android", "iPhone", "iPad"} {
		if strings.Contains(ua, mark) {
			return true
		}
	}
	return false
}
