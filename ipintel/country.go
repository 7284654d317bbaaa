package ipintel

import (
	"errors"
	"math"
	"net/netip"
	"sync"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"
)

// place is what a file says of where an address is.
type place struct {
	country, city, zone string
	lat, lon, radius    float64
	located             bool
}

// places answers from an MMDB of countries or cities, in the layout of MaxMind
// or in the flat one that some free files have.
type places struct{ mmdb[place] }

func loadPlaces(raw []byte) (table, stamp, error) {
	t := new(places)
	flat := false
	err := t.open(raw, func(r maxminddb.Result) (place, error) {
		if flat {
			return flatPlace(r)
		}
		return nestedPlace(r)
	}, func(first maxminddb.Result) (bool, error) {
		p, err := flatPlace(first)
		if flat = err == nil && p.country != ""; flat {
			return true, nil
		}
		p, err = nestedPlace(first)
		return p.country != "", err
	})
	if err != nil {
		return nil, stamp{}, err
	}
	return t, t.built(), nil
}

func nestedPlace(r maxminddb.Result) (place, error) {
	var d struct {
		Country struct {
			Code string `maxminddb:"iso_code"`
		} `maxminddb:"country"`
		City struct {
			Names struct {
				English string `maxminddb:"en"`
			} `maxminddb:"names"`
		} `maxminddb:"city"`
		Location struct {
			Latitude  *float64 `maxminddb:"latitude"`
			Longitude *float64 `maxminddb:"longitude"`
			Radius    uint16   `maxminddb:"accuracy_radius"`
			Zone      string   `maxminddb:"time_zone"`
		} `maxminddb:"location"`
	}
	if err := r.Decode(&d); err != nil {
		return place{}, err
	}
	p := place{country: clean(d.Country.Code), city: clean(d.City.Names.English), zone: clean(d.Location.Zone)}
	p.locate(d.Location.Latitude, d.Location.Longitude, float64(d.Location.Radius))
	return p, nil
}

func flatPlace(r maxminddb.Result) (place, error) {
	var d struct {
		Country   string   `maxminddb:"country_code"`
		City      string   `maxminddb:"city"`
		Zone      string   `maxminddb:"timezone"`
		Latitude  *float64 `maxminddb:"latitude"`
		Longitude *float64 `maxminddb:"longitude"`
	}
	if err := r.Decode(&d); err != nil {
		return place{}, err
	}
	p := place{country: clean(d.Country), city: clean(d.City), zone: clean(d.Zone)}
	p.locate(d.Latitude, d.Longitude, 0)
	return p, nil
}

func (p *place) locate(lat, lon *float64, radius float64) {
	if lat == nil || lon == nil || !(math.Abs(*lat) <= 90) || !(math.Abs(*lon) <= 180) {
		return
	}
	p.lat, p.lon, p.radius, p.located = *lat, *lon, radius, true
}

func (t *places) about(a *answer) {
	p, ok := t.get(a.addr)
	if !ok {
		return
	}
	a.set("ip.country", p.country)
	a.set("ip.city", p.city)
	a.set("ip.tz", p.zone)
	a.place, a.hasPlace = p, p.located
}

// mmdb reads records of type T from an MMDB and keeps what it decoded: a file
// holds few different records, and tells them apart by their offset.
type mmdb[T any] struct {
	db     *maxminddb.Reader
	decode func(maxminddb.Result) (T, error)
	seen   sync.Map // of uintptr to *T
}

var errNoRecords = errors.New("it holds no records of this kind: is it the right file?")

// open reads an MMDB. usable says whether a record is of the kind that is
// looked for; one of the first has to be.
func (m *mmdb[T]) open(raw []byte, decode func(maxminddb.Result) (T, error), usable func(maxminddb.Result) (bool, error)) error {
	db, err := maxminddb.OpenBytes(raw)
	if err != nil {
		return err
	}
	m.db, m.decode = db, decode
	// Empty networks are counted too: the tree of a damaged file may hold more of
	// them than can be walked.
	const tries = 50_000
	tried := 0
	for r := range db.Networks(maxminddb.IncludeNetworksWithoutData()) {
		if err := r.Err(); err != nil {
			return err
		}
		if r.Found() {
			if ok, err := usable(r); err == nil && ok {
				return nil
			}
		}
		if tried++; tried == tries {
			break
		}
	}
	return errNoRecords
}

func (m *mmdb[T]) get(addr netip.Addr) (T, bool) {
	var none T
	r := m.db.Lookup(addr)
	if !r.Found() {
		return none, false
	}
	if v, ok := m.seen.Load(r.Offset()); ok {
		return *v.(*T), true
	}
	v, err := m.decode(r)
	if err != nil {
		return none, false
	}
	m.seen.Store(r.Offset(), &v)
	return v, true
}

func (m *mmdb[T]) built() time.Time {
	if m.db.Metadata.BuildEpoch == 0 {
		return time.Time{}
	}
	return m.db.Metadata.BuildTime()
}

// entries is the size of the search tree, which is what an MMDB can say cheaply.
func (m *mmdb[T]) entries() int { return int(m.db.Metadata.NodeCount) }
