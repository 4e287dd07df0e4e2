package ecstest

type createServiceInput struct {
	Cluster            string `json:"cluster"`
	ServiceName        string `json:"serviceName"`
	ClientToken        string `json:"clientToken"`
	LaunchType         string `json:"launchType"`
	SchedulingStrategy string `json:"schedulingStrategy"`
	Role               string `json:"role"`
	Tags               []tag  `json:"tags"`
	serviceSettings
}

// createService makes a service and rolls its first deployment out. It is here for those who play with the sandbox: only
// services that ECS itself deploys can be made with it.
func createService(c *call, in *createServiceInput) (any, error) {
	cl, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	if !nameRE.MatchString(in.ServiceName) {
		return nil, invalid("Invalid service name.")
	}
	if old := cl.services[in.ServiceName]; old != nil && old.status != "INACTIVE" {
		return nil, invalid("Creation of service was not idempotent.")
	}
	if t := in.DeploymentController.Type; t != "" && t != "ECS" {
		return nil, refuse("UnsupportedFeatureException", "ecstest makes services of the %s controller in stories only.", t)
	}
	d, err := c.region.usable(in.TaskDefinition)
	if err != nil {
		return nil, err
	}
	var t tags
	if err := t.add(in.Tags); err != nil {
		return nil, err
	}
	sv := cl.replaceService(in.ServiceName)
	sv.tags, sv.family = t, d.family
	sv.config["launchType"] = "FARGATE"
	if in.LaunchType != "" {
		sv.config["launchType"] = in.LaunchType
	}
	if in.SchedulingStrategy != "" {
		sv.scheduling = in.SchedulingStrategy
	}
	in.TaskDefinition = d.arn()
	update := updateServiceInput{ForceNewDeployment: true, serviceSettings: in.serviceSettings}
	if err := update.apply(sv, d); err != nil {
		return nil, err
	}
	o := sv.view(true)
	if c.lags.current > 0 {
		delete(o, "currentServiceDeployment")
	}
	return object{"service": o}, nil
}

// replaceService makes a service, in the place of an INACTIVE one of that name.
func (cl *cluster) replaceService(name string) *service {
	for i, each := range cl.serviceNames {
		if each == name {
			cl.serviceNames = append(cl.serviceNames[:i:i], cl.serviceNames[i+1:]...)
			break
		}
	}
	return cl.addService(name)
}
