package commands

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
)

func batchFlag() cli.Flag {
	return &cli.StringFlag{Name: "batch", Usage: "`N` services at a time, the next when steady"}
}

// parseBatch reads --batch; 0: all services at the same time.
func parseBatch(c *cli.Context) (int, error) {
	s := c.String("batch")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, usagef("for example --batch 5", "--batch %q is not a number of services", s)
	}
	if c.Bool("no-wait") {
		return 0, usagef("--batch waits until each batch is steady; use only one of them", "--batch and --no-wait cannot be combined")
	}
	return n, nil
}

// inBatches carries out the changes of all jobs, some services at a time, and stops asking when one of them does not become
// steady. What only has to be watched is watched beside them.
func inBatches(ctx context.Context, jobs []job, n int, changed func(*ecs.Step)) error {
	var watched sync.WaitGroup
	var errs oneError
	var failed []string
	for _, j := range jobs {
		changes, rest := split(j.plan.Steps, func(s *ecs.Step) bool { return s.Action == ecs.Undo })
		schedules, changes := split(changes, (*ecs.Step).Scheduled)
		watched.Go(func() { errs.note(j.part(rest).run(ctx, false, changed)) })
		for _, batch := range append(slices.Collect(slices.Chunk(changes, n)), schedules) { // schedules come last, all at once
			if len(batch) > 0 && batch[0].Scheduled() {
				watched.Wait() // some may go with what is only watched
			}
			if len(failed) > 0 && ctx.Err() == nil {
				holdBack(batch, failed, changed)
				continue
			}
			errs.note(j.part(batch).run(ctx, false, changed)) // also when there is no time left: that gives the steps their state
			for _, s := range batch {
				if s.State != ecs.Steady {
					failed = append(failed, s.Service)
				}
			}
		}
	}
	watched.Wait()
	return errs.err
}

// oneError keeps the first of several errors.
type oneError struct {
	once sync.Once
	err  error
}

func (o *oneError) note(err error) {
	if err != nil {
		o.once.Do(func() { o.err = err })
	}
}

// part is a job of some of j's steps.
func (j job) part(steps []*ecs.Step) job { return job{client: j.client, plan: j.plan.Part(steps)} }

func holdBack(steps []*ecs.Step, failed []string, changed func(*ecs.Step)) {
	for _, s := range steps {
		s.HoldBack(failed)
		changed(s)
	}
}
