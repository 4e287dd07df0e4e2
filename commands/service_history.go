package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
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

func serviceHistoryCommand() *cli.Command {
	return &cli.Command{
		Name: "service history", ArgsUsage: "SERVICE", Usage: "show what it ran, and what an undo would do",
		Description: `Examples:

    ecsundo service history -c prod web
    ecsundo service history -c prod web --limit 50 -o json
    ecsundo service history -c prod web --git ../web
    ecsundo service history -c prod web --capture captures

History lists the deployments of a service, newest first: when each started,
what it deployed and how it ended. It marks the current version and the one that
an undo would deploy, and says why. It changes nothing.

ECS keeps 90 days of history. Give any of the times to --as-of, or any of the
task definitions to --to.

--capture writes the answers of AWS to a new file, for a bug report. Accounts,
names, tags, environment and secrets are replaced. Read it before you share it.
`,
		Flags: flagsWith(clusterFlag(), sidecarFlag(), gitFlag(), storeFlag(), timeoutFlag(),
			&cli.StringFlag{Name: "limit", Value: "10", Usage: "show at most `N` deployments"},
			&cli.StringFlag{Name: "capture", Usage: "write the answers of AWS, scrubbed, to `DIR`"}),
		Action: withSettings(func(c *cli.Context, s settings.Settings) error {
			in, err := newServiceHistoryInput(c, s)
			if err != nil {
				return err
			}
			ctx, cancel := wall.WithTimeout(c.Context, in.timeout)
			defer cancel()
			err = serviceHistory(ctx, in)
			return errors.Join(err, in.capture.write(in.cluster, in.service, in.out))
		}),
	}
}

type serviceHistoryInput struct {
	cluster, service string
	client           *ecs.Client
	store            storeChoice
	sidecars         func(ecs.Image) bool
	limit            int
	where            []string // flags that lead to the same place, for commands to paste
	commits          *git.Commits
	capture          capture
	out              output
	timeout          time.Duration
}

func newServiceHistoryInput(c *cli.Context, s settings.Settings) (in serviceHistoryInput, err error) {
	in.out, in.timeout = newOutput(c, s), s.Timeout.Is
	if in.limit, err = strconv.Atoi(c.String("limit")); err != nil || in.limit < 1 {
		return in, usagef("for example --limit 20", "--limit %q is not a number of deployments", c.String("limit"))
	}
	t, err := serviceTarget(c, s)
	if err != nil {
		return in, err
	}
	if len(t.services) > 1 {
		return in, usagef("one service at a time", "unexpected argument: %q", t.services[1])
	}
	in.cluster, in.service = t.cluster.Name, t.services[0]
	in.store, in.sidecars, in.commits = newStoreChoice(s, c.App.ErrWriter), sidecars(s), newCommits(c, s)
	in.where = whereFlags(s)
	if in.capture, err = newCapture(c.String("capture")); err != nil {
		return in, err
	}
	in.client, err = newConnector(c, s, in.capture.options)(c.Context, t.cluster.Region)
	return in, err
}

// whereFlags gives the flags for region and profile that were typed, for commands to paste.
func whereFlags(s settings.Settings) []string {
	var words []string
	for _, v := range []settings.Value[string]{s.Region, s.Profile} {
		if value := v.Typed(); value != "" {
			words = append(words, v.From.Name, value)
		}
	}
	return words
}

// serviceHistory plans an undo, without doing it, and shows the history that it was made from.
func serviceHistory(ctx context.Context, in serviceHistoryInput) error {
	fail := func(err error) error {
		return &failure{asked: "history of " + in.service, err: err, status: statusUsage}
	}
	plan, err := in.client.Plan(ctx, ecs.Scope{Cluster: in.cluster, Services: []string{in.service}}, ecs.UndoPlanner(ecs.UndoOptions{}),
		ecs.PlanOptions{KeepHistory: true, Sidecar: in.sidecars, Records: func() ([]ecs.Record, error) {
			return in.store.records(ctx, in.client, in.cluster, func(error) {})
		}})
	if err != nil {
		return fail(missingCluster(ctx, in.client, in.cluster, err))
	}
	step := plan.Steps[0]
	if step.History == nil {
		step.History = &ecs.History{}
	}
	if err := in.client.ReadHistory(ctx, step.History, in.limit); err != nil {
		return fail(err)
	}
	h := newPast(step, plan.ObservedAt, in.limit)
	var uses []git.Use
	for _, d := range h.shown {
		uses = append(uses, git.Use{Service: in.service, Version: versionOf(d)})
	}
	in.commits.Read(ctx, uses)
	switch in.out.form {
	case "json":
		return show.JSON(in.out.stdout, h.json(plan.Cluster, in.commits))
	case "name":
		return show.Text(in.out.stdout, h.names())
	case "markdown":
		return show.Text(in.out.stdout, fmt.Sprintf("### %s service history: %s\n\n%s\n%s\n", program, show.Markdown(in.service),
			h.listing(in.commits).Markdown(), show.Markdown(h.sentence())))
	}
	return show.Text(in.out.stdout, h.text(in))
}

// names are the definitions that were deployed, newest first, each once.
func (p past) names() string {
	var names []string
	for _, d := range p.shown {
		if v := versionOf(d); v.Known() && !slices.Contains(names, v.TaskDefinition.String()) {
			names = append(names, v.TaskDefinition.String())
		}
	}
	return strings.Join(append(names, ""), "\n")
}

