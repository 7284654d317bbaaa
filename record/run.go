// Package record keeps recorded runs: sessions of people and of automation that
// a tracker in a real page sent, as they were stored, with who did it and how. It
// has the format (a JSON object a line), the pages on which runs are recorded and
// the handler that serves and records them. docs/record.md describes both.
//
// What was typed is in no run: the tracker sends classes of keys and lengths of
// text, and the pages' forms submit nothing.
package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/wire"
)

// Version is the number that a line's "gait" holds.
const Version = 1

// Bounds of a run.
const (
	MaxBatches = 5_000
	MaxBytes   = 16 << 20 // of all batches' data
	MaxPages   = 64       // documents, as many as a session tells apart
	MaxSeed    = 1<<53 - 1

	maxFacts   = 64 // of a batch
	maxLabel   = 32
	maxName    = 128 // characters of Set, User, Task and of keys
	maxText    = 512 // bytes of other texts
	maxEntries = 32  // of a map
	maxMark    = 1e9 // ms
)

// Run is one recorded session: a line of a file.
type Run struct {
	Gait    int    `json:"gait"` // Version
	Set     string `json:"set"`
	Label   string `json:"label"` // "human", or a kind of automation
	User    string `json:"user"`  // who, however many sessions; for automation one name a run
	Session string `json:"sess"`  // 32 hexadecimal digits

	// Family is how the run was made, for people on which device. Runs that share
	// all of it are of one kind.
	Family map[string]string `json:"family,omitempty"`
	Seed   uint64            `json:"seed,omitempty"` // of whatever was random, at most MaxSeed
	Task   string            `json:"task,omitempty"` // the seeds of the pages, separated by commas
	At     string            `json:"at"`             // the day, 2006-01-02, UTC
	Agent  string            `json:"agent,omitempty"`

	Peers map[string]string  `json:"peers,omitempty"` // what other detectors said in the same page
	Marks map[string]float64 `json:"marks,omitempty"` // ms since the session's first event

	Parcels []Parcel `json:"batches"`
}

// Parcel is one batch as it was stored.
type Parcel struct {
	Page    string `json:"page"` // 16 hexadecimal digits
	Seq     uint32 `json:"seq"`
	Arrived int64  `json:"arrived"` // Unix ms
	Data    []byte `json:"data"`    // of wire.Pack
}

// IsRun reports whether a line of a file claims to be a recorded run, which is a
// JSON object with "gait". It need not be a valid one.
func IsRun(line []byte) bool {
	if !bytes.Contains(line, []byte(`"gait"`)) {
		return false // spares long lines of another kind the second reading
	}
	var head struct {
		Gait *json.RawMessage `json:"gait"`
	}
	return json.Unmarshal(line, &head) == nil && head.Gait != nil
}

// Read reads one line. Whatever it returns without an error has passed Check; its
// batches are only read by Batches. Errors are gait.Errors with the code Invalid.
func Read(line []byte) (Run, error) {
	var r Run
	if err := json.Unmarshal(line, &r); err != nil {
		return Run{}, gait.Wrap(err, gait.Invalid, "recorded run")
	}
	if err := r.Check(); err != nil {
		return Run{}, err
	}
	return r, nil
}

// Check reports the first field that breaks a rule, as a gait.Error of the code
// Invalid.
func (r *Run) Check() error {
	if r.Gait != Version {
		return invalid("gait", "is %d; this program reads %d", r.Gait, Version)
	}
	if err := r.checkNames(); err != nil {
		return err
	}
	if err := checkMap("family", r.Family); err != nil {
		return err
	}
	if err := checkMap("peers", r.Peers); err != nil {
		return err
	}
	if len(r.Marks) > maxEntries {
		return invalid("marks", "has %d entries, the limit is %d", len(r.Marks), maxEntries)
	}
	for k, ms := range r.Marks {
		if !plain(k, maxName) || k == "" || !(ms >= 0 && ms <= maxMark) {
			return invalid("marks", "has %.40q at %g ms", k, ms)
		}
	}
	return r.checkParcels()
}

func (r *Run) checkNames() error {
	if !isLabel(r.Label) {
		return invalid("label", "%.40q is not a word of a to z, 0 to 9 and dashes", r.Label)
	}
	for name, s := range map[string]string{"set": r.Set, "user": r.User} {
		if s == "" {
			return invalid(name, "is missing")
		}
		if !plain(s, maxName) {
			return invalid(name, "is no plain text of at most %d characters", maxName)
		}
	}
	if _, err := gait.ParseSessionID(r.Session); err != nil {
		return invalid("sess", "is not a session's id: %v", err)
	}
	if r.Seed > MaxSeed {
		return invalid("seed", "is %d, the limit is %d", r.Seed, uint64(MaxSeed))
	}
	if !plain(r.Task, maxName) {
		return invalid("task", "is no plain text of at most %d characters", maxName)
	}
	if !plain(r.Agent, maxText) {
		return invalid("agent", "is no plain text of at most %d characters", maxText)
	}
	if _, err := time.Parse(time.DateOnly, r.At); err != nil {
		return invalid("at", "%.40q is not a day such as 2026-11-22", r.At)
	}
	return nil
}

