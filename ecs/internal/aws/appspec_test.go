package aws

import (
	"strings"
	"testing"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// TestAppSpec puts another definition into AppSpecs, and keeps all else.
func TestAppSpec(t *testing.T) {
	const want = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:2"
	for name, content := range map[string]string{
		"yaml": "version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::ECS::Service\n      Properties:\n        TaskDefinition: \"arn:aws:ecs:eu-west-1:123456789012:task-definition/web:4\"\n        PlatformVersion: LATEST # kept\n",
		"json": `{"version":1,"Resources":[{"TargetService":{"Type":"AWS::ECS::Service","Properties":{"TaskDefinition":"arn:aws:ecs:eu-west-1:123456789012:task-definition/web:4","LoadBalancerInfo":{"ContainerName":"app","ContainerPort":80}}}}],"Hooks":[{"AfterInstall":"f"}]}`,
		"case": "version: 0.0\nresources:\n- targetService:\n    properties: {taskDefinition: 'web:4'}\n",
	} {
		got, err := withDefinition(content, want)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d, err := appSpecDefinition(got); err != nil || d != (past.TaskDefinition{Family: "web", Revision: 2}) {
			t.Errorf("%s: names %v afterwards (%v)", name, d, err)
		}
		for _, kept := range []string{"version", "PlatformVersion: LATEST # kept", `"ContainerPort":80`, `"AfterInstall":"f"`} {
			if strings.Contains(content, kept) && !strings.Contains(got, kept) {
				t.Errorf("%s: lost %s in\n%s", name, kept, got)
			}
		}
	}
	for _, content := range []string{"", "a: [", "version: 0.0", "Resources: []", "Resources: [{TargetService: {Properties: {TaskDefinition: [1]}}}]", "- 1"} {
		if got, err := withDefinition(content, want); err == nil {
			t.Errorf("%q is accepted, as %q", content, got)
		}
	}
}
