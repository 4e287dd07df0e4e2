package ecs

import (
	"fmt"
	"slices"
	"time"
)

// A Decision is what a [Planner] makes of one service. [Client.Plan] completes it to a [Step]: it looks up definitions and
// images, which takes calls that a planner does not make.
type Decision struct {
	Action Action
	From   visit // what runs, or is being rolled out
	To     visit // what is to run
	Reason string
	Notes  []string

	left     *visit             // what the service has already been taken back from
	follow   *ServiceDeployment // a deployment to watch instead of starting one
	rollback *ServiceDeployment // a deployment that goes on, and whose native rollback leads to To
	guess    string             // why history does not say what ran before; then records and revisions are asked
	asOf     time.Time          // of a guess: only a record from before then counts, and no revision
	only     bool               // there is nothing that it ran before
	meant    UndoOptions        // of a guess: which services it is for
	deeper   bool               // cannot be decided without the older part of the history
}

// A Planner decides what each observed service is to run, and gives its reason. It changes nothing and prints nothing.
type Planner struct {
	decide func(s *Service, same Same) Decision

	// wants tells what a service is to run without asking its history, so that it is not read where the service itself shows
	// that it runs that already, or that nothing stands in the way. Nil: the history is always read.
	wants func(service string) (Version, bool)
}

// UndoOptions narrow an undo.
type UndoOptions struct {
	Again bool // one step further, also where the service has already been taken back

	// IfImage picks the services that run an image for which it is true, and takes each back to the newest version without
	// one. Nil: all services, and the version before.
	IfImage func(Image) bool

	IfRevision int // only a service that runs this revision number; zero: any
}

// UndoPlanner plans to take each service back to the version that it ran before the current one, and to leave it alone where
// that has happened already.
func UndoPlanner(o UndoOptions) Planner { return Planner{decide: o.decide} }

// named reports whether the options themselves say which version is to go. Then it does not matter how the service came to it.
func (o UndoOptions) named() bool { return o.Again || o.IfImage != nil || o.IfRevision != 0 }

func (o UndoOptions) decide(s *Service, same Same) Decision {
	h := &s.History
	switch {
	case h.Err != nil:
		return Decision{meant: o, guess: fmt.Sprintf("its deployment history cannot be read (%s)", briefly(h.Err))}
	case len(h.Deployments) == 0:
		return Decision{meant: o, guess: "ECS has no deployment history of it"}
	case o.named() && h.unread():
		return Decision{deeper: true}
	}
	newest := h.newest()
	if newest.rollingBack() {
		if d, other := o.passes(visitOf(s, newest).version); other && o.IfImage != nil {
			return d
		}
		return rollingBack(s, newest, same)
	}
	if newest.rollingOut() {
		return o.rollingOut(s, newest, same)
	}
	stack := currentStack(s, same)
	now, _ := stack.top()
	if d, other := o.passes(now.version); other {
		return d
	}
	if !o.named() {
		if d, done := attempted(s, &stack, same); done {
			return d
		}
		if stack.left != nil && now.stopped() {
			return notUp(now, *stack.left, now.deployment)
		}
		if stack.left != nil {
			return takenBack(s, &stack)
		}
		if d, blocked := onlyConfig(&stack, h, same); blocked {
			return d
		}
	}
	return o.stepBack(s, &stack, newest, same)
}

// passes reports that a service is not meant, by the image or the revision that it runs.
func (o UndoOptions) passes(now Version) (Decision, bool) {
	from := visit{version: now}
	if o.IfImage != nil && len(now.Images) == 0 {
		return Decision{Action: Blocked, From: from, Reason: "which images it runs is not known, since ECS has no record of them"}, true
	}
	if o.IfImage != nil && !o.runsImage(now) {
		return Decision{Action: Skipped, From: from, Reason: "does not run such an image"}, true
	}
	if o.IfRevision != 0 && now.TaskDefinition.Revision != o.IfRevision {
		return Decision{Action: Unchanged, From: from, Reason: fmt.Sprintf("runs %s, not revision %d", orUnknown(now), o.IfRevision)}, true
	}
	return Decision{}, false
}

// runsImage reports whether a version has an image that is to go.
func (o UndoOptions) runsImage(v Version) bool {
	return o.IfImage != nil && slices.ContainsFunc(v.Images, o.IfImage)
}

