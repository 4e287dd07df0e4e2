// Package way knows how a service gets where a plan wants it: by a deployment, by ECS's own rollback, by waiting for what goes
// on already, or through CodeDeploy. Each way is one file, with how it starts beside how it is judged. A plan chooses a [Way]
// for each service, once; from then on nobody asks which one it is.
package way

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// A Way is how one service gets where the plan wants it. It is a value: what a call, a look or a verdict adds to it, it gives
// as another Way, which is to be used from then on.
//
// In this order: Prepare and Check, then Start; then for each look Ask, what is asked for, and Judge.
type Way interface {
	// Prepare sees to what has to be there before Start, such as a copy of a definition.
	Prepare(ctx context.Context, d *Desk) (Way, error)

	// Calls names the operation that Start calls, for its pace.
	Calls() string

	// Check tells by a new look whether the service still is as the plan saw it: Planned if it is, Accepted if what this way
	// would do has been started, by us where it was sent before and the answer was lost, or by somebody else; and Superseded
	// otherwise. It calls nothing.
	Check(now *past.Service, sent bool) Verdict

	// Begun asks AWS whether what Start asks for has begun though its answer was lost, where a service does not show that: Accepted
	// if it has; Planned if it has not, or nobody can tell.
	Begun(ctx context.Context, d *Desk) Verdict

	// Start asks AWS for the change, once: before it is tried again, the service has to be looked at and checked. The Way of its
	// verdict counts also if there is an error.
	Start(ctx context.Context, d *Desk) (Verdict, error)

	// Ask says which deployment one has to know about to judge by this look. It calls nothing.
	Ask(now *past.Service) Question

	// Judge tells by one look how far the way has come, and what has to be done next, if anything. It calls nothing.
	Judge(seen Sight) Verdict

	// Confirm tells by the images that run in the end (Now of the service) whether they are those that were promised: Steady if
	// they are. It calls nothing.
	Confirm(now *past.Service) Verdict

	// Tell gives what is known of the way so far, for reports.
	Tell() Telling
}

// A Verdict is what a call or a look means for a way.
type Verdict struct {
	State   State
	Code    past.Code // why, of a State that is not good
	Error   string    // the same in words
	Blocked bool      // nothing was changed, since the service is no more as the plan saw it
	Stuck   bool      // failed, since no task of the deployment comes up; ECS goes on trying

	Way  Way // how it goes on; nil: as before
	Next Way // what has to be started instead; nil: nothing
}

// A Sight is what one look showed.
type Sight struct {
	Service    *past.Service
	ID         string                  // of the deployment that was asked about; empty if none was, or it was not found
	Deployment *past.ServiceDeployment // how it stands; nil if AWS did not say
	At         time.Time               // when it was taken; only differences count
	Why        string                  // what keeps the deployment from getting on, as far as it is known
}

// A Question is which deployment a way wants to know about.
type Question struct {
	ID     string
	Source *Source // who is asked; nil: nobody

	// Find looks for the deployment where its id is not known; nil: it is not to be looked for.
	Find func(context.Context, *aws.Client) (id string)
}

// A Source tells how deployments stand, those of many services in few calls. Which it cannot tell of, it leaves out.
type Source struct {
	Deployments func(ctx context.Context, c *aws.Client, ids []string) map[string]*past.ServiceDeployment
}

// A Telling is what is known of a way so far.
type Telling struct {
	Deployment string              // that is ours, once known
	Copy       past.TaskDefinition // what is deployed in the place of a definition that cannot be deployed as it is
	Registers  bool                // there is to be a copy, or was
	Overwrote  past.TaskDefinition // what somebody else had deployed a moment before, and ours has replaced; zero: nothing
	Notes      []string
}

// A Task is what a way has to do, and the service as the plan saw it.
type Task struct {
	Cluster, Service, ServiceARN string

	From, To past.Version
	Staged   bool        // its traffic moves in stages: blue/green, linear, canary
	Group    *past.Group // of CodeDeploy; nil: ECS deploys it
	External string      // of CodeDeploy: a deployment of that group
	Was      Mark

	// Wanted are the digests, by container, that have to run in the end: those that matter, as far as they are known.
	Wanted map[string]string
}

// NewTask gives the task of a service.
func NewTask(cluster string, s *past.Service, from, to past.Version) Task {
	t := Task{
		Cluster: cluster, Service: s.Name, ServiceARN: s.ARN, From: from, To: to, Staged: s.Strategy != past.StrategyRolling,
		Group: s.Group, External: s.External, Was: markOf(s),
	}
	if newest := s.History.Newest(); newest != nil {
		t.Was.Newest = newest.ARN
	}
	return t
}

// A Mark tells whether a service was deployed again.
type Mark struct {
	Primary string // id of its deployment
	Current string // ARN of its service deployment; may be blank for a moment
	Newest  string // ARN of the newest in its history

	deployments []string // ids of all that it showed
}

func markOf(s *past.Service) Mark {
	m := Mark{Primary: s.Primary().ID, Current: s.Current}
	for _, d := range s.Deployments {
		m.deployments = append(m.deployments, d.ID)
	}
	return m
}

// stranger gives a deployment that the service shows beside ours and did not show before: somebody made it in the gap that ECS leaves
// between a look and an update.
func (m Mark) stranger(now *past.Service, ours string, target past.TaskDefinition) past.TaskDefinition {
	for _, d := range now.Deployments {
		if d.ID != ours && d.TaskDefinition != target && !slices.Contains(m.deployments, d.ID) {
			return d.TaskDefinition
		}
	}
	return past.TaskDefinition{}
}

