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

// invitation makes one to a workspace that is valid until 1000.
func invitation(n int, w gait.WorkspaceID, r gait.Role) gait.Invitation {
	i := gait.Invitation{Workspace: w, Role: r, Note: "for Zoë", By: 7, Created: int64(n), Expires: 1000}
	fill(i.Hash[:], n)
	return i
}

func mustInvite(t testing.TB, s gait.Store, all ...gait.Invitation) {
	t.Helper()
	for _, i := range all {
		wantCode(t, s.CreateInvitation(t.Context(), i), "")
	}
}

// mustJoin makes an account by an invitation of its own.
func mustJoin(t testing.TB, s gait.Store, n int, w gait.WorkspaceID, r gait.Role) gait.Account {
	t.Helper()
	i := invitation(n, w, r)
	mustInvite(t, s, i)
	a, err := s.CreateAccount(t.Context(), account(n), i.Hash, gait.Membership{Since: int64(n)})
	wantCode(t, err, "")
	return a
}

func account(n int) gait.Account {
	return gait.Account{
		Email: string(rune('a'+n)) + "@example.org", Name: "Zoë", Password: "$argon2id$…", Handle: bytes.Repeat([]byte{byte(n)}, 32),
		Created: 5, SignedIn: 6, Epoch: 7,
	}
}

func wantAccount(t testing.TB, s gait.Store, want gait.Account) {
	t.Helper()
	got, err := s.AccountByID(t.Context(), want.ID)
	wantCode(t, err, "")
	also, err := s.AccountByEmail(t.Context(), want.Email)
	wantCode(t, err, "")
	for _, got := range []gait.Account{got, also} {
		if !bytes.Equal(got.Handle, want.Handle) {
			t.Fatalf("got the handle %x, want %x", got.Handle, want.Handle)
		}
		got.Handle = want.Handle
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	}
}

func wantMembers(t testing.TB, s gait.Store, w gait.WorkspaceID, want ...gait.Membership) {
	t.Helper()
	got, err := s.Members(t.Context(), w)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("workspace %d has the members\n%+v, %v; want\n%+v", w, got, err, want)
	}
}

func testAccounts(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	one, two := twoWorkspaces(t, s)
	a := mustJoin(t, s, 1, one, gait.Owner)
	b := mustJoin(t, s, 2, two, gait.Viewer)
	if a.ID < 1 || b.ID < 1 || a.ID == b.ID {
		t.Fatalf("got IDs %d and %d", a.ID, b.ID)
	}
	wantAccount(t, s, a)
	wantAccount(t, s, b)

	t.Run("refused", func(t *testing.T) {
		mustInvite(t, s, invitation(3, two, gait.Owner))
		i := invitation(3, two, gait.Owner)
		_, err := s.CreateAccount(t.Context(), account(1), i.Hash, gait.Membership{Since: 10})
		wantCode(t, err, gait.Invalid) // the address is taken
		_, err = s.CreateAccount(t.Context(), account(3), [32]byte{99}, gait.Membership{Since: 10})
		wantCode(t, err, gait.NotFound)
		_, err = s.CreateAccount(t.Context(), account(3), i.Hash, gait.Membership{Since: 1000}) // too late
		wantCode(t, err, gait.NotFound)
		_, err = s.AccountByEmail(t.Context(), account(3).Email)
		wantCode(t, err, gait.NotFound)
		got, err := s.InvitationByHash(t.Context(), i.Hash)
		if wantCode(t, err, ""); got != i {
			t.Fatalf("the invitation was changed to %+v", got)
		}
		wantMembers(t, s, two, gait.Membership{Account: b.ID, Workspace: two, Role: gait.Viewer, Since: 2})
	})
	for _, id := range []gait.AccountID{0, -1, 99} {
		_, err := s.AccountByID(t.Context(), id)
		wantCode(t, err, gait.NotFound)
	}
	_, err := s.AccountByEmail(t.Context(), "")
	wantCode(t, err, gait.NotFound)

	changed := a
	changed.Name, changed.Password, changed.SignedIn, changed.Epoch = "Max", "", 60, 70
	other := changed
	other.Email, other.Handle, other.Created = "new@example.org", []byte{1}, 99 // which stay
	wantCode(t, s.UpdateAccount(t.Context(), other), "")
	wantCode(t, s.UpdateAccount(t.Context(), gait.Account{ID: 99}), gait.NotFound)
	s = reopen(t, o, s, gait.SessionLimits{})
	wantAccount(t, s, changed)
	wantAccount(t, s, b)
}

