package ecstest

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awscodedeploy "github.com/aws/aws-sdk-go-v2/service/codedeploy"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy/types"
	"github.com/aws/smithy-go/middleware"
)

const shop = `cluster prod
	register cd v1 v2 v3
	service prod/cd controller=CODE_DEPLOY desired=2 lb=app:80
`

func codedeployClient(t *testing.T, s *Server) *awscodedeploy.Client {
	return awscodedeploy.New(awscodedeploy.Options{
		Region: "eu-west-1", BaseEndpoint: endpointFor(t, s), RetryMaxAttempts: 1, APIOptions: []func(*middleware.Stack) error{plainBody},
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	})
}

func TestCodeDeployStories(t *testing.T) {
	for _, test := range []struct {
		name, story, running, statuses string
		steady                         bool
	}{
		{"created only", "deploy prod/cd 1", "cd:1", "", true},
		{"good", "deploy prod/cd 1 2 3", "cd:3", "Succeeded Succeeded", true},
		{"in flight", "deploy prod/cd 1 2\ndeploy prod/cd 3 !wait", "cd:2", "Succeeded InProgress", false},
		{"stopped and rolled back", "deploy prod/cd 1 2\ndeploy prod/cd 3 !wait\nrollback prod/cd", "cd:2", "Succeeded Stopped Succeeded", true},
		{"rolled back after the shift", "deploy prod/cd 1 2\ndeploy prod/cd 3 !wait\nadvance 1m\nrollback prod/cd", "cd:2", "Succeeded Stopped Succeeded", true},
		{"stopped", "deploy prod/cd 1 2\ndeploy prod/cd 3 !wait\nstop prod/cd", "cd:2", "Succeeded Stopped", false},
		{"bad", "bad cd:2\nservice prod/cd !autorollback\ndeploy prod/cd 1 2\nwait", "cd:1", "Failed Succeeded", true},
		{"ready", "service prod/cd ready=10m\ndeploy prod/cd 1 2", "cd:1", "Ready", false},
		{"continued", "service prod/cd ready=10m\ndeploy prod/cd 1 2\ncontinue prod/cd", "cd:2", "Succeeded", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, _ := start(t, shop+test.story)
			if got := s.Running("prod")["cd"]; got != test.running {
				t.Errorf("runs %s, want %s", got, test.running)
			}
			if got := len(s.Unsteady("prod")) == 0; got != test.steady {
				t.Errorf("steady is %v, want %v", got, test.steady)
			}
			var statuses []string
			for _, b := range s.regions["eu-west-1"].codedeploy.deployments {
				statuses = append(statuses, b.status)
			}
			if got := strings.Join(statuses, " "); got != test.statuses {
				t.Errorf("deployments are %q, want %q", got, test.statuses)
			}
		})
	}
}

// TestCodeDeployUndo goes back the way a client does: the last good AppSpec with another definition.
func TestCodeDeployUndo(t *testing.T) {
	s, ecs := start(t, shop+"deploy prod/cd 1 2 3")
	c, ctx := codedeployClient(t, s), context.Background()
	set := describe(t, ecs, "cd").Services[0].TaskSets[0]
	now, err := c.GetDeployment(ctx, &awscodedeploy.GetDeploymentInput{DeploymentId: set.ExternalId})
	if err != nil {
		t.Fatal(err)
	}
	info := now.DeploymentInfo
	spec := strings.ReplaceAll(*info.Revision.AppSpecContent.Content, "cd:3", "cd:2")
	create := &awscodedeploy.CreateDeploymentInput{
		ApplicationName: info.ApplicationName, DeploymentGroupName: info.DeploymentGroupName,
		Revision: &types.RevisionLocation{
			RevisionType:   types.RevisionLocationTypeAppSpecContent,
			AppSpecContent: &types.AppSpecContent{Content: &spec, Sha256: aws.String(sha256Hex(spec))},
		},
	}
	made, err := c.CreateDeployment(ctx, create)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateDeployment(ctx, create); err == nil || !strings.Contains(err.Error(), "already has an active Deployment '"+*made.DeploymentId) {
		t.Errorf("the second: %v", err)
	}
	for status := types.DeploymentStatus(""); status != types.DeploymentStatusSucceeded; {
		got, err := c.GetDeployment(ctx, &awscodedeploy.GetDeploymentInput{DeploymentId: made.DeploymentId})
		if err != nil {
			t.Fatal(err)
		}
		status = got.DeploymentInfo.Status
		if status == types.DeploymentStatusFailed {
			t.Fatal(got.DeploymentInfo.ErrorInformation)
		}
	}
	if got := s.Running("prod")["cd"]; got != "cd:2" {
		t.Errorf("runs %s", got)
	}
	_, err = c.StopDeployment(ctx, &awscodedeploy.StopDeploymentInput{DeploymentId: made.DeploymentId})
	if err == nil || !strings.Contains(err.Error(), "DeploymentAlreadyCompletedException") {
		t.Errorf("stopping what is done: %v", err)
	}
}
