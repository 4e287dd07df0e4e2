package ecs

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// A capture says which open points it settles, as the simulated AWS has them.
func TestCaptureSettles(t *testing.T) {
	for story, want := range map[string][]string{
		"deploy prod/web 1 2\nnow":                             nil,
		"at -200d\ndeploy prod/web 1 2\nremember current\nnow": {"the deployment that runs is listed after more than 90 days"},
		"at -200d\ndeploy prod/web 1 2\nremember nothing\nnow": {"the deployment that runs is not listed after more than 90 days"},
		"deploy prod/web 1\nunsupported prod/web\nnow":         {"ListServiceDeployments is not supported with the controller ECS"},
	} {
		w := newWorld(t, "cluster prod\nat -210d\nregister web v1 v2\nservice prod/web controller=ECS\nat -1d\n"+story)
		t.Setenv("AWS_ENDPOINT_URL", w.endpoint)
		t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
		var answers Capture
		client, err := Connect(context.Background(), aws.Options{Region: "eu-west-1", Answers: answers.Add})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Plan(context.Background(), Scope{Cluster: "prod"}, past.UndoPlanner(past.UndoOptions{}), PlanOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := settles(answers.answers, time.Now()); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", story, got, want)
		}
	}
}
