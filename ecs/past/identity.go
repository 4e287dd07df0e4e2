package past

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// OriginTag marks a definition that ecsundo registered: its value names the original and the hash of the copy's own body,
// as "web:4 1f0c…". The hash tells a copy from a definition that a deploy script made from the copy, tags and all.
const OriginTag = "ecsundo:origin"

// unordered are the lists whose order has no meaning. ECS may give them back in another one.
var unordered = []string{
	"environment", "secrets", "portMappings", "requiresCompatibilities", "ulimits", "volumes", "placementConstraints", "systemControls",
}

// Hash gives the same text for bodies that mean the same: the order of unordered lists does not count, nor whether what is
// empty or a default is spelled out. ECS may fill in a default that did not exist yet when the original was registered.
func (d *Definition) Hash() string {
	var body any
	decoder := json.NewDecoder(bytes.NewReader(d.Body))
	decoder.UseNumber()
	if err := decoder.Decode(&body); err != nil {
		return "" // never equal to another: origin and identical compare with care for this
	}
	text, err := json.Marshal(Canonical(body))
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

func Canonical(v any) any {
	switch v := v.(type) {
	case map[string]any:
		object := map[string]any{}
		for name, member := range v {
			if isDefault(name, member) {
				continue
			}
			member = Canonical(member)
			if list, ok := member.([]any); ok && slices.Contains(unordered, name) {
				slices.SortFunc(list, compareJSON)
			}
			if member != nil {
				object[name] = member
			}
		}
		if len(object) > 0 {
			return object
		}
		return nil
	case []any:
		list := make([]any, 0, len(v))
		for _, item := range v {
			list = append(list, Canonical(item))
		}
		if len(list) > 0 {
			return list
		}
		return nil
	}
	return v
}

// isDefault reports whether a member says what would hold without it: every switch of a definition is off by default, but
// essential. A zero is a default only where it means "none".
func isDefault(name string, v any) bool {
	switch v := v.(type) {
	case bool:
		return v == (name == "essential")
	case string:
		return name == "versionConsistency" && v == "enabled"
	case json.Number:
		return v == "0" && (name == "cpu" || name == "hostPort")
	}
	return false
}

func compareJSON(a, b any) int {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return cmp.Compare(string(x), string(y))
}

// Origin gives the definition that d is a copy of, if ecsundo registered d and its body is still the copy's.
func (d *Definition) Origin() (TaskDefinition, bool) {
	name, hash, ok := strings.Cut(d.Tags[OriginTag], " ")
	original, err := ParseTaskDefinition(name)
	if !ok || err != nil || hash == "" || hash != d.Hash() {
		return TaskDefinition{}, false
	}
	return original, true
}

// CopyOf makes what is to be registered in the place of original: its body, with the images of pins (by container) put to
// their digests, its tags, and the tag that names where it comes from.
func CopyOf(original *Definition, pins, tags map[string]string) (*Definition, error) {
	body, err := pinned(original.Body, pins)
	if err != nil {
		return nil, err
	}
	source := original.TaskDefinition
	if first, ok := original.Origin(); ok {
		source = first
	}
	made := &Definition{TaskDefinition: TaskDefinition{Family: original.Family}, Tags: map[string]string{}, Body: body}
	for key, value := range original.Tags {
		made.Tags[key] = value
	}
	for key, value := range tags {
		made.Tags[key] = value
	}
	made.Tags[OriginTag] = source.String() + " " + made.Hash()
	return made, nil
}

// pinned gives the body with the images of some containers replaced, and every other byte of each member as it was.
func pinned(body json.RawMessage, pins map[string]string) (json.RawMessage, error) {
	if len(pins) == 0 {
		return body, nil
	}
	var definition map[string]json.RawMessage
	if err := json.Unmarshal(body, &definition); err != nil {
		return nil, err
	}
	var containers []map[string]json.RawMessage
	if err := json.Unmarshal(definition["containerDefinitions"], &containers); err != nil {
		return nil, err
	}
	for _, container := range containers {
		var name string
		if err := json.Unmarshal(container["name"], &name); err != nil {
			return nil, err
		}
		if image, ok := pins[name]; ok {
			text, err := json.Marshal(image)
			if err != nil {
				return nil, err
			}
			container["image"] = text
		}
	}
	text, err := json.Marshal(containers)
	if err != nil {
		return nil, err
	}
	definition["containerDefinitions"] = text
	return json.Marshal(definition)
}

// Images gives the containers' images as the definition has them, without digests that a registry would add.
func (d *Definition) Images() []Image {
	var body struct {
		ContainerDefinitions []struct{ Name, Image string }
	}
	_ = json.Unmarshal(d.Body, &body) // a body that is no JSON has no images; input says what is wrong with it
	images := make([]Image, len(body.ContainerDefinitions))
	for i, c := range body.ContainerDefinitions {
		images[i] = Image{Container: c.Name, Reference: c.Image}
		if _, digest, ok := strings.Cut(c.Image, "@"); ok {
			images[i].Digest = digest
		}
	}
	slices.SortFunc(images, func(a, b Image) int { return cmp.Compare(a.Container, b.Container) })
	return images
}
