package line

import (
	"slices"
	"strings"
)

// A commandLine is a command line cut into what its tokens are, before anything is known about the command.
type commandLine struct {
	flags  []flagUse
	words  []word   // neither flags nor their values, before --
	rest   []string // behind --
	dashed bool     // there is a --
}

// A word is a token that may be part of the command's name or an argument.
type word struct {
	text string
	at   int // its place in the arguments
}

// A flagUse is a flag as it was written.
type flagUse struct {
	spelled string // --only, -c
	name    string // canonical, or as spelled if no command has such a flag
	value   string // "true" for a flag that takes none
	missing bool   // it takes a value, and none is there
	next    string // what follows instead of the value
}

func (l commandLine) uses(flag string) bool {
	return slices.ContainsFunc(l.flags, func(f flagUse) bool { return f.name == flag })
}

// lex cuts args. A flag that takes a value takes the next token, unless that looks like a flag itself: --store --dry-run is
// a forgotten value, and taking it for one would turn a dry run into a real one.
func lex(args []string, known map[string]FlagKind) commandLine {
	var line commandLine
	for i := 0; i < len(args); i++ {
		switch token := args[i]; {
		case token == "--":
			line.dashed, line.rest = true, args[i+1:]
			return line
		case !looksLikeFlag(token):
			line.words = append(line.words, word{token, i})
		default:
			uses := readFlag(token, known)
			last := &uses[len(uses)-1]
			if last.missing && i+1 < len(args) {
				if looksLikeFlag(args[i+1]) {
					last.next = args[i+1]
				} else {
					last.value, last.missing = args[i+1], false
					i++
				}
			}
			line.flags = append(line.flags, uses...)
		}
	}
	return line
}

func looksLikeFlag(token string) bool { return len(token) > 1 && token[0] == '-' }

// readFlag reads one token: --name, --name=value, -c, -c=value, -cvalue, or several letters in one, as -vq.
func readFlag(token string, known map[string]FlagKind) []flagUse {
	body := strings.TrimPrefix(strings.TrimPrefix(token, "-"), "-")
	name, value, hasValue := strings.Cut(body, "=")
	spelled := token[:len(token)-len(body)] + name
	if kind, ok := known[name]; ok {
		return []flagUse{use(spelled, kind, value, hasValue)}
	}
	if strings.HasPrefix(token, "--") || len(body) < 2 || isSlip(name, known) {
		return []flagUse{{spelled: spelled, name: name}}
	}
	if kind, ok := known[body[:1]]; ok && kind.TakesValue {
		return []flagUse{use("-"+body[:1], kind, body[1:], true)}
	}
	var uses []flagUse
	for _, letter := range body {
		kind, ok := known[string(letter)]
		if !ok || kind.TakesValue {
			return []flagUse{{spelled: spelled, name: name}}
		}
		uses = append(uses, use("-"+string(letter), kind, "", false))
	}
	return uses
}

// isSlip reports whether name is nearly a long flag's: -clutser is no -c with the value lutser.
func isSlip(name string, known map[string]FlagKind) bool {
	return Nearest(name, longNames(known)) != ""
}

// longNames gives the spellings that have more than one letter.
func longNames(known map[string]FlagKind) []string {
	var long []string
	for spelling := range known {
		if len(spelling) > 1 {
			long = append(long, spelling)
		}
	}
	return long
}

func use(spelled string, kind FlagKind, value string, hasValue bool) flagUse {
	f := flagUse{spelled: spelled, name: kind.Name, value: value, missing: kind.TakesValue && !hasValue}
	if !kind.TakesValue && !hasValue {
		f.value = "true"
	}
	return f
}
