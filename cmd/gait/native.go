package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/gaithq/gait"
	accounts "github.com/gaithq/gait/account"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/api/native"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/risk"
)

// native is our own API over what the server is made of.
func (s *server) native() api.Dialect {
	c := native.Config{
		Sessions:     s.judge,
		Judged:       s.judge,
		Feed:         s.judge,
		Traces:       s.judge,
		Store:        s.store,
		Checks:       check.All(),
		Policy:       &s.policy,
		People:       flaggedPeople(),
		AddressLists: s.addressLists,
		Stopping:     s.stopping,
		Invite: func(w gait.WorkspaceID, role gait.Role, note string, by gait.AccountID, now time.Time, lasts time.Duration) (string, gait.Invitation) {
			token, i := accounts.NewInvitation(w, role, note, by, now, lasts)
			return accounts.JoinURL(s.publicURL(), token), i
		},
	}
	if s.settings.Policy != "" {
		c.BasedOn = "the server's policy file"
	}
	if s.replays != nil {
		c.HasReplay = func(ctx context.Context, r gait.SessionRef) (bool, error) {
			return s.replays.Has(ctx, r)
		}
	}
	return native.New(c)
}

// flaggedPeople says of the checks whose false alarms were measured how many
// recorded people they flagged.
func flaggedPeople() map[string]native.PeopleRate {
	rates := map[string]native.PeopleRate{}
	for _, e := range risk.Estimates() {
		if e.FPR != nil {
			rates[e.Check] = native.PeopleRate{Flagged: e.FPR.K, Of: e.FPR.N}
		}
	}
	return rates
}

// addressLists tells how the files about addresses stand, without where they are.
func (s *server) addressLists() []native.AddressList {
	var lists []native.AddressList
	for _, f := range s.intel.Files() {
		l := native.AddressList{Name: f.Version, Kind: f.Source, File: filepath.Base(f.Path), Entries: f.Entries, Loaded: f.Loaded.UnixMilli(), Why: f.Problem}
		if !f.Built.IsZero() {
			l.Modified = f.Built.UnixMilli()
		}
		lists = append(lists, l)
	}
	return lists
}
