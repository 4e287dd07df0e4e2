package line

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/urfave/cli/v2"
)

// Nearest gives the candidate that s was most likely meant to be: at most two letters off, or begun and not finished.
// It is empty if none is that near.
func Nearest(s string, candidates []string) string {
	best, distance := "", min(3, len(s))
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		d := levenshtein.Distance(strings.ToLower(s), strings.ToLower(c), nil)
		if d >= 2 && len(s) >= 3 && strings.HasPrefix(c, s) {
			d = 2
		}
		if d < distance {
			best, distance = c, d
		}
	}
	return best
}

// unknownFlag refuses a flag that command does not have, and says which one was meant or which command has it.
func unknownFlag(commands []*cli.Command, command *cli.Command, f flagUse) error {
	if f.name == "no-guess" {
		return Usagef("omit it: that is what every undo does now; --guess guesses", "--no-guess is no longer a flag")
	}
	help := fmt.Sprintf("the flags of this command: '%s %s --help'", Program, command.Name)
	if owners := ownersOf(commands, f.name); len(owners) > 0 {
		others := strings.Join(owners[:min(2, len(owners))], ", ")
		if len(owners) > 2 {
			others += fmt.Sprintf(" and %d more", len(owners)-2)
		}
		return Usagef(help, "%s is not a flag of '%s %s', but of %s", f.spelled, Program, command.Name, others)
	}
	if near := Nearest(f.name, longNames(FlagsOf(command))); near != "" {
		help = fmt.Sprintf("nearest is --%s; %s", near, help)
	}
	return Usagef(help, "'%s %s' has no flag %s", Program, command.Name, f.spelled)
}

// ownersOf names the commands that have a flag.
func ownersOf(commands []*cli.Command, flag string) []string {
	var owners []string
	for _, c := range commands {
		if _, ok := FlagsOf(c)[flag]; ok {
			owners = append(owners, fmt.Sprintf("'%s %s'", Program, c.Name))
		}
	}
	return owners
}

// unknownCommand refuses a line that names no command, with the line that was probably meant.
func unknownCommand(commands []*cli.Command, line commandLine, args []string) error {
	all := fmt.Sprintf("all commands: '%s help'", Program)
	known := FlagsOf(commands...)
	for _, f := range line.flags {
		if _, ok := known[f.name]; !ok {
			hint := all
			if near := Nearest(f.name, longNames(known)); near != "" {
				hint = "nearest is --" + near
			}
			return Usagef(hint, "no command has a flag %s", f.spelled)
		}
	}
	if len(line.words) == 0 {
		return Usagef(all, "missing command before --")
	}
	first := line.words[0]
	if first.text == "" {
		return Usagef("perhaps a shell variable is not set", "the command name is empty")
	}
	if meant, ok := synonyms[first.text]; ok {
		return Usagef(fmt.Sprintf("perhaps: '%s'; %s", retypeAs(commands, args, first.at, meant), all), "no command %q", first.text)
	}
	meant := commandsLike(commands, first.text)
	if len(line.words) > 1 {
		swapped := line.words[1].text + " " + first.text // snapshot cluster prod
		if slices.Contains(meant, swapped) {
			args = slices.Delete(slices.Clone(args), line.words[1].at, line.words[1].at+1)
			meant = []string{swapped}
		}
	}
	if len(meant) == 0 {
		return Usagef(all, "no command %q", first.text)
	}
	var lines []string
	for _, name := range meant {
		lines = append(lines, "'"+retypeAs(commands, args, first.at, name)+"'")
	}
	return Usagef("nearest is "+strings.Join(lines, " or "), "no command %q", first.text)
}

// synonyms are words of other tools, and the commands that are meant.
var synonyms = map[string]string{
	"undo": "cluster", "rollback": "cluster", "roll-back": "cluster", "revert": "cluster",
	"status": "cluster history", "log": "cluster history", "deployments": "cluster history", "releases": "cluster history",
	"list": "clusters", "ls": "clusters",
}

// retypeAs spells the command line with the token at place at replaced by a command that is only supposed to be meant: where
// that could change something, as a dry run.
func retypeAs(commands []*cli.Command, args []string, at int, name string) string {
	i := slices.IndexFunc(commands, func(c *cli.Command) bool { return c.Name == name })
	if commands[i].ArgsUsage == "" {
		return Spell([]string{name})
	}
	by := strings.Fields(name)
	if _, changes := FlagsOf(commands[i])["dry-run"]; changes && !slices.Contains(args, "--dry-run") {
		by = append(by, "--dry-run")
	}
	return retype(args, at, by...)
}

// commandsLike gives the commands whose name, or whose second word, is s or near to it.
func commandsLike(commands []*cli.Command, s string) []string {
	var names, seconds []string
	for _, c := range commands {
		names = append(names, c.Name)
		if _, second, ok := strings.Cut(c.Name, " "); ok {
			seconds = append(seconds, second)
		}
	}
	if !slices.Contains(seconds, s) {
		if near := Nearest(s, names); near != "" {
			return []string{near}
		}
		s = Nearest(s, seconds)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		_, second, ok := strings.Cut(name, " ")
		return !ok || second != s
	})
}

// strayCommandWord refuses a word of the command's family behind an argument: in 'cluster prod snapshot' nobody wants to
// undo a cluster named snapshot. A first argument that is nearly such a word, with more behind it, is one as well.
func strayCommandWord(commands []*cli.Command, command *cli.Command, words []word, args []string) error {
	family := subwords(commands, command.Name)
	for i, w := range words {
		sub := w.text
		if i == 0 && len(words) > 1 {
			sub = Nearest(w.text, family)
		}
		if !slices.Contains(family, sub) {
			continue
		}
		right := slices.Concat(args[:w.at], args[w.at+1:])
		at := slices.Index(right, command.Name)
		return Usagef(fmt.Sprintf("write '%s'; if %q is really a name: '%s'",
			retype(right, at, command.Name, sub), w.text, asArgument(args, w.at)),
			"%q stands where a name should be", w.text)
	}
	return nil
}

// IsCommandWord reports whether word, as the first argument of a command, would be taken for a part of its name.
func IsCommandWord(commands []*cli.Command, command, word string) bool {
	return word == "help" || slices.Contains(subwords(commands, command), word)
}

// subwords gives the second words of the commands that begin with first.
func subwords(commands []*cli.Command, first string) []string {
	var subs []string
	for _, c := range commands {
		if sub, ok := strings.CutPrefix(c.Name, first+" "); ok {
			subs = append(subs, sub)
		}
	}
	return subs
}

// retype spells the command line with the token at place at replaced.
func retype(args []string, at int, by ...string) string {
	return Spell(slices.Concat(args[:at], by, args[at+1:]))
}

// asArgument spells the command line so that the token at place at is an argument, whatever it says.
func asArgument(args []string, at int) string {
	return Spell(slices.Concat(args[:at], args[at+1:], []string{"--", args[at]}))
}
