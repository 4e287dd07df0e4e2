package ecs_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"time"

	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/ecs/ecstest"
)

// simulated has the AWS SDK reach an account that a story was told to.
func simulated(story string) (stop func()) {
	server := ecstest.New()
	if err := server.Tell(story); err != nil {
		panic(err)
	}
	endpoint := httptest.NewServer(server)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": endpoint.URL, "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	return endpoint.Close
}

// Every service of a cluster goes back to what it ran before.
func Example() {
	defer simulated("cluster prod\nregister web v1 v2\ndeploy prod/web 1 2\nregister api v1\ndeploy prod/api 1")()

	ctx := context.Background()
	client, err := ecs.Connect(ctx, ecs.Options{})
	if err != nil {
		panic(err)
	}
	client.Poll = time.Millisecond // the simulated cluster's time goes by with each look
	plan, err := client.Plan(ctx, ecs.Scope{Cluster: "prod"}, ecs.UndoPlanner(ecs.UndoOptions{}), ecs.PlanOptions{})
	if err != nil {
		panic(err)
	}
	accepted := make(chan *ecs.Step)
	go func() {
		defer close(accepted)
		client.Apply(ctx, plan, accepted)
	}()
	client.Watch(ctx, plan, accepted, func(*ecs.Step) {})
	for _, s := range plan.Steps {
		if s.Action == ecs.Undo {
			fmt.Println(s.Service, s.From.TaskDefinition, "to", s.To.TaskDefinition, s.State)
		} else {
			fmt.Println(s.Service, s.Action)
		}
	}
	// Output:
	// api unchanged
	// web web:2 to web:1 steady
}

// A plan says what would be done, and why; it changes nothing.
func ExampleClient_Plan() {
	defer simulated("cluster prod\nregister web v1 v2 v3\ndeploy prod/web 1 2 3 2")()

	ctx := context.Background()
	client, err := ecs.Connect(ctx, ecs.Options{})
	if err != nil {
		panic(err)
	}
	plan, err := client.Plan(ctx, ecs.Scope{Cluster: "prod", Services: []string{"web"}}, ecs.UndoPlanner(ecs.UndoOptions{}), ecs.PlanOptions{})
	if err != nil {
		panic(err)
	}
	s := plan.Steps[0]
	fmt.Println(s.Action, s.From.TaskDefinition, "left", s.Left.TaskDefinition)
	// Output: unchanged web:2 left web:3
}
