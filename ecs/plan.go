package ecs

import "time"

// An Action is what a plan means to do with a service.
type Action string

// The actions of a plan.
const (
	Undo      Action = "undo"      // a deployment of Step.To will be started, or ECS will be told to roll back to it
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
	Superseded  State = "superseded"  // somebody else's deployment took the place of ours
	OutOfTime   State = "outOfTime"   // the time was up before it was steady; it goes on by itself
	Interrupted State = "interrupted" // we stopped asking or watching; what was accepted goes on by itself
)

// A Plan says for every service of a cluster what is to be done and why. --dry-run, apply, watch and the reports share it.
type Plan struct {
	Cluster    Cluster
	ObservedAt time.Time
	Steps      []*Step  // sorted by service
	Notes      []string // about the cluster as a whole
}

// A Cluster is where a plan plays. Account and Region come from ARNs.
type Cluster struct {
	Name, Region, Account, ARN string
}

// A Step is what is to be done with one service, why, and, once applied, what became of it.
type Step struct {
	Service    string
	ServiceARN string
	Action     Action
	From       Version
	To         Version   // zero unless Action is Undo (or the blocked step knows where it wanted to go)
	Reason     string    // in words, always there
	Notes      []string  // what else one should know: what an undo does not bring back, a guess, an owner
	Since      time.Time // when From was deployed; zero if not known
	Desired    int       // desired count when observed
	Running    int       // running count, kept up to date by the watch

	State      State
	Error      string    // for Failed, RolledBack, Superseded
	Deployment string    // ecs-svc/… that is ours, once accepted
	AcceptedAt time.Time // when ECS took the change
	FinishedAt time.Time // when the verdict was known
}

// A Scope says which services of a cluster are meant.
type Scope struct {
	Cluster  string                 // its name
	Services []string               // by name; nil: all. One that is missing is an error, before anything else is looked at
	Match    func(name string) bool // nil: all. The others are left out of the plan
}
