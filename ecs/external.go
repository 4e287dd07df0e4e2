package ecs

import "github.com/ecsundo/ecsundo/ecs/past"

// external says of a service whose controller is EXTERNAL which task set holds the version before, if it is still there, and
// how one would switch to it. ecsundo does not: the traffic belongs to the controller, which would not learn of it.
func external(s *past.Service, cluster string) (reason past.Reason, notes []past.Reason) {
	primary := s.Primary()
	var before past.Deployment
	for _, d := range s.Deployments {
		older := primary.CreatedAt.IsZero() || !d.CreatedAt.After(primary.CreatedAt)
		if d.Status == past.Active && older && d.TaskDefinition != primary.TaskDefinition && !d.CreatedAt.Before(before.CreatedAt) {
			before = d
		}
	}
	if before.ID == "" {
		return past.Reason{Code: past.ExternalController}, nil
	}
	facts := past.Facts{Name: before.ID, To: before.TaskDefinition.String(), Why: cliFlags(cluster, s.Name)}
	after := facts
	after.Name = primary.ID
	return past.Reason{Code: past.ExternalTaskSet, Facts: facts}, []past.Reason{
		{Code: past.SwitchScale, Facts: facts}, {Code: past.SwitchPrimary, Facts: facts}, {Code: past.SwitchDelete, Facts: after},
	}
}

// cliFlags gives the flags that name a service to the AWS CLI.
func cliFlags(cluster, service string) string {
	return "--cluster " + cluster + " --service " + service
}
