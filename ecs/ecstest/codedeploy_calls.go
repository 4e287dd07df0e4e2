package ecstest

import (
	"slices"

	"gopkg.in/yaml.v3"
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
