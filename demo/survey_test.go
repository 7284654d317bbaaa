package demo

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// answer posts a page of the survey.
func answer(page, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/demo/survey/"+page, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	Handler(Config{SiteKey: "pub-test"}).ServeHTTP(w, r)
	return w
}

func TestSurveyGoesOn(t *testing.T) {
	f := func(page, body, next string) {
		t.Helper()
		if w := answer(page, body); w.Code != 303 || w.Header().Get("Location") != next {
			t.Errorf("page %s with %s: %d to %q, want %s", page, body, w.Code, w.Header().Get("Location"), next)
		}
	}
	f("1", "since=year&room=clay", "/demo/survey/2")
	f("2", "when=evening&tools=kiln&tools=wheel", "/demo/survey/3")
	f("2", "when=evening", "/demo/survey/3")
	f("3", "good-light=1&good-heat=2&good-dust=3&good-tidy=4&good-free=0", "/demo/survey/4")
	f("4", "noise=20&price=100&friend=0", "/demo/survey/5")
	f("5", "made=A+bowl.&mend=", "/demo/survey/done")
}

func TestSurveyAsksAgain(t *testing.T) {
	f := func(page, body string, want ...string) {
		t.Helper()
		w := answer(page, body)
		if w.Code != 200 {
			t.Errorf("page %s with %s: %d, want the page again", page, body, w.Code)
		}
		for _, text := range want {
			if !strings.Contains(w.Body.String(), text) {
				t.Errorf("page %s with %s: it lacks %s", page, body, text)
			}
		}
	}
	f("1", "", "2 answers are still missing", "Please choose one.", `aria-invalid="true"`)
	f("1", "since=year", "One answer is still missing", `value="year" checked`)
	f("1", "room=clay", `value="clay" selected`)
	f("2", "tools=kiln&tools=wheel", `value="kiln" checked`, `value="wheel" checked`)
	f("3", "good-light=1", "4 rows have no answer yet.", `id="good-light-1" name="good-light" value="1" checked`)
	f("3", "good-light=1&good-heat=2&good-dust=3&good-tidy=4", "One row has no answer yet.")
	f("4", "noise=999&price=junk", `max="100" step="1" value="100"`, `value="120"`)
	f("5", "made=+&mend="+url.QueryEscape("<b>&"), "A sentence is enough.", "&lt;b&gt;&amp;</textarea>")
}

func TestSurveyRefuses(t *testing.T) {
	f := func(page, body string, status int) {
		t.Helper()
		if w := answer(page, body); w.Code != status {
			t.Errorf("page %s: %d, want %d", page, w.Code, status)
		}
	}
	f("6", "", 404)
	f("x", "", 404)
	f("done", "", 404)
	f("1", "a=%zz", 400)
	f("5", "made="+strings.Repeat("a", maxAnswers), 400)
}
