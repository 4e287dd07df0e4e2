// Package commands is ecsundo's command line: flags and arguments in, one pipeline for all that change services, reports
// and exit statuses out. Start with [Main]; each command is one file, the pipeline is in pipeline.go.
package commands

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"
)

const program = "ecsundo"

// Main runs the command line args, whose first is the program's name, and returns the exit status. The result goes to
// stdout and nothing else does; progress, warnings and errors go to stderr.
//
// The first SIGINT or SIGTERM ends the work in good order, a second one at once. A reader of the output who goes away must
// not end a run halfway, so SIGPIPE is ignored.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	signal.Ignore(syscall.SIGPIPE)
	boundMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return printError(stderr, run(ctx, args[1:], stdin, stdout, stderr))
}

// commandTree lists the commands in the order in which the help shows them. It is flat: a name may have two words.
func commandTree() []*cli.Command {
	tree := []*cli.Command{
		clusterCommand(),
		clusterSnapshotCommand(),
		clusterSnapshotsCommand(),
		clusterRestoreCommand(),
		clusterHistoryCommand(),
		serviceCommand(),
		serviceHistoryCommand(),
		clustersCommand(),
		configCommand(),
		completionCommand(),
		sandboxCommand(),
	}
	return append(tree, helpCommand(commandTree))
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	tree := commandTree()
	if len(args) == 0 {
		_ = writeHelp(stderr, tree)
		return statusError(statusUsage)
	}
	if args[0] == completeWord {
		complete(ctx, tree, args[1:], stdout)
		return nil
	}
	inv, err := parseArgs(tree, args)
	switch {
	case err != nil:
		return err
	case inv.help && inv.command == nil:
		return writeHelp(stdout, tree)
	case inv.help:
		return writeCommandHelp(stdout, inv.command)
	case inv.version:
		_, err = fmt.Fprintln(stdout, versionLine())
		return err
	}
	app := newApp(tree, stdin, stdout, stderr)
	app.Metadata = map[string]any{"typed": args}
	return app.RunContext(ctx, inv.argv())
}

// typed gives the command line as the user wrote it.
func typed(c *cli.Context) []string {
	args, _ := c.App.Metadata["typed"].([]string)
	return args
}

// newApp wires the commands for urfave/cli, which reads the flags' values and dispatches; help, suggestions and exit
// statuses are ours.
func newApp(tree []*cli.Command, stdin io.Reader, stdout, stderr io.Writer) *cli.App {
	for _, c := range tree {
		c.HideHelp = true
		c.Before = applySettings
		c.OnUsageError = func(_ *cli.Context, err error, _ bool) error { return usagef("", "%w", err) }
	}
	return &cli.App{
		Name: program, Commands: tree, HideHelp: true, HideVersion: true, DisableSliceFlagSeparator: true,
		Reader: stdin, Writer: stdout, ErrWriter: stderr,
		ExitErrHandler: func(*cli.Context, error) {}, // Main alone picks the status
	}
}
