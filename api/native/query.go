package native

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// textMax is the most bytes of a text in a query: more than any that is stored.
const textMax = 1024

// params reads the parameters of a query and remembers the first that is wrong.
// An empty value is as good as none.
type params struct {
	values url.Values
	err    error
}

// read returns the parameters of a call. One that is not among known fails with
// gait.Invalid: a filter that is misspelt must not be taken for none.
func read(c *api.Call, known ...string) *params {
	values, err := c.Query()
	p := &params{values: values, err: err}
	for name := range values {
		if name != "workspace" && !slices.Contains(known, name) {
			p.fail(name, "there is no such parameter")
		}
	}
	return p
}

func invalid(field, format string, args ...any) error {
	return &gait.Error{Code: gait.Invalid, Message: fmt.Sprintf(format, args...), Field: field}
}

func (p *params) fail(field, format string, args ...any) {
	if p.err == nil {
		p.err = invalid(field, format, args...)
	}
}

// text returns a text of at most textMax bytes.
func (p *params) text(name string) string {
	list := p.texts(name, 1)
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// texts returns the values of a parameter that may come at most so often.
func (p *params) texts(name string, most int) []string {
	var list []string
	for _, s := range p.values[name] {
		if s == "" {
			continue
		}
		if len(s) > textMax || !utf8.ValidString(s) {
			p.fail(name, "want a text of at most %d bytes", textMax)
			return nil
		}
		list = append(list, s)
	}
	if len(list) > most {
		p.fail(name, "want it at most %d times", most)
		return nil
	}
	return list
}

// number returns a whole number within bounds, usual if there is none.
func (p *params) number(name string, least, most, usual int64) int64 {
	s := p.text(name)
	if s == "" {
		return usual
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < least || n > most {
		p.fail(name, "want a whole number from %d to %d", least, most)
		return usual
	}
	return n
}

// word returns one of the given words, "" if there is none.
func (p *params) word(name string, words ...string) string {
	s := p.text(name)
	if s != "" && !slices.Contains(words, s) {
		p.fail(name, "want one of %q", words)
		return ""
	}
	return s
}

// How many items a page of a list has.
const (
	usualLimit = 50
	mostLimit  = 200
)

func (p *params) limit() int { return int(p.number("limit", 1, mostLimit, usualLimit)) }

// lastMoment is the last moment (Unix ms) that may be asked about: the end of
// the year 9999.
const lastMoment = 253_402_300_799_999

// moment returns a time of day, Unix ms, 0 if there is none.
func (p *params) moment(name string) int64 { return p.number(name, 0, lastMoment, 0) }
