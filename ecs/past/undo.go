package past

import (
	"slices"
	"time"
)

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
func UndoPlanner(o UndoOptions) Planner { return Planner{Decide: o.decide} }

// named reports whether the options themselves say which version is to go. Then it does not matter how the service came to it.
func (o UndoOptions) named() bool { return o.Again || o.IfImage != nil || o.IfRevision != 0 }

func (o UndoOptions) decide(r *Reading, rules Rules, how Options) Decision {
	switch {
	case r.Outcome == Unlisted:
		return notListed(r, o)
	case r.unknown() != nil:
		return unknownStatus(r)
	case o.named() && r.unread():
		return need(Older)
	}
	newest := r.Newest()
	s := play(r, rules)
	if newest.RollingBack() {
		if d, other := o.Passes(r.visitOf(newest).Version); other && o.IfImage != nil {
			return d
		}
		return rollingBack(r, s, newest)
	}
	top := s.top()
	if d, other := o.notMeant(r, s); other {
		if newest.RollingOut() && top.taken() && o.passes(top.left.Version) { // the undo of what is named is under way
			d, _ = takenBack(r, s, how)
		}
		return d
	}
	if top.kind == unclear && !how.NoPin {
		return unclearReturn(r, s)
	}
	if top.kind == inVain && !o.Again {
		return blocked(*top, Reason{Code: ReturnInVain, Facts: Facts{From: name(top.Version), Left: name(top.left.Version), Since: top.Since, At: r.begins()}})
	}
	if !o.named() {
		for _, rule := range []func(*Reading, *stack, Options) (Decision, bool){notUp, takenBack, comeBack, identical, onlyConfiguration} {
			if d, settled := rule(r, s, how); settled {
				return d
			}
		}
	}
	if r.Outcome == Behind && top.kind == forward && top.Deployment == r.Current && len(top.row) > 1 && !r.replacesListed() {
		return blocked(*top, Reason{Code: ListBehind, Facts: Facts{From: name(top.Version), Since: top.Since}})
	}
	if o.Again && top.taken() && newest.RollingOut() {
		return blocked(*top, Reason{Code: AgainWhileReturning, Facts: Facts{From: name(top.Version), Left: name(top.left.Version), Since: newest.CreatedAt}})
	}
	return o.stepBack(r, s, how)
}

// unknownStatus blocks a service one of whose deployments may have brought a version, or not: its status is one that nobody knows.
func unknownStatus(r *Reading) Decision {
	d := r.unknown()
	return blocked(Visit{Version: Version{TaskDefinition: r.Service.TaskDefinition}}, Reason{Code: UnknownStatus, Facts: Facts{Status: d.Status, At: d.CreatedAt}})
}

// Passes reports that a service is not meant, by the image or the revision that it runs.
func (o UndoOptions) Passes(now Version) (Decision, bool) {
	from := Visit{Version: now}
	if o.IfImage != nil && len(now.Images) == 0 {
		return blocked(from, Reason{Code: ImagesUnknown}), true
	}
	if o.IfImage != nil && !o.RunsImage(now) {
		return Decision{Action: Skipped, From: from, Reason: Reason{Code: NoSuchImage}}, true
	}
	if o.IfRevision != 0 && now.TaskDefinition.Revision != o.IfRevision {
		return stay(from, Reason{Code: OtherRevision, Facts: Facts{From: name(now), N: o.IfRevision}}), true
	}
	return Decision{}, false
}

// notMeant reports that a service is not meant, by what is on top. Where the undo of what is meant has stopped half-way, that may
// still run, and it is not done.
func (o UndoOptions) notMeant(r *Reading, s *stack) (Decision, bool) {
	d, other := o.Passes(s.top().Version)
	if halfway, is := returnNotUp(r, s); other && is && slices.ContainsFunc(s.top().TakenBack(), o.passes) {
		return halfway, true
	}
	return d, other
}

// passes reports whether a version is one that is named by its image or its revision.
func (o UndoOptions) passes(v Version) bool {
	_, other := o.Passes(v)
	return !other
}

// RunsImage reports whether a version has an image that is to go; a copy also by the references of its original.
func (o UndoOptions) RunsImage(v Version) bool {
	return o.IfImage != nil && (slices.ContainsFunc(v.Images, o.IfImage) || slices.ContainsFunc(v.OriginalImages, o.IfImage))
}

