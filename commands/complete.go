package commands

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/settings"
)

// impatience is how long somebody who has pressed Tab waits.
const impatience = 900 * time.Millisecond

// complete answers the shells' scripts. Errors are silent, and nothing is changed.
func complete(ctx context.Context, tree []*cli.Command, words []string, stdout io.Writer) {
	ctx, cancel := wall.WithTimeout(ctx, impatience)
	defer cancel()
	line.Complete(stdout, tree, words, func(q *line.Question) []line.Candidate { return candidates(ctx, q) })
}

// candidates gives what a flag or an argument may be.
func candidates(ctx context.Context, q *line.Question) []line.Candidate {
	switch q.Flag {
	case "output":
		return line.Candidates(settings.Forms...)
	case "profile":
		return line.Candidates(awsProfiles()...)
	case "cluster":
		return ask(ctx, q, clusterNames)
	case "only", "except":
		return ask(ctx, q, serviceNames)
	case "if-image":
		return ask(ctx, q, imageTags)
	case "snapshot":
		return append(ask(ctx, q, snapshotNames), line.Files)
	case "to":
		return ask(ctx, q, revisions)
	case "config", "store", "git":
		return []line.Candidate{line.Files}
	}
	switch q.Argument {
	case "CLUSTER":
		return ask(ctx, q, clusterNames)
	case "SERVICE":
		return ask(ctx, q, serviceNames)
	case "SHELL":
		return line.Candidates(sortedKeys(completionScripts())...)
	case "[COMMAND|TOPIC]":
		return append((&line.Question{Tree: q.Tree}).CommandWords(), line.Candidates(topicNames...)...)
	}
	return nil
}

// A lister has AWS asked for names.
type lister func(c *cli.Context, s settings.Settings) []line.Candidate

// ask has AWS asked by a lister that gets flags and settings as the command would. What is not there when the time is up is
// left out.
func ask(ctx context.Context, q *line.Question, list lister) []line.Candidate {
	if q.Command == nil {
		return nil
	}
	answer := make(chan []line.Candidate, 1)
	command := *q.Command
	command.Action = withSettings(func(c *cli.Context, s settings.Settings) error {
		answer <- list(c, s)
		return nil
	})
	app := newApp([]*cli.Command{&command}, strings.NewReader(""), io.Discard, io.Discard)
	go func() {
		_ = app.RunContext(ctx, q.Invocation(&command).Argv())
		answer <- nil
	}()
	select {
	case all := <-answer:
		return all
	case <-ctx.Done():
		return nil
	}
}
