// Package ipintel says what is known of an address: where it is, whose network
// it is in, and which lists name it. Everything comes from files that the
// operator names; nothing is fetched and nothing asked of others. A fact whose
// files are not loaded is absent, so that a check can tell "no" from "unknown".
//
// One file here is one source, and sources.go lists them.
package ipintel

import (
	"context"
	"log/slog"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gaithq/gait"
)

// Config names the files. Its zero value knows only the kind of an address.
type Config struct {
	Country string   // MMDB of countries or cities
	ASN     string   // MMDB of networks (autonomous systems)
	VPN     []string // text lists: addresses, networks, ranges, AS numbers
	Hosting []string // the same
	Tor     []string // the same
	// NoBuiltin leaves out the short list of hosting companies' AS numbers that
	// is part of the program.
	NoBuiltin bool

	Every  time.Duration // how often files are looked at for changes; 0 is a minute
	Logger *slog.Logger  // nil discards
}

// Intel answers for addresses. It is safe for concurrent use.
type Intel struct {
	cfg    Config
	now    atomic.Pointer[snapshot]
	reload sync.Mutex // held while files are read
	files  []*file
}

// snapshot is everything that is loaded at one moment. It never changes.
type snapshot struct {
	tables   []table // in the order of sources
	versions string
}

// table is a loaded file. about adds what it knows of the address.
type table interface {
	about(a *answer)
	entries() int
}

// Open loads the files. It fails with Invalid, naming the file, where one cannot
// be read: a server that was told to use a list must not run without it.
func Open(cfg Config) (*Intel, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Every <= 0 {
		cfg.Every = time.Minute
	}
	i := &Intel{cfg: cfg}
	for _, s := range sources() {
		for _, path := range s.paths(&cfg) {
			i.files = append(i.files, &file{source: s, path: path})
		}
	}
	for _, f := range i.files {
		if _, err := f.load(); err != nil {
			return nil, gait.Wrap(err, gait.Invalid, "the "+f.source.name+" file "+f.path+" cannot be used")
		}
	}
	i.publish()
	for _, f := range i.files {
		i.loaded(f)
	}
	return i, nil
}

// loaded says in the log that a file is in use.
func (i *Intel) loaded(f *file) {
	i.cfg.Logger.Info("address file loaded", "source", f.source.name, "version", f.version, "entries", f.table.entries())
	if l, ok := f.table.(*list); ok && len(l.asns) > 0 && i.cfg.ASN == "" {
		i.cfg.Logger.Warn("AS numbers in this file say nothing without a file of networks (--ip-asn)", "source", f.source.name, "path", f.path)
	}
}

// publish makes what the files hold now the answer to look-ups.
func (i *Intel) publish() {
	s := new(snapshot)
	var versions []string
	for _, f := range i.files {
		s.tables = append(s.tables, f.table)
		versions = append(versions, f.version)
	}
	// A longer text would be cut by whoever stores it; whole names are worth more.
	for _, v := range versions {
		if len(s.versions)+1+len(v) > maxText {
			break
		}
		if s.versions != "" {
			s.versions += ","
		}
		s.versions += v
	}
	i.now.Store(s)
}

// maxText bounds a fact's text, in bytes.
const maxText = 512

// Reload reads the files that changed since they were read. One that cannot be
// used is logged, and what it held before stays.
func (i *Intel) Reload() {
	i.reload.Lock()
	defer i.reload.Unlock()
	changed := false
	for _, f := range i.files {
		before := f.problem()
		fresh, err := f.load()
		switch {
		case err == nil && fresh:
			changed = true
			i.loaded(f)
		case err != nil && err.Error() != before:
			i.cfg.Logger.Error("address file cannot be used; what it held before stays", "source", f.source.name, "path", f.path, "err", err)
		}
	}
	if changed {
		i.publish()
	}
}

// Run looks for changed files until ctx ends.
func (i *Intel) Run(ctx context.Context) {
	if len(i.files) == 0 {
		return
	}
	tick := time.NewTicker(i.cfg.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			i.Reload()
		}
	}
}

// File says how a file stands.
type File struct {
	Source   string    // country, asn, vpn, hosting or tor
	Path     string    // as the operator named it; "builtin" for our own
	Version  string    // as ip.lists names it
	Built    time.Time // when its makers say it was made, or else when it was changed
	Loaded   time.Time // when it was read
	Entries  int
	Problem  string // why its newest version cannot be used, without where it is; "" if it can
	Failures int64  // reloads that could not use it
}

