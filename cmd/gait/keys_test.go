package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

// gaitRuns runs a command in a process of its own and returns what it printed.
func gaitRuns(t *testing.T, args ...string) string {
	t.Helper()
	cmd := gaitCmd(t, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil || errs.Len() > 0 {
		t.Fatalf("gait %s: %v %s", strings.Join(args, " "), err, &errs)
	}
	return string(out)
}

func decode[T any](t *testing.T, line string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(line), &v); err != nil || strings.Count(line, "\n") != 1 {
		t.Fatalf("%q: %v", line, err)
	}
	return v
}

type keyList struct{ Keys []keyInfo }

// TestKeysBesideServer makes and revokes keys while a server runs on the folder
// and takes batches.
func TestKeysBesideServer(t *testing.T) {
	dir, k := initWorkspace(t)
	p := start(t, dir)
	stop, stopped := make(chan struct{}), make(chan struct{})
	defer func() { close(stop); <-stopped }()
	go func() {
		defer close(stopped)
		for seq := 0; ; seq++ {
			select {
			case <-stop:
				return
			default:
			}
			status, err := postBatch(http.DefaultClient, p.url, batchJSON(k.SiteKey, uint64(1+seq/50), seq%50))
			if status == http.StatusTooManyRequests {
				time.Sleep(10 * time.Millisecond)
			} else if status != 200 || err != nil {
				t.Errorf("batch %d: %d, %v", seq, status, err)
				return
			}
		}
	}()

	report := p.url + "/v1/sessions/" + strings.Repeat("f", 32) + "/report" // of nobody
	status := func(key string, want int) {
		t.Helper()
		if got := get(t, report, key, nil); got != want {
			t.Errorf("the key %.7s… gets %d, want %d", key, got, want)
		}
	}
	create := func(args ...string) keyInfo {
		t.Helper()
		return decode[keyInfo](t, gaitRuns(t, append([]string{"keys", "create", "--data", dir, "--json"}, args...)...))
	}
	tool := create("--name", "Decipher")
	if !strings.HasPrefix(tool.Key, "sk-") || tool.Name != "Decipher" || tool.Dialect != "roundtable" || tool.Expires != nil ||
		tool.LastUsed != nil || len(tool.Scopes) != 1 || tool.Scopes[0] != "read" || tool.Workspace != "Main" {
		t.Errorf("made %+v", tool)
	}
	status(tool.Key, 404) // it may ask, and the session does not exist
	admin := create("--name", "Admin", "--scope", "admin", "--workspace", "Main", "--expires", "90d")
	status(admin.Key, 403)
	brief := create("--name", "Brief", "--expires", "1500ms", "--workspace", "1")
	status(brief.Key, 404)
	made := time.Now()
	notai := create("--name", "List", "--dialect", "notai", "--scope", "read", "--scope", "admin")
	var integration struct {
		Data struct{ ID, Name, APIKeyMasked string }
	}
	if got := get(t, p.url+"/v1/integration", notai.Key, &integration); got != 200 ||
		integration.Data.APIKeyMasked != notai.Hint || integration.Data.Name != "Main" || integration.Data.ID != k.IntegrationID {
		t.Errorf("integration: %d, %+v", got, integration)
	}

	out := gaitRuns(t, "keys", "revoke", "--data", dir, strings.ReplaceAll(tool.Hint, "…", "..."))
	if !strings.Contains(out, tool.ID) {
		t.Errorf("revoke prints %q", out)
	}
	revoked := time.Now()
	for get(t, report, tool.Key, nil) != 401 {
		if time.Since(revoked) > 8*time.Second {
			t.Fatal("a revoked key works on")
		}
		time.Sleep(100 * time.Millisecond)
	}
	time.Sleep(time.Until(made.Add(2 * time.Second)))
	status(brief.Key, 401)
	status(k.SecretKey, 404)

	text := gaitRuns(t, "keys", "list", "--data", dir)
	line := gaitRuns(t, "keys", "list", "--data", dir, "--json")
	list := decode[keyList](t, line)
	if len(list.Keys) != 6 {
		t.Errorf("%d keys: %s", len(list.Keys), text)
	}
	for _, secret := range []string{tool.Key, admin.Key, brief.Key, notai.Key, k.SecretKey, k.NotAIKey} {
		if strings.Contains(text+line, secret) || strings.Contains(p.errs.String(), secret) {
			t.Error("a key is shown")
		}
	}
	for _, got := range list.Keys {
		if !strings.Contains(text, got.ID) || !strings.Contains(text, got.Hint) || !strings.Contains(text, got.Name) {
			t.Errorf("%s is missing in %s", got.Name, text)
		}
		if (got.Revoked != nil) != (got.ID == tool.ID) || (got.Expires != nil) != (got.Name == "Admin" || got.Name == "Brief") {
			t.Errorf("listed %+v", got)
		}
		if used := got.Name != "first" || got.Dialect == "roundtable"; (got.LastUsed != nil) != used {
			t.Errorf("used: %v, listed %+v", used, got)
		}
	}
	if again := gaitRuns(t, "keys", "revoke", "--data", dir, "--json", tool.ID); !strings.Contains(again, tool.ID) {
		t.Errorf("revoked again: %s", again)
	}
}

