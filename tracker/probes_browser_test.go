//go:build browser

package tracker_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"unique"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/tracker"
)

// hearing collects what the probes said, by driver.
type hearing struct {
	mu    sync.Mutex
	heard map[string]map[string]string
	bad   []string
}

var traitName = regexp.MustCompile(`^[a-z0-9._-]{1,32}$`)

func (h *hearing) say(w http.ResponseWriter, r *http.Request) {
	var said struct{ Driver, Name, Value string }
	err := json.NewDecoder(r.Body).Decode(&said)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil || !traitName.MatchString(said.Name) || len(said.Value) > 512 {
		h.bad = append(h.bad, fmt.Sprintf("%v: %+v", err, said))
	}
	if h.heard[said.Driver] == nil {
		h.heard[said.Driver] = map[string]string{}
	}
	h.heard[said.Driver][said.Name] = said.Value
	for _, name := range []string{"User-Agent", "Accept-Language", "Sec-Ch-Ua"} {
		if v := r.Header.Get(name); v != "" {
			h.heard[said.Driver]["header."+strings.ToLower(name)] = v
		}
	}
}

func (h *hearing) list(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	heard := h.heard[r.FormValue("driver")]
	if heard == nil {
		heard = map[string]string{}
	}
	_ = json.NewEncoder(w).Encode(heard)
}

// The hand-over as rt.js makes it, and what a page can notice of the probes.
const handOver = `
	const driver = new URLSearchParams(location.search).get("driver");
	let told = Promise.resolve(); // one after the other
	const tell = (Name, Value) => { told = told.then(() => fetch("/said", { method: "POST", body: JSON.stringify({ Driver: driver, Name, Value }) })); };
	window[Symbol.for("gait.probes")] = { say: tell, geo: driver === "playwright-geo" };
	if (driver.includes("-optout-")) Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true });
	// What rt.js says itself.
	tell("webdriver", "webdriver" in navigator ? String(!!navigator.webdriver) : "absent");
	tell("ua", navigator.userAgent);
	tell("platform", navigator.platform);
	tell("lang", navigator.languages.join());
	tell("touch", String(navigator.maxTouchPoints));
	addEventListener("error", (event) => tell("test.error", event.message));
	addEventListener("unhandledrejection", (event) => tell("test.error", String(event.reason)));
	document.addEventListener("securitypolicyviolation", (event) => tell("test.error", event.violatedDirective));
	// What the page waits for: each slice of idle time that the probes take.
	const slices = [], wait = window.requestIdleCallback;
	window.requestIdleCallback = (run, options) => wait.call(window, () => {
		const from = performance.now();
		run();
		slices.push((performance.now() - from).toFixed(1));
	}, options);
	const globals = Object.getOwnPropertyNames(window).join();
	addEventListener("load", () => setTimeout(() => {
		tell("test.slices", slices.join());
		const more = Object.getOwnPropertyNames(window).filter((name) => !globals.includes(name));
		tell("test.left", [...more, ...document.querySelectorAll("iframe,canvas"), Symbol.for("gait.probes") in window].join());
	}, 3000));
`

func probePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-n'; connect-src 'self'; img-src *; require-trusted-types-for 'script'; trusted-types gait")
	tag := ""
	if strings.Contains(r.FormValue("driver"), "-geo") && r.FormValue("driver") != "playwright-geo" {
		tag = `data-site-key="pub-test" data-geolocation="true"`
	}
	fmt.Fprintf(w, `<!doctype html><title>probes</title><input><script nonce="n" %s>%s</script><script nonce="n" src="/probes.js" async></script>`, tag, handOver)
}

