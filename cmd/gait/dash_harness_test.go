//go:build browser

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"github.com/gaithq/gait/ingest"
)

// The tests in dash_*_test.go drive the dashboard of a real server in real browsers, with
// the scenarios in dash/e2e. They need what `make browsers` and npm ci install,
// and fail without it.

// given is what a scenario gets.
type given map[string]any

// dashPatience bounds one scenario. Most take a few seconds.
const dashPatience = 2 * time.Minute

// scene plays a scenario of dash/e2e against the server at url and reads what it
// saw. What it found wrong fails the test.
func scene(t *testing.T, scenario, url string, g given, saw any) {
	t.Helper()
	if g == nil {
		g = given{}
	}
	g["url"] = url
	arg, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), dashPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "../../dash/e2e/"+scenario+".mjs", string(arg))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", scenario, err, &errs)
	}
	var end struct {
		Problems []string
		Seen     json.RawMessage
	}
	if err := json.Unmarshal(out, &end); err != nil {
		t.Fatalf("%s: %v in %s", scenario, err, out)
	}
	for _, p := range end.Problems {
		t.Error(p)
	}
	if saw == nil || t.Failed() && len(end.Seen) == 0 {
		return
	}
	if err := json.Unmarshal(end.Seen, saw); err != nil {
		t.Fatalf("%s: %v in %s", scenario, err, end.Seen)
	}
}

// startFresh serves a new workspace that has no members, with the token of its
// setup link.
func startFresh(t *testing.T) (p *process, k keys) {
	t.Helper()
	dir, k := initWorkspace(t)
	p = start(t, dir)
	if p.setup == "" {
		t.Fatalf("no setup link is printed: %s", p.errs)
	}
	return p, k
}

// aVisit is a session that has one of everything that views are about.
type aVisit struct{ id, route, tag, user, name string }

// known is the session that views are opened with. Its user's name is one that a
// spreadsheet would reckon with.
var known = aVisit{id: fmt.Sprintf("%032x", 1), route: "/signup", tag: "autumn", user: "member-4711", name: "=1+1 Robin"}

func (v aVisit) given(token string) given {
	return given{"token": token, "session": v.id, "route": v.route, "tag": v.tag, "user": v.user, "name": v.name}
}

// post sends the visit to the server of a workspace, from somewhere in Germany.
func (v aVisit) post(t *testing.T, url, site string) {
	t.Helper()
	body := fmt.Sprintf(`{"v":1,"site":%q,"sid":%q,"secret":%q,"page":"%016x","seq":0,"origin":%d,"sent":9000,"events":[`+
		`["o",0,1280,720,0,"https://example.org%s"],["U",0,%q],["I",0,0,%q],["T",0,%q],["m",80,14,26],["m",80,60,90],["m",90,200,140],`+
		`["t",10,1,1,0,"Send"],["d",40,204,144,0,0,1,320,160,640,320],["u",900,204,144],["c",1,204,144,0,1,1],["s",500,0,300,0,-1],["g",0,"Sent"]]}`,
		site, v.id, v.id, 1, time.Now().UnixMilli()-1000, v.route, v.user, v.name, v.tag)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+ingest.Path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0")
	r.Header.Set("X-Forwarded-For", "203.0.113.7")
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Body.Close(); err != nil || w.StatusCode != http.StatusOK {
		t.Fatalf("a visit: %d, %v", w.StatusCode, err)
	}
}

// germany is a file that knows where visits are from.
func germany(t *testing.T) string {
	t.Helper()
	w, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "Test-Country", IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	_, network, err := net.ParseCIDR("203.0.113.0/24")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Insert(network, mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String("DE")}}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "country.mmdb")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// startFullDemo is startDemo once the recorded sessions that come with it are
// there, with the known visit beside them.
func startFullDemo(t *testing.T) demoSite {
	t.Helper()
	d := startDemo(t, "--trusted-proxy", "127.0.0.1", "--ip-country", germany(t))
	count := func(query string) int {
		t.Helper()
		var n struct{ Sessions int }
		if status := get(t, d.URL+"/api/v1/sessions/count?"+query, d.SecretKey, &n); status != 200 {
			t.Fatalf("count: %d", status)
		}
		return n.Sessions
	}
	// Each gets a label when all of them are there.
	for end := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		all, labelled := count(""), count("label=person")+count("label=machine")
		if all > 100 && all == labelled {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the demo has %d sessions, %d with a label", all, labelled)
		}
	}
	known.post(t, d.URL, d.SiteKey)
	return d
}