func testInvitations(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	one, two := twoWorkspaces(t, s)
	a, b, c := invitation(1, one, gait.Viewer), invitation(2, one, gait.Owner), invitation(3, two, gait.Analyst)
	mustInvite(t, s, a, b, c)
	wantCode(t, s.CreateInvitation(t.Context(), a), gait.Invalid)
	wantCode(t, s.CreateInvitation(t.Context(), invitation(4, 99, gait.Owner)), gait.NotFound)
	wantAll := func(w gait.WorkspaceID, want ...gait.Invitation) {
		t.Helper()
		got, err := s.Invitations(t.Context(), w)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("workspace %d has\n%+v, %v; want\n%+v", w, got, err, want)
		}
	}
	wantAll(one, b, a)
	wantAll(two, c)
	wantAll(99)

	_, err := s.InvitationByHash(t.Context(), [32]byte{9})
	wantCode(t, err, gait.NotFound)
	wantCode(t, s.RevokeInvitation(t.Context(), two, a.Hash, 40), gait.NotFound) // another's
	wantCode(t, s.RevokeInvitation(t.Context(), one, [32]byte{9}, 40), gait.NotFound)
	wantCode(t, s.RevokeInvitation(t.Context(), one, a.Hash, 50), "")
	wantCode(t, s.RevokeInvitation(t.Context(), one, a.Hash, 60), "")
	a.Revoked = 50 // the first time counts
	_, err = s.CreateAccount(t.Context(), account(1), a.Hash, gait.Membership{Since: 51})
	wantCode(t, err, gait.NotFound)

	z, err := s.CreateAccount(t.Context(), account(2), b.Hash, gait.Membership{Account: 77, Workspace: 88, Role: gait.Viewer, Since: 52})
	wantCode(t, err, "")
	b.Used = 52
	wantCode(t, s.RevokeInvitation(t.Context(), one, b.Hash, 53), gait.Invalid)
	_, err = s.CreateAccount(t.Context(), account(3), b.Hash, gait.Membership{Since: 54})
	wantCode(t, err, gait.NotFound)

	wantCode(t, s.AcceptInvitation(t.Context(), c.Hash, gait.Membership{Account: 99, Since: 55}), gait.NotFound)
	wantCode(t, s.AcceptInvitation(t.Context(), c.Hash, gait.Membership{Account: z.ID, Since: 55}), "")
	wantCode(t, s.AcceptInvitation(t.Context(), c.Hash, gait.Membership{Account: z.ID, Since: 56}), gait.NotFound)
	c.Used = 55

	s = reopen(t, o, s, gait.SessionLimits{})
	wantAll(one, b, a)
	wantAll(two, c)
	owner := gait.Membership{Account: z.ID, Workspace: one, Role: gait.Owner, Since: 52}
	analyst := gait.Membership{Account: z.ID, Workspace: two, Role: gait.Analyst, Since: 55}
	wantMembers(t, s, one, owner)
	wantMembers(t, s, two, analyst)
	if got, err := s.Memberships(t.Context(), z.ID); err != nil || !slices.Equal(got, []gait.Membership{owner, analyst}) {
		t.Fatalf("memberships are %+v, %v", got, err)
	}

	// A member's role is raised and never lowered.
	d, e := invitation(5, two, gait.Viewer), invitation(6, two, gait.Owner)
	mustInvite(t, s, d, e)
	wantCode(t, s.AcceptInvitation(t.Context(), d.Hash, gait.Membership{Account: z.ID, Since: 60}), "")
	wantMembers(t, s, two, analyst)
	wantCode(t, s.AcceptInvitation(t.Context(), e.Hash, gait.Membership{Account: z.ID, Since: 61}), "")
	analyst.Role = gait.Owner
	wantMembers(t, s, two, analyst)
}

