package commands

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/snapshot"
)

func clusterSnapshotCommand() *cli.Command {
	return &cli.Command{
		Name: "cluster snapshot", ArgsUsage: "CLUSTER", Usage: "record what the services of a cluster run",
		Description: `Examples:

    ecsundo cluster snapshot prod
    ecsundo cluster snapshot prod --store s3://ops-bucket/ecsundo
    ecsundo cluster snapshot prod --with-definitions --snapshot prod.yaml

Snapshot writes which task definition and which images every service runs into
the store, and prints where. The file is YAML, which you may read and edit. For
a service that is rolling out, the last good version is recorded.

The store is ~/.ecsundo, or what --store, ECSUNDO_STORE or the setting store
names: a directory, or a bucket that a team shares. Nothing in it is ever
overwritten. --snapshot writes a file or an object of its own instead.

--with-definitions adds the whole task definitions, so that a restore works
after they were deleted. Their environment variables may contain secrets.
`,
		Flags: flagsWith(append(filterFlags(), clusterFlag(), schedulesFlag(), storeFlag(), snapshotFlag("write `FILE` or s3://bucket/key instead"),
			&cli.BoolFlag{Name: "with-definitions", Usage: "add the whole task definitions"}, timeoutFlag())...),
		Action: withSettings(func(c *cli.Context, s settings.Settings) error {
			in, err := newSnapshotInput(c, s)
			if err != nil {
				return err
			}
			ctx, cancel := wall.WithTimeout(c.Context, in.timeout)
			defer cancel()
			return takeSnapshot(ctx, in)
		}),
	}
}

type snapshotInput struct {
	cluster     ecs.ClusterName
	client      *ecs.Client
	filter      *filter
	definitions bool
	schedules   bool
	ref         string // where to write; empty: into the store
	store       storeChoice
	out         output
	timeout     time.Duration
}

func newSnapshotInput(c *cli.Context, s settings.Settings) (in snapshotInput, err error) {
	in.out, in.timeout, in.filter = newOutput(c, s), s.Timeout.Is, newFilter(s.Only, s.Except)
	if in.cluster, in.client, err = oneCluster(c, s, newConnector(c, s)); err != nil {
		return in, err
	}
	in.schedules = s.Schedules.Is
	in.definitions, in.ref, in.store = c.Bool("with-definitions"), c.String("snapshot"), newStoreChoice(s, c.App.ErrWriter)
	return in, nil
}

// oneCluster reads the one cluster that a command is about, and connects to its region.
func oneCluster(c *cli.Context, s settings.Settings, connect connector) (ecs.ClusterName, *ecs.Client, error) {
	clusters, err := clusterArguments(c, s)
	if err != nil {
		return ecs.ClusterName{}, nil, err
	}
	if len(clusters) > 1 {
		return ecs.ClusterName{}, nil, usagef(fmt.Sprintf("usage: %s %s [flags] CLUSTER", program, c.Command.Name), "unexpected argument: %q", clusters[1].Name)
	}
	client, err := connect(c.Context, clusters[0].Region)
	return clusters[0], client, err
}

func takeSnapshot(ctx context.Context, in snapshotInput) error {
	caller := make(chan string, 1)
	go func() { caller <- in.client.Caller(ctx) }()
	scope := ecs.Scope{Cluster: in.cluster.Name, Match: in.filter.match}
	schedules, unread := in.readSchedules(ctx, scope)
	if unread != nil {
		in.filter.unread("rule/", "schedule/")
	}
	states, at, err := in.client.States(ctx, scope, in.definitions)
	if err == nil {
		err = in.filter.unused(in.schedules)
	}
	if err != nil {
		return &failure{asked: "snapshot " + in.cluster.Name, err: err, status: statusUsage}
	}
	unknown, states := split(states, func(s ecs.ServiceState) bool { return s.Unknown })
	taken, err := newSnapshot(at, states, in.client.Now())
	if err == nil && in.schedules {
		taken.Schedules, err = keptSchedules(schedules)
	}
	if err != nil {
		return err
	}
	taken.TakenBy = <-caller
	location, err := in.save(ctx, taken)
	if err != nil {
		return &failure{asked: "snapshot " + in.cluster.Name, err: err, status: statusUsage}
	}
	in.sayPartial(states, schedules, unread)
	if in.out.form == "json" {
		said := map[string]any{"schemaVersion": schemaVersion, "location": location, "services": len(states)}
		if len(unknown) > 0 {
			said["notRecorded"] = namesOf(unknown)
		}
		err = show.JSON(in.out.stdout, said)
	} else {
		_, err = fmt.Fprintln(in.out.stdout, location)
	}
	if err == nil && len(unknown) > 0 {
		return &failure{err: fmt.Errorf("not recorded, since ECS lists them and does not describe them: %s", show.SomeOf(namesOf(unknown))),
			hint: "look at them with 'aws ecs describe-services'", status: statusFailed}
	}
	return err
}

