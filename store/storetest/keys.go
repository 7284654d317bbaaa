package storetest

import (
	"reflect"
	"slices"
	"testing"

	"github.com/gaithq/gait"
)

// sameKey compares keys; an empty list is the same as none.
func sameKey(a, b gait.Key) bool {
	same := slices.Equal(a.Scopes, b.Scopes)
	a.Scopes, b.Scopes = nil, nil
	return same && reflect.DeepEqual(a, b)
}

func wantKeys(t testing.TB, s gait.Store, w gait.WorkspaceID, want ...gait.Key) {
	t.Helper()
	got, err := s.Keys(t.Context(), w)
	if err != nil || !slices.EqualFunc(got, want, sameKey) {
		t.Fatalf("workspace %d has the keys\n%+v, %v; want\n%+v", w, got, err, want)
	}
}

// twoWorkspaces makes workspaces without keys.
func twoWorkspaces(t testing.TB, s gait.Store) (one, two gait.WorkspaceID) {
	t.Helper()
	a, err := s.CreateWorkspace(t.Context(), workspace(1), nil)
	wantCode(t, err, "")
	b, err := s.CreateWorkspace(t.Context(), workspace(2), nil)
	wantCode(t, err, "")
	return a.ID, b.ID
}

func mustCreateKeys(t testing.TB, s gait.Store, keys ...gait.Key) {
	t.Helper()
	for _, k := range keys {
		wantCode(t, s.CreateKey(t.Context(), k), "")
	}
}

func testKeys(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	one, two := twoWorkspaces(t, s)
	wantKeys(t, s, one)
	young := gait.Key{
		Hash: [32]byte{1}, Workspace: one, Dialect: gait.NotAI, Hint: "aik_v1_…wxyz", Name: "Zoë's\n<tool>",
		Scopes: []string{gait.ScopeRead, gait.ScopeAdmin}, Created: 20, Expires: 30, LastUsed: 25, Revoked: 28, By: 7,
	}
	old := gait.Key{Hash: [32]byte{2}, Workspace: one, Dialect: gait.Roundtable, Hint: "sk-…abcd", Created: 10}
	twin := old
	twin.Hash = [32]byte{3}
	foreign := gait.Key{Hash: [32]byte{4}, Workspace: two, Scopes: []string{gait.ScopeRead}}
	mustCreateKeys(t, s, young, twin, old, foreign)
	wantKeys(t, s, one, old, twin, young)
	wantKeys(t, s, two, foreign)
	wantKeys(t, s, 99)

	taken := gait.Key{Hash: old.Hash, Workspace: two, Name: "taken"}
	wantCode(t, s.CreateKey(t.Context(), taken), gait.Invalid)
	wantCode(t, s.CreateKey(t.Context(), gait.Key{Hash: [32]byte{5}, Workspace: 99}), gait.NotFound)
	_, err := s.KeyByHash(t.Context(), [32]byte{5})
	wantCode(t, err, gait.NotFound)

	s = reopen(t, o, s, gait.SessionLimits{})
	wantKeys(t, s, one, old, twin, young)
	wantKeys(t, s, two, foreign)
	for _, want := range []gait.Key{old, twin, young, foreign} {
		if got, err := s.KeyByHash(t.Context(), want.Hash); err != nil || !sameKey(got, want) {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
	}
	t.Run("keeps nothing of the caller's", func(t *testing.T) {
		mine := gait.Key{Hash: [32]byte{6}, Workspace: two, Created: 9, Scopes: []string{"before"}}
		mustCreateKeys(t, s, mine)
		mine.Scopes[0] = "after"
		got, err := s.Keys(t.Context(), two)
		wantCode(t, err, "")
		got[1].Scopes[0] += "!"
		again, err := s.KeyByHash(t.Context(), mine.Hash)
		wantCode(t, err, "")
		again.Scopes[0] += "!"
		mine.Scopes[0] = "before"
		wantKeys(t, s, two, foreign, mine)
	})
}

func testKeysRevoked(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	one, two := twoWorkspaces(t, s)
	a := gait.Key{Hash: [32]byte{1}, Workspace: one, Name: "a"}
	b := gait.Key{Hash: [32]byte{2}, Workspace: one, Name: "b"}
	c := gait.Key{Hash: [32]byte{3}, Workspace: two, Name: "c"}
	mustCreateKeys(t, s, a, b, c)
	wantCode(t, s.RevokeKey(t.Context(), two, a.Hash, 500), gait.NotFound) // another's
	wantCode(t, s.RevokeKey(t.Context(), one, [32]byte{9}, 500), gait.NotFound)
	wantKeys(t, s, one, a, b)
	wantCode(t, s.RevokeKey(t.Context(), one, a.Hash, 700), "")
	wantCode(t, s.RevokeKey(t.Context(), one, a.Hash, 900), "")
	a.Revoked = 700 // the first time counts
	s = reopen(t, o, s, gait.SessionLimits{})
	wantKeys(t, s, one, a, b)
	wantKeys(t, s, two, c)
}

func testKeysTouched(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	one, two := twoWorkspaces(t, s)
	a := gait.Key{Hash: [32]byte{1}, Workspace: one}
	b := gait.Key{Hash: [32]byte{2}, Workspace: one, LastUsed: 500}
	c := gait.Key{Hash: [32]byte{3}, Workspace: two}
	mustCreateKeys(t, s, a, b, c)
	wantCode(t, s.TouchKeys(t.Context(), nil), "")
	wantCode(t, s.TouchKeys(t.Context(), []gait.KeyUse{
		{Hash: a.Hash, At: 300},
		{Hash: [32]byte{9}, At: 300}, // of a key that does not exist
		{Hash: a.Hash, At: 200},      // late
		{Hash: b.Hash, At: 400},      // later still
	}), "")
	a.LastUsed = 300
	s = reopen(t, o, s, gait.SessionLimits{})
	wantKeys(t, s, one, a, b)
	wantKeys(t, s, two, c)
	wantCode(t, s.TouchKeys(t.Context(), []gait.KeyUse{{Hash: b.Hash, At: 600}}), "")
	b.LastUsed = 600
	wantKeys(t, s, one, a, b)
}
