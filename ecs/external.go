package ecs

import "fmt"

// external says of a service whose controller is EXTERNAL which task set holds the version before, if it is still there, and
// how one would switch to it. ecsundo does not: the traffic belongs to the controller, which would not learn of it.
func (s *Service) external(cluster string) (reason string, notes []string) {
	reason = "is deployed by an external controller, which owns its task sets and traffic; undo it there"
	primary := s.Primary()
	var before Deployment
	for _, d := range s.Deployments {
		older := primary.CreatedAt.IsZero() || !d.CreatedAt.After(primary.CreatedAt)
		if d.Status == "ACTIVE" && older && d.TaskDefinition != primary.TaskDefinition && !d.CreatedAt.Before(before.CreatedAt) {
			before = d
		}
	}
	if before.ID == "" {
		return reason + ": no task set of an earlier version is left", nil
	}
	at := fmt.Sprintf("--cluster %s --service %s", cluster, s.Name)
	return reason + fmt.Sprintf(": task set %s still holds %s", before.ID, before.TaskDefinition), []string{
		fmt.Sprintf("to switch to %s by hand, 1: aws ecs update-task-set %s --task-set %s --scale value=100,unit=PERCENT", before.TaskDefinition, at, before.ID),
		fmt.Sprintf("2, when it is steady and the controller has moved the traffic: aws ecs update-service-primary-task-set %s --primary-task-set %s", at, before.ID),
		fmt.Sprintf("3: aws ecs delete-task-set %s --task-set %s", at, primary.ID),
	}
}
