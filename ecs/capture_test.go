package ecs

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// A capture has nothing that tells whose it is, and is decided as the service that it was made of.
func TestCapture(t *testing.T) {
	stories := map[string]string{
		"a release":          "deploy prod/payments payments:1 payments:2",
		"a return":           "deploy prod/payments payments:1 payments:2 payments:1",
		"rolled back by ECS": "service prod/payments breaker=rollback\ndeploy prod/payments payments:1\nbad payments:2\ndeploy prod/payments payments:2",
		"denied":             "deploy prod/payments payments:1 payments:2\ndeny ListServiceDeployments",
	}
	for name, story := range stories {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "cluster prod\nstep 1m\npush payments:v1 d1\npush payments:v2 d2\nregister payments payments:v1 env.DB_PASSWORD=hunter2 role=payments-role\n"+
				"register payments payments:v2 env.DB_PASSWORD=hunter3\n"+story)
			t.Setenv("AWS_ENDPOINT_URL", w.endpoint)
			t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
			var answers Capture
			client, err := Connect(context.Background(), aws.Options{Region: "eu-west-1", Answers: answers.Add})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			defer cancel()
			plan, err := client.Plan(ctx, Scope{Cluster: "prod", Services: []string{"payments"}}, past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
			if err != nil {
				t.Fatal(err)
			}
			text, err := answers.Document("prod", "payments")
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{"payments", "hunter", "DB_PASSWORD", "123456789012", "prod\\b"} {
				if found := regexp.MustCompile(".*" + secret + ".*").Find(text); found != nil {
					t.Errorf("has %s: %s", secret, found)
				}
			}
			file := filepath.Join(t.TempDir(), "capture.json")
			shown := regexp.MustCompile(`"shows": ""`).ReplaceAll(text, []byte(`"shows": "a test"`))
			if err := os.WriteFile(file, shown, 0o600); err != nil {
				t.Fatal(err)
			}
			want, got := plan.Steps[0], replayPlan(t, readCapture(t, file)).Steps[0]
			if got.Action != want.Action || got.ReasonCode != want.ReasonCode || got.To.TaskDefinition.Revision != want.To.TaskDefinition.Revision {
				t.Errorf("got %s %s to %s, want %s %s to %s\n%s", got.Action, got.ReasonCode, got.To.TaskDefinition, want.Action, want.ReasonCode, want.To.TaskDefinition, text)
			}
		})
	}
}

// Texts of AWS lose what they name.
func TestScrubText(t *testing.T) {
	t.Parallel()
	s := newScrubber("shop", "checkout")
	for text, want := range map[string]string{
		"(service checkout) (deployment ecs-svc/6405940160831029548) deployment failed": "(service service-1) (deployment ecs-svc/1000000000000000001) deployment failed",
		"pull 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout:v1: not found": "pull PLACE not found",
		"User: arn:aws:iam::111122223333:user/ann is not authorized":                    "User: arn:aws:iam::000000000001:user/text-1 is not authorized",
		"dial tcp 10.0.0.7:5432: db.shop.internal":                                      "dial tcp PLACE:5432: PLACE",
	} {
		if got := s.text(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
