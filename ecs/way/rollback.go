package way

import (
	"context"
	"errors"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// A rollback has ECS itself roll a running deployment back to where it came from, with StopServiceDeployment. It goes back to the
// service revision as it was: its digests, and its configuration too. Where that is refused, or comes too late, the version is
// deployed instead.
type rollback struct {
	Task
	track // ours is the deployment that is rolled back

	pins map[string]string // by container: the image to deploy if it comes to that
}

// Prepare has nothing to do.
func (r rollback) Prepare(context.Context, *Desk) (Way, error) { return r, nil }

func (r rollback) Calls() string { return "StopServiceDeployment" }

func (r rollback) Check(now *past.Service, sent bool) Verdict { return r.deploy("").Check(now, sent) }

// Begun asks how the deployment stands: the service shows its rollback only when that is under way.
func (r rollback) Begun(ctx context.Context, desk *Desk) Verdict {
	d := desk.Client.DescribeDeployments(ctx, []string{r.ours})[r.ours]
	if d == nil || !d.RollingBack() && !d.RolledBack() && !d.RollbackFailed() {
		return Verdict{}
	}
	return Verdict{State: Accepted, Way: r}
}

// Confirm sees whether ECS has brought the images back that its service revision had.
func (r rollback) Confirm(now *past.Service) Verdict { return r.deploy("").Confirm(now) }

// Start asks for the rollback; asking twice is harmless. Where ECS itself refuses, the version before is to be deployed: if the
// deployment goes on, only where no traffic moves in stages.
func (r rollback) Start(ctx context.Context, desk *Desk) (Verdict, error) {
	err := desk.Client.RollBack(ctx, r.ours)
	switch {
	case err == nil:
		return Verdict{State: Accepted, Way: r}, nil
	case ctx.Err() != nil, !aws.Refused(err), aws.Throttled(err), errors.Is(err, aws.ErrLookAgain), r.Staged && !aws.Ended(err):
		return Verdict{}, err
	}
	return Verdict{Next: r.deploy(said(past.RollbackRefused, past.Facts{To: past.OrUnknown(r.To), Why: past.Briefly(err)}))}, nil
}

// deploy gives the way that there is beside this one.
func (r rollback) deploy(why string) deploy {
	d := deploy{Task: r.Task, track: r.track, pins: r.pins, why: why}
	d.ours = ""
	return d
}

// Ask always asks about the deployment that is rolled back.
func (r rollback) Ask(now *past.Service) Question {
	r.track = r.noting(now, r.To.TaskDefinition)
	return r.ask(r.Task, r.To.TaskDefinition)
}

func (r rollback) Judge(seen Sight) Verdict {
	if v, over := closed(seen.Service); over {
		return v
	}
	r.track = r.take(seen, r.To.TaskDefinition)
	return r.unlessStuck(keep(r.judge(seen), r), seen)
}

// judge judges by how the deployment stands that is rolled back, or by the service where ECS does not say.
func (r rollback) judge(seen Sight) Verdict {
	primary := seen.Service.Primary()
	onTarget := primary.TaskDefinition == r.To.TaskDefinition
	telling := r.From.TaskDefinition != r.To.TaskDefinition // the definition tells which images run, too
	status := ""
	if seen.Deployment != nil {
		status = seen.Deployment.Status
	}
	switch {
	case status == "" && onTarget && telling && primary.RolloutState == past.RolloutCompleted, status == past.StatusRollbackSuccessful && onTarget:
		return Verdict{State: Steady, Way: r}
	case status == past.StatusSuccessful:
		return r.instead(past.RollbackMissed, seen.Deployment)
	case seen.Deployment == nil || !seen.Deployment.Ended():
	case onTarget && telling && (r.was.isNew(primary) || status == past.StatusStopped): // somebody else deploys the same: that one counts now
		d := r.deploy("")
		d.track = d.track.instead(primary.ID, seen.Deployment)
		return Verdict{State: Accepted, Way: d}
	case r.was.isNew(primary):
		return r.superseded(primary)
	case status == past.StatusRollbackFailed:
		return failed(Failed, past.NativeRollbackFailed, past.Facts{From: primary.TaskDefinition.String(), Why: seen.Deployment.Reason})
	case status == past.StatusStopped:
		return r.instead(past.RollbackStopped, seen.Deployment)
	}
	return Verdict{State: Accepted, Way: r}
}

// instead is the verdict on a deployment that has ended and will not be rolled back any more: the version is deployed.
func (r rollback) instead(why past.Code, ended *past.ServiceDeployment) Verdict {
	d := r.deploy(said(why, past.Facts{To: past.OrUnknown(r.To)}))
	d.track, d.begun = d.track.instead(d.id, ended), true
	return Verdict{State: Accepted, Next: d}
}

// Tell says which deployment brings the version wanted, once it shows.
func (r rollback) Tell() Telling { return Telling{Deployment: r.id} }
