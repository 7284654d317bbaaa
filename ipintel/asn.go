package ipintel

import (
	"strings"

	"github.com/oschwald/maxminddb-golang/v2"
)

// network is whose network an address is in.
type network struct {
	asn  uint32
	text string
	org  string
}

// networks answers from an MMDB of autonomous systems.
type networks struct{ mmdb[network] }

func loadNetworks(raw []byte) (table, stamp, error) {
	t := new(networks)
	err := t.open(raw, decodeNetwork, func(first maxminddb.Result) (bool, error) {
		n, err := decodeNetwork(first)
		return n.asn != 0, err
	})
	if err != nil {
		return nil, stamp{}, err
	}
	return t, t.built(), nil
}

func decodeNetwork(r maxminddb.Result) (network, error) {
	var d struct {
		Number uint32 `maxminddb:"autonomous_system_number"`
		Org    string `maxminddb:"autonomous_system_organization"`
	}
	if err := r.Decode(&d); err != nil {
		return network{}, err
	}
	n := network{asn: d.Number, org: clean(d.Org)}
	if n.asn != 0 {
		n.text = asnText(n.asn)
	}
	return n, nil
}

func (t *networks) about(a *answer) {
	n, ok := t.get(a.addr)
	if !ok {
		return
	}
	a.asn = n.asn
	a.set("ip.asn", n.text)
	a.set("ip.org", n.org)
}

// clean makes a file's text fit to be stored: valid, printable and bounded.
func clean(s string) string {
	if len(s) > maxName {
		s = s[:maxName]
	}
	return strings.Map(func(c rune) rune {
		if c < 0x20 || c == 0x7f {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, ""))
}

// maxName bounds the names of cities and companies, in bytes.
const maxName = 120
