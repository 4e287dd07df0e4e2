package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/snapshot"
)

func clusterRestoreCommand() *cli.Command {
	return &cli.Command{
		Name: "cluster restore", ArgsUsage: "CLUSTER", Usage: "restore a cluster from a snapshot",
		Description: `Examples:

    ecsundo cluster restore prod --dry-run
    ecsundo cluster restore prod --snapshot 20261122T101500Z
    ecsundo cluster restore prod -s ~/.prod.ecsundo
    ecsundo cluster restore prod --schedules

Restore deploys to each service what a snapshot recorded: the newest snapshot
that somebody took, or the one that --snapshot names. Services that already run
it stay as they are, and so do services that the snapshot does not contain.

A snapshot of another cluster, region or account is refused. Files of the
ecsundo of 2018 are read too; if the store has no snapshot, restore looks for
its file ~/.CLUSTER.ecsundo.
`,
		Flags: flagsWith(append(append(changingFlags(), filterFlags()...), batchFlag(), clusterFlag(), schedulesFlag(), snapshotFlag("restore `REF`: a name, a file or s3://bucket/key"))...),
		Action: withSettings(func(c *cli.Context, s settings.Settings) error {
			ch, err := newChange(c, s)
			if err != nil {
				return err
			}
			ch.verb, ch.filter = restoring, newFilter(s.Only, s.Except)
			if c.String("snapshot") != "" {
				ch.filter = typedFilter(s)
			}
			cluster, client, err := oneCluster(c, s, ch.connect)
			if err != nil {
				return err
			}
			if s.Schedules.Is {
				ch.schedules = &ecs.Schedules{}
			}
			if err := ch.load(c.Context, client, cluster, c.String("snapshot")); err != nil {
				return err
			}
			return ch.run(c.Context)
		}),
	}
}

// load makes the services of a snapshot the target; all else is as in an undo.
func (ch *change) load(ctx context.Context, client *ecs.Client, cluster ecs.ClusterName, ref string) error {
	ctx, cancel := ch.deadline.all(ctx)
	defer cancel()
	fail := func(err error) error {
		return &failure{asked: "restore " + cluster.Name, err: err, status: statusUsage}
	}
	at, err := client.Locate(ctx, cluster.Name)
	if err != nil {
		return fail(err)
	}
	found, err := ch.findSnapshot(ctx, client, at, ref)
	if err != nil {
		return fail(err)
	}
	if err := sameHome(found, at); err != nil {
		return err
	}
	record, err := newRecord(found.name, false, found.Snapshot)
	if err != nil {
		return fail(fmt.Errorf("snapshot %s: %w", found.name, err))
	}
	ch.filter.of = " of snapshot " + found.name
	names := slices.DeleteFunc(sortedKeys(record.Services), func(n string) bool { return !ch.filter.match(n) })
	schedules := slices.DeleteFunc(sortedKeys(record.Schedules), func(n string) bool { return !ch.filter.match(ecs.ScheduleUnit(n)) })
	switch {
	case ch.schedules == nil && len(names) == 0, len(names)+len(schedules) == 0:
		return fail(found.nothing())
	case len(schedules) == 0:
		ch.schedules = nil // there is nothing to put back
	case ch.schedules != nil:
		ch.schedules.Restore = &record
	}
	if names == nil {
		names = []string{} // none, and not all
	}
	for _, name := range schedules {
		found.left = append(found.left, ecs.ScheduleUnit(name))
	}
	found.left = slices.Compact(found.left)
	if ch.schedules != nil {
		found.left = nil
	}
	ch.note = func(ctx context.Context, p *ecs.Plan) { found.annotate(ctx, client, ch.filter, p) }
	ch.targets = []target{{cluster: cluster, services: names, mayMiss: true, planner: ecs.RestorePlanner(record), record: &record}}
	return nil
}

// A foundSnapshot is a snapshot, what to call it, and the one before it in the store.
type foundSnapshot struct {
	*snapshot.Snapshot
	name   string
	left   []string // schedules in it that nobody asked for
	before string   // name of the one taken before it; empty if there is none or it was not taken as the newest
}

