package ecs

import (
	"slices"
	"time"

	"github.com/ecsundo/ecsundo/ecs/clock"
	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
	"github.com/ecsundo/ecsundo/ecs/way"
)

// A Plan says for every service of a cluster what is to be done and why. --dry-run, apply, watch and the reports share it.
type Plan struct {
	Cluster    aws.Cluster
	ObservedAt time.Time
	Skew       time.Duration // how far AWS's clock was ahead of the machine's then, by which all of it is judged
	Steps      []*Step       // sorted by service; rules and schedules after them
	Notes      []string      // about the cluster as a whole

	NoWait bool // nobody will watch: schedules are changed once their services' changes are accepted, and not once these are steady

	copies   *way.Copies
	copyTags map[string]string
}

// Part gives a plan of some of p's steps, to be applied by itself. Copies that an earlier part has registered serve its
// steps too.
func (p *Plan) Part(steps []*Step) *Plan {
	return &Plan{Cluster: p.Cluster, ObservedAt: p.ObservedAt, Steps: steps, NoWait: p.NoWait, copies: p.copies, copyTags: p.copyTags}
}

// A Step is what is to be done with one service and why, which does not change any more once the plan is made; and its
// [Progress].
type Step struct {
	Service      string
	ServiceARN   string
	Action       Action
	From         Version
	Since        time.Time // when From was deployed; zero if not known
	FromRevision string    // ARN of the service revision that From runs as; empty if not known
	To           Version   // what is to run; zero where nothing is
	ToSince      time.Time // when To was last deployed; zero if not known
	Reason       string    // in words, always there
	ReasonCode   past.Code // the same for programs
	Notes        []string  // what else one should know: what an undo does not bring back, a guess, an owner
	Guessed      bool      // nobody knows that To ran before
	Left         Version   // of a step that is Unchanged: what the service has already been taken back from

	LastTook time.Duration // how long the last deployment of the service took that succeeded; 0 if that is not known

	History                      *History    // only with PlanOptions.KeepHistory
	FromDefinition, ToDefinition *Definition // only with PlanOptions.Definitions; nil if they are gone

	schedule *past.Scheduled   // what it is about instead of a service; nil: a service
	lead     *Step             // of a schedule: the step of the service whose definition it goes with; nil: none
	with     []*Step           // of a schedule: the steps of all services that it goes with, without which it is not changed
	left     []Version         // of a service: what it has already been taken back from, newest first
	copier   *Step             // of a schedule that runs the newest revision of a family: the step that registers it; nil: none
	noted    []past.Code       // the codes of Notes
	change   way.Change        // of a service that is deployed: how
	pins     map[string]string // of a service: the images that are pinned for it

	Progress
}

// Progress is what became of a step.
type Progress struct {
	State      State
	Error      string    // for Failed, RolledBack, Superseded
	ErrorCode  past.Code // the same for programs; empty where AWS's words are all there is
	Blocked    bool      // found out when it was to be changed: the service was deployed again after the plan was made
	Deployment string    // ecs-svc/… that is ours, once accepted
	AcceptedAt time.Time // when ECS took the change
	FinishedAt time.Time // when the verdict was known

	Rollout past.Rollout // how far our deployment had come, when it was last looked at
	Trouble past.Trouble // what has kept it from getting on
	Stuck   bool         // it does not come up; ECS goes on trying
	Waiting string       // where our deployment waits for somebody, and how to let it go on; empty if it does not

	// Copy is the definition that is deployed in the place of To, if To cannot be deployed as it is: an identical one, or a
	// copy that ecsundo registers. Registers says that there is to be a copy: Apply uses an identical one if it finds one.
	Copy      TaskDefinition
	Registers bool
	Added     []string // what is to be said beside the step's notes: of the copy, and of what was done instead

	Overwrote TaskDefinition // what somebody else had deployed a moment before our change, which has replaced it; zero: nothing
	Expired   bool           // it ended since the AWS credentials had expired
	Uncertain bool           // something was sent to AWS, no answer came, and it may have been carried out

	way     way.Way     // as it goes on; nil: nothing is to be done
	sent    bool        // a change has been sent, and AWS may have carried it out
	misses  int         // looks in a row that did not show the service
	doubt   way.Verdict // a bad end that one look showed, and the next has to show too; the zero value: none
	told    bool        // what became of the change that was asked for has been told
	copying bool        // a copy was to be registered, and nobody knows whether it was
	seen    time.Time   // when the service was as the way expects it, by the clock on the wall

	clock     *clock.Clock // nil: the machine's
	failures  int          // tasks of our deployment that have failed
	bakeSince time.Time    // when its last stage began
	moved     bool         // the last look showed something new
}

