// Command gait is Gait: the server, its demo, and the tools around it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // a visitor's time zone must be known on machines without zone files

	"github.com/alecthomas/kong"

	"github.com/gaithq/gait"
)

// version is set by the build: -ldflags "-X main.version=…".
var version = "devel"

// cli is the whole command line. Flags may also come from the environment, as
// GAIT_ and the flag's name in capitals, and from the file that --config names.
type cli struct {
	LogLevel  slog.Level `help:"Least level to log: debug, info, warn or error." default:"info" placeholder:"LEVEL"`
	LogFormat string     `help:"How to log: text or json." enum:"text,json" default:"text"`
	Config    string     `help:"File with settings of the server, JSON; flags and the environment go before it." placeholder:"FILE"`

	Init      initCmd      `cmd:"" help:"Make a workspace and print its keys, once."`
	Serve     serveCmd     `cmd:"" help:"Run the server."`
	Demo      demoCmd      `cmd:"" help:"Run a demo site with data that is thrown away at the end."`
	Record    recordCmd    `cmd:"" help:"Record sessions of people or automation, on this machine."`
	Eval      evalCmd      `cmd:"" help:"Judge recorded sessions and count how often each check was right."`
	Calibrate calibrateCmd `cmd:"" help:"Look at the site's own sessions and propose a policy; tell of checks whose rate moved."`
	Keys      keysCmd      `cmd:"" help:"Make, show and revoke API keys, also while the server runs."`
	Invite    inviteCmd    `cmd:"" help:"Print a link that lets somebody sign in to the dashboard, also while the server runs."`
	Password  passwordCmd  `cmd:"" help:"Give an account whose password is lost a new one, also while the server runs."`
	Version   versionCmd   `cmd:"" help:"Print the version."`

	CheckConfig checkConfigCmd `cmd:"" help:"Check the settings of the server and print them."`
}

// world is what commands may touch of the outside, so that tests can bring
// their own.
type world struct {
	out, err io.Writer
	log      *slog.Logger
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process: it returns the exit status.
func run(ctx context.Context, args []string, out, errs io.Writer) (status int) {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("gait"),
		kong.Description("Proof of human, on your own machine."),
		kong.UsageOnError(),
		kong.DefaultEnvars("GAIT"),
		kong.Writers(out, errs),
		kong.Exit(func(code int) { exited = code }),
	)
	if err != nil {
		panic(err) // the structs above are wrong
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help has been printed
	}
	if err != nil {
		fmt.Fprintf(errs, "gait: %v\n", err)
		return 2
	}
	w := &world{out: out, err: errs, log: newLogger(errs, c.LogLevel, c.LogFormat)}
	k.BindTo(ctx, (*context.Context)(nil))
	k.Bind(k)
	if err := k.Run(w); err != nil {
		fmt.Fprintf(errs, "gait: %v\n", err)
		if errors.Is(err, errDrift) {
			return 3
		}
		if gait.CodeOf(err) == gait.Invalid {
			return 2
		}
		return 1
	}
	return 0
}

func newLogger(w io.Writer, level slog.Level, format string) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(w *world) error {
	_, err := fmt.Fprintln(w.out, "gait", version)
	return err
}
