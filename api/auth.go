package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gaithq/gait"
)

// credential is what a request brought to say who it is.
type credential struct {
	text    string       // "" if nothing came
	dialect gait.Dialect // that the prefix promises, "" if none
	bearer  bool         // it came the way it should
}

// presented reads the key of a request: Authorization if there is one, however
// wrong, else x-api-key.
func presented(h http.Header) credential {
	text, bearer := strings.TrimSpace(h.Get("Authorization")), true
	if text == "" {
		text = strings.TrimSpace(h.Get("X-Api-Key"))
	} else {
		scheme, rest, _ := strings.Cut(text, " ")
		if bearer = strings.EqualFold(scheme, "Bearer"); bearer {
			text = strings.TrimSpace(rest)
		}
		if text == "" {
			text = scheme // the scheme alone: something came, and it is no key
		}
	}
	c := credential{text: text, bearer: bearer}
	switch {
	case strings.HasPrefix(text, gait.SecretKeyPrefix), strings.HasPrefix(text, gait.SiteKeyPrefix):
		c.dialect = gait.Roundtable
	case strings.HasPrefix(text, "aik_"):
		c.dialect = gait.NotAI
	}
	return c
}

// How long and how many answers about keys are remembered. The time is how long
// a revoked key goes on working; the number bounds the memory, about 400 bytes each.
const (
	keyTTL  = 5 * time.Second
	keysMax = 4096
)

// caller is a key that was found good and the workspace behind it.
type caller struct {
	key       gait.Key
	workspace gait.Workspace
	until     time.Time
}

// callers finds out whose a key is. Only good keys are remembered, so guessing
// fills nothing and a new key works at once.
type callers struct {
	store Workspaces
	now   gait.Now
	log   *slog.Logger

	mu      sync.Mutex
	known   map[[32]byte]caller
	noted   map[[32]byte]int64 // the minute of each key's last use
	used    map[[32]byte]int64 // of these, what the store was not told yet
	telling bool               // a goroutine is at it
}

func newCallers(store Workspaces, now gait.Now, log *slog.Logger) *callers {
	return &callers{store: store, now: now, log: log, known: map[[32]byte]caller{}, noted: map[[32]byte]int64{}, used: map[[32]byte]int64{}}
}

// find returns who c belongs to, and notes the use. It fails with
// gait.Unauthorized for a missing, malformed, unknown, expired or revoked key,
// and as the store does when that cannot answer.
func (s *callers) find(ctx context.Context, c credential) (caller, error) {
	switch {
	case c.text == "":
		return caller{}, gait.Errorf(gait.Unauthorized, "an API key is needed: send it as Authorization: Bearer <key>")
	case strings.HasPrefix(c.text, gait.SiteKeyPrefix):
		return caller{}, gait.Errorf(gait.Unauthorized,
			"this is a site key: it is public and only names a site; reading needs a secret key, which starts with %s", gait.SecretKeyPrefix)
	case !c.bearer:
		return caller{}, gait.Errorf(gait.Unauthorized, "the Authorization header must read: Bearer <key>")
	case !wellFormed(c.text):
		return caller{}, errBadKey()
	}
	hash := HashKey(c.text)
	now := s.now()
	s.mu.Lock()
	who, ok := s.known[hash]
	s.mu.Unlock()
	if ok && now.Before(who.until) {
		if err := ended(who.key, now); err != nil {
			return caller{}, err
		}
		s.note(who.key, now)
		return who, nil
	}
	key, err := s.store.KeyByHash(ctx, hash)
	if err != nil {
		return caller{}, orBadKey(err)
	}
	if key.Dialect != c.dialect || key.Hash != hash {
		return caller{}, errBadKey()
	}
	if err := ended(key, now); err != nil {
		return caller{}, err
	}
	workspace, err := s.store.WorkspaceByID(ctx, key.Workspace)
	if err != nil {
		return caller{}, orBadKey(err)
	}
	who = caller{key, workspace, now.Add(keyTTL)}
	s.remember(hash, who, now)
	s.note(key, now)
	return who, nil
}

// ended fails with gait.Unauthorized if the key is one no more.
func ended(k gait.Key, now time.Time) error {
	switch {
	case k.Revoked != 0:
		return gait.Errorf(gait.Unauthorized, "this API key was revoked")
	case k.Expires != 0 && now.UnixMilli() >= k.Expires:
		return gait.Errorf(gait.Unauthorized, "this API key has expired")
	}
	return nil
}

// tellTimeout is how long the store may take to note which keys were used.
const tellTimeout = 5 * time.Second

// note has the store told that a key was used, once a minute for each key, by a
// goroutine that ends when there is nothing more to tell.
func (s *callers) note(k gait.Key, now time.Time) {
	minute := now.Truncate(time.Minute).UnixMilli()
	s.mu.Lock()
	defer s.mu.Unlock()
	if k.LastUsed >= minute || s.noted[k.Hash] >= minute {
		return
	}
	if len(s.noted) >= keysMax {
		clear(s.noted) // at worst the store is told twice
	}
	s.noted[k.Hash], s.used[k.Hash] = minute, minute
	if !s.telling {
		s.telling = true
		go s.tell()
	}
}

func (s *callers) tell() {
	for {
		s.mu.Lock()
		uses := make([]gait.KeyUse, 0, len(s.used))
		for hash, at := range s.used {
			uses = append(uses, gait.KeyUse{Hash: hash, At: at})
		}
		clear(s.used)
		s.telling = len(uses) > 0
		s.mu.Unlock()
		if len(uses) == 0 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), tellTimeout)
		if err := s.store.TouchKeys(ctx, uses); err != nil {
			s.log.Warn("api: it is not noted that keys were used", "keys", len(uses), "err", err)
		}
		cancel()
	}
}

func (s *callers) remember(hash [32]byte, who caller, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) >= keysMax {
		for h, c := range s.known {
			if !now.Before(c.until) {
				delete(s.known, h)
			}
		}
		if len(s.known) >= keysMax {
			clear(s.known)
		}
	}
	s.known[hash] = who
}

func errBadKey() error {
	return gait.Errorf(gait.Unauthorized, "this API key is not valid here")
}

// orBadKey tells a key that nobody knows from a store that cannot say.
func orBadKey(err error) error {
	if gait.CodeOf(err) == gait.NotFound {
		return errBadKey()
	}
	return err
}
