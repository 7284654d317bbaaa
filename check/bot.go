package check

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gaithq/gait"
)

// bot finds browsers that say, or cannot hide, that a program drives them:
// navigator.webdriver, its property changed by hand, a headless user agent,
// objects that automation leaves behind.
var bot = device(&gait.Check{
	Key: "bot", Title: "Automated browser", Group: gait.EnvironmentGroup,
	Judge: func(f *gait.Features) gait.Answer {
		webdriver, seen := f.Trait("webdriver")
		if !seen {
			return unknown("the page's description of the browser did not arrive")
		}
		var marks []string
		if webdriver == "true" {
			marks = append(marks, "navigator.webdriver is true")
		}
		if where, ok := f.Trait("webdriver.at"); ok && where == "own" {
			marks = append(marks, "navigator.webdriver was redefined")
		}
		if native, ok := f.Trait("webdriver.native"); ok && native == "false" {
			marks = append(marks, "the getter of navigator.webdriver is not the browser's own")
		}
		if ua, _ := f.Trait("ua"); headless(ua) {
			marks = append(marks, "the browser calls itself headless")
		} else if ua, _ := f.Trait("header.user-agent"); headless(ua) {
			marks = append(marks, "the request calls the browser headless")
		}
		if globals, _ := f.Trait("globals"); globals != "" {
			marks = append(marks, "automation left objects in the page: "+strings.ReplaceAll(globals, ",", ", "))
		}
		marks = append(marks, probed(f)...)
		a := gait.Answer{
			Verdict:  gait.NotDetected,
			Samples:  len(f.Traits),
			Summary:  "no mark of automation in what the browser says of itself",
			Measures: []gait.Measure{{Name: "marks", Value: float64(len(marks)), Threshold: 1, Fires: ">="}},
		}
		if len(marks) > 0 {
			a.Verdict = gait.Detected
			a.Summary = strings.Join(marks, "; ")
			a.First, a.Best = f.Described, f.Described
		}
		return a
	},
})

// drivers are names that a driver's scripts leave in the stack when they move the
// focus or fill a field. docs/adr holds what was tried and measured.
var drivers = regexp.MustCompile(`UtilityScript|\bpptr:|__playwright|__puppeteer|selenium|webdriver`)

// probed are marks that only the probes see. What extensions and open developer
// tools change too (the console being read, other functions replaced) is no mark.
func probed(f *gait.Features) []string {
	var marks []string
	if stack, _ := f.Trait("stack"); drivers.MatchString(stack) {
		marks = append(marks, "a driver's script acted in the page: "+drivers.FindString(stack))
	}
	if own, _ := f.Trait("nav.own"); slices.Contains(strings.Split(own, ","), "webdriver") {
		marks = append(marks, "navigator has a webdriver of its own")
	}
	if natives, _ := f.Trait("natives"); strings.Contains(natives, "Navigator.webdriver=") {
		marks = append(marks, "the webdriver property was replaced")
	}
	if frame, _ := f.Trait("frame"); strings.Contains(frame, "webdriver=") {
		marks = append(marks, "a fresh frame says otherwise of webdriver")
	}
	return marks
}

func headless(ua string) bool { return strings.Contains(ua, "Headless") }
