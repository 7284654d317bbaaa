package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/account"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/store/sqlite"
)

type initCmd struct {
	Data   string   `help:"Folder for the data; made if it does not exist." required:"" placeholder:"DIR"`
	Name   string   `help:"Name of the workspace." default:"Main"`
	Origin []string `help:"Origin whose pages may report, such as https://example.org; may be given again. Without any, all pages may." placeholder:"ORIGIN"`
	JSON   bool     `help:"Print the keys as one JSON object on one line." name:"json"`

	PublicURL string `help:"Where browsers reach the server, such as https://gait.example.org, to print the script tag with." placeholder:"URL"`
}

// keys are a new workspace's, in the open: shown once and never kept.
type keys struct {
	SiteKey       string `json:"site_key"`
	SecretKey     string `json:"secret_key"`
	NotAIKey      string `json:"notai_key"`
	IntegrationID string `json:"integration_id"`
	URL           string `json:"url,omitempty"`
	Dashboard     string `json:"dashboard_url,omitempty"`
	SetupURL      string `json:"setup_url,omitempty"` // lets whoever opens it become the workspace's owner, once
}

// Run makes the workspace.
func (c *initCmd) Run(ctx context.Context, w *world) (err error) {
	origins, err := parseOrigins(c.Origin)
	if err != nil {
		return err
	}
	page := settings{PublicURL: c.PublicURL}
	if err := page.check(); err != nil {
		return err
	}
	store, err := openStore(ctx, c.Data)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := store.Close(); err == nil {
			err = cerr
		}
	}()
	if have, err := store.Workspaces(ctx); err != nil {
		return err
	} else if len(have) > 0 {
		return gait.Errorf(gait.Invalid, "%s has a workspace already: %q, site key %s", c.Data, have[0].Name, have[0].SiteKey)
	}
	made, k, err := newWorkspace(ctx, store, c.Name, origins)
	if err != nil {
		return err
	}
	if k.SetupURL, err = account.NewSetupLink(ctx, store, made.ID, page.publicURL("http://"+usualAddress), "gait init", time.Now()); err != nil {
		return fmt.Errorf("make the setup link: %w", err)
	}
	if c.JSON {
		return printJSON(w.out, k)
	}
	_, err = fmt.Fprintf(w.out, `A workspace is in %s. These keys are shown only now:

  Site key     %s   (public: for your pages)
  Secret key   %s   (Roundtable's API)
  NotAI key    %s   (NotAI's API)

Next: gait serve --data %s
and in your pages: %s

Then sign in to the dashboard: whoever opens this link within 24 hours becomes its owner.

  %s
`, c.Data, k.SiteKey, k.SecretKey, k.NotAIKey, c.Data, page.scriptTag(page.publicURL("https://YOUR-GAIT"), k.SiteKey), k.SetupURL)
	return err
}

// usualAddress is where gait serve listens if nothing else is said.
const usualAddress = "127.0.0.1:8080"

// database is the name of the file within the data folder.
const database = "gait.db"

func openStore(ctx context.Context, dir string) (*sqlite.Store, error) {
	return sqlite.Open(ctx, filepath.Join(dir, database), sqlite.Config{Limits: sessionLimits})
}

// sessionLimits bound what one tab may store: hours of hard use.
var sessionLimits = gait.SessionLimits{Batches: 20_000, Bytes: 32 << 20}

// newWorkspace makes a workspace with one key of each kind.
func newWorkspace(ctx context.Context, store gait.WorkspaceStore, name string, origins []string) (gait.Workspace, keys, error) {
	return newWorkspaceBy(ctx, store, 0, name, origins)
}

// newWorkspaceBy is newWorkspace by an account, which answers for the keys.
func newWorkspaceBy(ctx context.Context, store gait.WorkspaceStore, by gait.AccountID, name string, origins []string) (gait.Workspace, keys, error) {
	now := time.Now()
	secret, secretKey := api.NewSecretKey(now)
	notai, notaiKey := api.NewNotAIKey(now)
	secretKey.Name, notaiKey.Name = "first", "first"
	secretKey.By, notaiKey.By = by, by
	w, err := store.CreateWorkspace(ctx, gait.Workspace{
		Name:          name,
		IntegrationID: api.NewIntegrationID(),
		SiteKey:       api.NewSiteKey(),
		Origins:       origins,
		Tier:          "enterprise", // who runs the server is its own customer
		Created:       now.UnixMilli(),
	}, []gait.Key{secretKey, notaiKey})
	if err != nil {
		return w, keys{}, fmt.Errorf("make a workspace: %w", err)
	}
	return w, keys{SiteKey: w.SiteKey, SecretKey: secret, NotAIKey: notai, IntegrationID: w.IntegrationID}, nil
}

func printJSON(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", b)
	return err
}

// parseOrigins checks that each is a scheme and a host and nothing else.
func parseOrigins(list []string) ([]string, error) {
	var origins []string
	for _, s := range list {
		u, err := url.Parse(s)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
			return nil, gait.Errorf(gait.Invalid, "%q is not an origin such as https://example.org", s)
		}
		origins = append(origins, strings.ToLower(u.Scheme+"://"+u.Host))
	}
	return origins, nil
}
