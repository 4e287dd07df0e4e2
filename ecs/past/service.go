package past

import (
	"strings"
	"time"
)

// A Group is what deploys a service whose controller is CODE_DEPLOY.
type Group struct {
	Application, Name string
	AppSpec           string // of the newest deployment that succeeded; empty if it is not to be had
}

// FillNewest puts in what the service itself shows of its newest deployment where ECS has lost the record of it: the
// definition, without digests.
func (s *Service) FillNewest() {
	if d := s.History.Newest(); d != nil && d.Revision == nil && d.Successful() {
		d.Revision = &Revision{ARN: d.Target, Version: Version{TaskDefinition: s.TaskDefinition}}
	}
	// What the service shows and the list does not have yet is kept like the rest, for what will be found out of it.
	if d := Read(s).Current; d != nil && d.Revision != nil && s.History.Revisions != nil && s.History.Revisions[d.Target] == nil {
		s.History.Revisions[d.Target] = d.Revision
	}
}

// Replaced gives what a deployment that goes on replaces, or is rolled back to, if the service shows just one other definition.
func (s *Service) Replaced(by *ServiceDeployment, brings TaskDefinition) (other Deployment, ok bool) {
	for _, d := range s.Deployments {
		failing := d.RolloutState == RolloutInProgress || d.RolloutState == RolloutFailed
		switch {
		case d.TaskDefinition == brings:
		case ok && d.TaskDefinition != other.TaskDefinition, by.RollingOut() && failing:
			return Deployment{}, false
		default:
			other, ok = d, true
		}
	}
	return other, ok && (by.RollingOut() || by.RollingBack())
}

// A Service is what was observed of one service: how it is now, and its [History].
type Service struct {
	Name, ARN      string
	Status         string // ACTIVE, DRAINING or INACTIVE
	Controller     string // ECS, CODE_DEPLOY or EXTERNAL
	Strategy       string // ROLLING, BLUE_GREEN, LINEAR or CANARY
	Express        bool   // managed by ECS itself (resourceManagementType ECS)
	Daemon         bool   // one task on each instance, no desired count
	TaskDefinition TaskDefinition
	Desired        int
	Running        int
	CreatedAt      time.Time
	Stack          string        // the CloudFormation stack that owns it, if its tags say so
	LeastTime      time.Duration // what a deployment takes at least, by the bake times of its strategy
	Deployments    []Deployment
	Revisions      []string // ARNs of the service revisions that run now
	Current        string   // ARN of the current service deployment; may be blank for a moment
	Replaces       []string // ARNs of the service revisions that the current deployment replaces, once asked for
	Breaker        bool     // a circuit breaker is configured

	Events   []Event   // of its newest those that tell of trouble, newest first
	Started  int       // tasks that its events say were started since its newest deployment began
	Draining time.Time // when it last said that it drains connections; zero: not lately

	External string // of CODE_DEPLOY and EXTERNAL: what made its newest task set, a deployment of CodeDeploy there

	// Now is what it runs: with digests where its one revision was read, and with Origin where that matters.
	Now Version

	History History

	SeenAt   time.Time // when ECS had answered
	Group    *Group    // of CODE_DEPLOY, once read
	Deepened bool      // all that there is of its history has been read

	Scheduled *Scheduled // what it is instead of a service; nil: it is one

	Configuration // what it needs of every definition
}

// A Target is a container's port that a load balancer sends traffic to.
type Target struct {
	Container string
	Port      int
}

// A Deployment is an entry of a service's deployments: what ECS is moving the service to (PRIMARY) and from (ACTIVE).
type Deployment struct {
	ID             string
	Status         string // PRIMARY, ACTIVE or INACTIVE
	TaskDefinition TaskDefinition
	RolloutState   string // IN_PROGRESS, COMPLETED, FAILED; empty behind a Classic Load Balancer
	Reason         string
	CreatedAt      time.Time
	Running        int
	Pending        int
	Desired        int
	Failed         int // tasks that failed to start, in a row
}

// number is the part of a deployment's id that its service revision has too.
func (d Deployment) number() string { return strings.TrimPrefix(d.ID, "ecs-svc/") }

// Primary gives the deployment that ECS is moving the service to; the zero value if it has none.
func (s *Service) Primary() Deployment {
	for _, d := range s.Deployments {
		if d.Status == Primary {
			return d
		}
	}
	return Deployment{}
}
