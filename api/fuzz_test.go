package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzRequest asks for any path and query with keys of each dialect: whatever comes,
// the answer is an answer and never our fault.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		"/v1/sessions/00112233445566778899aabbccddeeff/report", "/v1/sessions?pageSize=0&cursor=AQAA", "/v1/sessions/report?sessionId=%zz",
		"/v1/users/%2F/sessions?cursor=x", "/v1/tags/..%2F/sessions", "/v0.0/users/a+b/sessions", "/api/v1/sessions//evidence",
		"/v1/sessions?startDate=2026-02-30&endDate=x&status=active&botOnly=1", "/v1//", "/v1/users/sessions?userId=%00", "/openapi/v3.json", "/api/v1/workspace?workspace=-9223372036854775809&workspace=%zz",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, target string) {
		if !strings.HasPrefix(target, "/") || strings.ContainsAny(target, " \r\n\t") {
			return
		}
		u := strings.SplitN(target, "#", 2)[0]
		request, err := http.NewRequest(http.MethodGet, "http://gait.test"+u, nil)
		if err != nil {
			return // not a request at all
		}
		h := newHouse(t)
		for _, name := range []string{"$SK", "$AIK", "$SITE"} {
			r := request.Clone(t.Context())
			r.Header.Set("Authorization", "Bearer "+keys[name])
			w := httptest.NewRecorder()
			h.handler.ServeHTTP(w, r)
			if w.Code >= 500 {
				t.Fatalf("%s with %s: %d %s", target, name, w.Code, w.Body)
			}
		}
	})
}
