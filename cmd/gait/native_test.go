package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDashboardAPI follows a session through what the dashboard asks, on the whole
// server, and changes the policy that it is judged by.
func TestDashboardAPI(t *testing.T) {
	dir, k := initWorkspace(t)
	out, errs, status := call(t, "keys", "create", "--data", dir, "--name", "dashboard", "--scope", "read", "--scope", "admin", "--json")
	var admin struct{ Key string }
	if err := json.Unmarshal([]byte(out), &admin); err != nil || status != 0 {
		t.Fatal(err, errs)
	}
	p := start(t, dir)
	bearer := []string{"Authorization", "Bearer " + admin.Key}
	me := newPerson(t, p.url)
	ask := func(method, path string, body any) map[string]any {
		t.Helper()
		return me.must(200, method, "/api/v1"+path, body, bearer...)
	}
	events := watchLive(t, p.url, k.SecretKey)

	if status, err := postBatch(http.DefaultClient, p.url, batchJSON(k.SiteKey, 7, 0)); status != 200 || err != nil {
		t.Fatal(status, err)
	}
	id := fmt.Sprintf("%032x", 7)
	rows, _ := ask("GET", "/sessions", nil)["items"].([]any)
	if len(rows) != 1 {
		t.Fatalf("a list right after an acknowledgement has %d sessions", len(rows))
	}
	row, _ := rows[0].(map[string]any)
	if row["id"] != id || row["status"] != "live" || row["band"] != "unknown" {
		t.Errorf("%v", row)
	}
	select {
	case line := <-events:
		if !strings.Contains(line, id) {
			t.Errorf("the stream tells of %s", line)
		}
	case <-time.After(10 * time.Second):
		t.Error("the stream tells of nothing")
	}
	for path, want := range map[string]string{
		"/sessions/count": `"sessions":1`, "/overview": `"now":{"machine":0`, "/sessions/" + id + "/log": "entry 0", "/sessions/" + id + "/timeline": `"moves":{`,
		"/workspace": k.SiteKey, "/keys": "dashboard", "/address-lists": `"items":[]`, "/policy": `"version":0`,
	} {
		if raw, err := json.Marshal(ask("GET", path, nil)); err != nil || !strings.Contains(string(raw), want) {
			t.Errorf("%s: no %s in %s, %v", path, want, raw, err)
		}
	}

	ask("POST", "/policy", map[string]any{"bands": map[string]int{"monitor": 1, "review": 2, "reject": 3}, "based": 0})
	assessment, _ := ask("GET", "/sessions/"+id+"/evidence", nil)["assessment"].(map[string]any)
	if assessment["policy_version"] != 1.0 || assessment["band"] != "reject" || !strings.HasPrefix(fmt.Sprint(assessment["recommended_action"]), "Auto-reject") {
		t.Errorf("under the new policy: %v", assessment)
	}
	ask("PATCH", "/workspace", map[string]any{"settings": map[string]any{"monitor_only": true}})
	evidence := ask("GET", "/sessions/"+id+"/evidence", nil)
	if assessment, _ := evidence["assessment"].(map[string]any); evidence["monitor_only"] != true || assessment["recommended_action"] != "Auto-accept" {
		t.Errorf("while it only watches: %v", assessment)
	}
	invitation := ask("POST", "/invitations", map[string]any{"role": "viewer", "note": "Ben"})
	token := strings.TrimPrefix(fmt.Sprint(invitation["url"]), p.url+"/dash/join#")
	if shown := me.must(200, "POST", "/api/v1/account/invitation", map[string]string{"token": token}); shown["role"] != "viewer" {
		t.Errorf("the invitation says %v", shown)
	}
	if raw, err := json.Marshal(ask("GET", "/audit", nil)); err != nil || strings.Count(string(raw), `"action"`) != 4 || strings.Contains(string(raw), token) {
		t.Errorf("%v: the audit log is %s", err, raw)
	}

	// Whoever watches does not keep the server from stopping.
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := p.Wait(); err != nil || time.Since(began) > 10*time.Second {
		t.Errorf("the server ended with %v after %v", err, time.Since(began))
	}
}

// watchLive returns the data of the stream's events about sessions.
func watchLive(t *testing.T, url, key string) <-chan string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/api/v1/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(err, answer)
	}
	events := make(chan string, 100)
	go func() {
		defer answer.Body.Close()
		in := bufio.NewScanner(answer.Body)
		in.Buffer(nil, 1<<20)
		for in.Scan() {
			if in.Text() == "event: sessions" && in.Scan() {
				events <- in.Text()
			}
		}
	}()
	return events
}
