package main

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/agentkey"
	"github.com/gaithq/gait/ingest"
	"github.com/gaithq/gait/ipintel"
	"github.com/gaithq/gait/judge"
	"github.com/gaithq/gait/twin"
)

// settings are what a running server may be told. Each is a flag, an environment
// variable and a key of the file that --config names; docs/configure.md lists
// them. The zero value works, without limits on rates.
type settings struct {
	PublicURL string `help:"Where browsers reach this server, such as https://gait.example.org; for script tags and links." placeholder:"URL"`

	ScriptPath string `help:"Path of the script besides the usual /v1/rt.js, which ad blockers know." placeholder:"PATH"`
	IngestPath string `help:"Path that the script posts to, instead of /v1/batch." placeholder:"PATH"`
	ProbesPath string `help:"Path of the script's second file, instead of /v1/probes.js." placeholder:"PATH"`

	TrustedProxy   []peers `help:"Address or network of a proxy whose word on who the client is counts, such as 10.0.0.0/8; may be given again." placeholder:"CIDR"`
	ProxyHeader    string  `help:"The header in which trusted proxies name the client; Forwarded is read as RFC 7239 says." default:"X-Forwarded-For" placeholder:"NAME"`
	StoreAddresses string  `help:"What of a visitor's address is stored: none, or network (its first 24 bits, 48 of IPv6)." enum:"none,network," default:"none"`

	IP addressFiles `embed:"" prefix:"ip-"`

	Policy    string `help:"Weights, bands and caps of the score, as gait calibrate writes them." placeholder:"FILE"`
	AgentKeys string `help:"Keys of automated agents that sign their requests (Web Bot Auth), JSON." placeholder:"FILE"`

	SessionBatches    int           `help:"Batches that one session may store; 0 is any number." default:"20000"`
	SessionBytes      int64         `help:"Bytes that one session may store; 0 is any number." default:"33554432"`
	SessionRate       float64       `help:"Batches a second of one session, once its burst is used up; 0 is any number." default:"5"`
	SessionBurst      int           `help:"Batches of one session at once." default:"250"`
	AddressRate       float64       `help:"New sessions a minute from one public address, once its burst is used up; 0 is any number." default:"600"`
	AddressBurst      int           `help:"New sessions from one public address at once." default:"300"`
	RateMemory        int           `help:"Sessions, and addresses, remembered to count by." default:"100000"`
	ConcurrentBatches int           `help:"Batches taken in at a time." default:"2048"`
	BodyBytes         int64         `help:"Bytes of batches in memory at a time; 0 is any number." default:"67108864"`
	StoreTimeout      time.Duration `help:"Time that storing a batch may take." default:"10s"`
	LiveSessions      int           `help:"Sessions kept folded in memory." default:"20000"`
	DrainTimeout      time.Duration `help:"Time that requests under way get when the server stops." default:"15s"`

	Replay replaySettings `embed:"" prefix:"replay-"`

	// Lone keeps sessions from being compared with each other, where each is to be
	// judged by itself.
	Lone bool `kong:"-"`

	Metrics       bool   `help:"Answer /metrics beside everything else, to anybody who can reach it."`
	MetricsListen string `help:"Answer /metrics on an address of its own." placeholder:"ADDR"`
}

// addressFiles are the files that tell what is known of an address.
type addressFiles struct {
	Country   string   `help:"MMDB of countries or cities." placeholder:"FILE"`
	ASN       string   `help:"MMDB of networks (AS numbers)." placeholder:"FILE" name:"asn"`
	VPN       []string `help:"List of VPN addresses, networks or AS numbers; may be given again." placeholder:"FILE" name:"vpn"`
	Hosting   []string `help:"List of hosting addresses, networks or AS numbers; may be given again." placeholder:"FILE"`
	Tor       []string `help:"List of Tor exits; may be given again." placeholder:"FILE"`
	NoBuiltin bool     `help:"Leave out our own short list of hosting companies' AS numbers, which is used where --ip-asn is."`
}

// peers is a network, or one address.
type peers netip.Prefix

