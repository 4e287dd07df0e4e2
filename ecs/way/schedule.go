package way

import (
	"context"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// A schedule has a schedule, or a rule's target, run another definition: one UpdateSchedule or PutTargets, which replace
// everything, so that everything else is sent as it was read. There is no rollout to watch: the next task that it starts runs
// the definition.
type schedule struct {
	Change

	to  past.Version
	was *past.Scheduled // as the plan saw it
}

// BySchedule chooses the way that changes a schedule or a rule's target.
func BySchedule(was *past.Scheduled, to past.Version, c Change) Way {
	return schedule{Change: c, to: to, was: was}
}

// Prepare finds or registers the copy.
func (s schedule) Prepare(ctx context.Context, d *Desk) (_ Way, err error) {
	s.Change, err = s.registered(ctx, d, past.TaskDefinition{})
	return s, err
}

// Calls names the operation for its pace.
func (s schedule) Calls() string {
	if s.was.Rule != "" {
		return "PutTargets"
	}
	return "UpdateSchedule"
}

// Check leaves alone what somebody has changed since the plan was made, whatever of it: they knew more than the plan.
func (s schedule) Check(now *past.Service, _ bool) Verdict {
	switch {
	case now.Scheduled.Definition == s.definition(s.to):
		return Verdict{State: Steady, Way: s}
	case now.Scheduled.Same(s.was):
		return Verdict{}
	}
	v := failed(Superseded, past.ScheduleChanged, past.Facts{Name: s.was.Name, From: now.Scheduled.Runs()})
	v.Blocked = true
	return v
}

// Start sends what was read, with another definition.
func (s schedule) Start(ctx context.Context, d *Desk) (Verdict, error) {
	if err := d.Client.Point(ctx, s.was, s.definition(s.to)); err != nil {
		return Verdict{Way: s}, err
	}
	return Verdict{State: Steady, Way: s}, nil
}

// Ask asks for nothing.
func (s schedule) Ask(*past.Service) Question { return Question{} }

// Judge has nothing to wait for.
func (s schedule) Judge(Sight) Verdict { return Verdict{State: Steady} }

// Confirm promises no more than the definition.
func (s schedule) Confirm(*past.Service) Verdict { return Verdict{State: Steady} }

// Tell says which copy it runs.
func (s schedule) Tell() Telling {
	return Telling{Copy: s.Copy, Registers: s.Registers, Notes: s.notes()}
}

// Begun needs no other call: the schedule itself shows what it runs.
func (s schedule) Begun(context.Context, *Desk) Verdict { return Verdict{} }
