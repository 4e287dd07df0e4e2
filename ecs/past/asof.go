package past

import (
	"slices"
	"time"
)

// AsOfPlanner plans to put each service to the version that was live at a moment: that of the newest deployment which had
// ended well by then.
//
// A moment that was given as an age moves on with the clock, and counts by that of AWS, see [Options]. With backOnly set, it never
// leads to a version that the service has since been taken back from, so that the same command some minutes later is harmless.
func AsOfPlanner(t time.Time, backOnly bool) Planner {
	a := asOf{t, backOnly}
	return Planner{Decide: a.decide}
}

type asOf struct {
	t        time.Time
	backOnly bool
}

func (a asOf) decide(r *Reading, rules Rules, how Options) Decision {
	if a.backOnly {
		a.t = a.t.Add(how.Skew)
	}
	facts := Facts{At: a.t}
	switch {
	case r.Service.CreatedAt.After(a.t):
		return Decision{Action: Unchanged, Reason: Reason{Code: CreatedLater, Facts: Facts{Since: r.Service.CreatedAt, At: a.t}}}
	case r.Service.History.Err != nil:
		return a.notKnown(Visit{}, historyUnreadable(r))
	case r.unknown() != nil:
		return unknownStatus(r)
	case r.unread():
		return need(Older)
	}
	s := play(r, rules)
	now := *s.top()
	live := a.live(r)
	if b := r.before; live == nil && b != nil && !b.Since.After(a.t) {
		live = b.Deployment
	}
	switch {
	case live == nil && (len(r.Deployments) == 0 || r.Cut()):
		return a.notKnown(now, Reason{Code: HistoryAfter, Facts: facts})
	case live == nil:
		return stay(now, Reason{Code: FirstRollingOutThen, Facts: facts})
	}
	to := r.visitOf(live)
	facts.From, facts.To, facts.Since = name(now.Version), nameBeside(to.Version, now.Version), to.Since
	halfway, notUp := returnNotUp(r, s)
	same := s.strictly(to.Version, now.Version) || s.same(to.Version, now.Version) && now.taken()
	switch {
	case same && notUp:
		return halfway
	case same && !now.stopped() && how.Whole && len(settableChanges(r, live.Revision, now.newestInRow().Revision)) > 0:
		if left := settableChanges(r, live.Revision, now.newestInRow().Revision); !a.backOnly || !s.configurationLeft(r, &now, live) {
			return bringConfiguration(now, live, left)
		}
		return r.staying(now, Reason{Code: RunsSince, Facts: Facts{From: name(now.Version), Since: now.Since}})
	case same && !now.stopped():
		return r.staying(now, Reason{Code: RunsSince, Facts: Facts{From: name(now.Version), Since: now.Since}})
	case a.backOnly && !slices.ContainsFunc(s.stillThere(), func(v Visit) bool { return s.same(v.Version, to.Version) && !v.Since.After(now.Since) }):
		d := stay(now, Reason{Code: LeftSince, Facts: facts})
		if !now.taken() {
			d = blocked(now, Reason{Code: LeftThenForward, Facts: facts})
		}
		d.Left = &to
		return d
	case !to.Version.Known():
		return a.notKnown(now, Reason{Code: RecordGoneAt, Facts: facts})
	case how.NoPin && sameDefinition(to.Version, now.Version):
		return blocked(now, Reason{Code: ReturnNeedsPin, Facts: facts})
	}
	d := steer(r, s, now, to)
	if d.Action == Undo || d.Reason.Code == "" {
		d.Reason = Reason{Code: LiveAt, Facts: facts}
	}
	d.Notes = append(d.Notes, s.sameImages(now.Version, to.Version)...)
	return d
}

// stillThere gives what is on the stack, the top included, and was not left, also not by a return that brought nothing back, nor
// perhaps by one of which that cannot be told.
func (s *stack) stillThere() []Visit {
	return append(s.candidates(false), *s.top())
}

// live gives the newest deployment that had ended well at the moment; nil if the history shows none.
func (a asOf) live(r *Reading) *ServiceDeployment {
	for _, d := range r.Deployments {
		if d.Successful() && !d.endedAt().After(a.t) {
			return d
		}
	}
	return nil
}

func (d *ServiceDeployment) endedAt() time.Time {
	if d.FinishedAt.IsZero() {
		return d.CreatedAt
	}
	return d.FinishedAt
}

func (a asOf) notKnown(from Visit, why Reason) Decision {
	return Decision{Need: OtherSource, From: from, Guess: Guess{Why: why, AsOf: a.t}}
}