// pushCurrent adds what the service runs now, where that is not what was deployed well last: a deployment that failed and
// was not rolled back, or one that the history does not list yet.
func (s *undoStack) pushCurrent(service *Service, same Same) {
	top, ok := s.top()
	if ok && top.version.TaskDefinition == service.TaskDefinition {
		// The same definition may have failed with other images; where nothing newer came, it is still there.
		if d := service.History.newest(); d != nil && d.stopped() {
			failed := visitOf(service, d)
			if failed.version.TaskDefinition == service.TaskDefinition && !same.Versions(failed.version, top.version) {
				s.push(failed, same)
			}
		}
		return
	}
	now := visit{version: Version{TaskDefinition: service.TaskDefinition}, since: service.Primary().CreatedAt}
	for _, d := range service.History.read() {
		if d.Revision != nil && d.Revision.Version.TaskDefinition == service.TaskDefinition {
			now.version, now.deployment = d.Revision.Version, d
			break
		}
	}
	if ok && same.Versions(now.version, top.version) { // by a copy, which did not come up; what did is still the deployment before
		s.visits[len(s.visits)-1].version = top.with(now).version
		return
	}
	s.push(now, same)
}

// rollingBack leaves alone what ECS is rolling back at this moment, and has it watched. If that was an undo, it will have
// failed, and the service will be where it should not be.
func rollingBack(s *Service, d *ServiceDeployment, same Same) Decision {
	stack, failed := newStack(&s.History, same), visitOf(s, d)
	to, _ := stack.top()
	reason := fmt.Sprintf("ECS is rolling %s back right now, to %s", orUnknown(failed.version), orUnknown(to.version))
	if stack.holds(failed.version, same) {
		to = failed
		reason += ", an undo that did not come up; run the undo again when that has ended"
	}
	return Decision{Action: Unchanged, From: failed, To: to, follow: d, Reason: reason}
}

// attempted leaves alone a service that runs what was deployed well last, because a newer deployment of another version was
// rolled back by ECS, or stopped. Where that was an undo, it is to be tried again.
func attempted(s *Service, stack *undoStack, same Same) (Decision, bool) {
	now, _ := stack.top()
	if now.deployment == nil || !now.deployment.successful() {
		return Decision{}, false
	}
	d := s.History.attempt(now.version, same)
	if d == nil {
		return Decision{}, false
	}
	failed := visitOf(s, d)
	if stack.holds(failed.version, same) {
		return Decision{}, false
	}
	if newest := s.History.newest(); newest != d && newest.stopped() {
		return notUp(now, failed, newest), true
	}
	decision := Decision{Action: Unchanged, From: now, left: &failed}
	switch d.Status {
	case "ROLLBACK_SUCCESSFUL":
		decision.Reason = fmt.Sprintf("ECS has already rolled %s back to %s at %s", orUnknown(failed.version), now.version.TaskDefinition, clock(d.FinishedAt))
	case "ROLLBACK_FAILED":
		decision.Action = Blocked
		decision.Reason = fmt.Sprintf(
			"ECS tried to roll %s back to %s, and that rollback failed; deploying %s again changes nothing, so repair what keeps it from starting, or take it one further back with --again",
			orUnknown(failed.version), now.version.TaskDefinition, now.version.TaskDefinition)
	default:
		decision.Reason = fmt.Sprintf("%s was stopped at %s, and the service runs %s again", orUnknown(failed.version), clock(d.FinishedAt), now.version.TaskDefinition)
	}
	if d.Reason != "" {
		decision.Reason += ": " + d.Reason
	}
	return decision, true
}

// notUp blocks a service that has been taken back to a version which did not come up then. What was left may still run beside
// it.
func notUp(now, left visit, d *ServiceDeployment) Decision {
	decision := Decision{Action: Blocked, From: now, left: &left, Reason: fmt.Sprintf(
		"%s was deployed in the place of %s, did not come up, and was not rolled back; deploying it again changes nothing, so repair what keeps it from starting, or take it one further back with --again",
		orUnknown(now.version), orUnknown(left.version))}
	if d.Reason != "" {
		decision.Reason += ": " + d.Reason
	}
	return decision
}

// ranOther reports whether a deployment of another version has ended well.
func (h *History) ranOther(v Version, same Same) bool {
	return slices.ContainsFunc(h.read(), func(d *ServiceDeployment) bool {
		return d.successful() && (d.Revision == nil || !same.Versions(d.Revision.Version, v))
	})
}

