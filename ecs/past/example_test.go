package past_test

import (
	"fmt"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// The same definition with another digest is another version: the tag has moved in between.
func ExampleRules_Same() {
	const image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:latest"
	web := past.TaskDefinition{Family: "web", Revision: 4}
	monday := past.Version{TaskDefinition: web, Images: []past.Image{{Container: "app", Reference: image, Digest: "sha256:a1"}}}
	tuesday := past.Version{TaskDefinition: web, Images: []past.Image{{Container: "app", Reference: image, Digest: "sha256:a2"}}}
	agent := past.Rules{Sidecar: func(i past.Image) bool { return i.Container == "app" }}
	fmt.Println(past.Rules{}.Same(monday, tuesday), agent.Same(monday, tuesday))
	// Output: false true
}

func ExampleParseTaskDefinition() {
	t, err := past.ParseTaskDefinition("arn:aws:ecs:eu-west-1:123456789012:task-definition/web:42")
	fmt.Println(t, t.Family, t.Revision, err)
	// Output: web:42 web 42 <nil>
}
