package replay

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/klauspost/compress/gzip"
)

// TestDocument holds the OpenAPI document against OpenAPI, and against the routes.
func TestDocument(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc(DocumentPattern, Document)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", strings.TrimPrefix(DocumentPattern, "GET "), nil))
	doc, err := openapi3.NewLoader().LoadFromData(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil || !doc.IsOpenAPI31OrLater() {
		t.Errorf("%v, OpenAPI %s", err, doc.OpenAPI)
	}
	var described []string
	for _, p := range doc.Paths.InMatchingOrder() {
		for method := range doc.Paths.Value(p).Operations() {
			described = append(described, method+" "+p)
		}
	}
	if len(described) != 3 {
		t.Errorf("%q", described)
	}
	for _, want := range []string{"GET " + Path, "POST " + Path, ReadPattern} {
		if !strings.Contains(strings.Join(described, "\n")+"\n", want+"\n") {
			t.Errorf("%s is not described", want)
		}
	}
}

// conform holds an answer against the OpenAPI document, and the chunk that was accepted.
func (h *house) conform(t *testing.T, r *http.Request, body string, w *httptest.ResponseRecorder) {
	t.Helper()
	path := r.URL.Path
	if path != Path {
		path = strings.TrimPrefix(ReadPattern, "GET ")
	}
	item := h.spec.Paths.Value(path)
	operation := item.GetOperation(r.Method)
	if operation == nil {
		return // preflights, and methods that are not allowed
	}
	answer := openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: r, Route: &routers.Route{Spec: h.spec, Path: path, PathItem: item, Method: r.Method, Operation: operation},
		},
		Status: w.Code, Header: w.Header(),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(t.Context(), answer.SetBodyBytes(w.Body.Bytes())); err != nil {
		t.Errorf("%s %s: the document does not describe this answer: %v", r.Method, r.URL, err)
	}
	if r.Method != http.MethodPost || w.Code != http.StatusOK {
		return
	}
	if strings.HasPrefix(body, "\x1f\x8b") {
		z, err := gzip.NewReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		body = string(plain)
	}
	var chunk any
	if err := json.Unmarshal([]byte(body), &chunk); err != nil {
		t.Fatal(err)
	}
	if err := h.spec.Components.Schemas["Chunk"].Value.VisitJSON(chunk, openapi3.EnableJSONSchema2020()); err != nil {
		t.Errorf("the document does not describe a chunk that was accepted: %v", err)
	}
}
