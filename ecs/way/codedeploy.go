package way

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// A groupDeploy has CodeDeploy deploy the definition: CreateDeployment, with the AppSpec of the last deployment that succeeded
// and that definition in it. It is done when the traffic is on our task set; the tasks that it replaced may go on for an hour, as
// the group says.
type groupDeploy struct {
	Task
	Change

	ours string // the deployment, once it is known
	id   string // as ours, or the task set of somebody else's

	overwrote past.TaskDefinition // what somebody else had deployed a moment before

	why  string // of one that comes in the place of a rollback: the note that says so
	told bool   // it is to be told
}

func (g groupDeploy) target() past.TaskDefinition { return g.definition(g.To) }

// Prepare finds or registers the copy.
func (g groupDeploy) Prepare(ctx context.Context, desk *Desk) (_ Way, err error) {
	g.Change, err = g.registered(ctx, desk, past.TaskDefinition{})
	return g, err
}

func (g groupDeploy) Calls() string { return "CreateDeployment" }

// Confirm promises nothing: CodeDeploy records no digests.
func (g groupDeploy) Confirm(*past.Service) Verdict { return Verdict{State: Steady} }

func (g groupDeploy) Check(now *past.Service, sent bool) Verdict {
	primary := now.Primary()
	switch {
	case !g.Was.deployedSince(now):
		return Verdict{}
	case primary.TaskDefinition == g.target(): // somebody else has undone the same thing, and it is watched as ours
		g.ours, g.id = now.External, primary.ID
		return Verdict{State: Accepted, Way: g}
	}
	if sent {
		return g.overtakenUnknown(primary)
	}
	return g.overtaken(primary)
}

// Begun asks whether a deployment has been made that brings the definition.
func (g groupDeploy) Begun(ctx context.Context, desk *Desk) Verdict {
	id := g.running(ctx, desk)
	if id == "" {
		return Verdict{}
	}
	return Verdict{State: Accepted, Way: g.took(ctx, desk, id)}
}

// Start creates the deployment, or takes one that is running for ours.
func (g groupDeploy) Start(ctx context.Context, desk *Desk) (Verdict, error) {
	g.told = true
	arn, err := past.ParseARN(g.ServiceARN)
	if err != nil {
		return Verdict{Way: g}, err
	}
	arn.Resource = "task-definition/" + g.target().String()
	id, err := desk.Client.CreateDeployment(ctx, g.Group, arn.String(), "ecsundo: back to "+g.To.TaskDefinition.String())
	var busy *aws.GroupBusyError
	if errors.As(err, &busy) {
		if id = g.running(ctx, desk); id == "" {
			return Verdict{Way: g}, fmt.Errorf("%s: %w", said(past.GroupBusy, past.Facts{Name: g.Group.Name}), busy)
		}
		g.ours, g.id = id, id
		return Verdict{State: Accepted, Way: g}, nil
	}
	if err != nil {
		return Verdict{Way: g}, err
	}
	return Verdict{State: Accepted, Way: g.took(ctx, desk, id)}, nil
}

// took notes which deployment is ours, and what it replaces that somebody else has deployed since the plan: a group has one
// deployment at a time, so that one had ended when ours was made.
func (g groupDeploy) took(ctx context.Context, desk *Desk, id string) groupDeploy {
	g.ours, g.id = id, id
	h, err := desk.Client.ListGroup(ctx, g.Group)
	if err != nil {
		return g
	}
	made := g.made(h)
	ours := slices.IndexFunc(made, func(d *past.ServiceDeployment) bool { return d.ARN == id })
	for _, d := range made[ours+1:] {
		if d.Successful() && d.Revision != nil && !g.brings(d) {
			g.overwrote = d.Revision.Version.TaskDefinition
			break
		}
	}
	return g
}

// made gives the deployments of a group's list that have been made since the plan, newest first; none if the plan's newest is not in
// it, since such a list is no newer.
func (g groupDeploy) made(h past.History) []*past.ServiceDeployment {
	newest := slices.IndexFunc(h.Deployments, func(d *past.ServiceDeployment) bool { return d.ARN == g.Was.Newest })
	return h.Deployments[:max(newest, 0)]
}

func (g groupDeploy) brings(d *past.ServiceDeployment) bool {
	return d.Revision != nil && d.Revision.Version.TaskDefinition == g.target()
}

// running gives a deployment that brings the same definition and has been made since the plan, or is the newest and running: the
// answer to our own call was lost, or somebody else undoes the same thing. What is older brought it once, and is no answer.
func (g groupDeploy) running(ctx context.Context, desk *Desk) (id string) {
	h, err := desk.Client.ListGroup(ctx, g.Group)
	if err != nil {
		return ""
	}
	if i := slices.IndexFunc(g.made(h), g.brings); i >= 0 {
		return h.Deployments[i].ARN
	}
	if d := h.Newest(); d != nil && d.RollingOut() && g.brings(d) {
		return d.ARN
	}
	return ""
}

// Ask always asks about the deployment.
func (g groupDeploy) Ask(*past.Service) Question { return askGroup(g.ours) }

func (g groupDeploy) Judge(seen Sight) Verdict {
	if v, over := closed(seen.Service); over {
		return v
	}
	primary, d := seen.Service.Primary(), seen.Deployment
	onTarget := primary.TaskDefinition == g.target()
	moved := primary.ID != g.Was.Primary && primary.RolloutState == past.RolloutCompleted
	switch {
	case d == nil:
	case d.Successful() && onTarget, d.Status == past.StatusInProgress && onTarget && (d.Stage == past.StageTermination || moved):
		return Verdict{State: Steady, Way: g}
	case d.Successful():
		return g.superseded(primary)
	case d.Status == past.StatusStopped && d.RollbackBy != "" && !onTarget:
		return g.rolledBack(g.target(), primary, reasonOr(d.Reason, "CodeDeploy rolls back deployment "+d.ARN+" with "+d.RollbackBy))
	case d.Status == past.StatusStopped:
		return failed(Failed, past.GroupDeploymentFailed, past.Facts{Name: d.ARN, Why: reasonOr(d.Reason, "it was stopped")})
	}
	return Verdict{State: Accepted, Way: g}
}

// Tell says which deployment is ours, and what is deployed in the place of the definition.
func (g groupDeploy) Tell() Telling {
	t := Telling{Deployment: g.id, Copy: g.Copy, Registers: g.Registers, Overwrote: g.overwrote, Notes: g.notes()}
	if g.told && g.why != "" {
		t.Notes = append(t.Notes, g.why)
	}
	return t
}

// askGroup asks CodeDeploy about a deployment.
func askGroup(id string) Question { return Question{ID: id, Source: groupDeployments} }

var groupDeployments = &Source{Deployments: func(ctx context.Context, c *aws.Client, ids []string) map[string]*past.ServiceDeployment {
	found := map[string]*past.ServiceDeployment{}
	deployments, err := c.GroupDeployments(ctx, ids)
	if err != nil {
		return nil // the next look tries again
	}
	c.AddLifecycles(ctx, deployments)
	for _, d := range deployments {
		found[d.ARN] = d
	}
	return found
}}
