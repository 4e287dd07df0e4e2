package way

import (
	"context"
	"maps"
	"slices"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// A deploy has ECS deploy the definition of the version wanted, or a copy of it: one UpdateService.
//
// It is steady when our deployment is the one that completed, with our definition; not when the counts agree, for they also
// agree after the circuit breaker has put the bad version back.
type deploy struct {
	Task
	Change
	track

	pins map[string]string // by container: the image to deploy instead, of a copy that is still to be made

	// Of one that comes in the place of a rollback: the note that says so, whether it is to be told, and whether that rollback had
	// been accepted.
	why         string
	told, begun bool

	replacing bool                // ECS has called the definition inactive, and a copy takes its place
	confirmed bool                // it is the one that pins what tags had moved
	overwrote past.TaskDefinition // what somebody else had deployed a moment before
}

func (d deploy) target() past.TaskDefinition { return d.definition(d.To) }

// Prepare finds or registers the copy.
func (d deploy) Prepare(ctx context.Context, desk *Desk) (_ Way, err error) {
	if d.Substitute == nil && len(d.pins) > 0 {
		d.Change, err = d.replaced(ctx, desk, d.target(), d.pins, past.TaskDefinition{})
	} else {
		d.Change, err = d.registered(ctx, desk, past.TaskDefinition{})
	}
	return d, err
}

func (d deploy) Check(now *past.Service, sent bool) Verdict {
	primary := now.Primary()
	switch {
	case !d.was.deployedSince(now):
		return Verdict{}
	case d.broughtBy(primary), sent && primary.TaskDefinition == d.target(): // somebody else has undone the same thing, and it is watched as ours
		d.id, d.ours = primary.ID, ""
		if sent {
			d.overwrote = d.was.stranger(now, d.id, d.target())
		}
		return Verdict{State: Accepted, Way: d}
	case d.begun, sent && d.was.added(now, d.target()):
		return d.superseded(primary)
	case sent:
		return d.overtakenUnknown(primary)
	}
	return d.overtaken(primary)
}

// Begun has nothing to ask: the service shows an update that ECS has taken.
func (d deploy) Begun(context.Context, *Desk) Verdict { return Verdict{} }

// broughtBy reports whether somebody else's deployment does what this one is to do: it has the definition, and that is all that
// was to go back.
func (d deploy) broughtBy(other past.Deployment) bool {
	return other.TaskDefinition == d.target() && len(d.Whole) == 0
}

// Start asks for the update. Where ECS calls the definition inactive, which was ACTIVE when the plan was made, a copy takes its
// place, after another look.
func (d deploy) Start(ctx context.Context, desk *Desk) (Verdict, error) {
	d.told = true
	updated, err := desk.Client.UpdateService(ctx, d.update())
	switch {
	case err == nil:
		return Verdict{State: Accepted, Way: d.took(updated)}, nil
	case !d.replacing && aws.Inactive(err):
		d.replacing = true
		d.Change, err = d.replaced(ctx, desk, d.target(), d.pins, d.target())
		return Verdict{Way: d, Next: d}, err
	}
	return Verdict{Way: d}, err
}

func (d deploy) Calls() string { return "UpdateService" }

// Confirm deploys once more, pinned, where a tag has started another image than the one that was wanted; and fails where that is
// so although it was pinned.
func (d deploy) Confirm(now *past.Service) Verdict {
	pins := d.promised(now)
	switch {
	case len(pins) == 0:
		return Verdict{State: Steady}
	case d.confirmed:
		return failed(Failed, past.OtherImages, past.Facts{To: d.target().String(), Names: slices.Sorted(maps.Keys(pins))})
	}
	return d.pinned(now, pins)
}

// update says what ECS is asked for. Where nothing changes that would start a deployment by itself, one is forced.
func (d deploy) update() aws.Update {
	starts := len(d.Whole) == 0 || d.From.TaskDefinition != d.target() ||
		slices.ContainsFunc(d.Whole, func(name string) bool { return past.SettingOf(name).Starts })
	return aws.Update{Cluster: d.Cluster, Service: d.Service, Definition: d.target(), Whole: d.Whole, From: d.WholeFrom, Force: !starts}
}

// took notes which deployment is ours. Its id stays empty where the answer does not show it yet; a look finds it then.
func (d deploy) took(updated *past.Service) deploy {
	if updated == nil {
		return d
	}
	if primary := updated.Primary(); primary.TaskDefinition == d.target() {
		d.id = primary.ID
		d.overwrote = d.was.stranger(updated, d.id, d.target())
	}
	return d
}

// Ask asks for the service deployment's status always where traffic moves in stages, and elsewhere only when the service looks
// as if the rollout had ended.
func (d deploy) Ask(now *past.Service) Question {
	d.track = d.noting(now, d.target())
	primary := now.Primary()
	if now.Strategy == past.StrategyRolling && primary.ID == d.id && primary.RolloutState == past.RolloutInProgress {
		return Question{}
	}
	return d.ask(d.Task, d.target())
}

func (d deploy) Judge(seen Sight) Verdict {
	if v, over := closed(seen.Service); over {
		return v
	}
	d.track = d.take(seen, d.target())
	if seen.Deployment != nil {
		return d.unlessStuck(keep(d.judgeOurs(seen), d), seen)
	}
	return d.unlessStuck(keep(d.judgeService(seen.Service), d), seen)
}

// judgeOurs judges by the status of our service deployment.
func (d deploy) judgeOurs(seen Sight) Verdict {
	primary, ours := seen.Service.Primary(), seen.Deployment
	onTarget := d.broughtBy(primary) || primary.ID == d.id && primary.TaskDefinition == d.target()
	switch status := ours.Status; {
	case status == past.StatusSuccessful && onTarget:
		return Verdict{State: Steady}
	case status == past.StatusSuccessful && primary.ID == d.was.Primary && d.gone+1 < 20:
		d.gone++ // what is shown is from before our update
	case status == past.StatusSuccessful:
		return failed(Superseded, past.DeployedAfterUndo, d.by(primary))
	case status == past.StatusRollbackSuccessful:
		return d.rolledBack(d.target(), primary, ours.Reason)
	case status == past.StatusRollbackFailed && d.overtakenBy(primary, ours, d.target()):
		return d.superseded(primary)
	case status == past.StatusRollbackFailed:
		return failed(Failed, past.UndoRollbackFailed, past.Facts{To: d.target().String(), From: primary.TaskDefinition.String(), Why: ours.Reason})
	case status == past.StatusStopped && onTarget && primary.ID != d.id:
		d.id, d.ours, d.was.Current = primary.ID, "", ours.ARN // somebody else deploys the same: that one counts now
	case status == past.StatusStopped && primary.ID == d.id:
		return failed(Failed, past.DeploymentStopped, past.Facts{To: d.target().String(), Why: reasonOr(ours.Reason, primary.Reason)})
	case status == past.StatusStopped:
		return d.superseded(primary)
	}
	return Verdict{State: Accepted, Way: d}
}

// judgeService judges by what DescribeServices shows, where ECS does not say how our service deployment stands.
func (d deploy) judgeService(service *past.Service) Verdict {
	primary := service.Primary()
	mine := primary.ID == d.id && primary.TaskDefinition == d.target()
	switch {
	case mine && primary.RolloutState == past.RolloutCompleted:
		return Verdict{State: Steady}
	case mine && primary.RolloutState == past.RolloutFailed:
		// With a rollback to come, ECS shows this only for a moment.
		if d.gone++; d.gone > 2 {
			return failed(Failed, past.DeploymentFailed, past.Facts{To: d.target().String(), Why: primary.Reason})
		}
	case mine && primary.RolloutState == "":
		// Behind a Classic Load Balancer there is no rollout state: then the counts are all there is.
		if len(service.Deployments) == 1 && primary.Pending == 0 && primary.Running == primary.Desired {
			return Verdict{State: Steady}
		}
	case mine:
		d.gone = 0
	default:
		return d.judgeGone(service)
	}
	return Verdict{State: Accepted, Way: d}
}

// judgeGone judges where the service's deployment is not ours. Right after an update that may be only because it does not show
// yet.
func (d deploy) judgeGone(service *past.Service) Verdict {
	primary := service.Primary()
	for _, other := range service.Deployments {
		if other.ID == d.id && other.RolloutState == past.RolloutFailed {
			return d.rolledBack(d.target(), primary, other.Reason)
		}
	}
	if d.broughtBy(primary) {
		d.id = primary.ID // somebody else deploys the same: that one counts now
		return Verdict{State: Accepted, Way: d}
	}
	if d.gone++; !d.seen && d.gone < 20 || d.gone < 2 {
		return Verdict{State: Accepted, Way: d}
	}
	if primary.ID == d.was.Primary {
		return d.rolledBack(d.target(), primary, primary.Reason)
	}
	return d.superseded(primary)
}

// Tell says which deployment is ours, and what is deployed in the place of the definition.
func (d deploy) Tell() Telling {
	t := Telling{Deployment: d.id, Copy: d.Copy, Registers: d.Registers, Overwrote: d.overwrote, Notes: d.notes()}
	if d.told && d.why != "" {
		t.Notes = append(t.Notes, d.why)
	}
	return t
}
