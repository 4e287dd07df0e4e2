package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/snapshot"
)

func clusterSnapshotsCommand() *cli.Command {
	return &cli.Command{
		Name: "cluster snapshots", ArgsUsage: "CLUSTER", Usage: "list the snapshots of a cluster, newest first",
		Description: `Examples:

    ecsundo cluster snapshots prod
    ecsundo cluster snapshots prod -o json

A name that ends in -before was written by an undo or a restore before its first
change. All others were taken with 'ecsundo cluster snapshot'. To restore one:
'ecsundo cluster restore CLUSTER --snapshot NAME'.
`,
		Flags: flagsWith(clusterFlag(), storeFlag(), timeoutFlag()),
		Action: withSettings(func(c *cli.Context, s settings.Settings) error {
			cluster, client, err := oneCluster(c, s, newConnector(c, s))
			if err != nil {
				return err
			}
			ctx, cancel := wall.WithTimeout(c.Context, s.Timeout.Is)
			defer cancel()
			return listSnapshots(ctx, newOutput(c, s), client, cluster, newStoreChoice(s, c.App.ErrWriter))
		}),
	}
}

func listSnapshots(ctx context.Context, out output, client *ecs.Client, cluster ecs.ClusterName, choice storeChoice) error {
	fail := func(err error) error {
		return &failure{asked: "list the snapshots of " + cluster.Name, err: err, status: statusUsage}
	}
	at, err := client.Locate(ctx, cluster.Name)
	if err != nil {
		return fail(err)
	}
	store, _, err := choice.open(client)
	if err != nil {
		return fail(err)
	}
	entries, err := store.List(ctx, place(at))
	if err != nil {
		return fail(err)
	}
	if out.form == "json" {
		return writeSnapshotsJSON(out, at, entries)
	}
	if len(entries) == 0 {
		fmt.Fprintf(out.stderr, "no snapshots of cluster %q in %s; take one with 'ecsundo cluster snapshot %s'\n", cluster.Name, store, cluster.Name)
		return nil
	}
	l := show.Listing{Header: table.Row{"name", "taken", "kind", "location"}}
	for _, e := range entries {
		l.Rows = append(l.Rows, table.Row{e.Name, e.Time.UTC().Format(time.RFC3339), kind(e, client.Now()), show.Clean(e.Location)})
	}
	return show.Text(out.stdout, l.In(out.form))
}

func kind(e snapshot.Entry, now time.Time) string {
	if fromFuture(e, now) {
		return "in the future, ignored"
	}
	if e.Before {
		return "before a change"
	}
	return "asked for"
}

func writeSnapshotsJSON(out output, at ecs.Cluster, entries []snapshot.Entry) error {
	type jsonEntry struct {
		Name     string `json:"name"`
		TakenAt  string `json:"takenAt"`
		Before   bool   `json:"before"`
		Size     int64  `json:"size"`
		Location string `json:"location"`
	}
	list := []jsonEntry{}
	for _, e := range entries {
		list = append(list, jsonEntry{e.Name, show.Time(e.Time), e.Before, e.Size, e.Location})
	}
	return show.JSON(out.stdout, map[string]any{
		"schemaVersion": schemaVersion, "cluster": at.Name, "region": at.Region, "account": at.Account, "snapshots": list,
	})
}