// rollingBack leaves alone what ECS is rolling back at this moment, and has it watched. If that was an undo, it will have
// failed, and the service will be where it should not be.
func rollingBack(r *Reading, s *stack, d *ServiceDeployment) Decision {
	failed, to := r.visitOf(d), *s.top()
	reason := Reason{Code: RollingBack, Facts: Facts{From: name(failed.Version), To: name(to.Version)}}
	if s.holds(failed.Version) {
		to, reason.Code = failed, RollingBackUndo
	}
	decision := stay(failed, reason)
	decision.To, decision.Follow = to, d
	return decision
}

// notUp blocks a service whose newest deployment has left it where another deployment of the same would change nothing: a return
// that did not come up, or a rollback by ECS that failed.
func notUp(r *Reading, s *stack, _ Options) (Decision, bool) {
	if d, is := returnNotUp(r, s); is {
		return d, true
	}
	newest, top := r.Newest(), s.top()
	facts := Facts{From: name(top.Version), At: newest.CreatedAt, Why: newest.Reason}
	brought := r.visitOf(newest)
	switch {
	case newest.RollbackFailed() && r.Service.Running == 0 && !s.hasRun(brought.Version):
		d := stay(*top, Reason{Code: NothingRuns, Facts: facts})
		d.Only = true
		return d, true
	case newest.RollbackFailed() && !s.same(top.Version, brought.Version) && !s.holds(brought.Version):
		facts.Left = name(brought.Version)
		d := blocked(*top, Reason{Code: RollbackFailed, Facts: facts})
		d.Left = &brought
		return d, true
	case newest.Stopped() && s.attempt != nil && !s.same(top.Version, brought.Version):
		facts.Left, facts.At = name(brought.Version), newest.FinishedAt
		d := stay(*top, Reason{Code: AttemptStopped, Facts: facts})
		d.Left = &brought
		return d, true
	}
	return Decision{}, false
}

// returnNotUp blocks a service whose return ended before it had come up, and was left like that. The service names the version that
// was to come back, and what was to be left may still run.
func returnNotUp(r *Reading, s *stack) (Decision, bool) {
	newest, top := r.Newest(), *s.top()
	if newest == nil || !newest.Stopped() || !top.taken() {
		return Decision{}, false
	}
	brought := r.visitOf(newest).Version
	if !s.same(top.Version, brought) {
		return Decision{}, false
	}
	top.Version = merged(top.Version, brought) // it may be a copy
	d := blocked(top, Reason{Code: ReturnNotUp, Facts: Facts{
		From: name(brought), Left: name(top.left.Version), At: newest.CreatedAt, Why: newest.Reason, Status: r.Service.Controller,
	}})
	d.Left = top.left
	return d, true
}

// hasRun reports whether a deployment of another version has completed.
func (s *stack) hasRun(but Version) bool {
	return s.find(func(v *Visit) bool {
		return !s.same(v.Version, but) || v.Deployment != nil && v.Deployment.Successful()
	}, len(s.visits)) >= 0
}

// identical blocks a service whose newest definition is identical to the one before, where no digest is known: an undo would
// change nothing for certain, and one further back may be too far.
func identical(_ *Reading, s *stack, _ Options) (Decision, bool) {
	top := s.top()
	if top.kind != forward || !top.blind {
		return Decision{}, false
	}
	facts := Facts{From: name(top.Version), Since: top.Since}
	if under, ok := s.below(1); ok {
		facts.To = under.Version.Original().String()
	}
	return blocked(*top, Reason{Code: IdenticalUnknown, Facts: facts}), true
}

// candidates gives what an undo may go to, newest first: nothing that was left by a return, also where that has not brought all
// back.
func (s *stack) candidates(again bool) []Visit {
	n := len(s.visits) - 1
	if top := s.top(); top.back != nil && top.kind != codeOnly {
		n = s.find(func(e *Visit) bool {
			return e.Since.Equal(top.back.Since) && sameDefinition(e.Version, top.back.Version)
		}, n)
		if !again {
			n++
		}
	}
	var under []Visit
	for i := n - 1; i >= 0; i-- {
		under = append(under, s.visits[i])
	}
	return under
}

