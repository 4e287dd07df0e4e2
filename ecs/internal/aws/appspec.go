package aws

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// errNoDefinition says that an AppSpec does not name a task definition where one has to be.
var errNoDefinition = errors.New("it names no task definition (Resources, TargetService, Properties, TaskDefinition)")

// definitionNode finds the task definition in an AppSpec, YAML or JSON, which is YAML too (CodeDeploy user guide, "AppSpec
// 'resources' section"). Keys are found in any case, as CodeDeploy's own action for GitHub does.
func definitionNode(content string) (document, definition *yaml.Node, err error) {
	document = &yaml.Node{}
	if err := yaml.Unmarshal([]byte(content), document); err != nil {
		return nil, nil, err
	}
	if len(document.Content) == 0 {
		return nil, nil, errNoDefinition
	}
	resources := member(document.Content[0], "resources")
	if resources == nil || resources.Kind != yaml.SequenceNode || len(resources.Content) == 0 {
		return nil, nil, errNoDefinition
	}
	service := member(resources.Content[0], "targetservice")
	definition = member(member(service, "properties"), "taskdefinition")
	if definition == nil || definition.Kind != yaml.ScalarNode {
		return nil, nil, errNoDefinition
	}
	return document, definition, nil
}

func member(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if strings.EqualFold(n.Content[i].Value, name) {
			return n.Content[i+1]
		}
	}
	return nil
}

// appSpecDefinition gives the task definition that an AppSpec deploys.
func appSpecDefinition(content string) (past.TaskDefinition, error) {
	_, node, err := definitionNode(content)
	if err != nil {
		return past.TaskDefinition{}, err
	}
	return past.ParseTaskDefinition(node.Value)
}

// withDefinition puts another task definition into an AppSpec and leaves all else as it is. What came as JSON stays JSON.
func withDefinition(content, arn string) (string, error) {
	document, node, err := definitionNode(content)
	if err != nil {
		return "", err
	}
	node.Value, node.Tag, node.Style = arn, "!!str", yaml.DoubleQuotedStyle
	if strings.HasPrefix(strings.TrimSpace(content), "{") {
		return asJSON(document)
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(document); err != nil {
		return "", err
	}
	return b.String(), e.Close()
}

func asJSON(document *yaml.Node) (string, error) {
	var value any
	if err := document.Decode(&value); err != nil {
		return "", err
	}
	text, err := json.Marshal(value)
	return string(text), err
}
