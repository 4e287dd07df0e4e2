package ecstest

import "gopkg.in/yaml.v3"

type createDeploymentInput struct {
	ApplicationName      string `json:"applicationName"`
	DeploymentGroupName  string `json:"deploymentGroupName"`
	DeploymentConfigName string `json:"deploymentConfigName"`
	Description          string `json:"description"`
	Revision             *struct {
		RevisionType   string `json:"revisionType"`
		S3Location     any    `json:"s3Location"`
		GitHubLocation any    `json:"gitHubLocation"`
		String         any    `json:"string"`
		AppSpecContent struct {
			Content string `json:"content"`
			Sha256  string `json:"sha256"`
		} `json:"appSpecContent"`
	} `json:"revision"`
	AutoRollbackConfiguration     any `json:"autoRollbackConfiguration"`
	OverrideAlarmConfiguration    any `json:"overrideAlarmConfiguration"`
	FileExistsBehavior            any `json:"fileExistsBehavior"`
	IgnoreApplicationStopFailures any `json:"ignoreApplicationStopFailures"`
	TargetInstances               any `json:"targetInstances"`
	UpdateOutdatedInstancesOnly   any `json:"updateOutdatedInstancesOnly"`
}

// createDeployment starts a deployment from an AppSpec that is sent along. The text for a deployment that is under way is
// the service's own; those for a bad AppSpec are made up.
func createDeployment(c *call, in *createDeploymentInput) (any, error) {
	g, err := c.group(in.ApplicationName, in.DeploymentGroupName)
	if err != nil {
		return nil, err
	}
	if in.Revision == nil {
		return nil, refuse("RevisionRequiredException", "Revision is required.")
	}
	spec := in.Revision.AppSpecContent
	if in.Revision.RevisionType != "AppSpecContent" {
		return nil, refuse("InvalidRevisionException", "ecstest takes revisions of the type AppSpecContent only.")
	}
	if spec.Sha256 != "" && spec.Sha256 != sha256Hex(spec.Content) {
		return nil, refuse("InvalidRevisionException", "The sha256 does not match the AppSpec's content.")
	}
	definition, err := readAppSpec(spec.Content)
	if err != nil {
		return nil, err
	}
	if other := g.underWay(); other != nil {
		return nil, refuse("DeploymentLimitExceededException", "The Deployment Group '%s' already has an active Deployment '%s'", g.name, other.id)
	}
	c.tick()
	b := g.create(spec.Content, definition, "user")
	b.description = in.Description
	if in.DeploymentConfigName != "" {
		b.config = in.DeploymentConfigName
	}
	b.after(startDelay, b.start)
	return object{"deploymentId": b.id}, nil
}

// readAppSpec gives the task definition that an AppSpec, in YAML or JSON, names.
func readAppSpec(content string) (definition string, err error) {
	var spec struct {
		Version   any `yaml:"version"`
		Resources []struct {
			TargetService struct {
				Type       string `yaml:"Type"`
				Properties struct {
					TaskDefinition   string `yaml:"TaskDefinition"`
					LoadBalancerInfo struct {
						ContainerName string `yaml:"ContainerName"`
						ContainerPort int    `yaml:"ContainerPort"`
					} `yaml:"LoadBalancerInfo"`
				} `yaml:"Properties"`
			} `yaml:"TargetService"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal([]byte(content), &spec); err != nil {
		return "", refuse("InvalidRevisionException", "The AppSpec cannot be read: %v", err)
	}
	if spec.Version == nil || len(spec.Resources) != 1 || spec.Resources[0].TargetService.Type != "AWS::ECS::Service" {
		return "", refuse("InvalidRevisionException", "The AppSpec must have a version and one resource, a TargetService of type AWS::ECS::Service.")
	}
	p := spec.Resources[0].TargetService.Properties
	if p.TaskDefinition == "" || p.LoadBalancerInfo.ContainerName == "" || p.LoadBalancerInfo.ContainerPort == 0 {
		return "", refuse("InvalidRevisionException", "The AppSpec must name TaskDefinition and LoadBalancerInfo.")
	}
	return p.TaskDefinition, nil
}

// group finds a deployment group.
func (c *call) group(application, name string) (*codedeployGroup, error) {
	if application == "" {
		return nil, refuse("ApplicationNameRequiredException", "Application name is required.")
	}
	known := false
	for _, g := range c.region.codedeploy.groups {
		known = known || g.application == application
		if g.application == application && g.name == name {
			return g, nil
		}
	}
	if !known {
		return nil, refuse("ApplicationDoesNotExistException", "No application found for name: %s", application)
	}
	if name == "" {
		return nil, refuse("DeploymentGroupNameRequiredException", "Deployment Group name is missing")
	}
	return nil, refuse("DeploymentGroupDoesNotExistException", "No Deployment Group found for name: %s", name)
}
