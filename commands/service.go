package commands

import (
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/snapshot"
)

func serviceCommand() *cli.Command {
	return &cli.Command{
		Name: "service", ArgsUsage: "SERVICE...", Usage: "undo one or more services of a cluster",
		Description: `Examples:

    ecsundo service -c prod web
    ecsundo service -c prod web api --dry-run
    ecsundo service -c prod web --to 7
    ecsundo service -c prod web --if-revision 42
    ecsundo service -c prod web --as-of 1d12h --dry-run

Service deploys to each service the version that it ran before, or the revision
that --to names, and waits until all are steady. A service that was already
rolled back stays as it is, so the same command twice is one undo.

The cluster comes from -c, from ECSUNDO_CLUSTER, from the setting cluster, or
from the ARNs of the services. All names are checked before anything is changed.

--as-of takes an age (45m, 2h, 3d, 1d12h) or a time in RFC 3339. --if-image
undoes only services that run an image whose tag matches, and --if-revision only
a service that runs that revision. If there is none, the status is 0.
`,
		Flags: flagsWith(slices.Concat(changingFlags(), undoFlags(), []cli.Flag{
			clusterFlag(),
			&cli.StringFlag{Name: "if-revision", Usage: "only if the service runs revision `N`"},
			&cli.StringFlag{Name: "to", Usage: "deploy `REVISION`: 41, web:41 or an ARN"},
		})...),
		Action: withSettings(func(c *cli.Context, s settings.Settings) error {
			ch, err := newChange(c, s)
			if err != nil {
				return err
			}
			t, err := serviceTarget(c, s)
			if err != nil {
				return err
			}
			if ch.choice, err = newChoice(c); err != nil {
				return err
			}
			if err := ch.choice.oneService(len(t.services)); err != nil {
				return err
			}
			if ch.choice.to != "" {
				ch.verb = deploying
			}
			if t.planner, err = ch.choice.planner(); err != nil {
				return err
			}
			ch.targets = []target{t}
			return ch.run(c.Context)
		}),
	}
}

// oneService refuses what names a revision of one service for several.
func (ch choice) oneService(services int) error {
	const hint = "undo one service at a time"
	switch {
	case services > 1 && ch.to != "":
		return usagef(hint, "--to %s is for one service, and %d are named", ch.to, services)
	case services > 1 && ch.revision != 0:
		return usagef(hint, "--if-revision %d is for one service, and %d are named", ch.revision, services)
	}
	return nil
}

// serviceTarget reads the services and the cluster they are in. An ARN may name the cluster too; all must agree.
func serviceTarget(c *cli.Context, s settings.Settings) (target, error) {
	args, err := arguments(c, "SERVICE", 0)
	if err != nil {
		return target{}, err
	}
	var t target
	for _, arg := range args {
		name, cluster, err := parseService(arg)
		if err != nil {
			return target{}, usagef("", "%w", err)
		}
		if t.cluster, err = agree(t.cluster, cluster, arg); err != nil {
			return target{}, err
		}
		if !slices.Contains(t.services, name) {
			t.services = append(t.services, name)
		}
	}
	t.cluster, err = withClusterFlag(s, t.cluster)
	return t, err
}

// parseService reads a service's name or ARN, and what the ARN says of the cluster.
func parseService(arg string) (string, ecs.ClusterName, error) {
	name, clusterName, err := ecs.ParseServiceName(arg)
	if err != nil {
		return "", ecs.ClusterName{}, err
	}
	cluster := ecs.ClusterName{Name: clusterName}
	if arn, err := ecs.ParseARN(arg); err == nil {
		if err := snapshot.CheckPartition(arn.Partition, arn.Region); err != nil {
			return "", ecs.ClusterName{}, fmt.Errorf("%q: %w", arg, err)
		}
		cluster.Region, cluster.Account = arn.Region, arn.Account
	}
	return name, cluster, nil
}

// withClusterFlag adds what --cluster says. On the command line it must agree with the services' ARNs; from environment or
// configuration it is only a default.
func withClusterFlag(s settings.Settings, cluster ecs.ClusterName) (ecs.ClusterName, error) {
	given := s.Cluster.Is
	if given == "" || cluster.Name != "" && s.Cluster.From.Standing() {
		if cluster.Name == "" {
			return cluster, usagef("give -c CLUSTER, or set ECSUNDO_CLUSTER", "missing cluster")
		}
		return cluster, nil
	}
	flag, err := settings.ParseCluster(given)
	if err != nil {
		return cluster, usagef("", "--cluster: %w", err)
	}
	return agree(cluster, flag, "--cluster "+given)
}

// agree joins what is known of the cluster from two places. ECS changes services of one cluster a call, so we do.
func agree(a, b ecs.ClusterName, from string) (ecs.ClusterName, error) {
	for _, part := range []struct {
		what string
		a    *string
		b    string
	}{{"cluster", &a.Name, b.Name}, {"region", &a.Region, b.Region}, {"account", &a.Account, b.Account}} {
		if *part.a != "" && part.b != "" && *part.a != part.b {
			return a, usagef("undo one cluster at a time", "%s names %s %q, and an argument before it names %q", fmt.Sprintf("%q", from), part.what, part.b, *part.a)
		}
		if part.b != "" {
			*part.a = part.b
		}
	}
	return a, nil
}
