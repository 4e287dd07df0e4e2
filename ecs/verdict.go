package ecs

import (
	"context"
	"time"
)

// settle judges a step by one look. A step is steady when our deployment is the one that completed, with our definition; not
// when the counts agree, for they also agree after the circuit breaker has put the bad version back.
func (w *watching) settle(ctx context.Context, s *Step, seen sight) {
	s.Running, s.Desired = seen.service.Running, seen.service.Desired
	s.Waiting = ""
	if seen.ours != nil {
		s.Waiting = seen.ours.Waiting
	}
	switch {
	case seen.service.Status != "ACTIVE":
		w.end(s, Failed, "the service is %s", seen.service.Status)
	case s.group != nil:
		w.settleByGroup(ctx, s, seen)
	case s.rollback != "":
		w.settleRollback(ctx, s, seen)
	case s.follow != "":
		w.settleFollowed(s, seen)
	case seen.ours != nil:
		w.settleOurs(s, seen)
	default:
		w.settleByService(s, seen.service)
	}
}

// settleOurs judges by the status of our service deployment.
func (w *watching) settleOurs(s *Step, seen sight) {
	primary := seen.service.Primary()
	onTarget := s.broughtBy(primary) || primary.ID == s.Deployment && primary.TaskDefinition == s.Deploys()
	switch status := seen.ours.Status; {
	case status == "SUCCESSFUL" && onTarget:
		w.end(s, Steady, "")
	case status == "SUCCESSFUL" && primary.ID == s.primary && s.patient(20):
		// What is shown is from before our update.
	case status == "SUCCESSFUL":
		w.end(s, Superseded, "%s was deployed again at %s, with %s, after this undo had completed", s.Service, clock(primary.CreatedAt), primary.TaskDefinition)
	case status == "ROLLBACK_SUCCESSFUL":
		w.rolledBack(s, primary, seen.ours.Reason)
	case status == "ROLLBACK_FAILED" && s.overtakenBy(primary, seen.ours):
		w.superseded(s, primary)
	case status == "ROLLBACK_FAILED":
		w.end(s, Failed, "%s did not come up, and ECS's rollback failed too: %s; the service is left with %s", s.Deploys(), seen.ours.Reason, primary.TaskDefinition)
	case status == "STOPPED" && onTarget && primary.ID != s.Deployment:
		s.Deployment, s.ours, s.current = primary.ID, "", seen.ours.ARN // somebody else deploys the same: that one counts now
	case status == "STOPPED" && primary.ID == s.Deployment:
		w.end(s, Failed, "the deployment was stopped: %s", reasonOr(seen.ours.Reason, primary.Reason))
	case status == "STOPPED":
		w.superseded(s, primary)
	}
}

// patient counts looks at which nothing could be said, and reports whether there may be more of them.
func (s *Step) patient(looks int) bool {
	s.gone++
	return s.gone < looks
}

// overtakenBy reports whether the service's deployment is one that came after ours, and after the plan.
func (s *Step) overtakenBy(primary Deployment, ours *ServiceDeployment) bool {
	return primary.ID != s.primary && primary.ID != s.Deployment && primary.TaskDefinition != s.Deploys() && primary.CreatedAt.After(ours.CreatedAt)
}

// settleByService judges by what DescribeServices shows, where ECS does not say how our service deployment stands.
func (w *watching) settleByService(s *Step, service *Service) {
	primary := service.Primary()
	mine := primary.ID == s.Deployment && primary.TaskDefinition == s.Deploys()
	switch {
	case mine && primary.RolloutState == "COMPLETED":
		w.end(s, Steady, "")
	case mine && primary.RolloutState == "FAILED":
		// With a rollback to come, ECS shows this only for a moment.
		if s.gone++; s.gone > 2 {
			w.end(s, Failed, "the deployment failed: %s", primary.Reason)
		}
	case mine && primary.RolloutState == "":
		// Behind a Classic Load Balancer there is no rollout state: then the counts are all there is.
		if len(service.Deployments) == 1 && primary.Pending == 0 && primary.Running == primary.Desired {
			w.end(s, Steady, "")
		}
	case mine:
		s.gone = 0
	default:
		w.settleGone(s, service)
	}
}

// settleGone judges where the service's deployment is not ours. Right after an update that may be only because it does not
// show yet.
func (w *watching) settleGone(s *Step, service *Service) {
	primary := service.Primary()
	for _, d := range service.Deployments {
		if d.ID == s.Deployment && d.RolloutState == "FAILED" {
			w.rolledBack(s, primary, d.Reason)
			return
		}
	}
	if s.broughtBy(primary) {
		s.Deployment = primary.ID // somebody else deploys the same: that one counts now
		return
	}
	if s.gone++; !s.seen && s.gone < 20 || s.gone < 2 {
		return
	}
	if primary.ID == s.primary {
		w.rolledBack(s, primary, primary.Reason)
		return
	}
	w.superseded(s, primary)
}

