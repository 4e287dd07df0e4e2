package commands

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
)

func serviceHistoryCommand() *cli.Command {
	return &cli.Command{
		Name: "service history", ArgsUsage: "SERVICE", Usage: "what it has run, and what an undo would do",
		Description: `History lists the deployments of a service, newest first: when each began, what
it brought and how it ended. It marks what runs now and what an undo would go
back to, and says why. It changes nothing.

ECS keeps the history of 90 days. Any of the times can be given to --as-of, any
of the definitions to --to.

Examples:

    ecsundo service history -c prod web
    ecsundo service history -c prod web --limit 50 -o json
    ecsundo service history -c prod web --git ../web
`,
		Flags: flagsWith(clusterFlag(), gitFlag(), storeFlag(), timeoutFlag(),
			&cli.StringFlag{Name: "limit", Value: "10", Usage: "at most `N` deployments"}),
		Action: func(c *cli.Context) error {
			in, err := newServiceHistoryInput(c)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(c.Context, in.timeout)
			defer cancel()
			return serviceHistory(ctx, in)
		},
	}
}

type serviceHistoryInput struct {
	cluster, service string
	client           *ecs.Client
	store            storeChoice
	sidecars         []string
	limit            int
	where            []string // flags that lead to the same place, for commands to paste
	commits          *commits
	out              output
	timeout          time.Duration
}

func newServiceHistoryInput(c *cli.Context) (in serviceHistoryInput, err error) {
	if in.out, err = newOutput(c); err != nil {
		return in, err
	}
	if in.timeout, err = parseTimeout(c.String("timeout")); err != nil {
		return in, err
	}
	if in.limit, err = strconv.Atoi(c.String("limit")); err != nil || in.limit < 1 {
		return in, usagef("write a number, such as --limit 20", "--limit: %q is no number of deployments", c.String("limit"))
	}
	t, err := serviceTarget(c)
	if err != nil {
		return in, err
	}
	if len(t.services) > 1 {
		return in, usagef("give the services one at a time", "one argument too many: %q", t.services[1])
	}
	in.cluster, in.service = t.cluster.Name, t.services[0]
	in.store, in.sidecars, in.commits = newStoreChoice(c), settingOf(c, "sidecars"), newCommits(c)
	in.where = whereFlags(c)
	in.client, err = newConnector(c)(c.Context, t.cluster.Region)
	return in, err
}

// whereFlags gives the flags for region and profile that were typed, for commands to paste.
func whereFlags(c *cli.Context) []string {
	var words []string
	for _, flag := range []string{"region", "profile"} {
		if value := typedValue(c, flag); value != "" {
			words = append(words, "--"+flag, value)
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
		ecs.PlanOptions{KeepHistory: true, Same: ecs.Same{Sidecars: in.sidecars}, Records: func() ([]ecs.Record, error) {
			return in.store.records(ctx, in.client, in.cluster, func(error) {})
		}})
	if err != nil {
		return fail(err)
	}
	step := plan.Steps[0]
	if step.History == nil {
		step.History = &ecs.History{}
	}
	if err := in.client.ReadHistory(ctx, step.History, in.limit); err != nil {
		return fail(err)
	}
	h := newPast(step, in.limit)
	var uses []usedBy
	for _, d := range h.shown {
		uses = append(uses, usedBy{in.service, versionOf(d)})
	}
	in.commits.read(ctx, uses)
	switch in.out.form {
	case "json":
		return printJSON(in.out.stdout, h.json(plan.Cluster, in.commits))
	case "markdown":
		return printText(in.out.stdout, fmt.Sprintf("### %s service history: %s\n\n%s\n%s\n", program, markdown(in.service),
			h.listing(in.commits).markdown(), markdown(h.sentence())))
	}
	return printText(in.out.stdout, h.text(in))
}

// A past is what a service has run, and what an undo makes of it.
type past struct {
	step    *ecs.Step
	shown   []*ecs.ServiceDeployment // newest first
	older   int                      // that are not shown
	current *ecs.ServiceDeployment   // that brought what runs; nil if it is not shown
	target  *ecs.ServiceDeployment   // that last brought what undo goes to; nil if it is not shown or there is none
}

func newPast(step *ecs.Step, limit int) past {
	all := step.History.Deployments
	p := past{step: step, shown: all[:min(limit, len(all))]}
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

func (p past) listing(cs *commits) listing {
	l := listing{header: table.Row{"when", "age", "version", "image", "ended", "took", ""}}
	if cs != nil {
		l.header = table.Row{"when", "age", "version", "image", "ended", "took", "", "commit"}
	}
	for _, d := range p.shown {
		v := versionOf(d)
		row := table.Row{jsonTime(d.CreatedAt), age(d.CreatedAt), orQuestion(v), p.images(d), ending(d.Status), took(d.CreatedAt, d.FinishedAt), p.mark(d)}
		if cs != nil {
			row = append(row, cs.of(p.step.Service, v).String())
		}
		l.rows = append(l.rows, row)
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
	return spell(onService(in.cluster, in.service, slices.Concat(in.where, more)...))
}

func (p past) text(in serviceHistoryInput) string {
	var b strings.Builder
	if len(p.shown) > 0 {
		b.WriteString(p.listing(in.commits).fit(in.out.width, "commit", "image", "version"))
	}
	if p.older > 0 {
		fmt.Fprintf(&b, "%d older ones: --limit %d\n", p.older, len(p.shown)+p.older)
	}
	if err := p.step.History.Err; err != nil {
		b.WriteString(wrap("ECS's history of it cannot be read: "+explain(err).Error(), in.out.width, 0))
	} else if len(p.shown) == 0 {
		b.WriteString("ECS has no history of it.\n")
	}
	b.WriteString("\n" + wrap(p.sentence(), in.out.width, 0))
	for _, n := range p.step.Notes {
		b.WriteString(wrap("note: "+clean(n), in.out.width, 0))
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
	return strings.ToLower(clean(status))
}

// took says how long a deployment took; empty while it goes on.
func took(from, to time.Time) string {
	if to.IsZero() {
		return ""
	}
	d := to.Sub(from).Round(time.Second)
	switch {
	case d < time.Minute:
		return d.String()
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

// age is how long ago something was: 40m.
func age(t time.Time) string { return strings.TrimSuffix(ago(t), " ago") }

func orQuestion(v ecs.Version) string {
	if !v.Known() {
		return "?"
	}
	if !v.Origin.IsZero() {
		return v.TaskDefinition.String() + " (" + v.Origin.String() + ")"
	}
	return v.TaskDefinition.String()
}
