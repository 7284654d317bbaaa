package wire

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func goodVectors(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/good/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no vectors in testdata/good: %v", err)
	}
	vectors := map[string][]byte{}
	for _, p := range paths {
		vectors[p] = read(t, p)
	}
	return vectors
}

func TestDecodeForm(t *testing.T) {
	var d Decoder
	env, err := d.Decode(read(t, "testdata/good/form.json"))
	if err != nil {
		t.Fatal(err)
	}
	if env.Site != "pub-0123456789abcdef0123456789abcdef" {
		t.Errorf("site = %q", env.Site)
	}
	b := env.Batch
	if b.Session.String() != "00112233445566778899aabbccddeeff" || b.Page.String() != "0123456789abcdef" {
		t.Errorf("session %v, page %v", b.Session, b.Page)
	}
	if b.Origin != 1763757494123 || b.Sent != 120400 || len(b.Events) != 30 {
		t.Errorf("origin %d, sent %d, %d events", b.Origin, b.Sent, len(b.Events))
	}
	at := func(i int, want gait.Event) {
		t.Helper()
		if got := b.Events[i]; got != want {
			t.Errorf("events[%d] = %+v, want %+v", i, got, want)
		}
	}
	at(0, gait.Event{Kind: gait.Open, T: 31, X: 1440, Y: 900, Text: "https://example.org/signup"})
	at(4, gait.Event{Kind: gait.Move, T: 8314, X: 644, Y: 218, N: 3})
	at(6, gait.Event{Kind: gait.Press, T: 8406, X: 644, Y: 219, OffX: 400, OffY: 190, BoxW: 3200, BoxH: 400})
	at(29, gait.Event{Kind: gait.Log, T: 22301, Text: "Signed in"})
}

func TestDecodeRefuses(t *testing.T) {
	good := string(read(t, "testdata/good/form.json"))
	f := func(name, old, replacement string, code gait.Code, want string) {
		t.Helper()
		body := strings.Replace(good, old, replacement, 1)
		if body == good {
			t.Errorf("%s: %q is not in the vector", name, old)
		}
		_, err := new(Decoder).Decode([]byte(body))
		if gait.CodeOf(err) != code || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: err = %v (%s), want %s with %q", name, err, gait.CodeOf(err), code, want)
		}
	}
	f("version", `"v":1`, `"v":2`, gait.Invalid, "v is 2; this server reads version 1")
	f("missing", `"seq":0,`, ``, gait.Invalid, "seq is missing")
	f("twice", `"seq":0,`, `"seq":0,"seq":1,`, gait.Invalid, "seq comes twice")
	f("unknown", `"seq":0,`, `"seq":0,"typed":"secret",`, gait.Invalid, `the field "typed" is unknown`)
	f("short sid", `"sid":"00`, `"sid":"`, gait.Invalid, "sid has 30 characters, not 32")
	f("upper-case sid", `eeff","secret"`, `eeFF","secret"`, gait.Invalid, "sid is not lower-case hexadecimal")
	f("negative origin", `"origin":1`, `"origin":-1`, gait.Invalid, "origin is -1763757494123, outside 0 to")
	f("far origin", `"origin":1763757494123`, `"origin":99999999999999999`, gait.Invalid, "origin is 99999999999999999, outside")
	f("huge number", `"origin":1763757494123`, `"origin":1e99`, gait.Invalid, "origin is not a whole number")
	f("sent too far", `"sent":120400`, `"sent":999999999999999`, gait.Invalid, "sent is")
	f("event after sending", `"sent":120400`, `"sent":1000`, gait.Invalid, "events[29].time is later than the batch was sent")
	f("negative time", `["m",160`, `["m",-160`, gait.Invalid, "events[4].time is -160")
	f("fraction", `["m",160`, `["m",160.5`, gait.Invalid, "events[4].time is not a whole number")
	f("time as text", `["m",160`, `["m","160"`, gait.Invalid, "events[4].time is not a number")
	f("time missing", `["m",160,644,218,0,3]`, `["m"]`, gait.Invalid, "events[4].time is missing")
	f("unknown kind", `["m",160`, `["q",160`, gait.Invalid, "events[4].kind is none that a page may send")
	f("fact from a page", `["m",160`, `["=",160`, gait.Invalid, "events[4].kind is none that a page may send")
	f("empty event", `["m",160,644,218,0,3]`, `[]`, gait.Invalid, "events[4] is an empty array")
	f("event as object", `["m",160,644,218,0,3]`, `{}`, gait.Invalid, "events[4] is not an array")
	f("too many fields", `["m",160,644,218,0,3]`, `["m",160,644,218,0,3,1]`, gait.Invalid, `more than the 4 fields of "move"`)
	f("too deep", `["m",160,644,218,0,3]`, `["m",160,[[[[644]]]]]`, gait.Invalid, "events[4].x is not a number")
	f("position", `["m",160,644`, `["m",160,644000000`, gait.Invalid, "events[4].x is 644000000, outside")
	f("flags", `["m",160,644,218,0`, `["m",160,644,218,4096`, gait.Invalid, "events[4].flags is 4096, outside 0 to 4095")
	f("key class", `["k",3000,0,0,0]`, `["k",3000,11,0,0]`, gait.Invalid, "events[10].code is 11, outside 0 to 10")
	f("slot", `["k",3000,0,0,0]`, `["k",3000,0,8,0]`, gait.Invalid, "events[10].slot is 8")
	f("trait without name", `["a",0,"tz","Europe/Berlin"]`, `["a",0]`, gait.Invalid, "events[1].name is missing")
	f("trait name", `"tz"`, `"T Z"`, gait.Invalid, "events[1].name is not of")
	f("long text", `Signed in`, strings.Repeat("x", 257), gait.Invalid, "events[29].text has 257 bytes, the limit is 256")
	f("control character", `Signed in`, `Signed\nin`, gait.Invalid, "events[29].text has a control character")
	f("bad UTF-8", `Signed in`, "Signed \xff", gait.Invalid, "UTF-8")
	f("no events", good[strings.Index(good, `"events"`):], `"events":[]}`, gait.Invalid, "events is empty")
	f("events as object", good[strings.Index(good, `"events"`):], `"events":{}}`, gait.Invalid, "events is not an array")
	f("many events", `["m",160,644,218,0,3]`, strings.Repeat(`["m",0],`, MaxEvents)+`["m",0]`, gait.TooLarge, "events has more than 5000 entries")
	f("truncated", `"Signed in"]]}`, `"Signed in"]]`, gait.Invalid, "the body is not the JSON object")
	f("something behind", `"Signed in"]]}`, `"Signed in"]]}{}`, gait.Invalid, "something follows")
	f("rubbish behind", `"Signed in"]]}`, `"Signed in"]]}x`, gait.Invalid, "something follows")

	for _, body := range []string{"", "null", "[]", "1", `"x"`, "{", "{}", strings.Repeat("[", 100_000), strings.Repeat(`{"v":`, 100_000)} {
		if _, err := new(Decoder).Decode([]byte(body)); gait.CodeOf(err) != gait.Invalid {
			t.Errorf("%.20q: err = %v", body, err)
		}
	}
	if _, err := new(Decoder).Decode(make([]byte, MaxDecompressed+1)); gait.CodeOf(err) != gait.TooLarge {
		t.Errorf("huge body: err = %v", err)
	}
}

