package past

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Configuration is what a service, or a service revision, needs of every definition that it runs.
type Configuration struct {
	Balanced          []Target // containers and ports behind its load balancers
	Registered        []Target // containers and ports in its service registries; a port of 0 is any
	ConnectPorts      []string // port names of its Service Connect services
	Volumes           []string // volumes that it configures at launch
	LaunchType        string   // EC2, FARGATE or EXTERNAL; empty if it has capacity providers
	CapacityProviders []string
	Network           bool // it has a network configuration, which only awsvpc takes
}

// A fitting is what a definition offers to a service.
type fitting struct {
	NetworkMode             string
	RequiresCompatibilities []string
	ContainerDefinitions    []struct {
		Name         string
		PortMappings []struct {
			ContainerPort int
			Name          string
		}
	}
	Volumes []struct {
		Name               string
		ConfiguredAtLaunch bool
	}
}

// Misfits say what speaks against running the definition under a configuration, each in words. ECS refuses such an update
// (UpdateService, InvalidParameterException), which a plan should know before it begins. A body that cannot be read fits.
func (d *Definition) Misfits(c Configuration) []string {
	var f fitting
	if len(d.Body) == 0 || json.Unmarshal(d.Body, &f) != nil {
		return nil
	}
	var misfits []string
	say := func(format string, args ...any) { misfits = append(misfits, fmt.Sprintf(format, args...)) }
	for _, t := range c.Balanced {
		if !f.listens(t) {
			say("the load balancer needs port %d of container %s", t.Port, t.Container)
		}
	}
	for _, t := range c.Registered {
		if t.Container != "" && !f.listens(t) {
			say("the service registry needs port %d of container %s", t.Port, t.Container)
		}
	}
	for _, port := range c.ConnectPorts {
		if !f.names(port) {
			say("Service Connect needs a port named %s", port)
		}
	}
	f.sayVolumes(c, say)
	f.sayPlatform(c, say)
	return misfits
}

// MisfitsBeside gives those misfits of the definition that do not hold of the current one too, which runs all the same. Nil: of
// which nothing is known.
func (d *Definition) MisfitsBeside(current *Definition, c Configuration) []string {
	misfits := d.Misfits(c)
	if current == nil || len(misfits) == 0 {
		return misfits
	}
	shared := current.Misfits(c)
	return slices.DeleteFunc(misfits, func(m string) bool { return slices.Contains(shared, m) })
}

// sayVolumes compares the volumes that are configured at launch: the definition and the service must name the same.
func (f *fitting) sayVolumes(c Configuration, say func(string, ...any)) {
	var wants []string
	for _, v := range f.Volumes {
		if v.ConfiguredAtLaunch {
			wants = append(wants, v.Name)
		}
	}
	for _, v := range c.Volumes {
		if !slices.Contains(wants, v) {
			say("the service configures the volume %s at launch, and it has none of that name", v)
		}
	}
	for _, v := range wants {
		if !slices.Contains(c.Volumes, v) {
			say("its volume %s has to be configured by the service at launch", v)
		}
	}
}

// sayPlatform compares where the service runs its tasks with what the definition is made for.
func (f *fitting) sayPlatform(c Configuration, say func(string, ...any)) {
	needs := c.LaunchType
	if slices.ContainsFunc(c.CapacityProviders, func(p string) bool { return p == "FARGATE" || p == "FARGATE_SPOT" }) {
		needs = "FARGATE"
	}
	if len(f.RequiresCompatibilities) > 0 && needs != "" && !slices.Contains(f.RequiresCompatibilities, needs) {
		say("it is for %s, and the service runs on %s", strings.Join(f.RequiresCompatibilities, " and "), needs)
	}
	switch awsvpc := f.NetworkMode == "awsvpc"; {
	case awsvpc && !c.Network:
		say("its network mode is awsvpc, and the service has no network configuration")
	case !awsvpc && c.Network:
		say("its network mode is %s, and the service has a network configuration, which only awsvpc takes", orDefault(f.NetworkMode))
	}
}

func orDefault(mode string) string {
	if mode == "" {
		return "the default"
	}
	return mode
}

func (f *fitting) listens(t Target) bool {
	for _, c := range f.ContainerDefinitions {
		if c.Name != t.Container {
			continue
		}
		if t.Port == 0 {
			return true
		}
		for _, m := range c.PortMappings {
			if m.ContainerPort == t.Port {
				return true
			}
		}
	}
	return false
}

func (f *fitting) names(port string) bool {
	for _, c := range f.ContainerDefinitions {
		for _, m := range c.PortMappings {
			if m.Name == port {
				return true
			}
		}
	}
	return false
}

// Helpers gives the containers that are not the service's own program, as the definition itself shows: FireLens log routers,
// and the proxy of a mesh.
func (d *Definition) Helpers() []string {
	var body struct {
		ContainerDefinitions []struct {
			Name                  string
			FirelensConfiguration *json.RawMessage
		}
		ProxyConfiguration *struct{ ContainerName string }
	}
	if len(d.Body) == 0 || json.Unmarshal(d.Body, &body) != nil {
		return nil
	}
	var helpers []string
	for _, c := range body.ContainerDefinitions {
		if c.FirelensConfiguration != nil && string(*c.FirelensConfiguration) != "null" {
			helpers = append(helpers, c.Name)
		}
	}
	if p := body.ProxyConfiguration; p != nil && p.ContainerName != "" {
		helpers = append(helpers, p.ContainerName)
	}
	return helpers
}
