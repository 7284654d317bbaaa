package ingest

import (
	"net/http"
	"net/netip"
	"strings"
)

// Proxies says which peers pass on the requests of others. Its zero value trusts
// none: the client is the peer, whatever headers say.
type Proxies struct {
	// Trusted are the networks that proxies are in. A trusted proxy's own
	// address is never taken for a visitor's.
	Trusted []netip.Prefix
	// Header is the one header in which proxies name the client: Forwarded, or
	// one that holds addresses separated by commas. Empty is X-Forwarded-For. No
	// other is read, since proxies pass on those that they do not set.
	Header string
}

// maxHops bounds how many proxies in a row are looked at.
const maxHops = 32

// Client returns the address of a request's client: the last hop that is no
// trusted proxy. It is invalid where proxies do not say.
func (p *Proxies) Client(r *http.Request) netip.Addr {
	peer, ok := parseHop(r.RemoteAddr)
	if !ok || !p.trusted(peer) {
		return peer
	}
	name := p.Header
	if name == "" {
		name = "X-Forwarded-For"
	}
	elements := forwardedFor
	if strings.EqualFold(name, "Forwarded") {
		elements = forwarded
	}
	lines := r.Header.Values(name)
	hops := 0
	for i := len(lines) - 1; i >= 0; i-- {
		rest := lines[i]
		for more := true; more; {
			if hops++; hops > maxHops {
				return netip.Addr{}
			}
			var hop string
			if at := strings.LastIndexByte(rest, ','); at >= 0 {
				hop, rest = rest[at+1:], rest[:at]
			} else {
				hop, more = rest, false
			}
			addr, ok := parseHop(elements(hop))
			if !ok {
				return netip.Addr{}
			}
			if !p.trusted(addr) {
				return addr
			}
		}
	}
	return netip.Addr{}
}

func (p *Proxies) trusted(a netip.Addr) bool {
	for _, n := range p.Trusted {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

func forwardedFor(s string) string { return strings.TrimSpace(s) }

// forwarded returns the for= of one element of a Forwarded header (RFC 7239).
func forwarded(element string) string {
	for pair := range strings.SplitSeq(element, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if strings.EqualFold(name, "for") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// parseHop reads an address with or without a port, in brackets or not.
func parseHop(s string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	return a.Unmap().WithZone(""), err == nil
}

// client returns the address of a request's client. A proxy that nobody said to
// trust is noticed, once: then all visitors look like one.
func (h *Handler) client(r *http.Request) netip.Addr {
	if len(h.cfg.Proxies.Trusted) == 0 && r.Header.Get("X-Forwarded-For") != "" {
		if peer, _ := parseHop(r.RemoteAddr); peer.IsPrivate() || peer.IsLoopback() {
			h.unproxied.Do(func() {
				h.cfg.Logger.Warn("a proxy in this network names its clients, and is not trusted: name it with --trusted-proxy, or all visitors have its address")
			})
		}
	}
	return h.cfg.Proxies.Client(r)
}

// network returns what counts as one address where requests are counted: an
// IPv4 address, or the IPv6 network that one customer has. It is invalid for
// addresses that are not of the public internet, as those are proxies, or
// people of the operator's own house.
func network(a netip.Addr) netip.Addr {
	if !a.IsValid() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || cgnat.Contains(a) {
		return netip.Addr{}
	}
	if a.Is4() {
		return a
	}
	p, err := a.Prefix(56)
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr()
}

// cgnat is what providers give to customers who share an address.
var cgnat = netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10)
