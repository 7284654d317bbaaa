package record

import (
	"fmt"
	"math/rand/v2"
)

// Task is a page with a form. It follows from its seed alone.
type Task struct {
	Seed   uint64  `json:"seed"`
	Title  string  `json:"title"`
	Intro  string  `json:"intro"`
	Layout Layout  `json:"layout"`
	Blocks []Block `json:"blocks"` // in the order of the page
	Send   string  `json:"send"`   // the button's text
	Steps  []Step  `json:"steps"`  // in the order in which a visitor works
}

// Layout is how a task's page looks. The words are parts of classes in
// ui/task.css.
type Layout struct {
	Width   string `json:"width"`   // of the form: narrow, medium, wide
	Side    string `json:"side"`    // where the form stands: start, centre
	Columns int    `json:"columns"` // 1 or 2
	Labels  string `json:"labels"`  // above, beside
	Size    string `json:"size"`    // of text and controls: small, normal, large
	Gap     string `json:"gap"`     // between blocks: tight, normal, loose
	Button  string `json:"button"`  // small, normal, large, full
	Place   string `json:"place"`   // of the button: start, centre, end
}

// Block is a part of a task's page: a passage, a field, or a link that reveals the
// next field.
type Block struct {
	Kind    Kind     `json:"kind"`
	ID      string   `json:"id,omitempty"`
	Ask     string   `json:"ask,omitempty"`
	Copy    string   `json:"copy,omitempty"` // the text that is to be copied
	Width   string   `json:"width,omitempty"`
	Rows    int      `json:"rows,omitempty"` // of an area
	Style   string   `json:"style,omitempty"`
	Options []Option `json:"options,omitempty"`
	Hidden  bool     `json:"hidden,omitempty"`  // until the block before is used
	Reveals string   `json:"reveals,omitempty"` // the field that a link reveals
	Text    string   `json:"text,omitempty"`    // of a passage
}

// Option is one of several to choose from. ID is empty in a select.
type Option struct {
	ID    string `json:"id,omitempty"`
	Value string `json:"value"`
	Text  string `json:"text"`
}

// Kind is what a block is, or what a step does.
type Kind string

// The kinds. A passage is only read and the form's button is no block.
const (
	Passage Kind = "passage"
	Text    Kind = "text"
	Area    Kind = "area"
	Choice  Kind = "choice"
	Check   Kind = "check"
	Select  Kind = "select"
	Link    Kind = "link"
	Submit  Kind = "submit"
)

// Step is one thing that a visitor does.
type Step struct {
	Do       Kind   `json:"do"`
	Selector string `json:"selector"` // CSS; of a choice or a check the label around it
	Answer   string `json:"answer"`   // text to enter, or the value of the option
}

// stream keeps the tasks' random numbers apart from others of the same seed.
const stream = 0x7461736b

// shortForm is the last digit of the seeds whose forms have only two fields.
const shortForm = 9

// NewTask makes the task of a seed: 3 to 6 steps before the form is sent, at least
// three of them texts and one of those an area. Seeds that end in 9 have two texts
// and nothing else.
func NewTask(seed uint64) Task {
	m := maker{rand.New(rand.NewPCG(seed, stream))}
	t := Task{Seed: seed, Title: pick(m, titles), Intro: pick(m, intros), Layout: m.layout(), Send: pick(m, sends)}
	fields := m.fields(seed%10 == shortForm)
	reads := m.IntN(3)
	if m.IntN(3) == 0 {
		reads += 3 // a long page
	}
	passage := m.Perm(len(passages))
	for i, b := range fields {
		for reads > 0 && !b.Hidden && m.IntN(len(fields)-i+1) < reads {
			t.Blocks = append(t.Blocks, Block{Kind: Passage, Text: passages[passage[reads]]})
			reads--
		}
		t.Blocks = append(t.Blocks, b)
		t.Steps = append(t.Steps, m.step(b))
	}
	t.Steps = append(t.Steps, Step{Do: Submit, Selector: "#send"})
	return t
}

// maker draws a task's parts.
type maker struct{ *rand.Rand }

func pick[T any](m maker, list []T) T { return list[m.IntN(len(list))] }

