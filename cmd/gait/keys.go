package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/store/sqlite"
)

// keysCmd manages API keys. It works beside a running server, which notices
// within seconds.
type keysCmd struct {
	Create keysCreateCmd `cmd:"" help:"Make a key and print it, once."`
	List   keysListCmd   `cmd:"" help:"Show the keys there are; not the keys themselves, which nobody has kept."`
	Revoke keysRevokeCmd `cmd:"" help:"End a key for good."`
}

// ofWorkspace is what all of its commands want to know.
type ofWorkspace struct {
	Data      string `help:"Folder that gait init made." required:"" placeholder:"DIR"`
	Workspace string `help:"ID or name of the workspace; not needed if there is one only." placeholder:"WORKSPACE"`
	JSON      bool   `help:"Print one JSON object on one line." name:"json"`
}

type keysCreateCmd struct {
	ofWorkspace `embed:""`
	Name        string   `help:"What the key is for." required:"" placeholder:"NAME"`
	Dialect     string   `help:"API that the key speaks: roundtable or notai." enum:"roundtable,notai" default:"roundtable"`
	Scope       []string `help:"What the key may be used for: read, admin; may be given again." enum:"read,admin" default:"read"`
	Expires     string   `help:"When the key ends, from now, such as 90d or 12h. Without it, it does not." placeholder:"TIME"`
}

type keysListCmd struct {
	ofWorkspace `embed:""`
}

type keysRevokeCmd struct {
	ofWorkspace `embed:""`
	Key         string `arg:"" help:"The key's ID or hint, as gait keys list shows them."`
}

// keyInfo is a key as it is shown. Times that are not are null, and so is the command line as its maker.
type keyInfo struct {
	Key       string   `json:"key,omitempty"` // itself, only when it is made
	ID        string   `json:"id"`
	Hint      string   `json:"hint"`
	Name      string   `json:"name"`
	Workspace string   `json:"workspace"`
	Dialect   string   `json:"dialect"`
	Scopes    []string `json:"scopes"`
	MadeBy    *string  `json:"made_by"` // an e-mail address, "" for an account that is gone
	Created   *string  `json:"created"`
	Expires   *string  `json:"expires"`
	LastUsed  *string  `json:"last_used"` // to the minute
	Revoked   *string  `json:"revoked"`
}

func infoOf(k gait.Key, workspace string, by *string) keyInfo {
	when := func(ms int64) *string {
		if ms == 0 {
			return nil
		}
		s := api.Time(ms)
		return &s
	}
	return keyInfo{
		ID: k.ID(), Hint: k.Hint, Name: k.Name, Workspace: workspace, Dialect: string(k.Dialect), Scopes: append([]string{}, k.Scopes...),
		MadeBy: by, Created: when(k.Created), Expires: when(k.Expires), LastUsed: when(k.LastUsed), Revoked: when(k.Revoked),
	}
}

// makerOf returns who made a key, as keyInfo shows it.
func makerOf(ctx context.Context, store *sqlite.Beside, k gait.Key) (*string, error) {
	if k.By == 0 {
		return nil, nil
	}
	a, err := store.AccountByID(ctx, k.By)
	if err != nil && gait.CodeOf(err) != gait.NotFound {
		return nil, err
	}
	return &a.Email, nil
}

// open opens the database and finds the workspaces that are meant.
func (c *ofWorkspace) open(ctx context.Context) (*sqlite.Beside, []gait.Workspace, error) {
	store, err := sqlite.OpenBeside(ctx, filepath.Join(c.Data, database))
	if gait.CodeOf(err) == gait.NotFound {
		return nil, nil, gait.Errorf(gait.Invalid, "%s has no workspace yet: run gait init --data %s", c.Data, c.Data)
	}
	if err != nil {
		return nil, nil, err
	}
	all, err := store.Workspaces(ctx)
	if err == nil && c.Workspace != "" {
		all, err = c.choose(all)
	}
	if err != nil {
		return nil, nil, errors.Join(err, store.Close())
	}
	return store, all, nil
}

// choose finds a workspace by its ID or else by its name.
func (c *ofWorkspace) choose(all []gait.Workspace) ([]gait.Workspace, error) {
	for _, is := range []func(gait.Workspace) bool{
		func(w gait.Workspace) bool { return strconv.FormatInt(int64(w.ID), 10) == c.Workspace },
		func(w gait.Workspace) bool { return w.Name == c.Workspace },
	} {
		found := slices.DeleteFunc(slices.Clone(all), func(w gait.Workspace) bool { return !is(w) })
		if len(found) > 0 {
			return found, nil
		}
	}
	return nil, gait.Errorf(gait.Invalid, "there is no workspace %q, but %s", c.Workspace, named(all))
}

// named lists workspaces for people to choose from.
func named(all []gait.Workspace) string {
	names := make([]string, len(all))
	for i, w := range all {
		names[i] = fmt.Sprintf("%d (%s)", w.ID, w.Name)
	}
	return strings.Join(names, ", ")
}

