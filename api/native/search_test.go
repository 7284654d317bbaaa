package native

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

// near is a store in which one step of a search comes no further than n rows, and n
// users.
type near struct {
	Store
	n int
}

func (s near) Reach(ctx context.Context, q gait.SessionQuery, n int) (gait.Cursor, error) {
	return s.Store.Reach(ctx, q, min(n, s.n))
}

func (s near) ReachUsers(ctx context.Context, q gait.UserQuery, n int) (gait.UserPlace, error) {
	return s.Store.ReachUsers(ctx, q, min(n, s.n))
}

// TestSearchInParts: a request looks at a part of the list only, says which, and
// those that follow find everything once, in order.
func TestSearchInParts(t *testing.T) {
	h := newHouse(t)
	h.fill()
	var rare []gait.SessionRow
	for i := range 4 {
		rare = append(rare, h.row(1, 500+i, time.Duration(i*17+1)*time.Minute, func(r *gait.SessionRow) {
			r.Country, r.Tags, r.UserID = "NZ", []string{"beta"}, "rare"+number64(int64(i))
		}))
	}
	h.put(rare...)
	walk := func(target, member string) (ids []string, pages, empty int) {
		t.Helper()
		last, cursor := h.now.UnixMilli(), ""
		for {
			var page search[map[string]any]
			h.ok(&page, "viewer", "GET", target+"&cursor="+url.QueryEscape(cursor))
			pages++
			if len(page.Items) == 0 {
				empty++
			}
			for _, i := range page.Items {
				ids = append(ids, i[member].(string))
			}
			if (page.Next == "") != (page.SearchedSince == nil) {
				t.Fatalf("%s: next is %q, and it was searched back to %v", target, page.Next, page.SearchedSince)
			}
			if page.Next == "" {
				return ids, pages, empty
			}
			if *page.SearchedSince > last {
				t.Fatalf("%s: searched back to %d, and before to %d", target, *page.SearchedSince, last)
			}
			last, cursor = *page.SearchedSince, page.Next
		}
	}
	targets := []struct{ target, member string }{
		{"/sessions?limit=3", "id"},
		{"/sessions?country=NZ", "id"},
		{"/sessions?country=NZ&limit=2", "id"},
		{"/sessions?country=XX", "id"},
		{"/sessions?tag=beta&min=1", "id"},
		{"/sessions?user=u1&device=phone", "id"},
		{"/sessions?user=u1", "id"},
		{"/sessions?q=RARE", "id"},
		{"/sessions?status=live&min=50", "id"},
		{"/users?limit=2", "user_id"},
		{"/users?q=rare", "user_id"},
		{"/users?q=nobody", "user_id"},
	}
	want := map[string][]string{}
	for _, c := range targets {
		want[c.target], _, _ = walk(c.target, c.member)
	}
	if n := len(want["/sessions?country=NZ"]); n != len(rare) {
		t.Fatalf("%d rare sessions are found at once", n)
	}
	for _, n := range []int{1, 7} {
		h.config.Store, h.config.Search = near{h.store, n}, 1
		h.open()
		for _, c := range targets {
			got, pages, empty := walk(c.target, c.member)
			if !slices.Equal(got, want[c.target]) {
				t.Errorf("%s in steps of %d: got %v, want %v", c.target, n, got, want[c.target])
			}
			if strings.Contains(c.target, "XX") && (empty != pages || pages < 64/n) {
				t.Errorf("%s in steps of %d: %d pages, %d of them empty", c.target, n, pages, empty)
			}
			if c.target == "/users?q=nobody" && pages != (10+n-1)/n {
				t.Errorf("%s in steps of %d: %d pages", c.target, n, pages)
			}
		}
		var found sessionCount
		h.ok(&found, "viewer", "GET", "/sessions/count?country=XX")
		if found.Sessions != 0 || !found.AtLeast {
			t.Errorf("%+v", found)
		}
		// An export goes on until all is searched.
		w := h.as("analyst", "GET", "/sessions/export?format=csv&country=NZ")
		if n := strings.Count(w.Body.String(), "\n"); n != len(rare)+1 {
			t.Errorf("%d lines of %d sessions:\n%s", n, len(rare), w.Body)
		}
	}
	// With time, one request goes as many steps as it takes.
	h.config.Search = time.Minute
	h.open()
	if got, pages, _ := walk("/sessions?country=NZ", "id"); pages != 1 || !slices.Equal(got, want["/sessions?country=NZ"]) {
		t.Errorf("%v in %d pages", got, pages)
	}
	var all sessionCount
	h.ok(&all, "viewer", "GET", "/sessions/count?country=NZ")
	if all.Sessions != len(rare) || all.AtLeast {
		t.Errorf("%+v", all)
	}
}

// TestPreviewIsCut: of very many sessions the newest are tried, and the answer says
// since when these are.
func TestPreviewIsCut(t *testing.T) {
	h := newHouse(t)
	var rows []gait.SessionRow
	for i := range 20 {
		rows = append(rows, h.row(1, i, time.Duration(i)*time.Hour))
	}
	h.put(rows...)
	h.config.Store = near{h.store, 5}
	h.open()
	var got preview
	h.ok(&got, "analyst", "POST", "/policy/preview", `{"days":3}`)
	if got.Sessions != 5 || !got.Cut || got.Since != rows[4].Started {
		t.Errorf("%d sessions since %d, cut: %t", got.Sessions, got.Since, got.Cut)
	}
}

// TestSteps: a search takes the time that it was given, as far as it can tell.
func TestSteps(t *testing.T) {
	s := &steps{left: time.Hour}
	if a, b := s.next(), s.next(); a != firstStep || b != 2*firstStep {
		t.Errorf("the first steps are of %d and %d rows", a, b)
	}
	for range 20 {
		if n := s.next(); n > longestStep {
			t.Fatalf("a step of %d rows", n)
		}
	}
	after := func(took, left time.Duration) int {
		return (&steps{left: left, rows: 10_000, from: time.Now().Add(-took)}).next()
	}
	if n := after(time.Second, 2*time.Second); n < 4500 || n > 5000 {
		t.Errorf("%d rows where the time is enough for as many as before", n)
	}
	for _, left := range []time.Duration{1400 * time.Millisecond, time.Second, time.Nanosecond} {
		if n := after(time.Second, left); n != 0 {
			t.Errorf("%d rows when %v of the time were left before the last second", n, left)
		}
	}
}