// added reports whether a service shows a deployment of a definition that it did not show before.
func (m Mark) added(now *past.Service, definition past.TaskDefinition) bool {
	return slices.ContainsFunc(now.Deployments, func(d past.Deployment) bool { return m.isNew(d) && d.TaskDefinition == definition })
}

// isNew reports whether a deployment is one that the service did not show before.
func (m Mark) isNew(d past.Deployment) bool {
	return d.ID != "" && !slices.Contains(m.deployments, d.ID)
}

// with gives a mark that knows a deployment too.
func (m Mark) with(d past.Deployment) Mark {
	m.Primary, m.deployments = d.ID, append(slices.Clip(m.deployments), d.ID)
	return m
}

// deployedSince reports whether a service was deployed again. One that ECS has rolled back since has its old deployment again;
// then the service deployment tells.
func (m Mark) deployedSince(now *past.Service) bool {
	return now.Primary().ID != m.Primary || now.Current != "" && m.Current != "" && now.Current != m.Current
}

// ByDeployment chooses the way that deploys.
func ByDeployment(t Task, c Change) Way {
	if t.Group != nil {
		return groupDeploy{Task: t, Change: c}
	}
	return deploy{Task: t, Change: c, track: track{was: t.Was}}
}

// ByRollback chooses the way that has a running deployment rolled back. Should that come too late, or be refused, images are
// pinned in what is deployed instead.
func ByRollback(t Task, deployment string, pins map[string]string) Way {
	if t.Group != nil {
		return groupRollback{Task: t, id: deployment}
	}
	return rollback{Task: t, pins: pins, track: track{was: t.Was, ours: deployment}}
}

// ByFollowing chooses the way that starts nothing, and waits for the end of a running deployment.
func ByFollowing(t Task, deployment string, ends Ends) Way {
	if t.Group != nil {
		return groupDeploy{Task: t, ours: deployment}
	}
	return follow{Task: t, Ends: ends, track: track{was: t.Was, ours: deployment}}
}

// overtaken is the verdict on a service that was deployed again before anything was asked for. It is not forced: whoever did
// that knew more than the plan.
func (t Task) overtaken(now past.Deployment) Verdict {
	v := failed(Superseded, past.DeployedSincePlan, t.by(now))
	v.Blocked = true
	return v
}

// overtakenUnknown is the verdict where something was sent, nobody answered, and the service shows only what somebody deployed since.
func (t Task) overtakenUnknown(now past.Deployment) Verdict {
	return failed(Superseded, past.DeployedMeanwhile, t.by(now))
}

func (t Task) superseded(now past.Deployment) Verdict {
	return failed(Superseded, past.DeployedDuringUndo, t.by(now))
}

// by gives the facts of a deployment that somebody else made.
func (t Task) by(now past.Deployment) past.Facts {
	return past.Facts{Name: t.Service, At: now.CreatedAt, To: now.TaskDefinition.String()}
}

// rolledBack is the verdict on a deployment of a definition that ECS, or CodeDeploy, has rolled back.
func (t Task) rolledBack(deployed past.TaskDefinition, now past.Deployment, why string) Verdict {
	facts := past.Facts{To: deployed.String(), From: now.TaskDefinition.String(), Why: why}
	switch elsewhere := now.TaskDefinition != t.From.TaskDefinition; {
	case elsewhere && past.FailedToStart(why):
		return failed(RolledBack, past.NotStarted, facts)
	case elsewhere:
		return failed(RolledBack, past.RolledBackTo, facts)
	case past.WasAskedFor(why):
		return failed(RolledBack, past.UndoRolledBack, facts)
	}
	return failed(RolledBack, past.UndoFailed, facts)
}

// failed is a verdict that is not good. Ways have no clock: its sentence gives moments, not ages.
func failed(state State, code past.Code, f past.Facts) Verdict {
	return Verdict{State: state, Code: code, Error: said(code, f)}
}

// said gives a code in words.
func said(code past.Code, f past.Facts) string {
	return past.Reason{Code: code, Facts: f}.Text(time.Time{})
}

// closed reports that a service takes no deployments any more.
func closed(s *past.Service) (_ Verdict, ok bool) {
	if s.Status == past.Active {
		return Verdict{}, false
	}
	return failed(Failed, past.ServiceDeleted, past.Facts{Status: s.Status}), true
}

// keep gives a verdict that goes on with a way, if it names none itself.
func keep(v Verdict, w Way) Verdict {
	if v.Way == nil {
		v.Way = w
	}
	return v
}

func reasonOr(reason, other string) string {
	if reason != "" {
		return reason
	}
	return other
}

// promised compares the images that run in the end with those that were wanted, and gives what has to be pinned, by container.
func (t Task) promised(now *past.Service) (pins map[string]string) {
	pins = map[string]string{}
	for _, i := range now.Now.Images {
		if want := t.Wanted[i.Container]; want != "" && i.Digest != "" && i.Digest != want {
			pins[i.Container] = past.ParseReference(i.Reference).Name + "@" + want
		}
	}
	return pins
}

// pinned deploys the target once more, with images that its tags no longer name.
func (t Task) pinned(now *past.Service, pins map[string]string) Verdict {
	d := deploy{Task: t, track: track{was: markOf(now)}, pins: pins, confirmed: true, begun: true,
		why: said(past.DeployedAgainPinned, past.Facts{Names: slices.Sorted(maps.Keys(pins))})}
	return Verdict{State: Accepted, Next: d}
}