func TestKeysCommandLine(t *testing.T) {
	dir, _ := initWorkspace(t)
	f := func(status int, want string, args ...string) {
		t.Helper()
		out, errs, got := call(t, append([]string{"keys"}, args...)...)
		if got != status || !strings.Contains(out+errs, want) {
			t.Errorf("gait keys %s: status %d, %q; want %d with %q", strings.Join(args, " "), got, out+errs, status, want)
		}
	}
	f(0, "shown only now", "create", "--data", dir, "--name", "without a server")
	f(0, "expires on 20", "create", "--data", dir, "--name", "for a while", "--expires", "30d")
	f(0, "without a server", "list", "--data", dir)
	f(2, "missing flags", "create", "--data", dir)
	f(2, "needs a name", "create", "--data", dir, "--name", "two\nlines")
	f(2, "needs a name", "create", "--data", dir, "--name", strings.Repeat("x", 201))
	f(2, "must be one of", "create", "--data", dir, "--name", "x", "--dialect", "latin")
	f(2, "must be", "create", "--data", dir, "--name", "x", "--scope", "everything")
	for _, when := range []string{"90", "d", "-1d", "0d", "0s", "-5h", "99999999999999999999d", "36501d", "1y"} {
		f(2, "want a time from now", "create", "--data", dir, "--name", "x", "--expires="+when)
	}
	f(2, "no workspace \"Side\", but 1 (Main)", "create", "--data", dir, "--name", "x", "--workspace", "Side")
	f(2, "no workspace yet", "create", "--data", t.TempDir(), "--name", "x")
	f(2, "no workspace yet", "list", "--data", t.TempDir()+"/nowhere")
	f(2, "there is no key", "revoke", "--data", dir, "sk-…none")
	f(2, "there is no key", "revoke", "--data", dir, "")
}

// TestUntidyPaths: what a client builds from text that it does not control
// reaches the API as it was sent, without a redirect that would lose it.
func TestUntidyPaths(t *testing.T) {
	dir, k := initWorkspace(t)
	p := start(t, dir)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("redirected") }}
	for path, want := range map[string]int{
		"/v1/users/a%2Fb%2F%2Fc/sessions":              200,
		"/v1/users/%2F/sessions":                       200,
		"/v1/users/%2E%2E/sessions":                    200,
		"/v1/users/%2E%2E%2F%2E%2E%2Fv1/sessions":      200,
		"/v1/users/a+b%20c%2B/sessions":                200,
		"/v1/tags/%E6%97%A5%E6%9C%AC%2F./sessions":     200,
		"/v0.0/users/x%2F..%2Fy/sessions":              200,
		"/v1/users/sessions?userId=a//b/../c":          200,
		"/v1/tags/sessions?tag=http://example.org/?a":  200,
		"/v1/users//sessions":                          404,
		"/v1/users/a//sessions":                        404,
		"/v1/users/../sessions":                        404,
		"/v1/users/./sessions":                         404,
		"/v1//users/a/sessions":                        404,
		"/v0.0//users/a/sessions":                      404,
		"/v0.0/users/../tracker.js":                    404,
		"/api/v1//sessions/x/evidence":                 404,
		"/v1":                                          404,
		"/v0.0":                                        404,
		"/v1/users/a/sessions/":                        404,
		"/v1/users/nobody/sessions/../../../../health": 404,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+k.SecretKey)
		a, err := client.Do(r)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		body, err := io.ReadAll(a.Body)
		_ = a.Body.Close() // read to its end
		if err != nil || a.StatusCode != want || want == 404 && a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s, %v", path, a.StatusCode, body, err)
		}
	}
}

func FuzzExpiry(f *testing.F) {
	for _, s := range []string{"", "90d", "12h", "-1d", "99999999999999999999d", "1e9h", "36500d", "36501d"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		at, err := parseExpiry(s, now)
		if err != nil {
			if gait.CodeOf(err) != gait.Invalid {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if s != "" && (at < now.UnixMilli() || at > now.Add(expiryMax).UnixMilli()) {
			t.Fatalf("%q ends at %d", s, at)
		}
	})
}

func FuzzOrigins(f *testing.F) {
	for _, s := range []string{"https://example.org", "HTTP://Example.org:8080/", "https://a@b", "https://", "//x", "https://[::1]:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, err := parseOrigins([]string{s})
		if err != nil {
			if gait.CodeOf(err) != gait.Invalid {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		again, err := parseOrigins(list)
		if err != nil || !slices.Equal(again, list) {
			t.Fatalf("%q gives %q, then %q: %v", s, list, again, err)
		}
	})
}
