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
			takeBack = append(takeBack, ch.unkeptCommands(ch.targets[i].cluster, before)...)
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
	return spell(append(words, ch.account(c)...))
}

// manyUnkept is how many services are too many to name each in a command that takes them back.
const manyUnkept = 10

// unkeptCommands are the command lines that take back what no snapshot has: each service to the definition that it ran, or, of
// many, the cluster to the moment. There are none with --whole, since neither brings back more than definitions.
func (ch change) unkeptCommands(c ecs.ClusterName, before *snapshot.Snapshot) (commands []string) {
	if ch.whole {
		return nil
	}
	if len(before.Services) > manyUnkept {
		return []string{spell(append([]string{"cluster", c.Name, "--as-of", jsonTime(before.TakenAt)}, ch.account(c)...))}
	}
	for _, service := range sortedKeys(before.Services) {
		flags := append([]string{"--to", before.Services[service].TaskDefinition}, ch.account(c)...)
		commands = append(commands, spell(onService(c.Name, service, flags...)))
	}
	return commands
}

// account gives the flags that lead to the region and the account of a cluster.
func (ch change) account(c ecs.ClusterName) []string {
	var flags []string
	if region := cmp.Or(c.Region, ch.region); region != "" {
		flags = append(flags, "--region", region)
	}
	if ch.profile != "" {
		flags = append(flags, "--profile", ch.profile)
	}
	return flags
}

func joinCommands(commands []string) string { return strings.Join(commands, " && ") }
