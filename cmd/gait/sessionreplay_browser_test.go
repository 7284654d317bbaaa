//go:build browser

package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestReplayInBrowsers fills the demo's form in two browsers and reads what was recorded.
func TestReplayInBrowsers(t *testing.T) {
	t.Parallel() // two at a time: browsers mostly wait
	for _, driver := range [][]string{{"firefox.mjs"}, {"form.mjs", "--driver", "playwright", "--typing", "20"}} {
		t.Run(driver[0], func(t *testing.T) {
			d := startDemo(t)
			var p played
			if err := json.Unmarshal(play(t, driver[0], append([]string{"--url", d.URL}, driver[1:]...)...), &p); err != nil {
				t.Fatal(err)
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL+"/api/v1/sessions/"+p.Session+"/replay", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+d.SecretKey)
			w, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(w.Body)
			_ = w.Body.Close()
			if err != nil || w.StatusCode != http.StatusOK {
				t.Fatalf("%d %s %v", w.StatusCode, body, err)
			}
			t.Logf("%d bytes are recorded", len(body))
			for _, want := range []string{`"pages":[{"page":"`, `/demo/signup"`, `"source":5`, "■■■"} {
				if !strings.Contains(string(body), want) {
					t.Errorf("%s is not recorded", want)
				}
			}
			for _, secret := range []string{"Robin", "robin.winter", "survey panel"} {
				if strings.Contains(string(body), secret) {
					t.Errorf("%q was entered, and is recorded", secret)
				}
			}
		})
	}
}
