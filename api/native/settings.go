package native

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// Settings keeps what owners decide for a workspace.
type Settings interface {
	Settings(ctx context.Context, w gait.WorkspaceID) (gait.Settings, error)
	PutSettings(ctx context.Context, w gait.WorkspaceID, s gait.Settings) error
	WorkspaceByID(ctx context.Context, id gait.WorkspaceID) (gait.Workspace, error)
	UpdateWorkspace(ctx context.Context, w gait.Workspace) error
}

type workspaceBody struct {
	ID            gait.WorkspaceID `json:"id"`
	Name          string           `json:"name"`
	IntegrationID string           `json:"integration_id"`
	SiteKey       string           `json:"site_key"`
	Origins       []string         `json:"origins"` // none is any
	Tier          string           `json:"tier"`
	CreatedAt     string           `json:"created_at"`
	Role          gait.Role        `json:"role"` // the caller's
	Settings      gait.Settings    `json:"settings"`
}

func (d dialect) workspace(c *api.Call) (any, error) {
	if p := read(c); p.err != nil {
		return nil, p.err
	}
	return d.workspaceNow(c)
}

// workspaceNow reads the workspace anew: what came with the call may be some
// seconds old.
func (d dialect) workspaceNow(c *api.Call) (any, error) {
	ctx := c.Request.Context()
	w, err := d.Store.WorkspaceByID(ctx, c.Workspace.ID)
	if err != nil {
		return nil, err
	}
	settings, err := d.Store.Settings(ctx, w.ID)
	if err != nil {
		return nil, err
	}
	return workspaceBody{
		ID: w.ID, Name: w.Name, IntegrationID: w.IntegrationID, SiteKey: w.SiteKey, Origins: orEmpty(w.Origins),
		Tier: w.Tier, CreatedAt: api.Time(w.Created), Role: c.Principal.Role, Settings: settings,
	}, nil
}

// changes of settings: what is left out stays as it is.
type settingsChange struct {
	MonitorOnly    *bool `json:"monitor_only"`
	RetentionDays  *int  `json:"retention_days"`
	Replay         *bool `json:"replay"`
	ReplayDays     *int  `json:"replay_days"`
	RequireConsent *bool `json:"require_consent"`
	KeepNetwork    *bool `json:"keep_network"`
	MaskEverything *bool `json:"mask_everything"`
}

// Bounds on a workspace's settings.
const (
	workspaceNameMax = 200 // bytes
	originsMost      = 100
	originMax        = 300 // bytes
	daysMost         = 3650
)

// over returns settings with the changes, and these in words.
func (b *settingsChange) over(s gait.Settings) (gait.Settings, []string, error) {
	var words []string
	for _, k := range []struct {
		name string
		to   *bool
		at   *bool
	}{
		{"monitor_only", b.MonitorOnly, &s.MonitorOnly},
		{"replay", b.Replay, &s.Replay},
		{"require_consent", b.RequireConsent, &s.RequireConsent},
		{"keep_network", b.KeepNetwork, &s.KeepNetwork},
		{"mask_everything", b.MaskEverything, &s.MaskEverything},
	} {
		if k.to != nil && *k.to != *k.at {
			words = append(words, fmt.Sprintf("%s from %t to %t", k.name, *k.at, *k.to))
			*k.at = *k.to
		}
	}
	for _, k := range []struct {
		name string
		to   *int
		at   *int
	}{
		{"retention_days", b.RetentionDays, &s.RetentionDays},
		{"replay_days", b.ReplayDays, &s.ReplayDays},
	} {
		if k.to == nil || *k.to == *k.at {
			continue
		}
		if *k.to < 0 || *k.to > daysMost {
			return s, nil, invalid("settings."+k.name, "want a whole number from 0, for never, to %d", daysMost)
		}
		words = append(words, fmt.Sprintf("%s from %d to %d", k.name, *k.at, *k.to))
		*k.at = *k.to
	}
	return s, words, nil
}

func (d dialect) changeWorkspace(c *api.Call) (any, error) {
	var body struct {
		Name     *string         `json:"name"`
		Origins  *[]string       `json:"origins"`
		Settings *settingsChange `json:"settings"`
	}
	if err := c.Body(&body); err != nil {
		return nil, err
	}
	ctx := c.Request.Context()
	d.settings.Lock()
	defer d.settings.Unlock()
	w, err := d.Store.WorkspaceByID(ctx, c.Workspace.ID)
	if err != nil {
		return nil, err
	}
	before := w
	if body.Name != nil {
		if w.Name, err = oneLine("name", *body.Name, workspaceNameMax); err != nil {
			return nil, err
		}
		if w.Name == "" {
			return nil, invalid("name", "want a name")
		}
	}
	if body.Origins != nil {
		if w.Origins, err = originsOf(*body.Origins); err != nil {
			return nil, err
		}
	}
	settings, err := d.Store.Settings(ctx, w.ID)
	if err != nil {
		return nil, err
	}
	var words []string
	if body.Settings != nil {
		if settings, words, err = body.Settings.over(settings); err != nil {
			return nil, err
		}
	}
	// Everything is known to be good; now it is stored.
	if w.Name != before.Name || !slices.Equal(w.Origins, before.Origins) {
		if err := d.Store.UpdateWorkspace(ctx, w); err != nil {
			return nil, err
		}
	}
	if !slices.Equal(w.Origins, before.Origins) {
		if err := d.audit(c, "origins.update", "", "from %s to %s", anyOrigin(before.Origins), anyOrigin(w.Origins)); err != nil {
			return nil, err
		}
	}
	if w.Name != before.Name {
		words = append(words, fmt.Sprintf("name from %q to %q", before.Name, w.Name))
	}
	if len(words) > 0 {
		if err := d.Store.PutSettings(ctx, w.ID, settings); err != nil {
			return nil, err
		}
		if d.Judged != nil {
			d.Judged.SettingsChanged(w.ID)
		}
		if err := d.audit(c, "settings.update", "", "%s", strings.Join(words, ", ")); err != nil {
			return nil, err
		}
	}
	return d.workspaceNow(c)
}

func anyOrigin(list []string) string {
	if len(list) == 0 {
		return "any"
	}
	return strings.Join(list, " ")
}

// originsOf checks that each is a scheme and a host and nothing else, and writes
// it as browsers do.
func originsOf(list []string) ([]string, error) {
	if len(list) > originsMost {
		return nil, invalid("origins", "want at most %d", originsMost)
	}
	origins := []string{}
	for _, s := range list {
		s = strings.TrimSpace(s)
		u, err := url.Parse(s)
		if err != nil || len(s) > originMax || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" ||
			strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return nil, invalid("origins", "%q is not an origin such as https://example.org", shorten(s, originMax))
		}
		host := strings.ToLower(u.Host)
		if port := u.Port(); u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
			host = strings.TrimSuffix(host, ":"+port)
		}
		if origin := strings.ToLower(u.Scheme) + "://" + host; !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	return origins, nil
}
