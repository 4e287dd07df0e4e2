package way

import (
	"context"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// A groupRollback has CodeDeploy stop the running deployment and roll it back: StopDeployment. The rollback is a deployment of its
// own, which is followed once CodeDeploy names it. Where it comes too late, the version is deployed instead.
type groupRollback struct {
	Task

	id   string // the deployment that is stopped
	set  string // somebody else's task set that brought the same, if one did
	gone int    // looks after it was stopped at which no rollback was named
}

// Prepare has nothing to do.
func (g groupRollback) Prepare(context.Context, *Desk) (Way, error) { return g, nil }

func (g groupRollback) Calls() string { return "StopDeployment" }

// Confirm promises nothing: CodeDeploy records no digests.
func (g groupRollback) Confirm(*past.Service) Verdict { return Verdict{State: Steady} }

func (g groupRollback) Check(now *past.Service, sent bool) Verdict {
	primary := now.Primary()
	switch {
	case !g.Was.deployedSince(now):
		return Verdict{}
	case primary.TaskDefinition == g.To.TaskDefinition:
		g.set = primary.ID
		return Verdict{State: Accepted, Way: g}
	}
	if sent {
		return g.overtakenUnknown(primary)
	}
	return g.overtaken(primary)
}

// Begun asks whether the deployment is stopped.
func (g groupRollback) Begun(ctx context.Context, desk *Desk) Verdict {
	deployments, err := desk.Client.GroupDeployments(ctx, []string{g.id})
	if err != nil || len(deployments) != 1 || !deployments[0].Stopped() {
		return Verdict{}
	}
	return Verdict{State: Accepted, Way: g}
}

// Start stops the deployment. If it has ended already, too late or stopped by somebody else, a look shows which; nothing was
// changed then, and what somebody has deployed since stays.
func (g groupRollback) Start(ctx context.Context, desk *Desk) (Verdict, error) {
	err := desk.Client.StopDeployment(ctx, g.id)
	if !aws.Completed(err) {
		return Verdict{State: Accepted, Way: g}, err
	}
	services, err := desk.Client.DescribeServices(ctx, g.Cluster, []string{g.Service})
	if err == nil && len(services) == 1 && services[0].External != g.id {
		if newest := newestSet(services[0]); g.Was.isNew(newest) && newest.TaskDefinition != g.To.TaskDefinition {
			return g.overtaken(newest), nil
		}
	}
	return Verdict{State: Accepted, Way: g}, nil
}

// Ask always asks about the deployment that is stopped.
func (g groupRollback) Ask(*past.Service) Question { return askGroup(g.id) }

func (g groupRollback) Judge(seen Sight) Verdict {
	if v, over := closed(seen.Service); over {
		return v
	}
	primary, d := seen.Service.Primary(), seen.Deployment
	onTarget := primary.TaskDefinition == g.To.TaskDefinition
	switch {
	case d == nil:
	case d.RollbackBy != "":
		return Verdict{State: Accepted, Way: groupDeploy{Task: g.Task, ours: d.RollbackBy, id: d.RollbackBy}}
	case d.Successful() && !onTarget && seen.Service.External != g.id:
		return g.superseded(newestSet(seen.Service)) // whoever deployed since knew more than we do
	case d.Successful():
		next := groupDeploy{Task: g.Task, why: said(past.RollbackMissed, past.Facts{To: past.OrUnknown(g.To)})}
		next.Was = markOf(seen.Service)
		next.Was.Newest = g.Was.Newest // in the group's list, what was made since still comes before it
		return Verdict{State: Accepted, Next: next}
	case d.Status == past.StatusStopped:
		// The rollback's own deployment is about to be named; without one, nothing had been started yet.
		if g.gone++; g.gone > 3 && onTarget {
			return Verdict{State: Steady, Way: g}
		} else if g.gone > 10 {
			return failed(Failed, past.GroupNotRolledBack, past.Facts{Name: d.ARN, Why: d.Reason})
		}
	}
	return Verdict{State: Accepted, Way: g}
}

// newestSet gives the task set that was made last, also where the traffic is not on it yet.
func newestSet(s *past.Service) past.Deployment {
	newest := s.Primary()
	for _, d := range s.Deployments {
		if d.CreatedAt.After(newest.CreatedAt) {
			newest = d
		}
	}
	return newest
}

// Tell says which task set brought the version wanted, where that was somebody else's.
func (g groupRollback) Tell() Telling { return Telling{Deployment: g.set} }
