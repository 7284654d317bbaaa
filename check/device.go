package check

import (
	"slices"
	"strings"

	"github.com/gaithq/gait"
)

// What the browser says of itself, as the checks of the device read it: traits of the
// page, and the headers of its first request.

// value returns a trait, "" where it was not reported.
func value(f *gait.Features, name string) string {
	v, _ := f.Trait(name)
	return v
}

// desktop reports whether the browser runs on a computer without a touch screen,
// as far as it says.
func desktop(f *gait.Features) bool {
	ua := value(f, "ua")
	for _, other := range []string{"Android", "CrOS", "Mobile"} {
		if strings.Contains(ua, other) {
			return false
		}
	}
	return value(f, "touch") == "0"
}

// v8 reports whether the engine is Chromium's, whatever the user agent says: by how
// long the text of a native function is, and by a function that errors have.
func v8(f *gait.Features) bool {
	engine := value(f, "engine")
	return strings.HasPrefix(engine, "33|") && strings.Contains(engine, "captureStackTrace")
}

// chromium returns the version of Chromium, 0 for another browser: as the client
// hints have it, which are changed less often than the user agent.
func chromium(f *gait.Features) int {
	if v := hintsVersion(value(f, "uach")); v > 0 {
		return v
	}
	if v := numberAfter(value(f, "header.sec-ch-ua"), `"Chromium";v="`); v > 0 {
		return v
	}
	return agentVersion(value(f, "ua"))
}

func hintsVersion(uach string) int { return numberAfter(uach, "Chromium ") }

func agentVersion(ua string) int { return numberAfter(ua, "Chrome/") }

// numberAfter returns the number that follows what, 0 where none of at most four
// digits does.
func numberAfter(s, what string) int {
	_, rest, _ := strings.Cut(s, what)
	n := 0
	for i := 0; i < len(rest) && '0' <= rest[i] && rest[i] <= '9'; i++ {
		if n = 10*n + int(rest[i]-'0'); n > 9999 {
			return 0
		}
	}
	return n
}

// contradictions are what the browser says in two ways. People who change their user
// agent or their language, by an extension or in the developer tools, mostly change
// one of them.
func contradictions(f *gait.Features) []string {
	var found []string
	add := func(differ bool, what string) {
		if differ {
			found = append(found, what)
		}
	}
	ua, hints, more := value(f, "ua"), value(f, "uach"), value(f, "uach.more")
	asked := value(f, "header.user-agent")
	add(ua != "" && asked != "" && ua != asked, "the page's user agent is not the request's")

	brands, _, _ := strings.Cut(hints, "|")
	inAgent, inHints := agentVersion(ua), hintsVersion(hints)
	add(inAgent > 0 && inHints > 0 && inAgent != inHints, "the user agent's version is not the client hints'")
	full := more[strings.LastIndexByte(more, '|')+1:]
	add(strings.Contains(full, "Chromium ") && !slices.Equal(brandNames(brands), brandNames(full)), "the client hints name their brands in two ways")
	header := quotes.Replace(value(f, "header.sec-ch-ua"))
	add(header != "" && strings.Contains(brands, "Chromium ") && header != brands, "the page's client hints are not the request's")

	add(!systemAgrees(ua, value(f, "platform")), "the user agent's system is not the platform's")
	add(!samePrimary(value(f, "header.accept-language"), value(f, "lang")), "the page's language is not the request's")
	add(v8(f) && (strings.Contains(ua, "Firefox/") || ua != "" && !strings.Contains(ua, "Chrome/")), "the engine is not the user agent's")
	switch value(f, "notify") {
	case "default/denied", "denied/prompt", "default/granted", "granted/prompt", "granted/denied", "denied/granted":
		found = append(found, "there are two answers on whether the page may notify")
	}
	return found
}

// quotes turns the header Sec-CH-UA into what the page says of its brands.
var quotes = strings.NewReplacer(`";v="`, " ", `", "`, ",", `"`, "")

// brandNames returns the names in a list such as "Chromium 156,Not:A-Brand 8".
func brandNames(list string) []string {
	var names []string
	for brand := range strings.SplitSeq(list, ",") {
		if i := strings.LastIndexByte(brand, ' '); i > 0 {
			names = append(names, brand[:i])
		}
	}
	slices.Sort(names)
	return names
}

// systemAgrees compares the system that the user agent names with navigator.platform,
// where both are known ones.
func systemAgrees(ua, platform string) bool {
	for _, system := range []struct{ agent, platform string }{
		{"Windows NT", "Win"}, {"Macintosh", "Mac"}, {"X11; Linux", "Linux"},
	} {
		if strings.Contains(ua, system.agent) {
			return platform == "" || strings.HasPrefix(platform, system.platform)
		}
	}
	return true
}

// samePrimary compares the first language of a header with the first of a list,
// where both are there.
func samePrimary(header, list string) bool {
	a, _, _ := strings.Cut(header, ",")
	a, _, _ = strings.Cut(a, ";")
	b, _, _ := strings.Cut(list, ",")
	return a == "" || b == "" || a == "*" || strings.EqualFold(strings.TrimSpace(a), b)
}

// geometry is the window and the screen, in CSS px, as they were at one moment.
type geometry struct {
	outer, inner, avail extent // the window, its viewport, the screen without panels
	left, top           float64
	availLeft, availTop float64
	portrait            bool // the screen is said to stand upright
}

type extent struct{ w, h float64 }

// readGeometry reads what the probes say of window and screen; false where they did
// not run, or the browser does not say where its screen begins.
func readGeometry(f *gait.Features) (geometry, bool) {
	var w, s [6]float64
	rest, ok := readNumbers(value(f, "window"), "x@, x", w[:])
	if !ok || rest != "" {
		return geometry{}, false
	}
	orientation, ok := readNumbers(value(f, "screen.avail"), "x@, ", s[:4])
	if !ok {
		return geometry{}, false
	}
	return geometry{
		outer: extent{w[0], w[1]}, left: w[2], top: w[3], inner: extent{w[4], w[5]},
		avail: extent{s[0], s[1]}, availLeft: s[2], availTop: s[3],
		portrait: strings.HasPrefix(orientation, "portrait"),
	}, true
}

// readNumbers reads whole numbers of at most six digits with one separator after
// each, and returns what follows the last separator, or the last number if there
// are fewer separators than numbers.
func readNumbers(s, separators string, into []float64) (rest string, ok bool) {
	for i := range into {
		number, negative := strings.CutPrefix(s, "-")
		digits, n := 0, 0
		for digits < len(number) && '0' <= number[digits] && number[digits] <= '9' {
			n = 10*n + int(number[digits]-'0')
			if digits++; digits > 6 {
				return "", false
			}
		}
		if digits == 0 {
			return "", false
		}
		if negative {
			n = -n
		}
		into[i], s = float64(n), number[digits:]
		if i < len(separators) {
			if s == "" || s[0] != separators[i] {
				return "", false
			}
			s = s[1:]
		}
	}
	return s, true
}
