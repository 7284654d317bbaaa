//go:build browser

package tracker_test

import (
	"fmt"
	"net/http"
	"strings"
)

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
