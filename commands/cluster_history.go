package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/git"
	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

func clusterHistoryCommand() *cli.Command {
	return &cli.Command{
		Name: "cluster history", ArgsUsage: "CLUSTER", Usage: "show all deployments of a cluster",
		Description: `Examples:

    ecsundo cluster history prod
    ecsundo cluster history prod --since 2h --only 'api-*'
    ecsundo cluster history prod --since 2025-06-02T09:30:00Z -o json

History lists the deployments to all services of the cluster, newest first: when
each started, from which version to which, how it ended and how long it took. On
a terminal it also draws a line for each service, which shows the moment to give
to --as-of. It changes nothing.

ECS keeps 90 days of history. --since takes an age (45m, 2h, 3d, 1d12h) or a
time in RFC 3339. Times are UTC.
`,
		Flags: flagsWith(slices.Concat(filterFlags(), []cli.Flag{
			clusterFlag(), schedulesFlag(), gitFlag(), timeoutFlag(),
			&cli.StringFlag{Name: "since", Value: "7d", Usage: "show what came after `TIME`"},
		})...),
		Action: withSettings(func(c *cli.Context, s settings.Settings) error {
			in, err := newClusterHistoryInput(c, s)
			if err != nil {
				return err
			}
			ctx, cancel := wall.WithTimeout(c.Context, in.timeout)
			defer cancel()
			return clusterHistory(ctx, in)
		}),
	}
}

type clusterHistoryInput struct {
	cluster ecs.ClusterName
	client  *ecs.Client
	filter  *filter
	rules   ecs.Rules
	since   instant
	commits *git.Commits
	states  []ecs.ScheduleState // of rules and schedules, once read
	unread  error               // why not all of them could be
	all     bool                // they are asked for
	where   []string            // flags that lead to the same place, for commands to paste
	out     output
	timeout time.Duration
}

func newClusterHistoryInput(c *cli.Context, s settings.Settings) (in clusterHistoryInput, err error) {
	in.out, in.timeout, in.filter = newOutput(c, s), s.Timeout.Is, newFilter(s.Only, s.Except)
	if in.since, err = parseInstant("--since", c.String("since"), wall.Now()); err != nil {
		return in, err
	}
	in.all = s.Schedules.Is
	in.rules = ecs.Rules{Sidecar: sidecars(s)}
	in.commits, in.where = newCommits(c, s), whereFlags(s)
	in.cluster, in.client, err = oneCluster(c, s, newConnector(c, s))
	return in, err
}

func clusterHistory(ctx context.Context, in clusterHistoryInput) error {
	scope := ecs.Scope{Cluster: in.cluster.Name, Match: in.filter.match}
	if in.all {
		in.states, in.unread = in.client.ScheduleStates(ctx, scope, false)
	}
	if in.unread != nil {
		in.filter.unread("rule/", "schedule/")
	}
	line, err := in.client.Timeline(ctx, scope, in.since.time, in.since.aged)
	in.since = in.since.by(in.client.Skew())
	if err == nil {
		err = in.since.notAfter("--since", in.client.Now())
	}
	if err == nil {
		err = in.filter.unused(in.all)
	}
	if err == nil && len(line.Services) == 0 {
		err = &ecs.EmptyClusterError{Cluster: in.cluster.Name}
		if len(in.filter.only)+len(in.filter.except) > 0 {
			err = usagef(strings.Join(in.filter.notes, "; "), "--only and --except exclude every service of cluster %q", in.cluster.Name)
		}
	}
	if err != nil {
		return &failure{asked: "history of " + in.cluster.Name, err: err, status: statusUsage}
	}
	var uses []git.Use
	for _, e := range line.Events {
		uses = append(uses, git.Use{Service: e.Service, Version: e.To})
	}
	in.commits.Read(ctx, uses)
	switch in.out.form {
	case "json":
		return show.JSON(in.out.stdout, newJSONTimeline(in, line))
	case "markdown":
		return show.Text(in.out.stdout, markdownTimeline(in, line, in.client.Now()))
	case "name":
		return show.Text(in.out.stdout, deployedNames(line))
	}
	return show.Text(in.out.stdout, textTimeline(in, line, in.client.Now()))
}