// attempt gives the newest deployment since the last good one that brought another version than what runs now; nil if there
// is none.
func (h *History) attempt(now Version, same Same) *ServiceDeployment {
	for _, d := range h.read() {
		switch {
		case d.successful():
			return nil
		case d.Revision == nil || !same.Versions(d.Revision.Version, now):
			return d
		}
	}
	return nil
}

// takenBack leaves alone a service whose newest deployment was itself a return to an earlier version.
func takenBack(s *Service, stack *undoStack) Decision {
	now, _ := stack.top()
	d := Decision{
		Action: Unchanged, From: now, left: stack.left,
		Reason: fmt.Sprintf("has already been taken back from %s to %s at %s",
			describeChange(stack.left.version, now.version), orUnknown(now.version), clock(now.since)),
	}
	if s.beforeHistory {
		d.Reason += fmt.Sprintf(", by all appearances: %s is older than its history, which begins at %s",
			now.version.original(), clock(oldest(s.History.Deployments).CreatedAt))
	}
	return d
}

// onlyConfig blocks a service whose newest deployment brought the same version with another configuration: going one
// version back would leave the configuration, and take away code that nobody complained about.
func onlyConfig(stack *undoStack, h *History, same Same) (Decision, bool) {
	good := slices.DeleteFunc(slices.Clone(h.read()), func(d *ServiceDeployment) bool { return !d.successful() && !d.rollingOut() })
	now, _ := stack.top()
	if len(good) < 2 || now.deployment != good[0] || good[0].Revision == nil || good[1].Revision == nil ||
		!same.Versions(good[0].Revision.Version, good[1].Revision.Version) {
		return Decision{}, false
	}
	changed := configChanges(good[0].Revision, good[1].Revision)
	if len(changed) == 0 {
		return Decision{}, false
	}
	d := Decision{Action: Blocked, From: now, Reason: fmt.Sprintf(
		"its newest deployment, at %s, changed only its configuration (%s), not its version; --whole takes the configuration back, --to REVISION the code",
		clock(good[0].CreatedAt), listed(changed))}
	d.To, _ = stack.below(1)
	return d, true
}

// stepBack goes to the version under the top, or with IfImage to the first one under it without such an image.
func (o UndoOptions) stepBack(s *Service, stack *undoStack, newest *ServiceDeployment, same Same) Decision {
	now, _ := stack.top()
	depth := 1
	to, ok := stack.below(depth)
	for ok && o.runsImage(to.version) {
		depth++
		to, ok = stack.below(depth)
	}
	switch {
	case !ok && s.History.unread():
		return Decision{deeper: true}
	case !ok && s.History.cut(s):
		return Decision{From: now, meant: o, guess: fmt.Sprintf("its history begins at %s, and it is older", clock(oldest(s.History.Deployments).CreatedAt))}
	case !ok && depth > 1:
		return Decision{Action: Blocked, From: now, Reason: "has never run a version without such an image"}
	case !ok && s.History.ranOther(now.version, same):
		return Decision{Action: Unchanged, From: now, only: true, Reason: "runs the first version that it ever ran, " + orUnknown(now.version)}
	case !ok:
		return Decision{Action: Unchanged, From: now, only: true, Reason: "has never run another version"}
	case !to.version.Known():
		return Decision{From: now, meant: o, guess: "ECS no longer has the record of what ran before"}
	}
	verb := "runs"
	if newest.rollingOut() {
		verb = "is rolling out"
	}
	d := steer(s, now, to, same)
	d.Reason = fmt.Sprintf("%s %s since %s; before it ran %s, since %s%s", now.version.TaskDefinition, verb, clock(now.since),
		describeChange(to.version, now.version), clock(to.since), d.Reason)
	if alike(now.version, to.version) {
		d.Notes = append(d.Notes, "same images before and after: this undo changes configuration only")
	}
	if newest.rolledBack() && newest.Revision != nil && same.Versions(newest.Revision.Version, to.version) {
		d.Notes = append(d.Notes, fmt.Sprintf("%s was tried at %s already and ECS rolled it back (%s); trying again",
			to.version.TaskDefinition, clock(newest.CreatedAt), newest.Reason))
	}
	return d
}

