package mem_test

import (
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store/mem"
	"github.com/gaithq/gait/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Options{
		Engine: "mem",
		Open: func(_ testing.TB, l gait.SessionLimits) gait.Store {
			return mem.New(mem.Config{Limits: l})
		},
	})
}

// TestFull fills a small store by each kind of write: it refuses what does not
// fit, keeps what it has, and still takes what replaces something.
func TestFull(t *testing.T) {
	for _, test := range []struct {
		name  string
		write func(s *mem.Store, n int) error
	}{
		{"Append", func(s *mem.Store, n int) error {
			_, err := s.Append(t.Context(), gait.Record{Seq: uint32(n), Data: make([]byte, 100)})
			return err
		}},
		{"PutSessions", func(s *mem.Store, n int) error {
			row := gait.SessionRow{SessionRef: gait.SessionRef{Workspace: gait.WorkspaceID(n)}, Tags: []string{strings.Repeat("x", 100)}}
			return s.PutSessions(t.Context(), []gait.SessionRow{row})
		}},
		{"CreateWorkspace", func(s *mem.Store, n int) error {
			_, err := s.CreateWorkspace(t.Context(), gait.Workspace{SiteKey: fmt.Sprint(n), IntegrationID: fmt.Sprint(n)}, nil)
			return err
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := mem.New(mem.Config{MaxBytes: 4000})
			n := 0
			for ; ; n++ {
				err := test.write(s, n)
				if gait.CodeOf(err) == gait.Unavailable {
					break
				}
				if err != nil || n > 100 {
					t.Fatalf("write %d: %v", n, err)
				}
			}
			if n < 5 {
				t.Fatalf("full after %d writes", n)
			}
			if err := s.PutSessions(t.Context(), nil); err != nil {
				t.Errorf("writing nothing: %v", err)
			}
			if test.name == "PutSessions" {
				if err := test.write(s, 0); err != nil {
					t.Errorf("replacing a row: %v", err)
				}
			}
		})
	}
	s := mem.New(mem.Config{MaxBytes: 100})
	if err := s.Ping(t.Context()); gait.CodeOf(err) != gait.Unavailable {
		t.Errorf("a full store answers a ping with %v", err)
	}
}
