package check

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gaithq/gait"
)

// What is known of a session's address was looked up when its pages opened, in the
// lists that the operator named, and appended as facts: ip.kind, ip.vpn,
// ip.hosting, ip.tor, ip.lists. A list that was not loaded leaves no fact.

// vpn states that the address is one of a VPN's or a hosting provider's.
var vpn = device(fact(&gait.Check{
	Key: "vpn", Title: "VPN or hosting network", Group: gait.NetworkGroup,
	Judge: func(f *gait.Features) gait.Answer {
		return listed(f, []string{"ip.vpn", "ip.hosting"}, "a list of VPN or hosting networks")
	},
}))

// tor states that the address is a Tor exit.
var tor = device(fact(&gait.Check{
	Key: "tor", Title: "Tor exit", Group: gait.NetworkGroup,
	Judge: func(f *gait.Features) gait.Answer {
		return listed(f, []string{"ip.tor"}, "a list of Tor exits")
	},
}))

// listed answers from facts that say whether an address is in lists.
func listed(f *gait.Features, facts []string, what string) gait.Answer {
	if kind, ok := f.Trait("ip.kind"); ok && kind != "public" {
		return unknown(fmt.Sprintf("the address is a %s one", kind))
	}
	var in, looked []string
	for _, name := range facts {
		switch v, _ := f.Trait(name); v {
		case "yes":
			in = append(in, strings.TrimPrefix(name, "ip."))
			looked = append(looked, name)
		case "no":
			looked = append(looked, name)
		}
	}
	if len(looked) == 0 {
		return unknown("no list is loaded: name " + what)
	}
	a := gait.Answer{
		Verdict:  gait.NotDetected,
		Samples:  len(looked),
		Summary:  "the address is not in " + what,
		Measures: []gait.Measure{{Name: "lists_with_address", Value: float64(len(in)), Threshold: 1, Fires: ">="}},
	}
	if len(in) > 0 {
		a.Verdict = gait.Detected
		a.Summary = "the address is in " + what + ": " + strings.Join(in, ", ")
		if org, _ := f.Trait("ip.org"); org != "" {
			a.Summary += " (" + org + ")"
		}
		a.First, a.Best = f.Described, f.Described
	}
	return a
}

// farKm is how far the browser's position may lie from where the address is placed,
// and vagueM how vague it may be: address databases err by hundreds of kilometres.
const (
	farKm  = 1000
	vagueM = 100_000
)

// locationSpoofing states that the browser's position and its address disagree. It
// only sees anything where the operator switched geolocation on and the visitor had
// granted it to the page before.
var locationSpoofing = device(fact(&gait.Check{
	Key: "location_spoofing", Title: "Location spoofing", Group: gait.NetworkGroup,
	Judge: func(f *gait.Features) gait.Answer {
		valid, seen := f.Trait("geo.valid")
		if !seen {
			return unknown("the page has no position: geolocation is off or not granted")
		}
		a := gait.Answer{Verdict: gait.NotDetected, Samples: 1}
		if valid == "no" {
			a.Verdict = gait.Detected
			a.Summary = "the browser's position is one that no device reports"
			a.First, a.Best = f.Described, f.Described
			return a
		}
		km, ok := number(f, "geo.distance_km")
		if !ok {
			return unknown("where the address is cannot be told: name a city database")
		}
		if m, ok := number(f, "geo.accuracy_m"); ok && m > vagueM {
			return unknown("the browser's position is too vague")
		}
		a.Summary = fmt.Sprintf("the browser's position is %.0f km from where its address is", km)
		a.Measures = []gait.Measure{{Name: "distance", Value: km, Unit: "km", Threshold: farKm, Fires: ">="}}
		if km >= farKm {
			a.Verdict = gait.Detected
			a.First, a.Best = f.Described, f.Described
		}
		return a
	},
}))

// number reads a trait that holds a number.
func number(f *gait.Features, name string) (float64, bool) {
	v, ok := f.Trait(name)
	if !ok {
		return 0, false
	}
	x, err := strconv.ParseFloat(v, 64)
	return x, err == nil
}
