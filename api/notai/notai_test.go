package notai

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/gaithq/gait"
	"pgregory.net/rapid"
)

func TestSummary(t *testing.T) {
	f := func(agent, want string) {
		t.Helper()
		if got := summary(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
	f("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "Chrome 141 on Windows")
	f("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0", "Edge 141 on Windows")
	f("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36", "Headless Chrome 141 on Linux")
	f("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128 on Linux")
	f("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15", "Safari 17 on macOS")
	f("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36", "Chrome 141 on Android")
	f("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.0.0 Mobile/15E148 Safari/604.1", "Chrome 141 on iOS")
	f("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "Chrome 141 on ChromeOS")
	f("python-requests/2.31", "python-requests 2")
	f("", "")
	f("((((", "((((")
}

// FuzzSummary looks for user agents, which anyone may send, that break it.
func FuzzSummary(f *testing.F) {
	f.Add("Mozilla/5.0 (X11; CrOS x86_64 1) AppleWebKit/1 [x; y] Chrome/141.0.0.0 +http://a.b")
	f.Fuzz(func(t *testing.T, agent string) {
		if s := summary(agent); len(s) > nameMax+40 {
			t.Errorf("%d bytes: %q", len(s), s)
		}
	})
}

func TestCursor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := gait.Cursor{Started: rapid.Int64().Draw(t, "started")}
		copy(c.Session[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "session"))
		w := gait.WorkspaceID(rapid.Int64().Draw(t, "workspace"))
		if got, ok := parseCursor(w, cursorText(w, c)); !ok || got != c {
			t.Fatalf("%v became %v, %v", c, got, ok)
		}
		if _, ok := parseCursor(w+1, cursorText(w, c)); ok {
			t.Fatal("another workspace took the cursor")
		}
		if s := rapid.String().Draw(t, "text"); s != cursorText(w, c) {
			if _, ok := parseCursor(w, s); ok {
				t.Fatalf("%q is a cursor", s)
			}
		}
	})
}

func TestMoments(t *testing.T) {
	for s, want := range map[string][2]int64{
		"1970-01-02":                     {86_400_000, 2*86_400_000 - 1},
		"1970-01-01T00:00:01Z":           {1000, 1000},
		"1970-01-01T00:00:01.5Z":         {1500, 1500},
		"1970-01-01T00:00:01.0001Z":      {1001, 1000},
		"1970-01-01T01:00:01+01:00":      {1000, 1000},
		"1970-01-01T01:00:01 01:00":      {1000, 1000},
		"1969-12-31T23:59:59.9995Z":      {0, -1},
		"1970-01-01T00:00:00.999999999Z": {1000, 999},
	} {
		if first, last, ok := moments(s); !ok || first != want[0] || last != want[1] {
			t.Errorf("%s: %d to %d, %v", s, first, last, ok)
		}
	}
	for _, s := range []string{"", "today", "2026-6-1", "2026-06-01T", "2026-06-01T10:00:00", "2026-02-30", "1781092200000", " 02:00"} {
		if _, _, ok := moments(s); ok {
			t.Errorf("%q is a time", s)
		}
	}
}

// TestWordings wants an envelope for every code there is.
func TestWordings(t *testing.T) {
	for _, c := range []gait.Code{gait.Invalid, gait.TooLarge, gait.Unauthorized, gait.Forbidden, gait.NotFound, gait.RateLimited, gait.Unavailable, gait.Internal} {
		if _, ok := wordings[c]; !ok {
			t.Errorf("%s has no wording: add it to wordings", c)
		}
	}
}

// TestFlags holds the list of flags against the document.
func TestFlags(t *testing.T) {
	want, _ := json.Marshal(flags)
	var have bytes.Buffer
	if err := json.Compact(&have, document); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(have.Bytes(), want) {
		t.Errorf("openapi.json does not list the flags %s", want)
	}
}

func TestTiers(t *testing.T) {
	var names []string
	for _, name := range []string{"free", "pro", "enterprise", "", "gold"} {
		names = append(names, tierOf(gait.Workspace{Tier: name}).name)
	}
	if !slices.Equal(names, []string{"free", "pro", "enterprise", "enterprise", "enterprise"}) {
		t.Error(names)
	}
}
