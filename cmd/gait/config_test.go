package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// checkConfig runs gait check-config and returns what it prints.
func checkConfig(t *testing.T, args ...string) map[string]any {
	t.Helper()
	out, errs, status := call(t, append([]string{"check-config"}, args...)...)
	if status != 0 {
		t.Fatalf("check-config %v: status %d, %s", args, status, errs)
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(out), &m); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return m
}

func TestGoodConfigs(t *testing.T) {
	defaults := checkConfig(t)
	for name, want := range map[string]map[string]any{
		"empty.json": {},
		"flat.json": {
			"listen": "127.0.0.1:9999", "public-url": "https://gait.example.org/", "log-level": "WARN",
			"trusted-proxy": []any{"10.0.0.0/8", "2001:db8::1/128"}, "session-rate": 2.5, "session-bytes": 1048576.0,
			"store-timeout": "3s", "metrics": true,
		},
		"nested.json": {
			"trusted-proxy": []any{"10.0.0.0/8", "2001:db8::1/128"}, "proxy-header": "Forwarded",
			"session-rate": 0.0, "session-burst": 7.0, "ip-no-builtin": true,
		},
	} {
		path := filepath.Join("testdata", "config", "good", name)
		got := checkConfig(t, "--config", path)
		for key, value := range defaults {
			if w, ok := want[key]; ok {
				value = w
			}
			if !reflect.DeepEqual(got[key], value) {
				t.Errorf("%s: %s is %v, want %v", name, key, got[key], value)
			}
		}
		// What it prints is a configuration that says the same.
		printed, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		again := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(again, printed, 0o600); err != nil {
			t.Fatal(err)
		}
		if twice := checkConfig(t, "--config", again); !reflect.DeepEqual(got, twice) {
			t.Errorf("%s: printed %v, and read again %v", name, got, twice)
		}
	}
}

func TestBadConfigs(t *testing.T) {
	want := map[string]string{
		"unknown.json":         `there is no setting "sesion-rate"`,
		"unknown-nested.json":  `there is no setting "session-rat"`,
		"twice.json":           `the key "session-rate" comes twice`,
		"not-whole.json":       "--session-burst",
		"not-a-number.json":    "--session-burst",
		"not-a-bool.json":      "--metrics",
		"not-a-network.json":   `"proxy.example.org" is no network`,
		"everybody.json":       "is everybody",
		"not-a-list.json":      `"listen" is one value, not a list`,
		"null.json":            `the key "listen": null says nothing`,
		"deep-list.json":       `the key "trusted-proxy"`,
		"itself.json":          `there is no setting "config"`,
		"another-command.json": `there is no setting "json"`,
		"cut.json":             "cut.json",
		"two.json":             "something follows",
		"list.json":            "does not begin with {",
		"not-a-choice.json":    "--store-addresses",
		"not-a-url.json":       "--public-url",
		"not-a-path.json":      "v1/x.js",
		"no-burst.json":        "--address-burst",
		"negative.json":        "--live-sessions",
		"not-a-header.json":    "--proxy-header",
		"no-such-file.json":    "the tor file testdata/config/none.txt cannot be used",
	}
	list, err := os.ReadDir(filepath.Join("testdata", "config", "bad"))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(want) {
		t.Errorf("%d files, %d expectations", len(list), len(want))
	}
	for _, f := range list {
		out, errs, status := call(t, "check-config", "--config", filepath.Join("testdata", "config", "bad", f.Name()))
		if status != 2 || out != "" || want[f.Name()] == "" || !strings.Contains(errs, want[f.Name()]) {
			t.Errorf("%s: status %d, %q, want %q", f.Name(), status, errs, want[f.Name()])
		}
	}
	if _, errs, status := call(t, "check-config", "--config", "testdata/none.json"); status != 2 || !strings.Contains(errs, "none.json") {
		t.Errorf("no file: %d, %q", status, errs)
	}
}

func TestConfigPrecedence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gait.json")
	if err := os.WriteFile(path, []byte(`{"session-burst": 11, "session-rate": 11, "address-burst": 11}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GAIT_CONFIG", path)
	t.Setenv("GAIT_SESSION_RATE", "22")
	t.Setenv("GAIT_SESSION_BURST", "22")
	got := checkConfig(t, "--session-burst", "33")
	for key, want := range map[string]float64{"session-burst": 33, "session-rate": 22, "address-burst": 11, "address-rate": 600} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	t.Setenv("GAIT_SESION_BURST", "1")
	if _, errs, _ := call(t, "check-config"); !strings.Contains(errs, "GAIT_SESION_BURST") || strings.Contains(errs, "GAIT_SESSION_BURST") {
		t.Errorf("a name that is misspelt in the environment: %q", errs)
	}
}

// docs/configure.md lists every setting, with its default.
func TestConfigDocs(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "configure.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name := range checkConfig(t) {
		if !strings.Contains(string(doc), "`--"+name+"`") {
			t.Errorf("docs/configure.md does not tell of --%s", name)
		}
	}
}

func TestPublicURL(t *testing.T) {
	out, _, status := call(t, "init", "--data", t.TempDir(), "--public-url", "https://gait.example.org/")
	if status != 0 || !strings.Contains(out, `<script src="https://gait.example.org/v1/rt.js" data-site-key="pub-`) {
		t.Errorf("init: %d, %s", status, out)
	}
	c := settings{PublicURL: "https://x.example", ScriptPath: "/a/b.js"}
	if got := c.scriptTag(c.publicURL("http://127.0.0.1:1"), "pub-1"); got != `<script src="https://x.example/a/b.js" data-site-key="pub-1"></script>` {
		t.Error(got)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add(`{"session":{"rate":5},"trusted-proxy":["10.0.0.0/8"],"metrics":true}`)
	f.Add(`{"a":[[]]}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := readConfig("fuzz.json", strings.NewReader(text))
		if err == nil && c == nil || err != nil && !strings.HasPrefix(err.Error(), "fuzz.json: ") {
			t.Fatalf("%v, %v", c, err)
		}
	})
}
