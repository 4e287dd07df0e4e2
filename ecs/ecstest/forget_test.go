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

// TestForgotten: what is old leaves the list. The one that runs may have a privilege; before October 2024 there was none.
func TestForgotten(t *testing.T) {
	const old = "at -100d\ndeploy prod/web 1 2\nnow\n"
	for _, test := range []struct {
		story string
		want  int
	}{
		{"remember current\n" + old, 1},
		{"remember nothing\n" + old, 0},
		{"remember nothing\n" + old + "deploy prod/web 3", 1},
		{"remember current\n" + old + "deploy prod/web 3", 1},
		{"remember current\nat 2024-10-24T12:00:00Z\ndeploy prod/web 1", 0},
		{"remember current\n" + old + "forget prod/web keep=0", 0},
	} {
		_, c := start(t, "cluster prod\nregister web v1 v2 v3\n"+test.story)
		if got := len(history(t, c, awsecs.ListServiceDeploymentsInput{})); got != test.want {
			t.Errorf("%q: %d entries, want %d", test.story, got, test.want)
		}
	}
}

// TestOutlives: DescribeServices goes on showing what runs, and its revision can be described, when its deployment is forgotten.
func TestOutlives(t *testing.T) {
	for _, story := range []string{"forget prod/web keep=0", "remember nothing\nadvance 91d"} {
		s, c := start(t, twoVersions)
		before := describe(t, c, "web").Services[0]
		if err := s.Tell(story); err != nil {
			t.Fatal(err)
		}
		sv := describe(t, c, "web").Services[0]
		primary, was := sv.Deployments[0], before.Deployments[0]
		if *primary.Id != *was.Id || !primary.CreatedAt.Equal(*was.CreatedAt) || *sv.CurrentServiceRevisions[0].Arn != *before.CurrentServiceRevisions[0].Arn {
			t.Errorf("%s: PRIMARY is %s of %v, was %s of %v", story, *primary.Id, primary.CreatedAt, *was.Id, was.CreatedAt)
		}
		ctx := context.Background()
		revisions, err := c.DescribeServiceRevisions(ctx, &awsecs.DescribeServiceRevisionsInput{ServiceRevisionArns: []string{*sv.CurrentServiceRevisions[0].Arn}})
		if err != nil || len(revisions.ServiceRevisions) != 1 {
			t.Errorf("%s: the revision: %+v, %v", story, revisions, err)
		}
		deployments, err := c.DescribeServiceDeployments(ctx, &awsecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{*sv.CurrentServiceDeployment}})
		if err != nil || len(deployments.Failures) != 1 || *deployments.Failures[0].Reason != "MISSING" {
			t.Errorf("%s: the deployment: %+v, %v", story, deployments, err)
		}
	}
}

// TestRevisionsBegin: of before October 2024 there are no revisions either.
func TestRevisionsBegin(t *testing.T) {
	_, c := start(t, "cluster prod\nregister web v1\nat 2024-10-24T12:00:00Z\ndeploy prod/web 1\nnow")
	arn := aws.ToString(describe(t, c, "web").Services[0].CurrentServiceRevisions[0].Arn)
	out, err := c.DescribeServiceRevisions(context.Background(), &awsecs.DescribeServiceRevisionsInput{ServiceRevisionArns: []string{arn}})
	if err != nil || len(out.Failures) != 1 || !strings.HasPrefix(arn, "arn:aws:ecs:eu-west-1:123456789012:service-revision/prod/web/") {
		t.Errorf("%s: %+v, %v", arn, out, err)
	}
}

// TestRemembersCurrent: the package's setting is what new servers begin with.
func TestRemembersCurrent(t *testing.T) {
	defer func(was bool) { RemembersCurrent = was }(RemembersCurrent)
	for _, RemembersCurrent = range []bool{true, false} {
		s, c := start(t, twoVersions)
		s.Advance(100 * 24 * time.Hour)
		if got := len(history(t, c, awsecs.ListServiceDeploymentsInput{})) == 1; got != RemembersCurrent {
			t.Errorf("%v: listed is %v", RemembersCurrent, got)
		}
	}
}

// revisionOf describes the service revision that a service runs.
func revisionOf(t *testing.T, c *awsecs.Client, service string) types.ServiceRevision {
	t.Helper()
	arn := *describe(t, c, service).Services[0].CurrentServiceRevisions[0].Arn
	out, err := c.DescribeServiceRevisions(context.Background(), &awsecs.DescribeServiceRevisionsInput{ServiceRevisionArns: []string{arn}})
	if err != nil || len(out.ServiceRevisions) != 1 {
		t.Fatal(out, err)
	}
	return out.ServiceRevisions[0]
}
