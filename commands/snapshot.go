package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/snapshot"
)

func clusterSnapshotCommand() *cli.Command {
	return &cli.Command{
		Name: "cluster snapshot", ArgsUsage: "CLUSTER", Usage: "record what the services of a cluster run",
		Description: `Snapshot writes what every service of the cluster runs, with the digests of its
images, into the store, and prints where it is. The file is YAML, to be read,
compared and edited by hand. A service in the middle of a rollout is recorded
with its last good version.

The store is ~/.ecsundo unless --store, ECSUNDO_STORE or the setting store says
otherwise: a directory, or a bucket that a team shares. What is in it is never
overwritten. --snapshot writes a file or an object of its own instead.

--with-definitions keeps the whole task definitions too, so that a restore works
after they are deleted; they may hold secrets in plain environment variables.

Examples:

    ecsundo cluster snapshot prod
    ecsundo cluster snapshot prod --store s3://ops-bucket/ecsundo
    ecsundo cluster snapshot prod --with-definitions --snapshot prod.yaml
`,
		Flags: flagsWith(append(filterFlags(), clusterFlag(), storeFlag(), snapshotFlag("write `FILE` or s3://bucket/key instead"),
			&cli.BoolFlag{Name: "with-definitions", Usage: "keep the whole task definitions too"}, timeoutFlag())...),
		Action: func(c *cli.Context) error {
			in, err := newSnapshotInput(c)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(c.Context, in.timeout)
			defer cancel()
			return takeSnapshot(ctx, in)
		},
	}
}

type snapshotInput struct {
	cluster     ecs.ClusterName
	client      *ecs.Client
	filter      *filter
	definitions bool
	ref         string // where to write; empty: into the store
	store       storeChoice
	out         output
	timeout     time.Duration
}

func newSnapshotInput(c *cli.Context) (in snapshotInput, err error) {
	if in.out, err = newOutput(c); err != nil {
		return in, err
	}
	if in.timeout, err = parseTimeout(c.String("timeout")); err != nil {
		return in, err
	}
	if in.filter, err = newFilter(c); err != nil {
		return in, err
	}
	if in.cluster, in.client, err = oneCluster(c); err != nil {
		return in, err
	}
	in.definitions, in.ref, in.store = c.Bool("with-definitions"), c.String("snapshot"), newStoreChoice(c)
	return in, nil
}

// oneCluster reads the one cluster that a command is about, and connects to its region.
func oneCluster(c *cli.Context) (ecs.ClusterName, *ecs.Client, error) {
	clusters, err := clusterArguments(c)
	if err != nil {
		return ecs.ClusterName{}, nil, err
	}
	if len(clusters) > 1 {
		return ecs.ClusterName{}, nil, usagef(fmt.Sprintf("usage: %s %s [flags] CLUSTER", program, c.Command.Name), "one argument too many: %q", clusters[1].Name)
	}
	client, err := newConnector(c)(c.Context, clusters[0].Region)
	return clusters[0], client, err
}

func takeSnapshot(ctx context.Context, in snapshotInput) error {
	caller := make(chan string, 1)
	go func() { caller <- in.client.Caller(ctx) }()
	states, at, err := in.client.States(ctx, ecs.Scope{Cluster: in.cluster.Name, Match: in.filter.match}, in.definitions)
	if err == nil {
		err = in.filter.unused()
	}
	if err != nil {
		return &failure{asked: "snapshot " + in.cluster.Name, err: err, status: statusUsage}
	}
	taken, err := newSnapshot(at, states)
	if err != nil {
		return err
	}
	taken.TakenBy = <-caller
	location, err := in.save(ctx, taken)
	if err != nil {
		return &failure{asked: "snapshot " + in.cluster.Name, err: err, status: statusUsage}
	}
	in.sayPartial(states)
	if in.out.form == "json" {
		return printJSON(in.out.stdout, map[string]any{"schemaVersion": schemaVersion, "location": location, "services": len(states)})
	}
	_, err = fmt.Fprintln(in.out.stdout, location)
	return err
}

func newSnapshot(at ecs.Cluster, states []ecs.ServiceState) (*snapshot.Snapshot, error) {
	s := &snapshot.Snapshot{
		Cluster: at.Name, Region: at.Region, Account: at.Account, TakenAt: time.Now().UTC().Truncate(time.Second),
		Services: map[string]snapshot.Service{},
	}
	for _, state := range states {
		kept := snapshot.Service{
			TaskDefinition: state.Version.TaskDefinition.String(), Images: keptImages(state.Version), RollingTo: state.RollingTo.String(),
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
func (in snapshotInput) sayPartial(states []ecs.ServiceState) {
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
	fmt.Fprintf(in.out.stderr, "%d services recorded\n", len(states))
	for _, note := range in.filter.notes {
		fmt.Fprintln(in.out.stderr, clean(note))
	}
	if rolling > 0 {
		fmt.Fprintf(in.out.stderr, "%d in the middle of a rollout: recorded with the last good version\n", rolling)
	}
	if blind > 0 {
		fmt.Fprintf(in.out.stderr, "%d without image digests, since ECS has no readable record of them: a moved tag will not be noticed\n", blind)
	}
}
