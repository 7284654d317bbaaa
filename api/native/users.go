package native

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// Users knows the users of a site from their sessions.
type Users interface {
	Users(ctx context.Context, w gait.WorkspaceID, text string, beforeLast int64, afterID string, limit int) ([]gait.UserRow, error)
}

// person is what is known of one of the site's users.
type person struct {
	UserID   string `json:"user_id"`
	UserName string `json:"user_name"`
	UserURL  string `json:"user_url"`
	FirstAt  string `json:"first_at"`
	LastAt   string `json:"last_at"`
	MaxScore int    `json:"max_score"`
}

type personCount struct {
	person
	sum
}

// personDetail is a user with the newest sessions and what these came with.
type personDetail struct {
	person
	SessionCount int      `json:"session_count"`
	Suspect      int      `json:"suspect"`
	Machine      int      `json:"machine"`
	Sessions     []row    `json:"sessions"`
	Devices      []device `json:"devices"`
}

type device struct {
	Browser  string `json:"browser"`
	OS       string `json:"os"`
	Device   string `json:"device"`
	Country  string `json:"country"`
	Sessions int    `json:"sessions"` // of those listed
}

func personOf(u *gait.UserRow) person {
	return person{
		UserID: u.UserID, UserName: u.UserName, UserURL: u.UserURL,
		FirstAt: api.Time(u.First), LastAt: api.Time(u.Last), MaxScore: u.MaxScore,
	}
}

func (d dialect) users(c *api.Call) (any, error) {
	p := read(c, "q", "cursor", "limit")
	text, limit := p.text("q"), p.limit()
	last, id := p.userPlace(c.Workspace.ID)
	if p.err != nil {
		return nil, p.err
	}
	users, err := d.Store.Users(c.Request.Context(), c.Workspace.ID, text, last, id, limit+1)
	if err != nil {
		return nil, err
	}
	out := list[personCount]{Items: []personCount{}}
	if len(users) > limit {
		users = users[:limit]
		out.Next = userCursor(c.Workspace.ID, &users[limit-1])
	}
	for i := range users {
		u := &users[i]
		out.Items = append(out.Items, personCount{personOf(u), sum{u.Sessions, u.Suspect, u.Machine}})
	}
	return out, nil
}

// userPlace is place for lists of users: a last start (Unix ms) and an id.
func (p *params) userPlace(w gait.WorkspaceID) (last int64, id string) {
	b := p.place(usersCursor, w)
	if p.err != nil || b == nil {
		return 0, ""
	}
	if len(b) <= 8 {
		p.fail("cursor", "this is no cursor of this list")
		return 0, ""
	}
	return int64(binary.BigEndian.Uint64(b)), string(b[8:])
}

func userCursor(w gait.WorkspaceID, u *gait.UserRow) string {
	return cursorText(usersCursor, w, append(binary.BigEndian.AppendUint64(nil, uint64(u.Last)), u.UserID...))
}

// userSessions is how many sessions of a user are listed.
const userSessions = 100

func (d dialect) user(c *api.Call) (any, error) {
	p := read(c, "user")
	id := p.text("user")
	if id == "" {
		p.fail("user", "want the id of a user")
	}
	if p.err != nil {
		return nil, p.err
	}
	rows, err := d.Sessions.Sessions(c.Request.Context(), gait.SessionQuery{Workspace: c.Workspace.ID, UserID: id, Limit: userSessions})
	if err != nil {
		return nil, err
	}
	u, err := d.userOf(c.Request.Context(), c.Workspace.ID, id, rows)
	if err != nil {
		return nil, err
	}
	out := personDetail{person: personOf(u), SessionCount: u.Sessions, Suspect: u.Suspect, Machine: u.Machine, Devices: devicesOf(rows)}
	if out.Sessions, err = d.rows(c, rows); err != nil {
		return nil, err
	}
	return out, nil
}

// userOf finds a user by the exact id, among those whose id, name or URL contains
// it: of these there may be many. rows are the user's, newest first, and say where in
// the list of users to look.
func (d dialect) userOf(ctx context.Context, w gait.WorkspaceID, id string, rows []gait.SessionRow) (*gait.UserRow, error) {
	none := gait.Errorf(gait.NotFound, "there is no such user in this workspace")
	if len(rows) == 0 {
		return nil, none
	}
	newest := rows[0].Started
	last, after := newest, ""
	for last == newest {
		users, err := d.Store.Users(ctx, w, id, last, after, mostLimit)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(users, func(u gait.UserRow) bool { return u.UserID == id }); i >= 0 {
			return &users[i], nil
		}
		if len(users) < mostLimit {
			break
		}
		last, after = users[len(users)-1].Last, users[len(users)-1].UserID
	}
	// Somebody who came again just now has gone to the top.
	users, err := d.Store.Users(ctx, w, id, 0, "", mostLimit)
	if i := slices.IndexFunc(users, func(u gait.UserRow) bool { return u.UserID == id }); i >= 0 {
		return &users[i], nil
	}
	if err == nil {
		err = none
	}
	return nil, err
}

// devicesOf counts what sessions came with, most first.
func devicesOf(rows []gait.SessionRow) []device {
	counts := map[device]int{}
	for i := range rows {
		r := &rows[i]
		counts[device{Browser: r.Browser, OS: r.OS, Device: r.Device, Country: r.Country}]++
	}
	out := make([]device, 0, len(counts))
	for d, n := range counts {
		d.Sessions = n
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b device) int {
		return cmp.Or(b.Sessions-a.Sessions, cmp.Compare(a.Browser, b.Browser), cmp.Compare(a.OS, b.OS), cmp.Compare(a.Device, b.Device), cmp.Compare(a.Country, b.Country))
	})
	return out
}
