package ecstest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// entries writes a service's deployments down: status, rolloutState and definition.
func entries(sv types.Service) string {
	var all []string
	for _, d := range sv.Deployments {
		definition := *d.TaskDefinition
		all = append(all, fmt.Sprintf("%s %s %s", *d.Status, d.RolloutState, definition[strings.LastIndex(definition, "/")+1:]))
	}
	return strings.Join(all, ", ")
}

// TestNumbers: a service revision has the number of the deployment that it was made for.
func TestNumbers(t *testing.T) {
	_, c := start(t, twoVersions)
	sv := describe(t, c, "web").Services[0]
	number := strings.TrimPrefix(*sv.Deployments[0].Id, "ecs-svc/")
	if arn := *sv.CurrentServiceRevisions[0].Arn; !strings.HasSuffix(arn, "/"+number) {
		t.Errorf("%s of %s", arn, *sv.Deployments[0].Id)
	}
}

// TestRolledBackEntries follows deployments[] through a rollback: the old id is PRIMARY again, the failed entry gives up later,
// and no revision is made.
func TestRolledBackEntries(t *testing.T) {
	const rollingOut = "PRIMARY IN_PROGRESS web:2, ACTIVE COMPLETED web:1; "
	for _, test := range []struct{ name, story, act, first string }{
		{"breaker", "bad web:2\nservice prod/web breaker=rollback\n", "", rollingOut},
		{"a person", "", "rollback prod/web !wait", rollingOut},
		{"alarm", "service prod/web alarms=errors\n", "alarm prod/web !wait", ""}, // at once
	} {
		s, c := start(t, "step 0\nlag list=0\n"+twoVersions+test.story)
		old := describe(t, c, "web").Services[0]
		if err := s.Tell("deploy prod/web 2 !wait\nadvance 5s\n" + test.act); err != nil {
			t.Fatal(err)
		}
		var passed []string
		for range 120 {
			if got := entries(describe(t, c, "web").Services[0]); len(passed) == 0 || passed[len(passed)-1] != got {
				passed = append(passed, got)
			}
			s.Advance(time.Second)
		}
		const want = "PRIMARY IN_PROGRESS web:1, ACTIVE IN_PROGRESS web:2; " +
			"PRIMARY IN_PROGRESS web:1, DRAINING FAILED web:2; PRIMARY COMPLETED web:1"
		if got := strings.Join(passed, "; "); got != test.first+want {
			t.Errorf("%s: passed\n%s", test.name, got)
		}
		sv := describe(t, c, "web").Services[0]
		if *sv.Deployments[0].Id != *old.Deployments[0].Id || !sv.Deployments[0].CreatedAt.Equal(*old.Deployments[0].CreatedAt) ||
			*sv.CurrentServiceRevisions[0].Arn != *old.CurrentServiceRevisions[0].Arn {
			t.Errorf("%s: PRIMARY is %s", test.name, *sv.Deployments[0].Id)
		}
		list := history(t, c, awsecs.ListServiceDeploymentsInput{})
		if len(list) != 2 || list[0].Status != types.ServiceDeploymentStatusRollbackSuccessful {
			t.Errorf("%s: %d entries, %s", test.name, len(list), list[0].Status)
		}
	}
}

// TestUpdateAnswer: the answer does not have the service deployment, the next look has it.
func TestUpdateAnswer(t *testing.T) {
	_, c := start(t, twoVersions)
	out, err := update(c, "web", "web:2")
	if err != nil || out.Service.CurrentServiceDeployment != nil || len(out.Service.Deployments) != 2 {
		t.Errorf("%+v, %v", out, err)
	}
	if describe(t, c, "web").Services[0].CurrentServiceDeployment == nil {
		t.Error("DescribeServices has none")
	}
	if out, err = update(c, "web", "web:2"); err != nil || out.Service.CurrentServiceDeployment == nil {
		t.Errorf("an update that starts nothing: %+v, %v", out, err)
	}
}

// TestSuperseded: 0.3 s after the newer one was made the older one is STOPPED.
func TestSuperseded(t *testing.T) {
	s, c := start(t, "cluster prod\nregister web v1 v2 v3\nlag list=0\ndeploy prod/web 1\ndeploy prod/web 2 !wait\nadvance 5s\ndeploy prod/web 3 !now")
	s.Advance(time.Second)
	list := history(t, c, awsecs.ListServiceDeploymentsInput{})
	if d := list[1].FinishedAt.Sub(*list[0].CreatedAt); list[1].Status != "STOPPED" || d != supersedeDelay {
		t.Errorf("%s after %v", list[1].Status, d)
	}
}

