package ecs

import (
	"context"
	"strings"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// readGroup gives a service of CodeDeploy the history of its deployment group, as if ECS had recorded it: the same planners
// decide then. CodeDeploy records no digests, so those stay unknown.
func (p *planning) readGroup(ctx context.Context, s *past.Service) error {
	if s.Controller != past.ControllerCodeDeploy {
		return nil
	}
	group, history, err := p.client.GroupHistory(ctx, s.External)
	if err != nil && (aws.Unreadable(err) || aws.NoDeployment(err)) {
		s.History = past.History{Err: err}
		return nil
	}
	if err != nil {
		return err
	}
	s.Group = group
	s.History = history
	for _, d := range s.History.Deployments {
		if d.Revision == nil {
			continue
		}
		definition, err := p.definition(ctx, d.Revision.Version.TaskDefinition)
		if err != nil {
			return err
		}
		if definition != nil {
			d.Revision.Version.Images = definition.Images()
		}
	}
	return p.findCopies(ctx, s)
}

// neverRedeployed reports whether a service of CodeDeploy still runs the task set that it was created with: that names no deployment.
func neverRedeployed(s *past.Service) bool {
	return s.Controller == past.ControllerCodeDeploy && s.External == "" && len(s.Deployments) == 1 && aws.NoDeployment(s.History.Err)
}

// byGroup says what stands in the way of an undo by CodeDeploy; no code if nothing does.
func byGroup(s *past.Service) past.Reason {
	switch {
	case s.Controller != past.ControllerCodeDeploy:
		return past.Reason{}
	case s.History.Err != nil:
		return past.Reason{Code: past.GroupUnreadable, Facts: past.Facts{Why: past.Briefly(s.History.Err)}}
	case strings.TrimSpace(s.Group.AppSpec) == "":
		return past.Reason{Code: past.NoAppSpec, Facts: past.Facts{Name: s.Group.Name}}
	}
	return past.Reason{}
}
