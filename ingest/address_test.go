package ingest

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func prefixes(t testing.TB, list ...string) []netip.Prefix {
	t.Helper()
	var out []netip.Prefix
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func TestClient(t *testing.T) {
	trusted := Proxies{Trusted: prefixes(t, "10.0.0.0/8", "2001:db8:ff::/48")}
	rfc := Proxies{Trusted: trusted.Trusted, Header: "forwarded"}
	named := Proxies{Trusted: trusted.Trusted, Header: "X-Real-Ip"}
	for _, c := range []struct {
		name    string
		proxies Proxies
		peer    string
		want    string // "" for none
		header  []string
	}{
		{"no proxy", Proxies{}, "203.0.113.1:99", "203.0.113.1", nil},
		{"nobody is trusted", Proxies{}, "10.0.0.1:99", "10.0.0.1", []string{"X-Forwarded-For", "203.0.113.1"}},
		{"a stranger claims", trusted, "198.51.100.1:99", "198.51.100.1", []string{"X-Forwarded-For", "203.0.113.1"}},
		{"one proxy", trusted, "10.0.0.1:99", "203.0.113.1", []string{"X-Forwarded-For", "203.0.113.1"}},
		{"mapped peer", trusted, "[::ffff:10.0.0.1]:99", "203.0.113.1", []string{"X-Forwarded-For", "::ffff:203.0.113.1"}},
		{"the client made some up", trusted, "10.0.0.1:99", "203.0.113.1", []string{"X-Forwarded-For", "8.8.8.8, 10.9.9.9, 203.0.113.1"}},
		{"two proxies", trusted, "10.0.0.1:99", "203.0.113.1", []string{"X-Forwarded-For", "8.8.8.8, 203.0.113.1,10.0.0.2"}},
		{"two lines", trusted, "10.0.0.1:99", "203.0.113.1", []string{"X-Forwarded-For", "8.8.8.8", "X-Forwarded-For", "203.0.113.1", "X-Forwarded-For", "10.0.0.2"}},
		{"with a port", trusted, "10.0.0.1:99", "2001:db8::1", []string{"X-Forwarded-For", "[2001:db8::1]:443"}},
		{"an IPv6 proxy", trusted, "[2001:db8:ff::1]:99", "2001:db8::1", []string{"X-Forwarded-For", "2001:db8::1"}},
		{"a zone", trusted, "10.0.0.1:99", "fe80::1", []string{"X-Forwarded-For", "fe80::1%eth0"}},
		{"the proxy is silent", trusted, "10.0.0.1:99", "", nil},
		{"only proxies", trusted, "10.0.0.1:99", "", []string{"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}},
		{"garbage", trusted, "10.0.0.1:99", "", []string{"X-Forwarded-For", "203.0.113.1, unknown"}},
		{"garbage behind the client", trusted, "10.0.0.1:99", "203.0.113.1", []string{"X-Forwarded-For", "<script>, 203.0.113.1"}},
		{"too many hops", trusted, "10.0.0.1:99", "", []string{"X-Forwarded-For", "203.0.113.1" + strings.Repeat(",10.0.0.2", maxHops)}},
		{"no other header is read", trusted, "10.0.0.1:99", "", []string{"Forwarded", "for=203.0.113.1", "X-Real-Ip", "203.0.113.1"}},
		{"Forwarded", rfc, "10.0.0.1:99", "203.0.113.1", []string{"Forwarded", `for=8.8.8.8, proto=https;For="203.0.113.1:80";by=10.0.0.1`}},
		{"Forwarded, IPv6", rfc, "10.0.0.1:99", "2001:db8::1", []string{"Forwarded", `for="[2001:db8::1]:4711"`}},
		{"Forwarded, hidden", rfc, "10.0.0.1:99", "", []string{"Forwarded", `for=_hidden`}},
		{"Forwarded, X-Forwarded-For is not read", rfc, "10.0.0.1:99", "", []string{"X-Forwarded-For", "203.0.113.1"}},
		{"a named header", named, "10.0.0.1:99", "203.0.113.1", []string{"X-Real-Ip", "203.0.113.1", "X-Forwarded-For", "8.8.8.8"}},
		{"no peer", trusted, "@", "", nil},
	} {
		r := httptest.NewRequest(http.MethodPost, Path, nil)
		r.RemoteAddr = c.peer
		for i := 0; i < len(c.header); i += 2 {
			r.Header.Add(c.header[i], c.header[i+1])
		}
		got := c.proxies.Client(r)
		if got.IsValid() != (c.want != "") || got.IsValid() && got.String() != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

func TestNetwork(t *testing.T) {
	for addr, want := range map[string]string{
		"203.0.113.7": "203.0.113.7", "2001:db8:1:2ff::7": "2001:db8:1:200::",
		"10.0.0.1": "", "127.0.0.1": "", "::1": "", "100.64.1.1": "", "fd00::1": "", "fe80::1": "",
	} {
		if got := network(netip.MustParseAddr(addr)); got.IsValid() != (want != "") || got.IsValid() && got.String() != want {
			t.Errorf("%s: %v, want %s", addr, got, want)
		}
	}
	if network(netip.Addr{}).IsValid() {
		t.Error("no address has a network")
	}
}

func FuzzClient(f *testing.F) {
	f.Add("for=1.2.3.4, for=\"[::1]:8\"", true)
	f.Add("1.2.3.4, ::1,,", false)
	trusted := prefixes(f, "192.0.2.0/24")
	f.Fuzz(func(t *testing.T, value string, rfc bool) {
		p := Proxies{Trusted: trusted}
		if rfc {
			p.Header = "Forwarded"
		}
		r := &http.Request{RemoteAddr: "192.0.2.1:1", Header: http.Header{}}
		r.Header[map[bool]string{true: "Forwarded", false: "X-Forwarded-For"}[rfc]] = []string{value}
		if a := p.Client(r); a.IsValid() && (p.trusted(a) || a.Is4In6() || a.Zone() != "") {
			t.Fatalf("%q: %v", value, a)
		}
	})
}
