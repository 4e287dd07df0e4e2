// Package commands is ecsundo's command line: flags and arguments in, one pipeline for all that change services, reports
// and exit statuses out. Start with [Main]; each command is one file, the pipeline is in pipeline.go.
package commands

import (
	"context"
	"fmt"
	"io"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/ecs"
)

const program = line.Program

// Main runs the command line args, whose first is the program's name, and returns the exit status. The result goes to
// stdout and nothing else does; progress, warnings and errors go to stderr.
//
// The first SIGINT, SIGTERM, SIGHUP or SIGQUIT ends the work in good order, a second one at once. A reader of the output who goes away must
// not end a run halfway, so SIGPIPE is ignored.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	signal.Ignore(syscall.SIGPIPE)
	boundMemory()
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	context.AfterFunc(ctx, func() {
		stop()
		endAtQuit()
	})
	return printError(stderr, ecs.Guarded(func() error { return run(ctx, args[1:], stdin, stdout, stderr) }))
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
		checkCommand(),
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
	if args[0] == line.CompleteWord {
		complete(ctx, tree, args[1:], stdout)
		return nil
	}
	inv, err := line.Parse(tree, args)
	switch {
	case err != nil:
		return err
	case inv.Help && inv.Command == nil:
		return writeHelp(stdout, tree)
	case inv.Help:
		return writeCommandHelp(stdout, inv.Command)
	case inv.Version:
		_, err = fmt.Fprintln(stdout, versionLine())
		return err
	}
	return newApp(tree, stdin, stdout, stderr).RunContext(context.WithValue(ctx, typedKey{}, args), inv.Argv())
}

// typedKey is where an action finds the command line as the user wrote it.
type typedKey struct{}

// typed gives the command line as the user wrote it.
func typed(ctx context.Context) []string {
	args, _ := ctx.Value(typedKey{}).([]string)
	return args
}

// withSettings is the action of a command that goes by the settings.
func withSettings(do func(*cli.Context, settings.Settings) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		s, err := settings.Read(c)
		if err != nil {
			return err
		}
		return do(c, s)
	}
}

// newApp wires the commands for urfave/cli, which reads the flags' values and dispatches; help, suggestions and exit
// statuses are ours.
func newApp(tree []*cli.Command, stdin io.Reader, stdout, stderr io.Writer) *cli.App {
	for _, c := range tree {
		c.HideHelp = true
		c.OnUsageError = func(_ *cli.Context, err error, _ bool) error { return usagef("", "%w", err) }
	}
	return &cli.App{
		Name: program, Commands: tree, HideHelp: true, HideVersion: true, DisableSliceFlagSeparator: true,
		Reader: stdin, Writer: stdout, ErrWriter: stderr,
		ExitErrHandler: func(*cli.Context, error) {}, // Main alone picks the status
	}
}
