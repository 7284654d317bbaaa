package ipintel

// source is one kind of knowledge: the files it comes from and how they are read.
type source struct {
	name  string
	paths func(*Config) []string
	load  func(raw []byte) (table, stamp, error)
}

// sources lists them all. Their order is the order of the facts; the lists of
// addresses come last, since they may name networks that asn finds.
func sources() []*source {
	return []*source{
		{"country", func(c *Config) []string { return some(c.Country) }, loadPlaces},
		{"asn", func(c *Config) []string { return some(c.ASN) }, loadNetworks},
		{"vpn", func(c *Config) []string { return c.VPN }, loadList("ip.vpn")},
		{"hosting", hostingPaths, loadList("ip.hosting")},
		{"tor", func(c *Config) []string { return c.Tor }, loadList("ip.tor")},
	}
}

func some(path string) []string {
	if path == "" {
		return nil
	}
	return []string{path}
}

// hostingPaths adds our own list, which is of use only where networks are known.
func hostingPaths(c *Config) []string {
	if c.NoBuiltin || c.ASN == "" {
		return c.Hosting
	}
	return append([]string{builtin}, c.Hosting...)
}
