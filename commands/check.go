package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

func checkCommand() *cli.Command {
	return &cli.Command{
		Name: "check", ArgsUsage: "CLUSTER", Usage: "the permissions that an undo is missing",
		Description: `Examples:

    ecsundo check prod
    ecsundo check prod --schedules -o json

Check tells which permissions an undo of the cluster needs and does not have. It
makes the reading calls, each once, on one service; the changing ones it has
IAM simulate, where iam:SimulatePrincipalPolicy is allowed. It changes nothing.

With --schedules, or the setting schedules, it also checks what an undo of rules
and schedules needs, on the first rule and the first schedule of the cluster.

IAM's simulation leaves out organization policies with conditions, session
policies and policies of resources, so that "yes" is no promise there.

The status is 1 if something is missing. -o json has the policy as well; -o name
only the actions that are missing.
`,
		Flags: flagsWith(clusterFlag(), schedulesFlag(), copyTagFlag(), timeoutFlag()),
		Action: withSettings(func(c *cli.Context, s settings.Settings) error {
			cluster, client, err := oneCluster(c, s, newConnector(c, s))
			if err != nil {
				return err
			}
			ctx, cancel := wall.WithTimeout(c.Context, s.Timeout.Is)
			defer cancel()
			return check(ctx, newOutput(c, s), client, cluster.Name, s.CopyTags.Is, s.Schedules.Is)
		}),
	}
}

func check(ctx context.Context, out output, client *ecs.Client, cluster string, tags map[string]string, scheduled bool) error {
	all, err := client.Permissions(ctx, cluster, tags, scheduled)
	if err != nil {
		return &failure{asked: "check " + cluster, err: missingCluster(ctx, client, cluster, err), status: statusUsage}
	}
	missing, _ := split(all, func(p ecs.Permission) bool { return p.Access == ecs.Denied })
	if err := showPermissions(out, checked{cluster, scheduled}, all, missing); err != nil {
		return err
	}
	if len(missing) > 0 {
		return statusError(statusFailed)
	}
	return nil
}

// checked is the undo whose permissions were checked.
type checked struct {
	cluster   string
	scheduled bool
}

// String names it: prod and its scheduled tasks.
func (c checked) String() string {
	if c.scheduled {
		return c.cluster + " and its scheduled tasks"
	}
	return c.cluster
}

func showPermissions(out output, of checked, all, missing []ecs.Permission) error {
	switch out.form {
	case "json":
		return writeCheckJSON(out, of.cluster, all, missing)
	case "name":
		return show.Text(out.stdout, strings.Join(append(actionsOf(missing), ""), "\n"))
	}
	l := show.Listing{Header: table.Row{"action", "allowed", "resource", "why"}}
	for _, p := range all {
		l.Rows = append(l.Rows, table.Row{p.Action, string(p.Access), show.Clean(p.Resource), show.Clean(p.Why)})
	}
	sentence, policy := checkSentence(of, all, missing), ""
	if len(missing) > 0 {
		text, err := json.MarshalIndent(statements(missing), "", "  ")
		if err != nil {
			return err
		}
		policy = show.CleanJSON(string(text)) + "\n"
	}
	if out.form == "markdown" {
		if policy != "" {
			policy = "\n```json\n" + policy + "```\n"
		}
		return show.Text(out.stdout, fmt.Sprintf("### %s check\n\n%s\n%s\n%s", program, l.Markdown(), show.Markdown(sentence), policy))
	}
	return show.Text(out.stdout, l.Fit(out.width, "why", "resource")+"\n"+show.Wrap(sentence, out.width, 0)+policy)
}

// checkSentence says in one line what is missing.
func checkSentence(of checked, all, missing []ecs.Permission) string {
	unknown, _ := split(all, func(p ecs.Permission) bool { return p.Access == ecs.Unknown })
	sentence := fmt.Sprintf("Nothing that an undo of %s needs is missing.", of)
	switch {
	case len(missing) > 0:
		sentence = fmt.Sprintf("Missing for an undo of %s: %s. Add to the policy:", of, strings.Join(actionsOf(missing), ", "))
	case len(unknown) > 0:
		sentence = fmt.Sprintf("Every call that reads is allowed for an undo of %s.", of)
	}
	if len(unknown) > 0 {
		sentence = fmt.Sprintf("Not known, since iam:SimulatePrincipalPolicy is not allowed: %s. ", strings.Join(actionsOf(unknown), ", ")) + sentence
	}
	return sentence
}

func actionsOf(permissions []ecs.Permission) []string {
	var actions []string
	for _, p := range permissions {
		if !slices.Contains(actions, p.Action) {
			actions = append(actions, p.Action)
		}
	}
	return actions
}

// A statement is one of a policy.
type statement struct {
	Effect   string   `json:"Effect"`
	Action   []string `json:"Action"`
	Resource []string `json:"Resource"`
}

// statements allow what is missing: what is for the same resource together.
func statements(missing []ecs.Permission) []statement {
	list := []statement{}
	for _, p := range missing {
		at := slices.IndexFunc(list, func(s statement) bool { return s.Resource[0] == p.Resource })
		if at < 0 {
			list = append(list, statement{Effect: "Allow", Resource: []string{p.Resource}})
			at = len(list) - 1
		}
		if !slices.Contains(list[at].Action, p.Action) {
			list[at].Action = append(list[at].Action, p.Action)
		}
	}
	return list
}

func writeCheckJSON(out output, cluster string, all, missing []ecs.Permission) error {
	type jsonPermission struct {
		Action   string `json:"action"`
		Resource string `json:"resource"`
		Allowed  *bool  `json:"allowed,omitempty"` // left out where it is not known
		Why      string `json:"why,omitempty"`
	}
	list := []jsonPermission{}
	for _, p := range all {
		j := jsonPermission{Action: p.Action, Resource: p.Resource, Why: p.Why}
		if p.Access != ecs.Unknown {
			allowed := p.Access == ecs.Allowed
			j.Allowed = &allowed
		}
		list = append(list, j)
	}
	return show.JSON(out.stdout, map[string]any{
		"schemaVersion": schemaVersion, "cluster": cluster, "permissions": list, "missing": orEmpty(actionsOf(missing)), "statements": statements(missing),
	})
}