// testInvitationsOnce has many use one invitation at a time: one gets in.
func testInvitationsOnce(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	one, _ := twoWorkspaces(t, s)
	i := invitation(1, one, gait.Owner)
	mustInvite(t, s, i)
	var in atomic.Int32
	var wg sync.WaitGroup
	for n := range 12 {
		wg.Go(func() {
			switch _, err := s.CreateAccount(t.Context(), account(n), i.Hash, gait.Membership{Since: 2}); gait.CodeOf(err) {
			case "":
				in.Add(1)
			case gait.NotFound:
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if members, err := s.Members(t.Context(), one); in.Load() != 1 || err != nil || len(members) != 1 {
		t.Fatalf("%d got in, members are %+v, %v", in.Load(), members, err)
	}
}

func testMemberships(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	one, two := twoWorkspaces(t, s)
	a := mustJoin(t, s, 2, one, gait.Owner)
	b := mustJoin(t, s, 1, one, gait.Viewer)
	of := func(a gait.Account, w gait.WorkspaceID, r gait.Role, since int64) gait.Membership {
		return gait.Membership{Account: a.ID, Workspace: w, Role: r, Since: since}
	}
	put := func(want gait.Code, m gait.Membership) {
		t.Helper()
		wantCode(t, s.PutMembership(t.Context(), m), want)
	}
	wantMembers(t, s, one, of(b, one, gait.Viewer, 1), of(a, one, gait.Owner, 2))
	put("", of(b, two, gait.Viewer, 9)) // nobody owns it yet
	put("", of(b, one, gait.Analyst, 3))
	put(gait.NotFound, of(gait.Account{ID: 99}, one, gait.Owner, 3))
	put(gait.NotFound, of(a, 99, gait.Owner, 3))
	s = reopen(t, o, s, gait.SessionLimits{})
	wantMembers(t, s, one, of(a, one, gait.Owner, 2), of(b, one, gait.Analyst, 3))
	wantMembers(t, s, two, of(b, two, gait.Viewer, 9))
	wantCode(t, s.RemoveMembership(t.Context(), b.ID, one), "")
	wantCode(t, s.RemoveMembership(t.Context(), b.ID, one), gait.NotFound)
	wantCode(t, s.RemoveMembership(t.Context(), a.ID, two), gait.NotFound)
	wantMembers(t, s, one, of(a, one, gait.Owner, 2))
	wantMembers(t, s, two, of(b, two, gait.Viewer, 9))
	wantMembers(t, s, 99)
}

func testLastOwner(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	one, two := twoWorkspaces(t, s)
	a := mustJoin(t, s, 1, one, gait.Owner)
	b := mustJoin(t, s, 2, one, gait.Analyst)
	mustJoin(t, s, 3, two, gait.Owner)
	lower := gait.Membership{Account: a.ID, Workspace: one, Role: gait.Viewer, Since: 1}
	wantCode(t, s.PutMembership(t.Context(), lower), gait.Invalid)
	wantCode(t, s.RemoveMembership(t.Context(), a.ID, one), gait.Invalid)
	wantCode(t, s.PutMembership(t.Context(), gait.Membership{Account: b.ID, Workspace: one, Role: gait.Owner}), "")

	// Both leave at a time: one stays.
	var left atomic.Int32
	var wg sync.WaitGroup
	for _, id := range []gait.AccountID{a.ID, b.ID} {
		wg.Go(func() {
			switch err := s.RemoveMembership(t.Context(), id, one); gait.CodeOf(err) {
			case "":
				left.Add(1)
			case gait.Invalid:
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if members, err := s.Members(t.Context(), one); left.Load() != 1 || err != nil || len(members) != 1 || members[0].Role != gait.Owner {
		t.Fatalf("%d left, members are %+v, %v", left.Load(), members, err)
	}
}

func testPasskeys(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	one, _ := twoWorkspaces(t, s)
	a, b := mustJoin(t, s, 1, one, gait.Owner), mustJoin(t, s, 2, one, gait.Viewer)
	old := gait.Passkey{ID: []byte{0, 1}, Account: a.ID, Name: "Zoë's phone", Data: []byte(`{"a":"\u0000"}`), Created: 5, LastUsed: 6}
	young := gait.Passkey{ID: []byte{0}, Account: a.ID, Created: 7}
	foreign := gait.Passkey{ID: []byte{9}, Account: b.ID, Data: []byte{0, 0xff}}
	wantAll := func(a gait.Account, want ...gait.Passkey) {
		t.Helper()
		got, err := s.Passkeys(t.Context(), a.ID)
		if err != nil || !slices.EqualFunc(got, want, samePasskey) {
			t.Fatalf("account %d has\n%+v, %v; want\n%+v", a.ID, got, err, want)
		}
	}
	wantAll(a)
	for _, p := range []gait.Passkey{young, old, foreign} {
		wantCode(t, s.PutPasskey(t.Context(), p), "")
	}
	stolen := foreign
	stolen.Account = a.ID
	wantCode(t, s.PutPasskey(t.Context(), stolen), gait.Invalid)
	wantCode(t, s.PutPasskey(t.Context(), gait.Passkey{ID: []byte{3}, Account: 99}), gait.NotFound)
	wantAll(a, old, young)
	old.Name, old.Data, old.LastUsed = "renamed", []byte("new"), 60
	wantCode(t, s.PutPasskey(t.Context(), old), "")
	s = reopen(t, o, s, gait.SessionLimits{})
	wantAll(a, old, young)
	wantAll(b, foreign)
	got, err := s.PasskeyByID(t.Context(), old.ID)
	if wantCode(t, err, ""); !samePasskey(got, old) {
		t.Fatalf("got %+v", got)
	}
	got.Data[0]++ // keeps nothing of the caller's
	old.ID = slices.Clone(old.ID)
	wantAll(a, old, young)
	_, err = s.PasskeyByID(t.Context(), []byte{77})
	wantCode(t, err, gait.NotFound)
	wantCode(t, s.RemovePasskey(t.Context(), b.ID, old.ID), gait.NotFound)
	wantCode(t, s.RemovePasskey(t.Context(), a.ID, old.ID), "")
	wantCode(t, s.RemovePasskey(t.Context(), a.ID, old.ID), gait.NotFound)
	wantAll(a, young)
	wantAll(b, foreign)
}

func samePasskey(a, b gait.Passkey) bool {
	same := bytes.Equal(a.ID, b.ID) && bytes.Equal(a.Data, b.Data)
	a.ID, a.Data, b.ID, b.Data = nil, nil, nil, nil
	return same && reflect.DeepEqual(a, b)
}

func testWebSessions(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	hash := func(n int) (h [32]byte) { fill(h[:], n); return h }
	want := func(n int, now int64, data string) {
		t.Helper()
		got, err := s.WebSessionByHash(t.Context(), hash(n), now)
		if data == "" {
			wantCode(t, err, gait.NotFound)
			return
		}
		if wantCode(t, err, ""); string(got.Data) != data || got.Hash != hash(n) {
			t.Fatalf("got %+v", got)
		}
	}
	for n, data := range []string{"zero", "one", "two"} {
		w := gait.WebSession{Hash: hash(n), Data: []byte(data), Expires: int64(100 * (n + 1))}
		wantCode(t, s.PutWebSession(t.Context(), w), "")
		w.Data[0] = 'X' // the caller's
	}
	s = reopen(t, o, s, gait.SessionLimits{})
	want(0, 99, "zero")
	want(0, 100, "")
	want(9, 0, "")
	wantCode(t, s.PutWebSession(t.Context(), gait.WebSession{Hash: hash(0), Data: []byte("again"), Expires: 150}), "")
	want(0, 149, "again")
	wantCode(t, s.RemoveExpiredWebSessions(t.Context(), 200), "")
	want(0, 0, "")
	want(1, 0, "")
	want(2, 0, "two")
	wantCode(t, s.RemoveWebSession(t.Context(), hash(2)), "")
	wantCode(t, s.RemoveWebSession(t.Context(), hash(2)), "")
	want(2, 0, "")
}

func testAudit(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	entry := func(n int) gait.AuditEntry {
		return gait.AuditEntry{
			ID: 77, Workspace: gait.WorkspaceID(1 + n%2), At: int64(100 - n), By: 3, ByName: "Zoë", Action: "key.create",
			Subject: "sk-…abcd", Detail: string(rune('a' + n)),
		}
	}
	wantCode(t, s.Audit(t.Context(), nil), "")
	for n := 0; n < 10; n += 2 {
		wantCode(t, s.Audit(t.Context(), []gait.AuditEntry{entry(n), entry(n + 1)}), "")
	}
	s = reopen(t, o, s, gait.SessionLimits{})
	var got []gait.AuditEntry
	for before := int64(0); ; {
		page, err := s.AuditLog(t.Context(), 2, before, 2)
		wantCode(t, err, "")
		got = append(got, page...)
		if len(page) < 2 {
			break
		}
		before = page[1].ID
	}
	if len(got) != 5 {
		t.Fatalf("got %d entries, want 5", len(got))
	}
	for i, e := range got {
		want := entry(9 - 2*i)
		if want.ID = e.ID; e != want || i > 0 && e.ID >= got[i-1].ID {
			t.Fatalf("entry %d is %+v", i, e)
		}
	}
	_, err := s.AuditLog(t.Context(), 1, 0, 0)
	wantCode(t, err, gait.Invalid)
	if none, err := s.AuditLog(t.Context(), 99, 0, 9); err != nil || len(none) != 0 {
		t.Fatalf("got %v, %v", none, err)
	}
}
