package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gaithq/gait"
)

// bot finds browsers that say, or cannot hide, that a program drives them. A mark is
// what no person's browser shows, and one is enough: navigator.webdriver, its
// property changed or removed, a headless user agent, objects and frames that
// drivers leave behind, a plugin's disguise, a screen that is only told to the page.
// Hints are what people's tools show as well (open developer tools, an extension
// that changes the user agent); however many, they are no mark. Some become one
// beside a browser that was started as hardly anybody starts one to use it.
// docs/adr/2026-11-22-device.md says of each why people do not show it.
var bot = device(&gait.Check{
	Key: "bot", Title: "Automated browser", Group: gait.EnvironmentGroup,
	Judge: func(f *gait.Features) gait.Answer {
		if _, seen := f.Trait("webdriver"); !seen {
			return unknown("the page's description of the browser did not arrive")
		}
		g, measured := readGeometry(f)
		marks := append(told(f), left(f)...)
		if measured && emulated(f, g) {
			marks = append(marks, fmt.Sprintf("the page is told of a screen of %.0fx%.0f, smaller than the window on it", g.avail.w, g.avail.h))
		}
		beside := append(debugged(f, g), contradictions(f)...)
		if started := startedFor(f); started != "" && len(beside) > 0 {
			marks = append(marks, started+", and "+beside[0])
		}
		hints := append(beside, changes(f, g)...)
		if probes, _ := f.Trait("probes"); probes == "blocked" && len(marks) == 0 {
			return unknown("the tracker's probes were blocked")
		}
		a := gait.Answer{
			Verdict: gait.NotDetected,
			Samples: len(f.Traits),
			Summary: "no mark of automation in what the browser says of itself",
			Measures: []gait.Measure{
				{Name: "marks", Value: float64(len(marks)), Threshold: 1, Fires: ">="},
				{Name: "hints", Value: float64(len(hints))},
			},
		}
		switch {
		case len(marks) > 0:
			a.Verdict = gait.Detected
			a.Summary = strings.Join(marks, "; ")
			a.First, a.Best = f.Described, f.Described
		case len(hints) > 0:
			a.Summary += "; seen, as people's tools show it too: " + strings.Join(hints, "; ")
		}
		return a
	},
})

// told are marks in what the browser itself says.
func told(f *gait.Features) []string {
	var marks []string
	add := func(found bool, mark string) {
		if found {
			marks = append(marks, mark)
		}
	}
	webdriver := value(f, "webdriver")
	add(webdriver == "true", "navigator.webdriver is true")
	add(webdriver == "absent" && chromium(f) >= alwaysWebdriver && v8(f) && desktop(f), "navigator.webdriver was removed")
	add(value(f, "webdriver.at") == "own", "navigator.webdriver was redefined")
	add(value(f, "webdriver.native") == "false", "the getter of navigator.webdriver is not the browser's own")
	switch {
	case headless(value(f, "ua")):
		marks = append(marks, "the browser calls itself headless")
	case headless(value(f, "header.user-agent")):
		marks = append(marks, "the request calls the browser headless")
	}
	return marks
}

// alwaysWebdriver is a version of Chromium that has navigator.webdriver on every
// page: it came to all with 89, and versions before 100 are left in peace.
const alwaysWebdriver = 100

// drivers are names that a driver's scripts leave in the stack when they move the
// focus or fill a field; element-6066-11e4 is how WebDriver writes down an element.
// docs/adr holds what was tried and measured.
var drivers = regexp.MustCompile(`UtilityScript|\bpptr:|__playwright|__puppeteer|selenium|webdriver|\belement-6066-11e4`)

// left are marks that a driver, or what hides one, leaves in the page.
func left(f *gait.Features) []string {
	var marks []string
	if globals := value(f, "globals"); globals != "" {
		marks = append(marks, "automation left objects in the page: "+strings.ReplaceAll(globals, ",", ", "))
	}
	if driver := drivers.FindString(value(f, "stack")); driver != "" {
		marks = append(marks, "a driver's script acted in the page: "+driver)
	}
	if slices.Contains(strings.Split(value(f, "nav.own"), ","), "webdriver") {
		marks = append(marks, "navigator has a webdriver of its own")
	}
	natives := value(f, "natives")
	if strings.Contains(natives, "Navigator.webdriver=") {
		marks = append(marks, "the webdriver property was replaced")
	}
	if strings.Contains(value(f, "frame"), "webdriver=") {
		marks = append(marks, "a fresh frame says otherwise of webdriver")
	}
	if disguised(natives) && v8(f) {
		marks = append(marks, "what plays media was replaced, and the functions' text was changed to hide it")
	}
	return marks
}

