package ecstest

import (
	"bytes"
	"encoding/json"
	"maps"
)

// settings are the members that CreateService and UpdateService share beside what names the service.
type serviceSettings struct {
	DesiredCount   *int   `json:"desiredCount"`
	TaskDefinition string `json:"taskDefinition"`

	// Members that service revisions record.
	CapacityProviderStrategy    json.RawMessage `json:"capacityProviderStrategy"`
	LoadBalancers               json.RawMessage `json:"loadBalancers"`
	NetworkConfiguration        json.RawMessage `json:"networkConfiguration"`
	PlatformVersion             json.RawMessage `json:"platformVersion"`
	ServiceConnectConfiguration json.RawMessage `json:"serviceConnectConfiguration"`
	ServiceRegistries           json.RawMessage `json:"serviceRegistries"`
	VolumeConfigurations        json.RawMessage `json:"volumeConfigurations"`
	VpcLatticeConfigurations    json.RawMessage `json:"vpcLatticeConfigurations"`
	Monitoring                  json.RawMessage `json:"monitoring"`
	GatewayConnectors           json.RawMessage `json:"gatewayConnectors"`

	// Members that they do not.
	AvailabilityZoneRebalancing   json.RawMessage `json:"availabilityZoneRebalancing"`
	DeploymentConfiguration       json.RawMessage `json:"deploymentConfiguration"`
	EnableECSManagedTags          json.RawMessage `json:"enableECSManagedTags"`
	EnableExecuteCommand          json.RawMessage `json:"enableExecuteCommand"`
	HealthCheckGracePeriodSeconds json.RawMessage `json:"healthCheckGracePeriodSeconds"`
	PlacementConstraints          json.RawMessage `json:"placementConstraints"`
	PlacementStrategy             json.RawMessage `json:"placementStrategy"`
	PropagateTags                 json.RawMessage `json:"propagateTags"`

	DeploymentController struct {
		Type string `json:"type"`
	} `json:"deploymentController"`
}

// recorded gives the members that were sent of those that revisions record, and of them the ones that start a deployment
// when they change. The capacity provider strategy does not, but takes a forced one; of gatewayConnectors nothing is said.
func (in *serviceSettings) recorded() (starting, other map[string]json.RawMessage) {
	return sent(map[string]json.RawMessage{
			"loadBalancers": in.LoadBalancers, "networkConfiguration": in.NetworkConfiguration, "platformVersion": in.PlatformVersion,
			"serviceConnectConfiguration": in.ServiceConnectConfiguration, "serviceRegistries": in.ServiceRegistries,
			"volumeConfigurations": in.VolumeConfigurations, "vpcLatticeConfigurations": in.VpcLatticeConfigurations,
			"monitoring": in.Monitoring,
		}), sent(map[string]json.RawMessage{
			"capacityProviderStrategy": in.CapacityProviderStrategy, "gatewayConnectors": in.GatewayConnectors,
		})
}

// unrecorded gives the members that were sent of those that revisions do not record.
func (in *serviceSettings) unrecorded() map[string]json.RawMessage {
	return sent(map[string]json.RawMessage{
		"availabilityZoneRebalancing": in.AvailabilityZoneRebalancing, "deploymentConfiguration": in.DeploymentConfiguration,
		"enableECSManagedTags": in.EnableECSManagedTags, "enableExecuteCommand": in.EnableExecuteCommand,
		"healthCheckGracePeriodSeconds": in.HealthCheckGracePeriodSeconds, "placementConstraints": in.PlacementConstraints,
		"placementStrategy": in.PlacementStrategy, "propagateTags": in.PropagateTags,
	})
}

func sent(all map[string]json.RawMessage) map[string]json.RawMessage {
	for name, raw := range all {
		if raw == nil || bytes.Equal(raw, []byte("null")) {
			delete(all, name)
		}
	}
	return all
}

type updateServiceInput struct {
	Cluster            string `json:"cluster"`
	Service            string `json:"service"`
	ForceNewDeployment bool   `json:"forceNewDeployment"`
	serviceSettings
}

