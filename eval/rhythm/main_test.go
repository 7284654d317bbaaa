package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pack writes people who press a letter every 120 ms and hold it for 80 ms.
func pack(t *testing.T, set string, people, keys int) string {
	t.Helper()
	var b strings.Builder
	for p := range people {
		fmt.Fprintf(&b, `{"src":%q,"user":"p%d","sess":"1","label":"human","ev":[`, set, p)
		for k := range keys {
			if k > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `["k",%d,80,"A"]`, 1000+120*k)
		}
		b.WriteString("]}\n")
	}
	name := filepath.Join(t.TempDir(), "pack.jsonl")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestRhythm(t *testing.T) {
	var out strings.Builder
	if err := run(pack(t, "klicke", 3, 150), &out); err != nil {
		t.Fatal(err)
	}
	var r rhythm
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatal(err)
	}
	if r.People != 3 || r.Source == "" || r.Licence == "" {
		t.Errorf("%+v", r)
	}
	for _, c := range []struct {
		of   distribution
		want float64
	}{{r.Interval, 120}, {r.Dwell, 80}} {
		if c.of.Median != c.want || len(c.of.Edges) != len(c.of.Share)+1 {
			t.Errorf("%+v, want all at %g ms", c.of, c.want)
		}
		sum := 0.0
		for i, s := range c.of.Share {
			sum += s
			if inside := c.of.Edges[i] <= c.want && c.want < c.of.Edges[i+1]; inside != (s == 1) {
				t.Errorf("%g to %g ms: %g", c.of.Edges[i], c.of.Edges[i+1], s)
			}
		}
		if math.Abs(sum-1) > 0.001 {
			t.Errorf("the shares sum up to %g", sum)
		}
	}
}

func TestRefuses(t *testing.T) {
	for name, file := range map[string]string{
		"a set of unknown terms": pack(t, "sapimouse", 1, 150),
		"too few keys":           pack(t, "klicke", 1, 50),
		"no file":                "",
	} {
		if err := run(file, new(strings.Builder)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
