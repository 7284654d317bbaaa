package api_test

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/api/native"
	"github.com/gaithq/gait/api/notai"
	"github.com/gaithq/gait/api/roundtable"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// documents are the OpenAPI documents as they are served, parsed.
var documents = func() []*openapi3.T {
	var docs []*openapi3.T
	for _, d := range dialects() {
		for _, served := range d.Documents {
			doc, err := openapi3.NewLoader().LoadFromData(served.JSON)
			if err != nil {
				panic(err)
			}
			docs = append(docs, doc)
		}
	}
	return docs
}()

// Where some documents stand among them.
const (
	roundtableDocument = 0
	notaiDocument      = 2
)

func dialects() []api.Dialect {
	return []api.Dialect{roundtable.New(nil), notai.New(nil), native.New(native.Config{})}
}

// TestDocuments holds the documents against OpenAPI and against the routes.
func TestDocuments(t *testing.T) {
	h := newHouse(t)
	i := 0
	for _, d := range dialects() {
		var described []string
		for _, served := range d.Documents {
			doc := documents[i]
			i++
			if err := doc.Validate(context.Background()); err != nil {
				t.Errorf("%s: %v", served.Path, err)
			}
			if !doc.IsOpenAPI31OrLater() {
				t.Errorf("%s: OpenAPI %s", served.Path, doc.OpenAPI)
			}
			for _, p := range doc.Paths.InMatchingOrder() {
				for method := range doc.Paths.Value(p).Operations() {
					described = append(described, method+" "+p)
					if p != "/health" && p != "/ready" && !slices.ContainsFunc(d.Routes, func(r api.Route) bool { return nameOf(r) == method+" "+p }) {
						t.Errorf("%s %s is in %s but not served", method, p, served.Path)
					}
				}
			}
			if w := h.do("GET", served.Path); w.Code != 200 || w.Body.String() != string(served.JSON) {
				t.Errorf("%s: %d", served.Path, w.Code)
			}
		}
		for _, r := range d.Routes {
			if !slices.Contains(described, nameOf(r)) {
				t.Errorf("%s is served but in no document: describe it", nameOf(r))
			}
		}
	}
}

// nameOf is a route's method and path.
func nameOf(r api.Route) string { return cmp.Or(r.Method, http.MethodGet) + " " + r.Path }

// TestOneListOfChecks: both dialects know the same checks.
func TestOneListOfChecks(t *testing.T) {
	schema := func(doc int, name string) openapi3.Schemas {
		return documents[doc].Components.Schemas[name].Value.Properties
	}
	var ours, theirs []string
	for _, object := range []string{"biometric_checks", "device_checks"} {
		ours = append(ours, schema(roundtableDocument, "Report")[object].Value.Required...)
	}
	for _, key := range schema(notaiDocument, "Session")["detectionFlags"].Value.Items.Value.Enum {
		theirs = append(theirs, key.(string))
	}
	if len(ours) != 15 || !slices.Equal(ours, theirs) {
		t.Errorf("roundtable %v\nnotai %v", ours, theirs)
	}
}

// conform fails the test if no document describes the answer. A failure may be
// in any dialect's envelope, as keys decide about those; golden files pin which.
func conform(t *testing.T, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	if r.Method == http.MethodHead || strings.HasPrefix(r.URL.Path, "/openapi/") {
		return
	}
	var problems []string
	if w.Code >= 400 && r.URL.Path != "/ready" {
		for i, schema := range map[int]string{roundtableDocument: "Problem", notaiDocument: "Error"} {
			var body any
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				problems = append(problems, err.Error())
				continue
			}
			err := documents[i].Components.Schemas[schema].Value.VisitJSON(body, openapi3.EnableJSONSchema2020())
			want := map[int]string{roundtableDocument: "application/problem+json", notaiDocument: "application/json"}[i]
			if err == nil && w.Header().Get("Content-Type") == want {
				return
			}
			if err != nil {
				problems = append(problems, err.Error())
			}
		}
	} else {
		for _, doc := range documents {
			for path, item := range doc.Paths.Map() {
				operation := item.GetOperation(r.Method)
				if operation == nil || !matches(path, r.URL.EscapedPath()) {
					continue
				}
				answer := openapi3filter.ResponseValidationInput{
					RequestValidationInput: &openapi3filter.RequestValidationInput{
						Request: r,
						Route:   &routers.Route{Spec: doc, Path: path, PathItem: item, Method: r.Method, Operation: operation},
					},
					Status:  w.Code,
					Header:  w.Header(),
					Options: &openapi3filter.Options{IncludeResponseStatus: true},
				}
				err := openapi3filter.ValidateResponse(context.Background(), answer.SetBodyBytes(w.Body.Bytes()))
				if err == nil {
					return
				}
				problems = append(problems, err.Error())
			}
		}
	}
	t.Errorf("%s %s: no document describes this %d: %v\n%s", r.Method, r.URL, w.Code, problems, w.Body)
}

// matches reports whether an OpenAPI path template covers a path.
func matches(template, path string) bool {
	a, b := strings.Split(template, "/"), strings.Split(path, "/")
	return slices.EqualFunc(a, b, func(s, in string) bool { return strings.HasPrefix(s, "{") || s == in })
}