// Run makes a key.
func (c *keysCreateCmd) Run(ctx context.Context, w *world) (err error) {
	now := time.Now()
	expires, err := parseExpiry(c.Expires, now)
	if err != nil {
		return err
	}
	if err := checkName(c.Name); err != nil {
		return err
	}
	store, workspaces, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if len(workspaces) != 1 {
		return gait.Errorf(gait.Invalid, "say which workspace, with --workspace: %s", named(workspaces))
	}
	text, key := api.NewSecretKey(now)
	if gait.Dialect(c.Dialect) == gait.NotAI {
		text, key = api.NewNotAIKey(now)
	}
	slices.Sort(c.Scope)
	key.Workspace, key.Name, key.Scopes, key.Expires = workspaces[0].ID, c.Name, slices.Compact(c.Scope), expires
	if err := store.CreateKey(ctx, key); err != nil {
		return err
	}
	if err := store.Audit(ctx, []gait.AuditEntry{{
		Workspace: key.Workspace, At: key.Created, ByName: "gait keys", Action: "key.create", Subject: key.Hint,
		Detail: fmt.Sprintf("%s, to %s, %s", key.Name, strings.Join(key.Scopes, " and "), ends(key)),
	}}); err != nil {
		return err
	}
	info := infoOf(key, workspaces[0].Name, nil)
	info.Key = text
	if c.JSON {
		return printJSON(w.out, info)
	}
	_, err = fmt.Fprintf(w.out, `This key is shown only now:

  %s

It is %s (%s), for %s, with the scope %s, and %s.
`, text, key.ID(), key.Name, workspaces[0].Name, strings.Join(key.Scopes, " and "), ends(key))
	return err
}

func ends(k gait.Key) string {
	if k.Expires == 0 {
		return "does not expire"
	}
	return "expires on " + shortTime(k.Expires)
}

// nameMax is the most bytes of a key's name.
const nameMax = 200

func checkName(name string) error {
	if strings.TrimSpace(name) == "" || len(name) > nameMax || strings.ContainsFunc(name, unicode.IsControl) {
		return gait.Errorf(gait.Invalid, "a key needs a name of at most %d bytes on one line", nameMax)
	}
	return nil
}

// expiryMax keeps durations within what times can hold.
const expiryMax = 100 * 365 * 24 * time.Hour

// parseExpiry reads how long a key is to last, such as 90d or 12h, and returns
// when that is over (Unix ms). "" is never.
func parseExpiry(s string, now time.Time) (int64, error) {
	if s == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(min(max(n, -1), int(expiryMax/day)+1)) * day
	}
	if err != nil || d <= 0 || d > expiryMax {
		return 0, gait.Errorf(gait.Invalid, "--expires %s: want a time from now, such as 90d or 12h", s)
	}
	return now.Add(d).UnixMilli(), nil
}

const day = 24 * time.Hour

// Run shows the keys.
func (c *keysListCmd) Run(ctx context.Context, w *world) (err error) {
	store, workspaces, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	list := []keyInfo{}
	table := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tHINT\tNAME\tWORKSPACE\tDIALECT\tSCOPES\tMADE BY\tCREATED\tEXPIRES\tLAST USED\tREVOKED")
	for _, ws := range workspaces {
		keys, err := store.Keys(ctx, ws.ID)
		if err != nil {
			return err
		}
		for _, k := range keys {
			by, err := makerOf(ctx, store, k)
			if err != nil {
				return err
			}
			list = append(list, infoOf(k, ws.Name, by))
			madeBy := "-"
			if by != nil {
				madeBy = *by
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID(), k.Hint, k.Name, ws.Name, k.Dialect,
				strings.Join(k.Scopes, ","), madeBy, shortTime(k.Created), shortTime(k.Expires), shortTime(k.LastUsed), shortTime(k.Revoked))
		}
	}
	if c.JSON {
		return printJSON(w.out, map[string]any{"keys": list})
	}
	return table.Flush()
}

// shortTime writes a time for people, to the minute.
func shortTime(ms int64) string {
	if ms == 0 {
		return "-"
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04Z")
}

// Run revokes a key.
func (c *keysRevokeCmd) Run(ctx context.Context, w *world) (err error) {
	store, workspaces, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	var found []gait.Key
	var infos []keyInfo
	for _, ws := range workspaces {
		keys, err := store.Keys(ctx, ws.ID)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if k.ID() == c.Key || k.Hint == c.Key || strings.ReplaceAll(k.Hint, "…", "...") == c.Key {
				by, err := makerOf(ctx, store, k)
				if err != nil {
					return err
				}
				found, infos = append(found, k), append(infos, infoOf(k, ws.Name, by))
			}
		}
	}
	switch len(found) {
	case 0:
		return gait.Errorf(gait.Invalid, "there is no key %q; gait keys list shows those there are", c.Key)
	case 1:
	default:
		return gait.Errorf(gait.Invalid, "%d keys have the hint %s: name one by its ID, such as %s", len(found), c.Key, found[0].ID())
	}
	k, info := found[0], infos[0]
	if k.Revoked == 0 {
		k.Revoked = time.Now().UnixMilli()
		if err := store.RevokeKey(ctx, k.Workspace, k.Hash, k.Revoked); err != nil {
			return err
		}
		if err := store.Audit(ctx, []gait.AuditEntry{{
			Workspace: k.Workspace, At: k.Revoked, ByName: "gait keys", Action: "key.revoke", Subject: k.Hint, Detail: k.Name,
		}}); err != nil {
			return err
		}
		info = infoOf(k, info.Workspace, info.MadeBy)
	}
	if c.JSON {
		return printJSON(w.out, info)
	}
	_, err = fmt.Fprintf(w.out, "%s (%s) is revoked since %s. A running server refuses it within 5 seconds.\n", k.ID(), k.Name, shortTime(k.Revoked))
	return err
}
