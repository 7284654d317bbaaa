package judge

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/risk"
	"github.com/gaithq/gait/store/mem"
)

// newStore returns a store with two workspaces, of which the first is workspace.
func newStore(t testing.TB) *mem.Store {
	t.Helper()
	store := mem.New(mem.Config{})
	for _, key := range []string{"pub-1", "pub-2"} {
		if _, err := store.CreateWorkspace(t.Context(), gait.Workspace{SiteKey: key, IntegrationID: key}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

// save stores a policy in which one check counts so much.
func save(t testing.TB, store gait.Store, based int, key string, detected float64) {
	t.Helper()
	p := risk.Default()
	p.Weights[key] = risk.Weight{Detected: detected}
	body, err := risk.Write(p, risk.Default())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.SavePolicy(t.Context(), gait.PolicyVersion{Workspace: workspace, Body: body}, based); err != nil {
		t.Fatal(err)
	}
}

func report(t testing.TB, j *Judge, w gait.WorkspaceID, id gait.SessionID) gait.Report {
	t.Helper()
	r, err := j.Report(t.Context(), w, id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// postIn is post into another workspace.
func postIn(t testing.TB, w gait.WorkspaceID, store Store, j *Judge, b gait.Batch) {
	t.Helper()
	r, err := store.Append(t.Context(), gait.Record{
		Workspace: w, Session: b.Session, Page: b.Page, Seq: b.Seq, Arrived: b.Arrived, Data: packed(&b),
	})
	if err != nil {
		t.Fatal(err)
	}
	j.Appended(w, &b, r)
}

// TestPolicyOfWorkspace: a workspace's own policy holds for it from the moment
// that the judge is told, and for nobody else, and rows follow.
func TestPolicyOfWorkspace(t *testing.T) {
	store := newStore(t)
	j, err := New(Config{Store: store, Policies: store, Every: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	id := gait.SessionID{7}
	for seq := range 5 {
		post(t, store, j, batch(id, 1, seq))
		postIn(t, 2, store, j, batch(id, 1, seq))
	}
	before, other := report(t, j, workspace, id), report(t, j, 2, id)
	if before.Answers[6].Verdict != gait.Detected || before.Assessment.Score != other.Assessment.Score {
		t.Fatalf("the script is wrong: %+v", before.Assessment)
	}
	if err := j.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}

	save(t, store, 0, before.Answers[6].Check.Key, 0)
	if r := report(t, j, workspace, id); r.Assessment.Score != before.Assessment.Score {
		t.Errorf("the policy holds before the judge was told of it")
	}
	j.PolicyChanged(workspace)
	after := report(t, j, workspace, id)
	if after.Assessment.Score >= before.Assessment.Score || after.Assessment.PolicyVersion != 1 {
		t.Errorf("the score stays at %d, by policy %d", after.Assessment.Score, after.Assessment.PolicyVersion)
	}
	if list, err := j.Reports(t.Context(), workspace, []gait.SessionID{id}); err != nil || list[0].Assessment.Score != after.Assessment.Score {
		t.Errorf("a list says %+v, %v", list, err)
	}
	if r := report(t, j, 2, id); r.Assessment.Score != before.Assessment.Score {
		t.Errorf("the other workspace's score is %d", r.Assessment.Score)
	}

	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { j.Run(ctx); close(ended) }()
	defer func() { stop(); <-ended }()
	for score := before.Assessment.Score; score != after.Assessment.Score; {
		rows, err := store.Sessions(t.Context(), gait.SessionQuery{Workspace: workspace, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		score = rows[0].Score
		time.Sleep(time.Millisecond)
	}
	rows, err := store.Sessions(t.Context(), gait.SessionQuery{Workspace: 2, Limit: 1})
	if err != nil || rows[0].Score != before.Assessment.Score {
		t.Errorf("the other workspace's row is %+v, %v", rows, err)
	}
}

// TestManyRowsAgain changes a policy twice while rows of the first change are
// still to come.
func TestManyRowsAgain(t *testing.T) {
	store := newStore(t)
	j, err := New(Config{Store: store, Policies: store})
	if err != nil {
		t.Fatal(err)
	}
	const sessions = 2*againMarks + 3*againRows/2
	for i := range sessions {
		post(t, store, j, batch(gait.SessionID{byte(i), byte(i >> 8)}, 1, 0))
	}
	if err := j.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	save(t, store, 0, "bot", 1)
	j.PolicyChanged(workspace)
	if err := j.deriveAgain(t.Context(), time.Nanosecond); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := j.againRound(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	save(t, store, 1, "bot", 2)
	j.PolicyChanged(workspace)
	versions := map[int]int{}
	for range 1000 {
		if err := j.deriveAgain(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
		rows, err := store.Sessions(t.Context(), gait.SessionQuery{Workspace: workspace, Limit: sessions + 1})
		if err != nil {
			t.Fatal(err)
		}
		clear(versions)
		for _, r := range rows {
			versions[r.PolicyVersion]++
		}
		if len(versions) == 1 {
			break
		}
	}
	if want := risk.Default().Version + 2*VersionStep; versions[want] != sessions {
		t.Errorf("rows are by the policies %v, want all by %d", versions, want)
	}
	if marked, err := store.Restaled(t.Context(), 1); err != nil || len(marked) != 0 {
		t.Errorf("still marked: %v, %v", marked, err)
	}
}

// TestUpgradedRows: a new process finds rows that another policy made.
func TestUpgradedRows(t *testing.T) {
	store := newStore(t)
	old := risk.Default()
	old.Version = 7
	j, err := New(Config{Store: store, Policies: store, Policy: &old})
	if err != nil {
		t.Fatal(err)
	}
	post(t, store, j, batch(gait.SessionID{1}, 1, 0))
	if err := j.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if j, err = New(Config{Store: store, Policies: store}); err != nil {
		t.Fatal(err)
	}
	if err := j.checkVersions(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := j.deriveAgain(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	rows, err := store.Sessions(t.Context(), gait.SessionQuery{Workspace: workspace, Limit: 1})
	if err != nil || rows[0].PolicyVersion != risk.Default().Version {
		t.Errorf("rows are %+v, %v", rows, err)
	}
}

func TestMonitorOnly(t *testing.T) {
	store := newStore(t)
	j, err := New(Config{Store: store, Policies: store})
	if err != nil {
		t.Fatal(err)
	}
	id := gait.SessionID{7}
	save(t, store, 0, "centered_clicks", 9)
	for seq := range 5 {
		post(t, store, j, batch(id, 1, seq))
	}
	before := report(t, j, workspace, id)
	if before.MonitorOnly || before.Assessment.Action == gait.AutoAccept {
		t.Fatalf("the script is wrong: %+v", before.Assessment)
	}
	settings := gait.DefaultSettings()
	settings.MonitorOnly = true
	if err := store.PutSettings(t.Context(), workspace, settings); err != nil {
		t.Fatal(err)
	}
	j.SettingsChanged(workspace)
	r := report(t, j, workspace, id)
	if !r.MonitorOnly || r.Assessment.Action != gait.AutoAccept || r.Assessment.Score != before.Assessment.Score {
		t.Errorf("got %v, %+v", r.MonitorOnly, r.Assessment)
	}
}

// TestPolicyUnreadable: a policy of checks that are gone does not stop judging.
func TestPolicyUnreadable(t *testing.T) {
	store := newStore(t)
	j, err := New(Config{Store: store, Policies: store})
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"version": 1, "weights": map[string]any{"no_such_check": map[string]any{"detected": 1}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.SavePolicy(t.Context(), gait.PolicyVersion{Workspace: workspace, Body: body}, 0); err != nil {
		t.Fatal(err)
	}
	id := gait.SessionID{7}
	post(t, store, j, batch(id, 1, 0))
	if r := report(t, j, workspace, id); r.Assessment.PolicyVersion != risk.Default().Version {
		t.Errorf("judged by policy %d", r.Assessment.PolicyVersion)
	}
}

// failing cannot tell policies.
type failing struct{ *mem.Store }

func (failing) Policy(context.Context, gait.WorkspaceID) (gait.PolicyVersion, error) {
	return gait.PolicyVersion{}, gait.Errorf(gait.Unavailable, "not now")
}

// TestPolicyUnknown: without knowing the policy, nothing is judged by another one.
func TestPolicyUnknown(t *testing.T) {
	store := newStore(t)
	j, err := New(Config{Store: store, Policies: failing{store}})
	if err != nil {
		t.Fatal(err)
	}
	id := gait.SessionID{7}
	post(t, store, j, batch(id, 1, 0))
	if _, err := j.Report(t.Context(), workspace, id); gait.CodeOf(err) != gait.Unavailable {
		t.Errorf("a report: %v", err)
	}
	if _, err := j.Reports(t.Context(), workspace, []gait.SessionID{id}); gait.CodeOf(err) != gait.Unavailable {
		t.Errorf("reports: %v", err)
	}
	if err := j.CatchUp(t.Context()); gait.CodeOf(err) != gait.Unavailable {
		t.Errorf("rows: %v", err)
	}
}

// slow changes the policy while it is being read.
type slow struct {
	*mem.Store
	meanwhile func()
}

func (s *slow) Policy(ctx context.Context, w gait.WorkspaceID) (gait.PolicyVersion, error) {
	p, err := s.Store.Policy(ctx, w)
	if s.meanwhile != nil {
		change := s.meanwhile
		s.meanwhile = nil
		change()
	}
	return p, err
}

// TestPolicyChangedMeanwhile: what was read before a change is not remembered.
func TestPolicyChangedMeanwhile(t *testing.T) {
	store := newStore(t)
	from := &slow{Store: store}
	j, err := New(Config{Store: store, Policies: from})
	if err != nil {
		t.Fatal(err)
	}
	from.meanwhile = func() {
		save(t, store, 0, "bot", 1)
		j.PolicyChanged(workspace)
	}
	for want := range 2 {
		r, err := j.rules(t.Context(), workspace)
		if err != nil || r.row != risk.Default().Version+want*VersionStep {
			t.Errorf("call %d: %+v, %v", want, r, err)
		}
	}
	from.meanwhile = func() { t.Error("it is read again") }
	if _, err := j.rules(t.Context(), workspace); err != nil {
		t.Fatal(err)
	}
}
