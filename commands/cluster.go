package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/ecs"
)

func clusterCommand() *cli.Command {
	return &cli.Command{
		Name: "cluster", ArgsUsage: "CLUSTER...", Usage: "undo every service of one or more clusters",
		Description: `Examples:

    ecsundo cluster prod --dry-run
    ecsundo cluster prod
    ecsundo cluster prod staging --only 'api-*' --except api-gateway
    ecsundo cluster prod --as-of 45m --dry-run
    ecsundo cluster prod --as-of 2025-06-02T09:30:00Z
    ecsundo cluster prod --if-image "$GITHUB_SHA"
    ecsundo cluster prod --batch 5
    ecsundo cluster prod --schedules

Cluster deploys to every service the version that it ran before, and waits until
all services are steady. A version is a task definition with the images that
ran. A service that was already rolled back stays as it is, so the same command
twice is one undo. --again goes back one more version each time it is run: do
not repeat it, also not after an interruption. The report then has the command
that finishes only that step.

CLUSTER is a name, or an ARN, which also gives the region. It must be on the
command line. Nothing is changed before there is a plan for all clusters.

--as-of takes an age (45m, 2h, 3d, 1d12h) or a time in RFC 3339. With an age,
nothing newer than the current version is ever deployed, so a retry is safe. An
exact time is used as given, even if that means deploying a newer version.

--if-image compares a pattern with image tags, or with the whole image reference
if the pattern has a /, : or @. It goes back to the newest version without such
an image. In CI the same command may run twice.

--schedules also undoes the rules and schedules of EventBridge that run tasks in
the cluster, as rule/NAME and schedule/NAME.
`,
		Flags: flagsWith(slices.Concat(changingFlags(), filterFlags(), undoFlags(), []cli.Flag{batchFlag(), clusterFlag(), schedulesFlag()})...),
		Action: withSettings(func(c *cli.Context, s settings.Settings) error {
			ch, err := newChange(c, s)
			if err != nil {
				return err
			}
			ch.filter, ch.offersSchedules = newFilter(s.Only, s.Except), true
			if ch.choice, err = newChoice(c); err != nil {
				return err
			}
			planner, err := ch.choice.planner()
			if err != nil {
				return err
			}
			if s.Cluster.From.Standing() && !c.Args().Present() {
				return bareCluster(c, s)
			}
			clusters, err := clusterArguments(c, s)
			if err != nil {
				return err
			}
			if s.Schedules.Is {
				ch.schedules = &ecs.Schedules{Leaving: ch.choice.runs}
			}
			for _, cluster := range clusters {
				ch.targets = append(ch.targets, target{cluster: cluster, planner: planner})
			}
			return ch.run(c.Context)
		}),
	}
}

// bareCluster shows the help: a bare noun changes nothing, whatever settings name.
func bareCluster(c *cli.Context, s settings.Settings) error {
	if err := writeCommandHelp(c.App.ErrWriter, c.Command); err != nil {
		return err
	}
	words := typed(c.Context)
	if line.IsCommandWord(commandTree(), c.Command.Name, s.Cluster.Is) && !slices.Contains(words, "--") {
		words = append(slices.Clone(words), "--")
	}
	return usagef(fmt.Sprintf("to undo that cluster: '%s'", line.Spell(append(slices.Clone(words), s.Cluster.Is))),
		"missing argument: CLUSTER; %q from %s does not count here", s.Cluster.Is, s.Cluster.From)
}

// quoted names arguments: argument "prod"; arguments "prod", "staging".
func quoted(args []string) string {
	word, all := "argument", make([]string, len(args))
	for i, arg := range args {
		all[i] = strconv.Quote(arg)
	}
	if len(args) > 1 {
		word = "arguments"
	}
	return word + " " + strings.Join(all, ", ")
}

// clusterArguments reads the clusters: the arguments, else -c, else what environment or configuration say.
func clusterArguments(c *cli.Context, s settings.Settings) ([]ecs.ClusterName, error) {
	names := []string{s.Cluster.Is}
	if c.Args().Present() || names[0] == "" {
		var err error
		if names, err = arguments(c, "CLUSTER", 0); err != nil {
			return nil, err
		}
		if given := s.Cluster.Typed(); given != "" && (len(names) > 1 || names[0] != given) {
			return nil, usagef("name all clusters as arguments", "--cluster %q conflicts with %s", given, quoted(names))
		}
	}
	var clusters []ecs.ClusterName
	for _, name := range names {
		cluster, err := settings.ParseCluster(name)
		if err != nil {
			return nil, usagef("", "%w", err)
		}
		clusters = append(clusters, cluster)
	}
	return clusters, nil
}
