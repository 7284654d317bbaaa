package gait

import "context"

// Role is what an account may do in a workspace. Each includes those before it.
type Role string

// The roles.
const (
	Viewer  Role = "viewer"  // looks at everything, changes nothing
	Analyst Role = "analyst" // also labels sessions, tries policies out and takes data out
	Owner   Role = "owner"   // also changes policy, settings, keys and members
)

// Includes reports whether r may do what needs the role other.
func (r Role) Includes(other Role) bool { return r.rank() >= other.rank() && other.rank() > 0 }

func (r Role) rank() int {
	switch r {
	case Viewer:
		return 1
	case Analyst:
		return 2
	case Owner:
		return 3
	default:
		return 0
	}
}

// AccountID names a person who signs in. 0 is nobody.
type AccountID int64

// Account is a person who signs in to the dashboard.
type Account struct {
	ID       AccountID
	Email    string // lower case, unique
	Name     string
	Password string // argon2id in its PHC form; "" means that passkeys are the only way in
	Handle   []byte // 32 random bytes that passkeys know the account by
	Created  int64  // Unix ms
	SignedIn int64  // Unix ms, last; 0 is never
	Epoch    int64  // raised to end all web sessions of before
}

// Membership is an account's place in a workspace.
type Membership struct {
	Account   AccountID
	Workspace WorkspaceID
	Role      Role
	Since     int64 // Unix ms
}

// Passkey is a WebAuthn credential.
type Passkey struct {
	ID       []byte // the credential's, unique
	Account  AccountID
	Name     string // what it is called by its owner
	Data     []byte // the credential as package account keeps it, JSON
	Created  int64  // Unix ms
	LastUsed int64  // Unix ms; 0 is never
}

// Invitation lets whoever has its token join a workspace, once. The first one of
// all, to an owner of a workspace without members, is the setup link.
type Invitation struct {
	Hash      [32]byte // SHA-256 of the token
	Workspace WorkspaceID
	Role      Role
	Note      string    // whom it is for, as the inviter wrote it
	By        AccountID // 0 for the command line
	Created   int64     // Unix ms
	Expires   int64     // Unix ms
	Used      int64     // Unix ms; 0 is not yet
	Revoked   int64     // Unix ms; 0 is not
}

// WebSession is a signed-in browser, as the session library keeps it.
type WebSession struct {
	Hash    [32]byte // SHA-256 of the token in the cookie
	Data    []byte
	Expires int64 // Unix ms
}

// AuditEntry says who changed what.
type AuditEntry struct {
	ID        int64 // given by the store, rising
	Workspace WorkspaceID
	At        int64     // Unix ms
	By        AccountID // 0 for the command line
	ByName    string    // as it was then
	Action    string    // dotted: key.create, policy.save, member.role, …
	Subject   string    // what it was done to: a key's hint, an e-mail address, a version
	Detail    string    // in words
}

// AccountStore keeps who may sign in. Lookups of what does not exist fail with
// NotFound. All methods are safe for concurrent use and all writes durable.
type AccountStore interface {
	// CreateAccount stores a with its membership in one commit, marks the
	// invitation used, and returns a with its ID. It fails with Invalid if the
	// e-mail address is taken, and with NotFound if the invitation is not there
	// or not valid at the moment m.Since. The workspace and the role are the
	// invitation's.
	CreateAccount(ctx context.Context, a Account, invitation [32]byte, m Membership) (Account, error)
	// AcceptInvitation makes an existing account a member; as CreateAccount. An
	// account that is a member already gets the role if that includes its own.
	AcceptInvitation(ctx context.Context, invitation [32]byte, m Membership) error
	AccountByID(ctx context.Context, id AccountID) (Account, error)
	AccountByEmail(ctx context.Context, email string) (Account, error)
	// UpdateAccount replaces Name, Password, SignedIn and Epoch.
	UpdateAccount(ctx context.Context, a Account) error

	// Memberships returns those of an account, Members those of a workspace, in
	// the order of Since.
	Memberships(ctx context.Context, a AccountID) ([]Membership, error)
	Members(ctx context.Context, w WorkspaceID) ([]Membership, error)
	// PutMembership inserts or replaces one; RemoveMembership ends one. Both fail
	// with Invalid if that would take the workspace's last owner away, and with
	// NotFound where there is no such account, workspace or membership.
	PutMembership(ctx context.Context, m Membership) error
	RemoveMembership(ctx context.Context, a AccountID, w WorkspaceID) error

	// CreateInvitation stores i; Invitations returns all of a workspace, newest
	// first; RevokeInvitation ends one, and fails with Invalid if it was used. One
	// that was revoked before stays as it is.
	CreateInvitation(ctx context.Context, i Invitation) error
	InvitationByHash(ctx context.Context, hash [32]byte) (Invitation, error)
	Invitations(ctx context.Context, w WorkspaceID) ([]Invitation, error)
	RevokeInvitation(ctx context.Context, w WorkspaceID, hash [32]byte, at int64) error

	// PutPasskey inserts or replaces one, and fails with Invalid if it is another
	// account's; RemovePasskey deletes one of a.
	PutPasskey(ctx context.Context, p Passkey) error
	PasskeyByID(ctx context.Context, id []byte) (Passkey, error)
	Passkeys(ctx context.Context, a AccountID) ([]Passkey, error)
	RemovePasskey(ctx context.Context, a AccountID, id []byte) error

	// PutWebSession inserts or replaces one; WebSessionByHash fails with NotFound
	// for one that expired at now. RemoveExpiredWebSessions deletes those.
	PutWebSession(ctx context.Context, s WebSession) error
	WebSessionByHash(ctx context.Context, hash [32]byte, now int64) (WebSession, error)
	RemoveWebSession(ctx context.Context, hash [32]byte) error
	RemoveExpiredWebSessions(ctx context.Context, now int64) error

	// Audit appends entries in one commit. AuditLog returns those of a workspace
	// with an ID below before (0 means all), newest first, at most limit, which is
	// at least 1.
	Audit(ctx context.Context, entries []AuditEntry) error
	AuditLog(ctx context.Context, w WorkspaceID, before int64, limit int) ([]AuditEntry, error)
}

// Principal is who asks, once that is known: an account that signed in, or a key.
type Principal struct {
	Account   AccountID // 0 for a key
	Name      string    // of the account, or of the key
	Workspace Workspace
	Role      Role
	Confirmed bool // proved lately who they are; always true for a key
}
