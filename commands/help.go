package commands

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"
)

// helpCommand shows the help. 'ecsundo COMMAND --help' is the same.
func helpCommand(commands func() []*cli.Command) *cli.Command {
	return &cli.Command{
		Name: "help", ArgsUsage: "[COMMAND]", Usage: "show the help of a command",
		Description: `Help shows how a command is called, what it does, with examples, and its
flags. Without a command it lists them all, and the exit statuses.

Examples:

    ecsundo help
    ecsundo help cluster
`,
		Flags: flagsWith(),
		Action: func(c *cli.Context) error {
			if !c.Args().Present() {
				return writeHelp(c.App.Writer, commands())
			}
			name := strings.Join(c.Args().Slice(), " ")
			var names []string
			for _, command := range commands() {
				names = append(names, command.Name)
				if command.HasName(name) && !command.Hidden {
					return writeCommandHelp(c.App.Writer, command)
				}
			}
			hint := fmt.Sprintf("all commands: '%s help'", program)
			if near := nearest(name, names); near != "" {
				hint = fmt.Sprintf("nearest is '%s help %s'", program, near)
			}
			return usagef(hint, "no help on %q", name)
		},
	}
}

const introduction = `ecsundo puts Amazon ECS services back to what they ran before: one service, or
every service of a cluster. It asks no questions; --dry-run shows what it would
do. The same command twice is one undo.

usage: ecsundo COMMAND [flags] [arguments]

`

const conclusion = `
'ecsundo help COMMAND' tells more of one. Flags may stand before or behind the
arguments. -- ends flags and commands: 'ecsundo cluster -- snapshot' undoes a
cluster named snapshot.

Settings, weakest first: ~/.ecsundo.yml, ECSUNDO_* such as ECSUNDO_CLUSTER,
flags. Credentials and region come from where the AWS CLI takes them.

Exit statuses:

    0    every service runs what was asked, or there was nothing to do
    1    some service failed or was blocked; the report says which
    2    usage, configuration, credentials, or out of time before the first
         change: nothing was changed
    3    refused by a guard such as --strict: nothing was changed
    4    out of time: changes were accepted, not all are steady yet
    130  interrupted or terminated; what was accepted goes on by itself
`

// writeHelp writes the overview.
func writeHelp(w io.Writer, commands []*cli.Command) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprint(t, introduction)
	for _, c := range commands {
		if !c.Hidden {
			fmt.Fprintf(t, "    %s %s\t%s\n", c.Name, c.ArgsUsage, c.Usage)
		}
	}
	fmt.Fprint(t, "    --version\tthe version\n", conclusion)
	return t.Flush()
}

// writeCommandHelp writes the help of one command: how to call it, what it does, examples, flags.
func writeCommandHelp(w io.Writer, c *cli.Command) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintf(t, "usage: %s\n\n%s\n", strings.TrimSpace(program+" "+c.Name+" [flags] "+c.ArgsUsage), c.Description)
	var common []string
	for _, f := range everywhere() {
		common = append(common, f.Names()[0])
	}
	own, shared := split(c.Flags, func(f cli.Flag) bool { return !slices.Contains(common, f.Names()[0]) })
	writeFlags(t, "Flags:", own)
	writeFlags(t, "Flags of every command:", shared)
	return t.Flush()
}

func split[T any](items []T, first func(T) bool) (yes, no []T) {
	for _, i := range items {
		if first(i) {
			yes = append(yes, i)
		} else {
			no = append(no, i)
		}
	}
	return yes, no
}

func writeFlags(w io.Writer, title string, flags []cli.Flag) {
	if len(flags) == 0 {
		return
	}
	fmt.Fprintf(w, "%s\n\n", title)
	for _, f := range flags {
		fmt.Fprintf(w, "    %s\n", describeFlag(f))
	}
	fmt.Fprintln(w)
}

// describeFlag writes a flag's line. The word in back quotes in its usage names its value.
func describeFlag(f cli.Flag) string {
	doc := f.(cli.DocGenerationFlag)
	spelling := "    "
	if names := f.Names(); len(names) > 1 {
		spelling = "-" + names[1] + ", "
	}
	spelling += "--" + f.Names()[0]
	usage := doc.GetUsage()
	if before, rest, ok := strings.Cut(usage, "`"); ok {
		value, after, _ := strings.Cut(rest, "`")
		spelling, usage = spelling+" "+value, before+value+after
	}
	value := doc.GetValue()
	if text, ok := f.(*cli.StringFlag); ok && text.DefaultText != "" {
		value = text.DefaultText
	}
	if doc.TakesValue() && value != "" {
		usage += " (default " + value + ")"
	}
	return spelling + "\t" + usage
}
