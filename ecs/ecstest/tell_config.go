package ecstest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// configure sets one part of what service revisions record. The short keys are for the common cases; any member of
// UpdateService's input can be given as JSON.
func (sv *service) configure(key, value string) error {
	member, v := shortConfig(sv, key, value)
	if member == "" {
		member = key
		decoded, err := decodeObject([]byte(`{"value":` + value + `}`))
		if err != nil {
			return fmt.Errorf("no option %q, and %q is not JSON", key, value)
		}
		v = decoded["value"]
	}
	if _, err := json.Marshal(v); err != nil { // a number that is none
		return fmt.Errorf("%s=%s: %w", key, value, err)
	}
	if slices.Contains(configMembers, member) {
		sv.config = withMember(sv.config, member, v)
		return nil
	}
	if slices.Contains(optionMembers, member) {
		sv.options = withMember(sv.options, member, v)
		return nil
	}
	return fmt.Errorf("no option %q", key)
}

// withMember copies o, since service revisions hold on to it. A nil value removes the member.
func withMember(o object, member string, value any) object {
	c := object{member: value}
	for name, old := range o {
		if name != member {
			c[name] = old
		}
	}
	if value == nil {
		delete(c, member)
	}
	return c
}

// optionMembers are the members of UpdateService that no revision records.
var optionMembers = []string{
	"availabilityZoneRebalancing", "deploymentConfiguration", "enableECSManagedTags", "enableExecuteCommand",
	"healthCheckGracePeriodSeconds", "placementConstraints", "placementStrategy", "propagateTags",
}

// shortConfig reads the short keys; for any other it returns no member.
func shortConfig(sv *service, key, value string) (member string, v any) {
	part, _ := partition(sv.region().name)
	arn := func(service, resource string) string {
		return "arn:" + part + ":" + service + ":" + sv.region().name + ":" + sv.server().account + ":" + resource
	}
	switch key {
	case "subnets":
		return "networkConfiguration", networkOf(value, "sg-a")
	case "platform":
		return "platformVersion", value
	case "launch":
		return "launchType", value
	case "capacity":
		return "capacityProviderStrategy", []any{object{"capacityProvider": value, "weight": json.Number("1"), "base": json.Number("0")}}
	case "lb": // container:port, or classic
		if value == "classic" {
			return "loadBalancers", []any{object{"loadBalancerName": sv.name, "containerName": "app", "containerPort": json.Number("80")}}
		}
		container, port, _ := strings.Cut(value, ":")
		return "loadBalancers", []any{object{
			"targetGroupArn": arn("elasticloadbalancing", "targetgroup/"+sv.name+"/6d0ecf831eec9f09"),
			"containerName":  container, "containerPort": json.Number(orText(port, "80")),
		}}
	case "connect":
		return "serviceConnectConfiguration", object{"enabled": true, "namespace": value}
	case "registry":
		return "serviceRegistries", []any{object{"registryArn": arn("servicediscovery", "service/"+value)}}
	case "volume":
		return "volumeConfigurations", []any{object{"name": value, "managedEBSVolume": object{"sizeInGiB": json.Number("10")}}}
	}
	return "", nil
}

func orText(text, standard string) string {
	if text == "" {
		return standard
	}
	return text
}

func networkOf(subnets, groups string) object {
	return object{"awsvpcConfiguration": object{
		"subnets": anyList(subnets), "securityGroups": anyList(groups), "assignPublicIp": "DISABLED",
	}}
}
