package past

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// A Definition is a task definition as it is registered.
type Definition struct {
	TaskDefinition
	Status       string            // ACTIVE, INACTIVE or DELETE_IN_PROGRESS
	RegisteredAt time.Time         // when; zero if ECS does not say
	Tags         map[string]string // without those that AWS reserves for itself (aws:…)

	// Body is what RegisterTaskDefinition takes, as JSON in the API's own spelling, without tags. It is what ECS answered,
	// untouched but for the members that only an answer has, so that a copy loses nothing.
	Body json.RawMessage

	Recorded bool // it comes from a snapshot, not from ECS
}

// OutputOnly are the members of a described definition that RegisterTaskDefinition does not take (SDK: RegisterTaskDefinitionInput
// against types.TaskDefinition).
var OutputOnly = []string{
	"compatibilities", "deleteRequestedAt", "deregisteredAt", "registeredAt", "registeredBy",
	"requiresAttributes", "revision", "status", "taskDefinitionArn",
}

// Document gives the definition as a snapshot keeps it: the body, with the tags beside the other members.
func (d *Definition) Document() (json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(d.Body, &members); err != nil {
		return nil, err
	}
	type tag struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	tags := []tag{}
	for _, key := range slices.Sorted(maps.Keys(d.Tags)) {
		tags = append(tags, tag{key, d.Tags[key]})
	}
	if len(tags) > 0 {
		text, err := json.Marshal(tags)
		if err != nil {
			return nil, err
		}
		members["tags"] = text
	}
	return json.Marshal(members)
}

// Repin adds what a copy had pinned, where the body that a record holds is that of its original.
func (d *Definition) Repin(v Version, pins map[string]string) {
	for _, own := range d.Images() {
		i, both := v.Image(own.Container)
		if d.Recorded && both && i.Reference != own.Reference && ParseReference(i.Reference).Digest != "" {
			pins[own.Container] = i.Reference
		}
	}
}

// Strange says which image of a version is of another repository than its definition has it from. A snapshot may say so, and
// a snapshot in a bucket with many writers may say anything: only what the definition names is deployed, in place of which
// nothing is pinned, and no body is registered in the place of one that ECS says ran something else.
func (d *Definition) Strange(v Version, pins map[string]string) string {
	for _, own := range d.Images() {
		for _, i := range v.Images {
			_, pinned := pins[i.Container]
			if i.Container == own.Container && (pinned || d.Recorded) && ParseReference(i.Reference).Name != ParseReference(own.Reference).Name {
				return fmt.Sprintf("the image of container %s is recorded as %s, and %s has %s", i.Container, i.Reference, d.TaskDefinition, own.Reference)
			}
		}
	}
	return ""
}

// ports gives the container ports of each container.
func (d *Definition) ports() map[string][]int {
	var body struct {
		ContainerDefinitions []struct {
			Name         string
			PortMappings []struct{ ContainerPort int }
		}
	}
	_ = json.Unmarshal(d.Body, &body) // no JSON, no ports: then it does not fit
	ports := map[string][]int{}
	for _, c := range body.ContainerDefinitions {
		ports[c.Name] = []int{}
		for _, m := range c.PortMappings {
			ports[c.Name] = append(ports[c.Name], m.ContainerPort)
		}
	}
	return ports
}

// PinnedHash gives the hash that d would have with some images put to their digests.
func (d *Definition) PinnedHash(pins map[string]string) string {
	body, err := pinned(d.Body, pins)
	if err != nil {
		return ""
	}
	return (&Definition{Body: body}).Hash()
}