func (r *Run) checkParcels() error {
	if len(r.Parcels) == 0 {
		return invalid("batches", "is empty")
	}
	if len(r.Parcels) > MaxBatches {
		return invalid("batches", "has %d entries, the limit is %d", len(r.Parcels), MaxBatches)
	}
	type key struct {
		page gait.PageID
		seq  uint32
	}
	seen := make(map[key]bool, len(r.Parcels))
	pages := map[gait.PageID]bool{}
	size := 0
	for i, p := range r.Parcels {
		page, err := gait.ParsePageID(p.Page)
		if err != nil {
			return invalid(fmt.Sprintf("batches[%d].page", i), "is not a page's id: %v", err)
		}
		if p.Seq > wire.MaxSeq || p.Arrived < 0 || p.Arrived > wire.MaxOrigin {
			return invalid(fmt.Sprintf("batches[%d]", i), "has the number %d and arrived at %d", p.Seq, p.Arrived)
		}
		k := key{page, p.Seq}
		if seen[k] {
			return invalid(fmt.Sprintf("batches[%d]", i), "comes twice")
		}
		seen[k], pages[page] = true, true
		size += len(p.Data)
	}
	if len(pages) > MaxPages {
		return invalid("batches", "are of %d pages, the limit is %d", len(pages), MaxPages)
	}
	if size > MaxBytes {
		return invalid("batches", "have %d bytes, the limit is %d", size, MaxBytes)
	}
	return nil
}

// Batches unpacks the run's batches, in the order of the line. Each must be one
// that a page may have sent, but for the facts that the server adds; otherwise the
// error is a gait.Error of the code Invalid.
func (r *Run) Batches() ([]gait.Batch, error) {
	id, err := gait.ParseSessionID(r.Session)
	if err != nil {
		return nil, invalid("sess", "is not a session's id: %v", err)
	}
	var (
		decoder wire.Decoder
		body    []byte
	)
	list := make([]gait.Batch, 0, len(r.Parcels))
	for i, p := range r.Parcels {
		field := fmt.Sprintf("batches[%d]", i)
		page, err := gait.ParsePageID(p.Page)
		if err != nil {
			return nil, invalid(field, "is not of a page: %v", err)
		}
		b := gait.Batch{Session: id, Page: page, Seq: p.Seq, Arrived: p.Arrived}
		if err := wire.Unpack(p.Data, &b); err != nil {
			return nil, gait.Wrap(err, gait.Invalid, field)
		}
		if err := checkFacts(&b); err != nil {
			return nil, gait.Wrap(err, gait.Invalid, field)
		}
		// What a page may send is decided in one place.
		body = wire.Append(body[:0], "recorded", [16]byte{}, &b)
		if _, err := decoder.Decode(body); err != nil {
			return nil, gait.Wrap(err, gait.Invalid, field)
		}
		list = append(list, b)
	}
	return list, nil
}

// checkFacts checks what a page may not send and the server adds.
func checkFacts(b *gait.Batch) error {
	n := 0
	for i := range b.Events {
		e := &b.Events[i]
		if e.Kind != gait.Fact {
			continue
		}
		if n++; n > maxFacts {
			return fmt.Errorf("more than %d facts", maxFacts)
		}
		if e.Name == "" || !plain(e.Name, maxName) || len(e.Text) > maxText || !plain(e.Text, maxText) || e.T > wire.MaxTicks {
			return fmt.Errorf("events[%d] is not a fact", i)
		}
	}
	return nil
}

func checkMap(field string, m map[string]string) error {
	if len(m) > maxEntries {
		return invalid(field, "has %d entries, the limit is %d", len(m), maxEntries)
	}
	for k, v := range m {
		if k == "" || !plain(k, maxName) || !plain(v, maxText) {
			return invalid(field, "has %.40q: %.40q", k, v)
		}
	}
	return nil
}

// plain reports whether s is valid UTF-8 of at most so many characters without
// control characters.
func plain(s string, most int) bool {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > most {
		return false
	}
	for _, c := range s {
		if unicode.IsControl(c) {
			return false
		}
	}
	return true
}

func isLabel(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != "" && len(s) <= maxLabel
}

func invalid(field, format string, args ...any) *gait.Error {
	return &gait.Error{Code: gait.Invalid, Field: field, Message: "recorded run: " + field + " " + fmt.Sprintf(format, args...)}
}
