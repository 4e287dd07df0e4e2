package ecs

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// A ScheduleState is what a schedule or a rule's target runs at a moment.
type ScheduleState struct {
	Name           string              // schedule/NAME or rule/NAME, see past.ScheduleName and past.RuleName
	Key            string              // the name that snapshots know it by, see past.Scheduled.Key
	TaskDefinition past.TaskDefinition // without a revision: the newest of the family
	ChangedAt      time.Time           // zero if it is not known, as of rules
	ManagedBy      string              // the AWS service that a rule belongs to; empty if it is the user's own
	Definition     *past.Definition    // only if asked for; nil if it cannot be read
}

// ScheduleStates reads what the schedules and rules of a scope run now, sorted by name. What cannot be read is an error beside what
// can.
func (c *Client) ScheduleStates(ctx context.Context, scope Scope, definitions bool) ([]ScheduleState, error) {
	arn, err := c.calls.ClusterARN(ctx, scope.Cluster)
	if err != nil {
		return nil, err
	}
	match := scope.Match
	if match == nil {
		match = func(string) bool { return true }
	}
	var rules, schedules []*past.Scheduled
	var unlisted, noRules, noSchedules error
	var both sync.WaitGroup
	both.Go(func() { rules, unlisted, noRules = c.calls.Rules(ctx, arn, match) })
	both.Go(func() { schedules, noSchedules = c.calls.Schedules(ctx, arn, match) })
	both.Wait()
	found := slices.Concat(rules, schedules)
	slices.SortFunc(found, func(a, b *past.Scheduled) int { return cmp.Compare(a.Name, b.Name) })
	found = slices.DeleteFunc(found, func(s *past.Scheduled) bool { return s.Definition.IsZero() })
	states := make([]ScheduleState, len(found))
	var known aws.Memo[past.TaskDefinition, *past.Definition]
	g, reads := errgroup.WithContext(ctx)
	g.SetLimit(abreast)
	for i, s := range found {
		states[i] = ScheduleState{Name: s.Name, Key: s.Key(), TaskDefinition: s.Definition, ChangedAt: s.ChangedAt, ManagedBy: s.ManagedBy}
		if definitions && s.Definition.Revision > 0 {
			g.Go(func() (err error) {
				states[i].Definition, err = known.Get(s.Definition, func() (*past.Definition, error) {
					d, err := c.calls.DescribeDefinition(reads, s.Definition)
					if aws.NotFound(err) {
						return nil, nil
					}
					return d, err
				})
				return err
			})
		}
	}
	return states, errors.Join(noRules, noSchedules, unlisted, g.Wait())
}
