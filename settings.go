package gait

import "context"

// Settings are what an owner decides for a workspace beside its policy.
type Settings struct {
	MonitorOnly    bool `json:"monitor_only"`    // scores are kept, every recommended action is Auto-accept's
	RetentionDays  int  `json:"retention_days"`  // sessions are deleted after; 0 is never
	Replay         bool `json:"replay"`          // pages may record replays
	ReplayDays     int  `json:"replay_days"`     // replay bodies are deleted after; 0 is never
	RequireConsent bool `json:"require_consent"` // the script tag to copy waits for consent
	KeepNetwork    bool `json:"keep_network"`    // a shortened address is kept with sessions
	MaskEverything bool `json:"mask_everything"` // names of buttons, links and labels are not kept either
}

// DefaultSettings are those of a new workspace. Sessions are kept until an owner
// says for how long.
func DefaultSettings() Settings { return Settings{ReplayDays: 30} }

// PolicyVersion is a policy of a workspace at one time.
type PolicyVersion struct {
	Workspace WorkspaceID
	Version   int       // rising from 1 within the workspace; given by the store
	At        int64     // Unix ms
	By        AccountID // 0 for the command line
	ByName    string
	Note      string
	Body      []byte // as package risk writes it: what differs from the default
}

// SettingsStore keeps settings and policies. All methods are safe for concurrent use.
type SettingsStore interface {
	// Settings returns those of a workspace, DefaultSettings if none were stored.
	// The other methods fail with NotFound if there is no such workspace.
	Settings(ctx context.Context, w WorkspaceID) (Settings, error)
	PutSettings(ctx context.Context, w WorkspaceID, s Settings) error
	// UpdateWorkspace replaces Name and Origins.
	UpdateWorkspace(ctx context.Context, w Workspace) error

	// SavePolicy stores p as the newest version and returns it with its number.
	// It fails with Invalid unless based is the newest version so far (0 if there
	// is none), so that nobody overwrites what they have not seen.
	SavePolicy(ctx context.Context, p PolicyVersion, based int) (PolicyVersion, error)
	// Policy returns the newest; NotFound if there is none.
	Policy(ctx context.Context, w WorkspaceID) (PolicyVersion, error)
	// Policies returns all versions, newest first.
	Policies(ctx context.Context, w WorkspaceID) ([]PolicyVersion, error)
}
