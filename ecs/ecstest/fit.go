package ecstest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// fits refuses a definition that a service's configuration cannot run. The texts are ECS's own, from answers that people
// quoted; where each is from stands beside it. In which order ECS looks is not known.
func (d *definition) fits(config object) error {
	for _, check := range []func(*definition, object) error{
		(*definition).fitsLaunch, (*definition).fitsNetwork, (*definition).fitsBalancers, (*definition).fitsRegistries,
		(*definition).fitsConnect, (*definition).fitsVolumes,
	} {
		if err := check(d, config); err != nil {
			return err
		}
	}
	return nil
}

// fitsLaunch: aws/aws-cli issue 3983. That a strategy of the Fargate providers gets the same text is a guess.
func (d *definition) fitsLaunch(config object) error {
	wanted, _ := config["launchType"].(string)
	for _, each := range objects(config["capacityProviderStrategy"]) {
		if name, _ := each["capacityProvider"].(string); strings.HasPrefix(name, "FARGATE") {
			wanted = "FARGATE"
		}
	}
	if wanted != "" && !slices.Contains(compatibilities(d.body), any(wanted)) {
		return invalid("Task definition does not support launch_type %s.", wanted)
	}
	return nil
}

// fitsNetwork: fabfuel/ecs-deploy issue 133, DataDog/test-infra-definitions pull request 57.
func (d *definition) fitsNetwork(config object) error {
	network, _ := config["networkConfiguration"].(object)
	switch given := network["awsvpcConfiguration"] != nil; {
	case d.body["networkMode"] == "awsvpc" && !given:
		return invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	case d.body["networkMode"] != "awsvpc" && given:
		return invalid("Network Configuration is not valid for the given networkMode of this task definition.")
	}
	return nil
}

// fitsBalancers: aws/amazon-ecs-agent issue 1276, pulumi/pulumi-awsx issue 1172.
func (d *definition) fitsBalancers(config object) error {
	for _, lb := range objects(config["loadBalancers"]) {
		name, _ := lb["containerName"].(string)
		switch container := d.container(name); {
		case container == nil:
			return invalid("The container %s does not exist in the task definition.", name)
		case !opens(container, lb["containerPort"]):
			return invalid("The container %s did not have a container port %v defined.", name, lb["containerPort"])
		}
	}
	return nil
}

// fitsRegistries: the first text is of spinnaker/spinnaker issue 5859, the second is made after it.
func (d *definition) fitsRegistries(config object) error {
	for _, registry := range objects(config["serviceRegistries"]) {
		name, _ := registry["containerName"].(string)
		if name == "" {
			continue
		}
		switch container := d.container(name); {
		case container == nil:
			return invalid("The container %s is not valid. The value for 'containerName' must already be specified in the task definition. Registry: %v",
				name, registry["registryArn"])
		case !opens(container, registry["containerPort"]):
			return invalid("The containerPort %v is not valid. The value for 'containerPort' must already be specified in the task definition. Registry: %v",
				registry["containerPort"], registry["registryArn"])
		}
	}
	return nil
}

// fitsConnect: the text is quoted in many repositories' notes.
func (d *definition) fitsConnect(config object) error {
	connect, _ := config["serviceConnectConfiguration"].(object)
	if connect["enabled"] != true {
		return nil
	}
	for _, service := range objects(connect["services"]) {
		name, _ := service["portName"].(string)
		if !slices.ContainsFunc(d.containers(), func(c object) bool {
			return slices.ContainsFunc(objects(c["portMappings"]), func(p object) bool { return p["name"] == name })
		}) {
			return invalid("portName(%s) does not refer to any named PortMapping in the container definitions", name)
		}
	}
	return nil
}

// fitsVolumes: go-to-k/cdkd issue 806 has the first text, the second is in a comment of a tool that ran into it.
func (d *definition) fitsVolumes(config object) error {
	at := map[any]bool{}
	for _, volume := range objects(d.body["volumes"]) {
		if volume["configuredAtLaunch"] == true {
			at[volume["name"]] = true
		}
	}
	given := objects(config["volumeConfigurations"])
	for _, each := range given {
		if !at[each["name"]] {
			return invalid("Volume configuration provided but no matching configuredAtLaunch volume found in task definition.")
		}
	}
	if len(given) < len(at) {
		return invalid("Task definition has configuredAtLaunch volume but no volume configuration provided at runtime.")
	}
	return nil
}

// objects gives the objects of a list of a body.
func objects(list any) []object {
	var all []object
	items, _ := list.([]any)
	for _, each := range items {
		if o, ok := each.(object); ok {
			all = append(all, o)
		}
	}
	return all
}

// container returns the container of that name, nil if there is none.
func (d *definition) container(name string) object {
	for _, c := range d.containers() {
		if c["name"] == name {
			return c
		}
	}
	return nil
}

// opens reports whether a container maps a port.
func opens(container object, port any) bool {
	return slices.ContainsFunc(objects(container["portMappings"]), func(p object) bool {
		return fmt.Sprint(p["containerPort"]) == fmt.Sprint(port)
	})
}

// sameStrategy reports whether two capacity provider strategies say the same. None and an empty one do.
func sameStrategy(a, b any) bool {
	plain := func(strategy any) []object {
		all := []object{}
		for _, each := range objects(strategy) {
			all = append(all, object{
				"capacityProvider": each["capacityProvider"], "weight": orZero(each["weight"]), "base": orZero(each["base"]),
			})
		}
		return all
	}
	return sameJSON(plain(a), plain(b))
}

func orZero(n any) any {
	if n == nil {
		return json.Number("0")
	}
	return n
}

// changeStrategy refuses to change the capacity provider strategy without a new deployment: the text is in pipe-cd/pipecd pull
// request 6385. An empty one leads back to the launch type that the service had.
func (in *updateServiceInput) changeStrategy(sv *service, config object) (object, error) {
	strategy := config["capacityProviderStrategy"]
	if sameStrategy(strategy, sv.config["capacityProviderStrategy"]) {
		return config, nil
	}
	if !in.ForceNewDeployment {
		return nil, invalid("When switching from launch type to capacity provider strategy on an existing service, or making a change to " +
			"a capacity provider strategy on a service that is already using one, you must force a new deployment.")
	}
	if len(objects(strategy)) > 0 {
		return withMember(config, "launchType", nil), nil
	}
	return withMember(withMember(config, "capacityProviderStrategy", nil), "launchType", sv.launch()), nil
}

// launch is the launch type that the service had before it got a capacity provider strategy.
func (sv *service) launch() any {
	for _, rev := range sv.revisions {
		if was := rev.config["launchType"]; was != nil {
			return was
		}
	}
	if sv.scheduling == "DAEMON" {
		return "EC2"
	}
	return "FARGATE"
}
