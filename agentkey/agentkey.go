// Package agentkey recognises automated agents that sign their requests, as Web Bot
// Auth has it: HTTP message signatures (RFC 9421) with an Ed25519 key, tagged
// web-bot-auth (draft-ietf-webbotauth-httpsig-protocol). The keys come from a file
// that the operator names. Nothing is fetched.
package agentkey

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"

	"github.com/gaithq/gait"
)

// Bounds of what is read.
const (
	maxKeys       = 10_000
	maxName       = 200
	maxHeader     = 4096 // bytes of each of the signature's headers
	maxSignatures = 4    // on one request
	maxComponents = 16   // that one covers
)

// The times that a signature says may be off by skew, and a signature may be good
// for lifetime at most, as the draft recommends.
const (
	skew     = time.Minute
	lifetime = 24 * time.Hour
)

// Keys are the agents that are known.
type Keys struct {
	byID map[string]key // by thumbprint
}

type key struct {
	agent  string
	public ed25519.PublicKey
}

// jwk is a JSON Web Key (RFC 8037) of an Ed25519 key.
type jwk struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	X   string `json:"x"`
}

// Read reads a file of keys:
//
//	{"agents": [{"name": "agent.example", "keys": [{"kty": "OKP", "crv": "Ed25519", "x": "…"}]}]}
//
// where keys is what an agent's directory lists. It fails with Invalid.
func Read(raw []byte) (*Keys, error) {
	var file struct {
		Agents []struct {
			Name string `json:"name"`
			Keys []jwk  `json:"keys"`
		} `json:"agents"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "the agents' keys are not JSON")
	}
	k := &Keys{byID: map[string]key{}}
	for _, a := range file.Agents {
		if a.Name == "" || len(a.Name) > maxName {
			return nil, gait.Errorf(gait.Invalid, "an agent needs a name of at most %d bytes", maxName)
		}
		for i, j := range a.Keys {
			public, err := base64.RawURLEncoding.DecodeString(j.X)
			if err != nil || j.Kty != "OKP" || j.Crv != "Ed25519" || len(public) != ed25519.PublicKeySize {
				return nil, gait.Errorf(gait.Invalid, "%s: key %d is not an Ed25519 key", a.Name, i+1)
			}
			k.byID[thumbprint(public)] = key{a.Name, public}
		}
	}
	if len(k.byID) == 0 || len(k.byID) > maxKeys {
		return nil, gait.Errorf(gait.Invalid, "%d keys; want 1 to %d", len(k.byID), maxKeys)
	}
	return k, nil
}

// Len returns how many keys there are.
func (k *Keys) Len() int { return len(k.byID) }

// thumbprint names a key as signatures do (RFC 7638, RFC 8037 appendix A.3).
func thumbprint(public ed25519.PublicKey) string {
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + base64.RawURLEncoding.EncodeToString(public) + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Verify returns the agent that signed a request, "" where none did whose key is
// known. A signature must cover the authority, and the Signature-Agent header where
// there is one. It says who runs the agent and nothing of for whom it acts, and
// whoever sees a signed request can send it again until it expires.
func (k *Keys) Verify(r *http.Request, now time.Time) string {
	inputs, err := dictionary(r, "Signature-Input")
	if err != nil {
		return ""
	}
	signatures, err := dictionary(r, "Signature")
	if err != nil {
		return ""
	}
	for i, label := range inputs.Names() {
		if i == maxSignatures {
			break
		}
		input, _ := inputs.Get(label)
		list, ok := input.(httpsfv.InnerList)
		if !ok || list.Params == nil || text(list.Params, "tag") != "web-bot-auth" {
			continue
		}
		known, ok := k.byID[text(list.Params, "keyid")]
		if !ok || !current(list.Params, now) || !covers(list, r) {
			continue
		}
		value, _ := signatures.Get(label)
		item, ok := value.(httpsfv.Item)
		if !ok {
			continue
		}
		signature, ok := item.Value.([]byte)
		if !ok || len(signature) != ed25519.SignatureSize {
			continue
		}
		if base, err := signatureBase(r, list); err == nil && ed25519.Verify(known.public, base, signature) {
			return known.agent
		}
	}
	return ""
}

func dictionary(r *http.Request, header string) (*httpsfv.Dictionary, error) {
	values := r.Header.Values(header)
	n := 0
	for _, v := range values {
		n += len(v)
	}
	if n == 0 || n > maxHeader {
		return nil, errors.New("none, or too long")
	}
	return httpsfv.UnmarshalDictionary(values)
}

func text(p *httpsfv.Params, name string) string {
	v, _ := p.Get(name)
	s, _ := v.(string)
	return s
}

// current reports whether a signature is in force.
func current(p *httpsfv.Params, now time.Time) bool {
	if alg := text(p, "alg"); alg != "" && alg != "ed25519" {
		return false
	}
	c, _ := p.Get("created")
	e, _ := p.Get("expires")
	created, ok := c.(int64)
	expires, also := e.(int64)
	return ok && also && created <= now.Add(skew).Unix() && expires > now.Add(-skew).Unix() &&
		expires > created && expires-created <= int64(lifetime/time.Second)
}

// covers reports whether a signature holds for this host and for what the request
// says of its agent.
func covers(list httpsfv.InnerList, r *http.Request) bool {
	authority, agent := false, r.Header.Get("Signature-Agent") == ""
	for _, c := range list.Items {
		authority = authority || c.Value == "@authority"
		agent = agent || c.Value == "signature-agent"
	}
	return authority && agent
}

// signatureBase is what was signed (RFC 9421, section 2.5).
func signatureBase(r *http.Request, list httpsfv.InnerList) ([]byte, error) {
	if len(list.Items) > maxComponents {
		return nil, errors.New("too many components")
	}
	var b strings.Builder
	seen := map[string]bool{}
	for _, c := range list.Items {
		name, ok := c.Value.(string)
		id, err := httpsfv.Marshal(c)
		if !ok || err != nil || seen[id] {
			return nil, fmt.Errorf("component %v is not usable", c.Value)
		}
		seen[id] = true
		value, err := component(r, name, c.Params)
		if err != nil {
			return nil, err
		}
		b.WriteString(id + ": " + value + "\n")
	}
	params, err := httpsfv.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("parameters: %w", err)
	}
	b.WriteString(`"@signature-params": ` + params)
	return []byte(b.String()), nil
}

// component returns the value of what a signature covers: a derived component or a
// header, whole or one member of a dictionary.
func component(r *http.Request, name string, params *httpsfv.Params) (string, error) {
	var names []string
	if params != nil {
		names = params.Names()
	}
	switch {
	case len(names) == 0:
	case len(names) == 1 && names[0] == "key" && !strings.HasPrefix(name, "@"):
		d, err := dictionary(r, name)
		if err != nil {
			return "", fmt.Errorf("header %s: %w", name, err)
		}
		member, ok := d.Get(text(params, "key"))
		if !ok {
			return "", fmt.Errorf("header %s has no such member", name)
		}
		value, ok := member.(httpsfv.StructuredFieldValue)
		if !ok {
			return "", fmt.Errorf("header %s: the member is not usable", name)
		}
		return httpsfv.Marshal(value)
	default:
		return "", fmt.Errorf("component %s: parameters %v are not supported", name, names)
	}
	switch name {
	case "@authority":
		return authority(r), nil
	case "@method":
		return r.Method, nil
	case "@path":
		return r.URL.EscapedPath(), nil
	case "@query":
		return "?" + r.URL.RawQuery, nil
	case "content-length":
		return fmt.Sprint(r.ContentLength), nil
	}
	values := r.Header.Values(name)
	if len(values) == 0 || strings.HasPrefix(name, "@") || name != strings.ToLower(name) {
		return "", fmt.Errorf("component %s is not there", name)
	}
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.TrimSpace(v)
	}
	return strings.Join(trimmed, ", "), nil
}

// authority is the host that was asked, in lower case and without a default port.
func authority(r *http.Request) string {
	host := strings.ToLower(r.Host)
	if name, port, err := net.SplitHostPort(host); err == nil && (port == "80" || port == "443") {
		return name
	}
	return host
}
