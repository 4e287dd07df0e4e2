package ecstest

import (
	"slices"
)

func codedeployOperations() map[string]operation {
	return map[string]operation{
		"codedeploy:CreateDeployment":          handle(createDeployment),
		"codedeploy:GetDeployment":             polling(handle(getDeployment)),
		"codedeploy:BatchGetDeployments":       polling(handle(batchGetDeployments)),
		"codedeploy:ListDeployments":           handle(listDeployments),
		"codedeploy:StopDeployment":            handle(stopDeployment),
		"codedeploy:ContinueDeployment":        handle(continueDeployment),
		"codedeploy:GetDeploymentGroup":        handle(getDeploymentGroup),
		"codedeploy:ListApplications":          handle(listApplications),
		"codedeploy:ListDeploymentGroups":      handle(listDeploymentGroups),
		"codedeploy:ListDeploymentTargets":     handle(listDeploymentTargets),
		"codedeploy:GetDeploymentTarget":       handle(getDeploymentTarget),
		"codedeploy:BatchGetDeploymentTargets": handle(batchGetDeploymentTargets),
	}
}

type deploymentInput struct {
	DeploymentID string `json:"deploymentId"`
}

// codedeployment finds a deployment of CodeDeploy.
func (c *call) codedeployment(id string) (*blueGreen, error) {
	if id == "" {
		return nil, refuse("DeploymentIdRequiredException", "Deployment ID is required.")
	}
	if b := c.region.codedeploy.deployment(id); b != nil {
		return b, nil
	}
	return nil, refuse("DeploymentDoesNotExistException", "The deployment %s could not be found", id)
}

func getDeployment(c *call, in *deploymentInput) (any, error) {
	b, err := c.codedeployment(in.DeploymentID)
	if err != nil {
		return nil, err
	}
	return object{"deploymentInfo": b.view()}, nil
}

type batchGetDeploymentsInput struct {
	DeploymentIDs []string `json:"deploymentIds"`
}

// batchGetDeployments leaves out what it does not know.
func batchGetDeployments(c *call, in *batchGetDeploymentsInput) (any, error) {
	if len(in.DeploymentIDs) > 25 {
		return nil, refuse("BatchLimitExceededException", "The maximum number of deployments is 25.")
	}
	infos := []object{}
	for _, id := range in.DeploymentIDs {
		if b := c.region.codedeploy.deployment(id); b != nil {
			infos = append(infos, b.view())
		}
	}
	return object{"deploymentsInfo": infos}, nil
}

type listDeploymentsInput struct {
	ApplicationName     string   `json:"applicationName"`
	DeploymentGroupName string   `json:"deploymentGroupName"`
	ExternalID          string   `json:"externalId"`
	IncludeOnlyStatuses []string `json:"includeOnlyStatuses"`
	CreateTimeRange     struct {
		Start seconds `json:"start"`
		End   seconds `json:"end"`
	} `json:"createTimeRange"`
	NextToken string `json:"nextToken"`
}

// listDeployments lists the newest first, 100 a page; neither is documented.
func listDeployments(c *call, in *listDeploymentsInput) (any, error) {
	if in.ApplicationName != "" || in.DeploymentGroupName != "" {
		if _, err := c.group(in.ApplicationName, in.DeploymentGroupName); err != nil {
			return nil, err
		}
	}
	ids := []string{}
	for _, b := range slices.Backward(c.region.codedeploy.deployments) {
		if in.wants(b) {
			ids = append(ids, b.id)
		}
	}
	from, to, next, err := c.page(len(ids), in.NextToken, nil, 100, 100)
	if err != nil {
		return nil, err
	}
	o := object{"deployments": ids[from:to]}
	setText(o, "nextToken", next)
	return o, nil
}

func (in *listDeploymentsInput) wants(b *blueGreen) bool {
	start, end := in.CreateTimeRange.Start, in.CreateTimeRange.End
	return (in.ApplicationName == "" || in.ApplicationName == b.group.application && in.DeploymentGroupName == b.group.name) &&
		(len(in.IncludeOnlyStatuses) == 0 || slices.Contains(in.IncludeOnlyStatuses, b.status)) &&
		(start.IsZero() || !b.created.Before(start.Time)) && (end.IsZero() || !b.created.After(end.Time))
}

type stopDeploymentInput struct {
	DeploymentID        string `json:"deploymentId"`
	AutoRollbackEnabled *bool  `json:"autoRollbackEnabled"`
}

// stopDeployment stops at once: its answer is Succeeded, where CodeDeploy may say Pending.
func stopDeployment(c *call, in *stopDeploymentInput) (any, error) {
	b, err := c.codedeployment(in.DeploymentID)
	if err != nil {
		return nil, err
	}
	if b.ended() {
		return nil, refuse("DeploymentAlreadyCompletedException", "The deployment %s has already completed.", b.id)
	}
	c.tick()
	b.stop(in.AutoRollbackEnabled != nil && *in.AutoRollbackEnabled)
	return object{"status": "Succeeded", "statusMessage": "No more traffic will be routed."}, nil
}

type continueDeploymentInput struct {
	DeploymentID       string `json:"deploymentId"`
	DeploymentWaitType string `json:"deploymentWaitType"`
}

// continueDeployment moves the traffic of a deployment that is Ready, or removes the original task set early.
func continueDeployment(c *call, in *continueDeploymentInput) (any, error) {
	b, err := c.codedeployment(in.DeploymentID)
	if err != nil {
		return nil, err
	}
	switch {
	case b.ended():
		return nil, refuse("DeploymentAlreadyCompletedException", "The deployment %s has already completed.", b.id)
	case b.terminating && in.DeploymentWaitType == "TERMINATION_WAIT":
		b.succeed()
	case b.status == "Ready":
		b.reroute()
	default:
		return nil, refuse("DeploymentIsNotInReadyStateException", "The deployment %s is not in the ready state.", b.id)
	}
	return object{}, nil
}
