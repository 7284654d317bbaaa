// Package store holds what the storage engines share: by which terms a session's
// row is counted.
package store

import (
	"strconv"

	"github.com/gaithq/gait"
)

// Scores from which a session is counted as suspect and as a machine's.
const (
	suspectScore = 50
	machineScore = 70
)

// Term is one that sessions are counted by.
type Term struct {
	Facet gait.Facet
	Term  string
}

// Terms returns what a row is counted by, each once. What is empty or unknown is
// not counted.
func Terms(r *gait.SessionRow) []Term {
	terms := []Term{{gait.FacetScore, strconv.Itoa(min(max(r.Score, 0), 100))}}
	keys := gait.VerdictKeys()
	for i := range min(len(r.Verdicts), len(keys)) {
		switch r.Verdicts[i] {
		case 'D':
			terms = append(terms, Term{gait.FacetFlag, keys[i]})
		case 'U':
			terms = append(terms, Term{gait.FacetUnknown, keys[i]})
		}
	}
	add := func(f gait.Facet, list ...string) {
		from := len(terms)
	next:
		for _, text := range list {
			if text == "" {
				continue
			}
			for _, t := range terms[from:] {
				if t.Term == text {
					continue next
				}
			}
			terms = append(terms, Term{f, text})
		}
	}
	add(gait.FacetRoute, r.Routes...)
	add(gait.FacetTag, r.Tags...)
	add(gait.FacetCountry, r.Country)
	add(gait.FacetDevice, r.Device)
	add(gait.FacetBrowser, r.Browser)
	add(gait.FacetActor, string(r.Actor))
	return terms
}

// CountOf returns what one session adds to counts.
func CountOf(score int) gait.Count {
	c := gait.Count{Sessions: 1}
	if score >= suspectScore {
		c.Suspect = 1
	}
	if score >= machineScore {
		c.Machine = 1
	}
	return c
}

// Bounded reports whether visitors or pages choose the terms of a facet, so that
// there is no end of them.
func Bounded(f gait.Facet) bool {
	return f != gait.FacetScore && f != gait.FacetFlag && f != gait.FacetUnknown
}

// SpanStart returns the start of the span that a moment (Unix ms) is in.
func SpanStart(at, span int64) int64 {
	n := at / span
	if at%span < 0 {
		n--
	}
	return n * span
}

// SpanEnd returns the end of the last span that begins before a moment.
func SpanEnd(until, span int64) int64 {
	start := SpanStart(until, span)
	if start == until {
		return start
	}
	return start + span
}

// CheckQuery fails with Invalid where no counts are kept by the query's span.
func CheckQuery(q gait.TermQuery) error {
	if q.Span != gait.Hour && q.Span != gait.Day {
		return gait.Errorf(gait.Invalid, "sessions are counted by the hour and by the day")
	}
	return nil
}

// MaxVerdicts is how long a filter of verdicts may be.
const MaxVerdicts = 64

// CheckVerdicts fails with Invalid unless v can be a filter of verdicts.
func CheckVerdicts(v string) error {
	if len(v) > MaxVerdicts {
		return gait.Errorf(gait.Invalid, "at most %d verdicts can be asked for", MaxVerdicts)
	}
	for i := range len(v) {
		switch v[i] {
		case 'D', 'N', 'U', '.':
		default:
			return gait.Errorf(gait.Invalid, "verdicts are the letters D, N and U, or a dot where any will do")
		}
	}
	return nil
}
