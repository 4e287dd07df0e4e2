package ecstest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func history(t *testing.T, c *awsecs.Client, in awsecs.ListServiceDeploymentsInput) []types.ServiceDeploymentBrief {
	t.Helper()
	in.Cluster, in.Service = aws.String("prod"), aws.String("web")
	var all []types.ServiceDeploymentBrief
	for {
		out, err := c.ListServiceDeployments(context.Background(), &in)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, out.ServiceDeployments...)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return all
		}
	}
}

func TestHistoryIsCut(t *testing.T) {
	for _, test := range []struct {
		story string
		want  int
	}{
		{"deploy prod/web 1 2 3", 3},
		{"at -100d\ndeploy prod/web 1 2\nat -80d\ndeploy prod/web 3\nnow", 1},
		{"deploy prod/web 1 2 3\nforget prod/web", 1},
		{"deploy prod/web 1 2 3\nforget prod/web keep=2", 2},
		{"deploy prod/web 1 2 3\nforget prod/web keep=0", 0},
		{"deploy prod/web 1 2 3\nforget prod/web keep=0\ndeploy prod/web 2", 1},
	} {
		_, c := start(t, "cluster prod\nregister web v1 v2 v3\n"+test.story)
		if got := len(history(t, c, awsecs.ListServiceDeploymentsInput{})); got != test.want {
			t.Errorf("%q: %d entries, want %d", test.story, got, test.want)
		}
	}
}

func TestHistoryPagesAndFilters(t *testing.T) {
	s, c := start(t, "cluster prod\nregister web v1 v2\nbad web:2\nservice prod/web breaker=rollback\ndeploy prod/web 1\n"+
		strings.Repeat("deploy prod/web 2\nforce prod/web\n", 22))
	if got := len(history(t, c, awsecs.ListServiceDeploymentsInput{})); got != 45 || s.Count("ListServiceDeployments") != 3 {
		t.Errorf("%d entries, %d calls", got, s.Count("ListServiceDeployments"))
	}
	failed := history(t, c, awsecs.ListServiceDeploymentsInput{
		Status: []types.ServiceDeploymentStatus{types.ServiceDeploymentStatusRollbackSuccessful},
	})
	if len(failed) != 22 {
		t.Errorf("%d rolled back", len(failed))
	}
	late := history(t, c, awsecs.ListServiceDeploymentsInput{CreatedAt: &types.CreatedAt{After: failed[0].CreatedAt}})
	if len(late) != 2 {
		t.Errorf("%d after %v", len(late), failed[0].CreatedAt)
	}
}

// TestMissingRevisions: some are gone, the call goes on.
func TestMissingRevisions(t *testing.T) {
	_, c := start(t, "cluster prod\nregister web v1 v2\ndeploy prod/web 1 2\nmissing prod/web 1")
	var arns []string
	for _, d := range history(t, c, awsecs.ListServiceDeploymentsInput{}) {
		arns = append(arns, *d.TargetServiceRevisionArn)
	}
	out, err := c.DescribeServiceRevisions(context.Background(), &awsecs.DescribeServiceRevisionsInput{ServiceRevisionArns: arns})
	if err != nil || len(out.ServiceRevisions) != 1 || len(out.Failures) != 1 || *out.Failures[0].Reason != "MISSING" {
		t.Errorf("got %+v, %v", out, err)
	}
}

// TestRegions: two regions are two worlds, told apart by the signature.
func TestRegions(t *testing.T) {
	s, west := start(t, "cluster prod\nregister web v1\ndeploy prod/web 1\nregion cn-north-1\ncluster prod\nregister web v1 v2\ndeploy prod/web 1 2")
	if got := describe(t, west, "web").Services[0]; !strings.HasSuffix(*got.TaskDefinition, "web:1") {
		t.Errorf("west runs %s", *got.TaskDefinition)
	}
	o := west.Options()
	o.Region = "cn-north-1"
	if got := describe(t, awsecs.New(o), "web").Services[0]; *got.TaskDefinition != "arn:aws-cn:ecs:cn-north-1:123456789012:task-definition/web:2" {
		t.Errorf("north runs %s", *got.TaskDefinition)
	}
	if calls := s.Calls(); calls[0].Region != "eu-west-1" || calls[1].Region != "cn-north-1" {
		t.Errorf("calls %+v", calls)
	}
}

// TestShortARN: services of before 2021 have no cluster in their ARN; both forms name them.
func TestShortARN(t *testing.T) {
	_, c := start(t, "cluster prod\nregister web v1\nservice prod/web arn=short\ndeploy prod/web 1")
	for _, name := range []string{"web", "arn:aws:ecs:eu-west-1:123456789012:service/web", "arn:aws:ecs:eu-west-1:123456789012:service/prod/web"} {
		out := describe(t, c, name)
		if len(out.Services) != 1 || *out.Services[0].ServiceArn != "arn:aws:ecs:eu-west-1:123456789012:service/web" {
			t.Errorf("%s: %+v", name, out.Failures)
		}
	}
}

// TestConfigurationOnly: the definition stays, a revision with another network is made.
func TestConfigurationOnly(t *testing.T) {
	s, c := start(t, "cluster prod\nregister web v1\ndeploy prod/web 1\nconfig prod/web subnets=subnet-b platform=1.3.0")
	sv := describe(t, c, "web").Services[0]
	if got := sv.NetworkConfiguration.AwsvpcConfiguration.Subnets[0]; got != "subnet-b" || *sv.PlatformVersion != "1.3.0" {
		t.Errorf("network %s", got)
	}
	_, err := c.UpdateService(context.Background(), &awsecs.UpdateServiceInput{
		Cluster: aws.String("prod"), Service: aws.String("web"), NetworkConfiguration: sv.NetworkConfiguration,
	})
	if got := len(history(t, c, awsecs.ListServiceDeploymentsInput{})); got != 2 || err != nil {
		t.Errorf("%d deployments after an update that changes nothing, %v", got, err)
	}
	sv.NetworkConfiguration.AwsvpcConfiguration.Subnets = []string{"subnet-c"}
	_, err = c.UpdateService(context.Background(), &awsecs.UpdateServiceInput{
		Cluster: aws.String("prod"), Service: aws.String("web"), NetworkConfiguration: sv.NetworkConfiguration,
	})
	s.Advance(time.Minute)
	if got := len(history(t, c, awsecs.ListServiceDeploymentsInput{})); got != 3 || err != nil {
		t.Errorf("%d deployments, %v", got, err)
	}
}

// FuzzTell: no story makes the server panic.
func FuzzTell(f *testing.F) {
	for _, seed := range []string{Demo, shop + "deploy prod/cd 1 2", "at -3d\nregister web v{1..3}\nfault * nth=1..2", "push 'web:v1", "service x/y pause="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, story string) {
		if strings.Contains(story, "..") { // ranges can be long
			t.Skip()
		}
		New().Tell(story)
	})
}