// follow goes on with a way, and notes what is known of it.
func (p *Progress) follow(w way.Way) {
	if w == nil {
		return
	}
	t := w.Tell()
	p.way, p.Deployment, p.Copy, p.Registers, p.Added = w, t.Deployment, t.Copy, t.Registers, t.Notes
	if !t.Overwrote.IsZero() {
		p.Overwrote = t.Overwrote
	}
}

// Deploys gives the definition that the service runs once the step is done.
func (s *Step) Deploys() TaskDefinition {
	if !s.Copy.IsZero() {
		return s.Copy
	}
	return s.To.TaskDefinition
}

// Registered reports whether a copy has been registered for the step.
func (p *Progress) Registered() bool { return p.Registers && !p.Copy.IsZero() }

// Follows reports whether the step starts nothing, but watches a deployment to its end that leads where one wants to be.
func (s *Step) Follows() bool { return s.Action == Unchanged && s.way != nil }

// AllNotes gives the notes of the plan, and those that were added while it was applied.
func (s *Step) AllNotes() []string { return slices.Concat(s.Notes, s.Added) }

// Outcome gives the action and its reason as they turned out: blocked, where that was found out only when it was to be done; and
// completed, where something was in progress that was only watched. Of a schedule that was to run a copy which the plan registers it
// says whether that was registered.
func (s *Step) Outcome() (action Action, code past.Code, why string) {
	switch {
	case s.Blocked:
		return Blocked, s.ReasonCode, s.Error
	case s.Follows() && s.State == Steady:
		completed := past.Reason{Code: past.WatchedToEnd, Facts: past.Facts{To: s.To.TaskDefinition.String()}}
		return s.Action, completed.Code, completed.Text(s.FinishedAt)
	}
	if c := s.copier; c != nil && c.State != Planned {
		r := past.Reason{Code: past.ScheduleNotCopied, Facts: past.Facts{From: s.From.TaskDefinition.Family, To: c.To.TaskDefinition.String()}}
		if c.Registered() {
			r.Code, r.Facts.To = past.ScheduleNewest, c.Copy.String()
		}
		return s.Action, r.Code, r.Text(c.FinishedAt)
	}
	return s.Action, s.ReasonCode, s.Reason
}

// Scheduled reports whether the step is about a schedule or a rule, and not about a service.
func (s *Step) Scheduled() bool { return s.schedule != nil || past.IsScheduled(s.Service) }

// ScheduleKey gives the name that snapshots know a schedule or a rule's target by.
func (s *Step) ScheduleKey() string { return s.schedule.Key() }

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
	Sidecar      func(past.Image) bool // images that move on their own, by past.Sidecars; nil: none is known
	NoPin        bool                  // leave tags as they are
	Whole        bool                  // the rest of the service revision goes back too: network, load balancers, …
	NoImageCheck bool                  // do not ask the registry
	Guess        bool                  // where nothing tells what ran before, the revision below is assumed to
	Strict       bool                  // services of another owner are blocked
	KeepHistory  bool                  // fill in Step.History
	Definitions  bool                  // fill in Step.FromDefinition and ToDefinition, to compare them
	DryRun       bool                  // the plan is only to be read: what Apply would look for is looked for already
	NoWait       bool                  // Plan.NoWait
	CopyTags     map[string]string     // tags that a registered copy gets beside those of its original

	Schedules *Schedules // what runs tasks in the cluster by the clock goes back too; nil: it is not looked at

	// Records gives what is known of earlier states from elsewhere than ECS (snapshots), newest first. It is called only if
	// the history of a service does not tell, one call after the other: again where a service was looked at after the last
	// call, since what changed it meanwhile may have left a record. Nil: nothing is known.
	Records func() ([]past.Record, error)
}
