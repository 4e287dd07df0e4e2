package ecs

import (
	"context"
	"slices"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// led holds those schedules back whose services were to change and did not: somebody knew more than the plan.
func (q *queue) led(schedules []*Step) []*Step {
	return slices.DeleteFunc(schedules, func(s *Step) bool {
		return s.Action == Undo && s.State == Planned && slices.ContainsFunc(s.with, func(lead *Step) bool {
			_, vain := q.vain.Load(lead)
			if vain {
				s.heldBackBy(lead)
				q.told <- s
			}
			return vain
		})
	})
}

// changes reports whether a step starts something, or watches what goes on.
func (s *Step) changes() bool { return s.Action == Undo || s.Follows() }

// heldBackBy ends the step of a schedule, since a service that it goes with did not go.
func (s *Step) heldBackBy(lead *Step) {
	if lead.AcceptedAt.IsZero() && !lead.Follows() {
		s.end(NotAsked, past.Reason{Code: past.HeldBackWith, Facts: past.Facts{Name: lead.Service}})
		return
	}
	s.HoldBack([]string{lead.Service})
}

// release asks for the changes of those schedules whose services are all steady that they go with, and holds those back of which one
// is not. Services that are no part of the plan that is watched have ended before.
func (w *watching) release(ctx context.Context, working bool) {
	if ctx.Err() != nil {
		return
	}
	var ready []*Step
	w.waiting = slices.DeleteFunc(w.waiting, func(s *Step) bool {
		for _, lead := range s.with {
			switch {
			case !lead.changes():
			case working && w.planned[lead] && !w.ended[lead]:
				return false
			case lead.State != Steady:
				s.heldBackBy(lead)
				w.changed(s)
				return true
			}
		}
		ready = append(ready, s)
		return true
	})
	if len(ready) > 0 {
		w.restarting += len(ready)
		go w.queue.all(ctx, ready)
	}
}

// lookAtSchedules looks at schedules and rules again. What is not there any more is missing from the answer.
func (q *queue) lookAtSchedules(ctx context.Context, steps []*Step) ([]*past.Service, error) {
	found := make([]*past.Service, len(steps))
	indexes := make([]int, len(steps))
	for i := range indexes {
		indexes[i] = i
	}
	err := aws.Parallel(ctx, indexes, func(ctx context.Context, i int) error {
		now, err := q.desk.Client.LookAt(ctx, steps[i].schedule)
		if now != nil {
			found[i] = now.Service()
		}
		return err
	})
	return slices.DeleteFunc(found, func(s *past.Service) bool { return s == nil }), err
}

// gone says that what the step is about is not there any more.
func (s *Step) gone() past.Reason {
	if s.schedule != nil {
		return past.Reason{Code: past.ScheduleGone}
	}
	return past.Reason{Code: past.ServiceGone}
}
