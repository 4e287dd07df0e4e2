package commands

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
)

// A change is what every command that changes services comes down to: observe, plan and check; keep; apply; watch; report.
// The commands differ in their targets.
type change struct {
	command  string   // for the report: "cluster"
	typed    []string // the command line, for advice
	targets  []target
	filter   *filter // nil: all services
	choice   choice
	batch    int      // services at a time; 0: all
	commits  *commits // nil: none are shown
	diff     bool     // compare the definitions
	connect  connector
	deadline deadline
	dryRun   bool
	noWait   bool
	strict   bool
	noPin    bool // leave tags as they are
	whole    bool // the rest of the service revision too
	noCheck  bool // do not ask the registry

	sidecars []string // globs over images that move by themselves
	store    storeChoice
	region   string // as typed, for commands to paste
	profile  string
	note     func(context.Context, *ecs.Plan) // adds to a plan what the command knows; nil: nothing
	out      output
}

// A target is a cluster, which of its services are meant, and what they are to run.
type target struct {
	cluster  ecs.ClusterName
	services []string // nil: all
	mayMiss  bool     // services are those of a snapshot, and one that is gone does not stop the others
	planner  ecs.Planner
	record   *ecs.Record // the snapshot that planner restores; nil: none
}

// newChange reads the flags that all commands of this kind have. Targets are for the command to add.
func newChange(c *cli.Context) (change, error) {
	out, err := newOutput(c)
	if err != nil {
		return change{}, err
	}
	timeout, err := parseTimeout(c.String("timeout"))
	if err != nil {
		return change{}, err
	}
	batch, err := parseBatch(c)
	if err != nil {
		return change{}, err
	}
	return change{
		command: c.Command.Name, typed: typed(c), connect: newConnector(c), out: out, batch: batch,
		deadline: deadline{started: time.Now(), timeout: timeout, set: c.IsSet("timeout")},
		dryRun:   c.Bool("dry-run"), noWait: c.Bool("no-wait"), strict: c.Bool("strict"),
		noPin: c.Bool("no-pin"), whole: c.Bool("whole"), noCheck: c.Bool("no-image-check"), store: newStoreChoice(c),
		region: typedValue(c, "region"), profile: typedValue(c, "profile"), sidecars: settingOf(c, "sidecars"),
		commits: newCommits(c), diff: c.Bool("diff"),
	}, nil
}

// run carries the change out and writes the report. Nothing is changed before the plans of all targets exist, and nothing
// at all if one of them cannot be made. What ECS has accepted goes on by itself, whatever becomes of us.
func (ch change) run(ctx context.Context) error {
	planning, cancel := ch.deadline.all(ctx)
	defer cancel()
	r := &report{command: ch.command, again: ch.again(), choice: ch.choice, typed: ch.typed, dryRun: ch.dryRun, started: time.Now(), commits: ch.commits, diff: ch.diff}
	read := sayReading(ch.out, ch.targets)
	jobs, err := ch.plan(planning)
	read()
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if ch.note != nil {
			ch.note(planning, j.plan)
		}
		if ch.filter != nil {
			j.plan.Notes = append(j.plan.Notes, ch.filter.notes...)
		}
		r.plans = append(r.plans, j.plan)
	}
	reading := ch.commits.begin(planning, r.steps())
	if ch.strict && r.blocked() > 0 {
		r.refused = "--strict"
	}
	if r.refused == "" && !ch.dryRun {
		takeBack, err := ch.keep(planning, jobs)
		if err != nil {
			return err
		}
		ch.apply(ctx, jobs)
		if r.begun() {
			r.takeBack = joinCommands(takeBack)
		}
	}
	r.finished = time.Now()
	reading.Wait()
	return ch.finish(r)
}

// finish writes the report and turns its status into the error that Main knows.
func (ch change) finish(r *report) error {
	status := r.status()
	if err := r.write(ch.out); err != nil {
		return &failure{asked: strings.TrimSuffix(r.sentence(), "."), err: err, status: max(status, statusFailed)}
	}
	if status != statusDone {
		return statusError(status)
	}
	return nil
}

// apply asks ECS for the changes of all jobs, side by side, and follows them to their ends.
func (ch change) apply(ctx context.Context, jobs []job) {
	ctx, accepted, cancel := ch.deadline.asking(ctx)
	defer cancel()
	p := newProgress(ch.out, jobs)
	defer p.stop()
	changed := func(s *ecs.Step) {
		accepted(s.AcceptedAt)
		p.changed(s)
	}
	if ch.batch > 0 {
		inBatches(ctx, jobs, ch.batch, changed)
		return
	}
	var all sync.WaitGroup
	for _, j := range jobs {
		all.Go(func() { j.run(ctx, ch.noWait, changed) })
	}
	all.Wait()
}

// again is the command line that goes a step further; empty where there is no such thing.
func (ch change) again() string {
	if ch.choice.asOf != nil || ch.choice.to != "" {
		return ""
	}
	at := slices.Index(ch.typed, "--")
	if at < 0 {
		at = len(ch.typed)
	}
	return spell(slices.Insert(slices.Clone(ch.typed), at, "--again"))
}
