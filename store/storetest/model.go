package storetest

import (
	"cmp"
	"context"
	"flag"
	"maps"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/gaithq/gait"
)

// modelLimits are small enough to be met by chance.
var modelLimits = gait.SessionLimits{Batches: 5, Bytes: 60}

// names are of users and of tags; the empty one is none.
var names = []string{"", "", "a", "b"}

// key identifies a record; the numbers are those of the helpers.
type key struct{ workspace, session, page, seq int }

// model is what a store should hold of two workspaces, written down as plainly
// as possible.
type model struct {
	first   int // of the workspaces
	records map[key]gait.Record
	rows    map[gait.SessionRef]gait.SessionRow
	stale   []gait.SessionRef
	again   []gait.SessionRef // marked to be derived again
}

// fewerChecks bounds the runs of the model where each is slow, unless somebody
// asked for a number.
var fewerChecks = sync.OnceFunc(func() {
	f := flag.Lookup("rapid.checks")
	if checksUnderRace == "" || f == nil || f.Value.String() != f.DefValue {
		return
	}
	if err := f.Value.Set(checksUnderRace); err != nil {
		panic(err) // the constant is wrong
	}
})

// testModel does random things to a store and to a model, and compares. Every
// run has workspaces of its own in the same store.
func testModel(t *testing.T, o Options) {
	fewerChecks()
	s := open(t, o, modelLimits)
	first := 1
	rapid.Check(t, func(r *rapid.T) {
		m := model{first: first, records: map[key]gait.Record{}, rows: map[gait.SessionRef]gait.SessionRow{}}
		first += 2
		defer func() { m.settle(t, s) }()
		steps := map[string]func(*rapid.T){
			"append": func(r *rapid.T) { m.append(r, s) },
			"put":    func(r *rapid.T) { m.put(r, s) },
			"list":   func(r *rapid.T) { m.list(r, s) },
			"count":  func(r *rapid.T) { m.count(r, s) },
			"users":  func(r *rapid.T) { m.users(r, s) },
			"group":  func(r *rapid.T) { m.group(r, s) },
			"label":  func(r *rapid.T) { m.label(r, s) },
			"mark":   func(r *rapid.T) { m.mark(r, s) },
			"delete": func(r *rapid.T) { m.delete(r, s) },
			"":       func(r *rapid.T) { m.compare(r, s) },
		}
		if o.Reopen != nil {
			steps["reopen"] = func(r *rapid.T) {
				if rapid.IntRange(0, 19).Draw(r, "seldom") == 0 {
					s = reopen(t, o, s, modelLimits)
				}
			}
		}
		r.Repeat(steps)
	})
}

// workspace draws one of the two.
func (m *model) workspace(r *rapid.T) int {
	return m.first + rapid.IntRange(0, 1).Draw(r, "workspace")
}

// settle leaves nothing stale to the next run.
func (m *model) settle(t *testing.T, s gait.Store) {
	var rows []gait.SessionRow
	for w := m.first; w < m.first+2; w++ {
		for session := range 3 {
			n, err := s.CountBatches(context.Background(), gait.WorkspaceID(w), sessionID(session))
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, row(w, session, n))
		}
	}
	mustPut(t, s, rows...)
}

// append draws a record and works out what should become of it.
func (m *model) append(r *rapid.T, s gait.Store) {
	small := func(most int, label string) int { return rapid.IntRange(0, most).Draw(r, label) }
	k := key{m.workspace(r), small(2, "session"), small(1, "page"), small(3, "seq")}
	rec := record(k.workspace, k.session, k.page, k.seq, rapid.StringN(0, 20, 30).Draw(r, "data"))
	if small(4, "secret") == 0 {
		rec.Secret = secretHash(99)
	}
	stored := m.session(k.workspace, k.session)
	bytes := len(rec.Data)
	for _, o := range stored {
		bytes += len(o.Data)
	}
	_, duplicate := m.records[k]
	want, code := gait.Receipt{Batches: len(stored) + 1}, gait.Code("")
	switch {
	case len(stored) > 0 && stored[0].Secret != rec.Secret:
		want, code = gait.Receipt{}, gait.Forbidden
	case duplicate:
		want = gait.Receipt{Duplicate: true, Batches: len(stored)}
	case len(stored) == modelLimits.Batches, int64(bytes) > modelLimits.Bytes:
		want, code = gait.Receipt{}, gait.TooLarge
	default:
		m.records[k] = rec
		if at := ref(k.workspace, k.session); !slices.Contains(m.stale, at) {
			m.stale = append(m.stale, at)
		}
	}
	got, err := s.Append(context.Background(), rec)
	if gait.CodeOf(err) != code || got != want {
		r.Fatalf("append %v: got %+v, %v; want %+v, %q", k, got, err, want, code)
	}
}

// session returns the records of a session in order.
func (m *model) session(w, session int) []gait.Record {
	var all []gait.Record
	for k, rec := range m.records {
		if k.workspace == w && k.session == session {
			all = append(all, rec)
		}
	}
	slices.SortFunc(all, func(a, b gait.Record) int {
		return cmp.Or(slices.Compare(a.Page[:], b.Page[:]), cmp.Compare(a.Seq, b.Seq))
	})
	return all
}

