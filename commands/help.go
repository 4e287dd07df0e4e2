package commands

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/line"
)

// helpCommand shows the help. 'ecsundo COMMAND --help' is the same.
func helpCommand(commands func() []*cli.Command) *cli.Command {
	return &cli.Command{
		Name: "help", ArgsUsage: "[COMMAND|TOPIC]", Usage: "show the help of a command, or a topic",
		Description: `Examples:

    ecsundo help
    ecsundo help cluster
    ecsundo help previous

Without a name, help lists all commands and topics.
`,
		Flags: flagsWith(),
		Action: func(c *cli.Context) error {
			if !c.Args().Present() {
				return writeHelp(c.App.Writer, commands())
			}
			return writeHelpOn(c.App.Writer, commands(), strings.Join(c.Args().Slice(), " "))
		},
	}
}

// writeHelpOn writes the help of a command, or a topic; of config, which is both, both.
func writeHelpOn(w io.Writer, commands []*cli.Command, name string) error {
	names := slices.Clone(topicNames)
	found := false
	for _, c := range commands {
		if c.Hidden {
			continue
		}
		names = append(names, c.Name)
		if c.HasName(name) {
			found = true
			if err := writeCommandHelp(w, c); err != nil {
				return err
			}
		}
	}
	if t, ok := findTopic(name); ok {
		return writeTopic(w, t)
	}
	if found {
		return nil
	}
	hint := fmt.Sprintf("all commands and topics: '%s help'", program)
	if near := line.Nearest(name, names); near != "" {
		hint = fmt.Sprintf("nearest is '%s help %s'", program, near)
	}
	return usagef(hint, "no command and no help topic %q", name)
}

const introduction = `ecsundo puts Amazon ECS services back to what they ran before: one service, or
every service of a cluster. It asks no questions. --dry-run shows the plan and
changes nothing. The same command twice is one undo.

usage: ecsundo COMMAND [flags] [arguments]

Commands:

`

const conclusion = `
Flags may stand before or after the arguments. -- ends flags and commands:
'ecsundo cluster -- snapshot' undoes a cluster that is named snapshot.

Settings, weakest first: ~/.ecsundo.yml, ECSUNDO_* variables such as
ECSUNDO_STORE, flags. Credentials and region come from where the AWS CLI takes
them.

Exit statuses:

    0    every service runs what you asked for, or there was nothing to do
    1    a service failed or was blocked; the report says which
    2    usage, configuration or credentials, or out of time before the first
         change: nothing was changed
    3    refused by a guard such as --strict: nothing was changed
    4    out of time: changes were accepted, not all services are steady yet
    130  interrupted or terminated; ECS continues what it accepted
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
	fmt.Fprintf(t, "    --version\tprint version, commit and date\n\nTopics ('%s help TOPIC'):\n\n", program)
	for _, topic := range topics() {
		fmt.Fprintf(t, "    %s\t%s\n", topic.name, topic.title())
	}
	fmt.Fprint(t, conclusion)
	return t.Flush()
}

// writeCommandHelp writes the help of one command: how to call it, what it does, examples, flags, topics.
func writeCommandHelp(w io.Writer, c *cli.Command) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	usage := strings.ToUpper(c.Usage[:1]) + c.Usage[1:]
	fmt.Fprintf(t, "usage: %s\n\n%s.\n\n%s\n", strings.TrimSpace(program+" "+c.Name+" [flags] "+c.ArgsUsage), usage, c.Description)
	for _, g := range flagGroups {
		writeFlags(t, g.title, g.of(c))
	}
	if names := topicsOf[c.Name]; len(names) > 0 {
		fmt.Fprintf(t, "Topics ('%s help TOPIC'): %s\n", program, strings.Join(names, ", "))
	}
	return t.Flush()
}

// A flagGroup is what some flags have in common; the last group has all that no other names.
type flagGroup struct {
	title string
	flags []string
}

var flagGroups = []flagGroup{
	{"What to undo, or to show:", []string{"cluster", "only", "except", "if-image", "if-revision", "snapshot", "since", "limit", "schedules"}},
	{"How far:", []string{"again", "as-of", "to", "guess", "whole"}},
	{"How:", []string{"dry-run", "no-wait", "timeout", "batch", "strict", "no-pin", "no-image-check", "sidecar", "copy-tag", "store", "with-definitions"}},
	{"Output:", []string{"output", "diff", "git", "capture", "verbose", "quiet", "no-color"}},
	{"AWS and settings:", nil},
}

func (g flagGroup) has(flag string) bool {
	if g.flags != nil {
		return slices.Contains(g.flags, flag)
	}
	return !slices.ContainsFunc(flagGroups, func(other flagGroup) bool { return slices.Contains(other.flags, flag) })
}

// of gives the flags of a command that are in the group, in its order.
func (g flagGroup) of(c *cli.Command) []cli.Flag {
	own, _ := split(c.Flags, func(f cli.Flag) bool { return g.has(f.Names()[0]) })
	slices.SortStableFunc(own, func(a, b cli.Flag) int {
		return slices.Index(g.flags, a.Names()[0]) - slices.Index(g.flags, b.Names()[0])
	})
	return own
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