func namesOf(states []ecs.ServiceState) []string {
	names := make([]string, len(states))
	for i, s := range states {
		names[i] = s.Name
	}
	return names
}

func newSnapshot(at ecs.Cluster, states []ecs.ServiceState, now time.Time) (*snapshot.Snapshot, error) {
	s := &snapshot.Snapshot{
		Cluster: at.Name, Region: at.Region, Account: at.Account, TakenAt: now.UTC().Truncate(time.Second),
		Services: map[string]snapshot.Service{},
	}
	for _, state := range states {
		kept := snapshot.Service{
			TaskDefinition: state.Version.TaskDefinition.String(), Images: keptImages(state.Version), RollingTo: state.RollingTo.String(),
			ServiceRevision: state.Revision,
		}
		if state.Definition != nil {
			var err error
			if kept.Definition, err = state.Definition.Document(); err != nil {
				return nil, fmt.Errorf("service %q: %w", state.Name, err)
			}
		}
		s.Services[state.Name] = kept
	}
	return s, nil
}

// readSchedules reads the rules and schedules, if they are asked for. Without permission the services are recorded all the same.
func (in snapshotInput) readSchedules(ctx context.Context, scope ecs.Scope) ([]ecs.ScheduleState, error) {
	if !in.schedules {
		return nil, nil
	}
	states, err := in.client.ScheduleStates(ctx, scope, in.definitions)
	return slices.DeleteFunc(states, func(s ecs.ScheduleState) bool { return s.ManagedBy != "" }), err
}

func keptSchedules(states []ecs.ScheduleState) (map[string]snapshot.Service, error) {
	all := map[string]snapshot.Service{}
	for _, state := range states {
		kept := snapshot.Service{TaskDefinition: state.TaskDefinition.String()}
		if state.Definition != nil {
			var err error
			if kept.Definition, err = state.Definition.Document(); err != nil {
				return nil, fmt.Errorf("%s: %w", state.Name, err)
			}
		}
		all[state.Key] = kept
	}
	return all, nil
}

func (in snapshotInput) save(ctx context.Context, taken *snapshot.Snapshot) (string, error) {
	store, options, err := in.store.open(in.client)
	if err != nil {
		return "", err
	}
	if in.ref != "" {
		return snapshot.SaveAs(ctx, in.ref, taken, options)
	}
	entry, err := store.Save(ctx, taken, false)
	return entry.Location, err
}

// sayPartial says on stderr what the snapshot does not know.
func (in snapshotInput) sayPartial(states []ecs.ServiceState, schedules []ecs.ScheduleState, unread error) {
	blind, rolling := 0, 0
	for _, s := range states {
		if !s.Digests {
			blind++
		}
		if s.RollingTo != (ecs.TaskDefinition{}) {
			rolling++
		}
	}
	if in.out.quiet {
		return
	}
	fmt.Fprintf(in.out.stderr, "%s recorded\n", show.Counted(len(states), "service"))
	if in.schedules {
		fmt.Fprintf(in.out.stderr, "%s recorded\n", show.Counted(len(schedules), "scheduled task"))
	}
	if unread != nil {
		fmt.Fprintf(in.out.stderr, "warning: not all rules and schedules could be read: %s\n", show.Clean(explain(unread).Error()))
	}
	for _, note := range in.filter.notes {
		fmt.Fprintln(in.out.stderr, show.Clean(note))
	}
	if rolling > 0 {
		fmt.Fprintf(in.out.stderr, "%d rolling out: recorded with the last good version\n", rolling)
	}
	if blind > 0 {
		fmt.Fprintf(in.out.stderr, "%d without image digests, because ECS has no readable record of them: a tag that moves will not be noticed\n", blind)
	}
}
