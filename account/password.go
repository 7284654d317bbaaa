package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/gaithq/gait"
)

// Hashing says how much work a guess at a password is.
type Hashing struct {
	Passes uint32
	Memory uint32 // kB
	Lanes  uint8
}

// recommended is the second recommended option of RFC 9106, for where memory is
// not plenty.
var recommended = Hashing{Passes: 3, Memory: 64 << 10, Lanes: 4}

// Lengths, in bytes, as RFC 9106 recommends them.
const (
	saltBytes = 16
	hashBytes = 32
)

// What a stored hash may ask for, so that a damaged one costs no more than time.
const (
	passesMax = 16
	memoryMax = 512 << 10 // kB
	lanesMax  = 16
	saltMax   = 64 // bytes
	hashMax   = 64 // bytes
)

// Lengths of a password.
const (
	passwordMin = 10   // characters
	passwordMax = 1024 // bytes
)

// stored is a hash as it is kept: in the PHC string format.
type stored struct {
	Hashing
	salt, hash []byte
}

// String writes $argon2id$v=19$m=65536,t=3,p=4$SALT$HASH.
func (s stored) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, s.Memory, s.Passes, s.Lanes, b64.EncodeToString(s.salt), b64.EncodeToString(s.hash))
}

var errHash = errors.New("the stored password is no argon2id hash that is known here")

// parseStored reads what String writes, within the bounds above.
func parseStored(phc string) (stored, error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return stored{}, errHash
	}
	costs := strings.Split(parts[3], ",")
	if len(costs) != 3 {
		return stored{}, errHash
	}
	var n [3]uint32
	for i, c := range []struct {
		prefix string
		most   uint64
	}{{"m=", memoryMax}, {"t=", passesMax}, {"p=", lanesMax}} {
		digits, ok := strings.CutPrefix(costs[i], c.prefix)
		v, err := strconv.ParseUint(digits, 10, 32)
		if !ok || err != nil || v < 1 || v > c.most || digits != strconv.FormatUint(v, 10) {
			return stored{}, errHash
		}
		n[i] = uint32(v)
	}
	b64 := base64.RawStdEncoding.Strict()
	salt, serr := b64.DecodeString(parts[4])
	hash, herr := b64.DecodeString(parts[5])
	if serr != nil || herr != nil || len(salt) < saltBytes || len(salt) > saltMax || len(hash) < saltBytes || len(hash) > hashMax {
		return stored{}, errHash
	}
	return stored{Hashing{Memory: n[0], Passes: n[1], Lanes: uint8(n[2])}, salt, hash}, nil
}

// Hashing takes so much memory that only a few are made at a time; others wait,
// up to a number.
const (
	hashersMax = 4
	waitingMax = 64
)

// hasher makes and checks hashes, a bounded number at a time.
type hasher struct {
	costs   Hashing
	slots   chan struct{}
	waiting atomic.Int32
	decoy   stored // of no password
}

func newHasher(costs Hashing) *hasher {
	if costs == (Hashing{}) {
		costs = recommended
	}
	return &hasher{
		costs: costs,
		slots: make(chan struct{}, max(1, min(hashersMax, runtime.GOMAXPROCS(0)))),
		decoy: stored{costs, random(saltBytes), random(hashBytes)},
	}
}

// take waits for a slot. It fails with gait.Unavailable if too many wait.
func (h *hasher) take(ctx context.Context) error {
	if h.waiting.Add(1) > waitingMax {
		h.waiting.Add(-1)
		return gait.Errorf(gait.Unavailable, "too many people are signing in at once; try again")
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return gait.Wrap(ctx.Err(), gait.Unavailable, "the request was given up")
	}
}

func (h *hasher) release() { <-h.slots }

// hash returns what is to be kept of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.take(ctx); err != nil {
		return "", err
	}
	defer h.release()
	s := stored{Hashing: h.costs, salt: random(saltBytes)}
	s.hash = s.derive(password, hashBytes)
	return s.String(), nil
}

// check reports whether phc is the hash of a password, and whether it should be
// made anew because hashing costs something else by now. It takes as long if
// there is no hash.
func (h *hasher) check(ctx context.Context, phc, password string) (ok, outdated bool, err error) {
	s, known := h.decoy, false
	if phc != "" {
		if s, err = parseStored(phc); err != nil {
			return false, false, err
		}
		known = true
	}
	if err := h.take(ctx); err != nil {
		return false, false, err
	}
	defer h.release()
	same := subtle.ConstantTimeCompare(s.derive(password, uint32(len(s.hash))), s.hash) == 1
	return same && known, s.Hashing != h.costs || len(s.hash) != hashBytes, nil
}

func (s *stored) derive(password string, length uint32) []byte {
	return argon2.IDKey([]byte(normal(password)), s.salt, s.Passes, s.Memory, s.Lanes, length)
}

// normal makes the same letters the same bytes, whatever keyboard they come from.
func normal(password string) string { return norm.NFKC.String(password) }

// checkPassword says what is wrong with a new password.
func checkPassword(field, password, email string) error {
	wrong := func(message string) error {
		return &gait.Error{Code: gait.Invalid, Message: message, Field: field}
	}
	switch {
	case !utf8.ValidString(password):
		return wrong("the password must be text")
	case utf8.RuneCountInString(normal(password)) < passwordMin:
		return wrong(fmt.Sprintf("a password needs at least %d characters", passwordMin))
	case len(password) > passwordMax || len(normal(password)) > math.MaxUint16:
		return wrong(fmt.Sprintf("a password has at most %d bytes", passwordMax))
	case strings.EqualFold(password, email):
		return wrong("the password must not be the e-mail address")
	case strings.Count(password, password[:1]) == len(password):
		return wrong("the password must not be one character over and over")
	}
	return nil
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: it would rather end the process
	return b
}
