package commands

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
)

// completeWord is the hidden command that the shells' scripts call.
const completeWord = "__complete"

// impatience is how long somebody who has pressed Tab waits.
const impatience = 900 * time.Millisecond

// A candidate is something that the word under the cursor may become.
type candidate struct{ value, about string }

// files stands for the names of files, which the shell knows best.
var files = candidate{about: "files"}

// complete writes what the last of words may become, a line each, with a tab before what is said about it. An empty value
// with "files" after the tab asks the shell for names of files. Errors are silent, and nothing is changed.
func complete(ctx context.Context, tree []*cli.Command, words []string, stdout io.Writer) {
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		words = []string{""}
	}
	ctx, cancel := context.WithTimeout(ctx, impatience)
	defer cancel()
	q := newQuestion(tree, words)
	for _, c := range q.answer(ctx) {
		switch value := q.prefix + c.value; {
		case c == files:
			fmt.Fprintf(stdout, "\t%s\n", c.about)
		case strings.HasPrefix(value, q.current):
			fmt.Fprintf(stdout, "%s\t%s\n", clean(value), clean(c.about))
		}
	}
}

// A question is a command line up to the cursor.
type question struct {
	tree    []*cli.Command
	line    commandLine  // before the word under the cursor
	command *cli.Command // nil: none is named yet
	args    []string     // of the command, before the cursor
	current string       // the word under the cursor, as far as it is there
	prefix  string       // --output= of a flag's value in the same word
	flag    string       // the flag whose value is to be completed; empty: none
}

func newQuestion(tree []*cli.Command, words []string) *question {
	before, current := words[:len(words)-1], words[len(words)-1]
	q := &question{tree: tree, line: lex(before, flagsOf(tree...)), current: current}
	command, rest := findCommand(tree, q.line.words)
	q.command = command
	for _, w := range rest {
		q.args = append(q.args, w.text)
	}
	q.args = append(q.args, q.line.rest...)
	if n := len(q.line.flags); n > 0 && q.line.flags[n-1].missing && q.line.flags[n-1].next == "" && !q.line.dashed {
		q.flag = q.line.flags[n-1].name
		return q
	}
	if name, _, has := strings.Cut(current, "="); has && looksLikeFlag(current) && !q.line.dashed {
		if kind, ok := flagsOf(tree...)[strings.TrimLeft(name, "-")]; ok {
			q.flag, q.prefix = kind.name, name+"="
		}
	}
	return q
}

// answer gives all candidates, also those that do not fit what is there of the word.
func (q *question) answer(ctx context.Context) []candidate {
	switch {
	case q.flag != "":
		return q.values(ctx)
	case looksLikeFlag(q.current) && !q.line.dashed || q.current == "-":
		return q.flags()
	case q.command == nil:
		return q.commandWords()
	case q.line.dashed:
		return q.arguments(ctx)
	}
	return append(q.commandWords(), q.arguments(ctx)...)
}

// commandWords gives the words that continue the command's name.
func (q *question) commandWords() []candidate {
	typed := ""
	for _, w := range q.line.words {
		typed += w.text + " "
	}
	var words []candidate
	for _, c := range q.tree {
		rest, ok := strings.CutPrefix(c.Name, typed)
		if !ok || c.Hidden {
			continue
		}
		word, more, _ := strings.Cut(rest, " ")
		if i := slices.IndexFunc(words, func(w candidate) bool { return w.value == word }); i < 0 {
			about := c.Usage
			if more != "" {
				about = ""
			}
			words = append(words, candidate{word, about})
		}
	}
	return words
}

// flags gives the flags that the command has, without those that are there already.
func (q *question) flags() []candidate {
	if q.command == nil {
		return []candidate{{"--help", "show the help"}, {"--version", "show the version"}}
	}
	var flags []candidate
	for _, f := range q.command.Flags {
		name := f.Names()[0]
		if q.line.uses(name) && !flagsOf(q.command)[name].repeatable {
			continue
		}
		flags = append(flags, candidate{"--" + name, strings.ReplaceAll(f.(cli.DocGenerationFlag).GetUsage(), "`", "")})
	}
	return append(flags, candidate{"--help", "show the help"})
}

// values gives what may be said to a flag.
func (q *question) values(ctx context.Context) []candidate {
	switch q.flag {
	case "output":
		return plain("text", "json", "markdown")
	case "profile":
		return plain(awsProfiles()...)
	case "cluster":
		return q.ask(ctx, clusterNames)
	case "only", "except":
		return q.ask(ctx, serviceNames)
	case "if-image":
		return q.ask(ctx, imageTags)
	case "snapshot":
		return append(q.ask(ctx, snapshotNames), files)
	case "to":
		return q.ask(ctx, revisions)
	case "config", "store", "git":
		return []candidate{files}
	}
	return nil
}

// arguments gives what may stand as the next argument of the command.
func (q *question) arguments(ctx context.Context) []candidate {
	usage, several := strings.CutSuffix(q.command.ArgsUsage, "...")
	if len(q.args) > 0 && !several {
		return nil
	}
	var all []candidate
	switch usage {
	case "CLUSTER":
		all = q.ask(ctx, clusterNames)
	case "SERVICE":
		all = q.ask(ctx, serviceNames)
	case "bash|zsh|fish":
		all = plain(strings.Split(usage, "|")...)
	case "[COMMAND]":
		all = (&question{tree: q.tree}).commandWords()
	}
	return slices.DeleteFunc(all, func(c candidate) bool { return slices.Contains(q.args, c.value) })
}

func plain(values ...string) []candidate {
	var all []candidate
	for _, v := range values {
		all = append(all, candidate{value: v})
	}
	return all
}

// ask has AWS asked by a function that gets the flags as the command would, settings included. What is not there when the
// time is up is left out.
func (q *question) ask(ctx context.Context, list func(*cli.Context) []candidate) []candidate {
	if q.command == nil {
		return nil
	}
	answer := make(chan []candidate, 1)
	command := *q.command
	command.Action = func(c *cli.Context) error {
		answer <- list(c)
		return nil
	}
	inv := invocation{command: &command, args: q.args}
	own := flagsOf(&command)
	for _, f := range q.line.flags {
		if _, ok := own[f.name]; ok && !f.missing && f.name != "help" {
			inv.flags = append(inv.flags, "--"+f.name+"="+f.value)
		}
	}
	app := newApp([]*cli.Command{&command}, strings.NewReader(""), io.Discard, io.Discard)
	app.Metadata = map[string]any{}
	go func() {
		_ = app.RunContext(ctx, inv.argv())
		answer <- nil
	}()
	select {
	case all := <-answer:
		return all
	case <-ctx.Done():
		return nil
	}
}
