package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestListsOfUsersAndTags follows user ids and tags from the page's batch to the
// lists of both dialects, on the whole server.
func TestListsOfUsersAndTags(t *testing.T) {
	dir, k := initWorkspace(t)
	p := start(t, dir)
	type list struct {
		UserID   string `json:"user_id"`
		Tag      string
		Sessions []struct {
			SessionID string `json:"session_id"`
			Tags      []string
		}
		Data []struct{ ID, UserID string }
	}
	ask := func(path, key string) (l list) {
		t.Helper()
		if status := get(t, p.url+path, key, &l); status != http.StatusOK {
			t.Fatalf("%s: %d", path, status)
		}
		return l
	}
	users := []string{"user/7 ü", "a+b", "日本語", "..", "50%"}
	for i, user := range users {
		name, err := json.Marshal(user)
		if err != nil {
			t.Fatal(err)
		}
		batch := fmt.Sprintf(`{"v":1,"site":"%s","sid":"%032x","secret":"%032x","page":"%016x","seq":0,"origin":%d,"sent":900,"events":[["U",0,%s],["T",5,%s],["m",80,14,26]]}`,
			k.SiteKey, i+1, i+1, i+1, time.Now().UnixMilli()-1000, name, strings.Replace(string(name), `"`, `"all, `, 1))
		if status, err := postBatch(http.DefaultClient, p.url, batch); status != 200 || err != nil {
			t.Fatalf("%s: %d, %v", batch, status, err)
		}
		// A list right after an acknowledgement includes the session.
		session := fmt.Sprintf("%032x", i+1)
		part, query := strings.ReplaceAll(url.PathEscape(user), ".", "%2E"), url.QueryEscape(user)
		for _, path := range []string{
			"/v1/users/" + part + "/sessions", "/v1/users/sessions?userId=" + query, "/v0.0/users/" + part + "/sessions",
			"/v1/tags/" + part + "/sessions", "/v1/tags/sessions?tag=" + query,
		} {
			l := ask(path, k.SecretKey)
			if l.UserID+l.Tag != user || len(l.Sessions) != 1 || l.Sessions[0].SessionID != session {
				t.Errorf("%s: %+v", path, l)
			}
		}
		if l := ask("/v1/users/"+part+"/sessions", k.NotAIKey); len(l.Data) != 1 || l.Data[0].ID != session || l.Data[0].UserID != user {
			t.Errorf("NotAI's list of %q: %+v", user, l)
		}
		if l := ask("/v1/tags/all/sessions", k.SecretKey); len(l.Sessions) != i+1 {
			t.Errorf("after %d sessions %d have the tag", i+1, len(l.Sessions))
		}
	}
	// The user signs out and another one signs in; the tags change.
	batch := fmt.Sprintf(`{"v":1,"site":"%s","sid":"%032x","secret":"%032x","page":"%016x","seq":1,"origin":%d,"sent":1900,"events":[["U",950,"new"],["T",5,"fresh"]]}`,
		k.SiteKey, 1, 1, 1, time.Now().UnixMilli()-2000)
	if status, err := postBatch(http.DefaultClient, p.url, batch); status != 200 || err != nil {
		t.Fatalf("%d, %v", status, err)
	}
	for path, want := range map[string]int{
		"/v1/users/new/sessions": 1, "/v1/tags/fresh/sessions": 1, "/v1/tags/all/sessions": len(users) - 1, "/v1/users/user%2F7%20%C3%BC/sessions": 0,
	} {
		if l := ask(path, k.SecretKey); len(l.Sessions) != want {
			t.Errorf("%s: %d sessions, want %d", path, len(l.Sessions), want)
		}
	}
}