// stepBack goes to the newest version under the top that the options let pass.
func (o UndoOptions) stepBack(r *Reading, s *stack, how Options) Decision {
	now, newest := *s.top(), r.Newest()
	var passed []Visit // over, since their images are to go, or since they never ran a task
	var never []string
	for _, to := range s.candidates(o.Again) {
		switch {
		case o.RunsImage(to.Version), how.NoPin && sameDefinition(to.Version, now.Version):
			passed = append(passed, to)
			continue
		case r.Service.Desired > 0 && to.neverRan():
			never = append(never, name(to.Version))
			continue
		case r.mayNeverHaveRun(to) && !r.Service.History.TasksRead:
			return need(TaskCounts)
		case !to.Version.Known(), to.kind == inVain:
			return o.notKnown(now, Reason{Code: RecordGone})
		}
		return o.goTo(r, s, now, to, never)
	}
	facts := Facts{From: name(now.Version), At: r.begins(), Names: never}
	switch {
	case r.unread():
		return need(Older)
	case r.Cut() && len(never) == 0:
		return o.notKnown(now, Reason{Code: HistoryBegins, Facts: facts})
	case len(passed) > 0 && o.IfImage != nil:
		return blocked(now, Reason{Code: EveryVersionMatches})
	case len(passed) > 0:
		return only(now, Reason{Code: OnlyDigestDiffers, Facts: facts})
	case len(never) > 0:
		return only(now, Reason{Code: OthersNeverRan, Facts: facts})
	case newest.RollingOut() && len(s.visits) == 1 && !s.hasRun(now.Version):
		d := only(now, Reason{Code: FirstRollingOut, Facts: facts})
		d.To, d.Follow = r.visitOf(newest), newest
		return d
	case !newest.Successful() && r.Service.Running == 0 && r.Service.Desired > 0 && !s.hasRun(now.Version):
		facts.Why = newest.Reason
		return only(now, Reason{Code: NothingRuns, Facts: facts})
	case r.ranOther(s, now.Version):
		return only(now, Reason{Code: FirstVersion, Facts: facts})
	}
	return only(now, Reason{Code: OnlyVersion, Facts: facts})
}

func only(now Visit, r Reason) Decision {
	d := stay(now, r)
	d.Only = true
	return d
}

// ranOther reports whether a deployment of another version has completed.
func (r *Reading) ranOther(s *stack, v Version) bool {
	return slices.ContainsFunc(r.played(), func(d *ServiceDeployment) bool {
		return d.Successful() && (d.Revision == nil || !s.same(d.Revision.Version, v))
	})
}

// goTo goes to a version under the top, and says what one should know about it.
func (o UndoOptions) goTo(r *Reading, s *stack, now, to Visit, never []string) Decision {
	newest := r.Newest()
	d := steer(r, s, now, to)
	if d.Reason.Code == "" || d.Action == Undo {
		d.Reason = Reason{Code: Before, Facts: Facts{
			From: now.Version.TaskDefinition.String(), To: nameBeside(to.Version, now.Version), Since: now.Since, At: to.Since, Until: r.until(to, now),
		}}
		if newest.RollingOut() {
			d.Reason.Code = BeforeRollout
		}
	}
	if len(never) > 0 {
		d.Notes = append(d.Notes, Reason{Code: PassedOver, Facts: Facts{Names: never}})
	} else if r.mayNeverHaveRun(to) {
		d.Notes = append(d.Notes, Reason{Code: MayNeverHaveRun, Facts: Facts{To: name(to.Version)}})
	}
	d.Notes = append(d.Notes, s.sameImages(now.Version, to.Version)...)
	if newest.RolledBack() && s.undone != nil && s.undone.Deployment == newest && s.same(s.undone.Version, to.Version) {
		d.Notes = append(d.Notes, Reason{Code: TriedBefore, Facts: Facts{To: name(to.Version), Since: newest.CreatedAt, Why: newest.Reason}})
	}
	return d
}

// until gives when the version of a visit was replaced by the next that took over; at the latest, when now came.
func (r *Reading) until(v, now Visit) time.Time {
	played := r.played() // newest first
	n := slices.Index(played, v.Deployment)
	if n < 0 { // older than the list
		n = len(played)
	}
	for n--; n >= 0; n-- {
		if d := played[n]; d.Successful() && d.CreatedAt.After(v.Since) {
			return d.CreatedAt
		}
	}
	return now.Since
}

// sameImages says of two versions with the same images that only configuration changes, and whether that is certain.
func (s *stack) sameImages(now, to Version) []Reason {
	if !Alike(now, to) {
		return nil
	}
	for _, i := range now.Images {
		j, _ := to.Image(i.Container)
		if mutable := ParseReference(i.Reference).Digest == ""; s.own(i) && mutable && (i.Digest == "" || j.Digest == "") {
			return []Reason{{Code: SameReferences}}
		}
	}
	return []Reason{{Code: SameImages}}
}
