package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

// workspace makes one whose public names differ from those of other numbers.
func workspace(n int) gait.Workspace {
	return gait.Workspace{
		Name:          fmt.Sprint("Wörkspace ", n),
		IntegrationID: fmt.Sprintf("%08x", n),
		SiteKey:       fmt.Sprint(gait.SiteKeyPrefix, n),
		Origins:       []string{"https://example.org", "http://[::1]:8080"},
		Tier:          "free",
		Created:       int64(1000 + n),
	}
}

func wantWorkspace(t testing.TB, got, want gait.Workspace) {
	t.Helper()
	same := slices.Equal(got.Origins, want.Origins)
	got.Origins, want.Origins = nil, nil
	if !same || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
}

func testWorkspaces(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	if all, err := s.Workspaces(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("a new store has %v, %v", all, err)
	}
	keys := []gait.Key{
		{
			Hash: [32]byte{1}, Workspace: 77, Dialect: gait.Roundtable, Hint: "sk-…abcd", Created: 5,
			Name: "naïve \"one\"", Scopes: []string{gait.ScopeRead, "b", ""}, Expires: 7, LastUsed: 8, Revoked: 9,
		},
		{Hash: [32]byte{2}, Dialect: gait.NotAI, Hint: "aik_v1_…", Created: 6},
	}
	one, err := s.CreateWorkspace(t.Context(), workspace(1), keys)
	wantCode(t, err, "")
	bare := workspace(2)
	bare.Origins = nil
	two, err := s.CreateWorkspace(t.Context(), bare, nil)
	wantCode(t, err, "")
	if one.ID <= 0 || two.ID <= 0 || one.ID == two.ID {
		t.Fatalf("got IDs %d and %d", one.ID, two.ID)
	}
	want := workspace(1)
	want.ID = one.ID
	wantWorkspace(t, one, want)

	for _, want := range []gait.Workspace{one, two} {
		got, err := s.WorkspaceByID(t.Context(), want.ID)
		wantCode(t, err, "")
		wantWorkspace(t, got, want)
		got, err = s.WorkspaceBySiteKey(t.Context(), want.SiteKey)
		wantCode(t, err, "")
		wantWorkspace(t, got, want)
	}
	all, err := s.Workspaces(t.Context())
	wantCode(t, err, "")
	if len(all) != 2 {
		t.Fatalf("got %d workspaces, want 2", len(all))
	}
	wantWorkspace(t, all[0], one)
	wantWorkspace(t, all[1], two)
	for _, want := range keys {
		want.Workspace = one.ID // whatever the caller says
		got, err := s.KeyByHash(t.Context(), want.Hash)
		if err != nil || !sameKey(got, want) {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
	}

	_, err = s.WorkspaceByID(t.Context(), 99)
	wantCode(t, err, gait.NotFound)
	_, err = s.WorkspaceBySiteKey(t.Context(), "pub-9")
	wantCode(t, err, gait.NotFound)
	_, err = s.WorkspaceBySiteKey(t.Context(), "")
	wantCode(t, err, gait.NotFound)
	_, err = s.KeyByHash(t.Context(), [32]byte{9})
	wantCode(t, err, gait.NotFound)
}

// testWorkspacesTaken creates workspaces with names that others have: nothing
// of them may be left.
func testWorkspacesTaken(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	_, err := s.CreateWorkspace(t.Context(), workspace(1), []gait.Key{{Hash: [32]byte{1}}})
	wantCode(t, err, "")
	for _, test := range []struct {
		name   string
		change func(*gait.Workspace)
		keys   []gait.Key
	}{
		{"site key", func(w *gait.Workspace) { w.SiteKey = workspace(1).SiteKey }, nil},
		{"integration id", func(w *gait.Workspace) { w.IntegrationID = workspace(1).IntegrationID }, nil},
		{"key", func(*gait.Workspace) {}, []gait.Key{{Hash: [32]byte{2}}, {Hash: [32]byte{1}}}},
		{"key twice", func(*gait.Workspace) {}, []gait.Key{{Hash: [32]byte{2}}, {Hash: [32]byte{2}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := workspace(2)
			test.change(&w)
			_, err := s.CreateWorkspace(t.Context(), w, test.keys)
			wantCode(t, err, gait.Invalid)
			all, err := s.Workspaces(t.Context())
			if err != nil || len(all) != 1 {
				t.Fatalf("there are %d workspaces (%v), want 1", len(all), err)
			}
			_, err = s.KeyByHash(t.Context(), [32]byte{2})
			wantCode(t, err, gait.NotFound)
		})
	}
	_, err = s.CreateWorkspace(t.Context(), workspace(2), []gait.Key{{Hash: [32]byte{2}}})
	wantCode(t, err, "")
}

// calls has every method of a store called.
func calls(s gait.Store) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Append": func(ctx context.Context) error {
			_, err := s.Append(ctx, record(1, 8, 1, 0, "x"))
			return err
		},
		"Batches": func(ctx context.Context) error {
			return s.Batches(ctx, 1, sessionID(1), func(gait.Record) bool { return true })
		},
		"CountBatches": func(ctx context.Context) error {
			_, err := s.CountBatches(ctx, 1, sessionID(1))
			return err
		},
		"Stale":       func(ctx context.Context) error { _, err := s.Stale(ctx, 1); return err },
		"PutSessions": func(ctx context.Context) error { return s.PutSessions(ctx, []gait.SessionRow{row(1, 8, 0)}) },
		"Sessions": func(ctx context.Context) error {
			_, err := s.Sessions(ctx, gait.SessionQuery{Workspace: 1, Limit: 1})
			return err
		},
		"CreateWorkspace": func(ctx context.Context) error {
			_, err := s.CreateWorkspace(ctx, workspace(8), nil)
			return err
		},
		"WorkspaceByID":      func(ctx context.Context) error { _, err := s.WorkspaceByID(ctx, 1); return err },
		"WorkspaceBySiteKey": func(ctx context.Context) error { _, err := s.WorkspaceBySiteKey(ctx, "pub-1"); return err },
		"Workspaces":         func(ctx context.Context) error { _, err := s.Workspaces(ctx); return err },
		"CreateKey":          func(ctx context.Context) error { return s.CreateKey(ctx, gait.Key{Workspace: 1}) },
		"Keys":               func(ctx context.Context) error { _, err := s.Keys(ctx, 1); return err },
		"RevokeKey":          func(ctx context.Context) error { return s.RevokeKey(ctx, 1, [32]byte{1}, 1) },
		"TouchKeys":          func(ctx context.Context) error { return s.TouchKeys(ctx, []gait.KeyUse{{At: 1}}) },
		"KeyByHash":          func(ctx context.Context) error { _, err := s.KeyByHash(ctx, [32]byte{1}); return err },
		"Ping":               s.Ping,
	}
}

