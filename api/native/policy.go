package native

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/risk"
)

// Policies keeps the versions of policies.
type Policies interface {
	SavePolicy(ctx context.Context, p gait.PolicyVersion, based int) (gait.PolicyVersion, error)
	Policy(ctx context.Context, w gait.WorkspaceID) (gait.PolicyVersion, error)
	Policies(ctx context.Context, w gait.WorkspaceID) ([]gait.PolicyVersion, error)
}

// builtIn is what the policy that workspaces start with is called, unless the
// operator chose another one.
const builtIn = "built in"

type policyBody struct {
	Version      int          `json:"version"` // 0 is built in
	BasedOn      string       `json:"based_on"`
	Weights      []weightBody `json:"weights"` // in the order of the checks
	Bands        risk.Bands   `json:"bands"`
	Caps         risk.Caps    `json:"caps"`
	DefaultBands risk.Bands   `json:"default_bands"`
	DefaultCaps  risk.Caps    `json:"default_caps"`
	Base         float64      `json:"base"`
}

type weightBody struct {
	Key                string  `json:"key"`
	Title              string  `json:"title"`
	Group              string  `json:"group"`
	Fact               bool    `json:"fact"`
	Detected           float64 `json:"detected"`
	NotDetected        float64 `json:"not_detected"`
	Measured           bool    `json:"measured"`
	DefaultDetected    float64 `json:"default_detected"`
	DefaultNotDetected float64 `json:"default_not_detected"`
}

func (d dialect) policy(c *api.Call) (any, error) {
	if p := read(c); p.err != nil {
		return nil, p.err
	}
	return d.policyNow(c)
}

// policyNow is the body that shows the policy of the caller's workspace.
func (d dialect) policyNow(c *api.Call) (any, error) {
	in, err := d.policyOf(c.Request.Context(), c.Workspace.ID)
	if err != nil {
		return nil, err
	}
	usual := d.usual()
	out := policyBody{
		Version: in.version, BasedOn: cmp.Or(d.BasedOn, builtIn), Weights: []weightBody{},
		Bands: in.policy.Bands, Caps: in.policy.Caps, DefaultBands: usual.Bands, DefaultCaps: usual.Caps, Base: in.policy.Base,
	}
	for _, k := range d.Checks {
		w, u := in.policy.Weights[k.Key], usual.Weights[k.Key]
		out.Weights = append(out.Weights, weightBody{
			Key: k.Key, Title: k.Title, Group: string(k.Group), Fact: k.Fact,
			Detected: w.Detected, NotDetected: w.NotDetected, Measured: w.Measured,
			DefaultDetected: u.Detected, DefaultNotDetected: u.NotDetected,
		})
	}
	return out, nil
}

// proposal is a policy as a client puts it: what is left out stays as it is.
type proposal struct {
	Weights map[string]proposedWeight `json:"weights"`
	Bands   *risk.Bands               `json:"bands"`
	Caps    *risk.Caps                `json:"caps"`
}

// proposedWeight is what a check's answers are to be worth. What is left out
// stays as it is.
type proposedWeight struct {
	Detected    *float64 `json:"detected"`
	NotDetected *float64 `json:"not_detected"`
}

// maxWeight bounds what one check may count, in log-odds; package risk has the same.
const maxWeight = 10

// over returns the policy that a proposal makes of another. It fails with
// gait.Invalid, naming the field, for what no policy may be.
func (b *proposal) over(in, usual risk.Policy) (risk.Policy, error) {
	p := in
	p.Weights = maps.Clone(in.Weights)
	for key, w := range b.Weights {
		field := "weights." + shorten(key, 100)
		is, known := p.Weights[key]
		if !known {
			return p, invalid(field, "there is no check of that name")
		}
		if w.Detected != nil {
			if is.Detected = *w.Detected; is.Detected < 0 || is.Detected > maxWeight {
				return p, invalid(field+".detected", "want a weight from 0 to %d", maxWeight)
			}
		}
		if w.NotDetected != nil {
			if is.NotDetected = *w.NotDetected; is.NotDetected > 0 || is.NotDetected < -maxWeight {
				return p, invalid(field+".not_detected", "want a weight from -%d to 0", maxWeight)
			}
		}
		if u := usual.Weights[key]; u.Detected == is.Detected && u.NotDetected == is.NotDetected {
			is = u
		} else if before := in.Weights[key]; before.Detected != is.Detected || before.NotDetected != is.NotDetected {
			is.Measured = false // it is somebody's choice now
		}
		p.Weights[key] = is
	}
	if b.Bands != nil {
		if p.Bands = *b.Bands; p.Bands.Monitor < 0 || p.Bands.Monitor > p.Bands.Review || p.Bands.Review > p.Bands.Reject || p.Bands.Reject > 101 {
			return p, invalid("bands", "the bands have to rise from 0 to 101, which nothing reaches")
		}
	}
	if b.Caps != nil {
		if p.Caps = *b.Caps; p.Caps.Facts < 0 || p.Caps.Facts > p.Caps.One || p.Caps.One > p.Caps.Two || p.Caps.Two > 100 {
			return p, invalid("caps", "the caps have to rise from 0 to 100")
		}
	}
	return p, nil
}

