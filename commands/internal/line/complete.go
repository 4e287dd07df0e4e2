package line

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/show"
)

// CompleteWord is the hidden command that the shells' scripts call.
const CompleteWord = "__complete"

// A Candidate is something that the word under the cursor may become.
type Candidate struct{ Value, About string }

// Files stands for the names of files, which the shell knows best.
var Files = Candidate{About: "files"}

// Candidates makes candidates of which nothing is said.
func Candidates(values ...string) []Candidate {
	var all []Candidate
	for _, v := range values {
		all = append(all, Candidate{Value: v})
	}
	return all
}

// A Question is a command line up to the cursor.
type Question struct {
	Tree     []*cli.Command
	Command  *cli.Command // nil: none is named yet
	Args     []string     // of the command, before the cursor
	Flag     string       // the flag whose value is to be completed; empty: none
	Argument string       // the argument that is to be completed, as ArgsUsage names it; empty: none

	line    commandLine // before the word under the cursor
	current string      // the word under the cursor, as far as it is there
	prefix  string      // --output= of a flag's value in the same word
}

// Complete writes what the last of words may become, a line each, with a tab before what is said about it. An empty value
// with "files" after the tab asks the shell for names of files. What flags and arguments may be is for names to say, also
// what does not fit what is there of the word.
func Complete(w io.Writer, tree []*cli.Command, words []string, names func(*Question) []Candidate) {
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		words = []string{""}
	}
	q := newQuestion(tree, words)
	for _, c := range q.answer(names) {
		switch value := q.prefix + c.Value; {
		case c == Files:
			fmt.Fprintf(w, "\t%s\n", c.About)
		case strings.HasPrefix(value, q.current):
			fmt.Fprintf(w, "%s\t%s\n", show.Clean(value), show.Clean(c.About))
		}
	}
}

func newQuestion(tree []*cli.Command, words []string) *Question {
	before, current := words[:len(words)-1], words[len(words)-1]
	q := &Question{Tree: tree, line: lex(before, FlagsOf(tree...)), current: current}
	command, rest := findCommand(tree, q.line.words)
	q.Command = command
	for _, w := range rest {
		q.Args = append(q.Args, w.text)
	}
	q.Args = append(q.Args, q.line.rest...)
	if n := len(q.line.flags); n > 0 && q.line.flags[n-1].missing && q.line.flags[n-1].next == "" && !q.line.dashed {
		q.Flag = q.line.flags[n-1].name
		return q
	}
	if name, _, has := strings.Cut(current, "="); has && looksLikeFlag(current) && !q.line.dashed {
		if kind, ok := FlagsOf(tree...)[strings.TrimLeft(name, "-")]; ok {
			q.Flag, q.prefix = kind.Name, name+"="
		}
	}
	return q
}

// answer gives all candidates, also those that do not fit what is there of the word.
func (q *Question) answer(names func(*Question) []Candidate) []Candidate {
	switch {
	case q.Flag != "":
		return names(q)
	case looksLikeFlag(q.current) && !q.line.dashed || q.current == "-":
		return q.flags()
	case q.Command == nil:
		return q.CommandWords()
	case q.line.dashed:
		return q.arguments(names)
	}
	return append(q.CommandWords(), q.arguments(names)...)
}

// CommandWords gives the words that continue the command's name.
func (q *Question) CommandWords() []Candidate {
	typed := ""
	for _, w := range q.line.words {
		typed += w.text + " "
	}
	var words []Candidate
	for _, c := range q.Tree {
		rest, ok := strings.CutPrefix(c.Name, typed)
		if !ok || c.Hidden {
			continue
		}
		word, more, _ := strings.Cut(rest, " ")
		if i := slices.IndexFunc(words, func(w Candidate) bool { return w.Value == word }); i < 0 {
			about := c.Usage
			if more != "" {
				about = ""
			}
			words = append(words, Candidate{word, about})
		}
	}
	return words
}

// flags gives the flags that the command has, without those that are there already.
func (q *Question) flags() []Candidate {
	if q.Command == nil {
		return []Candidate{{"--help", "show the help"}, {"--version", "show the version"}}
	}
	var flags []Candidate
	for _, f := range q.Command.Flags {
		name := f.Names()[0]
		if q.line.uses(name) && !FlagsOf(q.Command)[name].Repeatable {
			continue
		}
		flags = append(flags, Candidate{"--" + name, strings.ReplaceAll(f.(cli.DocGenerationFlag).GetUsage(), "`", "")})
	}
	return append(flags, Candidate{"--help", "show the help"})
}

// arguments gives what may stand as the next argument of the command.
func (q *Question) arguments(names func(*Question) []Candidate) []Candidate {
	usage, several := strings.CutSuffix(q.Command.ArgsUsage, "...")
	if len(q.Args) > 0 && !several {
		return nil
	}
	q.Argument = usage
	return slices.DeleteFunc(names(q), func(c Candidate) bool { return slices.Contains(q.Args, c.Value) })
}

// Invocation gives the line up to the cursor as one of command, without what it does not know.
func (q *Question) Invocation(command *cli.Command) Invocation {
	inv := Invocation{Command: command, Args: q.Args}
	own := FlagsOf(command)
	for _, f := range q.line.flags {
		if _, ok := own[f.name]; ok && !f.missing && f.name != "help" {
			inv.Flags = append(inv.Flags, "--"+f.name+"="+f.value)
		}
	}
	return inv
}
