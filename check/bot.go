package check

import (
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

func headless(ua string) bool { return strings.Contains(ua, "Headless") }
