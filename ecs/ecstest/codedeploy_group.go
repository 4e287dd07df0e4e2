package ecstest

import "slices"

type groupInput struct {
	ApplicationName     string `json:"applicationName"`
	DeploymentGroupName string `json:"deploymentGroupName"`
	NextToken           string `json:"nextToken"`
}

func getDeploymentGroup(c *call, in *groupInput) (any, error) {
	g, err := c.group(in.ApplicationName, in.DeploymentGroupName)
	if err != nil {
		return nil, err
	}
	return object{"deploymentGroupInfo": g.view()}, nil
}

func listApplications(c *call, _ *groupInput) (any, error) {
	names := []string{}
	for _, g := range c.region.codedeploy.groups {
		if !slices.Contains(names, g.application) {
			names = append(names, g.application)
		}
	}
	return object{"applications": names}, nil
}

func listDeploymentGroups(c *call, in *groupInput) (any, error) {
	names := []string{}
	for _, g := range c.region.codedeploy.groups {
		if g.application == in.ApplicationName {
			names = append(names, g.name)
		}
	}
	if len(names) == 0 {
		_, err := c.group(in.ApplicationName, "")
		return nil, err
	}
	return object{"applicationName": in.ApplicationName, "deploymentGroups": names}, nil
}
