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
	Users(ctx context.Context, q gait.UserQuery) ([]gait.UserRow, error)
	ReachUsers(ctx context.Context, q gait.UserQuery, n int) (gait.UserPlace, error)
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
	after := p.userPlace(c.Workspace.ID)
	if p.err != nil {
		return nil, p.err
	}
	users, end, err := d.findUsers(c.Request.Context(), gait.UserQuery{Workspace: c.Workspace.ID, Text: text, After: after}, limit)
	if err != nil {
		return nil, err
	}
	out := search[personCount]{list: list[personCount]{Items: []personCount{}}}
	if (end != gait.UserPlace{}) {
		out.to(userCursor(c.Workspace.ID, end), end.Last)
	}
	for i := range users {
		u := &users[i]
		out.Items = append(out.Items, personCount{personOf(u), sum{u.Sessions, u.Suspect, u.Machine}})
	}
	return out, nil
}

// userPlace is place for lists of users.
func (p *params) userPlace(w gait.WorkspaceID) (at gait.UserPlace) {
	b := p.place(usersCursor, w)
	if p.err != nil || b == nil {
		return at
	}
	if len(b) <= 8 {
		p.fail("cursor", "this is no cursor of this list")
		return at
	}
	return gait.UserPlace{Last: int64(binary.BigEndian.Uint64(b)), UserID: string(b[8:])}
}

func userCursor(w gait.WorkspaceID, at gait.UserPlace) string {
	return cursorText(usersCursor, w, append(binary.BigEndian.AppendUint64(nil, uint64(at.Last)), at.UserID...))
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
	users, err := d.Store.Users(c.Request.Context(), gait.UserQuery{Workspace: c.Workspace.ID, UserID: id, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || len(users) == 0 {
		return nil, gait.Errorf(gait.NotFound, "there is no such user in this workspace")
	}
	u := &users[0]
	out := personDetail{person: personOf(u), SessionCount: u.Sessions, Suspect: u.Suspect, Machine: u.Machine, Devices: devicesOf(rows)}
	if out.Sessions, err = d.rows(c, rows); err != nil {
		return nil, err
	}
	return out, nil
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
