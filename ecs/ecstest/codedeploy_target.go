package ecstest

import "slices"

type targetInput struct {
	DeploymentID  string   `json:"deploymentId"`
	TargetID      string   `json:"targetId"`
	TargetIDs     []string `json:"targetIds"`
	TargetFilters any      `json:"targetFilters"`
	NextToken     string   `json:"nextToken"`
}

func listDeploymentTargets(c *call, in *targetInput) (any, error) {
	b, err := c.codedeployment(in.DeploymentID)
	if err != nil {
		return nil, err
	}
	return object{"targetIds": []string{b.targetID()}}, nil
}

func getDeploymentTarget(c *call, in *targetInput) (any, error) {
	b, err := c.codedeployment(in.DeploymentID)
	if err != nil {
		return nil, err
	}
	if in.TargetID != b.targetID() {
		return nil, refuse("DeploymentTargetDoesNotExistException", "The target %s does not belong to the deployment.", in.TargetID)
	}
	return object{"deploymentTarget": b.target()}, nil
}

func batchGetDeploymentTargets(c *call, in *targetInput) (any, error) {
	b, err := c.codedeployment(in.DeploymentID)
	if err != nil {
		return nil, err
	}
	targets := []object{}
	if slices.Contains(in.TargetIDs, b.targetID()) {
		targets = append(targets, b.target())
	}
	return object{"deploymentTargets": targets}, nil
}
