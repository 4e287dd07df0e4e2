package aws

import (
	"encoding/json"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// configurationOf gives what a service needs of its definitions, as it is now.
func configurationOf(s ecstypes.Service) past.Configuration {
	if s.DeploymentController != nil && s.DeploymentController.Type != "" && s.DeploymentController.Type != ecstypes.DeploymentControllerTypeEcs {
		return past.Configuration{Balanced: balanced(s.LoadBalancers)} // its task sets have the rest
	}
	c := past.Configuration{
		Balanced: balanced(s.LoadBalancers), Registered: registered(s.ServiceRegistries), LaunchType: string(s.LaunchType),
		CapacityProviders: providers(s.CapacityProviderStrategy), Network: hasNetwork(s.NetworkConfiguration),
	}
	for _, d := range s.Deployments { // these two are told by deployment only
		if awssdk.ToString(d.Status) == "PRIMARY" {
			c.ConnectPorts, c.Volumes = connectPorts(d.ServiceConnectConfiguration), volumes(d.VolumeConfigurations)
		}
	}
	return c
}

// ConfigurationOf gives what a service needs of its definitions once the settings of an earlier revision are brought back.
func ConfigurationOf(now past.Configuration, r *past.Revision, settings []string) past.Configuration {
	var earlier settableConfig
	if r == nil || len(settings) == 0 || json.Unmarshal(r.Raw, &earlier) != nil {
		return now
	}
	for _, name := range settings {
		switch name {
		case "networkConfiguration":
			now.Network = hasNetwork(earlier.NetworkConfiguration)
		case "loadBalancers":
			now.Balanced = balanced(earlier.LoadBalancers)
		case "serviceRegistries":
			now.Registered = registered(earlier.ServiceRegistries)
		case "serviceConnectConfiguration":
			now.ConnectPorts = connectPorts(earlier.ServiceConnectConfiguration)
		case "volumeConfigurations":
			now.Volumes = volumes(earlier.VolumeConfigurations)
		case "capacityProviderStrategy":
			now.CapacityProviders = providers(earlier.CapacityProviderStrategy)
		}
	}
	return now
}

func balanced(lbs []ecstypes.LoadBalancer) []past.Target {
	var targets []past.Target
	for _, lb := range lbs {
		targets = append(targets, past.Target{Container: awssdk.ToString(lb.ContainerName), Port: int(awssdk.ToInt32(lb.ContainerPort))})
	}
	return targets
}

func registered(registries []ecstypes.ServiceRegistry) []past.Target {
	var targets []past.Target
	for _, r := range registries {
		if r.ContainerName != nil {
			targets = append(targets, past.Target{Container: *r.ContainerName, Port: int(awssdk.ToInt32(r.ContainerPort))})
		}
	}
	return targets
}

func providers(strategy []ecstypes.CapacityProviderStrategyItem) []string {
	var names []string
	for _, item := range strategy {
		names = append(names, awssdk.ToString(item.CapacityProvider))
	}
	return names
}

func hasNetwork(n *ecstypes.NetworkConfiguration) bool {
	return n != nil && n.AwsvpcConfiguration != nil
}

func connectPorts(c *ecstypes.ServiceConnectConfiguration) []string {
	if c == nil || !c.Enabled {
		return nil
	}
	var ports []string
	for _, s := range c.Services {
		ports = append(ports, awssdk.ToString(s.PortName))
	}
	return ports
}

func volumes(configurations []ecstypes.ServiceVolumeConfiguration) []string {
	var names []string
	for _, v := range configurations {
		names = append(names, awssdk.ToString(v.Name))
	}
	return names
}