// UnmarshalText reads 10.0.0.0/8 or 10.0.0.1.
func (p *peers) UnmarshalText(text []byte) error {
	s := string(text)
	prefix, err := netip.ParsePrefix(s)
	if err != nil {
		addr, aerr := netip.ParseAddr(s)
		if aerr != nil || addr.Zone() != "" {
			return fmt.Errorf("%q is no network such as 10.0.0.0/8, and no address", s)
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	if a := prefix.Addr(); a.Is4In6() && prefix.Bits() >= 96 {
		prefix = netip.PrefixFrom(a.Unmap(), prefix.Bits()-96)
	}
	if prefix.Bits() == 0 {
		return fmt.Errorf("%q is everybody: name your proxies", s)
	}
	*p = peers(prefix.Masked())
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (p peers) MarshalText() ([]byte, error) { return netip.Prefix(p).MarshalText() }

// check reports the first setting that makes no sense. Files are not looked at.
func (c *settings) check() error {
	if err := c.paths().check(); err != nil {
		return gait.Wrap(err, gait.Invalid, "--script-path, --ingest-path, --probes-path, --replay-path, --replay-script-path")
	}
	if err := c.Replay.check(); err != nil {
		return err
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return gait.Errorf(gait.Invalid, "--public-url: %q is not like https://gait.example.org", c.PublicURL)
		}
	}
	if c.ProxyHeader != "" && strings.ContainsFunc(c.ProxyHeader, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		return gait.Errorf(gait.Invalid, "--proxy-header: %q is not the name of a header", c.ProxyHeader)
	}
	if c.SessionRate > 0 && c.SessionBurst < 1 {
		return gait.Errorf(gait.Invalid, "--session-burst must be at least 1")
	}
	if c.AddressRate > 0 && c.AddressBurst < 1 {
		return gait.Errorf(gait.Invalid, "--address-burst must be at least 1")
	}
	for name, n := range map[string]int64{
		"concurrent-batches": int64(c.ConcurrentBatches), "rate-memory": int64(c.RateMemory), "live-sessions": int64(c.LiveSessions),
		"session-batches": int64(c.SessionBatches), "session-bytes": c.SessionBytes, "body-bytes": c.BodyBytes,
		"store-timeout": int64(c.StoreTimeout), "drain-timeout": int64(c.DrainTimeout),
	} {
		if n < 0 {
			return gait.Errorf(gait.Invalid, "--%s must not be negative", name)
		}
	}
	return nil
}

func (c *settings) paths() scriptPaths {
	return scriptPaths{Script: c.ScriptPath, Batch: c.IngestPath, Probes: c.ProbesPath, Record: c.Replay.ScriptPath, Replay: c.Replay.Path}
}

// publicURL is where browsers reach a server that listens at the given URL,
// without a slash at the end.
func (c *settings) publicURL(listens string) string {
	if c.PublicURL == "" {
		return listens
	}
	return strings.TrimRight(c.PublicURL, "/")
}

// scriptTag is what goes into the pages of a site.
func (c *settings) scriptTag(base, siteKey string) string {
	return fmt.Sprintf(`<script src="%s%s" data-site-key="%s"></script>`, base, c.paths().orUsual().Script, siteKey)
}

func (c *settings) sessionLimits() gait.SessionLimits {
	return gait.SessionLimits{Batches: c.SessionBatches, Bytes: c.SessionBytes}
}

func (c *settings) proxies() ingest.Proxies {
	p := ingest.Proxies{Header: http.CanonicalHeaderKey(c.ProxyHeader)}
	for _, n := range c.TrustedProxy {
		p.Trusted = append(p.Trusted, netip.Prefix(n))
	}
	return p
}

func (c *settings) limits() ingest.Limits {
	return ingest.Limits{
		SessionRate: c.SessionRate, SessionBurst: c.SessionBurst,
		AddressRate: c.AddressRate, AddressBurst: c.AddressBurst,
		Tracked: c.RateMemory,
	}
}

func (c *settings) addressFiles() ipintel.Config {
	return ipintel.Config{
		Country: c.IP.Country, ASN: c.IP.ASN, VPN: c.IP.VPN, Hosting: c.IP.Hosting, Tor: c.IP.Tor, NoBuiltin: c.IP.NoBuiltin,
	}
}

// agents reads the keys of agents that sign, nil where no file is named.
func (c *settings) agents() (ingest.Agents, error) {
	if c.AgentKeys == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(c.AgentKeys)
	if err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "--agent-keys")
	}
	keys, err := agentkey.Read(raw)
	if err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "--agent-keys "+c.AgentKeys)
	}
	return keys, nil
}

// twins compares sessions with each other, or is nil.
func (c *settings) twins() judge.Twins {
	if c.Lone {
		return nil
	}
	return twin.New(twin.Config{})
}

// facts are what every session is told.
func (c *settings) facts() []gait.Event {
	if c.Lone {
		return nil
	}
	return []gait.Event{{Name: gait.TwinOn, Text: "on"}}
}
