package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/gaithq/gait"
)

// tokenBytes is the length of the random part of links and cookies.
const tokenBytes = 32

// tokenLength is that of a token as text, base64url without padding.
var tokenLength = base64.RawURLEncoding.EncodedLen(tokenBytes)

// hashToken is what is kept of a token, and false for text that is none. Tokens
// are long and random, so a fast hash is enough.
func hashToken(text string) ([32]byte, bool) {
	if len(text) != tokenLength {
		return [32]byte{}, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return sha256.Sum256([]byte(text)), err == nil && len(raw) == tokenBytes
}

// NewInvitation makes an invitation that lasts for a time, for
// AccountStore.CreateInvitation, and the token that goes into its link.
func NewInvitation(w gait.WorkspaceID, role gait.Role, note string, by gait.AccountID, now time.Time, lasts time.Duration) (token string, i gait.Invitation) {
	token = base64.RawURLEncoding.EncodeToString(random(tokenBytes))
	hash, _ := hashToken(token)
	return token, gait.Invitation{
		Hash: hash, Workspace: w, Role: role, Note: note, By: by,
		Created: now.UnixMilli(), Expires: now.Add(lasts).UnixMilli(),
	}
}

// JoinURL is an invitation's link. The token stands where browsers keep it from
// servers and from the pages that follow.
func JoinURL(public, token string) string { return public + "/dash/join#" + token }

// SetupURL is the link for the first member of all.
func SetupURL(public, token string) string { return public + "/dash/setup#" + token }

const (
	setupNote  = "setup link of " // and of what made it
	setupLasts = 24 * time.Hour
)

// isSetup reports whether an invitation is a setup link.
func isSetup(i gait.Invitation) bool { return i.By == 0 && strings.HasPrefix(i.Note, setupNote) }

// NewSetupLink makes the link by which the first owner of a workspace makes an
// account, and ends the one that the same command (origin) made before. For a
// workspace that has members it returns "", and ends them all.
func NewSetupLink(ctx context.Context, store gait.AccountStore, w gait.WorkspaceID, public, origin string, now time.Time) (string, error) {
	members, err := store.Members(ctx, w)
	if err != nil {
		return "", err
	}
	note := setupNote
	if len(members) == 0 {
		note += origin
	}
	if err := endSetupLinks(ctx, store, w, note, now); err != nil || len(members) > 0 {
		return "", err
	}
	token, i := NewInvitation(w, gait.Owner, note, 0, now, setupLasts)
	if err := store.CreateInvitation(ctx, i); err != nil {
		return "", err
	}
	return SetupURL(public, token), nil
}

// endSetupLinks ends those of a workspace whose note begins with a text.
func endSetupLinks(ctx context.Context, store gait.AccountStore, w gait.WorkspaceID, note string, now time.Time) error {
	list, err := store.Invitations(ctx, w)
	if err != nil {
		return err
	}
	for _, i := range list {
		if isSetup(i) && strings.HasPrefix(i.Note, note) && valid(i, now.UnixMilli()) {
			err := store.RevokeInvitation(ctx, w, i.Hash, now.UnixMilli())
			if err != nil && gait.CodeOf(err) != gait.Invalid { // Invalid: it was used just now
				return err
			}
		}
	}
	return nil
}

// valid reports whether an invitation can be used at a moment (Unix ms).
func valid(i gait.Invitation, now int64) bool {
	return i.Used == 0 && i.Revoked == 0 && now < i.Expires
}

// invitation finds the one that a token is of. It fails with gait.NotFound for
// one that cannot be used, whatever the reason.
func (a *Accounts) invitation(ctx context.Context, token string) (gait.Invitation, error) {
	none := &gait.Error{Code: gait.NotFound, Message: "this link is not valid any more; ask for a new one", Field: "token"}
	hash, ok := hashToken(token)
	if !ok {
		return gait.Invitation{}, none
	}
	i, err := a.Store.InvitationByHash(ctx, hash)
	if gait.CodeOf(err) == gait.NotFound {
		return i, none
	}
	if err == nil && !valid(i, a.Now().UnixMilli()) {
		return i, none
	}
	return i, err
}
