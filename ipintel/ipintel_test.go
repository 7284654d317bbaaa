package ipintel

import (
	"bytes"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"github.com/gaithq/gait"
)

// built is when the test's databases say they were made.
const built = 1763683200 // 2025-11-21

func writeMMDB(t testing.TB, path, kind string, records map[string]mmdbtype.Map) string {
	t.Helper()
	w, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: kind, BuildEpoch: built, IncludeReservedNetworks: true, RecordSize: 24})
	if err != nil {
		t.Fatal(err)
	}
	for network, record := range records {
		_, n, err := net.ParseCIDR(network)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Insert(n, record); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	write(t, path, b.String())
	return path
}

func write(t testing.TB, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func cities(t testing.TB, dir string) string {
	return writeMMDB(t, filepath.Join(dir, "city.mmdb"), "Test-City", map[string]mmdbtype.Map{
		"203.0.113.0/24": {
			"country":  mmdbtype.Map{"iso_code": mmdbtype.String("DE")},
			"city":     mmdbtype.Map{"names": mmdbtype.Map{"de": mmdbtype.String("München"), "en": mmdbtype.String("Munich")}},
			"location": mmdbtype.Map{"latitude": mmdbtype.Float64(48.14), "longitude": mmdbtype.Float64(11.58), "accuracy_radius": mmdbtype.Uint16(20), "time_zone": mmdbtype.String("Europe/Berlin")},
		},
		"2001:db8::/32": {"country": mmdbtype.Map{"iso_code": mmdbtype.String("NZ")}},
	})
}

func asns(t testing.TB, dir string) string {
	return writeMMDB(t, filepath.Join(dir, "asn.mmdb"), "Test-ASN", map[string]mmdbtype.Map{
		"203.0.113.0/24":  {"autonomous_system_number": mmdbtype.Uint32(64500), "autonomous_system_organization": mmdbtype.String("Example Net")},
		"198.51.100.0/24": {"autonomous_system_number": mmdbtype.Uint32(24940), "autonomous_system_organization": mmdbtype.String("Hetzner")},
	})
}

// look returns the facts of an address as "name=text" joined by spaces, without
// ip.lists.
func look(t testing.TB, i *Intel, addr string) string {
	t.Helper()
	a := netip.Addr{}
	if addr != "" {
		a = netip.MustParseAddr(addr)
	}
	var parts []string
	for _, e := range i.Lookup(a) {
		if e.Kind != gait.Fact || e.T != 0 || e.Name == "" || e.Text == "" || len(e.Text) > maxText {
			t.Errorf("%s: not a fact: %+v", addr, e)
		}
		if e.Name != "ip.lists" {
			parts = append(parts, strings.TrimPrefix(e.Name, "ip.")+"="+e.Text)
		}
	}
	return strings.Join(parts, " ")
}

func open(t testing.TB, c Config) *Intel {
	t.Helper()
	i, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestLookup(t *testing.T) {
	dir := t.TempDir()
	i := open(t, Config{
		Country: cities(t, dir), ASN: asns(t, dir),
		VPN: []string{
			write(t, dir+"/vpn-a.txt", "# nothing here\n203.0.113.9\n"),
			write(t, dir+"/vpn b.txt", "as64500 some company\n2001:db8:1::/48\n"),
		},
		Tor: []string{write(t, dir+"/exits", "203.0.113.66\n")},
	})
	for addr, want := range map[string]string{
		"203.0.113.66":         "kind=public country=DE city=Munich tz=Europe/Berlin asn=64500 org=Example Net vpn=yes hosting=no tor=yes",
		"::ffff:203.0.113.66":  "kind=public country=DE city=Munich tz=Europe/Berlin asn=64500 org=Example Net vpn=yes hosting=no tor=yes",
		"198.51.100.7":         "kind=public asn=24940 org=Hetzner vpn=no hosting=yes tor=no",
		"8.8.8.8":              "kind=public vpn=no tor=no", // whose network it is, nobody says: hosting stays unknown
		"2001:db8:1::5":        "kind=public country=NZ vpn=yes tor=no",
		"2001:db8:2::5":        "kind=public country=NZ vpn=no tor=no",
		"10.1.2.3":             "kind=private",
		"100.64.0.1":           "kind=private",
		"fe80::1%eth0":         "kind=private",
		"fd00::1":              "kind=private",
		"127.0.0.1":            "kind=loopback",
		"::1":                  "kind=loopback",
		"::ffff:127.0.0.1":     "kind=loopback",
		"0.0.0.0":              "kind=reserved",
		"255.255.255.255":      "kind=reserved",
		"":                     "kind=unknown",
		"2001:4860:4860::8888": "kind=public vpn=no tor=no",
	} {
		if got := look(t, i, addr); got != want {
			t.Errorf("%s:\n  %s, want\n  %s", addr, got, want)
		}
	}
	versions := ""
	for _, e := range i.Lookup(netip.MustParseAddr("8.8.8.8")) {
		if e.Name == "ip.lists" {
			versions = e.Text
		}
	}
	for _, want := range []string{"country:city.mmdb@2025-11-21/", "asn:asn.mmdb@", "vpn:vpn-a.txt@", "vpn:vpn_b.txt@", "hosting:builtin/", "tor:exits@"} {
		if !strings.Contains(versions, want) {
			t.Errorf("ip.lists is %q, without %q", versions, want)
		}
	}
	if lat, lon, radius, ok := i.Locate(netip.MustParseAddr("203.0.113.1")); !ok || lat != 48.14 || lon != 11.58 || radius != 20 {
		t.Errorf("located at %v,%v within %v: %v", lat, lon, radius, ok)
	}
	for _, addr := range []string{"8.8.8.8", "2001:db8::1", "10.0.0.1"} {
		if _, _, _, ok := i.Locate(netip.MustParseAddr(addr)); ok {
			t.Errorf("%s is located", addr)
		}
	}
	before := i.Lookup(netip.MustParseAddr("203.0.113.66"))
	if both := i.Append(before, netip.MustParseAddr("198.51.100.7")); len(both) <= len(before) || both[len(before)].Name != "ip.kind" {
		t.Errorf("appended: %+v", both)
	}
	if n := len(i.Files()); n != 6 {
		t.Errorf("%d files", n)
	}
}

func TestWithoutFiles(t *testing.T) {
	i := open(t, Config{})
	if got := look(t, i, "8.8.8.8"); got != "kind=public" {
		t.Errorf("without files: %s", got)
	}
	i = open(t, Config{Hosting: []string{write(t, t.TempDir()+"/h.txt", "AS64500\n")}})
	if got := look(t, i, "8.8.8.8"); got != "kind=public" {
		t.Errorf("AS numbers without networks: %s", got)
	}
}

func TestFlatLayout(t *testing.T) {
	i := open(t, Config{Country: writeMMDB(t, t.TempDir()+"/flat.mmdb", "flat", map[string]mmdbtype.Map{
		"203.0.113.0/24": {"country_code": mmdbtype.String("FR"), "city": mmdbtype.String("Lyon"), "timezone": mmdbtype.String("Europe/Paris"), "latitude": mmdbtype.Float64(45.7), "longitude": mmdbtype.Float64(4.8)},
	})})
	if got := look(t, i, "203.0.113.1"); got != "kind=public country=FR city=Lyon tz=Europe/Paris" {
		t.Error(got)
	}
	if _, _, radius, ok := i.Locate(netip.MustParseAddr("203.0.113.1")); !ok || radius != 0 {
		t.Error("not located")
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	country, asn := cities(t, dir), asns(t, dir)
	whole, err := os.ReadFile(country)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]Config{
		"no file":             {Country: dir + "/none.mmdb"},
		"networks as country": {Country: asn},
		"country as networks": {ASN: country},
		"half a database":     {Country: write(t, dir+"/half.mmdb", string(whole[:len(whole)/2]))},
		"empty list":          {Tor: []string{write(t, dir+"/empty", "# none\n\n")}},
		"web page":            {VPN: []string{write(t, dir+"/page", "<!DOCTYPE html>\n")}},
		"everything":          {VPN: []string{write(t, dir+"/all", "0.0.0.0/0\n")}},
		"folder":              {VPN: []string{dir}},
	} {
		if _, err := Open(c); gait.CodeOf(err) != gait.Invalid || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReload(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir+"/tor", "203.0.113.1\n")
	i := open(t, Config{Tor: []string{path}})
	expect := func(when, want string) {
		t.Helper()
		if got := look(t, i, "203.0.113.2"); got != "kind=public tor="+want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	change := func(content string, age time.Duration) {
		t.Helper()
		write(t, path, content)
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
		i.Reload()
	}
	expect("at the start", "no")
	change("203.0.113.2\n", time.Hour)
	expect("after a change", "yes")
	version := i.Files()[0].Version
	change("<html>", time.Minute)
	expect("after a broken file", "yes")
	if f := i.Files()[0]; f.Failures != 1 || f.Version != version {
		t.Errorf("a broken file leaves %+v", f)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	i.Reload()
	expect("after the file is gone", "yes")
	change("203.0.113.3\n", 0)
	expect("after the repair", "no")
}

func TestRun(t *testing.T) {
	path := write(t, t.TempDir()+"/tor", "203.0.113.1\n")
	i := open(t, Config{Tor: []string{path}, Every: 5 * time.Millisecond})
	go i.Run(t.Context())
	write(t, path, "203.0.113.2\n203.0.113.3\n")
	for range 1000 {
		if strings.HasSuffix(look(t, i, "203.0.113.2"), "tor=yes") {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Error("a changed file is not noticed")
}

func TestParseList(t *testing.T) {
	l, err := parseList([]byte("\ufeff10.0.0.0/25\r\n10.0.0.128/25 ; joined\n10.0.1.5-10.0.1.9\n10.0.1.7\n::ffff:192.0.2.0/120\n255.255.255.255\n0.0.0.0\n2001:db8::/33\n2001:db8:8000::/33\nffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\nAS1\nas4294967295 # last\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(l.v4) != 5 || len(l.v6) != 2 || len(l.asns) != 2 {
		t.Errorf("%d, %d and %d entries: %+v", len(l.v4), len(l.v6), len(l.asns), l)
	}
	for addr, want := range map[string]bool{
		"10.0.0.0": true, "10.0.0.255": true, "10.0.1.0": false, "10.0.1.4": false, "10.0.1.5": true, "10.0.1.9": true, "10.0.1.10": false,
		"192.0.2.255": true, "192.0.3.0": false, "0.0.0.0": true, "0.0.0.1": false, "255.255.255.254": false, "255.255.255.255": true,
		"2001:db8::": true, "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff": true, "2001:db9::": false, "::": false,
	} {
		a := answer{addr: netip.MustParseAddr(addr)}
		l.fact = "f"
		if l.about(&a); a.facts[0].Text == "yes" != want {
			t.Errorf("%s: %s", addr, a.facts[0].Text)
		}
	}
	for _, bad := range []string{"1.2.3", "1.2.3.4/33", "1.2.3.4/0", "::/0", "::ffff:0.0.0.0/96", "fe80::1%eth0", "AS0", "AS", "AS4294967296", "1.2.3.9-1.2.3.4", "1.2.3.4-::1", "1.2.3.4-", "example.org", "{"} {
		if _, err := parseList([]byte("1.2.3.4\n" + bad + "\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestBuiltinList(t *testing.T) {
	l, err := parseList(hostingList)
	if err != nil || len(l.asns) < 15 || len(l.v4)+len(l.v6) != 0 {
		t.Fatalf("our own list: %v", err)
	}
	// Networks of relays and ISPs that people are behind must stay out.
	for _, asn := range []uint32{13335, 36183, 54113, 7922, 3320, 3215} {
		if l.asns[asn] {
			t.Errorf("AS%d is in it", asn)
		}
	}
}

func FuzzParseList(f *testing.F) {
	f.Add([]byte("10.0.0.0/8\n2001:db8::1-2001:db8::9\nAS64500 # x\n"))
	f.Add([]byte("::ffff:1.2.3.4/97\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := parseList(raw)
		if err != nil {
			return
		}
		for i := 1; i < len(l.v4); i++ {
			if l.v4[i].from <= l.v4[i-1].to+1 {
				t.Fatalf("spans %+v touch", l.v4[i-1:i+1])
			}
		}
		for line := range bytes.Lines(raw) {
			a, err := netip.ParseAddr(string(bytes.TrimSpace(line)))
			if err != nil || a.Zone() != "" {
				continue
			}
			q := answer{addr: a.Unmap()}
			if l.about(&q); len(q.facts) != 1 || q.facts[0].Text != "yes" {
				t.Fatalf("%s is in the list and not found", a)
			}
		}
	})
}

func FuzzMMDB(f *testing.F) {
	dir := f.TempDir()
	for _, path := range []string{cities(f, dir), asns(f, dir)} {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(_ *testing.T, raw []byte) {
		for _, load := range []func([]byte) (table, stamp, error){loadPlaces, loadNetworks} {
			t, _, err := load(raw)
			if err != nil {
				continue
			}
			for _, addr := range []string{"203.0.113.66", "2001:db8::1", "8.8.8.8"} {
				t.about(&answer{addr: netip.MustParseAddr(addr)})
			}
		}
	})
}

func BenchmarkLookup(b *testing.B) {
	dir := b.TempDir()
	var big strings.Builder
	for i := range 50_000 {
		big.WriteString(netip.AddrFrom4([4]byte{byte(20 + i>>14), byte(i >> 6), byte(i << 2), 1}).String() + "\n")
	}
	lists := []string{write(b, dir+"/list", big.String())}
	i := open(b, Config{Country: cities(b, dir), ASN: asns(b, dir), VPN: lists, Hosting: lists, Tor: lists})
	addr := netip.MustParseAddr("203.0.113.66")
	b.ReportAllocs()
	var facts []gait.Event
	for b.Loop() {
		facts = i.Append(facts[:0], addr)
	}
}
