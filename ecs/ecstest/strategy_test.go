package ecstest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// newest describes the newest service deployment of web.
func newest(t *testing.T, c *awsecs.Client) types.ServiceDeployment {
	t.Helper()
	arn := describe(t, c, "web").Services[0].CurrentServiceDeployment
	out, err := c.DescribeServiceDeployments(context.Background(), &awsecs.DescribeServiceDeploymentsInput{
		ServiceDeploymentArns: []string{*arn},
	})
	if err != nil || len(out.ServiceDeployments) != 1 {
		t.Fatal(out, err)
	}
	return out.ServiceDeployments[0]
}

// TestStages follows strategies from stage to stage, with the production traffic on the new revision.
func TestStages(t *testing.T) {
	for _, test := range []struct{ service, want string }{
		{"strategy=BLUE_GREEN bake=1m", "PRE_SCALE_UP 0 · SCALE_UP 0 · POST_SCALE_UP 0 · TEST_TRAFFIC_SHIFT 0 · POST_TEST_TRAFFIC_SHIFT 0 · " +
			"PRE_PRODUCTION_TRAFFIC_SHIFT 0 · PRODUCTION_TRAFFIC_SHIFT 100 · POST_PRODUCTION_TRAFFIC_SHIFT 100 · BAKE_TIME 100 · CLEAN_UP 100"},
		{"strategy=CANARY canary=10 canary-bake=1m bake=1m", "PRE_SCALE_UP 0 · SCALE_UP 0 · POST_SCALE_UP 0 · TEST_TRAFFIC_SHIFT 0 · POST_TEST_TRAFFIC_SHIFT 0 · " +
			"PRE_PRODUCTION_TRAFFIC_SHIFT 0 · PRODUCTION_TRAFFIC_SHIFT 10 · PRODUCTION_TRAFFIC_SHIFT 100 · POST_PRODUCTION_TRAFFIC_SHIFT 100 · BAKE_TIME 100 · CLEAN_UP 100"},
		{"strategy=LINEAR step=40 step-bake=1m bake=1m", "PRE_SCALE_UP 0 · SCALE_UP 0 · POST_SCALE_UP 0 · TEST_TRAFFIC_SHIFT 0 · POST_TEST_TRAFFIC_SHIFT 0 · " +
			"PRE_PRODUCTION_TRAFFIC_SHIFT 0 · PRODUCTION_TRAFFIC_SHIFT 40 · PRODUCTION_TRAFFIC_SHIFT 80 · PRODUCTION_TRAFFIC_SHIFT 100 · " +
			"POST_PRODUCTION_TRAFFIC_SHIFT 100 · BAKE_TIME 100 · CLEAN_UP 100"},
	} {
		s, c := start(t, "step 0\ncluster prod\nregister web v1 v2\nservice prod/web "+test.service+"\ndeploy prod/web 1\ndeploy prod/web 2 !wait")
		var passed []string
		for {
			d := newest(t, c)
			if d.Status != types.ServiceDeploymentStatusInProgress {
				break
			}
			now := fmt.Sprintf("%s %v", d.LifecycleStage, aws.ToFloat64(d.TargetServiceRevision.RequestedProductionTrafficWeight))
			if len(passed) == 0 || passed[len(passed)-1] != now {
				passed = append(passed, now)
			}
			s.Advance(quick)
		}
		if got := strings.Join(passed, " · "); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.service, got, test.want)
		}
	}
}

func TestPauseHook(t *testing.T) {
	s, c := start(t, `
		cluster prod
		register web v1 v2
		deploy prod/web 1
		service prod/web strategy=BLUE_GREEN bake=1m pause=POST_SCALE_UP pause-timeout=30m
		deploy prod/web 2`)
	d := newest(t, c)
	if len(d.LifecycleHookDetails) != 1 || d.LifecycleHookDetails[0].Status != types.DeploymentLifecycleHookStatusAwaitingAction {
		t.Fatalf("hooks %+v", d.LifecycleHookDetails)
	}
	answer := &awsecs.ContinueServiceDeploymentInput{ServiceDeploymentArn: d.ServiceDeploymentArn, HookId: d.LifecycleHookDetails[0].HookId}
	if _, err := c.ContinueServiceDeployment(context.Background(), answer); err != nil {
		t.Fatal(err)
	}
	s.Advance(10 * time.Minute)
	if got := newest(t, c).Status; got != types.ServiceDeploymentStatusSuccessful {
		t.Errorf("status %s", got)
	}
	if _, err := c.ContinueServiceDeployment(context.Background(), answer); err == nil {
		t.Error("an answer that nobody waits for")
	}
}