func (m *model) put(r *rapid.T, s gait.Store) {
	var rows []gait.SessionRow
	for range rapid.IntRange(0, 3).Draw(r, "rows") {
		w, session := m.workspace(r), rapid.IntRange(0, 2).Draw(r, "session")
		stored := len(m.session(w, session))
		row := gait.SessionRow{
			SessionRef:  ref(w, session),
			Batches:     max(0, stored+rapid.SampledFrom([]int{0, 0, 0, -1, 1}).Draw(r, "off by")),
			Started:     rapid.Int64Range(-1, 3).Draw(r, "started"),
			LastArrival: rapid.Int64Range(0, 3).Draw(r, "arrival"),
			Score:       rapid.IntRange(0, 3).Draw(r, "score"),
			URL:         rapid.String().Draw(r, "url"),
			UserID:      rapid.SampledFrom(names).Draw(r, "user"),
			Tags:        rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(names), rapid.String()), 0, 2).Draw(r, "tags"),
		}
		m.drawFurther(r, &row)
		rows = append(rows, row)
		row.Label = m.rows[row.SessionRef].Label // which stays
		m.rows[row.SessionRef] = row
		m.again = slices.DeleteFunc(m.again, func(o gait.SessionRef) bool { return o == row.SessionRef })
		m.stale = slices.DeleteFunc(m.stale, func(o gait.SessionRef) bool { return o == row.SessionRef })
		if stored > 0 && row.Batches != stored {
			m.stale = append(m.stale, row.SessionRef)
		}
	}
	if err := s.PutSessions(context.Background(), rows); err != nil {
		r.Fatal(err)
	}
}

func (m *model) list(r *rapid.T, s gait.Store) {
	bound := func(label string) int64 { return rapid.Int64Range(0, 4).Draw(r, label) }
	q := gait.SessionQuery{
		Workspace:     gait.WorkspaceID(m.workspace(r)),
		After:         gait.Cursor{Started: bound("after"), Session: sessionID(rapid.IntRange(0, 2).Draw(r, "session"))},
		Limit:         rapid.IntRange(1, 4).Draw(r, "limit"),
		ArrivedBefore: bound("before"),
		ArrivedSince:  bound("since"),
		MinScore:      int(bound("score")),
		StartedSince:  bound("started since"),
		StartedUntil:  bound("started until"),
		UserID:        rapid.SampledFrom(names).Draw(r, "user"),
		Tag:           rapid.SampledFrom(names).Draw(r, "tag"),
	}
	if rapid.Bool().Draw(r, "through") {
		q.Through = gait.Cursor{Started: bound("through"), Session: sessionID(rapid.IntRange(0, 2).Draw(r, "session"))}
	}
	m.drawFilters(r, &q)
	m.reach(r, s, q)
	newestFirst := func(a, b gait.SessionRow) int {
		return cmp.Or(cmp.Compare(b.Started, a.Started), slices.Compare(b.Session[:], a.Session[:]))
	}
	at := func(c gait.Cursor) gait.SessionRow {
		return gait.SessionRow{SessionRef: gait.SessionRef{Session: c.Session}, Started: c.Started}
	}
	var want []gait.SessionRow
	for _, row := range slices.SortedFunc(maps.Values(m.rows), newestFirst) {
		if row.Workspace == q.Workspace && len(want) < q.Limit &&
			(q.After == gait.Cursor{} || newestFirst(at(q.After), row) < 0) &&
			(q.Through == gait.Cursor{} || newestFirst(row, at(q.Through)) <= 0) &&
			(q.ArrivedBefore == 0 || row.LastArrival < q.ArrivedBefore) &&
			(q.ArrivedSince == 0 || row.LastArrival >= q.ArrivedSince) &&
			(q.MinScore == 0 || row.Score >= q.MinScore) &&
			(q.StartedSince == 0 || row.Started >= q.StartedSince) &&
			(q.StartedUntil == 0 || row.Started <= q.StartedUntil) &&
			(q.UserID == "" || row.UserID == q.UserID) && (q.Tag == "" || slices.Contains(row.Tags, q.Tag)) &&
			further(q, row) {
			want = append(want, row)
		}
	}
	got, err := s.Sessions(context.Background(), q)
	if err != nil || !slices.EqualFunc(got, want, sameRow) {
		r.Fatalf("%+v: got\n%+v, %v; want\n%+v", q, got, err, want)
	}
	if n, err := s.CountSessions(context.Background(), q); err != nil || n != len(want) {
		r.Fatalf("%+v: counted %d, %v; want %d", q, n, err, len(want))
	}
}

// compare holds the whole store against the model.
func (m *model) compare(r *rapid.T, s gait.Store) {
	ctx := context.Background()
	for w := m.first; w < m.first+2; w++ {
		for session := range 3 {
			var got []gait.Record
			err := s.Batches(ctx, gait.WorkspaceID(w), sessionID(session), func(rec gait.Record) bool {
				rec.Data = slices.Clone(rec.Data)
				got = append(got, rec)
				return true
			})
			want := m.session(w, session)
			if err != nil || !slices.EqualFunc(got, want, sameRecord) {
				r.Fatalf("session %d of workspace %d: got\n%v, %v; want\n%v", session, w, got, err, want)
			}
			if n, err := s.CountBatches(ctx, gait.WorkspaceID(w), sessionID(session)); err != nil || n != len(want) {
				r.Fatalf("session %d of workspace %d: counted %d, %v; want %d", session, w, n, err, len(want))
			}
		}
	}
	if got, err := s.Restaled(ctx, 100); err != nil || !slices.Equal(got, m.again) {
		r.Fatalf("marked: got %v, %v; want %v", got, err, m.again)
	}
	if got, err := s.Stale(ctx, 100); err != nil || !slices.Equal(got, m.stale) {
		r.Fatalf("stale: got %v, %v; want %v", got, err, m.stale)
	}
}