// disguised reports whether canPlayType and Function's toString are both stand-ins
// that answer every question as the originals do, and only end otherwise when they
// are misused. Extensions for codecs replace the one without hiding it; extensions
// that hide what they replace leave codecs alone.
func disguised(natives string) bool {
	list := strings.Split(natives, ",")
	return slices.Contains(list, "HTMLMediaElement.canPlayType=c") && slices.Contains(list, "Function.toString=c")
}

// emulated reports whether the screen was made up to fit the viewport: it is as
// large as that, and the window around is larger than both. Developer tools do this
// for their pages, too, but then the console is read; an extension that changes the
// screen leaves its getters in natives or its properties on screen; Brave makes the
// window fit the viewport.
func emulated(f *gait.Features, g geometry) bool {
	const frame = 40 // CSS px that tabs and an address bar are higher than
	return g.inner == g.avail && g.outer.h >= g.avail.h+frame && g.outer.w >= g.avail.w &&
		value(f, "console") == "unread" && value(f, "screen.own") == "none" &&
		!strings.Contains(value(f, "natives"), "Screen.") && !strings.Contains(value(f, "engine"), "brave") &&
		chromium(f) > 0 && desktop(f)
}

// softwareEnded is the version of Chromium from which a browser that a person
// starts on Linux draws no WebGL in software: SwiftShader has to be asked for by a
// switch. It was deprecated in 139 and ended in steps. An administrator can ask for it
// by policy, but on other systems, so only Linux counts.
const softwareEnded = 144

// startedFor says what shows that the browser was started for a program, "" if
// nothing does.
func startedFor(f *gait.Features) string {
	if strings.Contains(value(f, "gl.renderer"), "SwiftShader") && chromium(f) >= softwareEnded &&
		strings.HasPrefix(value(f, "platform"), "Linux") && desktop(f) {
		return "the browser was started with a switch that draws WebGL in software"
	}
	return ""
}

// debugged are hints that drivers share with developer tools, and windows that are
// not on a screen.
func debugged(f *gait.Features, g geometry) []string {
	var hints []string
	if value(f, "console") == "read" {
		hints = append(hints, "its console is read")
	}
	switch {
	case g.outer == g.inner && (g.left+g.outer.w > g.availLeft+g.avail.w || g.top+g.outer.h > g.availTop+g.avail.h):
		hints = append(hints, "its window has no frame and reaches beyond the screen")
	case g.portrait && g.avail.w > g.avail.h && chromium(f) > 0 && desktop(f):
		hints = append(hints, "its screen is wide and said to stand upright")
	}
	return hints
}

// changes are hints that many people give: an extension replaced functions, the
// window spans two screens, the page is zoomed out. They stand for themselves.
func changes(f *gait.Features, g geometry) []string {
	var hints []string
	if natives := value(f, "natives"); natives != "" && natives != "same" {
		hints = append(hints, "functions were replaced: "+strings.ReplaceAll(natives, ",", ", "))
	}
	if own := value(f, "nav.own"); own != "" && own != "none" {
		hints = append(hints, "navigator has properties of its own: "+strings.ReplaceAll(own, ",", ", "))
	}
	if frame := value(f, "frame"); frame != "" && frame != "same" {
		hints = append(hints, "a fresh frame says otherwise: "+frame)
	}
	const slack = 16 // CSS px that a maximised window may be larger than the screen
	switch {
	case g.outer.w > g.avail.w+slack || g.outer.h > g.avail.h+slack:
		hints = append(hints, "the window is larger than the screen")
	case g.inner.w > g.outer.w || g.inner.h > g.outer.h:
		hints = append(hints, "the viewport is larger than the window")
	}
	return hints
}

func headless(ua string) bool { return strings.Contains(ua, "Headless") }
