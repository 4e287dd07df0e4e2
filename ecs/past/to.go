package past

import (
	"fmt"
	"strconv"
)

// ToPlanner plans to put a service to a revision named by the user: 41 (of the family that it runs), web:41, or an ARN.
func ToPlanner(revision string) (Planner, error) {
	number, err := strconv.Atoi(revision)
	var named TaskDefinition
	if err != nil {
		if named, err = ParseTaskDefinition(revision); err != nil {
			return Planner{}, err
		}
	} else if number < 1 {
		return Planner{}, fmt.Errorf("%q is not a revision; revisions start at 1", revision)
	}
	return Planner{Decide: func(r *Reading, rules Rules, how Options) Decision {
		target := named
		if number > 0 {
			target = TaskDefinition{Family: r.Service.TaskDefinition.Family, Revision: number}
		}
		return to(r, play(r, rules), target, how)
	}}, nil
}

// to goes to a definition. Where the history knows what images it ran with, those are wanted, not what its tags name now.
func to(r *Reading, s *stack, target TaskDefinition, how Options) Decision {
	now := *s.top()
	ran := Visit{Version: Version{TaskDefinition: target}}
	for _, d := range r.played() {
		if d.Successful() && d.Revision != nil && d.Revision.Version.TaskDefinition == target {
			ran = r.visitOf(d)
			break
		}
	}
	if b := r.before; ran.Deployment == nil && b != nil && b.Version.TaskDefinition == target {
		ran = *b
	}
	never := ran.Deployment == nil
	facts := Facts{To: target.String(), From: name(now.Version), Since: ran.Since}
	unpins := how.NoPin && now.Version.TaskDefinition != target && now.Version.Original() == target
	switch {
	case never && target.Family != r.Service.TaskDefinition.Family && r.unread():
		return need(Older)
	case never && target.Family != r.Service.TaskDefinition.Family:
		d := blocked(now, Reason{Code: OtherFamily, Facts: facts})
		d.To = ran
		return d
	case r.Newest() != nil && r.Newest().RollingBack() && r.visitOf(r.Newest()).Version.TaskDefinition == target:
		return r.staying(r.visitOf(r.Newest()), Reason{Code: RunsAlready, Facts: Facts{From: target.String()}})
	case s.strictly(now.Version, ran.Version) && !now.stopped() && !unpins:
		if d, is := returnNotUp(r, s); is {
			return d
		}
		if first := now.rowConfigured(ran.Deployment); how.Whole && first != nil {
			if left := settableChanges(r, first.Revision, now.newestInRow().Revision); len(left) > 0 {
				return bringConfiguration(now, first, left)
			}
		}
		d := r.staying(now, Reason{Code: RunsAlready, Facts: Facts{From: name(now.Version)}})
		if now.Version.TaskDefinition != target {
			d.Notes = append(d.Notes, Reason{Code: StaysPinned, Facts: Facts{From: name(now.Version), To: target.String()}})
		}
		return d
	}
	d := steer(r, s, now, ran)
	if d.Action == Undo || d.Reason.Code == "" {
		d.Reason = Reason{Code: NamedRan, Facts: facts}
		if never {
			d.Reason.Code = NamedNeverRan
		}
	}
	return d
}
