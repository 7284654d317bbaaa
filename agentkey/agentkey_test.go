package agentkey

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dunglas/httpsfv"

	"github.com/gaithq/gait"
)

// TestSignatureBase: the example of RFC 9421, appendix B.2.6, verifies with the key
// of its appendix B.1.4.
func TestSignatureBase(t *testing.T) {
	public, err := base64.RawURLEncoding.DecodeString("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs")
	if err != nil {
		t.Fatal(err)
	}
	signature, err := base64.StdEncoding.DecodeString("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==")
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/foo?param=Value&Pet=dog", strings.NewReader(`{"hello": "world"}`))
	r.Host = "example.com"
	r.Header.Set("Date", "Tue, 20 Apr 2021 02:07:55 GMT")
	r.Header.Set("Content-Type", "application/json")
	d, err := httpsfv.UnmarshalDictionary([]string{`sig=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`})
	if err != nil {
		t.Fatal(err)
	}
	m, _ := d.Get("sig")
	base, err := signatureBase(r, m.(httpsfv.InnerList))
	if err != nil {
		t.Fatal(err)
	}
	if !ed25519.Verify(public, base, signature) {
		t.Errorf("the signature of the RFC does not fit\n%s", base)
	}
}

var (
	now     = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	private = ed25519.NewKeyFromSeed([]byte("the seed of a key that is public"))
)

func file(t testing.TB) string {
	t.Helper()
	x := base64.RawURLEncoding.EncodeToString(private.Public().(ed25519.PublicKey))
	return `{"agents":[{"name":"agent.example","keys":[{"kty":"OKP","crv":"Ed25519","x":"` + x + `","use":"sig"}]}]}`
}

// sign signs a request with the given parameters, in which KEY is the key's name.
func sign(t *testing.T, r *http.Request, input string) {
	t.Helper()
	input = strings.ReplaceAll(input, "KEY", thumbprint(private.Public().(ed25519.PublicKey)))
	d, err := httpsfv.UnmarshalDictionary([]string{"sig1=" + input})
	if err != nil {
		t.Fatal(err)
	}
	m, _ := d.Get("sig1")
	base, err := signatureBase(r, m.(httpsfv.InnerList))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Signature-Input", "sig1="+input)
	r.Header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(ed25519.Sign(private, base))+":")
}

func TestVerify(t *testing.T) {
	keys, err := Read([]byte(file(t)))
	if err != nil {
		t.Fatal(err)
	}
	when := fmt.Sprintf(`;created=%d;expires=%d`, now.Unix()-5, now.Unix()+300)
	good := `("@authority" "signature-agent")` + when + `;keyid="KEY";alg="ed25519";tag="web-bot-auth"`
	f := func(name, input string, change func(*http.Request), want string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, "https://Shop.example:443/v1/batch", nil)
		r.Header.Set("Signature-Agent", `"https://agent.example"`)
		sign(t, r, input)
		if change != nil {
			change(r)
		}
		if got := keys.Verify(r, now); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	f("signed", good, nil, "agent.example")
	f("for another host", good, func(r *http.Request) { r.Host = "bank.example" }, "")
	f("another agent named", good, func(r *http.Request) { r.Header.Set("Signature-Agent", `"https://other.example"`) }, "")
	f("the agent not covered", `("@authority")`+when+`;keyid="KEY";tag="web-bot-auth"`, nil, "")
	f("no agent named", `("@authority")`+when+`;keyid="KEY";tag="web-bot-auth"`, func(r *http.Request) { r.Header.Del("Signature-Agent") }, "agent.example")
	f("the host not covered", strings.Replace(good, `"@authority" `, "", 1), nil, "")
	f("another tag", strings.Replace(good, "web-bot-auth", "other", 1), nil, "")
	f("another key", strings.Replace(good, "KEY", "x", 1), nil, "")
	f("another algorithm", strings.Replace(good, "ed25519", "hmac-sha256", 1), nil, "")
	f("expired", strings.Replace(good, when, fmt.Sprintf(`;created=%d;expires=%d`, now.Unix()-900, now.Unix()-300), 1), nil, "")
	f("good for years", strings.Replace(good, when, fmt.Sprintf(`;created=%d;expires=%d`, now.Unix(), now.Unix()+1e8), 1), nil, "")
	f("of the future", strings.Replace(good, when, fmt.Sprintf(`;created=%d;expires=%d`, now.Unix()+600, now.Unix()+900), 1), nil, "")
	f("without times", strings.Replace(good, when, "", 1), nil, "")
	f("no signature", good, func(r *http.Request) { r.Header.Del("Signature") }, "")
	f("not a signature", good, func(r *http.Request) { r.Header.Set("Signature", "sig1=5") }, "")
	f("too long", good, func(r *http.Request) { r.Header.Add("Signature-Input", strings.Repeat("x", maxHeader)) }, "")
	f("nothing", good, func(r *http.Request) { r.Header = http.Header{} }, "")

	member := httptest.NewRequest(http.MethodPost, "https://shop.example/v1/batch", nil)
	member.Header.Set("Signature-Agent", `a="https://agent.example"`)
	sign(t, member, strings.Replace(good, `"signature-agent"`, `"signature-agent";key="a"`, 1))
	if got := keys.Verify(member, now); got != "agent.example" {
		t.Errorf("a member of a dictionary: %q", got)
	}
}

func TestRead(t *testing.T) {
	for _, bad := range []string{
		``, `{}`, `{"agents":[]}`, `{"agents":[{"name":"","keys":[]}]}`,
		strings.Replace(file(t), "OKP", "RSA", 1), strings.Replace(file(t), `"x":"`, `"x":"AA`, 1),
	} {
		if _, err := Read([]byte(bad)); gait.CodeOf(err) != gait.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	keys, err := Read([]byte(file(f)))
	if err != nil {
		f.Fatal(err)
	}
	id := thumbprint(private.Public().(ed25519.PublicKey))
	f.Add(`sig1=("@authority" "signature-agent";key="a");created=1;expires=2;keyid="`+id+`";tag="web-bot-auth"`, "sig1=:AAAA:", `a="x"`)
	f.Add(`sig1=("@authority");tag="web-bot-auth"`, "sig1=:AAAA:", "")
	f.Fuzz(func(t *testing.T, input, signature, agent string) {
		r := &http.Request{Method: "POST", Host: "x", URL: httptest.NewRequest("GET", "/", nil).URL, Header: http.Header{
			"Signature-Input": {input}, "Signature": {signature}, "Signature-Agent": {agent},
		}}
		if who := keys.Verify(r, time.Unix(2, 0)); who != "" {
			t.Fatalf("%q is taken for %s", input, who)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(file(f)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if k, err := Read(raw); (err == nil) != (k != nil && k.Len() > 0) {
			t.Fatalf("%v, %v", k, err)
		}
	})
}
