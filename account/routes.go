package account

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gaithq/gait"
)

// route is one path under one method.
type route struct {
	method, path string
	answer       func(*visit) (any, error)
}

// routes are all there are.
func (a *Accounts) routes() []route {
	return []route{
		{"GET", "/api/v1/account/state", a.state},
		{"POST", "/api/v1/account/invitation", a.invited},
		{"POST", "/api/v1/account/setup", a.setup},
		{"POST", "/api/v1/account/sign-in", a.passwordSignIn},
		{"POST", "/api/v1/account/sign-out", a.leave},
		{"POST", "/api/v1/account/passkey/begin", a.passkeyBegin},
		{"POST", "/api/v1/account/passkey", a.passkeySignIn},

		{"GET", "/api/v1/account", member(a.show)},
		{"PATCH", "/api/v1/account", member(a.rename)},
		{"POST", "/api/v1/account/password", member(a.changePassword)},
		{"POST", "/api/v1/account/passkeys/begin", member(a.addPasskeyBegin)},
		{"POST", "/api/v1/account/passkeys", member(a.addPasskey)},
		{"DELETE", "/api/v1/account/passkeys/{id}", member(a.removePasskey)},
		{"POST", "/api/v1/workspaces", member(a.newWorkspace)},
	}
}

// Mounts are the patterns, for http.ServeMux, under which Handler wants to be
// reached.
func Mounts() []string { return []string{"/api/v1/account", "/api/v1/account/", "/api/v1/workspaces"} }

// visit is one request on its way to an answer.
type visit struct {
	*Accounts
	w http.ResponseWriter
	r *http.Request
}

// member wraps an answer for those who are signed in only.
func member(answer func(*visit, gait.Account) (any, error)) func(*visit) (any, error) {
	return func(v *visit) (any, error) {
		who, err := v.signedIn(v.r)
		if err != nil {
			return nil, err
		}
		return answer(v, who)
	}
}

// methodNotAllowed is what the API calls it.
const methodNotAllowed gait.Code = "method_not_allowed"

// Handler answers all routes. They know cookies only, and no keys.
func (a *Accounts) Handler() http.Handler {
	paths := map[string]map[string]func(*visit) (any, error){}
	for _, x := range a.routes() {
		if paths[x.path] == nil {
			paths[x.path] = map[string]func(*visit) (any, error){}
		}
		paths[x.path][x.method] = x.answer
	}
	mux := http.NewServeMux()
	for path, methods := range paths {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			body, err := a.serve(methods, &visit{a, w, r})
			a.Answer(w, r, body, err)
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		a.Answer(w, r, nil, gait.Errorf(gait.NotFound, "there is no such route"))
	})
	return mux
}

func (a *Accounts) serve(methods map[string]func(*visit) (any, error), v *visit) (any, error) {
	method := v.r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	answer, ok := methods[method]
	if !ok {
		var allowed []string
		for m := range methods {
			allowed = append(allowed, m)
			if m == http.MethodGet {
				allowed = append(allowed, http.MethodHead)
			}
		}
		slices.Sort(allowed)
		list := strings.Join(allowed, ", ")
		v.w.Header().Set("Allow", list)
		return nil, &gait.Error{Code: methodNotAllowed, Message: "this route answers to " + list, Field: "method"}
	}
	if err := a.CrossOrigin.Check(v.r); err != nil {
		return nil, gait.Wrap(err, gait.Forbidden, "this request comes from another site's page")
	}
	return answer(v)
}
