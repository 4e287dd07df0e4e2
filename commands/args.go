package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// An invocation is a command line, read and found right as far as the command tree can tell.
type invocation struct {
	command *cli.Command // nil: none was named
	help    bool         // --help, -h or the word help was there
	version bool         // --version was there
	flags   []string     // --name=value, canonical names
	args    []string     // what is left, word by word
}

// argv spells the invocation so that urfave/cli, which stops reading flags at the first argument, reads all of it.
func (i invocation) argv() []string {
	return slices.Concat([]string{program, i.command.Name}, i.flags, []string{"--"}, i.args)
}

// parseArgs reads a command line (without the program's name) against the command tree.
//
// Flags may stand anywhere, also before the command; a command may have two words; "--" ends flags and commands. What
// could be a slip of the hand is refused here, before anything else happens: a flag or command that does not exist, a
// missing or empty value, a command word after an argument.
func parseArgs(commands []*cli.Command, args []string) (invocation, error) {
	line := lex(args, flagsOf(commands...))
	command, words := findCommand(commands, line.words)
	inv := invocation{command: command, help: line.uses("help"), version: line.uses("version")}
	if command != nil && len(words) == 1 && words[0].text == "help" && !line.dashed {
		inv.help = true // ecsundo cluster help
	}
	if inv.help && (command != nil || len(words) == 0) {
		return inv, nil
	}
	if inv.version && command == nil && len(words) == 0 {
		return inv, nil
	}
	if command == nil {
		return inv, unknownCommand(commands, line, args)
	}
	if err := checkFlags(commands, command, line.flags); err != nil {
		return inv, err
	}
	if err := strayCommandWord(commands, command, words, args); err != nil {
		return inv, err
	}
	for _, f := range line.flags {
		inv.flags = append(inv.flags, "--"+f.name+"="+f.value)
	}
	for _, w := range words {
		inv.args = append(inv.args, w.text)
	}
	inv.args = append(inv.args, line.rest...)
	return inv, nil
}

// findCommand takes the command's name, one word or two, from the front of words and gives what is left.
func findCommand(commands []*cli.Command, words []word) (*cli.Command, []word) {
	for n := min(2, len(words)); n > 0; n-- {
		name := words[0].text
		if n == 2 {
			name += " " + words[1].text
		}
		for _, c := range commands {
			if c.HasName(name) {
				return c, words[n:]
			}
		}
	}
	return nil, words
}

// A flagKind is what a flag's spelling stands for.
type flagKind struct {
	name       string // canonical: cluster for -c
	takesValue bool
	repeatable bool
}

// flagsOf gives the flags of the commands by each of their spellings, with --help and --version.
func flagsOf(commands ...*cli.Command) map[string]flagKind {
	kinds := map[string]flagKind{"help": {name: "help"}, "h": {name: "help"}, "version": {name: "version"}}
	for _, c := range commands {
		for _, f := range c.Flags {
			kind := flagKind{name: f.Names()[0], takesValue: true}
			switch f.(type) {
			case *cli.BoolFlag:
				kind.takesValue = false
			case *cli.StringSliceFlag:
				kind.repeatable = true
			}
			for _, spelling := range f.Names() {
				kinds[spelling] = kind
			}
		}
	}
	return kinds
}

// checkFlags refuses the first flag that command does not have, or that is not used as it should be.
func checkFlags(commands []*cli.Command, command *cli.Command, flags []flagUse) error {
	own := flagsOf(command)
	seen := map[string]string{}
	for _, f := range flags {
		kind, ok := own[f.name]
		if !ok {
			return unknownFlag(commands, command, f)
		}
		if err := checkValue(f, kind); err != nil {
			return err
		}
		if before, twice := seen[f.name]; twice && before != f.value && !kind.repeatable {
			return usagef("", "%s is given twice: %q and %q", f.spelled, before, f.value)
		}
		seen[f.name] = f.value
	}
	return nil
}

// checkValue refuses a value that is missing or empty, and one of a flag that takes none.
func checkValue(f flagUse, kind flagKind) error {
	switch {
	case !kind.takesValue:
		if _, err := strconv.ParseBool(f.value); err != nil {
			return usagef(fmt.Sprintf("write it alone: %s", f.spelled), "%s takes no value, and %q was given", f.spelled, f.value)
		}
	case f.missing && f.next != "":
		return usagef(fmt.Sprintf("if the value is really %q, write %s=%s", f.next, f.spelled, quote(f.next)),
			"%s needs a value, and %s follows", f.spelled, f.next)
	case f.missing:
		return usagef("", "%s needs a value, and nothing follows", f.spelled)
	case strings.TrimSpace(f.value) == "":
		return usagef("a shell variable that is not set?", "the value of %s is empty", f.spelled)
	}
	return nil
}
