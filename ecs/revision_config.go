package ecs

import (
	"encoding/json"
	"slices"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// revisionConfig gives what a service revision has beside its version, as text by its name in the API. It is what an undo
// leaves as it is, so it only needs to be compared.
func revisionConfig(r ecstypes.ServiceRevision) map[string]string {
	config := map[string]string{}
	for name, value := range map[string]any{
		"networkConfiguration":        r.NetworkConfiguration,
		"loadBalancers":               r.LoadBalancers,
		"serviceRegistries":           r.ServiceRegistries,
		"platformVersion":             r.PlatformVersion,
		"capacityProviderStrategy":    r.CapacityProviderStrategy,
		"launchType":                  r.LaunchType,
		"serviceConnectConfiguration": r.ServiceConnectConfiguration,
		"volumeConfigurations":        r.VolumeConfigurations,
		"vpcLatticeConfigurations":    r.VpcLatticeConfigurations,
	} {
		text, err := json.Marshal(value)
		if err != nil || slices.Contains([]string{"null", "[]", `""`}, string(text)) {
			continue
		}
		config[name] = string(text)
	}
	return config
}

// configChanges names what differs between the configurations of two service revisions, sorted.
func configChanges(a, b *Revision) []string {
	if a == nil || b == nil || a.Config == nil || b.Config == nil {
		return nil // not known
	}
	var changed []string
	for name, value := range a.Config {
		if b.Config[name] != value {
			changed = append(changed, name)
		}
	}
	for name := range b.Config {
		if _, both := a.Config[name]; !both {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed
}