// Files returns how each file stands, in the order of the sources.
func (i *Intel) Files() []File {
	i.reload.Lock()
	defer i.reload.Unlock()
	list := make([]File, 0, len(i.files))
	for _, f := range i.files {
		list = append(list, File{
			Source: f.source.name, Path: f.path, Version: f.version, Built: f.built, Loaded: f.loaded,
			Entries: f.table.entries(), Problem: f.reason(), Failures: f.failures,
		})
	}
	return list
}

// answer is what is known of an address so far.
type answer struct {
	addr  netip.Addr
	asn   uint32 // 0 where it is not known
	facts []gait.Event
	from  int // where in facts this answer begins

	place    place
	hasPlace bool
}

func (a *answer) set(name, text string) {
	if text != "" {
		a.facts = append(a.facts, gait.Event{Kind: gait.Fact, Name: name, Text: text})
	}
}

// listed notes whether a list names the address. Several lists of one source
// are one answer: yes if any says so.
func (a *answer) listed(name string, yes bool) {
	for i := a.from; i < len(a.facts); i++ {
		if f := &a.facts[i]; f.Name == name {
			if yes {
				f.Text = "yes"
			}
			return
		}
	}
	text := "no"
	if yes {
		text = "yes"
	}
	a.set(name, text)
}

// Lookup returns the facts about an address, of kind Fact and without a time.
// ip.kind is always there; the others only for public addresses, and only where
// a file can tell.
func (i *Intel) Lookup(addr netip.Addr) []gait.Event {
	return i.Append(make([]gait.Event, 0, 10), addr)
}

// Append appends what Lookup returns to list, which spares the memory.
func (i *Intel) Append(list []gait.Event, addr netip.Addr) []gait.Event {
	addr = addr.Unmap().WithZone("")
	a := answer{addr: addr, facts: list, from: len(list)}
	kind := Kind(addr)
	a.set("ip.kind", kind)
	if kind != Public {
		return a.facts
	}
	s := i.now.Load()
	for _, t := range s.tables {
		t.about(&a)
	}
	if len(a.facts) > a.from+1 {
		a.set("ip.lists", s.versions)
	}
	return a.facts
}

// Locate returns where an address is thought to be, and within how many
// kilometres (0 if the file does not say).
func (i *Intel) Locate(addr netip.Addr) (lat, lon, radiusKM float64, ok bool) {
	addr = addr.Unmap().WithZone("")
	if Kind(addr) != Public {
		return 0, 0, 0, false
	}
	a := answer{addr: addr}
	for _, t := range i.now.Load().tables {
		if p, is := t.(*places); is {
			p.about(&a)
		}
	}
	return a.place.lat, a.place.lon, a.place.radius, a.hasPlace
}

// The kinds of address.
const (
	Public   = "public"
	Private  = "private" // of a local network, or shared by a provider's customers
	Loopback = "loopback"
	Reserved = "reserved" // no visitor can come from it
	Unknown  = "unknown"  // no address
)

// Kind returns the kind of an address. The networks set aside for examples in
// documentation count as public: nobody comes from them but those who try things out.
func Kind(addr netip.Addr) string {
	addr = addr.Unmap()
	switch {
	case !addr.IsValid():
		return Unknown
	case addr.IsLoopback():
		return Loopback
	case addr.IsPrivate(), addr.IsLinkLocalUnicast(), sharedByProvider(addr):
		return Private
	case addr.IsUnspecified(), addr.IsMulticast(), addr.IsInterfaceLocalMulticast(), addr.Is4() && addr.As4()[0] >= 240:
		return Reserved
	}
	return Public
}

// sharedByProvider reports whether an address is in 100.64.0.0/10.
func sharedByProvider(addr netip.Addr) bool {
	if !addr.Is4() {
		return false
	}
	b := addr.As4()
	return b[0] == 100 && b[1]&0xc0 == 64
}

// asnText writes an AS number as facts do, and reads it from "AS64500".
func asnText(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

func parseASN(s string) (uint32, bool) {
	if len(s) < 3 || !strings.EqualFold(s[:2], "AS") {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:], 10, 32)
	return uint32(n), err == nil && n > 0
}
