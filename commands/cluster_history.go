package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
)

func clusterHistoryCommand() *cli.Command {
	return &cli.Command{
		Name: "cluster history", ArgsUsage: "CLUSTER", Usage: "every service's deployments on one time line",
		Description: `History lists what was deployed to the services of the cluster, newest first:
when, from what to what, how it ended and how long it took. On a terminal it
also draws a lane for each service, so that the moment for --as-of can be seen.
It changes nothing.

ECS keeps the history of 90 days; --since takes an age (45m, 2h, 3d, 1d12h) or
an RFC 3339 time. Times are UTC.

Examples:

    ecsundo cluster history prod
    ecsundo cluster history prod --since 2h --only 'api-*'
    ecsundo cluster history prod --since 2025-06-02T09:30:00Z -o json
`,
		Flags: flagsWith(slices.Concat(filterFlags(), []cli.Flag{
			clusterFlag(), gitFlag(), timeoutFlag(),
			&cli.StringFlag{Name: "since", Value: "7d", Usage: "from `TIME` on: 45m, 2h, 3d or RFC 3339"},
		})...),
		Action: func(c *cli.Context) error {
			in, err := newClusterHistoryInput(c)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(c.Context, in.timeout)
			defer cancel()
			return clusterHistory(ctx, in)
		},
	}
}

type clusterHistoryInput struct {
	cluster ecs.ClusterName
	client  *ecs.Client
	filter  *filter
	since   instant
	commits *commits
	where   []string // flags that lead to the same place, for commands to paste
	out     output
	timeout time.Duration
}

func newClusterHistoryInput(c *cli.Context) (in clusterHistoryInput, err error) {
	if in.out, err = newOutput(c); err != nil {
		return in, err
	}
	if in.timeout, err = parseTimeout(c.String("timeout")); err != nil {
		return in, err
	}
	if in.since, err = parseInstant("--since", c.String("since"), time.Now()); err != nil {
		return in, err
	}
	if in.filter, err = newFilter(c); err != nil {
		return in, err
	}
	in.commits, in.where = newCommits(c), whereFlags(c)
	in.cluster, in.client, err = oneCluster(c)
	return in, err
}

func clusterHistory(ctx context.Context, in clusterHistoryInput) error {
	line, err := in.client.Timeline(ctx, ecs.Scope{Cluster: in.cluster.Name, Match: in.filter.match}, in.since.time)
	if err == nil {
		err = in.filter.unused()
	}
	if err == nil && len(line.Services) == 0 {
		err = &ecs.EmptyClusterError{Cluster: in.cluster.Name}
		if len(in.filter.only)+len(in.filter.except) > 0 {
			err = usagef(strings.Join(in.filter.notes, "; "), "--only and --except leave no service of cluster %q", in.cluster.Name)
		}
	}
	if err != nil {
		return &failure{asked: "history of " + in.cluster.Name, err: err, status: statusUsage}
	}
	var uses []usedBy
	for _, e := range line.Events {
		uses = append(uses, usedBy{e.Service, e.To})
	}
	in.commits.read(ctx, uses)
	switch in.out.form {
	case "json":
		return printJSON(in.out.stdout, newJSONTimeline(in, line))
	case "markdown":
		return printText(in.out.stdout, markdownTimeline(in, line))
	}
	return printText(in.out.stdout, textTimeline(in, line, time.Now()))
}

// textTimeline is the time line for people: the table, on a terminal the picture, and what is not in them.
func textTimeline(in clusterHistoryInput, line *ecs.Timeline, now time.Time) string {
	var b strings.Builder
	if len(line.Events) > 0 {
		b.WriteString(timelineListing(in, line).fit(in.out.width, "commit", "image", "version") + "\n")
	}
	if in.out.width > 0 && len(line.Events) > 0 {
		b.WriteString(picture(line.Events, in.since.time, now, in.out) + "\n")
	}
	for _, remark := range timelineRemarks(in, line) {
		b.WriteString(wrap(remark, in.out.width, 0))
	}
	if len(line.Events) > 0 {
		fmt.Fprintf(&b, "To the moment before the newest:\n    %s\n", in.before(line.Events[0]))
	}
	return b.String()
}

// before is the command line that goes to a moment just before a deployment.
func (in clusterHistoryInput) before(e ecs.Event) string {
	return spell(slices.Concat([]string{"cluster", in.cluster.Name}, in.where, []string{"--as-of", jsonTime(e.At.Add(-time.Second)), "--dry-run"}))
}

func markdownTimeline(in clusterHistoryInput, line *ecs.Timeline) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s cluster history: %s since %s\n\n", program, markdown(line.Cluster.Name), in.since)
	if len(line.Events) > 0 {
		b.WriteString(timelineListing(in, line).markdown() + "\n")
	}
	for _, remark := range timelineRemarks(in, line) {
		fmt.Fprintf(&b, "- %s\n", markdown(remark))
	}
	return b.String()
}

