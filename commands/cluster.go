package commands

import (
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
)

func clusterCommand() *cli.Command {
	return &cli.Command{
		Name: "cluster", ArgsUsage: "CLUSTER...", Usage: "undo every service of the clusters",
		Description: `Cluster takes every service of the clusters back to the version that it ran
before, and waits until all are steady. A version is a task definition with the
images that ran. Services that have already been taken back stay as they are, so
that the same command twice is one undo; --again goes a step further.

A cluster is named, or given by its ARN, which says the region too. Without an
argument it is the one of ECSUNDO_CLUSTER or of the setting cluster. Nothing is
changed before there is a plan for all of them.

--as-of goes to what ran at a time: an age (45m, 2h, 3d, 1d12h) or RFC 3339. An
age only goes back, so that the same command later is harmless; an RFC 3339 time
is taken at its word. --if-image takes back only what runs an image whose tag
matches, to the newest version without one; a glob with a /, : or @ is compared
with the whole reference. In CI it may run twice.

Examples:

    ecsundo cluster prod --dry-run
    ecsundo cluster prod
    ecsundo cluster prod staging --only 'api-*' --except api-gateway
    ecsundo cluster prod --as-of 45m --dry-run
    ecsundo cluster prod --as-of 2025-06-02T09:30:00Z
    ecsundo cluster prod --if-image "$GITHUB_SHA"
    ecsundo cluster prod --batch 5
`,
		Flags: flagsWith(slices.Concat(changingFlags(), filterFlags(), undoFlags(), []cli.Flag{batchFlag(), clusterFlag()})...),
		Action: func(c *cli.Context) error {
			ch, err := newChange(c)
			if err != nil {
				return err
			}
			if ch.filter, err = newFilter(c); err != nil {
				return err
			}
			if ch.choice, err = newChoice(c); err != nil {
				return err
			}
			planner, err := ch.choice.planner()
			if err != nil {
				return err
			}
			clusters, err := clusterArguments(c)
			if err != nil {
				return err
			}
			for _, cluster := range clusters {
				ch.targets = append(ch.targets, target{cluster: cluster, planner: planner})
			}
			return ch.run(c.Context)
		},
	}
}

// clusterArguments reads the clusters: the arguments, else -c, else what environment or configuration say.
func clusterArguments(c *cli.Context) ([]ecs.ClusterName, error) {
	names := []string{c.String("cluster")}
	if c.Args().Present() || names[0] == "" {
		var err error
		if names, err = arguments(c, "CLUSTER", 0); err != nil {
			return nil, err
		}
		if given := c.String("cluster"); given != "" && source(c, "cluster") == "" && (len(names) > 1 || names[0] != given) {
			return nil, usagef("name all clusters as arguments", "--cluster %q is given, and %q", given, names)
		}
	}
	var clusters []ecs.ClusterName
	for _, name := range names {
		cluster, err := ecs.ParseClusterName(name)
		if err != nil {
			return nil, usagef("", "%w", err)
		}
		clusters = append(clusters, cluster)
	}
	return clusters, nil
}
