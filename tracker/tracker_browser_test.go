//go:build browser

package tracker_test

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/bundle"
	"github.com/gaithq/gait/tracker"
	"github.com/gaithq/gait/wire"
)

// A received batch.
type batch struct {
	gait.Batch
	secret gait.SecretHash
	beacon bool // plain JSON, as the last flush sends it
}

// What one scenario's site has received. Its mode says how it answers.
type site struct {
	mode     string
	Requests int `json:"requests"`
	Refused  int `json:"refused"`
	Resets   int `json:"resets"`
	Nonsense int `json:"nonsense"`

	bodies  [][]byte // decompressed, accepted or not
	gzipped int
	batches []batch // accepted, each once, in the order of arrival
	invalid []string
}

func (s *site) events(kind gait.Kind) []gait.Event {
	var found []gait.Event
	for _, b := range s.batches {
		for _, e := range b.Events {
			if e.Kind == kind {
				found = append(found, e)
			}
		}
	}
	return found
}

func (s *site) texts(kind gait.Kind) []string {
	var texts []string
	for _, e := range s.events(kind) {
		texts = append(texts, e.Text)
	}
	return texts
}

func (s *site) trait(name string) string {
	value := ""
	for _, e := range s.events(gait.Trait) {
		if e.Name == name {
			value = e.Text
		}
	}
	return value
}

// target returns the number of the element described so.
func (s *site) target(t *testing.T, code gait.TargetCode, name string) int32 {
	t.Helper()
	for _, e := range s.events(gait.Describe) {
		if e.Code == int32(code) && e.Text == name {
			return e.Target
		}
	}
	t.Errorf("no target of kind %d named %q", code, name)
	return -2
}

// server plays Gait's edge: it answers by mode and keeps what it accepts.
type server struct {
	*httptest.Server
	unit []byte

	mu    sync.Mutex
	sites map[string]*site
	below int // batches to an endpoint below a path
}

func newServer(t *testing.T) *server {
	t.Helper()
	unit, err := bundle.Build("..", bundle.Bundle{Entry: "tracker/testdata/browser/unit.ts", Out: "unit.js", Target: api.ES2022})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{unit: unit, sites: map[string]*site{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/batch", s.batch)
	mux.HandleFunc("POST /below/v1/batch", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.below++
		s.mu.Unlock()
		s.batch(w, r)
	})
	mux.HandleFunc("GET /control/{what}", s.control)
	mux.HandleFunc("GET /rt.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", tracker.ContentType)
		_, _ = w.Write(tracker.Script().Body)
	})
	mux.HandleFunc("GET /v1/probes.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", tracker.ContentType)
		_, _ = io.WriteString(w, probesStub)
	})
	mux.HandleFunc("GET /below/v1/probes.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", tracker.ContentType)
		w.WriteHeader(http.StatusNotFound)
	})
	mux.HandleFunc("GET /unit.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", tracker.ContentType)
		_, _ = w.Write(s.unit)
	})
	mux.HandleFunc("GET /{site}/{page...}", page)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// of returns a site; s.mu must be held.
func (s *server) of(name string) *site {
	if s.sites[name] == nil {
		s.sites[name] = &site{mode: "up"}
	}
	return s.sites[name]
}

