package demo

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gaithq/gait"
)

// The survey is built like most surveys are: a document for each page, a form in
// it, and a redirect to the next page once the answers are good. Answers are
// looked at and forgotten; nothing is kept on the server.

// maxAnswers bounds the body of a page's answers.
const maxAnswers = 64 << 10

// Kinds of questions, by which the template draws them.
const (
	oneOf  = "one"    // radio buttons
	manyOf = "many"   // a grid of checkboxes
	choice = "select" // a drop-down
	slider = "range"
	scale  = "scale"  // 0 to 10 as radio buttons
	matrix = "matrix" // a row of radio buttons for each item
	text   = "text"   // a few sentences
)

// question is one question and, where a page is shown again, what was answered.
type question struct {
	Name, Kind, Label, Hint string
	Options                 []option
	Rows                    []option // of a matrix: each is a field NAME-ROW
	Low, High               string   // what the ends of a slider or scale mean
	Min, Max, Step, Start   int      // of a slider
	Unit                    string
	Lines                   int // of a text
	Optional                bool
	Help                    string // what is missing

	given map[string][]string
}

type option struct{ Value, Label string }

// Given reports whether an option was chosen.
func (q question) Given(name, value string) bool { return slices.Contains(q.given[name], value) }

// Text returns what was entered.
func (q question) Text() string { return strings.Join(q.given[q.Name], " ") }

// At returns where a slider stands.
func (q question) At() int {
	if v, err := strconv.Atoi(q.Text()); err == nil {
		return min(max(v, q.Min), q.Max)
	}
	return q.Start
}

// check says what is missing in the answer, or nothing.
func (q question) check(form map[string][]string) string {
	answered := func(name string) bool {
		return slices.ContainsFunc(form[name], func(v string) bool { return strings.TrimSpace(v) != "" })
	}
	if q.Kind == matrix {
		open := 0
		for _, row := range q.Rows {
			if !answered(q.Name + "-" + row.Value) {
				open++
			}
		}
		switch open {
		case 0:
			return ""
		case 1:
			return "One row has no answer yet."
		default:
			return strconv.Itoa(open) + " rows have no answer yet."
		}
	}
	if q.Optional || answered(q.Name) {
		return ""
	}
	if q.Kind == text {
		return "A sentence is enough."
	}
	return "Please choose one."
}

// surveyPage is a page as the template gets it.
type surveyPage struct {
	Number, Of int
	Title      string
	Lead       string
	Questions  []question
	Missing    int
	Done       bool
}

func (p surveyPage) First() bool { return p.Number == 1 }
func (p surveyPage) Last() bool  { return p.Number == p.Of }

// Back is where the page before this one is.
func (p surveyPage) Back() string { return surveyPath(p.Number - 1) }

// Steps are the pages as the progress bar shows them.
func (p surveyPage) Steps() []bool {
	steps := make([]bool, p.Of)
	for i := range steps {
		steps[i] = i < p.Number
	}
	return steps
}

func surveyPath(number int) string {
	if number == 1 {
		return "/demo/survey"
	}
	return "/demo/survey/" + strconv.Itoa(number)
}

type survey struct {
	config Config
	page   *template.Template
}

func newSurvey(c Config) survey { return survey{c, parse("survey.html")} }

// at returns the page that an address names.
func (survey) at(name string) (surveyPage, bool) {
	if name == "done" {
		return surveyPage{Number: len(surveyPages), Of: len(surveyPages), Title: "Thank you.", Done: true}, true
	}
	number := 1
	if name != "" {
		var err error
		if number, err = strconv.Atoi(name); err != nil || strconv.Itoa(number) != name {
			return surveyPage{}, false
		}
	}
	if number < 1 || number > len(surveyPages) {
		return surveyPage{}, false
	}
	p := surveyPages[number-1]
	p.Number, p.Of = number, len(surveyPages)
	p.Questions = slices.Clone(p.Questions)
	return p, true
}

func (s survey) write(w http.ResponseWriter, p surveyPage) {
	v := newView(s.config, "/demo/survey")
	v.Survey = p
	writePage(w, render(s.page, v))
}

func (s survey) show(w http.ResponseWriter, r *http.Request) {
	p, ok := s.at(r.PathValue("page"))
	if !ok {
		writeProblem(w, gait.Errorf(gait.NotFound, "the survey has no such page"))
		return
	}
	s.write(w, p)
}

// take looks at a page's answers: on to the next one, or the same again with what
// is missing.
func (s survey) take(w http.ResponseWriter, r *http.Request) {
	p, ok := s.at(r.PathValue("page"))
	if !ok || p.Done {
		writeProblem(w, gait.Errorf(gait.NotFound, "the survey has no such page"))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxAnswers)
	if err := r.ParseForm(); err != nil {
		writeProblem(w, gait.Errorf(gait.Invalid, "these answers cannot be read"))
		return
	}
	for i := range p.Questions {
		q := &p.Questions[i]
		q.given = r.PostForm
		if q.Help = q.check(r.PostForm); q.Help != "" {
			p.Missing++
		}
	}
	if p.Missing > 0 {
		s.write(w, p) // 200: browsers log any 4xx of a document as an error
		return
	}
	next := "/demo/survey/done"
	if !p.Last() {
		next = surveyPath(p.Number + 1)
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}
