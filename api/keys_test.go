package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// TestKeysEnd lets a key expire and revokes another, and waits for it to show:
// the end that was planned at once, the sudden one after 5 seconds.
func TestKeysEnd(t *testing.T) {
	h := newHouse(t)
	start := h.now
	at := func(after time.Duration, key string, want int, says string) {
		t.Helper()
		h.now = start.Add(after)
		if w := h.get("/v1/sessions", key); w.Code != want || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s after %v: %d %s, want %d", key, after, w.Code, w.Body, want)
		}
	}
	h.store.change(keys["$AIK"], func(k *gait.Key) { k.Expires = start.Add(time.Second).UnixMilli() })
	at(0, "$AIK", 200, "")
	at(999*time.Millisecond, "$AIK", 200, "")
	at(time.Second, "$AIK", 401, "expired") // the key is still remembered
	at(time.Hour, "$AIK", 401, "expired")

	at(0, "$AIK_PRO", 200, "")
	h.store.change(keys["$AIK_PRO"], func(k *gait.Key) { k.Revoked = start.UnixMilli() })
	at(4999*time.Millisecond, "$AIK_PRO", 200, "")
	at(5*time.Second, "$AIK_PRO", 401, "revoked")
	h.store.change(keys["$AIK_PRO"], func(k *gait.Key) { k.Revoked = 0 })
	at(5*time.Second, "$AIK_PRO", 200, "") // what is not good is not remembered

	h.store.change(keys["$AIK_FREE"], func(k *gait.Key) { k.Scopes = []string{"write", gait.ScopeAdmin} })
	at(0, "$AIK_FREE", 403, "scope")
	h.store.change(keys["$AIK_FREE"], func(k *gait.Key) { k.Scopes = []string{"write", gait.ScopeRead} })
	at(5*time.Second, "$AIK_FREE", 200, "")
}

// TestKeysNoted: the store hears of a key's use once a minute, and no answer
// waits for it.
func TestKeysNoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.store.uses = make(chan []gait.KeyUse) // a slow store: it takes nothing yet
		minute := h.now.UnixMilli()
		hear := func(want ...gait.KeyUse) {
			t.Helper()
			var got []gait.KeyUse
			for range 2 {
				synctest.Wait()
				select {
				case uses := <-h.store.uses:
					got = append(got, uses...)
				default:
				}
			}
			slices.SortFunc(got, func(a, b gait.KeyUse) int { return slices.Compare(a.Hash[:], b.Hash[:]) })
			slices.SortFunc(want, func(a, b gait.KeyUse) int { return slices.Compare(a.Hash[:], b.Hash[:]) })
			if !slices.Equal(got, want) {
				t.Errorf("noted %v, want %v", got, want)
			}
		}
		use := func(key string, at int64) gait.KeyUse { return gait.KeyUse{Hash: api.HashKey(keys[key]), At: at} }
		for range 3 {
			for key, want := range map[string]int{
				"$SK": http.StatusNotFound, "$AIK": http.StatusNotFound, "$SK_ADMIN": http.StatusForbidden,
				"$SK_EXPIRED": http.StatusUnauthorized, "$SK_REVOKED": http.StatusUnauthorized, "$SK_GONE": http.StatusUnauthorized,
			} {
				path := "/v1/sessions/x"
				if key != "$AIK" {
					path += "/report"
				}
				if w := h.get(path, key); w.Code != want {
					t.Errorf("%s: %d", key, w.Code)
				}
			}
			h.now = h.now.Add(4 * time.Second)
		}
		hear(use("$SK", minute), use("$AIK", minute), use("$SK_ADMIN", minute))
		h.now = h.now.Add(47*time.Second + 999*time.Millisecond)
		h.store.change(keys["$SK"], func(k *gait.Key) { k.LastUsed = minute })
		h.get("/v1/nothing", "$SK")
		hear()
		h.now = h.now.Add(time.Millisecond)
		h.get("/v1/nothing", "$SK")
		hear(use("$SK", minute+60_000))
	})
}