// settleFollowed judges a deployment that we did not start: it has done well if it ends in the way that leads to where the plan
// wants the service, be that its success or its rollback.
func (w *watching) settleFollowed(s *Step, seen sight) {
	primary := seen.service.Primary()
	onTarget := primary.TaskDefinition == s.To.TaskDefinition
	if seen.ours == nil {
		if onTarget && s.tells && primary.RolloutState == "COMPLETED" {
			w.end(s, Steady, "")
		}
		return
	}
	another := primary.ID != s.primary
	switch status := seen.ours.Status; {
	case status == "SUCCESSFUL" && onTarget && s.arrives, status == "ROLLBACK_SUCCESSFUL" && onTarget && s.returns:
		w.end(s, Steady, "")
	case status == "SUCCESSFUL" && s.returns:
		w.end(s, Failed, "ECS's rollback came too late: %s is live; run the undo again", orUnknown(s.From))
	case status == "ROLLBACK_SUCCESSFUL":
		w.rolledBack(s, primary, seen.ours.Reason)
	case status == "STOPPED" && another && onTarget && s.tells:
		s.primary, s.ours = primary.ID, "" // somebody else deploys the same: that one counts now
	case status == "STOPPED" && another, status == "ROLLBACK_FAILED" && s.overtakenBy(primary, seen.ours), status == "SUCCESSFUL" && s.overtakenBy(primary, seen.ours):
		w.superseded(s, primary)
	case status == "STOPPED":
		w.end(s, Failed, "the deployment was stopped: %s", reasonOr(seen.ours.Reason, primary.Reason))
	case status == "ROLLBACK_FAILED", status == "SUCCESSFUL":
		w.end(s, Failed, "the deployment ended as %s: %s; %s is live", status, seen.ours.Reason, primary.TaskDefinition)
	}
}

// settleRollback judges ECS's own rollback, which we asked for. If it came too late, the version before is deployed the
// ordinary way.
func (w *watching) settleRollback(ctx context.Context, s *Step, seen sight) {
	primary := seen.service.Primary()
	onTarget := primary.TaskDefinition == s.To.TaskDefinition
	telling := s.From.TaskDefinition != s.To.TaskDefinition // the definition tells which images run, too
	status := ""
	if seen.ours != nil {
		status = seen.ours.Status
	}
	switch {
	case status == "" && onTarget && telling && primary.RolloutState == "COMPLETED", status == "ROLLBACK_SUCCESSFUL" && onTarget:
		w.end(s, Steady, "")
	case status == "SUCCESSFUL":
		s.rollback, s.ours, s.newest, s.current = "", "", seen.ours.ARN, seen.ours.ARN
		w.instead(ctx, s, primary)
	case status == "ROLLBACK_FAILED" && s.overtakenBy(primary, seen.ours):
		w.superseded(s, primary)
	case status == "ROLLBACK_FAILED":
		w.end(s, Failed, "ECS's rollback failed: %s; the service is left with %s", seen.ours.Reason, primary.TaskDefinition)
	case status == "STOPPED" && !(onTarget && telling), status == "ROLLBACK_SUCCESSFUL" && !onTarget:
		w.superseded(s, primary)
	case status == "STOPPED": // somebody else deploys the same: that one counts now
		s.rollback, s.ours, s.newest, s.current, s.Deployment = "", "", seen.ours.ARN, seen.ours.ARN, primary.ID
	}
}

// instead deploys the version before where ECS's own rollback came too late, unless somebody has deployed something else since.
func (w *watching) instead(ctx context.Context, s *Step, primary Deployment) {
	a := &applying{client: w.client, plan: w.plan}
	err := a.pin(ctx, s)
	if err == nil && primary.ID != s.primary && primary.TaskDefinition != s.Deploys() {
		w.superseded(s, primary)
		return
	}
	s.Notes = append(s.Notes, "ECS's rollback came too late, the deployment had just completed; the version before was deployed the ordinary way")
	s.AcceptedAt = time.Now()
	if err == nil {
		err = a.update(ctx, s)
	}
	if err != nil {
		w.end(s, Failed, "%s", err)
	}
}

func (w *watching) rolledBack(s *Step, primary Deployment, why string) {
	if primary.TaskDefinition != s.From.TaskDefinition {
		w.end(s, RolledBack, "%s did not come up and ECS has rolled it back; the service runs %s now: %s", s.Deploys(), primary.TaskDefinition, why)
		return
	}
	w.end(s, RolledBack, "%s did not come up and ECS has put %s back, the version to be undone: %s", s.Deploys(), primary.TaskDefinition, why)
}

func (w *watching) superseded(s *Step, primary Deployment) {
	w.end(s, Superseded, "%s was deployed again at %s, with %s, while this undo was rolling out", s.Service, clock(primary.CreatedAt), primary.TaskDefinition)
}

func reasonOr(reason, other string) string {
	if reason != "" {
		return reason
	}
	return other
}
