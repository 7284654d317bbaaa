package api

import (
	"context"
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

	mu    sync.Mutex
	known map[[32]byte]caller
}

func newCallers(store Workspaces, now gait.Now) *callers {
	return &callers{store: store, now: now, known: map[[32]byte]caller{}}
}

// find returns who c belongs to. It fails with gait.Unauthorized for a missing,
// malformed or unknown key, and as the store does when that cannot answer.
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
		return who, nil
	}
	key, err := s.store.KeyByHash(ctx, hash)
	if err != nil {
		return caller{}, orBadKey(err)
	}
	if key.Dialect != c.dialect || key.Hash != hash {
		return caller{}, errBadKey()
	}
	workspace, err := s.store.WorkspaceByID(ctx, key.Workspace)
	if err != nil {
		return caller{}, orBadKey(err)
	}
	who = caller{key, workspace, now.Add(keyTTL)}
	s.remember(hash, who, now)
	return who, nil
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
