package eval

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/ulikunitz/xz"
)

// FormKeys is how many keys of a neutral recording a picked corpus keeps: what
// somebody writes into a form.
const FormKeys = 150

// Picker chooses a small corpus out of large files. What it chooses depends on the
// lines alone, not on their order.
type Picker struct {
	Runs   int // the most of recorded runs of one family
	People int // the most people of one neutral set

	lines map[string][]picked // by family
}

type picked struct {
	rank [sha256.Size]byte // by which some are chosen: of the session's name
	line []byte
}

// head is what a line says of itself: a recorded run's or a neutral recording's.
type head struct {
	Gait   int               `json:"gait"`
	Set    string            `json:"set"`
	Src    string            `json:"src"`
	Label  string            `json:"label"`
	User   string            `json:"user"`
	Sess   string            `json:"sess"`
	Family map[string]string `json:"family"`
}

// Pack takes in a file of recordings.
func (p *Picker) Pack(r io.Reader) error {
	if p.lines == nil {
		p.lines = map[string][]picked{}
	}
	return eachLine(r, func(line []byte) error {
		var h head
		if err := json.Unmarshal(line, &h); err != nil {
			return err
		}
		most := p.Runs
		family, err := json.Marshal([]any{h.Set, h.Src, h.Label, h.Family})
		if err != nil {
			return err
		}
		if h.Gait == 0 {
			most = p.People
			if line, err = formLength(line); err != nil {
				return err
			}
		}
		key := string(family)
		list := append(p.lines[key], picked{sha256.Sum256([]byte(h.User + "\x00" + h.Sess)), bytes.Clone(line)})
		slices.SortFunc(list, func(a, b picked) int {
			return cmp.Or(bytes.Compare(a.rank[:], b.rank[:]), bytes.Compare(a.line, b.line))
		})
		p.lines[key] = list[:min(len(list), most)]
		return nil
	})
}

// formLength cuts a neutral recording behind its first FormKeys keys.
func formLength(line []byte) ([]byte, error) {
	var rec struct {
		Set     string            `json:"src"`
		Person  string            `json:"user"`
		Session string            `json:"sess"`
		Label   string            `json:"label"`
		Events  []json.RawMessage `json:"ev"`
	}
	if err := json.Unmarshal(line, &rec); err != nil {
		return nil, err
	}
	keys := 0
	for i, e := range rec.Events {
		if bytes.HasPrefix(bytes.TrimLeft(e, "[ "), []byte(`"k"`)) {
			keys++
		}
		if keys == FormKeys {
			rec.Events = rec.Events[:i+1]
			break
		}
	}
	return json.Marshal(rec)
}

// Write writes the corpus, compressed with xz, and returns how many recordings it
// holds.
func (p *Picker) Write(w io.Writer) (int, error) {
	x, err := xz.NewWriter(w)
	if err != nil {
		return 0, fmt.Errorf("write corpus: %w", err)
	}
	n := 0
	for _, key := range slices.Sorted(maps.Keys(p.lines)) {
		for _, l := range p.lines[key] {
			if _, err := x.Write(append(l.line, '\n')); err != nil {
				return n, fmt.Errorf("write corpus: %w", err)
			}
			n++
		}
	}
	if err := x.Close(); err != nil {
		return n, fmt.Errorf("write corpus: %w", err)
	}
	return n, nil
}
