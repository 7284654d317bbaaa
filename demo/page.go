package demo

import (
	"bytes"
	"html/template"
	"net/http"
)

// contentPolicy leaves the pages only what they ship: nothing inline, nothing of
// another host, no framing.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// link is one of the demos in the switcher.
type link struct {
	Path, Name string
	Current    bool
}

// view is what the templates are given.
type view struct {
	SiteKey, Script, Shop, Style, Icon string
	Demos                              []link
	Survey                             any // the survey's page
}

// newView is the view of the demo at path.
func newView(c Config, path string) view {
	demos := []link{
		{Path: "/demo/signup", Name: "Signup"},
		{Path: "/demo/survey", Name: "Survey"},
		{Path: "/demo/shop", Name: "Shop"},
		{Path: "/demo/bots", Name: "Bots"},
	}
	for i := range demos {
		demos[i].Current = demos[i].Path == path
	}
	return view{
		SiteKey: c.SiteKey,
		Script:  at("demo.js"),
		Shop:    at("shop.js"),
		Style:   at("demo.css"),
		Icon:    at("icon.svg"),
		Demos:   demos,
	}
}

// parse reads a page's template into the layout that all share.
func parse(name string) *template.Template {
	return template.Must(template.New("layout.html").ParseFS(files, "ui/layout.html", "ui/panel.html", "ui/"+name))
}

// render makes a page. The templates and their data are ours: they cannot fail.
func render(t *template.Template, v view) []byte {
	var body bytes.Buffer
	if err := t.Execute(&body, v); err != nil {
		panic(err)
	}
	return body.Bytes()
}

// fixed serves a page that is the same for everyone, rendered once.
func fixed(c Config, name, path string) http.Handler {
	html := render(parse(name), newView(c, path))
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writePage(w, html)
	})
}

func writePage(w http.ResponseWriter, html []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Cache-Control", "no-cache")
	w.Write(html)
}
