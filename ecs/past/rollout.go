package past

import "time"

// StageBake is the lifecycle stage in which all traffic has been moved and the old tasks are still there.
const StageBake = "BAKE_TIME"

// StageTermination is what is shown of a deployment of CodeDeploy that has moved all traffic, while the tasks that it replaced are
// kept.
const StageTermination = "termination wait"

// A Rollout is how far the tasks of a deployment have come, as one look showed it. The zero value is one that was not seen yet.
type Rollout struct {
	ID    string // ecs-svc/…; empty: not seen yet
	Began time.Time

	Running, Desired, Pending int  // tasks of the deployment
	Failed                    int  // of them, in a row, as ECS counts
	Old                       int  // tasks of the deployments that it replaces, which still run
	Draining                  bool // connections to these are being drained
	Breaker                   bool // a circuit breaker is configured: ECS gives up by itself

	Stage   string        // of a strategy, such as BAKE_TIME, or the status of a CodeDeploy deployment; empty: none
	Traffic *int          // percent of the production traffic that the new tasks get; nil: not known
	Bake    time.Duration // how long the stage BAKE_TIME still lasts
}

// IsUp reports whether all tasks of the deployment run, and none has failed lately.
func (r Rollout) IsUp() bool { return r.ID != "" && r.Failed == 0 && r.Running >= r.Desired }

// Rollout tells how far a deployment has come: the one with an id or, where that is not shown, the newest of a definition.
func (s *Service) Rollout(id string, definition TaskDefinition) Rollout {
	at := -1
	for i, d := range s.Deployments {
		newer := at < 0 || d.CreatedAt.After(s.Deployments[at].CreatedAt)
		if d.ID == id {
			at = i
			break
		}
		if d.TaskDefinition == definition && newer {
			at = i
		}
	}
	if at < 0 {
		return Rollout{}
	}
	d := s.Deployments[at]
	r := Rollout{ID: d.ID, Began: d.CreatedAt, Running: d.Running, Desired: d.Desired, Pending: d.Pending, Failed: d.Failed, Breaker: s.Breaker}
	for i, other := range s.Deployments {
		if i != at {
			r.Old += other.Running
		}
	}
	r.Draining = r.Old > 0 && s.Draining.After(d.CreatedAt)
	return r
}

// LastTook gives how long the newest deployment took that succeeded; 0 if that is not known.
func (h *History) LastTook() time.Duration {
	for _, d := range h.Deployments {
		if d.Successful() && d.FinishedAt.After(d.CreatedAt) {
			return d.FinishedAt.Sub(d.CreatedAt)
		}
	}
	return 0
}