// Every driver is asked, and what the probes say of each is logged as a table. What
// separates one from the other on every machine is checked.
func TestProbes(t *testing.T) {
	h := &hearing{heard: map[string]map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /said", h.say)
	mux.HandleFunc("GET /heard", h.list)
	mux.HandleFunc("GET /page", probePage)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.Handle("GET /probes.js", tracker.Probes())
	s := httptest.NewServer(mux)
	defer s.Close()

	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "probes", "drive.mjs"), s.URL)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &errs)
	}
	for line := range strings.Lines(errs.String()) {
		// Xvfb looks for a display that no other server has.
		if !strings.HasPrefix(line, "_XSERVTrans") {
			t.Errorf("in the page's console: %s", line)
		}
	}
	drivers := strings.Fields(string(out))

	h.mu.Lock()
	defer h.mu.Unlock()
	for _, bad := range h.bad {
		t.Errorf("not a trait: %s", bad)
	}
	var table strings.Builder
	tw := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	names := map[string]bool{}
	for _, driver := range drivers {
		for name := range h.heard[driver] {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		for _, driver := range drivers {
			if value, ok := h.heard[driver][name]; ok {
				fmt.Fprintf(tw, "%s\t%s\t%s\n", name, driver, value)
			}
		}
	}
	_ = tw.Flush()
	t.Logf("\n%s", &table)

	expect := func(name, pattern string, of ...string) {
		t.Helper()
		want := regexp.MustCompile("^(?:" + pattern + ")$")
		for _, driver := range of {
			if value, ok := h.heard[driver][name]; !ok || !want.MatchString(value) {
				t.Errorf("%s: %s is %q, want %s", driver, name, value, want)
			}
		}
	}
	// Started by hand and driven by nobody.
	people := []string{"alone", "firefox-alone"}
	for _, driver := range drivers {
		expect("test.left", "false", driver)
		expect("probes", "done", driver)
		if e, ok := h.heard[driver]["test.error"]; ok {
			t.Errorf("%s: an error in the page: %s", driver, e)
		}
	}
	quietly := []string{"alone", "patchright", "patchright-headed", "patchright-window", "patchright-agent", "firefox-alone"}
	loudly := []string{"devtools", "playwright", "playwright-headed", "playwright-geo", "puppeteer", "puppeteer-headed", "stealth", "hidden", "removed", "chromedriver"}
	expect("console", "unread", quietly...)
	expect("console", "read", loudly...)
	expect("natives", "same", append(people, "devtools")...)
	expect("natives", ".*HTMLMediaElement.canPlayType=c,Function.toString=c", "stealth")
	expect("screen.own", "none", drivers...)
	expect("stack", ".*element-6066-11e4.*", "chromedriver")
	expect("natives", "same", "playwright", "patchright", "puppeteer", "firefox-bidi")
	expect("natives", "Permissions.query=tk,WebGLRenderingContext.getParameter=t.*", "hidden")
	expect("webdriver.native", "true", append(people, "playwright", "patchright", "puppeteer", "firefox-bidi")...)
	expect("webdriver.native", "false", "hidden")
	expect("globals", "cdc_left", "hidden")
	expect("nav.own", "none", people...)
	expect("nav.own", "webdriver", "hidden")
	expect("frame", "same", append(people, "playwright", "patchright-headed")...)
	expect("chrome", "absent", "firefox-alone", "firefox-bidi")
	expect("chrome", ".*loadTimes.*", "alone", "playwright")
	expect("pointers", "none", "puppeteer", "firefox-bidi")
	expect("screen.avail", ".* landscape-primary", people...)
	expect("screen.avail", ".* portrait-primary", "puppeteer", "puppeteer-headed")
	expect("pointers", "hover:hover.*", people...)
	expect("engine", `33\|.*captureStackTrace.*`, "alone")
	expect("engine", `37\|.*mozInnerScreenX.*-moz-appearance.*`, "firefox-alone")
	expect("uach", "absent", "firefox-alone")
	expect("stack", ".*UtilityScript.*", "playwright", "playwright-headed")
	expect("stack", ".*pptr:.*", "puppeteer", "puppeteer-headed")
	expect("geo", `52\.52,13\.41,30`, "playwright-geo", "playwright-tag-geo")
	expect("gl", "ok|none|blocked", drivers...)
	h.judge(t, drivers)
	for _, driver := range append(people, "patchright", "patchright-headed") {
		if value, ok := h.heard[driver]["stack"]; ok {
			t.Errorf("%s: stack is %q", driver, value)
		}
	}
	for _, driver := range drivers {
		if value, ok := h.heard[driver]["geo"]; ok && !slices.Contains([]string{"playwright-geo", "playwright-tag-geo"}, driver) {
			t.Errorf("%s: the position is told though nobody asked: %s", driver, value)
		}
	}
}

// judge logs what the check of the browser says of each driver, and checks those that
// do not depend on the machine.
func (h *hearing) judge(t *testing.T, drivers []string) {
	all := check.Checks()
	bot := all[slices.IndexFunc(all, func(c *gait.Check) bool { return c.Key == "bot" })]
	// What is left of patchright in its own window is behaviour; in headless, the rest
	// is the software that draws on a machine without graphics hardware.
	unseen := []string{"alone", "devtools", "firefox-alone", "patchright-window"}
	either := []string{"patchright-agent"}
	var table strings.Builder
	tw := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	for _, driver := range drivers {
		f := new(gait.Features)
		for name, v := range h.heard[driver] {
			f.Traits = append(f.Traits, gait.TraitValue{Name: unique.Make(name), Value: unique.Make(v)})
		}
		a := bot.Judge(f)
		fmt.Fprintf(tw, "%s\t%s\t%s\n", driver, a.Verdict, a.Summary)
		want := gait.Detected
		if slices.Contains(unseen, driver) {
			want = gait.NotDetected
		}
		if a.Verdict != want && !slices.Contains(either, driver) {
			t.Errorf("%s: bot is %v, want %v: %s", driver, a.Verdict, want, a.Summary)
		}
	}
	_ = tw.Flush()
	t.Logf("\n%s", &table)
}