// TestCompletes: the service deployment is SUCCESSFUL before its entry is COMPLETED. What comes in between does not wait.
func TestCompletes(t *testing.T) {
	s, c := start(t, "step 0\nlag complete=38s\n"+twoVersions+"deploy prod/web 2 !wait")
	for newest(t, c).Status != types.ServiceDeploymentStatusSuccessful {
		s.Advance(time.Second)
	}
	done := s.Now()
	sv := describe(t, c, "web").Services[0]
	if got := entries(sv); got != "PRIMARY IN_PROGRESS web:2, ACTIVE COMPLETED web:1" || len(sv.CurrentServiceRevisions) != 1 || sv.RunningCount != 1 {
		t.Errorf("SUCCESSFUL: %s, %d tasks", got, sv.RunningCount)
	}
	for describe(t, c, "web").Services[0].Deployments[0].RolloutState != types.DeploymentRolloutStateCompleted {
		s.Advance(time.Second)
	}
	if d := s.Now().Sub(done); d < 37*time.Second || d > 38*time.Second {
		t.Errorf("COMPLETED %v later", d)
	}
	s, c = start(t, "step 0\nlag complete=1h\n"+twoVersions+"deploy prod/web 2 !wait\nadvance 1m\ndeploy prod/web 1 !wait")
	if got := entries(describe(t, c, "web").Services[0]); got != "PRIMARY IN_PROGRESS web:1, ACTIVE COMPLETED web:2" {
		t.Errorf("another one: %s", got)
	}
	if err := s.Tell("rollback prod/web\nwait"); err != nil || s.Running("prod")["web"] != "web:2" || len(s.Unsteady("prod")) != 0 {
		t.Errorf("rolled back to %s, %v", s.Running("prod")["web"], err)
	}
}

// TestNoCandidate: nothing to return to.
func TestNoCandidate(t *testing.T) {
	_, c := start(t, "cluster prod\nregister web v1\nbad web:1\ndeploy prod/web 1\nrollback prod/web")
	d := newest(t, c)
	if d.Status != types.ServiceDeploymentStatusRollbackFailed || *d.StatusReason != "No rollback candidate was found to run the rollback." {
		t.Errorf("%s: %s", d.Status, *d.StatusReason)
	}
}

// TestCountsOfFinished: a finished service deployment tells what it replaced, and the tasks as they were.
func TestCountsOfFinished(t *testing.T) {
	for _, test := range []struct{ desired, then, requested int }{{3, 5, 3}, {0, 2, 0}} {
		s, c := start(t, fmt.Sprintf("cluster prod\nregister web v1 v2\nservice prod/web desired=%d\ndeploy prod/web 1 2\ndesired prod/web %d", test.desired, test.then))
		s.Advance(time.Minute)
		d, sv := newest(t, c), describe(t, c, "web").Services[0]
		if got := d.TargetServiceRevision; int(got.RequestedTaskCount) != test.requested || int(got.RunningTaskCount) != test.requested {
			t.Errorf("desired=%d: %d of %d", test.desired, got.RunningTaskCount, got.RequestedTaskCount)
		}
		if len(d.SourceServiceRevisions) != 1 || *d.SourceServiceRevisions[0].Arn == *d.TargetServiceRevision.Arn || int(sv.RunningCount) != test.then {
			t.Errorf("desired=%d: from %+v, %d running now", test.desired, d.SourceServiceRevisions, sv.RunningCount)
		}
	}
}

// TestDigestsAtZero: without tasks nobody resolves a tag. The first one does, when the service is scaled up.
func TestDigestsAtZero(t *testing.T) {
	s, c := start(t, "cluster prod\npush web:latest a1\nregister web app=web:latest\nservice prod/web desired=0\ndeploy prod/web 1\npush web:latest a2")
	if got := revisionOf(t, c, "web").ContainerImages[0].ImageDigest; got != nil {
		t.Errorf("at zero: %s", *got)
	}
	if err := s.Tell("desired prod/web 2\npush web:latest a3"); err != nil {
		t.Fatal(err)
	}
	if got := revisionOf(t, c, "web").ContainerImages[0].ImageDigest; aws.ToString(got) != Digest("a2") {
		t.Errorf("scaled up: %v", got)
	}
}

// TestStatusOf: a status that no SDK knows.
func TestStatusOf(t *testing.T) {
	_, c := start(t, twoVersions+"deploy prod/web 2\nstatus-of prod/web PAUSED\nstatus-of prod/web FROZEN entry=2")
	list := history(t, c, awsecs.ListServiceDeploymentsInput{})
	if list[0].Status != "PAUSED" || list[1].Status != "FROZEN" || newest(t, c).Status != "PAUSED" {
		t.Errorf("%s, %s, %s", list[0].Status, list[1].Status, newest(t, c).Status)
	}
	if got := history(t, c, awsecs.ListServiceDeploymentsInput{Status: []types.ServiceDeploymentStatus{"PAUSED"}}); len(got) != 1 {
		t.Errorf("%d are PAUSED", len(got))
	}
}
