//go:build browser

package replay

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait/ingest"
)

// outside listens where nobody is to be contacted, and counts who is. It returns its
// port.
func (s *shop) outside(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.requests["outside"]++
			s.mu.Unlock()
			_ = c.Close()
		}
	}()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// send posts what nobody's recorder made.
func (s *shop) send(t *testing.T, path, body string) {
	t.Helper()
	w, err := http.Post(s.URL+path, "text/plain", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	if w.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", path, w.StatusCode)
	}
}

// forger builds what a recorder would not send.
type forger struct {
	id int
	to string // where the browser is to be lured
}

func (f *forger) node(tag string, attributes map[string]any, children ...any) map[string]any {
	f.id++
	n := map[string]any{"type": 2, "id": f.id, "tagName": tag, "attributes": attributes, "childNodes": children}
	if attributes == nil {
		n["attributes"] = map[string]any{}
	}
	if children == nil {
		n["childNodes"] = []any{}
	}
	return n
}

func (f *forger) text(text string) map[string]any {
	f.id++
	return map[string]any{"type": 3, "id": f.id, "textContent": text}
}

func (f *forger) svg(tag string, attributes map[string]any, children ...any) map[string]any {
	n := f.node(tag, attributes, children...)
	n["isSVG"] = true
	return n
}

// lures are elements each of which has the browser contact somebody, if it is let.
func (f *forger) lures() []any {
	type a = map[string]any
	var list []any
	add := func(tag string, attributes a, children ...any) {
		list = append(list, f.node(tag, attributes, children...))
	}
	for _, rel := range []string{
		"preconnect", "dns-prefetch", "prefetch", "prerender", "preload", "modulepreload", "stylesheet", "icon", "manifest", "import",
		"PRECONNECT", "alternate dns-prefetch preconnect", "next", "expect",
	} {
		for _, as := range []string{"script", "image", "font", "style", "fetch", "document"} {
			add("link", a{"rel": rel, "href": f.to + rel, "as": as, "crossorigin": ""})
		}
	}
	add("LINK", a{"REL": "preconnect", "HREF": f.to})
	add("meta", a{"http-equiv": "refresh", "content": "0;url=" + f.to})
	add("meta", a{"http-equiv": "x-dns-prefetch-control", "content": "on"})
	add("meta", a{"http-equiv": "link", "content": "<" + f.to + ">; rel=preconnect"})
	add("base", a{"href": f.to, "target": "_top"})
	add("script", a{"src": f.to}, f.text("fetch('"+f.to+"')"))
	add("script", a{"type": "speculationrules"}, f.text(`{"prefetch":[{"urls":["`+f.to+`"],"eagerness":"immediate"}]}`))
	add("img", a{"src": f.to + "img", "srcset": f.to + "set 2x", "lowsrc": f.to, "onerror": "fetch('" + f.to + "')"})
	add("img", a{"rr_dataURL": f.to, "rr_width": "9px", "rr_height": "9px"})
	add("canvas", a{"rr_dataURL": f.to})
	add("picture", nil, f.node("source", a{"srcset": f.to}), f.node("img", nil))
	add("video", a{"src": f.to, "poster": f.to, "autoplay": "", "preload": "auto", "rr_mediaState": "played"}, f.node("track", a{"src": f.to, "default": ""}))
	add("audio", a{"src": f.to, "autoplay": ""})
	add("iframe", a{"src": f.to, "srcdoc": `<link rel=preconnect href="` + f.to + `"><img src="` + f.to + `">`, "rr_src": f.to})
	add("frame", a{"src": f.to})
	add("object", a{"data": f.to, "codebase": f.to, "classid": f.to})
	add("embed", a{"src": f.to, "type": "text/html"})
	add("applet", a{"archive": f.to})
	add("input", a{"type": "image", "src": f.to})
	add("table", a{"background": f.to})
	add("a", a{"href": f.to, "ping": f.to, "attributionsrc": f.to}, f.text("a link"))
	add("form", a{"action": f.to}, f.node("button", a{"formaction": f.to}))
	add("q", a{"cite": f.to})
	for _, css := range f.sheets() {
		add("style", nil, f.text(css))
		add("style", a{"_cssText": css})
		add("link", a{"_cssText": css, "rel": "stylesheet", "href": f.to}, f.text(css))
		add("STYLE", nil, f.text(css))
	}
	for _, style := range []any{
		"background: url(" + f.to + ")", `background: u\72l("` + f.to + `")`, "--x: url(" + f.to + "); background: var(--x)",
		map[string]any{"background": "url(" + f.to + ")", "--y": []any{"url(" + f.to + ")", "important"}},
	} {
		add("div", a{"style": style}, f.text("styled"))
	}
	list = append(list, f.svg("svg", a{"width": "90", "height": "90", "fill": "url(" + f.to + "#a)", "mask": "url('" + f.to + "#a')"},
		f.svg("image", a{"href": f.to, "width": "9", "height": "9"}), f.svg("image", a{"xlink:href": f.to}),
		f.svg("use", a{"href": f.to + "#a"}), f.svg("filter", nil, f.svg("feImage", a{"href": f.to})),
		f.svg("rect", a{"width": "9", "height": "9", "fill": "url(" + f.to + "#a)", "filter": "url(" + f.to + "#a)", "cursor": "url(" + f.to + "), auto"}),
		f.svg("image", a{"width": "9", "height": "9"}, f.svg("set", a{"attributeName": "href", "to": f.to, "begin": "0s"}), f.svg("animate", a{"attributeName": "href", "values": f.to})),
		f.svg("a", a{"href": f.to}), f.svg("script", a{"href": f.to}), f.svg("style", nil, f.text("rect { fill: url("+f.to+"#a) }")),
	))
	return list
}