// signInCalls has every method called by which people sign in and look around.
func signInCalls(s gait.Store) map[string]func(context.Context) error {
	var hash [32]byte
	return map[string]func(context.Context) error{
		"CreateAccount": func(ctx context.Context) error {
			_, err := s.CreateAccount(ctx, gait.Account{}, hash, gait.Membership{})
			return err
		},
		"AcceptInvitation": func(ctx context.Context) error { return s.AcceptInvitation(ctx, hash, gait.Membership{}) },
		"AccountByID":      func(ctx context.Context) error { _, err := s.AccountByID(ctx, 1); return err },
		"AccountByEmail":   func(ctx context.Context) error { _, err := s.AccountByEmail(ctx, "a"); return err },
		"UpdateAccount":    func(ctx context.Context) error { return s.UpdateAccount(ctx, gait.Account{ID: 1}) },
		"Memberships":      func(ctx context.Context) error { _, err := s.Memberships(ctx, 1); return err },
		"Members":          func(ctx context.Context) error { _, err := s.Members(ctx, 1); return err },
		"PutMembership":    func(ctx context.Context) error { return s.PutMembership(ctx, gait.Membership{}) },
		"RemoveMembership": func(ctx context.Context) error { return s.RemoveMembership(ctx, 1, 1) },
		"CreateInvitation": func(ctx context.Context) error { return s.CreateInvitation(ctx, gait.Invitation{}) },
		"InvitationByHash": func(ctx context.Context) error { _, err := s.InvitationByHash(ctx, hash); return err },
		"Invitations":      func(ctx context.Context) error { _, err := s.Invitations(ctx, 1); return err },
		"RevokeInvitation": func(ctx context.Context) error { return s.RevokeInvitation(ctx, 1, hash, 1) },
		"PutPasskey":       func(ctx context.Context) error { return s.PutPasskey(ctx, gait.Passkey{}) },
		"PasskeyByID":      func(ctx context.Context) error { _, err := s.PasskeyByID(ctx, nil); return err },
		"Passkeys":         func(ctx context.Context) error { _, err := s.Passkeys(ctx, 1); return err },
		"RemovePasskey":    func(ctx context.Context) error { return s.RemovePasskey(ctx, 1, nil) },
		"PutWebSession":    func(ctx context.Context) error { return s.PutWebSession(ctx, gait.WebSession{}) },
		"WebSessionByHash": func(ctx context.Context) error { _, err := s.WebSessionByHash(ctx, hash, 0); return err },
		"RemoveWebSession": func(ctx context.Context) error { return s.RemoveWebSession(ctx, hash) },
		"RemoveExpiredWebSessions": func(ctx context.Context) error {
			return s.RemoveExpiredWebSessions(ctx, 1)
		},
		"Audit":           func(ctx context.Context) error { return s.Audit(ctx, []gait.AuditEntry{{}}) },
		"AuditLog":        func(ctx context.Context) error { _, err := s.AuditLog(ctx, 1, 0, 1); return err },
		"Settings":        func(ctx context.Context) error { _, err := s.Settings(ctx, 1); return err },
		"PutSettings":     func(ctx context.Context) error { return s.PutSettings(ctx, 1, gait.Settings{}) },
		"UpdateWorkspace": func(ctx context.Context) error { return s.UpdateWorkspace(ctx, gait.Workspace{ID: 1}) },
		"SavePolicy": func(ctx context.Context) error {
			_, err := s.SavePolicy(ctx, gait.PolicyVersion{Workspace: 1}, 0)
			return err
		},
		"Policy":   func(ctx context.Context) error { _, err := s.Policy(ctx, 1); return err },
		"Policies": func(ctx context.Context) error { _, err := s.Policies(ctx, 1); return err },
		"TermCounts": func(ctx context.Context) error {
			_, err := s.TermCounts(ctx, gait.TermQuery{Workspace: 1, Span: gait.Day})
			return err
		},
		"Users": func(ctx context.Context) error {
			_, err := s.Users(ctx, gait.UserQuery{Workspace: 1, Limit: 1})
			return err
		},
		"ReachUsers": func(ctx context.Context) error {
			_, err := s.ReachUsers(ctx, gait.UserQuery{Workspace: 1}, 1)
			return err
		},
		"Reach": func(ctx context.Context) error {
			_, err := s.Reach(ctx, gait.SessionQuery{Workspace: 1}, 1)
			return err
		},
		"CountSessions": func(ctx context.Context) error {
			_, err := s.CountSessions(ctx, gait.SessionQuery{Workspace: 1, Limit: 1})
			return err
		},
		"Patterns":        func(ctx context.Context) error { _, err := s.Patterns(ctx, 1, 0); return err },
		"PutLabel":        func(ctx context.Context) error { return s.PutLabel(ctx, 1, gait.LabelOf{}) },
		"LabelOf":         func(ctx context.Context) error { _, err := s.LabelOf(ctx, 1, sessionID(1)); return err },
		"RestaleSessions": func(ctx context.Context) error { _, err := s.RestaleSessions(ctx, 1, 1, 1); return err },
		"Restaled":        func(ctx context.Context) error { _, err := s.Restaled(ctx, 1); return err },
		"DeleteSessions":  func(ctx context.Context) error { _, err := s.DeleteSessions(ctx, 1, 1, 1); return err },
	}
}

func testClosed(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	mustAppend(t, s, record(1, 1, 1, 0, "x"))
	for range 2 { // closing again does nothing
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	every := calls(s)
	maps.Copy(every, signInCalls(s))
	for name, call := range every {
		if err := call(t.Context()); gait.CodeOf(err) != gait.Unavailable {
			t.Errorf("%s: got %v, want %s", name, err, gait.Unavailable)
		}
	}
}

// testCancelled calls with contexts that are over: the error says both that it
// may be tried again and that it was the caller who gave up.
func testCancelled(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	mustAppend(t, s, record(1, 1, 1, 0, "x"))
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	every := calls(s)
	maps.Copy(every, signInCalls(s))
	for name, call := range every {
		if err := call(cancelled); gait.CodeOf(err) != gait.Unavailable || !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled: got %v", name, err)
		}
		if err := call(late); gait.CodeOf(err) != gait.Unavailable || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s, late: got %v", name, err)
		}
	}
	wantBatches(t, s, 1, 1, record(1, 1, 1, 0, "x"))
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("the store is not well after that: %v", err)
	}
}