// A past is what a service has run, and what an undo makes of it.
type past struct {
	step    *ecs.Step
	at      time.Time                // when it was read, by the clock of AWS
	shown   []*ecs.ServiceDeployment // newest first
	older   int                      // that are not shown
	current *ecs.ServiceDeployment   // that brought what runs; nil if it is not shown
	target  *ecs.ServiceDeployment   // that last brought what undo goes to; nil if it is not shown or there is none
}

func newPast(step *ecs.Step, at time.Time, limit int) past {
	all := step.History.Deployments
	p := past{step: step, at: at, shown: all[:min(limit, len(all))]}
	p.older = len(all) - len(p.shown)
	for _, d := range p.shown {
		if p.current == nil && d.CreatedAt.Equal(step.Since) {
			p.current = d
		}
		if p.target == nil && step.Action == ecs.Undo && d.CreatedAt.Equal(step.ToSince) {
			p.target = d
		}
	}
	return p
}

// versionOf gives what a deployment brought; the zero value if ECS no longer has the record.
func versionOf(d *ecs.ServiceDeployment) ecs.Version {
	if d.Revision == nil {
		return ecs.Version{}
	}
	return d.Revision.Version
}

// mark says what a deployment is for the reader.
func (p past) mark(d *ecs.ServiceDeployment) string {
	switch {
	case d == p.current:
		return "current"
	case d == p.target:
		return "undo goes here"
	}
	return ""
}

func (p past) listing(cs *git.Commits) show.Listing {
	l := show.Listing{Header: table.Row{"when", "age", "version", "image", "ended", "took", ""}}
	if cs != nil {
		l.Header = table.Row{"when", "age", "version", "image", "ended", "took", "", "commit"}
	}
	for _, d := range p.shown {
		v := versionOf(d)
		row := table.Row{show.Time(d.CreatedAt), show.Age(d.CreatedAt, p.at), orQuestion(v), p.images(d), ending(d.Status), show.Took(d.CreatedAt, d.FinishedAt), p.mark(d)}
		if cs != nil {
			row = append(row, cs.Of(p.step.Service, v).String())
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}

// images names what a deployment ran, with digests where its tags alone would not tell it from another one of the same
// definition.
func (p past) images(d *ecs.ServiceDeployment) string {
	v := versionOf(d)
	for _, other := range p.shown {
		o := versionOf(other)
		if o.TaskDefinition == v.TaskDefinition && hasMoved(v, o) {
			return imagesWithDigests(v)
		}
	}
	return imageChange(v, v)
}

func hasMoved(a, b ecs.Version) bool {
	return slices.ContainsFunc(a.Images, func(i ecs.Image) bool {
		j := imageOf(b, i.Container)
		return i.Digest != "" && j.Digest != "" && i.Digest != j.Digest
	})
}

func imagesWithDigests(v ecs.Version) string {
	var names []string
	for _, i := range v.Images {
		name := imageTag(i)
		if i.Digest != "" && !strings.HasPrefix(name, "@") {
			name += "@" + shortDigest(i.Digest)
		}
		names = append(names, container(v, i)+name)
	}
	return strings.Join(names, ", ")
}

// sentence says what an undo would do now, and why.
func (p past) sentence() string {
	s := p.step
	switch s.Action {
	case ecs.Undo:
		return fmt.Sprintf("An undo would go from %s to %s: %s.", s.From.TaskDefinition, destination(s), reason(s))
	case ecs.Unchanged:
		return fmt.Sprintf("An undo would do nothing: %s.", reason(s))
	}
	return fmt.Sprintf("An undo is not possible: %s.", reason(s))
}

// undo is the command line that undoes the service.
func (in serviceHistoryInput) undo(more ...string) string {
	return line.Spell(onService(in.cluster, in.service, slices.Concat(in.where, more)...))
}

func (p past) text(in serviceHistoryInput) string {
	var b strings.Builder
	if len(p.shown) > 0 {
		b.WriteString(p.listing(in.commits).Fit(in.out.width, "commit", "image", "version"))
	}
	if p.older > 0 {
		fmt.Fprintf(&b, "%d older ones: --limit %d\n", p.older, len(p.shown)+p.older)
	}
	if err := p.step.History.Err; err != nil {
		b.WriteString(show.Wrap("ECS's history of it cannot be read: "+explain(err).Error(), in.out.width, 0))
	} else if len(p.shown) == 0 {
		b.WriteString("ECS has no history of it.\n")
	}
	b.WriteString("\n" + show.Wrap(p.sentence(), in.out.width, 0))
	for _, n := range p.step.AllNotes() {
		b.WriteString(show.Wrap("note: "+show.Clean(n), in.out.width, 0))
	}
	if p.step.Action == ecs.Undo {
		fmt.Fprintf(&b, "To do it: %s\n", in.undo())
	} else if p.step.Left.Known() {
		fmt.Fprintf(&b, "One step further: %s\n", in.undo("--again"))
	}
	return b.String()
}

// ending says how a deployment ended, or that it goes on.
func ending(status string) string {
	words := map[string]string{
		"PENDING": "pending", "IN_PROGRESS": "rolling out", "SUCCESSFUL": "good", "STOPPED": "stopped", "STOP_REQUESTED": "stopping",
		"ROLLBACK_REQUESTED": "rolling back", "ROLLBACK_IN_PROGRESS": "rolling back",
		"ROLLBACK_SUCCESSFUL": "rolled back", "ROLLBACK_FAILED": "rollback failed",
	}
	if word, ok := words[status]; ok {
		return word
	}
	return strings.ToLower(show.Clean(status))
}

func orQuestion(v ecs.Version) string {
	if !v.Known() {
		return "?"
	}
	if !v.Origin.IsZero() {
		return v.TaskDefinition.String() + " (" + v.Origin.String() + ")"
	}
	return v.TaskDefinition.String()
}