// sheets are style sheets each of which loads something, if it is let.
func (f *forger) sheets() []string {
	to := f.to
	return []string{
		`@import url("` + to + `"); @import "` + to + `"; @imp\6frt "` + to + `"; @\69mport url(` + to + `);`,
		`* { background-image: url(` + to + `) } p::before { content: url("` + to + `") } div { cursor: url('` + to + `'), auto }`,
		`* { background-image: u\72l(` + to + `) } p { background: \75\72\6c(` + to + `) } div { background: \000075rl( "` + to + `") }`,
		`* { background-image: image-set("` + to + `" 1x, url(` + to + `) 2x) } p { background: -webkit-image-set(url(` + to + `) 1x) }`,
		`* { background-image: u/**/rl(` + to + `); mask: url/* */(` + to + `) } p { list-style: URL(` + to + `) }`,
		`@font-face { font-family: lured; src: url(` + to + `) } * { font-family: lured } @namespace url(` + to + `);`,
		`* { --x: url(` + to + `); background: var(--x); border-image: url(` + to + `) 9; filter: url(` + to + `#a) }`,
		`* { background: cross-fade(url(` + to + `), url(` + to + `)); shape-outside: src("` + to + `") }`,
		`.a\"b, * { background: url(` + to + `) } .c\"d { background: url("` + to + `") } .e\(f { background: url(` + to,
	}
}

// forge returns the events of a page that lures wherever it can.
func (f *forger) forge(at int64) []any {
	type m = map[string]any
	var events []any
	add := func(kind int, ms int64, data m) {
		events = append(events, m{"type": kind, "timestamp": at + ms, "data": data})
	}
	style := f.node("style", nil, f.text("p { color: rgb(1, 2, 3) }"))
	styleText := style["childNodes"].([]any)[0].(m)["id"]
	dark := f.node("style", nil, f.text(":root { color-scheme: light dark } @media (prefers-color-scheme: dark) { #box { outline: 1px solid rgb(4, 5, 6) } }"))
	link := f.node("link", m{"media": "all"})
	box := f.node("div", m{"id": "box"})
	img := f.node("img", nil)
	canvas := f.node("canvas", nil)
	video := f.node("video", nil)
	meta := f.node("meta", nil)
	head := f.node("head", nil, append([]any{style, dark, link, meta}, f.lures()...)...)
	body := f.node("body", m{"background": f.to}, append([]any{f.node("p", nil, f.text("A forged page")), box, img, canvas, video}, f.lures()...)...)
	html := f.node("html", m{"manifest": f.to, "xmlns": f.to}, head, body)
	f.id++
	document := m{"type": 0, "id": f.id, "childNodes": []any{m{"type": 1, "id": f.id + 1, "name": "html", "publicId": f.to, "systemId": f.to}, html}}
	f.id++
	add(4, 0, m{"href": f.to, "width": 800, "height": 600, "dark": true})
	add(2, 1, m{"node": document, "initialOffset": m{"top": 0, "left": 0}})

	incremental := func(ms int64, source int, data m) {
		data["source"] = source
		add(3, ms, data)
	}
	change := func(ms int64, adds, texts, attributes []any) {
		incremental(ms, 0, m{"adds": adds, "removes": []any{}, "texts": texts, "attributes": attributes})
	}
	var adds []any
	for _, n := range f.lures() {
		adds = append(adds, m{"parentId": box["id"], "nextId": nil, "node": n})
	}
	f.id++
	frame := m{"type": 0, "id": f.id, "childNodes": []any{f.node("html", nil, append([]any{}, f.lures()...)...)}}
	change(300, adds, []any{}, []any{})
	incremental(350, 0, m{"isAttachIframe": true, "removes": []any{}, "texts": []any{}, "attributes": []any{}, "adds": []any{m{"parentId": box["id"], "nextId": nil, "node": frame}}})
	attributes := []any{
		m{"id": link["id"], "attributes": m{"rel": "preconnect", "href": f.to}},
		m{"id": img["id"], "attributes": m{"src": f.to, "srcset": f.to}},
		m{"id": meta["id"], "attributes": m{"http-equiv": "refresh", "content": "0;url=" + f.to}},
		m{"id": video["id"], "attributes": m{"poster": f.to, "src": f.to}},
		m{"id": box["id"], "attributes": m{"style": m{"background-image": "url(" + f.to + ")"}}},
		m{"id": body["id"], "attributes": m{"style": `background: u\72l(` + f.to + `)`, "background": f.to}},
	}
	change(400, []any{}, []any{}, attributes)
	for i, css := range f.sheets() {
		ms := int64(450 + 10*i)
		change(ms, []any{}, []any{m{"id": styleText, "value": css}}, []any{m{"id": style["id"], "attributes": m{"_cssText": css}}, m{"id": link["id"], "attributes": m{"_cssText": css}}})
		incremental(ms+1, 8, m{"id": style["id"], "adds": []any{m{"rule": css, "index": 0}}})
		incremental(ms+2, 15, m{"id": document["id"], "styleIds": []any{i + 1}, "styles": []any{m{"styleId": i + 1, "rules": []any{m{"rule": css, "index": 0}}}}})
		incremental(ms+3, 8, m{"styleId": i + 1, "replaceSync": css})
	}
	incremental(600, 13, m{"id": style["id"], "index": []any{0}, "set": m{"property": "background", "value": "url(" + f.to + ")"}})
	incremental(610, 10, m{"family": "lured", "fontSource": "url(" + f.to + ")", "buffer": false})
	incremental(620, 9, m{"id": canvas["id"], "type": 0, "commands": []any{m{"property": "drawImage", "args": []any{m{"rr_type": "HTMLImageElement", "src": f.to}, 0, 0}}}})
	incremental(630, 7, m{"id": video["id"], "type": 0})
	incremental(640, 5, m{"id": img["id"], "text": f.to, "isChecked": false})
	incremental(650, 11, m{"payload": f.to})
	add(1, 900, m{"href": f.to})
	incremental(1500, 3, m{"id": document["id"], "x": 0, "y": 1})
	return events
}

