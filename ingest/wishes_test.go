package ingest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/wire"
)

// owner decides for every workspace alike.
type owner struct {
	decided gait.Settings
	err     error
}

func (o owner) Settings(context.Context, gait.WorkspaceID) (gait.Settings, error) {
	return o.decided, o.err
}

// TestSettings: what an owner decides in the dashboard holds for what is stored.
func TestSettings(t *testing.T) {
	named := body(`["m",8123,640,210]`, `["t",40,3,1,0,"Confirm your order"],["m",8123,640,210]`)
	f := func(o owner, status int, name, network string) {
		t.Helper()
		f := newFixture(t, Config{Settings: o})
		r := httptest.NewRequest(http.MethodPost, Path, strings.NewReader(named))
		r.RemoteAddr = "203.0.113.77:9"
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		if w.Code != status {
			t.Fatalf("%+v: %d %s", o, w.Code, w.Body)
		}
		if status != http.StatusOK {
			return
		}
		described := false
		err := f.store.Batches(t.Context(), f.open, gait.SessionID{0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}, func(r gait.Record) bool {
			var b gait.Batch
			if err := wire.UnpackRecord(r, &b); err != nil {
				t.Fatal(err)
			}
			for _, e := range b.Events {
				if e.Kind == gait.Describe {
					described = true
					if e.Text != name || e.Code != int32(gait.TargetButton) {
						t.Errorf("%+v: the target is %q of kind %d, want %q", o, e.Text, e.Code, name)
					}
				}
			}
			return true
		})
		if err != nil || !described {
			t.Errorf("%+v: no target is stored: %v", o, err)
		}
		if got := f.facts(t, 0); got != network {
			t.Errorf("%+v: facts %q, want %q", o, got, network)
		}
	}
	f(owner{}, http.StatusOK, "Confirm your order", "")
	f(owner{decided: gait.Settings{MaskEverything: true}}, http.StatusOK, "", "")
	f(owner{decided: gait.Settings{KeepNetwork: true}}, http.StatusOK, "Confirm your order", "ip.net=203.0.113.0/24")
	f(owner{err: gait.Errorf(gait.Unavailable, "no answer")}, http.StatusServiceUnavailable, "", "")
}
