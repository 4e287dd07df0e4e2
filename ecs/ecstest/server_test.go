package ecstest

import (
	"context"
	"io"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// start tells a story and returns an SDK client for the world that it made.
func start(t *testing.T, story string) (*Server, *awsecs.Client) {
	t.Helper()
	s := New()
	if err := s.Tell(story); err != nil {
		t.Fatal(err)
	}
	endpoint := httptest.NewServer(s)
	t.Cleanup(endpoint.Close)
	return s, awsecs.New(awsecs.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(endpoint.URL), RetryMaxAttempts: 1,
		APIOptions:  []func(*middleware.Stack) error{plainBody},
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	})
}

// plainBody hides WriteTo of a request's body: what the SDK has closed has ended then, and is no error that makes net/http close
// the connection under an answer (smithy-go 1.28.9).
func plainBody(stack *middleware.Stack) error {
	return stack.Build.Add(middleware.BuildMiddlewareFunc("plainBody",
		func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (
			out middleware.BuildOutput, metadata middleware.Metadata, err error,
		) {
			req := in.Request.(*smithyhttp.Request)
			if stream, ok := req.GetStream().(io.ReadSeeker); ok {
				if in.Request, err = req.SetStream(struct{ io.ReadSeeker }{stream}); err != nil {
					return out, metadata, err
				}
			}
			return next.HandleBuild(ctx, in)
		}), middleware.After)
}

func describe(t *testing.T, c *awsecs.Client, name string) *awsecs.DescribeServicesOutput {
	t.Helper()
	out, err := c.DescribeServices(context.Background(), &awsecs.DescribeServicesInput{
		Cluster: aws.String("prod"), Services: []string{name},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRollouts(t *testing.T) {
	const versions = "cluster prod\nregister web v1 v2 v3\n"
	for _, test := range []struct {
		name, story string
		running     string
		statuses    string // of the history, oldest first
		steady      bool
	}{
		{"good", "deploy prod/web 1 2", "web:2", "SUCCESSFUL SUCCESSFUL", true},
		{"in flight", "deploy prod/web 1\ndeploy prod/web 2 !wait", "web:2", "SUCCESSFUL IN_PROGRESS", false},
		{"hangs", "bad web:2\ndeploy prod/web 1 2", "web:2", "SUCCESSFUL IN_PROGRESS", false},
		{"breaker", "bad web:2\nservice prod/web breaker=rollback\ndeploy prod/web 1 2", "web:1", "SUCCESSFUL ROLLBACK_SUCCESSFUL", true},
		{"breaker without rollback", "bad web:2\nservice prod/web breaker=stop\ndeploy prod/web 1 2", "web:2", "SUCCESSFUL STOPPED", false},
		{"superseded", "deploy prod/web 1\ndeploy prod/web 2 !wait\ndeploy prod/web 3", "web:3", "SUCCESSFUL STOPPED SUCCESSFUL", true},
		{"rolled back by hand", "deploy prod/web 1\ndeploy prod/web 2 !wait\nrollback prod/web", "web:1", "SUCCESSFUL ROLLBACK_SUCCESSFUL", true},
		{"too late", "deploy prod/web 1\ntoolate prod/web\ndeploy prod/web 2 !wait\nrollback prod/web", "web:2", "SUCCESSFUL SUCCESSFUL", true},
		{"alarm", "deploy prod/web 1\ndeploy prod/web 2 !wait\nalarm prod/web", "web:1", "SUCCESSFUL ROLLBACK_SUCCESSFUL", true},
		{"blue/green", "service prod/web strategy=BLUE_GREEN\ndeploy prod/web 1 2", "web:2", "SUCCESSFUL SUCCESSFUL", true},
		{"paused", "service prod/web strategy=CANARY pause=POST_SCALE_UP\ndeploy prod/web 1\ncontinue prod/web\ndeploy prod/web 2", "web:2", "SUCCESSFUL IN_PROGRESS", false},
		{"image gone", "expire web:v2\nservice prod/web breaker=rollback\ndeploy prod/web 1 2", "web:1", "SUCCESSFUL ROLLBACK_SUCCESSFUL", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, c := start(t, versions+test.story)
			if got := s.Running("prod")["web"]; got != test.running {
				t.Errorf("runs %s, want %s", got, test.running)
			}
			if got := len(s.Unsteady("prod")) == 0; got != test.steady {
				t.Errorf("steady is %v, want %v", got, test.steady)
			}
			out, err := c.ListServiceDeployments(context.Background(), &awsecs.ListServiceDeploymentsInput{
				Cluster: aws.String("prod"), Service: aws.String("web"),
			})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, d := range out.ServiceDeployments {
				got = " " + string(d.Status) + got
			}
			if got != " "+test.statuses {
				t.Errorf("history is%s, want %s", got, test.statuses)
			}
			if d := describe(t, c, "web").Services[0].Deployments[0]; *d.Status != "PRIMARY" {
				t.Errorf("first deployment is %s", *d.Status)
			}
		})
	}
}