func (s *server) batch(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	body, gzipped := raw, bytes.HasPrefix(raw, []byte{0x1f, 0x8b})
	if gzipped {
		zr, err := gzip.NewReader(bytes.NewReader(raw))
		if err == nil {
			body, err = io.ReadAll(zr)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	var head struct {
		Site string `json:"site"`
	}
	_ = json.Unmarshal(body, &head)

	s.mu.Lock()
	defer s.mu.Unlock()
	to := s.of(head.Site)
	to.Requests++
	to.bodies = append(to.bodies, body)
	if gzipped {
		to.gzipped++
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	refuse := func(status int, more string) {
		to.Refused++
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"code":"test","message":"as told"}%s}`, more)
	}
	switch to.mode {
	case "503":
		refuse(http.StatusServiceUnavailable, `,"retry_after_ms":150`)
		return
	case "400":
		refuse(http.StatusBadRequest, "")
		return
	case "403":
		refuse(http.StatusForbidden, "")
		return
	case "reset":
		to.Resets++
		panic(http.ErrAbortHandler)
	case "nonsense":
		to.Nonsense++
		fmt.Fprint(w, "<html>Please log in to the network</html>")
		return
	}
	var decoder wire.Decoder
	envelope, err := decoder.Decode(body)
	if err != nil {
		to.invalid = append(to.invalid, fmt.Sprintf("%v: %s", err, body))
		refuse(http.StatusBadRequest, "")
		return
	}
	got := envelope.Batch
	known := slices.ContainsFunc(to.batches, func(b batch) bool {
		return b.Session == got.Session && b.Page == got.Page && b.Seq == got.Seq
	})
	if !known {
		to.batches = append(to.batches, batch{Batch: got, secret: envelope.Secret, beacon: !gzipped})
	}
	fmt.Fprintf(w, `{"ack":%d}`, got.Seq)
}

func (s *server) control(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := s.of(r.FormValue("site"))
	if r.PathValue("what") == "mode" {
		to.mode = r.FormValue("mode")
	}
	var state struct {
		*site
		Letters string   `json:"letters"`
		Users   []string `json:"users"`
		Traits  []string `json:"traits"`
	}
	state.site = to
	state.Users, state.Traits = []string{}, []string{}
	letters := map[gait.Kind]string{
		gait.Open: "o", gait.Click: "c", gait.Submit: "S", gait.UserID: "U", gait.Tags: "T", gait.Navigate: "n", gait.Wheel: "w", gait.Copy: "y",
		gait.Raw: "r", gait.Log: "g", gait.Identity: "I", gait.Scroll: "s", gait.Edited: "e", gait.Input: "i", gait.Release: "u",
	}
	for _, b := range to.batches {
		for _, e := range b.Events {
			state.Letters += letters[e.Kind]
			switch e.Kind {
			case gait.UserID:
				state.Users = append(state.Users, e.Text)
			case gait.Trait:
				state.Traits = append(state.Traits, e.Name)
			}
		}
	}
	_ = json.NewEncoder(w).Encode(state)
}

// page serves every page under a strict policy: the tracker must do without
// inline scripts, evaluation and anything that Trusted Types guard.
func page(w http.ResponseWriter, r *http.Request) {
	name, path := r.PathValue("site"), r.PathValue("page")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-n'; connect-src 'self' http://127.0.0.1:*; frame-src 'self' http://localhost:*; style-src 'unsafe-inline'; require-trusted-types-for 'script'; trusted-types gait")
	script := fmt.Sprintf(`<script nonce="n" src="/rt.js" data-site-key="pub-%s" data-user-id="from-attribute" data-tags="a, b"></script>`, name)
	listen := `<script nonce="n">
		window.readyIDs = [];
		window.idAtOnce = window.getRoundtableSessionId?.();
		addEventListener("roundtable:ready", () => readyIDs.push(getRoundtableSessionId()));
	</script>`
	kind, _, _ := strings.Cut(path, "/")
	if attributes, ok := variants[kind]; ok {
		script = strings.Replace(script, "></script>", " "+attributes+"></script>", 1)
	}
	head := `<!doctype html><html><head><meta name="viewport" content="width=device-width"><title>page</title>` + script + listen
	switch kind {
	case "alias":
		fmt.Fprintf(w, `<!doctype html><script nonce="n" src="/rt.js" data-key="%s"></script>`+form, "a7f3c2e1")
	case "signals":
		fmt.Fprint(w, `<!doctype html><script nonce="n">window.gait = [["log", "Came early"], ["identify", { id: "id-1", name: "Jane Doe", url: "https://example.org/jane" }], ["unknown", 1]];</script>`+script+listen+signalForm)
	case "privacy":
		fmt.Fprint(w, head+privateForm)
	case "elsewhere-frame":
		_, port, _ := strings.Cut(r.Host, ":")
		fmt.Fprint(w, head+`<iframe src="http://localhost:`+port+`/`+name+`/form"></iframe>`)
	case "blank":
		fmt.Fprint(w, "<!doctype html><title>blank</title>")
	case "unit":
		fmt.Fprint(w, `<!doctype html><script nonce="n" src="/unit.js"></script>`)
	case "elsewhere":
		_, port, _ := strings.Cut(r.Host, ":")
		fmt.Fprint(w, strings.Replace(head, `src="/rt.js"`, `src="http://127.0.0.1:`+port+`/rt.js"`, 1)+form)
	case "endpoint":
		fmt.Fprint(w, strings.Replace(head, `src="/rt.js"`, `src="/rt.js" data-endpoint="/below/"`, 1)+form)
	case "twice":
		fmt.Fprint(w, head+script+form)
	case "framing":
		fmt.Fprint(w, head+`<iframe src="form"></iframe>`)
	case "secrets":
		fmt.Fprint(w, head+secretForm)
	default:
		fmt.Fprint(w, head+form)
	}
}

// What pages say in their script tags.
var variants = map[string]string{
	"asking":   `data-consent="required"`,
	"out":      `data-sample="0"`,
	"in":       `data-sample="1" data-probes="false"`,
	"excludes": `data-exclude="/excluded/excludes/hidden*, *?hide=1"`,
	"blocking": `data-auto-block="true"`,
}

const probesStub = `(() => {
	const key = Symbol.for("gait.probes"), given = window[key];
	delete window[key];
	given.say("stub.originals", typeof given.originals);
	given.say("Bad Name", "x");
	given.say("stub.long", "x".repeat(600));
})();`

const signalForm = `<body style="margin:0;height:4000px"><form action="#">
<input id="name" value="first second"> <textarea id="notes"></textarea>
<div id="editor" contenteditable="true">some words here</div>
<input type="radio" id="radio" name="r"><input type="date" id="date">
<button id="act" type="button" data-gait-action="Signed in">Sign in</button>
<div id="box" style="width:200px;height:80px;overflow:auto"><div style="height:900px">tall</div></div>
<a id="anchor" href="#far">Far</a>
</form><input id="far" style="position:absolute;top:3000px">`

const privateForm = `<body><form action="#">
<input id="password" type="password"><input id="code" autocomplete="one-time-code"><input id="card" autocomplete="cc-number">
<a id="link" href="#">Write to jane.marker@example.org</a>
<div data-gait-mask><button id="person" type="button">Jane Maskmarker</button><input id="field"><textarea id="area"></textarea>
<div id="rich" contenteditable="true">x</div><input type="checkbox" id="check"></div>
<button id="send">Send</button></form>
<script nonce="n">document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());</script>`

const form = `<body style="margin:0;height:4000px"><form action="#">
<label for="name">Your name</label> <input id="name" name="first" autocomplete="name">
<textarea id="notes"></textarea>
<select id="choice"><option>one<option>two</select>
<label><input type="checkbox" id="agree"> I agree</label>
<button id="plain" type="button"><b><i>Plain</i> button</b></button>
<button id="send">Send it</button>
</form><div id="shadow-host"></div>
<script nonce="n">
	document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
	const inside = document.createElement("button");
	inside.id = "inside";
	inside.textContent = "In the shadow";
	document.querySelector("#shadow-host").attachShadow({ mode: "open" }).append(inside);
</script>`

const secretForm = `<body><form action="#">
<input id="password" type="password">
<input id="code" autocomplete="one-time-code">
<input id="card" autocomplete="section-a cc-number">
<input id="shown" type="password">
<input id="named" name="user_password">
<div data-gait-mask><button id="masked" type="button">Account of maskedmarker</button></div>
<button id="mail" type="button">Mail jane.doe@example.org</button>
<label id="editing">Notes <textarea>prefilledmarker</textarea></label>
<button id="send">Send</button>
</form>
<closed-field id="opaque"></closed-field>
<script nonce="n">
	document.querySelector("#opaque").attachShadow({ mode: "closed" }).append(Object.assign(document.createElement("input"), { type: "password" }));
	document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());</script>`

// driver is the process that plays scenarios in Chromium.
type driver struct {
	in  io.Writer
	out *bufio.Reader
}

func newDriver(t *testing.T, base string) *driver {
	t.Helper()
	cmd := exec.Command("node", filepath.Join("testdata", "browser", "drive.mjs"), base)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		timeout := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		defer timeout.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the driver ended with %v", err)
		}
	})
	d := &driver{in: in, out: bufio.NewReader(out)}
	if line, err := d.out.ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("the driver did not start Chromium: %q, %v", line, err)
	}
	return d
}

// play runs a scenario, in which nothing may go wrong inside of the page.
func (d *driver) play(t *testing.T, name string, result any) {
	t.Helper()
	if _, err := fmt.Fprintln(d.in, name); err != nil {
		t.Fatal(err)
	}
	line, err := d.out.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Result json.RawMessage
		Errors []string
		Error  string
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	for _, e := range answer.Errors {
		t.Errorf("an error in the page: %s", e)
	}
	if answer.Error != "" {
		t.Error(answer.Error)
	} else if err := json.Unmarshal(answer.Result, result); err != nil {
		t.Errorf("%v: %s", err, answer.Result)
	}
}

func TestInChromium(t *testing.T) {
	s := newServer(t)
	d := newDriver(t, s.URL)

	run := func(name string, result any, check func(*testing.T, *site)) {
		t.Run(name, func(t *testing.T) {
			d.play(t, name, result)
			s.mu.Lock()
			defer s.mu.Unlock()
			got := s.of("pub-" + name)
			for _, why := range got.invalid {
				t.Errorf("an invalid batch: %s", why)
			}
			checkOrder(t, got)
			check(t, got)
		})
	}

	var flow struct {
		AtOnce, ID string
		Ready      []string
	}
	run("flow", &flow, func(t *testing.T, got *site) { checkFlow(t, got, flow.AtOnce, flow.ID, flow.Ready) })

	run("secrets", new(any), checkSecrets)

	run("outage", new(any), func(t *testing.T, got *site) {
		want := []string{"from-attribute", "during-0", "during-1", "during-2", "during-3", "during-4", "after-reset", "up-again"}
		equal(t, "user ids", got.texts(gait.UserID), want)
		if n := len(got.batches); n > 5 {
			t.Errorf("%d batches: what waits should gather", n)
		}
	})

	var leaving struct {
		ID    string
		Saved int
		Same  bool
		Left  *string
	}
	run("leaving", &leaving, func(t *testing.T, got *site) {
		if !leaving.Same || leaving.Saved == 0 || leaving.Left != nil {
			t.Errorf("session kept: %v, saved %d characters, left in storage: %v", leaving.Same, leaving.Saved, leaving.Left)
		}
		equal(t, "documents", urls(got), []string{"/leaving/form", "/leaving/second", "/leaving/third"})
		equal(t, "user ids", got.texts(gait.UserID), []string{"from-attribute", "first-document", "from-attribute", "from-attribute", "third-document"})
		if id := got.batches[0].Session.String(); id != leaving.ID {
			t.Errorf("session %s, the page said %s", id, leaving.ID)
		}
	})

	var left *string
	t.Run("corrupt", func(t *testing.T) {
		d.play(t, "corrupt", &left)
		if left != nil {
			t.Errorf("left in storage: %s", *left)
		}
	})

	var refused struct {
		Requests int
		ID       string
	}
	run("refused", &refused, func(t *testing.T, got *site) {
		if got.Requests != 1 || len(got.batches) != 0 {
			t.Errorf("%d requests after a 403, want 1", got.Requests)
		}
		if len(refused.ID) != 32 {
			t.Errorf("session id %q", refused.ID)
		}
	})

	t.Run("dropped", func(t *testing.T) {
		d.play(t, "dropped", new(any))
		s.mu.Lock()
		defer s.mu.Unlock()
		got := s.of("pub-dropped")
		if got.Refused != 1 {
			t.Errorf("%d refused, want 1", got.Refused)
		}
		// The description went down with the dropped batch.
		target := got.target(t, gait.TargetButton, "Plain button")
		if clicks := got.events(gait.Click); len(clicks) != 1 || clicks[0].Target != target {
			t.Errorf("clicks %+v, want one on %d", clicks, target)
		}
	})

	var id string
	run("nostorage", &id, func(t *testing.T, got *site) {
		if got.batches[0].Session.String() != id {
			t.Errorf("session %s, the page said %s", got.batches[0].Session, id)
		}
	})

	run("bare", new(any), func(t *testing.T, got *site) {
		if got.gzipped > 0 {
			t.Errorf("%d gzipped bodies without CompressionStream", got.gzipped)
		}
		equal(t, "routes", paths(got.texts(gait.Navigate)), []string{"/bare/routed", "/bare/form"})
		if got.trait("probes") != "blocked" {
			t.Error("probes that a policy forbids are not told of")
		}
	})

	run("hostile", new(any), func(t *testing.T, got *site) {
		if len(got.events(gait.Press)) == 0 || got.gzipped == 0 {
			t.Error("the page could break the tracker")
		}
	})

	var patched bool
	run("routes", &patched, func(t *testing.T, got *site) {
		equal(t, "routes", paths(got.texts(gait.Navigate)), []string{"/routes/step/…/next", "/routes/step/…/next", "/routes/step/…/end", "/routes/form"})
		var codes []gait.NavCode
		for _, e := range got.events(gait.Navigate) {
			codes = append(codes, gait.NavCode(e.Code))
		}
		equal(t, "codes", codes, []gait.NavCode{gait.NavPush, gait.NavHash, gait.NavReplace, gait.NavTraverse})
		if patched {
			t.Error("history was patched though there is a Navigation API")
		}
	})

	run("twice", new(any), func(t *testing.T, got *site) {
		if n := len(got.events(gait.Open)); n != 1 {
			t.Errorf("opened %d times", n)
		}
		if n := len(got.events(gait.Click)); n != 1 {
			t.Errorf("one click was seen %d times", n)
		}
	})

	var duplicate struct{ First, Second, Ready, Later string }
	run("duplicate", &duplicate, func(t *testing.T, got *site) {
		if duplicate.First == duplicate.Second || duplicate.Ready != duplicate.Second || duplicate.Later != duplicate.First {
			t.Errorf("sessions: %+v", duplicate)
		}
		secrets := map[gait.SessionID]gait.SecretHash{}
		for _, b := range got.batches {
			if other, ok := secrets[b.Session]; ok && other != b.secret {
				t.Errorf("session %s has two secrets", b.Session)
			}
			secrets[b.Session] = b.secret
			for _, e := range b.Events {
				if e.Kind == gait.Open && (b.Session.String() == duplicate.Second) != strings.HasSuffix(e.Text, "/second") {
					t.Errorf("%s arrived in session %s", e.Text, b.Session)
				}
			}
		}
		if len(secrets) != 2 || secrets[got.batches[0].Session] == secrets[got.batches[1].Session] && got.batches[0].Session != got.batches[1].Session {
			t.Errorf("%d sessions, want 2 with a secret each", len(secrets))
		}
	})

	var framed []string
	run("frames", &framed, func(t *testing.T, got *site) {
		if len(framed) != 2 || framed[0] != framed[1] {
			t.Errorf("sessions of the page and its frame: %v", framed)
		}
		var flags []gait.Flags
		for _, e := range got.events(gait.Open) {
			flags = append(flags, e.Flags&gait.Framed)
		}
		slices.Sort(flags)
		equal(t, "framed", flags, []gait.Flags{0, gait.Framed})
	})

	var back struct{ Kept, Persisted, Same bool }
	run("back", &back, func(t *testing.T, got *site) {
		if !back.Kept || !back.Persisted || !back.Same {
			t.Fatalf("not back from the cache with its session: %+v", back)
		}
		first := got.batches[0].Page
		var shown, described int
		for _, b := range got.batches {
			for _, e := range b.Events {
				if b.Page == first && e.Kind == gait.Life && e.Code == int32(gait.PageShow) {
					shown++
				}
				if b.Page == first && e.Kind == gait.Describe && e.Text == "Plain button" {
					described++
				}
			}
		}
		if shown != 1 || described != 2 {
			t.Errorf("shown again %d times, want 1; described %d times, want 2", shown, described)
		}
	})

	run("closing", new(any), func(t *testing.T, got *site) {
		last := got.batches[len(got.batches)-1]
		if !last.beacon || !slices.ContainsFunc(last.Events, func(e gait.Event) bool { return e.Kind == gait.Life && e.Code == int32(gait.PageHide) }) {
			t.Errorf("the last batch is no last flush: %+v", last)
		}
	})

	run("elsewhere", new(any), func(t *testing.T, got *site) {
		for _, u := range got.texts(gait.Open) {
			if !strings.HasPrefix(u, "http://localhost:") {
				t.Errorf("opened %s", u)
			}
		}
	})

	run("endpoint", new(any), func(t *testing.T, got *site) {
		if s.below == 0 {
			t.Error("data-endpoint was not used")
		}
		if got.trait("probes") != "blocked" {
			t.Error("probes that cannot be loaded are not told of")
		}
	})

	run("rollover", new(any), func(t *testing.T, got *site) {
		var slots []string
		for _, b := range got.batches {
			for _, e := range b.Events {
				switch e.Kind {
				case gait.KeyDown:
					slots = append(slots, fmt.Sprint("k", e.Slot))
					if e.Flags&gait.Repeat != 0 {
						slots = append(slots, "repeat")
					}
				case gait.KeyUp:
					slots = append(slots, fmt.Sprint("K", e.Slot))
				}
			}
		}
		equal(t, "slots", slots, strings.Fields("k0 k1 K0 k0 K1 K0  k0  k0 k0 repeat K0"))
	})

	t.Run("flood", func(t *testing.T) {
		var took float64
		d.play(t, "flood", &took)
		if took > 1000 {
			t.Errorf("2000 calls took %.0f ms", took)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		got := s.of("pub-flood")
		size, gap := 0, false
		var seq uint32
		for _, b := range got.batches {
			gap = gap || b.Seq > seq+1
			seq = b.Seq
			for _, e := range b.Events {
				size += len(e.Text)
			}
		}
		if size < 400_000 || size > 700_000 || !gap {
			t.Errorf("%d characters were kept, and a gap: %v", size, gap)
		}
	})

	signals(t, run)

	var failures []string
	run("unit", &failures, func(t *testing.T, _ *site) {
		for _, failure := range failures {
			t.Error(failure)
		}
	})
}

// checkOrder asserts what is so in every scenario: within a page the sequence has
// no gap, events go forward, and a target is described before it is used.
func checkOrder(t *testing.T, got *site) {
	t.Helper()
	next := map[gait.PageID]uint32{}
	left := map[gait.PageID]bool{}
	last := map[gait.PageID]gait.Tick{}
	described := map[gait.PageID]map[int32]bool{}
	for _, b := range got.batches {
		// A beacon may overtake the request that is under way when the page is left.
		left[b.Page] = left[b.Page] || b.beacon
		if b.Seq != next[b.Page] && !left[b.Page] {
			t.Errorf("page %s: batch %d came when %d was due", b.Page, b.Seq, next[b.Page])
		}
		next[b.Page] = b.Seq + 1
	}
	batches := slices.Clone(got.batches)
	slices.SortStableFunc(batches, func(a, b batch) int {
		return cmp.Or(bytes.Compare(a.Page[:], b.Page[:]), cmp.Compare(a.Seq, b.Seq))
	})
	for _, b := range batches {
		if b.Events[len(b.Events)-1].T > b.Sent {
			t.Errorf("page %s: batch %d has an event later than it was sent", b.Page, b.Seq)
		}
		if described[b.Page] == nil {
			described[b.Page] = map[int32]bool{}
		}
		for _, e := range b.Events {
			if e.T < last[b.Page] {
				t.Errorf("page %s: an event at %d after one at %d", b.Page, e.T, last[b.Page])
			}
			last[b.Page] = e.T
			switch e.Kind {
			case gait.Describe:
				described[b.Page][e.Target] = true
			case gait.Copy, gait.Scroll, gait.Press, gait.Click, gait.KeyDown, gait.Input, gait.Paste, gait.Edited, gait.Submit, gait.FieldFocus:
				if e.Target >= 0 && !described[b.Page][e.Target] {
					t.Errorf("page %s: target %d was used before it was described", b.Page, e.Target)
				}
			}
		}
	}
}

func has(events []gait.Event, match func(gait.Event) bool) bool {
	return slices.ContainsFunc(events, match)
}

// The scenarios of what an operator can want, and of the rarer signals.
func signals(t *testing.T, run func(string, any, func(*testing.T, *site))) {
	run("signals", new(any), func(t *testing.T, got *site) {
		if w := got.events(gait.Wheel); !has(w, func(e gait.Event) bool { return e.Y == 40 && e.X == 0 && e.N == 1 && e.Code == 0 }) {
			t.Errorf("wheel: %+v", w)
		}
		var copies [][2]int32
		for _, e := range got.events(gait.Copy) {
			copies = append(copies, [2]int32{e.Code, e.N})
		}
		equal(t, "copies", copies, [][2]int32{{0, 6}, {1, 6}})
		inputs := got.events(gait.Input)
		name, editor := got.target(t, gait.TargetText, ""), got.target(t, gait.TargetEdit, "")
		for what, match := range map[string]func(gait.Event) bool{
			"replaced in a field": func(e gait.Event) bool {
				return e.Target == name && e.Code == int32(gait.InputInsert) && e.Flags == gait.Replaced && e.N == -5
			},
			"typed without": func(e gait.Event) bool {
				return e.Target == name && e.Code == int32(gait.InputInsert) && e.Flags == 0 && e.N == 1
			},
			"replaced in text": func(e gait.Event) bool { return e.Target == editor && e.Flags == gait.Replaced && e.N == -14 },
			"undone":           func(e gait.Event) bool { return e.Target == name && e.Code == int32(gait.InputHistory) },
			"radio": func(e gait.Event) bool {
				return e.Target == got.target(t, gait.TargetCheck, "") && e.Code == int32(gait.InputChange)
			},
			"date": func(e gait.Event) bool {
				return e.Target == got.target(t, gait.TargetPicker, "") && e.Code == int32(gait.InputChange)
			},
		} {
			if !has(inputs, match) {
				t.Errorf("%s: not among %+v", what, inputs)
			}
		}
		scrolls := got.events(gait.Scroll)
		if !has(scrolls, func(e gait.Event) bool { return e.Target >= 0 && e.Y > 10 }) {
			t.Errorf("no scroll of an element: %+v", scrolls)
		}
		if !has(scrolls, func(e gait.Event) bool { return e.Target == -1 && e.Y > 1000 && e.Flags&gait.Focusing != 0 }) {
			t.Errorf("no scroll that came with a focus: %+v", scrolls)
		}
		if has(scrolls, func(e gait.Event) bool { return e.Target >= 0 && e.Flags&gait.Focusing != 0 }) {
			t.Errorf("a wheel's scroll as if it came with a focus: %+v", scrolls)
		}
		navs := got.events(gait.Navigate)
		if !has(navs, func(e gait.Event) bool {
			return e.Code == int32(gait.NavHash) && strings.HasSuffix(e.Text, "/signals/signals")
		}) {
			t.Errorf("no jump to an anchor: %+v", navs)
		}
		if raws := got.events(gait.Raw); !has(raws, func(e gait.Event) bool { return e.N >= e.Code && e.Code >= 3 && e.X >= 3 }) {
			t.Errorf("raw: %+v", raws)
		}
		logs := got.texts(gait.Log)
		equal(t, "log", slices.Compact(slices.Clone(logs)), []string{"Came early", "Signed in", "Paid", "again"})
		if len(logs) < 20 || len(logs) > 40 {
			t.Errorf("%d of 63 entries were sent", len(logs))
		}
		equal(t, "user", append(got.texts(gait.UserID), got.texts(gait.Identity)...), []string{"from-attribute", "id-1", "Jane Doe", "https://example.org/jane"})
		if got.trait("stub.originals") != "object" || len(got.trait("stub.long")) != 512 || got.trait("Bad Name") != "" || got.trait("probes") != "" {
			t.Errorf("the probes' traits: %+v", got.events(gait.Trait))
		}
		if got.trait("motion") != "reduce" || got.trait("gpc") != "true" {
			t.Errorf("motion %q, gpc %q", got.trait("motion"), got.trait("gpc"))
		}
	})

	run("touch", new(any), func(t *testing.T, got *site) {
		for _, kind := range []gait.Kind{gait.Press, gait.Move, gait.Release} {
			if events := got.events(kind); !has(events, func(e gait.Event) bool { return e.Flags&gait.Touch != 0 }) {
				t.Errorf("kind %d: %+v", kind, events)
			}
		}
		if u := got.events(gait.Release); !has(u, func(e gait.Event) bool { return e.Code == -1 }) {
			t.Errorf("the browser took no pointer over: %+v", u)
		}
	})

	var consent struct {
		Before, First, Withdrawn, Second string
		Stored, Left                     []string
		Requests                         int
	}
	run("consent", &consent, func(t *testing.T, got *site) {
		if consent.Before != "" || consent.Withdrawn != "" || len(consent.First) != 32 || len(consent.Second) != 32 || consent.First == consent.Second {
			t.Errorf("%+v", consent)
		}
		equal(t, "stored before", consent.Stored, nil)
		equal(t, "left after", consent.Left, []string{"gaitConsent"})
		if consent.Requests != 0 {
			t.Errorf("%d requests without consent", consent.Requests)
		}
		ids := map[string]bool{}
		for _, b := range got.batches {
			ids[b.Session.String()] = true
		}
		if len(ids) != 2 || !ids[consent.First] || !ids[consent.Second] {
			t.Errorf("sessions %v, want %s and %s", ids, consent.First, consent.Second)
		}
		equal(t, "users", got.texts(gait.UserID), []string{"early", "from-attribute", "from-attribute"})
		equal(t, "documents", urls(got), []string{"/consent/asking", "/consent/form", "/consent/form"})
		equal(t, "log", got.texts(gait.Log), []string{"while", "again"})
	})

	var sampled struct {
		ID    string
		Ready int
		Out   int
	}
	run("sampled", &sampled, func(t *testing.T, got *site) {
		if len(sampled.ID) != 32 || sampled.Ready != 1 || sampled.Out != 0 {
			t.Errorf("%+v", sampled)
		}
		equal(t, "documents", urls(got), []string{"/sampled/in"})
		if got.trait("ua") == "" || got.trait("webdriver") != "true" || got.trait("screen") != "" || got.trait("stub.originals") != "" {
			t.Errorf("probe-free: %+v", got.events(gait.Trait))
		}
	})

	var requests int
	run("excluded", &requests, func(t *testing.T, got *site) {
		if requests != 0 {
			t.Errorf("%d requests from an excluded page", requests)
		}
		equal(t, "documents", urls(got), []string{"/excluded/excludes/open"})
		equal(t, "routes", paths(got.texts(gait.Navigate)), []string{"/excluded/excludes/open2"})
		if n := len(got.events(gait.Click)); n != 2 {
			t.Errorf("%d clicks, want 2", n)
		}
	})

	var leaked []string
	run("privacy", &leaked, func(t *testing.T, got *site) {
		for _, body := range append(got.bodies, []byte(strings.Join(leaked, ""))) {
			for _, marker := range []string{"qzjx7", "jane", "marker", "Mask", "4111", "tokenq"} {
				if bytes.Contains(bytes.ReplaceAll(body, []byte("from-attribute"), nil), []byte(marker)) {
					t.Errorf("%s leaked: %s", marker, body)
				}
			}
		}
		if len(leaked) == 0 {
			t.Error("nothing was kept in the tab while the server was away")
		}
		if n := len(got.events(gait.Edited)); n != 7 {
			t.Errorf("%d secret fields were edited, want 7", n)
		}
		for _, kind := range []gait.Kind{gait.KeyDown, gait.Input, gait.Paste, gait.Copy} {
			if events := got.events(kind); len(events) != 0 {
				t.Errorf("kind %d: %+v", kind, events)
			}
		}
	})

	var cookies struct{ Before, Without, With, Session, After string }
	run("cookie", &cookies, func(t *testing.T, got *site) {
		if cookies.Without != "" || cookies.With != "rt_sid="+cookies.Session || cookies.After != "" {
			t.Errorf("%+v", cookies)
		}
	})

	// The site of this one is its integration id.
	run("a7f3c2e1", new(any), func(*testing.T, *site) {})

	var insecure struct {
		Secure bool
		IDs    []string
	}
	run("insecure", &insecure, func(t *testing.T, got *site) {
		if insecure.Secure || len(insecure.IDs) != 2 || insecure.IDs[0] != insecure.IDs[1] || len(insecure.IDs[0]) != 32 {
			t.Errorf("%+v", insecure)
		}
		equal(t, "documents", urls(got), []string{"/insecure/form", "/insecure/second"})
		if len(got.events(gait.Raw)) != 0 || len(got.events(gait.Click)) != 2 || len(got.events(gait.Move)) < 3 {
			t.Errorf("raw %+v, clicks %+v", got.events(gait.Raw), got.events(gait.Click))
		}
	})

	run("clock", new(any), func(t *testing.T, got *site) {
		equal(t, "users", got.texts(gait.UserID), []string{"from-attribute", "years-ahead", "from-attribute", "right-again"})
	})

	run("down", new(any), func(t *testing.T, got *site) {
		want := []string{"from-attribute", "first", "from-attribute", "second"}
		equal(t, "users", got.texts(gait.UserID), want)
		if clicks := got.events(gait.Click); len(clicks) != 2 {
			t.Errorf("%d clicks, want 2", len(clicks))
		}
	})

	var crossed []string
	run("crossframe", &crossed, func(t *testing.T, got *site) {
		if len(crossed) != 2 || crossed[0] == crossed[1] {
			t.Errorf("sessions of the page and a frame of another site: %v", crossed)
		}
		for _, b := range got.batches {
			for _, e := range b.Events {
				if e.Kind == gait.Open && (e.Flags&gait.Framed != 0) != (b.Session.String() == crossed[1]) {
					t.Errorf("session %s: %+v", b.Session, e)
				}
			}
		}
	})

	var prerendered struct{ Requests int }
	run("prerender", &prerendered, func(t *testing.T, got *site) {
		if prerendered.Requests != 0 || len(got.events(gait.Open)) != 1 {
			t.Errorf("%d requests before the page was visited", prerendered.Requests)
		}
	})
}

func checkFlow(t *testing.T, got *site, atOnce, id string, ready []string) {
	if len(atOnce) != 32 || atOnce != id {
		t.Errorf("the session id right after the script was %q, later %q", atOnce, id)
	}
	equal(t, "ready", ready, []string{id})
	if got.gzipped == 0 {
		t.Error("nothing was gzipped")
	}
	for _, body := range got.bodies {
		if bytes.Contains(body, []byte("querymarker")) || bytes.Contains(body, []byte("hashmarker")) {
			t.Errorf("query or fragment leaked: %s", body)
		}
	}

	open := got.events(gait.Open)
	if len(open) != 1 || open[0].X != 800 || open[0].Y != 600 || open[0].Flags != 0 || !strings.HasSuffix(open[0].Text, "/flow/form") {
		t.Errorf("open: %+v", open)
	}
	for name, pattern := range map[string]string{
		"timer": `^0\.\d+$`, "ua": `^Mozilla/5\.0 `, "platform": `^Linux`, "lang": `^en`, "touch": `^0$`,
		"screen": `^800x600x24@1$`, "webdriver": `^true$`, "webdriver.at": `^proto$`, "webdriver.native": `^true$`, "tracker": `^\d+\.\d+\.\d+$`,
	} {
		if value := got.trait(name); !regexp.MustCompile(pattern).MatchString(value) {
			t.Errorf("trait %s is %q, want %s", name, value, pattern)
		}
	}
	equal(t, "user ids", got.texts(gait.UserID), []string{"from-attribute", "user-1"})
	equal(t, "tags", got.texts(gait.Tags), []string{"a,b", "one,two,three"})

	moves := got.events(gait.Move)
	if len(moves) < 8 || !slices.ContainsFunc(moves, func(e gait.Event) bool { return e.X == 150 && e.Y == 115 && e.Flags == 0 }) {
		t.Errorf("%d moves: %+v", len(moves), moves)
	}

	name := got.target(t, gait.TargetText, "")
	presses := got.events(gait.Press)
	if p := presses[0]; p.Target != name || p.OffX*2 < p.BoxW-20 || p.OffX*2 > p.BoxW+20 || p.OffY*2 < p.BoxH-20 || p.OffY*2 > p.BoxH+20 || p.BoxW < 500 || p.Code != 0 {
		t.Errorf("the press on the name is not in its centre: %+v", p)
	}
	for _, e := range got.events(gait.Describe) {
		if e.Target == name && e.N != int32(gait.PurposeName) {
			t.Errorf("purpose of the name: %d", e.N)
		}
	}

	var keys []gait.KeyClass
	held := map[uint8]gait.Tick{}
	for _, b := range got.batches {
		for _, e := range b.Events {
			switch e.Kind {
			case gait.KeyDown:
				if e.Flags != 0 {
					t.Errorf("flags of a key: %+v", e)
				}
				keys = append(keys, gait.KeyClass(e.Code))
				held[uint8(e.Slot)] = e.T
			case gait.KeyUp:
				if _, ok := held[uint8(e.Slot)]; !ok {
					t.Errorf("a release without a press: %+v", e)
				}
				delete(held, uint8(e.Slot))
			}
		}
	}
	if len(held) != 0 {
		t.Errorf("still held: %v", held)
	}
	typed := []gait.KeyClass{
		gait.KeyLetter, gait.KeyLetter, gait.KeyLetter, gait.KeySpace, gait.KeyDigit, gait.KeyDigit, gait.KeyPunctuation, gait.KeyErase,
		gait.KeyModifier, gait.KeyShortcut, gait.KeyModifier, gait.KeyShortcut, gait.KeyEnter,
	}
	equal(t, "keys", keys, typed)

	notes := got.target(t, gait.TargetArea, "")
	var changes [][3]int32
	for _, e := range got.events(gait.Input) {
		if e.Target == name || e.Target == notes {
			changes = append(changes, [3]int32{e.Target, e.Code, e.N})
		}
	}
	var wanted [][3]int32
	for range 7 {
		wanted = append(wanted, [3]int32{name, int32(gait.InputInsert), 1})
	}
	wanted = append(wanted, [3]int32{name, int32(gait.InputDelete), -1})
	if len(changes) == len(wanted)+2 {
		// A filled field and a pasted text.
		fill, paste := changes[len(wanted)], changes[len(wanted)+1]
		if fill[2] != 14 || paste != [3]int32{notes, int32(gait.InputPaste), 16} {
			t.Errorf("fill %v, paste %v", fill, paste)
		}
		changes = changes[:len(wanted)]
	}
	equal(t, "changes", changes, wanted)
	if pastes := got.events(gait.Paste); len(pastes) != 1 || pastes[0].Target != notes || pastes[0].N != 16 {
		t.Errorf("pastes: %+v", pastes)
	}

	choice, agree := got.target(t, gait.TargetSelect, ""), got.target(t, gait.TargetCheck, "")
	var changed []int32
	for _, e := range got.events(gait.Input) {
		if e.Code == int32(gait.InputChange) {
			changed = append(changed, e.Target)
		}
	}
	equal(t, "changed", changed, []int32{choice, agree})

	scrolls := got.events(gait.Scroll)
	if !slices.ContainsFunc(scrolls, func(e gait.Event) bool { return e.Y >= 100 && e.Flags == 0 }) {
		t.Errorf("scrolls: %+v", scrolls)
	}

	plain, shadow, send := got.target(t, gait.TargetButton, "Plain button"), got.target(t, gait.TargetButton, "In the shadow"), got.target(t, gait.TargetButton, "Send it")
	var clicked [][2]int32
	for _, e := range got.events(gait.Click) {
		clicked = append(clicked, [2]int32{e.Target, int32(e.Flags)})
	}
	equal(t, "clicks", clicked, [][2]int32{
		{name, 0},
		{agree, 0},
		{plain, int32(gait.Untrusted | gait.NoPointer)},
		{plain, int32(gait.NoPointer)},
		{shadow, 0},
		{send, 0},
	})
	submits := got.events(gait.Submit)
	if len(submits) != 1 || submits[0].Target != got.target(t, gait.TargetForm, "") || submits[0].Flags != 0 {
		t.Errorf("submits: %+v", submits)
	}
	var focused []int32
	for _, e := range got.events(gait.FieldFocus) {
		focused = append(focused, e.Target)
	}
	if !slices.Contains(focused, name) || !slices.Contains(focused, notes) || slices.Contains(focused, plain) {
		t.Errorf("focused: %v", focused)
	}
}

func checkSecrets(t *testing.T, got *site) {
	for _, body := range got.bodies {
		for _, marker := range []string{"qzjx7", "jane.doe", "4111111", "marker"} {
			if bytes.Contains(body, []byte(marker)) {
				t.Errorf("%s leaked: %s", marker, body)
			}
		}
	}
	for _, kind := range []gait.Kind{gait.KeyDown, gait.KeyUp, gait.Input, gait.Paste} {
		if events := got.events(kind); len(events) != 0 {
			t.Errorf("of secret fields, %d events of kind %d: %+v", len(events), kind, events)
		}
	}
	edited := map[int32]bool{}
	for _, e := range got.events(gait.Edited) {
		edited[e.Target] = true
	}
	if n := len(got.events(gait.Edited)); n != 6 || len(edited) != 6 {
		t.Errorf("%d times edited, of %d fields, want 6 of 6", n, len(edited))
	}
	secret := 0
	for _, e := range got.events(gait.Describe) {
		if edited[e.Target] && e.Code == int32(gait.TargetSecret) {
			secret++
		}
	}
	// Of the closed shadow root only its host is seen.
	if secret != 5 {
		t.Errorf("%d of the edited fields were described as secret, want 5", secret)
	}
	got.target(t, gait.TargetButton, "")
	got.target(t, gait.TargetButton, "Mail …")
	equal(t, "documents", urls(got), []string{"/secrets/secrets/…/…"})
}

func urls(got *site) []string { return paths(got.texts(gait.Open)) }

func paths(urls []string) []string {
	var paths []string
	for _, u := range urls {
		paths = append(paths, regexp.MustCompile(`^http://[^/]+`).ReplaceAllString(u, ""))
	}
	return paths
}

func equal[T comparable](t *testing.T, what string, have, want []T) {
	t.Helper()
	if !slices.Equal(have, want) {
		t.Errorf("%s:\nhave %v\nwant %v", what, have, want)
	}
}
