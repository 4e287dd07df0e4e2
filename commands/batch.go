package commands

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
)

func batchFlag() cli.Flag {
	return &cli.StringFlag{Name: "batch", Usage: "`N` services at a time, the next when these are steady"}
}

// parseBatch reads --batch; 0: all services at the same time.
func parseBatch(c *cli.Context) (int, error) {
	s := c.String("batch")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, usagef("write a number, such as --batch 5", "--batch: %q is no number of services", s)
	}
	if c.Bool("no-wait") {
		return 0, usagef("a batch begins when the one before it is steady; leave one out", "--batch and --no-wait do not go together")
	}
	return n, nil
}

// inBatches carries out the changes of all jobs, some services at a time, and stops asking when one of them does not become
// steady. What only has to be watched is watched beside them.
func inBatches(ctx context.Context, jobs []job, n int, changed func(*ecs.Step)) {
	var watched sync.WaitGroup
	var failed []string
	for _, j := range jobs {
		changes, rest := split(j.plan.Steps, func(s *ecs.Step) bool { return s.Action == ecs.Undo })
		watched.Go(func() { j.part(rest).run(ctx, false, changed) })
		for batch := range slices.Chunk(changes, n) {
			if len(failed) > 0 && ctx.Err() == nil {
				holdBack(batch, failed, changed)
				continue
			}
			j.part(batch).run(ctx, false, changed) // also when there is no time left: that gives the steps their state
			for _, s := range batch {
				if s.State != ecs.Steady {
					failed = append(failed, s.Service)
				}
			}
		}
	}
	watched.Wait()
}

// part is a job of some of j's steps.
func (j job) part(steps []*ecs.Step) job { return job{client: j.client, plan: j.plan.Part(steps)} }

func holdBack(steps []*ecs.Step, failed []string, changed func(*ecs.Step)) {
	for _, s := range steps {
		s.State, s.Error = ecs.NotAsked, fmt.Sprintf("held back, since %s did not become steady", strings.Join(failed, ", "))
		changed(s)
	}
}