func (m maker) layout() Layout {
	l := Layout{
		Width:   pick(m, []string{"narrow", "medium", "wide"}),
		Side:    pick(m, []string{"start", "centre"}),
		Columns: 1,
		Labels:  pick(m, []string{"above", "above", "beside"}),
		Size:    pick(m, []string{"small", "normal", "normal", "large"}),
		Gap:     pick(m, []string{"tight", "normal", "loose"}),
		Button:  pick(m, []string{"small", "normal", "large", "full"}),
		Place:   pick(m, []string{"start", "centre", "end"}),
	}
	if l.Width == "wide" && m.IntN(2) == 0 {
		l.Columns, l.Labels = 2, "above"
	}
	return l
}

// fields draws the form's fields in their order. A link comes right before the
// field that it reveals.
func (m maker) fields(short bool) []Block {
	var kinds []Kind
	if short {
		kinds = []Kind{Text, pick(m, []Kind{Text, Area})}
	} else {
		kinds = []Kind{Text, Text, Area}
		others := []Kind{Choice, Check, Select, Link, Text}
		m.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
		kinds = append(kinds, others[:m.IntN(4)]...)
	}
	m.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	if last := len(kinds) - 1; kinds[last] == Link {
		kinds[last], kinds[0] = kinds[0], Link
	}
	drawn := m.texts()
	blocks := make([]Block, len(kinds))
	for i, kind := range kinds {
		blocks[i] = m.block(kind, i+1, &drawn)
	}
	for i := range blocks {
		if blocks[i].Kind == Link {
			blocks[i].Reveals, blocks[i+1].Hidden = blocks[i+1].ID, true
		}
	}
	return blocks
}

// drawn are the texts of one task, in the order in which they are used.
type drawn struct{ phrases, sentences, short, long []int }

func (m maker) texts() drawn {
	return drawn{m.Perm(len(phrases)), m.Perm(len(sentences)), m.Perm(len(short)), m.Perm(len(long))}
}

func next(list *[]int) int {
	i := (*list)[0]
	*list = (*list)[1:]
	return i
}

func (m maker) block(kind Kind, number int, d *drawn) Block {
	b := Block{Kind: kind, ID: fmt.Sprintf("f%d", number)}
	switch kind {
	case Text:
		b.Width = pick(m, []string{"third", "half", "most", "full"})
		b.Style = pick(m, []string{"box", "box", "line"})
		if m.IntN(2) == 0 {
			b.Ask, b.Copy = "Type this", phrases[next(&d.phrases)]
		} else {
			b.Ask = short[next(&d.short)].ask
		}
	case Area:
		b.Width, b.Rows, b.Style = pick(m, []string{"most", "full"}), 3+m.IntN(6), "box"
		if m.IntN(2) == 0 {
			b.Ask, b.Copy = "Copy this sentence by typing it", sentences[next(&d.sentences)]
		} else {
			b.Ask = long[next(&d.long)].ask
		}
	case Choice:
		c := pick(m, choices)
		b.Ask, b.Options, b.Style = c.ask, options(b.ID, c.options), pick(m, []string{"list", "row", "cards"})
	case Check:
		b.Ask, b.Style = pick(m, checks), pick(m, []string{"list", "cards"})
	case Select:
		c := pick(m, selects)
		b.Ask, b.Options, b.Width, b.Style = c.ask, options("", c.options), pick(m, []string{"third", "half", "full"}), "box"
	case Link:
		b.Ask, b.Style = pick(m, links), pick(m, []string{"link", "button"})
	}
	return b
}

// options gives each text a value; an id goes to those of a field with one.
func options(field string, texts []string) []Option {
	list := make([]Option, len(texts))
	for i, text := range texts {
		list[i] = Option{Value: string(rune('a' + i)), Text: text}
		if field != "" {
			list[i].ID = field + "-" + list[i].Value
		}
	}
	return list
}

// step says what a visitor does with a block.
func (m maker) step(b Block) Step {
	s := Step{Do: b.Kind, Selector: "#" + b.ID}
	switch {
	case b.Copy != "":
		s.Answer = b.Copy
	case b.Kind == Text:
		s.Answer = m.answer(short, b.Ask)
	case b.Kind == Area:
		s.Answer = m.answer(long, b.Ask)
	case b.Kind == Choice:
		o := pick(m, b.Options)
		s.Selector, s.Answer = "#"+o.ID, o.Value
	case b.Kind == Select:
		s.Answer = pick(m, b.Options).Value
	}
	return s
}

func (m maker) answer(list []question, ask string) string {
	for _, q := range list {
		if q.ask == ask {
			return pick(m, q.answers)
		}
	}
	return ""
}