func updateService(c *call, in *updateServiceInput) (any, error) {
	if in.Service == "" {
		return nil, missing("service")
	}
	cl, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	sv := cl.service(in.Service)
	if sv == nil {
		return nil, serviceNotFound()
	}
	if sv.status != "ACTIVE" {
		return nil, serviceNotActive()
	}
	if err := in.allowed(sv); err != nil {
		return nil, err
	}
	var d *definition
	if in.TaskDefinition != "" {
		if d, err = c.region.usable(in.TaskDefinition); err != nil {
			return nil, err
		}
	}
	c.tick()
	before := sv.newest()
	sv.lag()
	if err := in.apply(sv, d); err != nil {
		return nil, err
	}
	if sv.newest() != before {
		sv.blank = c.lags.current
	}
	o := sv.view(false)
	sv.blankCurrent(o)
	return object{"service": o}, nil
}

// allowed refuses what the service's controller or scheduling does not let UpdateService change. The text for EXTERNAL is
// the one that CreateService gives.
func (in *updateServiceInput) allowed(sv *service) error {
	starting, other := in.recorded()
	switch {
	case sv.controller == "CODE_DEPLOY" && in.TaskDefinition != "":
		return invalid("Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.")
	case sv.controller == "CODE_DEPLOY" && in.ForceNewDeployment:
		return invalid("Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.")
	case sv.controller == "EXTERNAL" && in.TaskDefinition != "":
		return invalid("TaskDefinition must be blank")
	case sv.controller != "ECS" && (len(starting)+len(other) > 0 || in.ForceNewDeployment):
		return invalid("Unable to update network parameters on services with a %s deployment controller.", sv.controller)
	case sv.scheduling == "DAEMON" && in.DesiredCount != nil:
		return invalid("The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again")
	case in.DesiredCount != nil && *in.DesiredCount < 0:
		return invalid("desiredCount must not be negative.")
	case in.DeploymentController.Type != "" && in.DeploymentController.Type != sv.controller:
		return refuse("UnsupportedFeatureException", "ecstest does not simulate changes of the deployment controller.")
	}
	return nil
}

// apply carries the update out. A deployment starts if it is forced, or if something changed that is recorded in revisions.
func (in *updateServiceInput) apply(sv *service, d *definition) error {
	starting, other := in.recorded()
	config, err := merged(sv.config, starting)
	if err != nil {
		return err
	}
	changed := in.ForceNewDeployment || !sameJSON(config, sv.config)
	if config, err = merged(config, other); err != nil {
		return err
	}
	if config, err = in.changeStrategy(sv, config); err != nil {
		return err
	}
	if !sv.unfit && (d != nil || changed) {
		if err := sv.orCurrent(d).fits(config); err != nil {
			return err
		}
	}
	options, err := merged(sv.options, in.unrecorded())
	if err != nil {
		return err
	}
	sv.config, sv.options = config, options
	if in.DesiredCount != nil {
		sv.setDesired(*in.DesiredCount)
	}
	if rev := sv.current(); d != nil && (rev == nil || rev.definition != d) {
		changed = true
	}
	d = sv.orCurrent(d)
	if changed && sv.controller == "ECS" && d != nil {
		sv.rollOut(sv.newRevision(d, config))
	}
	return nil
}

// orCurrent returns d, or what the service runs if d is nil.
func (sv *service) orCurrent(d *definition) *definition {
	if rev := sv.current(); d == nil && rev != nil {
		return rev.definition
	}
	return d
}

// merged returns base with members set from raw JSON.
func merged(base object, members map[string]json.RawMessage) (object, error) {
	all := maps.Clone(base)
	for name, raw := range members {
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		var value any
		if err := dec.Decode(&value); err != nil {
			return nil, refuse("SerializationException", "%s: %v", name, err)
		}
		all[name] = value
	}
	if raw, ok := members["deploymentConfiguration"]; ok {
		if err := json.Unmarshal(raw, new(deploymentConfiguration)); err != nil {
			return nil, refuse("SerializationException", "deploymentConfiguration: %v", err)
		}
	}
	return all, nil
}

func sameJSON(a, b any) bool { return bytes.Equal(mustMarshal(a), mustMarshal(b)) }

// lag lets the next calls see the service as it is now, before a change.
func (sv *service) lag() {
	if l := sv.server().lags; l.update > 0 {
		sv.stale, sv.staleFor = sv.view(true), l.update
	}
}
