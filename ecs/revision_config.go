package ecs

import (
	"encoding/json"
	"slices"
	"strings"

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
		if text := configText(value); text != "" {
			config[name] = text
		}
	}
	return config
}

// configText gives a value as JSON without what is empty; "" if there is nothing else.
func configText(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		return ""
	}
	if plain = lowerKeys(canonical(plain)); plain == nil || plain == "" {
		return ""
	}
	text, err = json.Marshal(plain)
	if err != nil {
		return ""
	}
	return string(text)
}

// lowerKeys spells the members as the API does: subnets, not Subnets as the SDK's structs.
func lowerKeys(v any) any {
	switch v := v.(type) {
	case map[string]any:
		lower := map[string]any{}
		for name, value := range v {
			lower[strings.ToLower(name[:1])+name[1:]] = lowerKeys(value)
		}
		return lower
	case []any:
		for i := range v {
			v[i] = lowerKeys(v[i])
		}
	}
	return v
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
