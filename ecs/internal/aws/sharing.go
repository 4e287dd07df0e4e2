package aws

import (
	"bytes"
	"encoding/json"
	"fmt"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// A sharing is how a container shares a GPU: the one union in a task definition. The SDK has unions as interfaces, into which
// encoding/json cannot decode, so they are taken out of the body before and put into the input after.
type sharing struct {
	container, requirement int
	raw                    json.RawMessage
}

// takeSharings gives the body without its sharing strategies, and these. A body that is not of that form is left to the
// decoder, which says what is wrong with it.
func takeSharings(body json.RawMessage) (json.RawMessage, []sharing) {
	if !bytes.Contains(body, []byte(`"sharingStrategy"`)) {
		return body, nil
	}
	type object = map[string]json.RawMessage
	var definition object
	var containers []object
	if json.Unmarshal(body, &definition) != nil || json.Unmarshal(definition["containerDefinitions"], &containers) != nil {
		return body, nil
	}
	var taken []sharing
	for i, container := range containers {
		var requirements []object
		if json.Unmarshal(container["resourceRequirements"], &requirements) != nil {
			continue
		}
		for j, requirement := range requirements {
			if raw, ok := requirement["sharingStrategy"]; ok && string(raw) != "null" {
				taken = append(taken, sharing{i, j, raw})
				delete(requirement, "sharingStrategy")
			}
		}
		container["resourceRequirements"] = marshal(requirements)
	}
	definition["containerDefinitions"] = marshal(containers)
	return marshal(definition), taken
}

// put sets the sharing strategy in what is to be registered.
func (s sharing) put(in *awsecs.RegisterTaskDefinitionInput) error {
	var strategy struct {
		NvidiaMps *ecstypes.NvidiaMpsAllocation
	}
	decoder := json.NewDecoder(bytes.NewReader(s.raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&strategy); err != nil {
		return err
	}
	if strategy.NvidiaMps == nil {
		return fmt.Errorf(`json: unknown field "sharingStrategy"`)
	}
	in.ContainerDefinitions[s.container].ResourceRequirements[s.requirement].SharingStrategy =
		&ecstypes.SharingStrategyMemberNvidiaMps{Value: *strategy.NvidiaMps}
	return nil
}

// marshal encodes what was decoded before.
func marshal(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // raw messages that came out of a decoder
	}
	return text
}