// rollingOut decides about a service in the middle of a rollout.
func (o UndoOptions) rollingOut(s *Service, newest *ServiceDeployment, same Same) Decision {
	coming := visitOf(s, newest)
	if d, other := o.passes(coming.version); other {
		return d
	}
	stack := currentStack(s, same)
	if len(stack.visits) == 1 && stack.visits[0].deployment == newest && !s.History.hasGood() && !s.History.unread() && !s.History.cut(s) {
		return Decision{Action: Unchanged, From: coming, To: coming, only: true, follow: newest, Reason: "its first version is still rolling out"}
	}
	if o.named() {
		return o.stepBack(s, &stack, newest, same)
	}
	if stack.left == nil {
		if d, blocked := onlyConfig(&stack, &s.History, same); blocked {
			return d
		}
		return o.stepBack(s, &stack, newest, same)
	}
	d := takenBack(s, &stack)
	d.Reason = fmt.Sprintf("is being taken back from %s to %s since %s", describeChange(stack.left.version, coming.version),
		orUnknown(coming.version), clock(newest.CreatedAt))
	d.To, d.follow = coming, newest
	return d
}

func (h *History) hasGood() bool {
	return slices.ContainsFunc(h.Deployments, (*ServiceDeployment).successful)
}

// steer says how a service gets from what runs to a version: by a deployment, by ECS's own rollback where one that goes on
// came from there, or by waiting where it is on its way already. What ECS brings may be a copy of what is wanted; then that is
// where the service goes. Its reason, if any, is to be put behind the planner's.
func steer(s *Service, now, to visit, same Same) Decision {
	d := Decision{Action: Undo, From: now, To: to}
	newest := s.History.newest()
	if newest == nil || !newest.rollingOut() && !newest.rollingBack() {
		return d
	}
	good := newStack(&s.History, same)
	back, _ := good.top()
	switch {
	case newest.rollingOut() && same.Versions(visitOf(s, newest).version, to.version):
		return Decision{Action: Unchanged, From: now, To: visitOf(s, newest), follow: newest, Reason: "; it is on its way already"}
	case newest.rollingBack() && same.Versions(back.version, to.version):
		return Decision{Action: Unchanged, From: now, To: back, follow: newest, Reason: "; ECS is rolling back to it already"}
	case s.sourcesAre(newest, to.version, same):
		d.rollback = newest
		d.To.version = to.with(visit{version: s.History.revisions[newest.Sources[0]].Version}).version
		d.Notes = append(d.Notes, "ECS itself rolls the running deployment back")
	case s.Strategy != "ROLLING":
		d.Action = Blocked
		d.Reason = fmt.Sprintf("; but a %s deployment goes on that did not start from there, so ECS cannot roll it back to there, and another one now could move traffic in ways nobody can foresee: wait until it has ended",
			s.Strategy)
	}
	return d
}

// staying leaves a service at what it runs, and has the deployment watched that brings that, or whose rollback may take it away.
func (h *History) staying(now visit, reason string) Decision {
	d := Decision{Action: Unchanged, From: now, To: now, Reason: reason}
	switch newest := h.newest(); {
	case newest == nil:
	case newest.rollingOut():
		d.follow, d.Reason = newest, orUnknown(now.version)+" is rolling out already"
	case newest.rollingBack():
		d.follow = newest
		d.Reason += "; ECS is rolling a deployment back right now"
	}
	return d
}

// sourcesAre reports whether all that a deployment replaces is of one version.
func (s *Service) sourcesAre(d *ServiceDeployment, v Version, same Same) bool {
	for _, arn := range d.Sources {
		r := s.History.revisions[arn]
		if r == nil || !same.Versions(r.Version, v) {
			return false
		}
	}
	return len(d.Sources) > 0
}

// visitOf gives what a deployment brings, as far as it is known.
func visitOf(s *Service, d *ServiceDeployment) visit {
	v := visit{since: d.CreatedAt, deployment: d}
	if d.Revision != nil {
		v.version = d.Revision.Version
	} else if d.FinishedAt.IsZero() {
		v.version.TaskDefinition = s.Primary().TaskDefinition
	}
	return v
}

// cut reports whether the service is older than the oldest deployment that ECS still lists: its first one came with it.
func (h *History) cut(s *Service) bool {
	// CodeDeploy's first deployment comes after the service's first task set, of which it knows nothing.
	return s.group != nil || len(h.Deployments) >= historyLimit || oldest(h.Deployments).CreatedAt.Sub(s.CreatedAt) > time.Minute
}

func oldest(d []*ServiceDeployment) *ServiceDeployment { return d[len(d)-1] }
