package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/gaithq/gait/ipintel"
)

type checkConfigCmd struct {
	Data   string `help:"Folder that gait init made." placeholder:"DIR"`
	Listen string `help:"Address to listen on." default:"127.0.0.1:8080" placeholder:"ADDR"`

	settings
}

// Run checks everything that can be checked without starting, address files
// too, and prints the settings as a file that --config would read.
func (c *checkConfigCmd) Run(w *world, k *kong.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	if _, err := ipintel.Open(c.addressFiles()); err != nil {
		return err
	}
	known := configurable(k.Model)
	effective := map[string]any{}
	for _, f := range k.Flags() {
		if _, ok := known[f.Name]; ok {
			effective[f.Name] = printable(f)
		}
	}
	out, err := json.MarshalIndent(effective, "", "  ")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w.out, "%s\n", out); err != nil {
		return err
	}
	envs := map[string]bool{"GAIT_CONFIG": true}
	for _, f := range known {
		for _, name := range f.Envs {
			envs[name] = true
		}
	}
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "GAIT_") && !envs[name] {
			w.log.Warn("the environment has a name that is no setting of the server", "name", name)
		}
	}
	return nil
}

// printable is a flag's value as the configuration file has it.
func printable(f *kong.Flag) any {
	switch v := f.Target.Interface().(type) {
	case fmt.Stringer: // durations, levels
		return v.String()
	case []string:
		return append([]string{}, v...)
	case []peers:
		return append([]peers{}, v...)
	default:
		return v
	}
}
