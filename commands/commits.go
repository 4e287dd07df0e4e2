package commands

import (
	"context"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/git"
	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

func gitFlag() cli.Flag {
	return &cli.StringFlag{Name: "git", Usage: "show the commits of image tags, from repository `DIR`"}
}

// newCommits gives nil if neither --git nor the setting repositories names a repository.
func newCommits(c *cli.Context, s settings.Settings) *git.Commits {
	var repositories []git.Repository
	for _, r := range s.Repositories.Is {
		repositories = append(repositories, git.Repository{Match: r.Services.Match, Dir: r.Dir})
	}
	if dir := c.String("git"); dir != "" {
		repositories = []git.Repository{{Match: func(string) bool { return true }, Dir: dir}}
	}
	if len(repositories) == 0 {
		return nil
	}
	cs := &git.Commits{Repositories: repositories, Warn: c.App.ErrWriter}
	if c.Bool("verbose") {
		cs.Explain = c.App.ErrWriter
	}
	return cs
}

// beginCommits reads the commits of a plan's steps while other things go on. They are known when the group is done.
func beginCommits(ctx context.Context, cs *git.Commits, steps []*ecs.Step) *sync.WaitGroup {
	var reading sync.WaitGroup
	if cs == nil {
		return &reading
	}
	var uses []git.Use
	for _, s := range steps {
		uses = append(uses, git.Use{Service: s.Service, Version: s.From}, git.Use{Service: s.Service, Version: s.To})
	}
	reading.Go(func() { cs.Read(ctx, uses) })
	return &reading
}

// fillCommits adds the commits to a version's images.
func fillCommits(cs *git.Commits, service string, v ecs.Version, images []jsonImage) {
	for i := range images {
		images[i].Commit = newJSONCommit(cs.OfImage(service, v.Images[i]))
	}
}

// commitChange says what commits a step takes back and goes to.
func commitChange(cs *git.Commits, s *ecs.Step) string {
	from, to := cs.Of(s.Service, s.From), cs.Of(s.Service, s.To)
	switch {
	case from == nil && to == nil:
		return ""
	case from == to || to != nil && from != nil && from.Hash == to.Hash || from != nil && !s.To.Known():
		return from.String()
	case from == nil:
		return "→ " + to.String()
	case to == nil:
		return from.String() + " →"
	}
	return from.String() + " → " + to.String()
}

// A jsonCommit is a commit in JSON.
type jsonCommit struct {
	Hash    string `json:"hash"`
	Subject string `json:"subject"`
	Author  string `json:"author"`
	At      string `json:"at,omitempty"` // when it was written
}

func newJSONCommit(c *git.Commit) *jsonCommit {
	if c == nil {
		return nil
	}
	return &jsonCommit{c.Hash, c.Subject, c.Author, show.Time(c.At)}
}
