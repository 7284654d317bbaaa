package session

import (
	"strings"

	"github.com/gaithq/gait"
)

// fields follows how text comes into fields.
type fields struct {
	inserting bool  // the last change was text without a key …
	into      int32 // … in this field
}

func (s *State) paste(e *gait.Event) {
	f := &s.features.Fields
	if s.exempt(e.Target) {
		f.Exempt += count(e.N)
		return
	}
	if f.Pastes == 0 {
		f.PastedAt = s.moment(e.T)
	}
	f.Pastes++
	f.Pasted += count(e.N)
	s.brought(e)
}

func (s *State) input(e *gait.Event) {
	f := &s.features.Fields
	code := gait.InputCode(e.Code)
	if code == gait.InputChange || code == gait.InputDelete {
		return
	}
	exempt := s.exempt(e.Target)
	n := count(e.N)
	add := func(to *uint32) {
		if exempt {
			to = &f.Exempt
		}
		*to += n
	}
	if e.Flags&gait.Untrusted != 0 {
		if add(&f.Scripted); f.ScriptedAt.At == 0 {
			f.ScriptedAt = s.moment(e.T)
		}
		return
	}
	switch {
	case code == gait.InputHistory:
		s.features.Typing.Undos++
	case e.Flags&gait.Replaced != 0:
		s.features.Typing.Replaced++
	}
	behind := s.keys.behind && e.T-s.keys.behindAt < keyToChange
	s.keys.behind = false
	switch {
	case e.Flags&gait.Composing != 0 || code == gait.InputComposition:
		s.features.Typing.Composed++
		add(&f.Other)
	case code == gait.InputPaste:
		// Counted when the paste event came, with the length of the clipboard.
	case code != gait.InputInsert || e.Flags&gait.Autofilled != 0:
		add(&f.Other)
	case behind:
		add(&f.Typed)
		f.KeyedAll += n
		s.fields.inserting = false
	case n > 0:
		add(&f.Inserted)
		s.insert(e, n)
		if !exempt {
			s.hurry(e)
		}
	}
}

// insert takes in text that came with no key behind it.
func (s *State) insert(e *gait.Event, n uint32) {
	f := &s.features.Fields
	f.Keyless += n
	f.Inserts++
	if !s.fields.inserting || s.fields.into != e.Target {
		f.KeylessFields++
	}
	s.fields.inserting, s.fields.into = true, e.Target
	at := s.moment(e.T)
	if f.Inserts == 1 {
		f.InsertedAt = at
	}
	if n > f.InsertMax {
		f.InsertMax, f.InsertBest = n, at
	}
}

// exempt reports whether how text came into a field says nothing about who put
// it there: credentials and addresses come from password managers and autofill,
// and of a field that was never described nothing is known.
func (s *State) exempt(target int32) bool {
	_, purpose, ok := s.target(target)
	if !ok {
		return true
	}
	switch purpose {
	case gait.PurposeUsername, gait.PurposeEmail, gait.PurposePassword, gait.PurposeOneTimeCode, gait.PurposeAddress, gait.PurposeCard:
		return true
	}
	return false
}

func count(n int32) uint32 {
	if n < 0 {
		return 0
	}
	return uint32(n)
}

// SplitTags reads the comma-separated form in which tags travel: without blanks
// around them, without empty ones and repetitions, at most 32.
func SplitTags(s string) []string {
	var tags []string
next:
	for tag := range strings.SplitSeq(s, ",") {
		if tag = strings.TrimSpace(tag); tag == "" || len(tags) == maxTags {
			continue
		}
		for _, t := range tags {
			if t == tag {
				continue next
			}
		}
		tags = append(tags, tag)
	}
	return tags
}
