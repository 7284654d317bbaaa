package account

import (
	"context"
	"encoding/json"
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/gaithq/gait"
)

// Lengths of what people call things.
const (
	nameMax  = 100 // characters
	emailMax = 254 // bytes, as RFC 5321 has it
)

// checkName returns a name without the spaces around it. It fails with
// gait.Invalid for one that is empty, too long or not on one line.
func checkName(field, name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > nameMax || strings.ContainsFunc(name, unicode.IsControl) {
		return "", &gait.Error{Code: gait.Invalid, Message: fmt.Sprintf("the name must have 1 to %d characters on one line", nameMax), Field: field}
	}
	return name, nil
}

// checkEmail returns an e-mail address in lower case. It fails with gait.Invalid
// for text that is none.
func checkEmail(email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > emailMax || strings.ContainsFunc(email, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return "", &gait.Error{Code: gait.Invalid, Message: "this is not an e-mail address", Field: "email"}
	}
	return email, nil
}

// wait refuses a request for a time, and tells the client for how long.
func (v *visit) wait(d time.Duration) error {
	seconds := int64((d + time.Second - 1) / time.Second)
	v.w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
	return gait.Errorf(gait.RateLimited, "too many tries; try again in %d s", seconds)
}

// tryFromHere counts a request that anybody can make.
func (v *visit) tryFromHere() error {
	if d := v.limits.address.take(client(v.Client(v.r)), v.Now()); d > 0 {
		return v.wait(d)
	}
	return nil
}

// verify finds the account of an e-mail address and a password. It fails with
// gait.Unauthorized if they do not belong together, in the same time whether the
// address is known or not, and with gait.RateLimited after too many tries.
func (v *visit) verify(ctx context.Context, email, password string) (gait.Account, error) {
	address, now := client(v.Client(v.r)), v.Now()
	pair := address + " " + email
	// The address comes first: whoever asks makes up as many e-mail addresses as
	// they like, and each that is counted takes the place of another.
	if err := v.tryFromHere(); err != nil {
		return gait.Account{}, err
	}
	if d := v.limits.pair.take(pair, now); d > 0 {
		v.limits.address.back(address, now) // others behind it are not to wait as well
		return gait.Account{}, v.wait(d)
	}
	if d := v.limits.email.take(email, now); d > 0 {
		return gait.Account{}, v.wait(d)
	}
	who, err := v.Store.AccountByEmail(ctx, email)
	unknown := gait.CodeOf(err) == gait.NotFound
	if err != nil && !unknown {
		return gait.Account{}, err
	}
	if unknown {
		who = gait.Account{}
	}
	ok, outdated, err := false, false, error(nil)
	if len(password) <= passwordMax {
		ok, outdated, err = v.hasher.check(ctx, who.Password, password)
	}
	if err != nil {
		return gait.Account{}, err
	}
	if !ok {
		v.failed(ctx, who)
		return gait.Account{}, gait.Errorf(gait.Unauthorized, "the e-mail address or the password is not right")
	}
	for _, b := range []struct {
		buckets *buckets
		name    string
	}{{v.limits.pair, pair}, {v.limits.email, email}, {v.limits.address, address}} {
		b.buckets.back(b.name, now)
	}
	if outdated {
		v.rehash(ctx, who, password)
	}
	return who, nil
}

// rehash keeps a password by today's costs. It is not worth failing for.
func (v *visit) rehash(ctx context.Context, who gait.Account, password string) {
	phc, err := v.hasher.hash(ctx, password)
	if err == nil {
		_, err = v.update(ctx, who.ID, func(x *gait.Account) {
			if x.Password == who.Password {
				x.Password = phc
			}
		})
	}
	if err != nil {
		v.Logger.WarnContext(ctx, "account: a password is kept by old costs", "account", int64(who.ID), "err", err)
	}
}

// What is written down of failures: the fifth of an account, and then at most one
// an hour.
const (
	burst      = 5
	burstEvery = time.Hour
	burstsMax  = 4096 // accounts remembered
)

// failures counts wrong passwords by account.
type failures struct {
	mu   sync.Mutex
	list *simplelru.LRU[gait.AccountID, failure]
}

type failure struct {
	n     int
	since time.Time
	told  bool
}

func newFailures() *failures {
	list, err := simplelru.NewLRU[gait.AccountID, failure](burstsMax, nil)
	if err != nil {
		panic(err) // the size is positive
	}
	return &failures{list: list}
}

// note counts one, and reports whether it is to be written down.
func (f *failures) note(id gait.AccountID, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	x, ok := f.list.Get(id)
	if !ok || now.Sub(x.since) >= burstEvery {
		x = failure{since: now}
	}
	x.n++
	tell := x.n >= burst && !x.told
	x.told = x.told || tell
	f.list.Add(id, x)
	return tell
}

// failed notes that somebody tried to be who they could not prove to be.
func (v *visit) failed(ctx context.Context, who gait.Account) {
	if who.ID != 0 && v.failures.note(who.ID, v.Now()) {
		v.audit(ctx, who, "account.sign_in_failed", fmt.Sprintf("%d wrong passwords within an hour", burst))
	}
}

// passwordSignIn is POST /account/sign-in.
func (a *Accounts) passwordSignIn(v *visit) (any, error) {
	var body struct {
		Email    string `json:"email"`
		Password string `json:"password"`
	}
	if err := a.Read(v.r, &body); err != nil {
		return nil, err
	}
	email, err := checkEmail(body.Email)
	if err != nil {
		return nil, err
	}
	who, err := v.verify(v.r.Context(), email, body.Password)
	if err != nil {
		return nil, err
	}
	return v.welcome(who, "account.sign_in", "with the password")
}

// welcome signs a browser in, writes it down and answers with the account.
func (v *visit) welcome(who gait.Account, action, detail string) (any, error) {
	if err := v.signIn(v.w, v.r, who); err != nil {
		return nil, err
	}
	v.audit(v.r.Context(), who, action, detail)
	return v.view(v.r.Context(), who)
}

// begins reads the request that begins showing a passkey, and counts the try.
func (v *visit) begins() error {
	if err := v.Read(v.r, &struct{}{}); err != nil {
		return err
	}
	return v.tryFromHere()
}

// credential reads what a browser answers when a passkey is shown, and counts the try.
func (v *visit) credential() (json.RawMessage, error) {
	var body struct {
		Credential json.RawMessage `json:"credential"`
	}
	if err := v.Read(v.r, &body); err != nil {
		return nil, err
	}
	return body.Credential, v.tryFromHere()
}

// passkeyBegin is POST /account/passkey/begin.
func (a *Accounts) passkeyBegin(v *visit) (any, error) {
	if err := v.begins(); err != nil {
		return nil, err
	}
	return a.beginEntering(v.r)
}

// passkeySignIn is POST /account/passkey.
func (a *Accounts) passkeySignIn(v *visit) (any, error) {
	answer, err := v.credential()
	if err != nil {
		return nil, err
	}
	who, err := a.enter(v.r, answer)
	if err != nil {
		return nil, err
	}
	return v.welcome(who, "account.sign_in", "with a passkey")
}

// leave is POST /account/sign-out.
func (a *Accounts) leave(v *visit) (any, error) { return nil, a.signOut(v.w, v.r) }
