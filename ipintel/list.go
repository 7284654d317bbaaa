package ipintel

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sort"
	"strings"
)

// list answers from a text file with one entry a line: an address, a network
// (192.0.2.0/24), a range (192.0.2.1-192.0.2.9) or an AS number (AS64500). What
// follows a # or a ; is a comment, and so is what follows the entry after a space.
type list struct {
	fact string
	v4   []span[uint32] // sorted, apart from each other
	v6   []span[wide]
	asns map[uint32]bool
}

// span is a range of addresses, both ends in it.
type span[T any] struct{ from, to T }

// wide is an IPv6 address as a number.
type wide struct{ hi, lo uint64 }

// maxEntries bounds a list.
const maxEntries = 10_000_000

var errEmptyList = errors.New("it has no entries; an empty list would say no for every address")

// loadList returns how a list is read whose answers are the given fact.
func loadList(fact string) func([]byte) (table, stamp, error) {
	return func(raw []byte) (table, stamp, error) {
		l, err := parseList(raw)
		if err != nil {
			return nil, stamp{}, err
		}
		l.fact = fact
		return l, stamp{}, nil
	}
}

// parseList reads a list. Any line that is not understood is an error: half a
// list, or a web page that says "not found", must not pass for one.
func parseList(raw []byte) (*list, error) {
	l := &list{asns: map[uint32]bool{}}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	number, count := 0, 0
	for line := range bytes.Lines(raw) {
		number++
		if i := bytes.IndexAny(line, "#;"); i >= 0 {
			line = line[:i]
		}
		words := bytes.Fields(line)
		if len(words) == 0 {
			continue
		}
		if err := l.add(string(words[0][:min(len(words[0]), 100)])); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		if count++; count > maxEntries {
			return nil, fmt.Errorf("more than %d entries", maxEntries)
		}
	}
	if count == 0 {
		return nil, errEmptyList
	}
	l.v4 = merge(l.v4, cmp.Compare[uint32], func(a uint32) uint32 { return a + 1 })
	l.v6 = merge(l.v6, compareWide, nextWide)
	return l, nil
}

func (l *list) add(entry string) error {
	if asn, ok := parseASN(entry); ok {
		l.asns[asn] = true
		return nil
	}
	from, to, err := parseRange(entry)
	if err != nil {
		return err
	}
	if from.Is4() {
		l.v4 = append(l.v4, span[uint32]{number4(from), number4(to)})
	} else {
		l.v6 = append(l.v6, span[wide]{number6(from), number6(to)})
	}
	return nil
}

// parseRange reads an address, a network or a range.
func parseRange(s string) (from, to netip.Addr, err error) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return from, to, notAnEntry(s)
		}
		p = unmapPrefix(p)
		if p.Bits() <= 0 {
			return from, to, fmt.Errorf("%q is every address there is", s)
		}
		return p.Masked().Addr(), last(p), nil
	}
	low, high, ranged := strings.Cut(s, "-")
	if from, err = netip.ParseAddr(low); err != nil || from.Zone() != "" {
		return from, to, notAnEntry(s)
	}
	from = from.Unmap()
	if !ranged {
		return from, from, nil
	}
	if to, err = netip.ParseAddr(high); err != nil || to.Zone() != "" {
		return from, to, notAnEntry(s)
	}
	if to = to.Unmap(); from.Is4() != to.Is4() || to.Less(from) {
		return from, to, fmt.Errorf("%q is no range: its end is before its start", s)
	}
	return from, to, nil
}

func notAnEntry(s string) error {
	return fmt.Errorf("%q is no address, network, range or AS number", s)
}

// unmapPrefix makes an IPv4 network of one that is written within IPv6.
func unmapPrefix(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p
}

// last returns the last address of a network.
func last(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b) // of the length it had
	return a
}

func number4(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

func number6(a netip.Addr) wide {
	b := a.As16()
	return wide{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

func compareWide(a, b wide) int {
	if c := cmp.Compare(a.hi, b.hi); c != 0 {
		return c
	}
	return cmp.Compare(a.lo, b.lo)
}

func nextWide(a wide) wide {
	if a.lo++; a.lo == 0 {
		a.hi++
	}
	return a
}

// merge sorts spans and joins those that touch. next must not be asked for what
// follows the last number of all, which merge takes care of.
func merge[T comparable](spans []span[T], compare func(a, b T) int, next func(T) T) []span[T] {
	slices.SortFunc(spans, func(a, b span[T]) int { return compare(a.from, b.from) })
	var out []span[T]
	for _, s := range spans {
		if n := len(out); n > 0 {
			before := &out[n-1]
			if compare(s.from, before.to) <= 0 || next(before.to) == s.from {
				if compare(s.to, before.to) > 0 {
					before.to = s.to
				}
				continue
			}
		}
		out = append(out, s)
	}
	return slices.Clip(out)
}

// contains reports whether a span holds the address.
func contains[T any](spans []span[T], a T, compare func(a, b T) int) bool {
	i := sort.Search(len(spans), func(i int) bool { return compare(spans[i].to, a) >= 0 })
	return i < len(spans) && compare(spans[i].from, a) <= 0
}

func (l *list) about(a *answer) {
	ranges := len(l.v4)+len(l.v6) > 0
	if !ranges && a.asn == 0 {
		return // it names networks only, and the address's is not known
	}
	var yes bool
	if a.addr.Is4() {
		yes = contains(l.v4, number4(a.addr), cmp.Compare[uint32])
	} else {
		yes = contains(l.v6, number6(a.addr), compareWide)
	}
	a.listed(l.fact, yes || l.asns[a.asn])
}

func (l *list) entries() int { return len(l.v4) + len(l.v6) + len(l.asns) }