// TestForged: whoever looks at what somebody made up contacts nobody by it, and finds no
// element in the frame that asks for it.
func TestForged(t *testing.T) {
	s := newShop(t)
	port := s.outside(t)
	sid, page := strings.Repeat("5", 32), strings.Repeat("6", 16)
	now := time.Now().UnixMilli()
	s.send(t, ingest.Path, fmt.Sprintf(`{"v":1,"site":%q,"sid":%q,"secret":%q,"page":%q,"seq":0,"origin":%d,"sent":900,"events":[["m",80,14,26]]}`, siteKey, sid, sid, page, now))
	f := &forger{to: "http://forged.test:" + port + "/"}
	chunk, err := json.Marshal(map[string]any{"v": 1, "site": siteKey, "sid": sid, "secret": sid, "page": page, "seq": 0, "sent": now, "events": f.forge(now)})
	if err != nil {
		t.Fatal(err)
	}
	s.send(t, Path, string(chunk))

	log := filepath.Join(t.TempDir(), "net.json")
	var got struct {
		Shown   string
		Left    []string // what is in the frame of where it is to lure to
		Scheme  string   // colours that a page in a dark browser had
		Ended   float64
		Outside int // connections while it was played
		Control int // and by a page that does what the forged one wants
	}
	s.drive(t, "forged", &got, sid, testKey, port, t.TempDir(), log)
	if !strings.Contains(got.Shown, "A forged page") || !strings.Contains(got.Shown, "styled") || got.Ended < 1499 {
		t.Errorf("%.200q was shown, up to %v ms", got.Shown, got.Ended)
	}
	if got.Scheme != "rgb(4, 5, 6) dark" {
		t.Errorf("to a browser that prefers light it looks like %q, to the visitor's it was dark", got.Scheme)
	}
	if len(got.Left) > 0 {
		t.Errorf("in the frame there is %q", got.Left)
	}
	if got.Outside != 0 || got.Control == 0 {
		t.Errorf("%d connections, and %d by a page that makes them", got.Outside, got.Control)
	}
	// The browser's own log tells of what it tried, too.
	raw, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), "control.test") {
		t.Errorf("the browser's log of %d bytes says nothing of the page that makes connections", len(raw))
	}
	if at := strings.Index(string(raw), "forged.test"); at >= 0 {
		t.Errorf("the browser's log tells of it: %s", raw[max(0, at-300):min(len(raw), at+100)])
	}
}