// noteMax is the most bytes of what is said about a change.
const noteMax = 500

// oneLine checks a text that somebody typed: valid, trimmed, on one line, at most
// so many bytes.
func oneLine(field, s string, most int) (string, error) {
	s = strings.TrimSpace(s)
	if len(s) > most || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return "", invalid(field, "want a text of at most %d bytes on one line", most)
	}
	return s, nil
}

func (d dialect) savePolicy(c *api.Call) (any, error) {
	var body struct {
		proposal
		Note  string `json:"note"`
		Based *int   `json:"based"`
	}
	if err := c.Body(&body); err != nil {
		return nil, err
	}
	note, err := oneLine("note", body.Note, noteMax)
	if err != nil {
		return nil, err
	}
	in, err := d.newest(c, body.Based)
	if err != nil {
		return nil, err
	}
	p, err := body.over(in.policy, d.usual())
	if err != nil {
		return nil, err
	}
	changed := d.changes(in.policy, p)
	if len(changed) == 0 {
		return nil, gait.Errorf(gait.Invalid, "the policy is like that already")
	}
	if err := d.store(c, p, in.version, note, "policy.save", inWords(changed)); err != nil {
		return nil, err
	}
	return d.policyNow(c)
}

func (d dialect) restorePolicy(c *api.Call) (any, error) {
	var body struct {
		Version *int `json:"version"`
		Based   *int `json:"based"`
	}
	if err := c.Body(&body); err != nil {
		return nil, err
	}
	if body.Version == nil {
		return nil, invalid("version", "want the number of a version, 0 for the policy that is built in")
	}
	in, err := d.newest(c, body.Based)
	if err != nil {
		return nil, err
	}
	p, note := d.usual(), "Back to what is built in"
	if *body.Version != 0 {
		all, err := d.Store.Policies(c.Request.Context(), c.Workspace.ID)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(v gait.PolicyVersion) bool { return v.Version == *body.Version })
		if i < 0 {
			return nil, gait.Errorf(gait.NotFound, "there is no such version of the policy")
		}
		if p, err = d.stored(all[i]); err != nil {
			return nil, err
		}
		note = fmt.Sprintf("Back to version %d", *body.Version)
	}
	if err := d.store(c, p, in.version, note, "policy.restore", note); err != nil {
		return nil, err
	}
	return d.policyNow(c)
}

// newest returns the policy in use if it is the one that the caller has seen. It
// fails with gait.Conflict if it is another one.
func (d dialect) newest(c *api.Call, based *int) (inUse, error) {
	if based == nil {
		return inUse{}, invalid("based", "want the number of the version that this one follows, 0 for the policy that is built in")
	}
	in, err := d.policyOf(c.Request.Context(), c.Workspace.ID)
	if err == nil && in.version != *based {
		err = errOutdated(in.version)
	}
	return in, err
}

func errOutdated(newest int) error {
	return &gait.Error{Code: gait.Conflict, Message: fmt.Sprintf("somebody saved version %d meanwhile: look at it first", newest), Field: "based"}
}

// store saves a policy as the version behind based and has sessions judged by it.
func (d dialect) store(c *api.Call, p risk.Policy, based int, note, action, detail string) error {
	ctx := c.Request.Context()
	p.Version = based + 1
	body, err := risk.Write(p, d.usual())
	if err != nil {
		return err
	}
	if _, err := risk.Read(body, d.usual()); err != nil {
		return err
	}
	saved, err := d.Store.SavePolicy(ctx, gait.PolicyVersion{
		Workspace: c.Workspace.ID, At: c.Now.UnixMilli(), By: c.Principal.Account, ByName: c.Principal.Name, Note: note, Body: body,
	}, based)
	if err != nil {
		// Whoever was quicker is not the caller's fault.
		if now, perr := d.policyOf(ctx, c.Workspace.ID); perr == nil && now.version != based {
			return errOutdated(now.version)
		}
		return err
	}
	if d.Judged != nil {
		d.Judged.PolicyChanged(c.Workspace.ID)
	}
	return d.audit(c, action, fmt.Sprintf("version %d", saved.Version), "%s", detail)
}

// inWords says what changed.
func inWords(list []change) string {
	parts := make([]string, len(list))
	for i, k := range list {
		parts[i] = fmt.Sprintf("%s from %g to %g", k.What, k.From, k.To)
	}
	return strings.Join(parts, ", ")
}

type versionBody struct {
	Version int      `json:"version"`
	At      int64    `json:"at"` // Unix ms
	By      string   `json:"by"`
	Note    string   `json:"note"`
	Changes []change `json:"changes"` // against the version before
}

func (d dialect) policyVersions(c *api.Call) (any, error) {
	if p := read(c); p.err != nil {
		return nil, p.err
	}
	all, err := d.Store.Policies(c.Request.Context(), c.Workspace.ID)
	if err != nil {
		return nil, err
	}
	out := list[versionBody]{Items: make([]versionBody, len(all))}
	before := d.usual()
	for i, v := range slices.Backward(all) {
		p, err := d.stored(v)
		if err != nil {
			p = before // nobody can say any more what it changed
		}
		out.Items[i] = versionBody{v.Version, v.At, v.ByName, v.Note, d.changes(before, p)}
		before = p
	}
	return out, nil
}
