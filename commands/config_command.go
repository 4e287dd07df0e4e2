package commands

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

func configCommand() *cli.Command {
	return &cli.Command{
		Name: "config", ArgsUsage: "", Usage: "show the settings, and where each comes from",
		Description: `Examples:

    ecsundo config
    ecsundo config -o json

Config prints all settings as they are in effect, and where each comes from: a
flag, a variable, the settings file, the configuration of AWS, or built in. It
asks AWS nothing and shows no credentials. 'ecsundo help config' lists all keys
of the settings file.
`,
		Flags: flagsWith(append(filterFlags(), clusterFlag(), copyTagFlag(), sidecarFlag(), storeFlag(), timeoutFlag())...),
		Action: withSettings(func(c *cli.Context, s settings.Settings) error {
			if c.Args().Present() {
				return usagef("usage: ecsundo config [flags]", "unexpected argument: %q", c.Args().First())
			}
			return showConfig(newOutput(c, s), effectiveSettings(c.Context, s))
		}),
	}
}

// An effective is a setting as it is now, and where that comes from; empty if it is not set at all.
type effective struct {
	name   string
	values []string
	from   string
}

// effectiveSettings gives every setting, the file first.
func effectiveSettings(ctx context.Context, s settings.Settings) []effective {
	all := []effective{
		newEffective("config", s.File), newEffective("cluster", s.Cluster), newEffective("region", s.Region), newEffective("profile", s.Profile), newEffective("store", s.Store),
		newEffective("bucketOwner", s.BucketOwner), newEffective("sse", s.SSE), newEffective("kmsKey", s.KMSKey), newEffective("timeout", s.Timeout), newEffective("output", s.Output), newEffective("ci", s.CI), newEffective("only", s.Only), newEffective("except", s.Except),
		newEffective("copyTags", s.CopyTags), newEffective("guess", s.Guess), newEffective("schedules", s.Schedules), newEffective("sidecars", s.Sidecars), newEffective("repositories", s.Repositories),
	}
	if _, err := os.Stat(s.File.Is); err != nil {
		all[0].from += ", not there"
	}
	if s.Region.From.Kind == settings.Nowhere {
		all[2].values, all[2].from = awsRegion(ctx, s.Profile.Is)
	}
	if s.Profile.From.Kind == settings.Nowhere {
		all[3].values, all[3].from = fromVariables("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
	}
	return all
}

func newEffective[T any](name string, v settings.Value[T]) effective {
	return effective{name, v.Text, v.From.String()}
}

// awsRegion finds the region as the other commands do.
func awsRegion(ctx context.Context, profile string) (values []string, from string) {
	client, err := ecs.Connect(context.WithoutCancel(ctx), ecs.Options{Profile: profile, Clock: wall})
	if err != nil {
		return nil, ""
	}
	if values, from := fromVariables("AWS_REGION", "AWS_DEFAULT_REGION"); from != "" {
		return values, from
	}
	return []string{client.Region}, "the AWS configuration"
}

func fromVariables(names ...string) (values []string, from string) {
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			return []string{value}, name
		}
	}
	return nil, ""
}

func showConfig(out output, all []effective) error {
	for _, name := range settings.Strange() {
		fmt.Fprintf(out.stderr, "warning: %s is set, but there is no such setting%s\n", show.Clean(name), suggestVariable(name))
	}
	if out.form == "json" {
		return writeConfigJSON(out, all)
	}
	l := show.Listing{Header: table.Row{"setting", "value", "from"}}
	for _, e := range all {
		from := e.from
		if from == "" {
			from = "not set"
		}
		l.Rows = append(l.Rows, table.Row{e.name, show.Clean(strings.Join(e.values, ", ")), show.Clean(from)})
	}
	return show.Text(out.stdout, l.In(out.form))
}

func writeConfigJSON(out output, all []effective) error {
	type jsonSetting struct {
		Name   string   `json:"name"`
		Values []string `json:"values"`
		From   string   `json:"from,omitempty"`
	}
	list := []jsonSetting{}
	for _, e := range all {
		list = append(list, jsonSetting{e.name, orEmpty(e.values), e.from})
	}
	return show.JSON(out.stdout, map[string]any{"schemaVersion": schemaVersion, "settings": list})
}

func suggestVariable(name string) string {
	if near := line.Nearest(name, settings.Variables()); near != "" {
		return "; nearest is " + near
	}
	return ""
}
