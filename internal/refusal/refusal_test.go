package refusal

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

func TestWrite(t *testing.T) {
	late := &Error{Reason: "rate", After: 1500 * time.Millisecond, Err: gait.Errorf(gait.RateLimited, "too often")}
	for _, test := range []struct {
		name        string
		status      int
		err         error
		body, retry string
	}{
		{"what is wrong is said", http.StatusBadRequest, &gait.Error{Code: gait.Invalid, Message: "no", Field: "site"}, `{"error":{"code":"invalid","message":"no","field":"site"}}`, ""},
		{"the error knows how long", http.StatusTooManyRequests, fmt.Errorf("around: %w", late), `{"error":{"code":"rate_limited","message":"too often"},"retry_after_ms":1500}`, "2"},
		{"the route does", http.StatusServiceUnavailable, gait.Errorf(gait.Unavailable, "full"), `{"error":{"code":"unavailable","message":"full"},"retry_after_ms":3000}`, "3"},
		{"waiting helps nobody else", http.StatusForbidden, &Error{Reason: "r", After: time.Second, Err: gait.Errorf(gait.Forbidden, "not you")}, `{"error":{"code":"forbidden","message":"not you"}}`, ""},
		{"our faults stay with us", http.StatusInternalServerError, gait.Wrap(errors.New("secret"), gait.Internal, "secret"), `{"error":{"code":"internal","message":"sorry"}}`, ""},
		{"and those without a code", http.StatusInternalServerError, errors.New("secret"), `{"error":{"code":"internal","message":"sorry"}}`, ""},
	} {
		w := httptest.NewRecorder()
		if err := Write(w, test.status, test.err, "sorry", 3*time.Second); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(w.Body.String()); got != test.body || w.Code != test.status || w.Header().Get("Retry-After") != test.retry {
			t.Errorf("%s: %d %s, after %q; want %s, after %q", test.name, w.Code, got, w.Header().Get("Retry-After"), test.body, test.retry)
		}
	}
}

func TestReason(t *testing.T) {
	because := &Error{Reason: "large", Err: gait.Errorf(gait.TooLarge, "too much")}
	if got := Reason(fmt.Errorf("around: %w", because), "failed"); got != "large" {
		t.Errorf("reason %q", got)
	}
	if got := Reason(errors.New("some"), "failed"); got != "failed" {
		t.Errorf("without one: %q", got)
	}
	if gait.CodeOf(because) != gait.TooLarge || After(because) != 0 || After(nil) != 0 {
		t.Error("a reason hides what it is about")
	}
}
