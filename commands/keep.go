package commands

import (
	"cmp"
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
	for i, j := range jobs {
		before := changing(j.plan)
		if len(before.Services) == 0 {
			continue
		}
		store, entry, err := ch.keepOne(ctx, j.client, before)
		switch {
		case err == nil:
			takeBack = append(takeBack, ch.restoreCommand(ch.targets[i].cluster, store, entry.Name))
		case ch.store.configured || ctx.Err() != nil:
			return nil, &failure{asked: fmt.Sprintf("nothing was changed, since what cluster %q runs cannot be kept", j.plan.Cluster.Name), err: err, status: statusUsage}
		default:
			fmt.Fprintf(ch.out.stderr, "warning: what runs now is not kept: %s\n", clean(err.Error()))
		}
	}
	return takeBack, nil
}

func (ch change) keepOne(ctx context.Context, client *ecs.Client, before *snapshot.Snapshot) (snapshot.Store, snapshot.Entry, error) {
	store, _, err := ch.store.open(client)
	if err != nil {
		return nil, snapshot.Entry{}, err
	}
	entry, err := store.Save(ctx, before, true)
	return store, entry, err
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

// restoreCommand is the command line that restores a snapshot, with all that leads to it again, from any directory and in
// another environment: what CI kept may be restored on somebody's own computer.
func (ch change) restoreCommand(c ecs.ClusterName, store snapshot.Store, name string) string {
	words := []string{"cluster", "restore", c.Name, "--snapshot", name}
	if ch.whole {
		words = append(words, "--whole")
	}
	if ch.store.configured {
		words = append(words, "--store", store.String())
	}
	if region := cmp.Or(c.Region, ch.region); region != "" {
		words = append(words, "--region", region)
	}
	if ch.profile != "" {
		words = append(words, "--profile", ch.profile)
	}
	return spell(words)
}

func joinCommands(commands []string) string { return strings.Join(commands, " && ") }