func timelineListing(in clusterHistoryInput, line *ecs.Timeline) listing {
	l := listing{header: table.Row{"when", "service", "version", "image", "ended", "took"}}
	if in.commits != nil {
		l.header = append(l.header, "commit")
	}
	for _, e := range line.Events {
		row := table.Row{jsonTime(e.At), clean(e.Service), versionChange(e), eventImages(e), ending(e.Status), took(e.At, e.Ended)}
		if in.commits != nil {
			row = append(row, in.commits.of(e.Service, e.To).String())
		}
		l.rows = append(l.rows, row)
	}
	return l
}

// versionChange says from what to what a deployment went: web:2 → 3.
func versionChange(e ecs.Event) string {
	from, to := e.From.TaskDefinition, orQuestion(e.To)
	switch {
	case from.IsZero():
		return "→ " + to
	case from == e.To.TaskDefinition:
		return to + " again"
	case from.Family == e.To.TaskDefinition.Family:
		_, number, _ := strings.Cut(to, ":")
		return from.String() + " → " + number
	}
	return from.String() + " → " + to
}

// eventImages names the images that a deployment changed, or all if it changed none: with digests where the tag is the same.
func eventImages(e ecs.Event) string {
	var names []string
	for _, after := range e.To.Images {
		before, name := imageOf(e.From, after.Container), imageTag(after)
		switch {
		case before.Reference != after.Reference:
		case before.Digest != "" && after.Digest != "" && before.Digest != after.Digest:
			name += "@" + shortDigest(after.Digest)
		default:
			continue
		}
		names = append(names, container(e.To, after)+name)
	}
	if len(names) == 0 {
		return imageChange(e.To, e.To)
	}
	return strings.Join(names, ", ")
}

// timelineRemarks say what the table does not show.
func timelineRemarks(in clusterHistoryInput, line *ecs.Timeline) []string {
	var remarks []string
	quiet, _ := split(line.Services, func(name string) bool {
		_, unreadable := line.Unreadable[name]
		return !unreadable && !slices.ContainsFunc(line.Events, func(e ecs.Event) bool { return e.Service == name })
	})
	if len(quiet) > 0 {
		remarks = append(remarks, fmt.Sprintf("nothing was deployed since %s to %s", in.since, someOf(quiet)))
	}
	byReason := map[string][]string{}
	for _, name := range sortedKeys(line.Unreadable) {
		reason := explain(line.Unreadable[name]).Error()
		byReason[reason] = append(byReason[reason], name)
	}
	for _, reason := range sortedKeys(byReason) {
		remarks = append(remarks, fmt.Sprintf("no history can be read of %s: %s", someOf(byReason[reason]), reason))
	}
	if in.filter != nil {
		remarks = append(remarks, in.filter.notes...)
	}
	for i := range remarks {
		remarks[i] = clean(remarks[i])
	}
	return remarks
}

type (
	jsonTimeline struct {
		SchemaVersion int               `json:"schemaVersion"`
		Cluster       string            `json:"cluster"`
		Region        string            `json:"region"`
		Account       string            `json:"account,omitempty"`
		Since         string            `json:"since"`
		Services      []string          `json:"services"` // all that were looked at
		Unreadable    map[string]string `json:"unreadable"`
		Deployments   []jsonEvent       `json:"deployments"` // newest first
	}

	jsonEvent struct {
		Service string      `json:"service"`
		At      string      `json:"at"`
		Ended   string      `json:"ended,omitempty"`   // left out while it goes on
		Seconds *float64    `json:"seconds,omitempty"` // from at to ended
		From    string      `json:"from,omitempty"`
		To      string      `json:"to,omitempty"` // left out if ECS no longer has the record
		Images  []jsonImage `json:"images"`       // of what it brought
		Commit  *jsonCommit `json:"commit,omitempty"`
		Status  string      `json:"status"` // as ECS has it
		Reason  string      `json:"reason,omitempty"`
	}
)

func newJSONTimeline(in clusterHistoryInput, line *ecs.Timeline) jsonTimeline {
	out := jsonTimeline{
		SchemaVersion: schemaVersion, Cluster: line.Cluster.Name, Region: line.Cluster.Region, Account: line.Cluster.Account,
		Since: in.since.String(), Services: orEmpty(line.Services), Unreadable: map[string]string{}, Deployments: []jsonEvent{},
	}
	for name, err := range line.Unreadable {
		out.Unreadable[name] = explain(err).Error()
	}
	for _, e := range line.Events {
		images := newJSONImages(e.To)
		in.commits.fill(e.Service, e.To, images)
		event := jsonEvent{
			Service: e.Service, At: jsonTime(e.At), Ended: jsonTime(e.Ended), From: e.From.TaskDefinition.String(), To: e.To.TaskDefinition.String(),
			Images: images, Commit: newJSONCommit(in.commits.of(e.Service, e.To)), Status: e.Status, Reason: e.Reason,
		}
		if !e.Ended.IsZero() {
			seconds := e.Ended.Sub(e.At).Seconds()
			event.Seconds = &seconds
		}
		out.Deployments = append(out.Deployments, event)
	}
	return out
}