// textTimeline is the time line for people: the table, on a terminal the picture, and what is not in them.
func textTimeline(in clusterHistoryInput, line *ecs.Timeline, now time.Time) string {
	var b strings.Builder
	if len(line.Events) > 0 {
		b.WriteString(timelineListing(in, line).Fit(in.out.width, "commit", "image", "version") + "\n")
	}
	if in.out.width > 0 && len(line.Events) > 0 {
		b.WriteString(picture(line.Events, in.since.time, now, in.out) + "\n")
	}
	for _, remark := range timelineRemarks(in, line) {
		b.WriteString(show.Wrap(remark, in.out.width, 0))
	}
	if moment, ok := beforeNewest(line, in.rules); ok {
		fmt.Fprintf(&b, "To the moment before the newest:\n    %s\n", in.at(moment))
	}
	return b.String()
}

// at is the command line that goes to a moment.
func (in clusterHistoryInput) at(moment time.Time) string {
	return line.Spell(slices.Concat([]string{"cluster", in.cluster.Name}, in.where, []string{"--as-of", show.Time(moment), "--dry-run"}))
}

// deployedNames are the services that were deployed to, one a line.
func deployedNames(line *ecs.Timeline) string {
	var names []string
	for _, e := range line.Events {
		names = append(names, show.Clean(e.Service)+"\n")
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "")
}

func markdownTimeline(in clusterHistoryInput, line *ecs.Timeline, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s cluster history: %s since %s\n\n", program, show.Markdown(line.Cluster.Name), in.since)
	if len(line.Events) > 0 {
		b.WriteString(gantt(line.Events, now) + "\n" + timelineListing(in, line).Markdown() + "\n")
	}
	for _, remark := range timelineRemarks(in, line) {
		fmt.Fprintf(&b, "- %s\n", show.Markdown(remark))
	}
	return b.String()
}

func timelineListing(in clusterHistoryInput, line *ecs.Timeline) show.Listing {
	l := show.Listing{Header: table.Row{"when", "service", "version", "image", "ended", "took"}}
	if in.commits != nil {
		l.Header = append(l.Header, "commit")
	}
	for _, e := range line.Events {
		row := table.Row{show.Time(e.At), show.Clean(e.Service), versionChange(e), eventImages(e), ending(e.Status), show.Took(e.At, e.Ended)}
		if in.commits != nil {
			row = append(row, in.commits.Of(e.Service, e.To).String())
		}
		l.Rows = append(l.Rows, row)
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
		remarks = append(remarks, fmt.Sprintf("nothing was deployed since %s to %s", in.since, show.SomeOf(quiet)))
	}
	byReason := map[string][]string{}
	for _, name := range sortedKeys(line.Unreadable) {
		reason := explain(line.Unreadable[name]).Error()
		byReason[reason] = append(byReason[reason], name)
	}
	for _, reason := range sortedKeys(byReason) {
		remarks = append(remarks, fmt.Sprintf("no history can be read of %s: %s", show.SomeOf(byReason[reason]), reason))
	}
	for _, s := range in.states {
		remark := fmt.Sprintf("%s runs %s", s.Name, s.TaskDefinition)
		if !s.ChangedAt.IsZero() {
			remark += ", last changed " + show.Time(s.ChangedAt)
		}
		remarks = append(remarks, remark)
	}
	if in.unread != nil {
		remarks = append(remarks, "not all rules and schedules can be read: "+explain(in.unread).Error())
	}
	if in.filter != nil {
		remarks = append(remarks, in.filter.notes...)
	}
	for i := range remarks {
		remarks[i] = show.Clean(remarks[i])
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
		Deployments   []jsonEvent       `json:"deployments"`        // newest first
		Schedules     []jsonSchedule    `json:"schedules,omitzero"` // what they run now; only with --schedules
	}

	jsonSchedule struct {
		Name      string `json:"name"`
		Runs      string `json:"runs"`
		ChangedAt string `json:"changedAt,omitempty"`
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
	if in.all {
		out.Schedules = []jsonSchedule{}
	}
	for _, s := range in.states {
		out.Schedules = append(out.Schedules, jsonSchedule{s.Name, s.TaskDefinition.String(), show.Time(s.ChangedAt)})
	}
	for name, err := range line.Unreadable {
		out.Unreadable[name] = explain(err).Error()
	}
	for _, e := range line.Events {
		images := newJSONImages(e.To)
		fillCommits(in.commits, e.Service, e.To, images)
		event := jsonEvent{
			Service: e.Service, At: show.Time(e.At), Ended: show.Time(e.Ended), From: e.From.TaskDefinition.String(), To: e.To.TaskDefinition.String(),
			Images: images, Commit: newJSONCommit(in.commits.Of(e.Service, e.To)), Status: e.Status, Reason: e.Reason,
		}
		if !e.Ended.IsZero() {
			seconds := e.Ended.Sub(e.At).Seconds()
			event.Seconds = &seconds
		}
		out.Deployments = append(out.Deployments, event)
	}
	return out
}
