package check

import (
	"fmt"
	"strings"

	"github.com/gaithq/gait"
)

// Rhythm is judged on at least typedMin character keys and intervalsMin
// intervals between them.
const (
	typedMin     = 20
	intervalsMin = 15

	evenDwell  = 0.05 // coefficient of variation of dwell below it: no finger is so even
	shortShare = 0.95 // of dwells under gait.ShortDwell
	levelShare = 0.95 // of flights under gait.ShortDwell, of at least levelMin
	levelMin   = 10
	fastMean   = 25.0 // ms between presses on average: faster than anyone types
)

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
		if a := keyless(f); a.Verdict == gait.Detected {
			return a
		} else if r := rhythm(f); r.Verdict != gait.Unknown || a.Reason == "" {
			return r
		} else {
			return a
		}
	},
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
	evenness := evenInterval(t.Interval.N)
	even := gait.Measure{Name: "interval_cv", Value: t.Interval.CV(), Threshold: evenness, Fires: "<"}
	dwell := gait.Measure{Name: "dwell_cv", Value: t.Dwell.CV(), Threshold: evenDwell, Fires: "<"}
	short := gait.Measure{Name: "short_dwell_share", Value: share(t.Short, t.Dwell.N), Threshold: shortShare, Fires: ">="}
	level := gait.Measure{Name: "level_flight_share", Value: share(t.Level, t.Flight.N), Threshold: levelShare, Fires: ">="}
	fast := gait.Measure{Name: "interval_mean", Value: t.Interval.Mean, Unit: "ms", Threshold: fastMean, Fires: "<"}

	var marks []string
	if even.Value < even.Threshold {
		marks = append(marks, "keys follow each other with a regularity that no person has")
	}
	if t.Dwell.N >= typedMin && short.Value >= short.Threshold {
		marks = append(marks, fmt.Sprintf("keys are held for less than %d ms", gait.ShortDwell))
	} else if t.Dwell.N >= typedMin && dwell.Value < dwell.Threshold {
		marks = append(marks, "every key is held equally long")
	}
	if t.Flight.N >= levelMin && level.Value >= level.Threshold {
		marks = append(marks, "each key is pressed the moment the one before is released")
	}
	if fast.Value < fast.Threshold {
		marks = append(marks, "keys come faster than anyone types")
	}
	a := gait.Answer{
		Verdict:  gait.NotDetected,
		Samples:  int(keys),
		Summary:  fmt.Sprintf("%d keys with the uneven rhythm of hands", keys),
		Measures: []gait.Measure{even, dwell, short, level, fast},
	}
	if len(marks) > 0 {
		a.Verdict = gait.Detected
		a.Summary = fmt.Sprintf("%d keys: %s", keys, strings.Join(marks, "; "))
		a.First, a.Best = t.First, t.Last
	}
	return a
}

// evenInterval is the coefficient of variation of intervals below which typing
// is too even for a person. The more keys, the more of a person's unevenness has
// shown, so it rises with their number.
func evenInterval(n uint32) float64 {
	switch {
	case n < 40:
		return 0.10
	case n < 80:
		return 0.20
	default:
		return 0.25
	}
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
