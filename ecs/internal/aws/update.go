package aws

import (
	"context"
	"encoding/json"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// A settableConfig is what UpdateService can set of a service revision, beside the definition.
type settableConfig struct {
	NetworkConfiguration        *ecstypes.NetworkConfiguration          `json:",omitempty"`
	LoadBalancers               []ecstypes.LoadBalancer                 `json:",omitempty"`
	ServiceRegistries           []ecstypes.ServiceRegistry              `json:",omitempty"`
	PlatformVersion             *string                                 `json:",omitempty"`
	ServiceConnectConfiguration *ecstypes.ServiceConnectConfiguration   `json:",omitempty"`
	VolumeConfigurations        []ecstypes.ServiceVolumeConfiguration   `json:",omitempty"`
	VpcLatticeConfigurations    []ecstypes.VpcLatticeConfiguration      `json:",omitempty"`
	CapacityProviderStrategy    []ecstypes.CapacityProviderStrategyItem `json:",omitempty"`
	Monitoring                  *ecstypes.MonitoringConfiguration       `json:",omitempty"`
	GatewayConnectors           []ecstypes.GatewayConnector             `json:",omitempty"`
}

func settableOf(r ecstypes.ServiceRevision) settableConfig {
	return settableConfig{
		r.NetworkConfiguration, r.LoadBalancers, r.ServiceRegistries, r.PlatformVersion, r.ServiceConnectConfiguration,
		r.VolumeConfigurations, r.VpcLatticeConfigurations, r.CapacityProviderStrategy, r.Monitoring, r.GatewayConnectors,
	}
}

// An Update is what UpdateService is asked for: a definition, and nothing else unless Whole names it.
type Update struct {
	Cluster, Service string
	Definition       past.TaskDefinition
	Whole            []string       // what goes back beside the definition, by its API name
	From             *past.Revision // where that is taken from
	Force            bool           // a new deployment even where nothing changes that would start one
}

// sentOnce has a change sent once: before it is tried again, somebody has to look.
func sentOnce(o *awsecs.Options) { o.Retryer = awssdk.NopRetryer{} }

// UpdateService asks for a change, once, and gives the service as ECS shows it then.
func (c *Client) UpdateService(ctx context.Context, u Update) (*past.Service, error) {
	in := &awsecs.UpdateServiceInput{Cluster: &u.Cluster, Service: &u.Service, TaskDefinition: awssdk.String(u.Definition.String()), ForceNewDeployment: u.Force}
	if err := u.fill(in); err != nil {
		return nil, err
	}
	out, err := c.ecs.UpdateService(ctx, in, sentOnce)
	if err != nil {
		return nil, err
	}
	if out.Service == nil || len(out.Service.Deployments) == 0 {
		return nil, ErrNoAnswer
	}
	updated, err := newService(*out.Service)
	if err != nil {
		return nil, ErrNoAnswer
	}
	return updated, nil
}

// fill adds to an update what is to be brought back beside the definition. What the earlier revision did not have is sent as
// an empty list, which removes it.
func (u Update) fill(in *awsecs.UpdateServiceInput) error {
	if len(u.Whole) == 0 {
		return nil
	}
	var earlier settableConfig
	if err := json.Unmarshal(u.From.Raw, &earlier); err != nil {
		return err
	}
	for _, name := range u.Whole {
		switch name {
		case "networkConfiguration":
			in.NetworkConfiguration = earlier.NetworkConfiguration
		case "loadBalancers":
			in.LoadBalancers = orEmptyList(earlier.LoadBalancers)
		case "serviceRegistries":
			in.ServiceRegistries = orEmptyList(earlier.ServiceRegistries)
		case "platformVersion":
			in.PlatformVersion = earlier.PlatformVersion
		case "serviceConnectConfiguration":
			in.ServiceConnectConfiguration = earlier.ServiceConnectConfiguration
			if in.ServiceConnectConfiguration == nil {
				in.ServiceConnectConfiguration = &ecstypes.ServiceConnectConfiguration{Enabled: false}
			}
		case "volumeConfigurations":
			in.VolumeConfigurations = orEmptyList(earlier.VolumeConfigurations)
		case "vpcLatticeConfigurations":
			in.VpcLatticeConfigurations = orEmptyList(earlier.VpcLatticeConfigurations)
		case "capacityProviderStrategy":
			// "You must force a new deployment" to change it (UpdateService refuses otherwise), also together with a new
			// definition; an empty list goes back to the launch type.
			in.CapacityProviderStrategy = orEmptyList(earlier.CapacityProviderStrategy)
			in.ForceNewDeployment = true
		case "monitoring":
			in.Monitoring = earlier.Monitoring
		case "gatewayConnectors":
			in.GatewayConnectors = orEmptyList(earlier.GatewayConnectors)
		}
	}
	return nil
}

func orEmptyList[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
