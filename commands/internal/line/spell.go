package line

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ecsundo/ecsundo/commands/internal/show"
)

// Spell writes a command line for a shell.
func Spell(args []string) string {
	words := []string{Program}
	for _, a := range args {
		words = append(words, Quote(a))
	}
	return strings.Join(words, " ")
}

// Plain matches what a shell takes as it is.
var Plain = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// Quote spells s for a shell.
func Quote(s string) string {
	if Plain.MatchString(s) {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`").Replace(show.Clean(s)) + `"`
}

// WithValue gives a command line in which a flag has another value.
func WithValue(args []string, flag, value string) []string {
	args = slices.Clone(args)
	for i, arg := range args {
		name, _, joined := strings.Cut(arg, "=")
		switch {
		case arg == "--":
			return args
		case name != flag && "-"+name != flag:
		case joined:
			args[i] = name + "=" + value
		case i+1 < len(args):
			args[i+1] = value
		}
	}
	return args
}

// WithoutFlag gives a command line without a flag that takes no value.
func WithoutFlag(args []string, flag string) []string {
	var rest []string
	for i, arg := range args {
		if arg == "--" {
			return append(rest, args[i:]...)
		}
		if name, _, _ := strings.Cut(arg, "="); name != flag && "-"+name != flag {
			rest = append(rest, arg)
		}
	}
	return rest
}

// WithoutValue gives a command line without a flag that takes a value.
func WithoutValue(args []string, flag string) []string {
	var rest []string
	for i := 0; i < len(args); i++ {
		name, _, joined := strings.Cut(args[i], "=")
		switch {
		case args[i] == "--":
			return append(rest, args[i:]...)
		case name != flag && "-"+name != flag:
			rest = append(rest, args[i])
		case !joined:
			i++
		}
	}
	return rest
}
