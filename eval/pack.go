// Package eval judges recorded behaviour as a live session would be judged, and
// counts. It reads packs of recorded sessions, plays each through the batch format,
// folds it batch by batch, and asks the checks and the score at every step.
package eval

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/ulikunitz/xz"

	"github.com/gaithq/gait/record"
)

// Recording is one session: a line of a file. It is either a neutral pack's, with
// events in letters and numbers, or a recorded run, which holds the batches that a
// page sent.
type Recording struct {
	Run *record.Run `json:"-"` // nil for a neutral pack's

	Set     string `json:"src"`
	Person  string `json:"user"`
	Session string `json:"sess"`
	Label   string `json:"label"` // "human", or a kind of bot
	Events  []Row  `json:"ev"`
}

// Row is one recorded event: a letter and its numbers, as the pack's README lists
// them. A key's class is the last field and a letter too.
type Row struct {
	Letter byte
	N      [5]float64
	Len    int // of N
	Class  byte
}

// UnmarshalJSON reads a row such as ["k",853,224,"M"].
func (r *Row) UnmarshalJSON(b []byte) error {
	var list []any
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*r = Row{}
	for i, v := range list {
		switch v := v.(type) {
		case string:
			if len(v) != 1 {
				return fmt.Errorf("event %s: %q is not one letter", b, v)
			}
			if i == 0 {
				r.Letter = v[0]
			} else {
				r.Class = v[0]
			}
		case float64:
			if i == 0 || r.Len == len(r.N) {
				return fmt.Errorf("event %s: a number out of place", b)
			}
			r.N[r.Len] = v
			r.Len++
		default:
			return fmt.Errorf("event %s: %v is neither number nor letter", b, v)
		}
	}
	if want, known := fields[r.Letter]; !known || r.Len < want {
		return fmt.Errorf("event %s: not one that a pack may hold", b)
	}
	return nil
}

// fields is how many numbers each letter has at least.
var fields = map[byte]int{'m': 3, 'd': 3, 'u': 3, 'c': 3, 'M': 4, 's': 2, 'w': 2, 'k': 2, 'p': 2, 'r': 2}

// maxLine bounds a recording's line, in bytes.
const maxLine = 64 << 20

// Read calls yield with each recording of a pack, one JSON object a line, plain or
// compressed with xz, until it returns an error. A line with "gait" is a recorded
// run, any other a neutral pack's; a file may hold both.
func Read(r io.Reader, yield func(Recording) error) error {
	return eachLine(r, func(line []byte) error {
		rec, err := readLine(line)
		if err != nil {
			return err
		}
		return yield(rec)
	})
}

// eachLine calls yield with each line that is not blank, plain or compressed with
// xz, until it returns an error.
func eachLine(r io.Reader, yield func([]byte) error) error {
	in := bufio.NewReader(r)
	var lines io.Reader = in
	if magic, err := in.Peek(6); err == nil && bytes.Equal(magic, []byte("\xfd7zXZ\x00")) {
		x, err := xz.NewReader(in)
		if err != nil {
			return fmt.Errorf("read pack: %w", err)
		}
		lines = x
	}
	s := bufio.NewScanner(lines)
	s.Buffer(make([]byte, 1<<20), maxLine)
	n := 0
	for s.Scan() {
		if n++; len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		if err := yield(s.Bytes()); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n+1, err)
	}
	if n == 0 {
		return errors.New("the pack is empty")
	}
	return nil
}

func readLine(line []byte) (Recording, error) {
	if record.IsRun(line) {
		run, err := record.Read(line)
		return Recording{Run: &run, Set: run.Set, Person: run.User, Session: run.Session, Label: run.Label}, err
	}
	var rec Recording
	if err := json.Unmarshal(line, &rec); err != nil {
		return rec, err
	}
	if rec.Set == "" || rec.Person == "" || rec.Label == "" {
		return rec, errors.New("src, user or label is missing")
	}
	return rec, nil
}
