package commands

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/snapshot"
)

// A kept state is what ran in a cluster before it was changed, of the services that were to change, and where it is recorded.
type kept struct {
	*snapshot.Snapshot
	store snapshot.Store // nil: it could not be recorded
	name  string
}

// keep writes what is about to change into the store, before the first change, so that it can be taken back whatever becomes
// of us. A store that somebody chose has to take it; the default one need not, since a container's home may be read-only.
func (ch change) keep(ctx context.Context, jobs []job) ([]kept, error) {
	all := make([]kept, len(jobs))
	for i, j := range jobs {
		before := changing(j.plan, j.client.Now())
		all[i].Snapshot = before
		if len(before.Services)+len(before.Schedules) == 0 {
			continue
		}
		store, entry, err := ch.keepOne(ctx, j.client, before)
		switch {
		case err == nil:
			all[i].store, all[i].name = store, entry.Name
		case ch.store.configured || ctx.Err() != nil:
			return nil, &failure{asked: fmt.Sprintf("nothing was changed, because what cluster %q runs cannot be recorded", j.plan.Cluster.Name), err: err, status: statusUsage}
		default:
			fmt.Fprintf(ch.out.stderr, "warning: what runs now is not recorded: %s\n", show.Clean(explain(err).Error()))
			for _, name := range sortedKeys(before.Schedules) {
				fmt.Fprintf(ch.out.stderr, "warning: %s runs %s now; no command takes that back without a snapshot\n", name, before.Schedules[name].TaskDefinition)
			}
		}
	}
	return all, nil
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
func changing(p *ecs.Plan, now time.Time) *snapshot.Snapshot {
	s := &snapshot.Snapshot{
		Cluster: p.Cluster.Name, Region: p.Cluster.Region, Account: p.Cluster.Account, TakenAt: now.UTC(),
		Services: map[string]snapshot.Service{},
	}
	for _, step := range p.Steps {
		if step.Action == ecs.Undo && step.Scheduled() {
			if s.Schedules == nil {
				s.Schedules = map[string]snapshot.Service{}
			}
			s.Schedules[step.ScheduleKey()] = snapshot.Service{TaskDefinition: step.From.TaskDefinition.String()}
		} else if step.Action == ecs.Undo {
			s.Services[step.Service] = snapshot.Service{TaskDefinition: step.From.TaskDefinition.String(), Images: keptImages(step.From), ServiceRevision: step.FromRevision}
		}
	}
	return s
}

// inEffect reports whether something that was done for a step, or may have been, is still there to be taken back. What somebody
// else deployed since is newer than all that is known here.
func inEffect(s *ecs.Step) bool {
	gone := s.State == ecs.Superseded || s.State == ecs.RolledBack && s.Overwrote.IsZero()
	return !gone && (!s.AcceptedAt.IsZero() || s.Uncertain)
}

// takingBack gives the command lines that take back what is in effect, and nothing else: those of a cluster to what was kept, but
// for those that ran something newer by the time of the change, and to that.
func (ch change) takingBack(jobs []job, before []kept) string {
	var commands []string
	for i, j := range jobs {
		var ours, others, newer []string
		for _, s := range j.plan.Steps {
			switch {
			case s.Action != ecs.Undo, s.Scheduled() && before[i].store == nil:
			case !inEffect(s):
				others = append(others, s.Service)
			case !s.Overwrote.IsZero():
				others = append(others, s.Service)
				flags := append([]string{"--to", s.Overwrote.String()}, ch.account(ch.targets[i].cluster)...)
				newer = append(newer, line.Spell(onService(j.plan.Cluster.Name, s.Service, flags...)))
			default:
				ours = append(ours, s.Service)
			}
		}
		if len(ours) > 0 {
			commands = append(commands, ch.backCommands(ch.targets[i].cluster, before[i], ours, others)...)
		}
		commands = append(commands, newer...)
	}
	return joinCommands(commands)
}

// backCommands are the command lines that take ours back to what was kept, and leave others as they are.
func (ch change) backCommands(c ecs.ClusterName, before kept, ours, others []string) []string {
	for _, name := range others {
		delete(before.Services, name)
		delete(before.Schedules, name)
	}
	flag, names := "--except", others
	if len(ours) < len(others) {
		flag, names = "--only", ours
	}
	var narrowed []string
	for _, name := range names {
		narrowed = append(narrowed, flag, name)
	}
	if before.store == nil {
		return ch.unkeptCommands(c, before.Snapshot, narrowed)
	}
	return []string{ch.restoreCommand(c, before, narrowed)}
}

// restoreCommand is the command line that restores a snapshot, with all that leads to it again, from any directory and in
// another environment: what CI kept may be restored on somebody's own computer.
func (ch change) restoreCommand(c ecs.ClusterName, before kept, narrowed []string) string {
	words := append([]string{"cluster", "restore", c.Name, "--snapshot", before.name}, narrowed...)
	if ch.whole {
		words = append(words, "--whole")
	}
	if len(before.Schedules) > 0 {
		words = append(words, "--schedules")
	}
	if ch.store.configured {
		words = append(words, "--store", before.store.String())
	}
	return line.Spell(append(words, ch.account(c)...))
}

// manyUnkept is how many services are too many to name each in a command that takes them back.
const manyUnkept = 10

// unkeptCommands are the command lines that take back what no snapshot has: each service to the definition that it ran, or, of
// many, the cluster to the moment. There are none with --whole, since neither brings back more than definitions.
func (ch change) unkeptCommands(c ecs.ClusterName, before *snapshot.Snapshot, narrowed []string) (commands []string) {
	if ch.whole {
		return nil
	}
	if len(before.Services) > manyUnkept {
		words := append([]string{"cluster", c.Name, "--as-of", show.Time(before.TakenAt)}, narrowed...)
		return []string{line.Spell(append(words, ch.account(c)...))}
	}
	for _, service := range sortedKeys(before.Services) {
		flags := append([]string{"--to", before.Services[service].TaskDefinition}, ch.account(c)...)
		commands = append(commands, line.Spell(onService(c.Name, service, flags...)))
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