func TestPauseHookTimesOut(t *testing.T) {
	s, c := start(t, `
		cluster prod
		register web v1 v2
		deploy prod/web 1
		service prod/web strategy=LINEAR pause=PRE_SCALE_UP pause-timeout=30m
		deploy prod/web 2`)
	s.Advance(31 * time.Minute)
	d := newest(t, c)
	if d.Status != types.ServiceDeploymentStatusRollbackSuccessful || s.Running("prod")["web"] != "web:1" {
		t.Errorf("status %s", d.Status)
	}
}

// TestStop follows a person's rollback.
func TestStop(t *testing.T) {
	s, c := start(t, "step 0\ncluster prod\nregister web v1 v2\ndeploy prod/web 1\ndeploy prod/web 2 !wait\nadvance 5s")
	before := describe(t, c, "web").Services[0].Deployments[1]
	d := newest(t, c)
	stop := &awsecs.StopServiceDeploymentInput{ServiceDeploymentArn: d.ServiceDeploymentArn, StopType: types.StopServiceDeploymentStopTypeRollback}
	for range 2 { // repeating it is harmless
		if _, err := c.StopServiceDeployment(context.Background(), stop); err != nil {
			t.Fatal(err)
		}
	}
	var passed []string
	for range 60 {
		if got := string(newest(t, c).Status); len(passed) == 0 || passed[len(passed)-1] != got {
			passed = append(passed, got)
		}
		s.Advance(time.Second)
	}
	if got := strings.Join(passed, " "); got != "ROLLBACK_REQUESTED ROLLBACK_IN_PROGRESS ROLLBACK_SUCCESSFUL" {
		t.Errorf("passed %s", got)
	}
	now := newest(t, c)
	sv := describe(t, c, "web").Services[0]
	if *sv.Deployments[0].Id != *before.Id || *now.Rollback.ServiceRevisionArn != *now.SourceServiceRevisions[0].Arn {
		t.Errorf("PRIMARY is %s, rolled back to %s", *sv.Deployments[0].Id, *now.Rollback.ServiceRevisionArn)
	}
	if _, err := c.StopServiceDeployment(context.Background(), stop); err == nil || !strings.Contains(err.Error(), "ConflictException") {
		t.Errorf("stopping what has ended: %v", err)
	}
}

// TestBreakerWithoutGoodDeployment: nothing to return to.
func TestBreakerWithoutGoodDeployment(t *testing.T) {
	s, c := start(t, "cluster prod\nregister web v1\nbad web:1\nservice prod/web breaker=rollback\ndeploy prod/web 1")
	if got := newest(t, c).Status; got != types.ServiceDeploymentStatusRollbackFailed || len(s.Unsteady("prod")) != 1 {
		t.Errorf("status %s", got)
	}
}

// TestDigests: a tag is resolved once for each deployment.
func TestDigests(t *testing.T) {
	_, c := start(t, `
		cluster prod
		push web:latest a1
		register web app=web:latest agent=docker.io/agent:7
		deploy prod/web 1
		push web:latest a2
		force prod/web
		service prod/idle desired=0
		deploy prod/idle web:1`)
	ctx := context.Background()
	for _, test := range []struct {
		service string
		want    []string // newest first
	}{{"web", []string{Digest("a2"), Digest("a1")}}, {"idle", []string{""}}} {
		list, err := c.ListServiceDeployments(ctx, &awsecs.ListServiceDeploymentsInput{Cluster: aws.String("prod"), Service: &test.service})
		if err != nil {
			t.Fatal(err)
		}
		var arns []string
		for _, d := range list.ServiceDeployments {
			arns = append(arns, *d.TargetServiceRevisionArn)
		}
		out, err := c.DescribeServiceRevisions(ctx, &awsecs.DescribeServiceRevisionsInput{ServiceRevisionArns: arns})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range out.ServiceRevisions {
			got = append(got, aws.ToString(r.ContainerImages[0].ImageDigest))
		}
		if fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s: got %v, want %v", test.service, got, test.want)
		}
	}
}

// TestSameMoment: !now leaves a rollout before it has begun, so that the next one has nearly the same time.
func TestSameMoment(t *testing.T) {
	_, c := start(t, "cluster prod\nregister web v1 v2 v3\ndeploy prod/web 1\ndeploy prod/web 2 !now\ndeploy prod/web 3")
	all := history(t, c, awsecs.ListServiceDeploymentsInput{})
	if d := all[0].CreatedAt.Sub(*all[1].CreatedAt); len(all) != 3 || d != 10*time.Millisecond || all[1].Status != "STOPPED" {
		t.Errorf("%d entries, %v apart, %s", len(all), d, all[1].Status)
	}
}
