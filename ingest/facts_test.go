package ingest

import (
	"bytes"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

// munich knows one thing: everybody is in Munich.
type munich struct{}

func (munich) Append(facts []gait.Event, a netip.Addr) []gait.Event {
	if !a.IsValid() {
		return append(facts, gait.Event{Name: "ip.kind", Text: "unknown"})
	}
	return append(facts, gait.Event{Name: "ip.kind", Text: "public"}, gait.Event{Name: "ip.city", Text: "Mun\x00ich"})
}

func (munich) Locate(netip.Addr) (lat, lon, radiusKM float64, ok bool) {
	return 48.14, 11.58, 20, true
}

// facts returns the facts of the nth stored batch but for headers, joined by spaces.
func (f *fixture) facts(t *testing.T, n int) string {
	t.Helper()
	list := f.batches(t, f.open)
	if n >= len(list) {
		t.Fatalf("%d batches are stored", len(list))
	}
	var parts []string
	last := gait.Tick(0)
	for _, e := range list[n].Events {
		if e.T < last {
			t.Errorf("event %+v is out of order", e)
		}
		last = e.T
		if e.Kind == gait.Fact && !strings.HasPrefix(e.Name, "header.") {
			parts = append(parts, e.Name+"="+e.Text)
		}
	}
	return strings.Join(parts, " ")
}

func TestAddressFacts(t *testing.T) {
	var log bytes.Buffer
	f := newFixture(t, Config{
		Intel: munich{}, Proxies: Proxies{Trusted: prefixes(t, "192.0.2.0/24")}, // httptest's peer
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	for seq := range 2 {
		if w := f.post([]byte(body(`"seq":0`, fmt.Sprintf(`"seq":%d`, seq))), "X-Forwarded-For", "203.0.113.77"); w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if got := f.facts(t, 0); got != "ip.kind=public ip.city=Munich" {
		t.Errorf("facts of a page's first batch: %s", got)
	}
	if got := f.facts(t, 1); got != "" {
		t.Errorf("facts of the next: %s", got)
	}
	f.post([]byte("{"), "X-Forwarded-For", "203.0.113.77")
	f.stores(t, "203.0.113", false)
	if strings.Contains(log.String(), "203.0.113") {
		t.Errorf("the address is in the log: %s", &log)
	}
}

// stores fails unless the stored records hold a text, or hold none of it.
func (f *fixture) stores(t *testing.T, text string, want bool) {
	t.Helper()
	id, err := gait.ParseSessionID("00112233445566778899aabbccddeeff")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	if err := f.store.Batches(t.Context(), f.open, id, func(r gait.Record) bool {
		found = found || bytes.Contains(r.Data, []byte(text))
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if found != want {
		t.Errorf("%q is stored: %v", text, found)
	}
}

func TestKeepNetwork(t *testing.T) {
	for peer, want := range map[string]string{"203.0.113.77:9": "ip.net=203.0.113.0/24", "[2001:db8:1:2::77]:9": "ip.net=2001:db8:1::/48", "@": ""} {
		f := newFixture(t, Config{KeepNetwork: true})
		r := httptest.NewRequest(http.MethodPost, Path, strings.NewReader(body()))
		r.RemoteAddr = peer
		f.ServeHTTP(httptest.NewRecorder(), r)
		if got := f.facts(t, 0); got != want {
			t.Errorf("%s: %s, want %s", peer, got, want)
		}
		f.stores(t, "77", false)
	}
}

func TestGeolocation(t *testing.T) {
	for geo, want := range map[string]string{
		"52.520008,13.404954,35":  "geo.valid=yes geo.accuracy_m=35 geo.distance_km=504 geo.radius_km=20",
		"48.14, 11.58, 0":         "geo.valid=yes geo.accuracy_m=0 geo.distance_km=0 geo.radius_km=20",
		"-41.28,174.77,12.34567":  "geo.valid=yes geo.accuracy_m=12.3 geo.distance_km=18488 geo.radius_km=20",
		"0,0,10":                  "geo.valid=no",
		"91,0,10":                 "geo.valid=no",
		"52.520008,13.404954":     "geo.valid=no",
		"52.520008,13.404954,-1":  "geo.valid=no",
		"NaN,13.404954,1":         "geo.valid=no",
		"52.520008,13.404954,Inf": "geo.valid=no",
		"here":                    "geo.valid=no",
	} {
		f := newFixture(t, Config{Intel: munich{}})
		// In a batch that is not the first, among others, twice, and alone.
		for i, events := range []string{
			`["m",5,1,1],["a",1,"geo","51.123456,9,1"],["a",1,"geo","` + geo + `"],["m",5,2,2]`,
			`["a",7,"geo","` + geo + `"]`,
		} {
			w := f.post([]byte(body(`"seq":0`, fmt.Sprintf(`"seq":%d`, i+1), `["o",31,1440,900,0,"https://example.org/signup"],["m",8123,640,210]`, events)))
			if w.Code != 200 {
				t.Fatalf("%s: %d %s", geo, w.Code, w.Body)
			}
			if got := f.facts(t, i); got != want {
				t.Errorf("%s: %s, want %s", geo, got, want)
			}
		}
		for _, secret := range []string{"52.520008", "13.404954", "174.77", "51.123456", "here"} {
			f.stores(t, secret, false)
		}
	}
}

func TestGeolocationWithoutFiles(t *testing.T) {
	f := newFixture(t, Config{})
	f.post([]byte(body(`["m",8123,640,210]`, `["a",9,"geo","52.520008,13.404954,35"]`)))
	if got := f.facts(t, 0); got != "geo.valid=yes geo.accuracy_m=35" {
		t.Error(got)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range [][5]float64{{0, 0, 0, 180, math.Pi * earthKM}, {90, 0, -90, 77, math.Pi * earthKM}, {48.8566, 2.3522, 51.5074, -0.1278, 344}, {1, 2, 1, 2, 0}, {0, 179.5, 0, -179.5, 111}} {
		if got := distance(c[0], c[1], c[2], c[3]); math.Abs(got-c[4]) > 1 {
			t.Errorf("%v: %v", c, got)
		}
	}
}

func FuzzGeo(f *testing.F) {
	f.Add("52.5,13.4,35")
	f.Fuzz(func(t *testing.T, s string) {
		lat, lon, accuracy, ok := parseGeo(s)
		if d := distance(lat, lon, 48, 11); ok && (math.IsNaN(d) || d < 0 || d > 20_100 || !(accuracy >= 0)) {
			t.Fatalf("%q: %v km", s, d)
		}
	})
}

func TestIntegrationID(t *testing.T) {
	f := newFixture(t, Config{})
	if w := f.post([]byte(body(siteKey, "00000001"))); w.Code != 200 {
		t.Errorf("an integration id: %d %s", w.Code, w.Body)
	}
	if n := len(f.batches(t, f.open)); n != 1 {
		t.Errorf("%d batches in its workspace", n)
	}
	if w := f.post([]byte(body(siteKey, "00000002"))); w.Code != 403 || !strings.Contains(w.Body.String(), "origin") {
		t.Errorf("its origins hold: %d %s", w.Code, w.Body)
	}
	for _, bad := range []string{"00000003", "0000000g", "0000001", "000000001"} {
		if w := f.post([]byte(body(siteKey, bad))); w.Code != 403 {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

func TestPagesCannotClaimFacts(t *testing.T) {
	f := newFixture(t, Config{})
	for _, name := range []string{"ip.vpn", "geo.valid", "header.user-agent"} {
		w := f.post([]byte(body(`["m",8123,640,210]`, `["a",9,"`+name+`","no"]`)))
		if w.Code != 400 || !strings.Contains(w.Body.String(), "events[1].name") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := f.post([]byte(body(`["m",8123,640,210]`, `["a",9,"ip","no"]`))); w.Code != 200 {
		t.Errorf("another name: %d %s", w.Code, w.Body)
	}
}

// TestConclusions: facts that come to light through a batch are stored behind it,
// under a page of their own, and told of like any batch.
func TestConclusions(t *testing.T) {
	var told []int
	f := newFixture(t, Config{
		Facts: []gait.Event{{Name: gait.TwinOn, Text: "on"}},
		Appended: func(_ gait.WorkspaceID, b *gait.Batch, r gait.Receipt) []gait.Event {
			told = append(told, r.Batches)
			if b.Events[0].Kind == gait.Fact {
				return nil
			}
			return []gait.Event{{Kind: gait.Fact, Name: gait.TwinPaths, Text: "3/4"}}
		},
	})
	if w := f.post([]byte(body())); w.Code != 200 || w.Body.String() != `{"ack":0}` {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	list := f.batches(t, f.open)
	if len(list) != 2 || !slices.Equal(told, []int{1, 2}) {
		t.Fatalf("%d batches are stored, told of %v", len(list), told)
	}
	page, own := list[0], list[1]
	if len(own.Events) != 1 {
		page, own = own, page
	}
	e := own.Events[0]
	if e.Kind != gait.Fact || e.Name != gait.TwinPaths || e.Text != "3/4" || e.T != page.Events[len(page.Events)-1].T ||
		own.Page == page.Page || own.Arrived != page.Arrived || own.Origin != page.Origin {
		t.Errorf("stored %+v behind %+v", own, page)
	}
	if last := page.Events[len(page.Events)-1]; last.Kind != gait.Fact || last.Name != gait.TwinOn || last.Text != "on" {
		t.Errorf("the page's first batch ends with %+v", last)
	}
}

// guest is an agent that signs.
type guest struct{}

func (guest) Verify(r *http.Request, _ time.Time) string { return r.Header.Get("Signature-Agent") }

func TestAgents(t *testing.T) {
	f := newFixture(t, Config{Agents: guest{}})
	for seq, who := range []string{"agent.example", "too.late"} {
		if w := f.post([]byte(body(`"seq":0`, fmt.Sprintf(`"seq":%d`, seq))), "Signature-Agent", who); w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if got := f.facts(t, 0) + f.facts(t, 1); got != "agent.verified=agent.example" {
		t.Errorf("facts %q", got)
	}
}