// findSnapshot loads what ref names; without ref the newest snapshot that was asked for, else the file of the tool of 2018.
func (ch change) findSnapshot(ctx context.Context, client *ecs.Client, at ecs.Cluster, ref string) (foundSnapshot, error) {
	store, options, err := ch.store.open(client)
	if err != nil && (ref == "" || ch.store.configured) { // a file can be restored without the default store
		return foundSnapshot{}, err
	}
	if ref != "" {
		s, location, err := snapshot.Find(ctx, store, place(at), ref, options)
		if err != nil {
			return foundSnapshot{}, notKept(err, ref, at)
		}
		return foundSnapshot{Snapshot: s, name: location}, nil
	}
	entries, err := store.List(ctx, place(at))
	if err != nil {
		return foundSnapshot{}, err
	}
	entries = slices.DeleteFunc(ch.store.withoutFuture(entries, client.Now()), func(e snapshot.Entry) bool { return e.Before })
	if len(entries) > 0 {
		s, err := store.Load(ctx, place(at), entries[0].Name)
		found := foundSnapshot{Snapshot: s, name: entries[0].Name}
		if len(entries) > 1 {
			found.before = entries[1].Name
		}
		return found, err
	}
	former := formerPath(at.Name)
	s, _, err := snapshot.Find(ctx, store, place(at), former, options)
	if errors.Is(err, fs.ErrNotExist) || former == "" {
		return foundSnapshot{}, because(fmt.Errorf("no snapshot of cluster %q in %s", at.Name, store),
			fmt.Sprintf("take one with 'ecsundo cluster snapshot %s'; to see those kept before an undo: 'ecsundo cluster snapshots %s'", at.Name, at.Name))
	}
	return foundSnapshot{Snapshot: s, name: former}, err
}

// nothing says why there is nothing in a snapshot to restore.
func (s foundSnapshot) nothing() error {
	switch {
	case len(s.Services) == 0 && len(s.Schedules) > 0:
		return because(fmt.Errorf("snapshot %s contains schedules and no services", s.name), "to restore them, add --schedules")
	case len(s.Services) == 0:
		return fmt.Errorf("snapshot %s contains no services", s.name)
	}
	return because(fmt.Errorf("none of the %d services of snapshot %s matches", len(s.Services), s.name),
		"its services: "+show.SomeOf(sortedKeys(s.Services)))
}

// notKept adds to the error for a name that the store does not have where its names are listed.
func notKept(err error, ref string, at ecs.Cluster) error {
	err = fmt.Errorf("snapshot %q: %w", ref, err)
	if errors.Is(err, fs.ErrNotExist) && !errors.Is(err, snapshot.ErrNoBucket) {
		return because(err, fmt.Sprintf("to list all snapshots: 'ecsundo cluster snapshots %s'", at.Name))
	}
	return err
}

// sameHome refuses a snapshot of another cluster, region or account. What a snapshot does not say is not held against it.
func sameHome(s foundSnapshot, at ecs.Cluster) error {
	var differences []string
	for _, d := range []struct{ what, has, want string }{
		{"cluster", s.Cluster, at.Name}, {"region", s.Region, at.Region}, {"account", s.Account, at.Account},
	} {
		if d.has != "" && d.has != d.want {
			differences = append(differences, fmt.Sprintf("%s %s, not %s", d.what, d.has, d.want))
		}
	}
	if len(differences) == 0 {
		return nil
	}
	return &failure{
		asked: "restore " + at.Name, err: fmt.Errorf("snapshot %s is of %s; nothing was changed", s.name, strings.Join(differences, ", of ")),
		hint: "use the cluster, region and account of the snapshot, or edit a copy of it", status: statusRefused,
	}
}

// annotate adds to the plan what the snapshot does not know of the cluster, and that it is what runs already, if it is.
func (s foundSnapshot) annotate(ctx context.Context, client *ecs.Client, f *filter, p *ecs.Plan) {
	if names, err := client.ServiceNames(ctx, p.Cluster.Name); err == nil {
		unknown := slices.DeleteFunc(names, func(n string) bool {
			_, known := s.Services[n]
			return known || !f.match(n)
		})
		if len(unknown) > 0 {
			p.Notes = append(p.Notes, "not in the snapshot, so not changed: "+show.SomeOf(unknown))
		}
	}
	if len(s.left) > 0 {
		p.Notes = append(p.Notes, "left alone, without --schedules: "+show.SomeOf(s.left))
	}
	changes := slices.ContainsFunc(p.Steps, func(step *ecs.Step) bool {
		return step.Action != ecs.Unchanged || step.ReasonCode == ecs.ConfigurationFixed
	})
	if !changes && s.before != "" {
		p.Notes = append(p.Notes, fmt.Sprintf("snapshot %s already runs; the snapshot before it is %s", s.name, s.before))
	}
}
