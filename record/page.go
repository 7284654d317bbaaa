package record

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/asset"
)

//go:embed ui
var ui embed.FS

// pages are the templates. Each is complete with the layout that all share.
var pages = struct{ welcome, task, done *template.Template }{parse("welcome.html"), parse("task.html"), parse("done.html")}

func parse(name string) *template.Template {
	return template.Must(template.New("layout.html").ParseFS(ui, "ui/layout.html", "ui/"+name))
}

// view is what the templates are given.
type view struct {
	Title   string
	SiteKey string // empty on a page without the tracker
	Script  string
	Extra   bool
	Task    *Task
	Person  bool // a person who agreed, not a driver
	Number  int  // of the task, from 1
	Of      int
	File    string
}

// contentPolicy leaves the pages only what they ship. It is not sent with a script
// of the operator's, which may need more.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

func (rec *Recorder) render(w http.ResponseWriter, t *template.Template, v view) {
	var body bytes.Buffer
	if err := t.Execute(&body, v); err != nil {
		panic(err) // the templates and their data are ours
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if !v.Extra {
		h.Set("Content-Security-Policy", contentPolicy)
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	w.Write(body.Bytes())
}

// tracked is the view of a page that is recorded.
func (rec *Recorder) tracked(title string) view {
	return view{Title: title, SiteKey: rec.cfg.SiteKey, Script: rec.cfg.Script, Extra: rec.cfg.Extra != nil, File: rec.cfg.Out.Name()}
}

// welcome is the page on which a person agrees. Nothing is recorded on it.
func (rec *Recorder) welcome(w http.ResponseWriter, _ *http.Request) {
	rec.render(w, pages.welcome, view{Title: "Record yourself", Of: tasks, File: rec.cfg.Out.Name()})
}

// task answers /task/7 with the page and /task/7.json with what to do on it.
func (rec *Recorder) task(w http.ResponseWriter, r *http.Request) {
	text, asJSON := strings.CutSuffix(r.PathValue("seed"), ".json")
	seed, err := parseSeed(text)
	if err != nil {
		rec.fail(w, r, err)
		return
	}
	t := NewTask(seed)
	if asJSON {
		writeJSON(w, http.StatusOK, struct {
			Seed  uint64 `json:"seed"`
			Title string `json:"title"`
			Steps []Step `json:"steps"`
		}{t.Seed, t.Title, t.Steps})
		return
	}
	v := rec.tracked(t.Title)
	v.Task = &t
	if i := rec.visit(r).place(seed); i >= 0 {
		v.Person, v.Number, v.Of = true, i+1, tasks
	}
	rec.render(w, pages.task, v)
}

// done is where a form leads: to a person's next task, or to the end.
func (rec *Recorder) done(w http.ResponseWriter, r *http.Request) {
	seed, err := parseSeed(r.PathValue("seed"))
	if err != nil {
		rec.fail(w, r, err)
		return
	}
	visit := rec.visit(r)
	i := visit.place(seed)
	if i >= 0 && i+1 < len(visit.seeds) {
		http.Redirect(w, r, taskPath(visit.seeds[i+1]), http.StatusSeeOther)
		return
	}
	v := rec.tracked("Thank you")
	v.Person = i >= 0
	rec.render(w, pages.done, v)
}

func parseSeed(s string) (uint64, error) {
	seed, err := strconv.ParseUint(s, 10, 64)
	if err != nil || seed > MaxSeed || s != strconv.FormatUint(seed, 10) {
		return 0, gait.Errorf(gait.NotFound, "no task %.40q: a seed is a whole number from 0 to %d", s, uint64(MaxSeed))
	}
	return seed, nil
}

// assets are the files that pages load.
var assets = map[string]*asset.Asset{
	"record.css": asset.File(ui, "ui/record.css", asset.CSS),
	"task.css":   asset.File(ui, "ui/task.css", asset.CSS),
	"welcome.js": asset.File(ui, "ui/welcome.js", asset.JavaScript),
	"task.js":    asset.File(ui, "ui/task.js", asset.JavaScript),
	"done.js":    asset.File(ui, "ui/done.js", asset.JavaScript),
	"icon.svg":   asset.File(ui, "ui/icon.svg", asset.SVG),
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	a, ok := assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	a.ServeHTTP(w, r)
}
