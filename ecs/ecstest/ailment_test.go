package ecstest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// tasksOf lists and describes tasks.
func tasksOf(t *testing.T, c *awsecs.Client, in awsecs.ListTasksInput) []types.Task {
	t.Helper()
	in.Cluster = aws.String("prod")
	ctx := context.Background()
	list, err := c.ListTasks(ctx, &in)
	if err != nil {
		t.Fatal(err)
	}
	if len(list.TaskArns) == 0 {
		return nil
	}
	out, err := c.DescribeTasks(ctx, &awsecs.DescribeTasksInput{Cluster: aws.String("prod"), Tasks: list.TaskArns})
	if err != nil || len(out.Failures) > 0 {
		t.Fatal(out, err)
	}
	return out.Tasks
}

// says reports whether one of a service's events contains a text.
func says(sv types.Service, text string) bool {
	return slices.ContainsFunc(sv.Events, func(e types.ServiceEvent) bool { return strings.Contains(*e.Message, text) })
}

// TestAilments: why a rollout does not get on, as the deployment, the events and the stopped tasks tell it.
func TestAilments(t *testing.T) {
	const balancer = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/6d0ecf831eec9f09"
	for _, test := range []struct {
		bad           string
		failed        int32
		new           string // running, pending of the new deployment
		event         string
		code          types.TaskStopCode
		reason        string
		exit          *int32
		containerText string
	}{
		{"bad web:2 pull", 5, "0, 1", "has started 1 tasks: (task ", types.TaskStopCodeTaskFailedToStart,
			"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:v2: ", nil, "not found"},
		{"expire web:v2", 5, "0, 1", "is unable to consistently start tasks successfully.", types.TaskStopCodeTaskFailedToStart, "CannotPullContainerError: ", nil, "not found"},
		{"bad web:2 exit=137", 5, "0, 1", "is unable to consistently start tasks successfully.", types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", aws.Int32(137), ""},
		{"bad web:2", 5, "0, 1", "is unable to consistently start tasks successfully.", types.TaskStopCodeEssentialContainerExited, "Essential container in task exited", aws.Int32(1), ""},
		{"bad image=web:v2 health", 5, "2, 0", "is unhealthy in (target-group " + balancer + ") due to (reason Health checks failed with these codes: [503]).",
			types.TaskStopCodeServiceSchedulerInitiated, "Task failed ELB health checks in (target-group " + balancer + ")", aws.Int32(143), ""},
		{"bad web:2 capacity", 0, "0, 0", "was unable to place a task because no container instance met all of its requirements.", "", "", nil, ""},
	} {
		s, c := start(t, "step 0\ncluster prod\nregister web v1 v2\nservice prod/web desired=2 lb=app:80\ndeploy prod/web 1\n"+test.bad+"\ndeploy prod/web 2 !wait")
		s.Advance(101 * time.Second)
		sv := describe(t, c, "web").Services[0]
		now, old := sv.Deployments[0], sv.Deployments[1]
		if got := fmt.Sprintf("%d, %d", now.RunningCount, now.PendingCount); got != test.new || now.FailedTasks != test.failed || old.RunningCount != 2 {
			t.Errorf("%s: new %s, %d failed, %d old", test.bad, got, now.FailedTasks, old.RunningCount)
		}
		if !says(sv, test.event) || !slices.IsSortedFunc(sv.Events, func(a, b types.ServiceEvent) int { return b.CreatedAt.Compare(*a.CreatedAt) }) {
			t.Errorf("%s: %d events, the newest %s", test.bad, len(sv.Events), *sv.Events[0].Message)
		}
		stopped := tasksOf(t, c, awsecs.ListTasksInput{StartedBy: now.Id, DesiredStatus: types.DesiredStatusStopped})
		if len(stopped) != int(test.failed) {
			t.Errorf("%s: %d stopped tasks", test.bad, len(stopped))
		}
		for _, task := range stopped {
			container := task.Containers[0]
			if task.StopCode != test.code || !strings.HasPrefix(*task.StoppedReason, test.reason) || *task.StartedBy != *now.Id || *task.TaskDefinitionArn != *now.TaskDefinition ||
				task.StoppedAt.After(s.Now()) || aws.ToInt32(container.ExitCode) != aws.ToInt32(test.exit) || (container.ExitCode == nil) != (test.exit == nil) ||
				!strings.HasSuffix(aws.ToString(container.Reason), test.containerText) {
				t.Errorf("%s: %s %s, exit %v, %s", test.bad, task.StopCode, *task.StoppedReason, container.ExitCode, aws.ToString(container.Reason))
			}
		}
		if running := tasksOf(t, c, awsecs.ListTasksInput{ServiceName: aws.String("web")}); len(running) != int(sv.RunningCount+now.PendingCount) {
			t.Errorf("%s: %d tasks are to run, of %d running", test.bad, len(running), sv.RunningCount)
		}
	}
}

// TestAilmentEnds: the circuit breaker counts the same tasks, and after it, or after good, no more fail; what failed is shown
// for an hour.
func TestAilmentEnds(t *testing.T) {
	for story, want := range map[string]int{
		"service prod/web breaker=rollback\nbad web:2 pull\ndeploy prod/web 2":                           3,
		"service prod/web breaker=stop\nbad web:2 pull\ndeploy prod/web 2":                               3,
		"bad web:2\ndeploy prod/web 2 !wait\nadvance 45s\ngood web:2\nwait":                              2,
		"bad web:2\ndeploy prod/web 2 !wait\nadvance 45s\nrollback prod/web\nadvance 1m":                 2,
		"bad web:2\ndeploy prod/web 2 !wait\nadvance 45s\ndeploy prod/web 1\nadvance 1h":                 0,
		"bad web:2 capacity\nservice prod/web breaker=rollback\ndeploy prod/web 2 !wait\nadvance 20m":    0,
		"bad web:2\ndeploy prod/web 2 !wait\nadvance 21s\nstop prod/web\nadvance 10m\ndeploy prod/web 1": 1,
	} {
		_, c := start(t, "step 0\n"+twoVersions+story)
		failed := 0
		for _, task := range tasksOf(t, c, awsecs.ListTasksInput{DesiredStatus: types.DesiredStatusStopped}) {
			if !strings.HasPrefix(*task.StoppedReason, "Scaling activity initiated by (deployment ecs-svc/") {
				failed++
			}
		}
		if failed != want {
			t.Errorf("%s: %d failed tasks, want %d", story, failed, want)
		}
	}
}

// TestSlow: tasks that take long to start are pending, and the old ones stay.
func TestSlow(t *testing.T) {
	s, c := start(t, "step 0\ncluster prod\nregister web v1 v2\nservice prod/web desired=2\ndeploy prod/web 1\nbad web:2 slow=3m\ndeploy prod/web 2 !wait")
	s.Advance(170 * time.Second)
	d := describe(t, c, "web").Services[0].Deployments
	if d[0].RunningCount != 0 || d[0].PendingCount != 2 || d[0].FailedTasks != 0 || d[1].RunningCount != 2 {
		t.Errorf("%d running, %d pending, %d failed; %d old", d[0].RunningCount, d[0].PendingCount, d[0].FailedTasks, d[1].RunningCount)
	}
	pending := tasksOf(t, c, awsecs.ListTasksInput{StartedBy: d[0].Id})
	if len(pending) != 2 || *pending[0].LastStatus != "PENDING" {
		t.Errorf("%+v", pending)
	}
	s.Advance(35 * time.Second)
	if sv := describe(t, c, "web").Services[0]; len(sv.Deployments) != 1 || sv.RunningCount != 2 || !says(sv, "has started 2 tasks: (task ") {
		t.Errorf("%s, %d running", entries(sv), sv.RunningCount)
	}
}

// TestDraining: the new tasks are up, the old ones wait for their connections.
func TestDraining(t *testing.T) {
	s, c := start(t, "step 0\ncluster prod\nregister web v1 v2\nservice prod/web desired=2 lb=app:80 drain=5m\ndeploy prod/web 1 2\ndeploy prod/web 1 !wait")
	s.Advance(time.Minute)
	sv := describe(t, c, "web").Services[0]
	if sv.Deployments[0].RunningCount != 2 || sv.Deployments[1].RunningCount != 2 || sv.Deployments[0].RolloutState != "IN_PROGRESS" {
		t.Errorf("%s: %d new, %d old", entries(sv), sv.Deployments[0].RunningCount, sv.Deployments[1].RunningCount)
	}
	for _, text := range []string{"(service web) has begun draining connections on 2 tasks.", "(service web) registered 2 targets in (target-group arn:", "(service web) deregistered 2 targets in (target-group arn:"} {
		if !says(sv, text) {
			t.Errorf("no event %q", text)
		}
	}
	s.Advance(5 * time.Minute)
	sv = describe(t, c, "web").Services[0]
	stopped := tasksOf(t, c, awsecs.ListTasksInput{ServiceName: aws.String("web"), DesiredStatus: types.DesiredStatusStopped})
	if len(sv.Deployments) != 1 || len(stopped) != 2+2 || *stopped[2].StoppedReason != "Scaling activity initiated by (deployment "+*sv.Deployments[0].Id+")" {
		t.Errorf("%s, %d stopped", entries(sv), len(stopped))
	}
}

// TestManyEvents: the newest hundred.
func TestManyEvents(t *testing.T) {
	s, c := start(t, "step 0\n"+twoVersions+"bad web:2 health\ndeploy prod/web 2 !wait")
	s.Advance(40 * 24 * time.Hour)
	if got := len(describe(t, c, "web").Services[0].Events); got < 30 || got > 100 {
		t.Errorf("%d events", got)
	}
}

// TestTaskFilters: startedBy stands alone.
func TestTaskFilters(t *testing.T) {
	_, c := start(t, twoVersions)
	ctx := context.Background()
	if _, err := c.ListTasks(ctx, &awsecs.ListTasksInput{Cluster: aws.String("prod"), ServiceName: aws.String("web"), StartedBy: aws.String("x")}); err == nil {
		t.Error("startedBy beside serviceName")
	}
	if got := tasksOf(t, c, awsecs.ListTasksInput{LaunchType: types.LaunchTypeEc2}); got != nil {
		t.Errorf("%d tasks on EC2", len(got))
	}
	for n, want := range map[int]string{0: "1 to 100", 101: "1 to 100"} {
		if _, err := c.DescribeTasks(ctx, &awsecs.DescribeTasksInput{Cluster: aws.String("prod"), Tasks: make([]string, n)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d tasks: %v", n, err)
		}
	}
}
