package account

import (
	_ "embed"
	"net/http"
	"slices"
	"strings"

	"github.com/gaithq/gait"
)

// document describes the routes.
//
//go:embed openapi.json
var document []byte

// documentPath is where it is.
const documentPath = "/openapi/account-v1.json"

// route is one path under one method.
type route struct {
	method, path string
	answer       func(*visit) (any, error)
}

// routes are all there are, beside the document.
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
		{"POST", "/api/v1/account/confirm", member(a.confirm)},
		{"POST", "/api/v1/account/confirm/passkey/begin", member(a.confirmPasskeyBegin)},
		{"POST", "/api/v1/account/confirm/passkey", member(a.confirmPasskey)},
		{"POST", "/api/v1/account/password", member(a.changePassword)},
		{"POST", "/api/v1/account/passkeys/begin", sure(a.addPasskeyBegin)},
		{"POST", "/api/v1/account/passkeys", sure(a.addPasskey)},
		{"DELETE", "/api/v1/account/passkeys/{id}", sure(a.removePasskey)},
		{"POST", "/api/v1/workspaces", member(a.newWorkspace)},
	}
}

// Mounts are the patterns, for http.ServeMux, under which Handler wants to be
// reached.
func Mounts() []string {
	return []string{"/api/v1/account", "/api/v1/account/", "/api/v1/workspaces", documentPath}
}

// visit is one request on its way to an answer.
type visit struct {
	*Accounts
	w   http.ResponseWriter
	r   *http.Request
	who visitor // nobody, where a route asks for nobody
}

// member wraps an answer for those who are signed in only.
func member(answer func(*visit, gait.Account) (any, error)) func(*visit) (any, error) {
	return func(v *visit) (any, error) {
		var err error
		if v.who, err = v.signedIn(v.r); err != nil {
			return nil, err
		}
		return answer(v, v.who.Account)
	}
}

// methodNotAllowed is what the API calls it.
const methodNotAllowed gait.Code = "method_not_allowed"

// Handler answers all routes. They know cookies only, and no keys.
func (a *Accounts) Handler() http.Handler {
	paths := map[string]map[string]func(*visit) (any, error){
		documentPath: {http.MethodGet: func(*visit) (any, error) { return document, nil }},
	}
	for _, x := range a.routes() {
		if paths[x.path] == nil {
			paths[x.path] = map[string]func(*visit) (any, error){}
		}
		paths[x.path][x.method] = x.answer
	}
	mux := http.NewServeMux()
	for path, methods := range paths {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			body, err := a.serve(methods, &visit{Accounts: a, w: w, r: r})
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
