package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/blob/fs"
	"github.com/gaithq/gait/replay"
)

// replayFolder is the folder of replays in the data folder.
const replayFolder = "blobs"

// replaySettings say who is recorded for replay, and how much of it is kept.
type replaySettings struct {
	For          string `help:"Whose pages may be recorded: none, workspaces (those whose settings say so), or all." enum:"none,workspaces,all," default:"workspaces"`
	Path         string `help:"Path that the recorder posts to, instead of /v1/replay." placeholder:"PATH"`
	ScriptPath   string `help:"Path of the recorder's file, instead of /v1/replay.js." placeholder:"PATH"`
	Bytes        int64  `help:"Bytes that all replays may take on disk; 0 is any number." default:"10737418240"`
	SessionBytes int64  `help:"Bytes that the replay of one session may take; 0 is any number." default:"20971520"`
	Days         int    `help:"Days after which replays are deleted, if their workspace does not delete them sooner; 0 is never." default:"30"`

	// Folder is where the bodies live; without one nobody is recorded.
	Folder string `kong:"-"`
}

// on reports whether anybody may be recorded.
func (c *replaySettings) on() bool { return c.Folder != "" && c.For != "" && c.For != "none" }

// check reports the first setting that makes no sense.
func (c *replaySettings) check() error {
	if c.Bytes < 0 || c.SessionBytes < 0 || c.Days < 0 {
		return gait.Errorf(gait.Invalid, "--replay-bytes, --replay-session-bytes and --replay-days must not be negative")
	}
	return nil
}

// of returns what holds for a workspace whose own settings are s.
func (c *replaySettings) of(s gait.Settings) gait.Settings {
	s.Replay = c.on() && (c.For == "all" || s.Replay)
	if c.Days > 0 && (s.ReplayDays == 0 || s.ReplayDays > c.Days) {
		s.ReplayDays = c.Days
	}
	return s
}

// settingsOf returns the settings of a workspace where the store keeps such.
func settingsOf(ctx context.Context, store gait.Store, w gait.WorkspaceID) (gait.Settings, error) {
	if keeps, ok := store.(gait.SettingsStore); ok {
		return keeps.Settings(ctx, w)
	}
	return gait.DefaultSettings(), nil
}

// newReplays opens the folder of replays, or returns nil where nobody is recorded and
// nobody was: what there is can be looked at and is deleted in time in any case.
// Whoever brings no key is asked for by signedIn; observe is told of every chunk.
func newReplays(c replaySettings, store gait.Store, log *slog.Logger, observe func(replay.Outcome), signedIn func(*http.Request) (gait.Principal, error)) (*replay.Replays, error) {
	if _, err := os.Stat(c.Folder); !c.on() && (c.Folder == "" || err != nil) {
		return nil, nil
	}
	blobs, err := fs.Open(c.Folder, fs.Config{Limit: c.Bytes})
	if err != nil {
		return nil, err
	}
	return replay.New(replay.Config{
		Blobs: blobs, Workspaces: store, Batches: store, SessionBytes: c.SessionBytes, Logger: log, Observe: observe,
		Settings: func(ctx context.Context, w gait.WorkspaceID) (gait.Settings, error) {
			s, err := settingsOf(ctx, store, w)
			return c.of(s), err
		},
		Caller: func(r *http.Request) (gait.WorkspaceID, error) {
			if r.Header.Get("Authorization") != "" {
				return keyHolder(r, store, time.Now())
			}
			p, err := signedIn(r)
			return p.Workspace.ID, err
		},
	}), nil
}

// longestKey bounds what is hashed of a request, in bytes.
const longestKey = 256

// keyHolder returns the workspace of the secret key that a request brings.
func keyHolder(r *http.Request, keys gait.WorkspaceStore, now time.Time) (gait.WorkspaceID, error) {
	scheme, text, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	text = strings.TrimSpace(text)
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(text, gait.SecretKeyPrefix) || len(text) > longestKey {
		return 0, gait.Errorf(gait.Unauthorized, "a secret key is needed: send it as Authorization: Bearer <key>")
	}
	key, err := keys.KeyByHash(r.Context(), api.HashKey(text))
	switch {
	case gait.CodeOf(err) == gait.NotFound:
		return 0, gait.Errorf(gait.Unauthorized, "this API key is not valid here")
	case err != nil:
		return 0, err
	case key.Dialect != gait.Roundtable || key.Revoked != 0 || key.Expires != 0 && now.UnixMilli() >= key.Expires:
		return 0, gait.Errorf(gait.Unauthorized, "this API key is not valid here, or no more")
	}
	for _, scope := range key.Scopes {
		if scope == gait.ScopeRead {
			return key.Workspace, nil
		}
	}
	return 0, gait.Errorf(gait.Forbidden, "this API key may not read")
}

// addReplays serves what there is of replays.
func (s *server) addReplays(mux *http.ServeMux, paths scriptPaths) {
	mux.HandleFunc(replay.DocumentPattern, replay.Document)
	if s.replays == nil {
		return
	}
	mux.Handle(replay.Path, s.replays)
	if own := paths.orUsual().Replay; own != replay.Path {
		mux.Handle(own, s.replays)
	}
	mux.HandleFunc(replay.ReadPattern, s.replays.Read)
	viewer := replay.NewViewer()
	mux.HandleFunc(replay.PagePattern, viewer.Page)
	mux.HandleFunc(replay.AssetsPattern, viewer.Asset)
}

// replayOf says where a session's replay is shown and how many seconds it plays, "" if
// there is none.
func (s *server) replayOf(ctx context.Context, w gait.WorkspaceID, id gait.SessionID) (string, int) {
	if s.replays == nil {
		return "", 0
	}
	seconds, err := s.replays.Duration(ctx, gait.SessionRef{Workspace: w, Session: id})
	if err != nil {
		s.log.Warn("a replay is left out of an answer", "session", id, "err", err)
	}
	if err != nil || seconds == 0 {
		return "", 0
	}
	return fmt.Sprintf("%s/replay/%s?workspace=%d", s.publicURL(), id, w), seconds
}
