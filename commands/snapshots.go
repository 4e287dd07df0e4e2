package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/snapshot"
)

func clusterSnapshotsCommand() *cli.Command {
	return &cli.Command{
		Name: "cluster snapshots", ArgsUsage: "CLUSTER", Usage: "list the snapshots of a cluster, newest first",
		Description: `Snapshots lists what the store has of the cluster, newest first. Those whose
name ends in -before were kept by an undo or a restore, of the services that it
was about to change; the others were asked for. Any of them can be given to
'ecsundo cluster restore CLUSTER --snapshot NAME'.

Examples:

    ecsundo cluster snapshots prod
    ecsundo cluster snapshots prod -o json
`,
		Flags: flagsWith(clusterFlag(), storeFlag(), timeoutFlag()),
		Action: func(c *cli.Context) error {
			out, err := newOutput(c)
			if err != nil {
				return err
			}
			timeout, err := parseTimeout(c.String("timeout"))
			if err != nil {
				return err
			}
			cluster, client, err := oneCluster(c)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(c.Context, timeout)
			defer cancel()
			return listSnapshots(ctx, out, client, cluster, newStoreChoice(c))
		},
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
	l := listing{header: table.Row{"name", "taken", "kind", "location"}}
	for _, e := range entries {
		l.rows = append(l.rows, table.Row{e.Name, e.Time.UTC().Format(time.RFC3339), kind(e), clean(e.Location)})
	}
	return printText(out.stdout, l.in(out.form))
}

func kind(e snapshot.Entry) string {
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
		list = append(list, jsonEntry{e.Name, jsonTime(e.Time), e.Before, e.Size, e.Location})
	}
	return printJSON(out.stdout, map[string]any{
		"schemaVersion": schemaVersion, "cluster": at.Name, "region": at.Region, "account": at.Account, "snapshots": list,
	})
}
