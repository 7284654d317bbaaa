package storetest

import (
	"bytes"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gaithq/gait"
)

func wantSettings(t testing.TB, s gait.Store, w gait.WorkspaceID, want gait.Settings) {
	t.Helper()
	if got, err := s.Settings(t.Context(), w); err != nil || got != want {
		t.Fatalf("got %+v, %v; want %+v", got, err, want)
	}
}

func testSettings(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	one, two := twoWorkspaces(t, s)
	wantSettings(t, s, one, gait.DefaultSettings())
	mine := gait.Settings{
		MonitorOnly: true, RetentionDays: 7, Replay: true, ReplayDays: 3, RequireConsent: true, KeepNetwork: true, MaskEverything: true,
	}
	wantCode(t, s.PutSettings(t.Context(), one, mine), "")
	wantCode(t, s.PutSettings(t.Context(), 99, mine), gait.NotFound)
	s = reopen(t, o, s, gait.SessionLimits{})
	wantSettings(t, s, one, mine)
	wantSettings(t, s, two, gait.DefaultSettings())
	wantCode(t, s.PutSettings(t.Context(), one, gait.Settings{}), "")
	wantSettings(t, s, one, gait.Settings{}) // not the default: nothing is deleted
}

func testUpdateWorkspace(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	one, two := twoWorkspaces(t, s)
	change := workspace(7)
	change.ID, change.Name, change.Origins = one, "Renamed", []string{"https://new.example.org"}
	wantCode(t, s.UpdateWorkspace(t.Context(), change), "")
	change.ID = 99
	wantCode(t, s.UpdateWorkspace(t.Context(), change), gait.NotFound)
	s = reopen(t, o, s, gait.SessionLimits{})
	want := workspace(1)
	want.ID, want.Name, want.Origins = one, "Renamed", []string{"https://new.example.org"}
	got, err := s.WorkspaceBySiteKey(t.Context(), want.SiteKey)
	wantCode(t, err, "")
	wantWorkspace(t, got, want)
	other := workspace(2)
	other.ID = two
	got, err = s.WorkspaceByID(t.Context(), two)
	wantCode(t, err, "")
	wantWorkspace(t, got, other)
}

func samePolicy(a, b gait.PolicyVersion) bool {
	same := bytes.Equal(a.Body, b.Body)
	a.Body, b.Body = nil, nil
	return same && reflect.DeepEqual(a, b)
}

func testPolicies(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	one, two := twoWorkspaces(t, s)
	_, err := s.Policy(t.Context(), one)
	wantCode(t, err, gait.NotFound)
	p := gait.PolicyVersion{Workspace: one, Version: 77, At: 5, By: 6, ByName: "Zoë", Note: "first", Body: []byte(`{"version":1}`)}
	_, err = s.SavePolicy(t.Context(), p, 1)
	wantCode(t, err, gait.Invalid)
	first, err := s.SavePolicy(t.Context(), p, 0)
	if wantCode(t, err, ""); first.Version != 1 {
		t.Fatalf("the first version is %d", first.Version)
	}
	for _, based := range []int{0, 2, -1} {
		_, err = s.SavePolicy(t.Context(), p, based)
		wantCode(t, err, gait.Invalid)
	}
	p.Body, p.Note = nil, "second"
	second, err := s.SavePolicy(t.Context(), p, 1)
	wantCode(t, err, "")
	p.Workspace = two
	_, err = s.SavePolicy(t.Context(), p, 0)
	wantCode(t, err, "")
	p.Workspace = 99
	_, err = s.SavePolicy(t.Context(), p, 0)
	wantCode(t, err, gait.NotFound)

	s = reopen(t, o, s, gait.SessionLimits{})
	p.Workspace, p.Version = one, 1
	p.Note, p.Body = "first", []byte(`{"version":1}`)
	if !samePolicy(first, p) {
		t.Fatalf("got %+v", first)
	}
	all, err := s.Policies(t.Context(), one)
	if err != nil || !slices.EqualFunc(all, []gait.PolicyVersion{second, first}, samePolicy) {
		t.Fatalf("got %+v, %v", all, err)
	}
	if got, err := s.Policy(t.Context(), one); err != nil || !samePolicy(got, second) || got.Version != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	if none, err := s.Policies(t.Context(), 99); err != nil || len(none) != 0 {
		t.Fatalf("got %+v, %v", none, err)
	}
}

// testPoliciesConcurrently has many save on top of the same version: one does.
func testPoliciesConcurrently(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	one, _ := twoWorkspaces(t, s)
	for based := range 3 {
		var saved atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				switch _, err := s.SavePolicy(t.Context(), gait.PolicyVersion{Workspace: one}, based); gait.CodeOf(err) {
				case "":
					saved.Add(1)
				case gait.Invalid:
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if saved.Load() != 1 {
			t.Fatalf("%d saved version %d", saved.Load(), based+1)
		}
	}
}
