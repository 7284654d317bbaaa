package api

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"github.com/gaithq/gait"
)

// Lengths of what follows a key's prefix.
const (
	secretKeyBytes = 32  // random; 43 characters as base64url
	secretKeyMin   = 43  // characters
	secretKeyMax   = 128 // characters, so that no one can make us hash a book
	notAIKeyBytes  = 30  // random; 40 characters as base64url
	notAIKeyLen    = 40  // characters, exactly
)

// NewSecretKey makes a key that speaks Roundtable's dialect and may read. The text is to be
// shown once and is not kept; the Key has no Workspace yet.
func NewSecretKey(now time.Time) (text string, key gait.Key) {
	return newKey(gait.SecretKeyPrefix, secretKeyBytes, gait.Roundtable, now)
}

// NewNotAIKey makes a key that speaks NotAI's dialect and may read, 47 characters
// long. The text is to be shown once and is not kept; the Key has no Workspace yet.
func NewNotAIKey(now time.Time) (text string, key gait.Key) {
	return newKey(gait.NotAIKeyPrefix, notAIKeyBytes, gait.NotAI, now)
}

func newKey(prefix string, bytes int, d gait.Dialect, now time.Time) (string, gait.Key) {
	text := prefix + base64.RawURLEncoding.EncodeToString(random(bytes))
	return text, gait.Key{
		Hash:    HashKey(text),
		Dialect: d,
		Hint:    prefix + "…" + text[len(text)-4:],
		Scopes:  []string{gait.ScopeRead},
		Created: now.UnixMilli(),
	}
}

// NewSiteKey makes the public name by which pages report.
func NewSiteKey() string { return gait.SiteKeyPrefix + hex.EncodeToString(random(16)) }

// NewIntegrationID makes the 8 hexadecimal digits by which NotAI's clients and
// pages name a workspace.
func NewIntegrationID() string { return hex.EncodeToString(random(4)) }

// HashKey is what is kept of a key and what it is looked up by. Keys are long
// and random, so a fast hash without salt is enough.
func HashKey(text string) [32]byte { return sha256.Sum256([]byte(text)) }

// wellFormed reports whether text could be a key at all, before a store is asked.
func wellFormed(text string) bool {
	if rest, ok := strings.CutPrefix(text, gait.NotAIKeyPrefix); ok {
		return len(rest) == notAIKeyLen && base64url(rest)
	}
	rest, ok := strings.CutPrefix(text, gait.SecretKeyPrefix)
	return ok && len(rest) >= secretKeyMin && len(rest) <= secretKeyMax && base64url(rest)
}

func base64url(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: it would rather end the process
	return b
}
