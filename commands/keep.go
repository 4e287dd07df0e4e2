package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/snapshot"
)

// keep writes what is about to change into the store, before the first change, so that it can be taken back whatever becomes
// of us. It gives the commands that do that. A store that somebody chose has to take it; the default one need not, since a
// container's home may be read-only.
func (ch change) keep(ctx context.Context, jobs []job) (takeBack []string, err error) {
	for _, j := range jobs {
		before := changing(j.plan)
		if len(before.Services) == 0 {
			continue
		}
		entry, err := ch.keepOne(ctx, j.client, before)
		switch {
		case err == nil:
			takeBack = append(takeBack, ch.restoreCommand(j.plan.Cluster, entry.Name))
		case ch.store.configured || ctx.Err() != nil:
			return nil, &failure{asked: "keep what runs in cluster " + j.plan.Cluster.Name, err: err, status: statusUsage}
		default:
			fmt.Fprintf(ch.out.stderr, "warning: what runs now is not kept: %s\n", clean(err.Error()))
		}
	}
	return takeBack, nil
}

func (ch change) keepOne(ctx context.Context, client *ecs.Client, before *snapshot.Snapshot) (snapshot.Entry, error) {
	store, _, err := ch.store.open(client)
	if err != nil {
		return snapshot.Entry{}, err
	}
	return store.Save(ctx, before, true)
}

// changing is the snapshot of the services that a plan is about to change.
func changing(p *ecs.Plan) *snapshot.Snapshot {
	s := &snapshot.Snapshot{
		Cluster: p.Cluster.Name, Region: p.Cluster.Region, Account: p.Cluster.Account, TakenAt: time.Now().UTC(),
		Services: map[string]snapshot.Service{},
	}
	for _, step := range p.Steps {
		if step.Action == ecs.Undo {
			s.Services[step.Service] = snapshot.Service{TaskDefinition: step.From.TaskDefinition.String(), Images: keptImages(step.From)}
		}
	}
	return s
}

// restoreCommand is the command line that restores a snapshot, with all that leads to it again.
func (ch change) restoreCommand(c ecs.Cluster, name string) string {
	words := []string{"cluster", "restore", c.Name, "--snapshot", name}
	if ch.whole {
		words = append(words, "--whole")
	}
	if ch.store.typed {
		words = append(words, "--store", ch.store.url)
	}
	if ch.region != "" {
		words = append(words, "--region", ch.region)
	}
	if ch.profile != "" {
		words = append(words, "--profile", ch.profile)
	}
	return spell(words)
}

func joinCommands(commands []string) string { return strings.Join(commands, " && ") }
