package ecs

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
		return Planner{}, fmt.Errorf("%q is not a revision; they begin at 1", revision)
	}
	return Planner{decide: func(s *Service, same Same) Decision {
		target := named
		if number > 0 {
			target = TaskDefinition{Family: s.TaskDefinition.Family, Revision: number}
		}
		stack := currentStack(s, same)
		return to(s, &stack, target, same)
	}}, nil
}

// to goes to a definition. Where the history knows what images it ran with, those are wanted, not what its tags name now.
func to(s *Service, stack *undoStack, target TaskDefinition, same Same) Decision {
	now, _ := stack.top()
	ran := visit{version: Version{TaskDefinition: target}}
	for _, d := range s.History.read() {
		if d.successful() && d.Revision != nil && d.Revision.Version.TaskDefinition == target {
			ran = visitOf(s, d)
			break
		}
	}
	switch {
	case ran.deployment == nil && target.Family != s.TaskDefinition.Family && s.History.unread():
		return Decision{deeper: true}
	case ran.deployment == nil && target.Family != s.TaskDefinition.Family:
		return Decision{Action: Blocked, From: now, To: ran, Reason: fmt.Sprintf(
			"%s is of another family than %s, and the history does not show that this service ever ran it", target, s.TaskDefinition)}
	case same.Versions(now.version, ran.version) && !now.stopped():
		return s.History.staying(now, "already runs "+orUnknown(now.version))
	}
	d := steer(s, now, ran, same)
	if ran.deployment != nil {
		d.Reason = "asked for by name, last deployed at " + clock(ran.since) + d.Reason
	} else {
		d.Reason = "asked for by name; the history does not show that it ran before" + d.Reason
	}
	return d
}
