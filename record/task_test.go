package record

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestTaskGolden: a seed means the same page for good, so that recordings can be
// compared and repeated.
func TestTaskGolden(t *testing.T) {
	for _, seed := range []uint64{7, 9, 17, MaxSeed} {
		have, err := json.MarshalIndent(NewTask(seed), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		have = append(have, '\n')
		name := filepath.Join("testdata", fmt.Sprintf("task-%d.json", seed))
		if *update {
			if err := os.WriteFile(name, have, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(have, want) {
			t.Errorf("task %d is another than before; tasks of a seed must not change. -update writes %s anew", seed, name)
		}
	}
}

func TestTasks(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(2000) {
		task := NewTask(seed)
		steps := task.Steps[:len(task.Steps)-1]
		if last := task.Steps[len(steps)]; last.Do != Submit || last.Selector != "#send" {
			t.Fatalf("task %d ends with %+v", seed, last)
		}
		n := map[Kind]int{}
		for _, s := range steps {
			n[s.Do]++
			seen[string(s.Do)]++
			length := utf8.RuneCountInString(s.Answer)
			switch {
			case s.Do == Text && (length < 8 || length > 30), s.Do == Area && (length < 60 || length > 200):
				t.Errorf("task %d: %s has an answer of %d characters: %q", seed, s.Do, length, s.Answer)
			case (s.Do == Choice || s.Do == Select) && s.Answer == "":
				t.Errorf("task %d: nothing to choose in %s", seed, s.Selector)
			}
		}
		texts := n[Text] + n[Area]
		if seed%10 == shortForm {
			if len(steps) != 2 || texts != 2 {
				t.Errorf("task %d is short and has %v", seed, n)
			}
		} else if len(steps) < 3 || len(steps) > 6 || texts < 3 || n[Area] < 1 {
			t.Errorf("task %d has %v", seed, n)
		}
		for i, b := range task.Blocks {
			switch {
			case b.Kind == Link && (i+1 == len(task.Blocks) || task.Blocks[i+1].ID != b.Reveals || !task.Blocks[i+1].Hidden):
				t.Errorf("task %d: the link %s reveals nothing", seed, b.ID)
			case b.Hidden && task.Blocks[i-1].Reveals != b.ID:
				t.Errorf("task %d: %s is hidden for good", seed, b.ID)
			}
		}
		seen[fmt.Sprintf("columns %d", task.Layout.Columns)]++
		seen[fmt.Sprintf("%d steps", len(steps))]++
	}
	for _, want := range []string{"text", "area", "choice", "check", "select", "link", "columns 1", "columns 2", "2 steps", "3 steps", "4 steps", "5 steps", "6 steps"} {
		if seen[want] < 100 {
			t.Errorf("%s: in %d of 2000 tasks: %v", want, seen[want], seen)
		}
	}
}

var (
	idOf     = regexp.MustCompile(` id="([^"]+)"`)
	controls = regexp.MustCompile(`<(input|textarea|select|button)[^>]*>`)
)

// TestPageSendsNothing: no control that belongs to the form has a name, so that a
// form which is sent holds nothing; and every step's element is there.
func TestPageSendsNothing(t *testing.T) {
	rec, _ := recorder(t)
	for seed := range uint64(300) {
		w := httptest.NewRecorder()
		rec.ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1/task/"+fmt.Sprint(seed), nil))
		html := w.Body.String()
		if w.Code != 200 || strings.Count(html, "<form ") != 1 || !strings.Contains(html, `method="get"`) {
			t.Fatalf("task %d: %d %s", seed, w.Code, html)
		}
		for _, control := range controls.FindAllString(html, -1) {
			if strings.Contains(control, " name=") && !strings.Contains(control, ` form="nowhere"`) {
				t.Errorf("task %d: would be sent: %s", seed, control)
			}
		}
		if strings.Contains(html, `id="nowhere"`) {
			t.Errorf("task %d: the form that must not be there is", seed)
		}
		var ids []string
		for _, m := range idOf.FindAllStringSubmatch(html, -1) {
			if slices.Contains(ids, m[1]) {
				t.Errorf("task %d: %s is there twice", seed, m[1])
			}
			ids = append(ids, m[1])
		}
		task := NewTask(seed)
		for _, s := range task.Steps {
			if !slices.Contains(ids, strings.TrimPrefix(s.Selector, "#")) {
				t.Errorf("task %d: no %s", seed, s.Selector)
			}
		}
	}
}
