package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/gaithq/gait"
)

// configFile gives flags the values that a JSON file has for them. Keys are the
// names of gait serve's flags; an object stands for names that begin alike, so
// {"ip":{"asn":"FILE"}} is --ip-asn FILE. What the command line or the environment says
// goes before.
type configFile struct {
	path   string
	values map[string]string
	lists  map[string]bool
}

// maxConfigFile bounds the file, in bytes.
const maxConfigFile = 1 << 20

// maxKey bounds a key with all its parts, and with it how deep objects are nested.
const maxKey = 100

// BeforeResolve reads the file that --config names.
func (c *cli) BeforeResolve(ctx *kong.Context) error {
	path := c.Config // from the environment
	for _, f := range ctx.Flags() {
		if f.Name == "config" {
			path, _ = ctx.FlagValue(f).(string)
		}
	}
	if path == "" {
		return nil
	}
	in, err := os.Open(path)
	if err != nil {
		return gait.Wrap(err, gait.Invalid, "the configuration cannot be read")
	}
	defer in.Close()
	file, err := readConfig(path, in)
	if err != nil {
		return err
	}
	ctx.AddResolver(file)
	return nil
}

// readConfig reads a configuration. Anything that a flag could not have is an
// error that names the key.
func readConfig(path string, in io.Reader) (*configFile, error) {
	f := &configFile{path: path, values: map[string]string{}, lists: map[string]bool{}}
	limited := &io.LimitedReader{R: in, N: maxConfigFile + 1}
	d := json.NewDecoder(limited)
	d.UseNumber()
	first, err := d.Token()
	if err == nil && first != json.Delim('{') {
		err = errors.New("it does not begin with {")
	}
	if err == nil {
		err = f.object(d, "")
	}
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("something follows the last }")
		}
	}
	if limited.N == 0 {
		err = fmt.Errorf("it is larger than %d kB", maxConfigFile>>10)
	}
	if err != nil {
		return nil, gait.Errorf(gait.Invalid, "%s: %v", path, err)
	}
	return f, nil
}

// object reads what follows a {. prefix is what its keys begin with.
func (f *configFile) object(d *json.Decoder, prefix string) error {
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		key := prefix + token.(string) // a key is always one
		if len(key) > maxKey {
			return fmt.Errorf("a key longer than %d characters", maxKey)
		}
		value, err := d.Token()
		if err != nil {
			return err
		}
		if value == json.Delim('{') {
			if err := f.object(d, key+"-"); err != nil {
				return err
			}
			continue
		}
		if _, twice := f.values[key]; twice {
			return fmt.Errorf("the key %q comes twice", key)
		}
		if value == json.Delim('[') {
			f.lists[key] = true
			f.values[key], err = list(d)
		} else {
			f.values[key], err = scalar(value)
		}
		if err != nil {
			return fmt.Errorf("the key %q: %w", key, err)
		}
	}
	_, err := d.Token() // the }
	return err
}

// list reads what follows a [ and returns it as a flag would be given it.
func list(d *json.Decoder) (string, error) {
	var parts []string
	for d.More() {
		value, err := d.Token()
		if err != nil {
			return "", err
		}
		s, err := scalar(value)
		if err != nil {
			return "", err
		}
		parts = append(parts, strings.NewReplacer(`\`, `\\`, ",", `\,`).Replace(s))
	}
	_, err := d.Token() // the ]
	return strings.Join(parts, ","), err
}

func scalar(value json.Token) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		return fmt.Sprint(v), nil
	case nil:
		return "", errors.New("null says nothing: leave the key out")
	}
	return "", errors.New("a list holds texts and numbers")
}

// Validate refuses keys that are no setting of the server.
func (f *configFile) Validate(app *kong.Application) error {
	flags := configurable(app)
	for _, key := range slices.Sorted(keysOf(f.values)) {
		flag, ok := flags[key]
		if !ok {
			return gait.Errorf(gait.Invalid, "%s: there is no setting %q", f.path, key)
		}
		if f.lists[key] && !flag.IsSlice() {
			return gait.Errorf(gait.Invalid, "%s: %q is one value, not a list", f.path, key)
		}
	}
	return nil
}

// Resolve gives a flag its value, unless the environment has one.
func (f *configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	value, ok := f.values[flag.Name]
	if !ok || f.lists[flag.Name] && value == "" {
		return nil, nil
	}
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	return value, nil
}

// configurable are the flags that a file may set: those of gait serve, and those
// of every command.
func configurable(app *kong.Application) map[string]*kong.Flag {
	flags := map[string]*kong.Flag{}
	add := func(list []*kong.Flag) {
		for _, f := range list {
			if f.Name != "help" && f.Name != "config" {
				flags[f.Name] = f
			}
		}
	}
	add(app.Flags)
	for _, n := range app.Children {
		if n.Name == "serve" {
			add(n.Flags)
		}
	}
	return flags
}

func keysOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
