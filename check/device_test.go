package check

import (
	"strings"
	"testing"
	"unique"

	"github.com/gaithq/gait"
)

func traits(pairs ...string) *gait.Features {
	f := new(gait.Features)
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Traits = append(f.Traits, gait.TraitValue{Name: unique.Make(pairs[i]), Value: unique.Make(pairs[i+1])})
	}
	return f
}

func TestChromium(t *testing.T) {
	const agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
	for _, c := range []struct {
		name  string
		given []string
		want  int
	}{
		{"nothing", nil, 0},
		{"the user agent", []string{"ua", agent}, 120},
		{"the client hints before it", []string{"ua", agent, "uach", "Not:A-Brand 8,Chromium 156|false|Linux"}, 156},
		{"the header before it", []string{"ua", agent, "header.sec-ch-ua", `"Chromium";v="150", "Not)A;Brand";v="99"`}, 150},
		{"no client hints", []string{"ua", agent, "uach", "absent"}, 120},
		{"another browser", []string{"ua", "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"}, 0},
		{"not a version", []string{"ua", "Chrome/99999999999999999999"}, 0},
	} {
		if got := chromium(traits(c.given...)); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestContradictions(t *testing.T) {
	for _, c := range []struct {
		name, want string // want is what the one contradiction begins with, "" for none
		given      []string
	}{
		{"nothing", "", nil},
		{"brands of which one has a semicolon", "", []string{"uach", "Not)A;Brand 99,Chromium 127|false|Windows", "header.sec-ch-ua", `"Not)A;Brand";v="99", "Chromium";v="127"`}},
		{"other brands in the request", "the page's client hints", []string{"uach", "Not:A-Brand 8,Chromium 156|false|Linux", "header.sec-ch-ua", `"Not:A-Brand";v="8", "Chromium";v="120"`}},
		{"another request", "the page's user agent", []string{"ua", "one", "header.user-agent", "two"}},
		{"brands in two ways", "the client hints name", []string{"uach", " Not A;Brand 99,Chromium 156|false|Windows", "uach.more", "10.0|x86|64||Not:A-Brand 8.0.0.0,Chromium 156.0.8078.79"}},
		{"no full list", "", []string{"uach", "Not:A-Brand 8,Chromium 156|false|Linux", "uach.more", "|x86|64||-"}},
		{"another version", "the user agent's version", []string{"ua", "Mozilla/5.0 Chrome/120.0.0.0", "uach", "Chromium 156|false|Linux"}},
		{"another system", "the user agent's system", []string{"ua", "Mozilla/5.0 (Windows NT 10.0) Chrome/120", "platform", "Linux x86_64"}},
		{"a tablet that asks for the desktop's page", "", []string{"ua", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "platform", "MacIntel"}},
		{"another language", "the page's language", []string{"lang", "de-DE,de", "header.accept-language", "en-US,en;q=0.9"}},
		{"the first language alone", "", []string{"lang", "en-US,en,de", "header.accept-language", "en-US;q=0.9"}},
		{"another engine", "the engine", []string{"ua", "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", "engine", "33|x|captureStackTrace"}},
		{"two answers", "there are two answers", []string{"notify", "default/denied"}},
		{"one answer", "", []string{"notify", "default/prompt"}},
		{"one that was not given", "", []string{"notify", "default/-"}},
	} {
		got := contradictions(traits(c.given...))
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], c.want)) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestReadGeometry(t *testing.T) {
	g, ok := readGeometry(traits("window", "1382x784@-8,-8 1366x690", "screen.avail", "1366x728@0,25 portrait-primary"))
	want := geometry{outer: extent{1382, 784}, inner: extent{1366, 690}, avail: extent{1366, 728}, left: -8, top: -8, availTop: 25, portrait: true}
	if !ok || g != want {
		t.Errorf("%+v, %v, want %+v", g, ok, want)
	}
	for _, bad := range [][]string{
		nil,
		{"window", "1382x784@-8,-8 1366x690"},
		{"window", "1382x784@-8,-8 1366x690", "screen.avail", "1366x728@-,- landscape-primary"},
		{"window", "NaNx784@0,0 1x1", "screen.avail", "1366x728@0,0 landscape-primary"},
	} {
		if g, ok := readGeometry(traits(bad...)); ok {
			t.Errorf("%q is read as %+v", bad, g)
		}
	}
}

// FuzzDevice: whatever a page says of its browser is judged, and explained.
func FuzzDevice(f *testing.F) {
	f.Add("uach", "Not:A-Brand 8,Chromium 156|false|Linux", "header.sec-ch-ua", `"Chromium";v="156"`, "uach.more", "|x86|64||Chromium 156.0.0.0")
	f.Add("window", "1288x805@0,0 1280x720", "screen.avail", "1280x720@0,0 landscape-primary", "console", "unread")
	f.Add("natives", "HTMLMediaElement.canPlayType=c,Function.toString=c", "engine", "33||captureStackTrace", "stack", "pptr:")
	f.Add("lang", ",", "header.accept-language", ";,", "notify", "/")
	f.Fuzz(func(t *testing.T, n1, v1, n2, v2, n3, v3 string) {
		features := traits("webdriver", "false", "touch", "0", n1, v1, n2, v2, n3, v3)
		for _, c := range []*gait.Check{bot, virtualMachine, softwareRenderer} {
			a := c.Judge(features)
			if a.Verdict == gait.Unknown && a.Reason == "" || a.Verdict != gait.Unknown && a.Summary == "" {
				t.Errorf("%s says %v of %q and does not explain it", c.Key, a.Verdict, []string{n1, v1, n2, v2, n3, v3})
			}
		}
	})
}
