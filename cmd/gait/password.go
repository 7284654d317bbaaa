package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/account"
	"github.com/gaithq/gait/store/sqlite"
)

// passwordCmd helps somebody who lost a password. It works beside a running
// server.
type passwordCmd struct {
	Data  string `help:"Folder that gait init made." required:"" placeholder:"DIR"`
	Email string `arg:"" help:"The account's e-mail address." placeholder:"EMAIL"`
	JSON  bool   `help:"Print one JSON object on one line." name:"json"`
}

// newPasswordBytes is how much of a made-up password is random.
const newPasswordBytes = 15

// Run gives an account a new password, prints it, and signs its browsers out.
func (c *passwordCmd) Run(ctx context.Context, w *world) (err error) {
	store, err := sqlite.OpenBeside(ctx, filepath.Join(c.Data, database))
	if gait.CodeOf(err) == gait.NotFound {
		return gait.Errorf(gait.Invalid, "%s has no workspace yet: run gait init --data %s", c.Data, c.Data)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	raw := make([]byte, newPasswordBytes)
	_, _ = rand.Read(raw) // never fails: it would rather end the process
	password := base64.RawURLEncoding.EncodeToString(raw)
	a, err := account.ResetPassword(ctx, store, c.Email, password, time.Now())
	if gait.CodeOf(err) == gait.NotFound {
		return gait.Errorf(gait.Invalid, "there is no account with the e-mail address %q", c.Email)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(w.out, map[string]string{"email": a.Email, "password": password})
	}
	_, err = fmt.Fprintf(w.out, `The new password of %s (%s) is shown only now:

  %s

Their browsers are signed out; passkeys go on working. They should change the
password under Account, and remove passkeys there that are not theirs.
`, a.Name, a.Email, password)
	return err
}
