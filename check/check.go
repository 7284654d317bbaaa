// Package check asks the questions that the API contracts name. One file holds
// one check; Checks lists them. A check reads a session's features and nothing
// else, answers Detected, Not detected or Unknown, and shows the numbers behind
// its answer. docs/checks.md says what each means.
package check

import (
	"strconv"

	"github.com/gaithq/gait"
)

// Checks returns every check in the order of the contract. To add one, write its
// file and its line here.
func Checks() []*gait.Check {
	return []*gait.Check{
		agentBehavior(),
		programmaticTyping,
		teleportingMouse,
		noCorrections,
		allPasted,
		jumpScrolling,
		centredClicks,
		programmaticClicking,
		externalInput,
		bot,
		virtualMachine,
		softwareRenderer,
		vpn,
		tor,
		locationSpoofing,
	}
}

// Beyond returns the checks that no API contract names, in the order in which our
// own routes report them.
func Beyond() []*gait.Check {
	return []*gait.Check{
		syntheticInput,
		replayedBehavior,
		thinkActRhythm,
		impossibleTiming,
		inconsistentClock,
	}
}

// All returns every check that a session's score rests on, those of the contract
// first.
func All() []*gait.Check { return append(Checks(), Beyond()...) }

// Judge asks every check.
func Judge(checks []*gait.Check, f *gait.Features) []gait.Answer {
	answers := make([]gait.Answer, len(checks))
	for i, c := range checks {
		answers[i] = c.Judge(f)
		answers[i].Check = c
	}
	return answers
}

func fact(c *gait.Check) *gait.Check {
	c.Fact = true
	return c
}

func device(c *gait.Check) *gait.Check {
	c.Device = true
	return c
}

func unknown(reason string) gait.Answer {
	return gait.Answer{Verdict: gait.Unknown, Reason: reason}
}

// coarse is the timer resolution, in ms, above which no timing is trusted:
// Firefox's fingerprinting protection rounds to 16.7 or 100 ms.
const coarse = 5

// coarseTimer reports whether the page's clock is too coarse to time keys by.
func coarseTimer(f *gait.Features) bool {
	v, ok := f.Trait("timer")
	if !ok {
		return false
	}
	ms, err := strconv.ParseFloat(v, 64)
	return err == nil && ms > coarse
}

func share(part, whole uint32) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func plural(n uint32, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
