package risk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/gaithq/gait"
)

// file is a policy as it is written down: what is left out stays as it was.
type file struct {
	Version int                   `json:"version"`
	Weights map[string]fileWeight `json:"weights,omitempty"`
	Bands   *Bands                `json:"bands,omitempty"`
	Caps    *Caps                 `json:"caps,omitempty"`
}

type fileWeight struct {
	Detected    float64 `json:"detected"`
	NotDetected float64 `json:"not_detected"`
	Measured    bool    `json:"measured,omitempty"`
}

// maxWeight bounds what one check may count, in log-odds.
const maxWeight = 10

// Read returns the policy that a file makes of base. It fails with Invalid.
func Read(raw []byte, base Policy) (Policy, error) {
	p := base
	p.Weights = maps.Clone(base.Weights)
	f := file{Bands: &p.Bands, Caps: &p.Caps}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return Policy{}, gait.Wrap(err, gait.Invalid, "the policy is not JSON of the form that gait calibrate writes")
	}
	if f.Version <= 0 {
		return Policy{}, gait.Errorf(gait.Invalid, "the policy needs a version above 0")
	}
	p.Version = f.Version
	for key, w := range f.Weights {
		if _, known := base.Weights[key]; !known {
			return Policy{}, gait.Errorf(gait.Invalid, "the policy names a check %q that there is not", key)
		}
		if w.Detected < 0 || w.Detected > maxWeight || w.NotDetected > 0 || w.NotDetected < -maxWeight {
			return Policy{}, gait.Errorf(gait.Invalid, "%s: a weight is 0 to %d for Detected and 0 or less for Not detected", key, maxWeight)
		}
		p.Weights[key] = Weight(w)
	}
	if b := p.Bands; b.Monitor < 0 || b.Monitor > b.Review || b.Review > b.Reject || b.Reject > 101 {
		return Policy{}, gait.Errorf(gait.Invalid, "the bands have to rise from 0 to 101, which nothing reaches")
	}
	if c := p.Caps; c.Facts < 0 || c.Facts > c.One || c.One > c.Two || c.Two > 100 {
		return Policy{}, gait.Errorf(gait.Invalid, "the caps have to rise from 0 to 100")
	}
	return p, nil
}

// Write writes down where a policy differs from base, so that Read gives it back.
func Write(p, base Policy) ([]byte, error) {
	f := file{Version: p.Version, Weights: map[string]fileWeight{}}
	for key, w := range p.Weights {
		if base.Weights[key] != w {
			f.Weights[key] = fileWeight(w)
		}
	}
	if p.Bands != base.Bands {
		f.Bands = &p.Bands
	}
	if p.Caps != base.Caps {
		f.Caps = &p.Caps
	}
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write policy: %w", err)
	}
	return append(b, '\n'), nil
}
