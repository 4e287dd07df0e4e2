package ecs

import "time"

// An Action is what a plan means to do with a service.
type Action string

// The actions of a plan.
const (
	Undo      Action = "undo"      // Step.To is to run: by a deployment of ours, or by ECS's own rollback
	Unchanged Action = "unchanged" // nothing to do: it runs what was asked, or was taken back already
	Blocked   Action = "blocked"   // should change, and cannot; the reason says why. Counts as a failure
	Skipped   Action = "skipped"   // not ours to change (filtered out, another owner); no failure
)

// A State is how far a step has come.
type State string

// The states of a step, in the order in which a good one passes them.
const (
	Planned     State = ""            // nothing was asked of ECS yet
	Accepted    State = "accepted"    // ECS took the change, the rollout goes on
	Steady      State = "steady"      // our deployment completed with our definition
	Failed      State = "failed"      // ECS refused, or our deployment failed; Step.Error says what
	RolledBack  State = "rolledBack"  // ECS put the version back that we wanted to leave
	Superseded  State = "superseded"  // somebody else's deployment took the place of ours, or came before it
	OutOfTime   State = "outOfTime"   // the time was up before it was steady; it goes on by itself
	Interrupted State = "interrupted" // we stopped asking or watching; what was accepted goes on by itself
)

// Final reports whether a step in this state will not change any more.
func (s State) Final() bool { return s != Planned && s != Accepted }

// A Plan says for every service of a cluster what is to be done and why. --dry-run, apply, watch and the reports share it.
type Plan struct {
	Cluster    Cluster
	ObservedAt time.Time
	Steps      []*Step  // sorted by service
	Notes      []string // about the cluster as a whole
}

// A Cluster is where a plan plays. Region and Account come from ARNs.
type Cluster struct {
	Name, Region, Account string
}

// A Step is what is to be done with one service, why, and, once applied, what became of it.
type Step struct {
	Service    string
	ServiceARN string
	Action     Action
	From       Version
	Since      time.Time // when From was deployed; zero if not known
	To         Version   // what is to run; zero where nothing is
	ToSince    time.Time // when To was last deployed; zero if not known
	Reason     string    // in words, always there
	Notes      []string  // what else one should know: what an undo does not bring back, a guess, an owner
	Left       Version   // of a step that is Unchanged: what the service has already been taken back from
	Desired    int       // desired count when observed
	Running    int       // running count, kept up to date by the watch

	// Copy is the definition that is deployed in the place of To, if To cannot be deployed as it is: an identical one, or a
	// copy that ecsundo registers. Registers says that there is to be a copy: Apply uses an identical one if it finds one.
	Copy      TaskDefinition
	Registers bool

	State      State
	Error      string    // for Failed, RolledBack, Superseded
	Deployment string    // ecs-svc/… that is ours, once accepted
	AcceptedAt time.Time // when ECS took the change
	FinishedAt time.Time // when the verdict was known

	History                      *History    // only with PlanOptions.KeepHistory
	FromDefinition, ToDefinition *Definition // only with PlanOptions.Definitions; nil if they are gone

	Waiting string // where our deployment waits for somebody, and how to let it go on; empty if it does not

	register    *Definition       // the copy to register
	substitutes string            // why there is to be one
	others      []TaskDefinition  // of its family, which are known to have run something else
	pins        map[string]string // of a native rollback: what has to be pinned, by container, if ECS refuses it
	strategy    string            // of the service's deployments
	rollback    string            // ARN of the service deployment to be rolled back natively
	follow      string            // ARN of the service deployment that is watched, where none is started

	// Of what is watched, where none is started: whether its success, or its rollback, leads to To, and whether the definition
	// alone tells which of the two it was.
	arrives, returns, tells bool

	// The service when it was observed: id of its deployment, ARN of its service deployment, and of the newest in its history.
	primary, current, newest string

	group    *deploymentGroup // of CODE_DEPLOY: who deploys it
	external string           // of CODE_DEPLOY: a deployment of that group

	whole     []string  // what goes back beside the definition
	wholeFrom *Revision // and where it is taken from

	ours string // ARN of the service deployment that is ours, once known
	seen bool   // our deployment was the service's own at some look
	gone int    // looks at which it was not
}

// Deploys gives the definition that the service runs once the step is done.
func (s *Step) Deploys() TaskDefinition {
	if !s.Copy.IsZero() {
		return s.Copy
	}
	return s.To.TaskDefinition
}

// Follows reports whether the step starts nothing, but watches a deployment to its end that leads where one wants to be.
func (s *Step) Follows() bool { return s.Action == Unchanged && s.follow != "" }

// A Scope says which services of a cluster are meant.
type Scope struct {
	Cluster  string                 // its name
	Services []string               // by name; nil: all. One that is missing is an error, before anything else is looked at
	Match    func(name string) bool // nil: all. The others are left out of the plan

	// MayMiss says that Services are those of a record: one that is missing becomes a blocked step instead of an error.
	MayMiss bool
}

func (s Scope) byName() bool { return s.Services != nil }

// PlanOptions say how a plan is made, whatever planner decides.
type PlanOptions struct {
	Same         Same // when two versions are one; with IgnoreDigests, tags are left as they are
	NoImageCheck bool // do not ask the registry
	Strict       bool // services of another owner are blocked instead of skipped
	KeepHistory  bool // fill in Step.History
	Definitions  bool // fill in Step.FromDefinition and ToDefinition, to compare them
	DryRun       bool // the plan is only to be read: what Apply would look for is looked for already

	// Records gives what is known of earlier states from elsewhere than ECS (snapshots), newest first. It is called only if
	// the history of a service does not tell, one call after the other: again where a service was looked at after the last
	// call, since what changed it meanwhile may have left a record. Nil: nothing is known.
	Records func() ([]Record, error)
}

// A Record is what some services of the cluster ran at an earlier moment.
type Record struct {
	Name     string // what to call it in a reason
	TakenAt  time.Time
	Before   bool // taken by an undo of ours, of the services that it was about to change
	Services map[string]RecordedService
}

// A RecordedService is one service of a [Record].
type RecordedService struct {
	Version    Version
	Definition *Definition // the whole definition, if the record holds it
}
