package commands

import (
	"context"
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

func clustersCommand() *cli.Command {
	return &cli.Command{
		Name: "clusters", ArgsUsage: "", Usage: "list the clusters of the region",
		Description: `Examples:

    ecsundo clusters
    ecsundo clusters --region eu-west-1 -o json

Clusters lists the clusters of the region, with how many services and running
tasks each has. It changes nothing.
`,
		Flags: flagsWith(timeoutFlag()),
		Action: withSettings(func(c *cli.Context, s settings.Settings) error {
			if c.Args().Present() {
				return usagef("usage: ecsundo clusters [flags]", "unexpected argument: %q", c.Args().First())
			}
			client, err := newConnector(c, s)(c.Context, "")
			if err != nil {
				return err
			}
			ctx, cancel := wall.WithTimeout(c.Context, s.Timeout.Is)
			defer cancel()
			return listClusters(ctx, newOutput(c, s), client)
		}),
	}
}

func listClusters(ctx context.Context, out output, client *ecs.Client) error {
	clusters, err := client.ClusterSizes(ctx)
	if err != nil {
		return &failure{asked: "list the clusters of " + client.Region, err: err, status: statusUsage}
	}
	if out.form == "json" {
		return writeClustersJSON(out, client.Region, clusters)
	}
	if len(clusters) == 0 {
		fmt.Fprintf(out.stderr, "no clusters in %s; check --region and --profile\n", client.Region)
		return nil
	}
	l := show.Listing{Header: table.Row{"cluster", "services", "tasks"}}
	for _, c := range clusters {
		services, tasks := "?", "?"
		if c.Known {
			services, tasks = fmt.Sprint(c.Services), fmt.Sprintf("%d running", c.Running)
		}
		if c.Pending > 0 {
			tasks += fmt.Sprintf(", %d pending", c.Pending)
		}
		l.Rows = append(l.Rows, table.Row{show.Clean(c.Name), services, tasks})
	}
	return show.Text(out.stdout, l.In(out.form))
}

func writeClustersJSON(out output, region string, clusters []ecs.ClusterSize) error {
	type jsonSize struct {
		Name     string `json:"name"`
		Services *int   `json:"services,omitempty"` // left out where it must not be known
		Running  *int   `json:"runningTasks,omitempty"`
		Pending  *int   `json:"pendingTasks,omitempty"`
	}
	list := []jsonSize{}
	for _, c := range clusters {
		s := jsonSize{Name: c.Name}
		if c.Known {
			s.Services, s.Running, s.Pending = &c.Services, &c.Running, &c.Pending
		}
		list = append(list, s)
	}
	return show.JSON(out.stdout, map[string]any{"schemaVersion": schemaVersion, "region": region, "clusters": list})
}
