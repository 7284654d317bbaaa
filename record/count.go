package record

import (
	"encoding/base64"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/wire"
)

// kinds are what the last page calls the events.
var kinds = []struct {
	name string
	of   []gait.Kind
}{
	{"pages opened and left, window and tab focus", []gait.Kind{gait.Open, gait.Navigate, gait.Life, gait.Resize}},
	{"positions of the pointer", []gait.Kind{gait.Move}},
	{"presses, releases and clicks, with where", []gait.Kind{gait.Press, gait.Release, gait.Click, gait.Raw}},
	{"keys pressed and let go, as classes", []gait.Kind{gait.KeyDown, gait.KeyUp}},
	{"changes of a field, as lengths", []gait.Kind{gait.Input, gait.Edited}},
	{"copies and pastes, as lengths", []gait.Kind{gait.Copy, gait.Paste}},
	{"scrolling", []gait.Kind{gait.Scroll, gait.Wheel}},
	{"fields entered, forms sent", []gait.Kind{gait.FieldFocus, gait.Submit}},
	{"descriptions of buttons, links and fields", []gait.Kind{gait.Describe}},
	{"properties of the browser and the request", []gait.Kind{gait.Trait, gait.Fact}},
}

var classes = []struct {
	name string
	of   gait.KeyClass
}{
	{"letter", gait.KeyLetter},
	{"digit", gait.KeyDigit},
	{"space", gait.KeySpace},
	{"punctuation", gait.KeyPunctuation},
	{"backspace or delete", gait.KeyErase},
	{"enter", gait.KeyEnter},
	{"tab", gait.KeyTab},
	{"arrow", gait.KeyArrow},
	{"shift and the like", gait.KeyModifier},
	{"shortcut", gait.KeyShortcut},
	{"other", gait.KeyOther},
}

// count fills in the numbers of what the file would hold.
func (s *summary) count(batches []gait.Batch) {
	var (
		of    [gait.Kinds]int
		keys  = map[gait.KeyClass]int{}
		bytes []byte
	)
	for i := range batches {
		bytes = wire.Pack(bytes[:0], &batches[i])
		s.Bytes += base64.StdEncoding.EncodedLen(len(bytes))
		for _, e := range batches[i].Events {
			of[e.Kind]++
			s.Events++
			switch e.Kind {
			case gait.KeyDown:
				keys[gait.KeyClass(e.Code)]++
			case gait.Trait, gait.Fact:
				s.Traits = append(s.Traits, e.Name)
			}
		}
	}
	for _, k := range kinds {
		n := 0
		for _, kind := range k.of {
			n += of[kind]
			of[kind] = 0
		}
		s.Counts = append(s.Counts, count{k.name, n})
	}
	rest := 0
	for _, n := range of {
		rest += n
	}
	if rest > 0 {
		s.Counts = append(s.Counts, count{"others", rest})
	}
	for _, c := range classes {
		if n := keys[c.of]; n > 0 {
			s.Keys = append(s.Keys, count{c.name, n})
		}
	}
	slices.Sort(s.Traits)
	s.Traits = slices.Compact(s.Traits)
}
