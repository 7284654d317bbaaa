package judge

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store/mem"
	"github.com/gaithq/gait/wire"
)

func packed(b *gait.Batch) []byte { return wire.Pack(nil, b) }

func TestRowSays(t *testing.T) {
	store := mem.New(mem.Config{})
	j := newJudge(t, store)
	id := gait.SessionID{7}
	for seq := range 5 {
		b := batch(id, 1, seq)
		at := b.Events[len(b.Events)-1].T
		if seq == 2 {
			b.Events = append(b.Events,
				gait.Event{Kind: gait.Navigate, T: at, Text: "https://example.org/b?x"},
				gait.Event{Kind: gait.Fact, T: at, Name: "ip.country", Text: "DE"})
		}
		post(t, store, j, b)
	}
	r := report(t, j, workspace, id)
	for _, from := range []string{"memory", "store"} {
		if from == "store" {
			j = newJudge(t, store)
			if err := store.PutSessions(t.Context(), []gait.SessionRow{{SessionRef: gait.SessionRef{Workspace: workspace, Session: id}}}); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := j.Sessions(t.Context(), gait.SessionQuery{Workspace: workspace, Limit: 1})
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		row := rows[0]
		if row.Masked != r.Assessment.Masked || row.Actor != r.Actor || row.Presence != gait.PresenceSeen || row.Country != "DE" ||
			row.Device != "desktop" || row.Browser != "Chrome" || row.OS != "Linux" || !slices.Equal(row.Routes, []string{"/b", "/page-1"}) {
			t.Errorf("from %s: %+v", from, row)
		}
		if len(row.Verdicts) != len(gait.VerdictKeys()) {
			t.Fatalf("verdicts are %q", row.Verdicts)
		}
		for i, a := range slices.Concat(r.Answers, r.Beyond) {
			if want := map[gait.Verdict]byte{gait.Detected: 'D', gait.NotDetected: 'N', gait.Unknown: 'U'}[a.Verdict]; row.Verdicts[i] != want {
				t.Errorf("from %s: verdict %d is %c, want %c", from, i, row.Verdicts[i], want)
			}
		}
	}
}

// TestRoutes: the same paths are kept whatever the order in which they come.
func TestRoutes(t *testing.T) {
	var batches []gait.Batch
	var want []string
	for i := range 40 {
		path := fmt.Sprintf("/page/%02d", i)
		if i < gait.MaxRoutes {
			want = append(want, path)
		}
		batches = append(batches, gait.Batch{Events: []gait.Event{
			{Kind: gait.Open, Text: "https://example.org" + path + "?a=b"},
			{Kind: gait.Navigate, Text: "https://example.org" + path + "#c"},
			{Kind: gait.Log, Text: "https://example.org/a"},
		}})
	}
	for seed := range uint64(50) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		rnd.Shuffle(len(batches), func(a, b int) { batches[a], batches[b] = batches[b], batches[a] })
		if got := routesOf(batches).list(); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %q", seed, got)
		}
	}
	long := routesOf([]gait.Batch{{Events: []gait.Event{{Kind: gait.Open, Text: "https://example.org/" + strings.Repeat("ä", 500)}}}}).list()
	if len(long) != 1 || len(long[0]) > routeMax || !utf8.ValidString(long[0]) {
		t.Errorf("a long one is %q", long)
	}
}

func TestMachine(t *testing.T) {
	j := newJudge(t, mem.New(mem.Config{}))
	for agent, want := range map[string]kind{
		"": {},
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36":                                   {"desktop", "Chrome", "Linux"},
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  {"desktop", "Firefox", "Linux"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1": {"phone", "Safari", "iOS"},
		"Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1":          {"tablet", "Safari", "iOS"},
		"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36":                   {"phone", "Chrome", "Android"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0":           {"desktop", "Edge", "Windows"},
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)":                                                                {"other", "Googlebot", ""},
		strings.Repeat("x", agentMax+1): {},
	} {
		for range 2 { // once read, once remembered
			device, browser, os := j.machine(agent)
			if got := (kind{device, browser, os}); got != want {
				t.Errorf("%q: got %+v, want %+v", agent, got, want)
			}
		}
	}
}

func FuzzMachine(f *testing.F) {
	f.Add("Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0.0.0")
	f.Add("\xff(;/")
	f.Fuzz(func(t *testing.T, agent string) {
		if len(agent) > agentMax {
			return
		}
		k := parseAgent(agent)
		for _, s := range []string{k.browser, k.os} {
			if len(s) > familyMax || !utf8.ValidString(s) {
				t.Errorf("%q gives %q", agent, s)
			}
		}
		if !slices.Contains([]string{"desktop", "phone", "tablet", "other"}, k.device) {
			t.Errorf("%q is a %q", agent, k.device)
		}
	})
}

// vanishing is a store from which a session is deleted once its row is being made.
type vanishing struct{ *mem.Store }

func (v vanishing) CountBatches(ctx context.Context, w gait.WorkspaceID, id gait.SessionID) (int, error) {
	if _, err := v.DeleteSessions(ctx, w, 1<<62, 9); err != nil {
		return 0, err
	}
	return v.Store.CountBatches(ctx, w, id)
}

// TestDeletedMeanwhile: what is deleted while its row is made does not come back.
func TestDeletedMeanwhile(t *testing.T) {
	store := newStore(t)
	j := newJudge(t, store)
	post(t, store, j, batch(gait.SessionID{7}, 1, 0))
	if err := j.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := store.RestaleSessions(t.Context(), workspace, 99, 9); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	late := newJudge(t, vanishing{store})
	if err := late.deriveAgain(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if rows, err := store.Sessions(t.Context(), gait.SessionQuery{Workspace: workspace, Limit: 9}); err != nil || len(rows) != 0 {
		t.Errorf("got %v, %v", rows, err)
	}
	if _, err := j.Report(t.Context(), workspace, gait.SessionID{7}); gait.CodeOf(err) != gait.NotFound {
		t.Errorf("a report: %v", err)
	}
	// The page goes on, and is a session anew.
	post(t, store, j, batch(gait.SessionID{7}, 1, 1))
	if r := report(t, j, workspace, gait.SessionID{7}); r.Features.Batches != 1 {
		t.Errorf("%d batches", r.Features.Batches)
	}
}
