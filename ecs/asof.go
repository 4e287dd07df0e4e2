package ecs

import (
	"fmt"
	"slices"
	"time"
)

// AsOfPlanner plans to put each service to the version that was live at a moment: that of the newest deployment which had
// ended well by then.
//
// A moment that was given as an age moves on with the clock. With backOnly set, it never leads to a version that the service
// has since been taken back from, so that the same command some minutes later is harmless.
func AsOfPlanner(t time.Time, backOnly bool) Planner {
	a := asOf{t, backOnly}
	return Planner{decide: a.decide}
}

type asOf struct {
	t        time.Time
	backOnly bool
}

func (a asOf) decide(s *Service, same Same) Decision {
	h := &s.History
	switch {
	case s.CreatedAt.After(a.t):
		return Decision{Action: Unchanged, Reason: "was created only at " + clock(s.CreatedAt)}
	case h.Err != nil:
		return Decision{guess: fmt.Sprintf("its deployment history cannot be read (%s)", briefly(h.Err)), asOf: a.t}
	case h.unread():
		return Decision{deeper: true}
	}
	stack := currentStack(s, same)
	now, _ := stack.top()
	live := a.live(h)
	switch {
	case live == nil && (len(h.Deployments) == 0 || h.cut(s)):
		return Decision{From: now, guess: "its history does not go back to " + clock(a.t), asOf: a.t}
	case live == nil:
		return Decision{Action: Unchanged, From: now, Reason: "its first version was still rolling out at " + clock(a.t)}
	}
	to := visitOf(s, live)
	if same.Versions(to.version, now.version) && !now.stopped() {
		return h.staying(now, "runs "+orUnknown(now.version)+" since "+clock(now.since))
	}
	if left := a.leftSince(&stack, to, same); left {
		return Decision{Action: Unchanged, From: now, left: &to, Reason: fmt.Sprintf(
			"ran %s at %s, and has been taken back from it since", orUnknown(to.version), clock(a.t))}
	}
	if !to.version.Known() {
		return Decision{From: now, guess: "ECS no longer has the record of what ran at " + clock(a.t), asOf: a.t}
	}
	d := steer(s, now, to, same)
	d.Reason = fmt.Sprintf("%s was live at %s, since %s%s", describeChange(to.version, now.version), clock(a.t), clock(to.since), d.Reason)
	return d
}

// live gives the newest deployment that had ended well at the moment; nil if the history shows none.
func (a asOf) live(h *History) *ServiceDeployment {
	for _, d := range h.Deployments {
		if d.successful() && !d.endedAt().After(a.t) {
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

// leftSince reports whether the version is one that may not be gone to again: it is no longer on the stack.
func (a asOf) leftSince(stack *undoStack, to visit, same Same) bool {
	return a.backOnly && !slices.ContainsFunc(stack.visits, func(v visit) bool { return same.Versions(v.version, to.version) })
}
