package ecs

import (
	"reflect"
	"time"

	"github.com/ecsundo/ecsundo/ecs/past"
	"github.com/ecsundo/ecsundo/ecs/way"
)

// InTrouble reports whether something keeps the step's deployment from getting on, or did so to its end.
func (p *Progress) InTrouble() bool {
	return p.State != Steady && !p.Trouble.IsZero() && !p.Rollout.IsUp()
}

// see notes by one look how far the deployment has come, and what keeps it from getting on. It changes nothing that a verdict rests on.
func (s *Step) see(seen way.Sight, now time.Time) {
	rollout, trouble, waiting := s.Rollout, s.Trouble, s.Waiting
	if r := seen.Service.Rollout(s.Deployment, s.Deploys()); r.ID != "" {
		s.Rollout = r
		s.failures = failures(r, seen.Service)
		if r.Failed > 0 {
			s.Trouble.Failed = r.Failed
		}
		if since := s.since(r, seen.Deployment); !since.IsZero() {
			s.Trouble = s.Trouble.Told(seen.Service.Events, since)
		}
	}
	s.Rollout.Stage, s.Rollout.Traffic, s.Rollout.Bake, s.Waiting = "", nil, 0, ""
	if d := seen.Deployment; d != nil {
		s.Rollout.Stage, s.Rollout.Traffic, s.Waiting = d.Stage, d.Traffic, d.Waiting
		s.Rollout.Bake = s.bakes(d, now)
	}
	s.moved = waiting != s.Waiting || !reflect.DeepEqual(rollout, s.Rollout) || !reflect.DeepEqual(trouble, s.Trouble)
}

// since gives the moment from which on the events of a service are about a rollout; zero: none are yet. What a deployment is rolled
// back to began before it, and what was said until then was about the deployment.
func (p *Progress) since(r past.Rollout, d *past.ServiceDeployment) time.Time {
	if d != nil && r.ID != p.Deployment && r.Began.Before(d.CreatedAt) {
		return d.RollbackAt
	}
	return r.Began
}

// failures gives how many tasks of a deployment have failed: as ECS counts them, or else as many as it has started beyond those that
// it needs. What ends soon after it ran does not count as failed.
func failures(r past.Rollout, s *past.Service) int {
	if r.Failed > 0 || r.Running >= r.Desired {
		return r.Failed
	}
	return max(0, s.Started-r.Desired)
}

// bakes gives how long a deployment still bakes, counted from when that began or was first seen.
func (p *Progress) bakes(d *past.ServiceDeployment, now time.Time) time.Duration {
	if d.Stage != past.StageBake {
		p.bakeSince = time.Time{}
		return 0
	}
	if p.bakeSince.IsZero() {
		p.bakeSince = now
		if age := now.Sub(d.UpdatedAt); age > 0 && age < d.BakeTime {
			p.bakeSince = d.UpdatedAt
		}
	}
	return max(0, d.BakeTime-now.Sub(p.bakeSince))
}
