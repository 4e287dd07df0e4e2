package commands

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/git"
	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/ecs"
)

// A change is what every command that changes services comes down to: observe, plan and check; keep; apply; watch; report.
// The commands differ in their targets.
type change struct {
	command  string   // for the report: "cluster"
	typed    []string // the command line, for advice
	verb     verb
	targets  []target
	filter   *filter // nil: all services
	choice   choice
	batch    int          // services at a time; 0: all
	commits  *git.Commits // nil: none are shown
	diff     bool         // compare the definitions
	connect  connector
	deadline deadline
	dryRun   bool
	noWait   bool
	strict   bool
	guess    bool // where nothing tells what ran before
	noPin    bool // leave tags as they are
	whole    bool // the rest of the service revision too
	noCheck  bool // do not ask the registry

	schedules       *ecs.Schedules // rules and schedules too; nil: they are not looked at
	offersSchedules bool           // the command could

	sidecars func(ecs.Image) bool // images that move on their own
	copyTags map[string]string    // of copies that are registered
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
func newChange(c *cli.Context, s settings.Settings) (change, error) {
	batch, err := parseBatch(c)
	if err != nil {
		return change{}, err
	}
	return change{
		command: c.Command.Name, typed: typed(c.Context), verb: undoing, connect: newConnector(c, s), out: newOutput(c, s), batch: batch,
		deadline: deadline{started: wall.Now(), timeout: s.Timeout.Is, set: s.Timeout.From.Chosen()},
		dryRun:   c.Bool("dry-run"), noWait: c.Bool("no-wait"), strict: c.Bool("strict"), guess: s.Guess.Is && !c.Bool("strict"),
		noPin: c.Bool("no-pin"), whole: c.Bool("whole"), noCheck: c.Bool("no-image-check"), store: newStoreChoice(s, c.App.ErrWriter),
		region: s.Region.Typed(), profile: s.Profile.Typed(), sidecars: sidecars(s), copyTags: s.CopyTags.Is,
		commits: newCommits(c, s), diff: c.Bool("diff"),
	}, nil
}

// run carries the change out and writes the report. Nothing is changed before the plans of all targets exist, and nothing
// at all if one of them cannot be made. What ECS has accepted goes on by itself, whatever becomes of us.
func (ch change) run(ctx context.Context) error {
	planning, cancel := ch.deadline.all(ctx)
	defer cancel()
	r := &report{command: ch.command, verb: ch.verb, again: ch.again(), choice: ch.choice, typed: ch.typed, dryRun: ch.dryRun, started: wall.Now(), commits: ch.commits, diff: ch.diff}
	r.unseen = ch.offersSchedules && ch.schedules == nil
	read := sayReading(ch.out, ch.targets)
	jobs, err := ch.plan(planning)
	read()
	if err != nil {
		return err
	}
	if ch.choice.asOf != nil && len(jobs) > 0 {
		moment := ch.choice.asOf.by(jobs[0].plan.Skew)
		if err := moment.notAfter("--as-of", jobs[0].plan.ObservedAt); err != nil {
			return err
		}
		r.choice.asOf = &moment
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
	reading := beginCommits(planning, ch.commits, r.steps())
	if ch.strict && r.blocked() > 0 {
		r.refused = "--strict"
	}
	var broken error
	if r.refused == "" && !ch.dryRun {
		before, err := ch.keep(planning, jobs)
		if err != nil {
			return err
		}
		broken = ch.apply(ctx, jobs)
		r.finish, r.takeBack = ch.finishing(jobs), ch.takingBack(jobs, before)
	}
	r.finished = wall.Now()
	reading.Wait()
	return cmp.Or(broken, ch.finish(r))
}

// finish writes the report and turns its status into the error that Main knows.
func (ch change) finish(r *report) error {
	status := r.status()
	err := r.write(ch.out)
	ch.out.runner.tell(ch.out, r)
	if err != nil {
		return &failure{asked: strings.TrimSuffix(r.sentence(), "."), err: err, status: max(status, statusFailed)}
	}
	if status != statusDone {
		return statusError(status)
	}
	return nil
}

// apply asks ECS for the changes of all jobs, side by side, and follows them to their ends.
func (ch change) apply(ctx context.Context, jobs []job) error {
	ctx, accepted, cancel := ch.deadline.asking(ctx)
	defer cancel()
	defer ch.out.runner.section(ch.out, "ecsundo: how the rollouts get on")()
	p := newProgress(ch.out, jobs, ch.batch)
	defer p.stop()
	changed := func(s *ecs.Step) {
		accepted(s.AcceptedAt)
		p.changed(s)
	}
	if ch.batch > 0 {
		return inBatches(ctx, jobs, ch.batch, changed)
	}
	var errs oneError
	var all sync.WaitGroup
	for _, j := range jobs {
		all.Go(func() { errs.note(j.run(ctx, ch.noWait, changed)) })
	}
	all.Wait()
	return errs.err
}

// again is the command line that goes a step further; empty where there is no such thing.
func (ch change) again() string {
	if c := ch.choice; c.asOf != nil || c.to != "" || c.image != "" || c.revision != 0 {
		return ""
	}
	typed := slices.Clone(line.WithoutFlag(ch.typed, "--dry-run"))
	at := slices.Index(typed, "--")
	if at < 0 {
		at = len(typed)
	}
	return line.Spell(slices.Insert(typed, at, "--again"))
}
