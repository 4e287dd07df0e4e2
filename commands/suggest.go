package commands

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/urfave/cli/v2"
)

// nearest gives the candidate that s was most likely meant to be: at most two letters off, or begun and not finished.
// It is empty if none is that near.
func nearest(s string, candidates []string) string {
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
	help := fmt.Sprintf("the flags of this command: '%s %s --help'", program, command.Name)
	if owners := ownersOf(commands, f.name); len(owners) > 0 {
		others := strings.Join(owners[:min(2, len(owners))], ", ")
		if len(owners) > 2 {
			others += fmt.Sprintf(" and %d more", len(owners)-2)
		}
		return usagef(help, "%s is not a flag of '%s %s', but of %s", f.spelled, program, command.Name, others)
	}
	if near := nearest(f.name, longNames(flagsOf(command))); near != "" {
		help = fmt.Sprintf("nearest is --%s; %s", near, help)
	}
	return usagef(help, "'%s %s' has no flag %s", program, command.Name, f.spelled)
}

// ownersOf names the commands that have a flag.
func ownersOf(commands []*cli.Command, flag string) []string {
	var owners []string
	for _, c := range commands {
		if _, ok := flagsOf(c)[flag]; ok {
			owners = append(owners, fmt.Sprintf("'%s %s'", program, c.Name))
		}
	}
	return owners
}

// unknownCommand refuses a line that names no command, with the line that was probably meant.
func unknownCommand(commands []*cli.Command, line commandLine, args []string) error {
	all := fmt.Sprintf("all commands: '%s help'", program)
	known := flagsOf(commands...)
	for _, f := range line.flags {
		if _, ok := known[f.name]; !ok {
			hint := all
			if near := nearest(f.name, longNames(known)); near != "" {
				hint = "nearest is --" + near
			}
			return usagef(hint, "no command has a flag %s", f.spelled)
		}
	}
	if len(line.words) == 0 {
		return usagef(all, "no command is given before --")
	}
	first := line.words[0]
	if first.text == "" {
		return usagef("a shell variable that is not set?", "the command's name is empty")
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
		return usagef(fmt.Sprintf("to undo a cluster of that name: '%s'; %s", retype(args, first.at, "cluster", first.text), all),
			"no command %q", first.text)
	}
	var lines []string
	for _, name := range meant {
		lines = append(lines, "'"+retype(args, first.at, strings.Fields(name)...)+"'")
	}
	return usagef("nearest is "+strings.Join(lines, " or "), "no command %q", first.text)
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
		if near := nearest(s, names); near != "" {
			return []string{near}
		}
		s = nearest(s, seconds)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		_, second, ok := strings.Cut(name, " ")
		return !ok || second != s
	})
}

// strayCommandWord refuses a word of the command's family behind an argument: in 'cluster prod snapshot' nobody wants to
// undo a cluster named snapshot. A first argument that is nearly such a word, with more behind it, is one as well.
func strayCommandWord(commands []*cli.Command, command *cli.Command, words []word, args []string) error {
	family := subwords(commands, command)
	for i, w := range words {
		sub := w.text
		if i == 0 && len(words) > 1 {
			sub = nearest(w.text, family)
		}
		if !slices.Contains(family, sub) {
			continue
		}
		right := slices.Concat(args[:w.at], args[w.at+1:])
		at := slices.Index(right, command.Name)
		return usagef(fmt.Sprintf("write '%s'; if %q is really a name: '%s'",
			retype(right, at, command.Name, sub), w.text, asArgument(args, w.at)),
			"%q stands where a name should be", w.text)
	}
	return nil
}

// subwords gives the second words of the commands that begin with command's name.
func subwords(commands []*cli.Command, command *cli.Command) []string {
	var subs []string
	for _, c := range commands {
		if sub, ok := strings.CutPrefix(c.Name, command.Name+" "); ok {
			subs = append(subs, sub)
		}
	}
	return subs
}

// retype spells the command line with the token at place at replaced.
func retype(args []string, at int, by ...string) string {
	return spell(slices.Concat(args[:at], by, args[at+1:]))
}

// asArgument spells the command line so that the token at place at is an argument, whatever it says.
func asArgument(args []string, at int) string {
	return spell(slices.Concat(args[:at], args[at+1:], []string{"--", args[at]}))
}

func spell(args []string) string {
	words := []string{program}
	for _, a := range args {
		words = append(words, quote(a))
	}
	return strings.Join(words, " ")
}

// onService is the command line that undoes one service, also of one that is called as a command.
func onService(cluster, service string, flags ...string) []string {
	words := []string{"service", "-c", cluster}
	if slices.Contains([]string{"history", "help"}, service) {
		return slices.Concat(words, flags, []string{"--", service})
	}
	return slices.Concat(words, []string{service}, flags)
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// quote spells s for a shell.
func quote(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`").Replace(clean(s)) + `"`
}
