// Package storetest is the one conformance suite that every storage engine
// runs. It holds an engine to each sentence of the contracts in package gait.
//
// An engine's test is one call:
//
//	func TestConformance(t *testing.T) {
//		storetest.Run(t, storetest.Options{Engine: "mem", Open: open})
//	}
package storetest

import (
	"bytes"
	"context"
	"errors"
	"path"
	"reflect"
	"slices"
	"testing"

	"github.com/gaithq/gait"
)

// Options describe an engine.
type Options struct {
	// Engine is the last element of the import path of the engine's Store. The
	// suite fails if Open returns another one's.
	Engine string
	// Open opens a new, empty store. The suite closes it.
	Open func(t testing.TB, l gait.SessionLimits) gait.Store
	// Reopen closes s and opens what it kept; nil for an engine that keeps nothing.
	Reopen func(t testing.TB, s gait.Store, l gait.SessionLimits) gait.Store
}

// Run runs the suite.
func Run(t *testing.T, o Options) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Options)
	}{
		{"Engine", testEngine},
		{"Append", testAppend},
		{"AppendSecret", testSecret},
		{"AppendLimits", testLimits},
		{"AppendTenancy", testTenancy},
		{"AppendConcurrently", testConcurrently},
		{"Batches", testBatches},
		{"BatchesMany", testBatchesMany},
		{"Durable", testDurable},
		{"Stale", testStale},
		{"StaleOrder", testStaleOrder},
		{"SessionsRoundTrip", testSessionsRoundTrip},
		{"SessionsPages", testSessionsPages},
		{"SessionsFilters", testSessionsFilters},
		{"SessionsOfUsersAndTags", testSessionsOfUsersAndTags},
		{"SessionsMoved", testSessionsMoved},
		{"SessionsFurtherFilters", testSessionsFurtherFilters},
		{"Reach", testReach},
		{"ReachUsers", testReachUsers},
		{"Workspaces", testWorkspaces},
		{"WorkspacesTaken", testWorkspacesTaken},
		{"Keys", testKeys},
		{"KeysRevoked", testKeysRevoked},
		{"KeysTouched", testKeysTouched},
		{"Accounts", testAccounts},
		{"Invitations", testInvitations},
		{"InvitationsOnce", testInvitationsOnce},
		{"Memberships", testMemberships},
		{"LastOwner", testLastOwner},
		{"Passkeys", testPasskeys},
		{"WebSessions", testWebSessions},
		{"Audit", testAudit},
		{"Settings", testSettings},
		{"UpdateWorkspace", testUpdateWorkspace},
		{"Policies", testPolicies},
		{"PoliciesConcurrently", testPoliciesConcurrently},
		{"Counts", testCounts},
		{"CountsFollow", testCountsFollow},
		{"Users", testUsers},
		{"Patterns", testPatterns},
		{"Labels", testLabels},
		{"Restale", testRestale},
		{"Delete", testDelete},
		{"DeleteStale", testDeleteStale},
		{"Closed", testClosed},
		{"Cancelled", testCancelled},
		{"Model", testModel},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, o) })
	}
}

