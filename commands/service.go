package commands

import (
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
)

func serviceCommand() *cli.Command {
	return &cli.Command{
		Name: "service", ArgsUsage: "SERVICE...", Usage: "undo services of a cluster",
		Description: `Service takes the services back to the version that each ran before, or with
--to a service to a revision of its task definition, and waits until all are
steady. A service that has already been taken back stays as it is, so that the
same command twice is one undo; --again goes a step further.

The cluster is named by -c, ECSUNDO_CLUSTER or the setting cluster, or by the
services' ARNs. All names are checked before anything is changed.

--as-of goes to what ran at a time: an age (45m, 2h, 3d, 1d12h), which only goes
back, or RFC 3339. --if-image takes back only what runs an image whose tag
matches, to the newest version without one; --if-revision only what runs that
revision. Where nothing does, there is nothing to do, and the status is 0.

Examples:

    ecsundo service -c prod web
    ecsundo service -c prod web api --dry-run
    ecsundo service -c prod web --to 7
    ecsundo service -c prod web --if-revision 42
    ecsundo service -c prod web --as-of 1d12h --dry-run
`,
		Flags: flagsWith(slices.Concat(changingFlags(), undoFlags(), []cli.Flag{
			clusterFlag(),
			&cli.StringFlag{Name: "if-revision", Usage: "only if it runs revision `N`"},
			&cli.StringFlag{Name: "to", Usage: "the `REVISION` to go to, as 41, web:41 or an ARN"},
		})...),
		Action: func(c *cli.Context) error {
			ch, err := newChange(c)
			if err != nil {
				return err
			}
			t, err := serviceTarget(c)
			if err != nil {
				return err
			}
			if ch.choice, err = newChoice(c); err != nil {
				return err
			}
			if err := ch.choice.oneService(len(t.services)); err != nil {
				return err
			}
			if t.planner, err = ch.choice.planner(); err != nil {
				return err
			}
			ch.targets = []target{t}
			return ch.run(c.Context)
		},
	}
}

// oneService refuses what names a revision of one service for several.
func (ch choice) oneService(services int) error {
	const hint = "give the services one at a time"
	switch {
	case services > 1 && ch.to != "":
		return usagef(hint, "--to %s is for one service, and there are %d", ch.to, services)
	case services > 1 && ch.revision != 0:
		return usagef(hint, "--if-revision %d is for one service, and there are %d", ch.revision, services)
	}
	return nil
}

// serviceTarget reads the services and the cluster they are in. An ARN may name the cluster too; all must agree.
func serviceTarget(c *cli.Context) (target, error) {
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
	t.cluster, err = withClusterFlag(c, t.cluster)
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
		cluster.Region, cluster.Account = arn.Region, arn.Account
	}
	return name, cluster, nil
}

// withClusterFlag adds what --cluster says. On the command line it must agree with the services' ARNs; from environment or
// configuration it is only a default.
func withClusterFlag(c *cli.Context, cluster ecs.ClusterName) (ecs.ClusterName, error) {
	given := c.String("cluster")
	if given == "" || cluster.Name != "" && source(c, "cluster") != "" {
		if cluster.Name == "" {
			return cluster, usagef("name it: -c CLUSTER, or ECSUNDO_CLUSTER", "no cluster is given")
		}
		return cluster, nil
	}
	flag, err := ecs.ParseClusterName(given)
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
			return a, usagef("one cluster at a time", "%s says %s %q, and what stands before says %q", fmt.Sprintf("%q", from), part.what, part.b, *part.a)
		}
		if part.b != "" {
			*part.a = part.b
		}
	}
	return a, nil
}
