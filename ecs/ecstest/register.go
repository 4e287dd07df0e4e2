package ecstest

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// outputOnly are the members of a task definition that Describe gives and Register does not take.
var outputOnly = []string{
	"compatibilities", "deleteRequestedAt", "deregisteredAt", "registeredAt", "registeredBy", "requiresAttributes",
	"revision", "status", "taskDefinitionArn",
}

// registerTaskDefinition keeps every member that is sent, except that the output-only ones are refused: a newer client may
// know members that this simulator does not.
func registerTaskDefinition(c *call) (any, error) {
	body, err := decodeObject(c.body)
	if err != nil {
		return nil, refuse("SerializationException", "%s: %v", c.name(), err)
	}
	for _, name := range outputOnly {
		if _, ok := body[name]; ok {
			return nil, refuse("SerializationException", "%s: unknown member %q", c.name(), name)
		}
	}
	t, err := takeTags(c.body, body)
	if err != nil {
		return nil, err
	}
	name, _ := body["family"].(string)
	delete(body, "family")
	if name == "" {
		return nil, client("Family should not be null or empty.")
	}
	if !nameRE.MatchString(name) {
		return nil, client("Family contains invalid characters.")
	}
	if err := c.requireTags(name, t); err != nil {
		return nil, err
	}
	if err := normalise(body); err != nil {
		return nil, err
	}
	d := c.region.addDefinition(name, body, t)
	return d.view(true), nil
}

// decodeObject reads a JSON object and keeps its numbers as they are written.
func decodeObject(raw []byte) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	o := object{}
	return o, dec.Decode(&o)
}

// takeTags moves the tags out of a registration's body.
func takeTags(raw []byte, body object) (tags, error) {
	var t tags
	if _, ok := body["tags"]; !ok {
		return t, nil
	}
	delete(body, "tags")
	var sent struct{ Tags []tag }
	if err := json.Unmarshal(raw, &sent); err != nil {
		return t, refuse("SerializationException", "tags: %v", err)
	}
	if sent.Tags != nil && len(sent.Tags) == 0 {
		return t, client("Tags can not be empty.")
	}
	return t, t.add(sent.Tags)
}

// The quotas of a task definition.
const (
	maxDefinition = 65536
	maxContainers = 10
)

// normalise checks a registration and fills in what ECS fills in. It is a fixed point: a body that it made stays as it is.
func normalise(body object) error {
	if size := len(mustMarshal(body)); size > maxDefinition {
		return client("Actual length: '%d'. Max allowed length is '%d' bytes.", size, maxDefinition)
	}
	list, _ := body["containerDefinitions"].([]any)
	if len(list) == 0 {
		return client("Container list cannot be empty.")
	}
	if len(list) > maxContainers {
		return client("A task definition can have at most %d containers.", maxContainers)
	}
	network, _ := body["networkMode"].(string)
	names := map[string]bool{}
	for _, each := range list {
		c, _ := each.(object)
		name, _ := c["name"].(string)
		if err := normaliseContainer(c, network); err != nil {
			return err
		}
		if names[name] {
			return client("Container names should be unique. Duplicate: %s", name)
		}
		names[name] = true
	}
	setDefault(body, "volumes", []any{})
	setDefault(body, "placementConstraints", []any{})
	inUnits(body, "cpu", "vcpu")
	inUnits(body, "memory", "gb")
	return nil
}

func normaliseContainer(c object, network string) error {
	name, _ := c["name"].(string)
	if !nameRE.MatchString(name) {
		return client("Container.name should not be null or empty.")
	}
	if image, _ := c["image"].(string); image == "" {
		return client("Container.image should not be null or empty.")
	}
	setDefault(c, "cpu", json.Number("0"))
	setDefault(c, "essential", true)
	for _, list := range []string{"portMappings", "environment", "mountPoints", "volumesFrom", "systemControls"} {
		setDefault(c, list, []any{})
	}
	ports, _ := c["portMappings"].([]any)
	for _, each := range ports {
		if p, ok := each.(object); ok {
			if err := normalisePort(p, network); err != nil {
				return err
			}
		}
	}
	return nil
}

// normalisePort: the host port is the container's in awsvpc and host mode, and dynamic (0) in bridge mode.
func normalisePort(p object, network string) error {
	setDefault(p, "protocol", "tcp")
	if _, ranged := p["containerPortRange"]; ranged {
		return nil
	}
	if network != "awsvpc" && network != "host" {
		setDefault(p, "hostPort", json.Number("0"))
		return nil
	}
	setDefault(p, "hostPort", p["containerPort"])
	if p["hostPort"] != p["containerPort"] {
		return client("When networkMode=%s, the host ports and container ports in port mappings must match.", network)
	}
	return nil
}

// setDefault sets a member that is absent or null.
func setDefault(o object, name string, value any) {
	if o[name] == nil {
		o[name] = value
	}
}

// inUnits rewrites "1 vCPU" and "2GB" to 1024 and 2048, as ECS stores them.
func inUnits(body object, member, unit string) {
	text, _ := body[member].(string)
	number, ok := strings.CutSuffix(strings.ToLower(text), unit)
	if !ok {
		return
	}
	if n, err := strconv.ParseFloat(strings.TrimSpace(number), 64); err == nil {
		body[member] = strconv.Itoa(int(math.Round(n * 1024)))
	}
}
