package ecs

import (
	"fmt"
	"slices"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// An undo of the whole service revision brings back what UpdateService can set beside the definition: never the desired
// count, which belongs to autoscaling.

// settable are the members of a service revision that UpdateService can set, and whether a change of one starts a deployment
// (API reference of UpdateService).
var settable = map[string]bool{
	"networkConfiguration": true, "loadBalancers": true, "serviceRegistries": true, "platformVersion": true,
	"serviceConnectConfiguration": true, "volumeConfigurations": true, "vpcLatticeConfigurations": true,
	"capacityProviderStrategy": false,
}

// told are those whose values are shown: the others may hold log options, which may hold tokens.
var told = []string{"networkConfiguration", "loadBalancers", "serviceRegistries", "platformVersion", "capacityProviderStrategy", "launchType"}

// wholly prepares the step to bring back the rest of the target's service revision, and says what that changes and what it
// cannot.
func (p *planning) wholly(s *Service, from, to *Revision, step *Step) {
	var left []string
	for _, name := range configChanges(to, from) {
		_, can := settable[name]
		switch {
		case !can || s.Controller != "ECS" || s.Strategy != "ROLLING":
			left = append(left, name)
		case slices.Contains(told, name):
			step.whole = append(step.whole, name)
			step.Notes = append(step.Notes, fmt.Sprintf("%s goes back too, from %s to %s", name, orNothing(from.Config[name]), orNothing(to.Config[name])))
		default:
			step.whole = append(step.whole, name)
			step.Notes = append(step.Notes, name+" goes back too")
		}
	}
	if len(left) > 0 {
		why := "UpdateService cannot set it"
		if s.Controller != "ECS" || s.Strategy != "ROLLING" {
			why = "a " + s.Strategy + " service takes only another definition"
		}
		step.Notes = append(step.Notes, fmt.Sprintf("not brought back, since %s: %s", why, listed(left)))
	}
	step.wholeFrom = to
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

// fill adds to an update what is to be brought back beside the definition. What the earlier revision did not have is sent as
// an empty list, which removes it.
func (s *Step) fill(in *awsecs.UpdateServiceInput) {
	if len(s.whole) == 0 {
		return
	}
	earlier := s.wholeFrom.record
	starts := s.From.TaskDefinition != s.Deploys()
	for _, name := range s.whole {
		starts = starts || settable[name]
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
			in.CapacityProviderStrategy = orEmptyList(earlier.CapacityProviderStrategy)
		}
	}
	if !starts {
		in.ForceNewDeployment = true // what changes would start none by itself
	}
}

func orEmptyList[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// config gives the configuration of a service revision as one text, to compare.
func (r *Revision) config() string {
	text := ""
	for _, name := range sortedKeys(r.Config) {
		text += name + "=" + r.Config[name] + "\n"
	}
	return text
}