func testEngine(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	if got := path.Base(reflect.Indirect(reflect.ValueOf(s)).Type().PkgPath()); got != o.Engine {
		t.Fatalf("the suite runs on engine %q and not on %q", got, o.Engine)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// open opens a store that is closed with the test.
func open(t testing.TB, o Options, l gait.SessionLimits) gait.Store {
	t.Helper()
	s := o.Open(t, l)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// reopen does nothing for an engine that keeps nothing.
func reopen(t testing.TB, o Options, s gait.Store, l gait.SessionLimits) gait.Store {
	t.Helper()
	if o.Reopen == nil {
		return s
	}
	s = o.Reopen(t, s, l)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// The names of the tests: small numbers spread over all bytes.
func sessionID(n int) (id gait.SessionID) { fill(id[:], n); return id }
func pageID(n int) (id gait.PageID)       { fill(id[:], n); return id }
func secretHash(n int) (h gait.SecretHash) {
	fill(h[:], n+100)
	return h
}

func fill(b []byte, n int) {
	for i := range b {
		b[i] = byte(n)
	}
}

func ref(w, session int) gait.SessionRef {
	return gait.SessionRef{Workspace: gait.WorkspaceID(w), Session: sessionID(session)}
}

// record makes a record of session's own secret.
func record(w, session, page, seq int, data string) gait.Record {
	return gait.Record{
		Workspace: gait.WorkspaceID(w),
		Session:   sessionID(session),
		Secret:    secretHash(session),
		Page:      pageID(page),
		Seq:       uint32(seq),
		Arrived:   1_700_000_000_000 + int64(seq),
		Data:      []byte(data),
	}
}

// mustAppend stores records and checks the receipts of new ones.
func mustAppend(t testing.TB, s gait.Store, records ...gait.Record) {
	t.Helper()
	for _, r := range records {
		got, err := s.Append(context.Background(), r)
		if err != nil {
			t.Fatalf("append %v: %v", r, err)
		}
		if got.Duplicate {
			t.Fatalf("append %v: is a duplicate", r)
		}
	}
}

// batches returns copies of what a session has.
func batches(t testing.TB, s gait.Store, w, session int) []gait.Record {
	t.Helper()
	var all []gait.Record
	err := s.Batches(context.Background(), gait.WorkspaceID(w), sessionID(session), func(r gait.Record) bool {
		r.Data = bytes.Clone(r.Data)
		all = append(all, r)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.CountBatches(context.Background(), gait.WorkspaceID(w), sessionID(session)); err != nil || n != len(all) {
		t.Fatalf("counted %d batches (%v), have %d", n, err, len(all))
	}
	return all
}

// wantBatches compares what a session has, in order.
func wantBatches(t testing.TB, s gait.Store, w, session int, want ...gait.Record) {
	t.Helper()
	if got := batches(t, s, w, session); !slices.EqualFunc(got, want, sameRecord) {
		t.Fatalf("session %d of workspace %d has\n%v, want\n%v", session, w, got, want)
	}
}

func sameRecord(a, b gait.Record) bool {
	same := bytes.Equal(a.Data, b.Data)
	a.Data, b.Data = nil, nil
	return same && reflect.DeepEqual(a, b)
}

// wantCode checks the code of an error.
func wantCode(t testing.TB, err error, want gait.Code) {
	t.Helper()
	if got := gait.CodeOf(err); got != want {
		t.Fatalf("got code %q, want %q: %v", got, want, err)
	}
	if _, ok := errors.AsType[*gait.Error](err); want != "" && !ok {
		t.Fatalf("not an error of package gait: %v", err)
	}
}

func wantStale(t testing.TB, s gait.Store, want ...gait.SessionRef) {
	t.Helper()
	got, err := s.Stale(context.Background(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("stale are %v, want %v", got, want)
	}
}

func mustPut(t testing.TB, s gait.Store, rows ...gait.SessionRow) {
	t.Helper()
	if err := s.PutSessions(context.Background(), rows); err != nil {
		t.Fatal(err)
	}
}

// row makes a row that was derived from n batches.
func row(w, session, n int) gait.SessionRow {
	return gait.SessionRow{SessionRef: ref(w, session), Batches: n, Started: int64(1000 + session)}
}

func list(t testing.TB, s gait.Store, q gait.SessionQuery) []gait.SessionRow {
	t.Helper()
	rows, err := s.Sessions(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) > q.Limit {
		t.Fatalf("got %d rows, asked for %d", len(rows), q.Limit)
	}
	if n, err := s.CountSessions(context.Background(), q); err != nil || n != len(rows) {
		t.Fatalf("counted %d, %v, of %d rows", n, err, len(rows))
	}
	return rows
}

func wantRows(t testing.TB, got []gait.SessionRow, want ...gait.SessionRow) {
	t.Helper()
	if !slices.EqualFunc(got, want, sameRow) {
		t.Fatalf("got rows\n%+v, want\n%+v", got, want)
	}
}

// sameRow compares rows; an empty list is the same as none.
func sameRow(a, b gait.SessionRow) bool {
	same := slices.Equal(a.Detected, b.Detected) && slices.Equal(a.Tags, b.Tags) && slices.Equal(a.Routes, b.Routes)
	a.Detected, a.Tags, a.Routes = nil, nil, nil
	b.Detected, b.Tags, b.Routes = nil, nil, nil
	return same && reflect.DeepEqual(a, b)
}