func TestPackRoundTrip(t *testing.T) {
	for path, body := range goodVectors(t) {
		env, err := new(Decoder).Decode(body)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		packed := Pack(nil, &env.Batch)
		var got gait.Batch
		if err := Unpack(packed, &got); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		got.Session, got.Page, got.Seq = env.Batch.Session, env.Batch.Page, env.Batch.Seq
		if !same(&got, &env.Batch) {
			t.Errorf("%s: unpacked %+v, packed %+v", path, got, env.Batch)
		}
		again, err := new(Decoder).Decode(Append(nil, env.Site, [16]byte{1}, &got))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if !same(&again.Batch, &env.Batch) || again.Site != env.Site {
			t.Errorf("%s: written as JSON and read again %+v, was %+v", path, again, env)
		}
		if bytes.Contains(packed, []byte("ffeeddccbbaa")) || bytes.Contains(packed, []byte("pub-")) {
			t.Errorf("%s: secret or site key is in the stored form", path)
		}
	}
}

// TestUnpackKeepsOldVersions reads bytes that version 1 wrote when it was new.
// It fails when a layout changes in place: add fields at the end, or a version.
func TestUnpackKeepsOldVersions(t *testing.T) {
	golden := read(t, "testdata/form.packed1")
	env, err := new(Decoder).Decode(read(t, "testdata/good/form.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got gait.Batch
	if err := Unpack(golden, &got); err != nil {
		t.Fatal(err)
	}
	got.Session, got.Page, got.Seq = env.Batch.Session, env.Batch.Page, env.Batch.Seq
	if !same(&got, &env.Batch) {
		t.Errorf("unpacked %+v, want %+v", got, env.Batch)
	}
}

func same(a, b *gait.Batch) bool {
	if a.Session != b.Session || a.Page != b.Page || a.Seq != b.Seq || a.Origin != b.Origin || a.Sent != b.Sent || len(a.Events) != len(b.Events) {
		return false
	}
	for i := range a.Events {
		if a.Events[i] != b.Events[i] {
			return false
		}
	}
	return true
}

func TestDecodeAllocates(t *testing.T) {
	body := steady(40)
	var d Decoder
	allocs := testing.AllocsPerRun(100, func() {
		if _, err := d.Decode(body); err != nil {
			t.Fatal(err)
		}
	})
	// The site key, and nothing for each event.
	if allocs > 1 {
		t.Errorf("decoding 40 events allocates %v times, at most 1 is allowed: look for a string or a closure in the loop", allocs)
	}
}

// steady is a batch of moves and keys as a busy page sends.
func steady(events int) []byte {
	list := make([]any, events)
	for i := range list {
		if i%4 == 3 {
			list[i] = []any{"k", 800, 0, 0, 0, 2}
		} else {
			list[i] = []any{"m", 167, 600 + i, 300 + 2*i}
		}
	}
	body, err := json.Marshal(map[string]any{
		"v": 1, "site": "pub-0123456789abcdef0123456789abcdef", "sid": "00112233445566778899aabbccddeeff",
		"secret": "ffeeddccbbaa99887766554433221100", "page": "0123456789abcdef", "seq": 7,
		"origin": 1763757494123, "sent": 9_000_000, "events": list,
	})
	if err != nil {
		panic(err)
	}
	return body
}

// TestDocs compares the table of docs/wire.md with the layouts.
func TestDocs(t *testing.T) {
	doc := string(read(t, "../docs/wire.md"))
	row := regexp.MustCompile("(?m)^\\| `(.)` \\| ([a-z]+) \\| ([a-z ]*)\\|")
	seen := map[gait.Kind]bool{}
	for _, m := range row.FindAllStringSubmatch(doc, -1) {
		k := kindOf(m[1][0])
		if k == gait.KindNone {
			t.Errorf("docs/wire.md has the letter %q, which no layout has", m[1])
			continue
		}
		seen[k] = true
		var fields []string
		for _, f := range layouts[k].fields {
			fields = append(fields, f.String())
		}
		if want := layouts[k].name; m[2] != want {
			t.Errorf("docs/wire.md calls %q %q, layout.go %q", m[1], m[2], want)
		}
		if got, want := strings.Fields(m[3]), fields; strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("docs/wire.md gives %q the fields %v, layout.go %v", m[2], got, want)
		}
	}
	for k := range layouts {
		if k := gait.Kind(k); k != gait.KindNone && k != gait.Fact && !seen[k] {
			t.Errorf("docs/wire.md has no row for %q", layouts[k].name)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range goodVectors(f) {
		f.Add(body)
	}
	f.Add(steady(3))
	f.Fuzz(func(t *testing.T, body []byte) {
		env, err := new(Decoder).Decode(body)
		if err != nil {
			if c := gait.CodeOf(err); c != gait.Invalid && c != gait.TooLarge {
				t.Fatalf("err = %v (%s)", err, c)
			}
			return
		}
		// Whatever is accepted survives storing unchanged.
		var got gait.Batch
		if err := Unpack(Pack(nil, &env.Batch), &got); err != nil {
			t.Fatal(err)
		}
		got.Session, got.Page, got.Seq = env.Batch.Session, env.Batch.Page, env.Batch.Seq
		if !same(&got, &env.Batch) {
			t.Fatalf("unpacked %+v, packed %+v", got, env.Batch)
		}
	})
}

func FuzzUnpack(f *testing.F) {
	for _, body := range goodVectors(f) {
		env, err := new(Decoder).Decode(body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(Pack(nil, &env.Batch))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var b gait.Batch
		if Unpack(data, &b) != nil {
			return
		}
		var again gait.Batch
		if err := Unpack(Pack(nil, &b), &again); err != nil || !same(&again, &b) {
			t.Fatalf("unpacked %+v, then %+v: %v", b, again, err)
		}
	})
}

func BenchmarkDecode40(b *testing.B) {
	body := steady(40)
	var d Decoder
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := d.Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPack40(b *testing.B) {
	env, err := new(Decoder).Decode(steady(40))
	if err != nil {
		b.Fatal(err)
	}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = Pack(dst[:0], &env.Batch)
	}
	b.ReportMetric(float64(len(dst)), "B/batch")
}

func BenchmarkUnpack40(b *testing.B) {
	env, err := new(Decoder).Decode(steady(40))
	if err != nil {
		b.Fatal(err)
	}
	data := Pack(nil, &env.Batch)
	var batch gait.Batch
	b.ReportAllocs()
	for b.Loop() {
		if err := Unpack(data, &batch); err != nil {
			b.Fatal(err)
		}
	}
}
