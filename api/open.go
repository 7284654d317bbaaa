package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gaithq/gait"
)

// readyTimeout is how long the check behind /ready may take.
const readyTimeout = 5 * time.Second

// health says that the process serves; it asks nothing of the store.
func (s *server) health(*http.Request) Reply {
	return Reply{http.StatusOK, JSON, struct {
		Status    string `json:"status"`
		Version   string `json:"version"`
		Timestamp string `json:"timestamp"`
	}{"healthy", s.Version, Time(s.Now().UnixMilli())}}
}

// ready says whether requests should be sent here now.
func (s *server) ready(r *http.Request) Reply {
	type readiness struct {
		Status string `json:"status"`
		Reason string `json:"reason,omitempty"`
	}
	if s.Ready == nil {
		return Reply{http.StatusOK, JSON, readiness{Status: "ready"}}
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	err := s.Ready(ctx)
	if err == nil {
		return Reply{http.StatusOK, JSON, readiness{Status: "ready"}}
	}
	s.Logger.WarnContext(r.Context(), "api: not ready", "err", err)
	reason := "a part of the server cannot work now; its log says which"
	if e, ok := errors.AsType[*gait.Error](err); ok && e.Message != "" {
		reason = e.Message
	}
	return Reply{http.StatusServiceUnavailable, JSON, readiness{"unavailable", reason}}
}

// document serves an OpenAPI document.
func document(json []byte) func(*http.Request) Reply {
	return func(*http.Request) Reply { return Reply{http.StatusOK, JSON, json} }
}
