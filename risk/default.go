package risk

import (
	"bytes"
	_ "embed" // weights.json
	"encoding/json"
	"fmt"
)

// weights.json is written by the command in eval/calibrate: `make calibrate`.
//
//go:embed weights.json
var weights []byte

// Estimate is a weight with what it rests on: a row of weights.json.
type Estimate struct {
	Check       string  `json:"check"`
	Detected    float64 `json:"detected"`
	NotDetected float64 `json:"not_detected"`
	Measured    bool    `json:"measured"` // else chosen by judgement

	TPR  *Count `json:"tpr,omitempty"` // of the kinds of automation that the check could judge, those it said Detected of
	FPR  *Count `json:"fpr,omitempty"` // of the people it could judge, those it ever said Detected of
	From string `json:"from,omitempty"`
	Why  string `json:"why,omitempty"` // it is not measured
}

// Count is k of n.
type Count struct {
	K int `json:"k"`
	N int `json:"n"`
}

// ReadEstimates reads a file such as weights.json.
func ReadEstimates(file []byte) ([]Estimate, error) {
	var list []Estimate
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	seen := map[string]bool{}
	for _, e := range list {
		if e.Check == "" || seen[e.Check] || e.Detected < 0 || e.NotDetected > 0 {
			return nil, fmt.Errorf("weights: %q: named twice or not at all, or a weight of the wrong sign", e.Check)
		}
		seen[e.Check] = true
	}
	return list, nil
}

// Estimates returns the weights that a workspace starts with and what each rests on.
func Estimates() []Estimate {
	list, err := ReadEstimates(weights)
	if err != nil {
		panic(err) // the program was built with a broken file
	}
	return list
}

// Default returns the policy that a workspace starts with.
func Default() Policy {
	p := Policy{
		Version: 1,
		Base:    0.10,
		Relief:  1.0,
		Caps:    Caps{Facts: 49, One: 49, Two: 69},
		Bands:   Bands{Monitor: 25, Review: 50, Reject: 70},
		Weights: map[string]Weight{},
	}
	for _, e := range Estimates() {
		p.Weights[e.Check] = Weight{Detected: e.Detected, NotDetected: e.NotDetected, Measured: e.Measured}
	}
	return p
}
