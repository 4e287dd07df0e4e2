package commands

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
)

func configCommand() *cli.Command {
	return &cli.Command{
		Name: "config", ArgsUsage: "", Usage: "show the settings, and where each comes from",
		Description: `Config prints the settings as they are in effect here and now, and where each
comes from: a flag, the environment, the file, AWS's own configuration, or
built in. It asks nothing of AWS and shows no credentials.

The file is ~/.ecsundo.yml, or the one of --config or ECSUNDO_CONFIG. All keys:

    cluster: prod                  # where no cluster is given
    region: eu-west-1
    profile: ops
    store: s3://ops-bucket/ecsundo # or a directory, relative to the file
    bucketOwner: "123456789012"    # refuse a bucket of any other account
    timeout: 30m
    output: text                   # or json, markdown
    only: [api-*, web]             # in commands on whole clusters
    except: [legacy-*]
    sidecars: [datadog-agent]      # images that move by themselves
    repositories:                  # where commits are, by service
      api-*: ~/src/api

Of each there is a variable, such as ECSUNDO_CLUSTER or ECSUNDO_BUCKET_OWNER;
it replaces what the file says, and a flag replaces both. There, lists have
commas: ECSUNDO_ONLY='api-*,web', ECSUNDO_REPOSITORIES='api-*=/src/api'.

Examples:

    ecsundo config
    ecsundo config -o json
`,
		Flags: flagsWith(append(filterFlags(), clusterFlag(), storeFlag(), timeoutFlag())...),
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usagef("usage: ecsundo config [flags]", "one argument too many: %q", c.Args().First())
			}
			out, err := newOutput(c)
			if err != nil {
				return err
			}
			return showConfig(out, effectiveSettings(c))
		},
	}
}

// An effective is a setting as it is now, and where that comes from; empty if it is not set at all.
type effective struct {
	name   string
	kind   keyKind
	values []string
	from   string
}

// effectiveSettings gives every setting, the file first.
func effectiveSettings(c *cli.Context) []effective {
	all := []effective{configFile(c)}
	for _, name := range []string{"cluster", "region", "profile", "store", "bucketOwner", "timeout", "output", "only", "except", "sidecars", "repositories"} {
		key, _ := findKey(name)
		all = append(all, effectiveSetting(c, key))
	}
	return all
}

func configFile(c *cli.Context) effective {
	file, named := configPath(c)
	e := effective{name: "config", values: []string{tilde(file)}, from: "built in"}
	switch {
	case c.String("config") != "":
		e.from = "--config"
	case named:
		e.from = "ECSUNDO_CONFIG"
	}
	if _, err := os.Stat(file); err != nil {
		e.from += ", not there"
	}
	return e
}

func effectiveSetting(c *cli.Context, key settingKey) effective {
	e := effective{name: key.name, kind: key.kind, values: settingOf(c, key.name), from: source(c, key.name)}
	flag, isFlag := flagsOf(c.Command)[key.name]
	switch {
	case !isFlag && e.values != nil:
		all, _ := c.App.Metadata["settings"].(settings)
		e.from = all[key.name].from
	case isFlag && c.IsSet(key.name):
		e.values = []string{c.String(key.name)}
		if flag.repeatable {
			e.values = c.StringSlice(key.name)
		}
		if e.from == "" {
			e.from = "--" + key.name
		}
	default:
		e.values, e.from = fallback(c, key.name)
	}
	return e
}

// fallback is what is in effect for a setting that nobody has set.
func fallback(c *cli.Context, name string) (values []string, from string) {
	switch name {
	case "region":
		return awsRegion(c)
	case "profile":
		return fromVariables("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
	case "store":
		return []string{defaultStore}, "built in"
	case "timeout", "output":
		return []string{c.String(name)}, "built in"
	}
	return nil, ""
}

// awsRegion finds the region as the other commands do.
func awsRegion(c *cli.Context) (values []string, from string) {
	client, err := ecs.Connect(context.WithoutCancel(c.Context), ecs.Options{Profile: c.String("profile")})
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
	for _, name := range strangeVariables() {
		fmt.Fprintf(out.stderr, "warning: %s is set, and there is no such setting%s\n", clean(name), suggestVariable(name))
	}
	if out.form == "json" {
		return writeConfigJSON(out, all)
	}
	l := listing{header: table.Row{"setting", "value", "from"}}
	for _, e := range all {
		from := e.from
		if from == "" {
			from = "not set"
		}
		l.rows = append(l.rows, table.Row{e.name, clean(strings.Join(e.values, ", ")), clean(from)})
	}
	return printText(out.stdout, l.in(out.form))
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
	return printJSON(out.stdout, map[string]any{"schemaVersion": schemaVersion, "settings": list})
}

// strangeVariables names the variables that look like settings and are none. Their values are nobody's business.
func strangeVariables() []string {
	known := knownVariables()
	var strange []string
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "ECSUNDO_") && value != "" && !known[name] {
			strange = append(strange, name)
		}
	}
	return strange
}

func knownVariables() map[string]bool {
	known := map[string]bool{"ECSUNDO_CONFIG": true}
	for _, key := range settingKeys() {
		known[key.variable()] = true
	}
	return known
}

func suggestVariable(name string) string {
	if near := nearest(name, sortedKeys(knownVariables())); near != "" {
		return "; nearest is " + near
	}
	return ""
}
