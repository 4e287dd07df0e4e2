package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// A job is a plan and the client that it was made with and will be carried out with.
type job struct {
	client *ecs.Client
	plan   *ecs.Plan
}

// plan makes the plans of all targets, side by side. It changes nothing.
func (ch change) plan(ctx context.Context) ([]job, error) {
	jobs, errs := make([]job, len(ch.targets)), make([]error, len(ch.targets))
	var all sync.WaitGroup
	for i, t := range ch.targets {
		all.Go(func() {
			errs[i] = ecs.Guarded(func() (err error) {
				jobs[i], err = ch.planTarget(ctx, t)
				return err
			})
		})
	}
	all.Wait()
	if err := joinDistinct(errs); err != nil {
		return nil, err
	}
	seen := map[ecs.Cluster]bool{}
	for _, j := range jobs {
		if seen[j.plan.Cluster] {
			return nil, usagef("", "cluster %q is named twice, by name and by ARN", j.plan.Cluster.Name)
		}
		seen[j.plan.Cluster] = true
		for _, s := range j.plan.Steps {
			if kind, all := strings.CutSuffix(s.Service, "*"); all {
				ch.filter.unread(kind)
			}
		}
	}
	return jobs, ch.filter.unused(ch.schedules != nil)
}

func (ch change) planTarget(ctx context.Context, t target) (job, error) {
	client, err := ch.connect(ctx, t.cluster.Region)
	if err != nil {
		return job{}, err
	}
	scope := ecs.Scope{Cluster: t.cluster.Name, Services: t.services, MayMiss: t.mayMiss, Match: ch.filter.match}
	plan, err := client.Plan(ctx, scope, t.planner, ecs.PlanOptions{
		Strict: ch.strict, Guess: ch.guess, CopyTags: ch.copyTags, NoPin: ch.noPin, Whole: ch.whole, Sidecar: ch.sidecars, NoImageCheck: ch.noCheck, Definitions: ch.diff, DryRun: ch.dryRun, NoWait: ch.noWait,
		Schedules: ch.schedules, Records: ch.records(ctx, client, t),
	})
	if err != nil {
		err = missingCluster(ctx, client, t.cluster.Name, err)
		return job{}, &failure{asked: asked(t, err), err: err, hint: ch.filter.hint(err), status: statusUsage}
	}
	if want, got := t.cluster.Account, plan.Cluster.Account; want != "" && got != "" && want != got {
		return job{}, usagef("use credentials of that account, for example with --profile", "the ARN of cluster %q is in account %s, and the credentials are for account %s", t.cluster.Name, want, got)
	}
	return job{client, plan}, nil
}

// records gives the snapshot that is restored, if one is, then those of the store.
func (ch change) records(ctx context.Context, client *ecs.Client, t target) func() ([]ecs.Record, error) {
	store := &recordReader{choice: ch.store, client: client, cluster: t.cluster.Name, warn: func(err error) {
		fmt.Fprintf(ch.out.stderr, "warning: the store does not tell all that has been changed: %s\n", show.Clean(explain(err).Error()))
	}}
	return func() ([]ecs.Record, error) {
		records, err := store.newest(ctx)
		if t.record != nil {
			records = append([]ecs.Record{*t.record}, records...)
		}
		return records, err
	}
}

// asked says in an error what it was that could not be done: the names that do not exist, if that is the error.
func asked(t target, err error) string {
	var missing *ecs.ServiceNotFoundError
	switch {
	case t.record != nil:
		return "restore " + t.cluster.Name
	case errors.As(err, &missing):
		return "undo " + strings.Join(missing.Services, ", ")
	case len(t.services) > 0:
		return "undo " + strings.Join(t.services, ", ")
	}
	return "undo " + t.cluster.Name
}

// joinDistinct joins errors, each text once: clusters that fail for the same reason give it once.
func joinDistinct(errs []error) error {
	var distinct []error
	var texts []string
	for _, err := range errs {
		if err == nil {
			continue
		}
		if text := fmt.Sprint(explain(err)); !slices.Contains(texts, text) {
			texts, distinct = append(texts, text), append(distinct, err)
		}
	}
	return errors.Join(distinct...)
}

// run asks ECS for the changes of the plan and, unless nobody waits, follows each from when it was accepted to its end.
// changed is told of every step that gets on. The error is a panic of the watch; what was accepted continues.
func (j job) run(ctx context.Context, noWait bool, changed func(*ecs.Step)) (err error) {
	accepted := make(chan *ecs.Step, len(j.plan.Steps))
	go func() {
		defer close(accepted)
		j.client.Apply(ctx, j.plan, accepted)
	}()
	if !noWait {
		err = ecs.Guarded(func() error { j.client.Watch(ctx, j.plan, accepted, changed); return nil })
	}
	for s := range accepted {
		changed(s)
	}
	j.settle(ctx)
	return err
}

// settle gives the steps that ECS was not asked for any more the state that says so.
func (j job) settle(ctx context.Context) {
	for _, s := range j.plan.Steps {
		switch {
		case s.Action != ecs.Undo || s.State != ecs.Planned:
		case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
			s.State = ecs.OutOfTime
		case ctx.Err() != nil:
			s.State = ecs.Interrupted
		}
	}
}
