package ingest

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/gaithq/gait"
)

// geoTrait is the trait in which a page that holds the permission reports where
// the browser says it is: latitude, longitude and accuracy in metres, separated
// by commas.
const geoTrait = "geo"

// locate takes the coordinates out of a batch, which are never stored, and
// leaves what judging needs of them: whether they can be true, how accurate the
// browser says they are, and how far they are from where the address is thought
// to be. Of several in a batch the last one counts.
func (h *Handler) locate(b *gait.Batch, client netip.Addr) {
	last := -1
	for i := range b.Events {
		if isGeo(&b.Events[i]) {
			last = i
		}
	}
	if last < 0 {
		return
	}
	text, at := b.Events[last].Text, b.Events[len(b.Events)-1].T
	b.Events = slices.DeleteFunc(b.Events, func(e gait.Event) bool { return isGeo(&e) })
	fact := func(name, text string) {
		b.Events = append(b.Events, gait.Event{Kind: gait.Fact, T: at, Name: name, Text: text})
	}
	lat, lon, accuracy, ok := parseGeo(text)
	if !ok {
		fact("geo.valid", "no")
		return
	}
	fact("geo.valid", "yes")
	fact("geo.accuracy_m", strconv.FormatFloat(math.Round(accuracy*10)/10, 'f', -1, 64))
	if h.cfg.Intel == nil {
		return
	}
	if there, here, radius, ok := h.cfg.Intel.Locate(client); ok {
		fact("geo.distance_km", strconv.Itoa(int(math.Round(distance(lat, lon, there, here)))))
		if radius > 0 {
			fact("geo.radius_km", strconv.Itoa(int(math.Ceil(radius))))
		}
	}
}

func isGeo(e *gait.Event) bool { return e.Kind == gait.Trait && e.Name == geoTrait }

// parseGeo reads the trait. Coordinates beyond the globe, and the point where
// both are 0, which is open sea and what broken spoofers report, are not valid.
func parseGeo(s string) (lat, lon, accuracy float64, ok bool) {
	parts := strings.Split(s, ",")
	if len(parts) != 3 {
		return 0, 0, 0, false
	}
	var v [3]float64
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return 0, 0, 0, false
		}
		v[i] = f
	}
	lat, lon, accuracy = v[0], v[1], v[2]
	ok = math.Abs(lat) <= 90 && math.Abs(lon) <= 180 && accuracy >= 0 && accuracy <= 1e8 && (lat != 0 || lon != 0)
	return lat, lon, accuracy, ok
}

// earthKM is the mean radius of the Earth.
const earthKM = 6371

// distance returns the kilometres between two points along the surface.
func distance(lat1, lon1, lat2, lon2 float64) float64 {
	const rad = math.Pi / 180
	dLat, dLon := (lat2-lat1)*rad/2, (lon2-lon1)*rad/2
	h := math.Sin(dLat)*math.Sin(dLat) + math.Cos(lat1*rad)*math.Cos(lat2*rad)*math.Sin(dLon)*math.Sin(dLon)
	return 2 * earthKM * math.Asin(math.Min(1, math.Sqrt(h)))
}
