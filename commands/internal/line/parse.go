package line

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// An Invocation is a command line, read and found right as far as the command tree can tell.
type Invocation struct {
	Command *cli.Command // nil: none was named
	Help    bool         // --help, -h or the word help was there
	Version bool         // --version was there
	Flags   []string     // --name=value, canonical names
	Args    []string     // what is left, word by word
}

// Argv spells the invocation so that urfave/cli, which stops reading flags at the first argument, reads all of it.
func (i Invocation) Argv() []string {
	return slices.Concat([]string{Program, i.Command.Name}, i.Flags, []string{"--"}, i.Args)
}

// Parse reads a command line (without the program's name) against the command tree.
//
// Flags may stand anywhere, also before the command; a command may have two words; "--" ends flags and commands. What
// could be a slip of the hand is refused here, before anything else happens: a flag or command that does not exist, a
// missing or empty value, a command word after an argument.
func Parse(commands []*cli.Command, args []string) (Invocation, error) {
	line := lex(args, FlagsOf(commands...))
	command, words := findCommand(commands, line.words)
	inv := Invocation{Command: command, Help: line.uses("help"), Version: line.uses("version")}
	if command != nil && len(words) == 1 && words[0].text == "help" && !line.dashed {
		inv.Help = true // ecsundo cluster help
	}
	if command == nil && len(words) == 1 && words[0].text == "version" {
		inv.Version = true
		return inv, nil
	}
	if inv.Help && (command != nil || len(words) == 0) {
		return inv, nil
	}
	if inv.Version && command == nil {
		if len(words) == 0 {
			return inv, nil
		}
		return inv, Usagef(fmt.Sprintf("usage: %s --version", Program), "unexpected argument: %q", words[0].text)
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
		inv.Flags = append(inv.Flags, "--"+f.name+"="+f.value)
	}
	for _, w := range words {
		inv.Args = append(inv.Args, w.text)
	}
	inv.Args = append(inv.Args, line.rest...)
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

// A FlagKind is what a flag's spelling stands for.
type FlagKind struct {
	Name       string // canonical: cluster for -c
	TakesValue bool
	Repeatable bool
}

// FlagsOf gives the flags of the commands by each of their spellings, with --help and --version.
func FlagsOf(commands ...*cli.Command) map[string]FlagKind {
	kinds := map[string]FlagKind{"help": {Name: "help"}, "h": {Name: "help"}, "version": {Name: "version"}, "V": {Name: "version"}}
	for _, c := range commands {
		for _, f := range c.Flags {
			kind := FlagKind{Name: f.Names()[0], TakesValue: true}
			switch f.(type) {
			case *cli.BoolFlag:
				kind.TakesValue = false
			case *cli.StringSliceFlag:
				kind.Repeatable = true
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
	own := FlagsOf(command)
	seen := map[string]string{}
	for _, f := range flags {
		kind, ok := own[f.name]
		if !ok {
			return unknownFlag(commands, command, f)
		}
		if err := checkValue(f, kind); err != nil {
			return err
		}
		if before, twice := seen[f.name]; twice && before != f.value && !kind.Repeatable {
			return Usagef("", "%s is given twice: %q and %q", f.spelled, before, f.value)
		}
		seen[f.name] = f.value
	}
	return nil
}

// checkValue refuses a value that is missing or empty, and one of a flag that takes none.
func checkValue(f flagUse, kind FlagKind) error {
	switch {
	case !kind.TakesValue:
		if _, err := strconv.ParseBool(f.value); err != nil {
			return Usagef(fmt.Sprintf("write only %s", f.spelled), "%s takes no value, and %q was given", f.spelled, f.value)
		}
	case f.missing && f.next != "":
		return Usagef(fmt.Sprintf("if the value is really %q, write %s=%s", f.next, f.spelled, Quote(f.next)),
			"%s needs a value, and %s follows", f.spelled, f.next)
	case f.missing:
		return Usagef("", "%s needs a value", f.spelled)
	case strings.TrimSpace(f.value) == "":
		return Usagef("perhaps a shell variable is not set", "the value of %s is empty", f.spelled)
	}
	return nil
}
