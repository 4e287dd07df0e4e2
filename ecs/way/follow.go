package way

import (
	"context"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// A follow starts nothing: what goes on already leads where the plan wants the service, or may. It has done well if the
// deployment ends in the way that leads there, be that its success or its rollback.
type follow struct {
	Task
	Ends
	track // ours is the deployment that is watched
}

// Ends say where the ends of a deployment lead: whether its success, or its rollback, to the version wanted, and whether the
// definition alone tells which of the two it was.
type Ends struct {
	Arrives, Returns, Tells bool
}

// Prepare has nothing to do.
func (f follow) Prepare(context.Context, *Desk) (Way, error) { return f, nil }

func (f follow) Calls() string { return "" }

// Begun has nothing to ask.
func (f follow) Begun(context.Context, *Desk) Verdict { return Verdict{} }

// Check has nothing to compare: nothing is changed.
func (f follow) Check(*past.Service, bool) Verdict { return Verdict{} }

// Confirm promises nothing: what is followed was started by somebody else.
func (f follow) Confirm(*past.Service) Verdict { return Verdict{State: Steady} }

// Start has nothing to ask for.
func (f follow) Start(context.Context, *Desk) (Verdict, error) {
	return Verdict{State: Accepted, Way: f}, nil
}

// Ask always asks about the deployment.
func (f follow) Ask(now *past.Service) Question {
	f.track = f.noting(now, f.To.TaskDefinition)
	return f.ask(f.Task, f.To.TaskDefinition)
}

func (f follow) Judge(seen Sight) Verdict {
	if v, over := closed(seen.Service); over {
		return v
	}
	f.track = f.take(seen, f.To.TaskDefinition)
	return f.unlessStuck(keep(f.judge(seen), f), seen)
}

// judge judges by how the deployment ended, or by the service where ECS does not say.
func (f follow) judge(seen Sight) Verdict {
	primary, ours := seen.Service.Primary(), seen.Deployment
	onTarget := primary.TaskDefinition == f.To.TaskDefinition
	if ours == nil {
		if onTarget && f.Tells && primary.RolloutState == past.RolloutCompleted {
			return Verdict{State: Steady, Way: f}
		}
		return Verdict{State: Accepted, Way: f}
	}
	another := f.was.isNew(primary)
	switch status := ours.Status; {
	case status == past.StatusSuccessful && onTarget && f.Arrives, status == past.StatusRollbackSuccessful && onTarget && f.Returns:
		return Verdict{State: Steady, Way: f}
	case status == past.StatusSuccessful && f.Returns:
		return failed(Failed, past.RollbackTooLate, past.Facts{From: past.OrUnknown(f.From)})
	case status == past.StatusRollbackSuccessful && !f.Returns:
		return f.rolledBack(f.To.TaskDefinition, primary, ours.Reason)
	case !ours.Ended():
	case another && onTarget && f.Tells && status != past.StatusSuccessful:
		// Somebody else deploys the same: that one counts now.
		f.was, f.ours, f.Ends = f.was.with(primary), "", Ends{Arrives: true, Tells: true}
	case another:
		return f.superseded(primary)
	case status == past.StatusRollbackSuccessful: // the service is shown as it was before
	case status == past.StatusStopped:
		return failed(Failed, past.DeploymentStopped, past.Facts{To: f.brings().String(), Why: reasonOr(ours.Reason, primary.Reason)})
	default:
		return failed(Failed, past.DeploymentEnded, past.Facts{Status: status, Why: ours.Reason, From: primary.TaskDefinition.String()})
	}
	return Verdict{State: Accepted, Way: f}
}

// brings gives the definition of the deployment that is followed.
func (f follow) brings() past.TaskDefinition {
	if f.Returns {
		return f.From.TaskDefinition
	}
	return f.To.TaskDefinition
}

// Tell says which deployment brings the version wanted, once it shows.
func (f follow) Tell() Telling { return Telling{Deployment: f.id} }
