package aws

import (
	"context"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// StoppedTasks describes tasks of a service that have stopped within the last hour, a hundred at most. That ECS lists them also by
// the deployment that started them is documented only for that filter alone, so it is not asked for.
func (c *Client) StoppedTasks(ctx context.Context, cluster, service string) ([]past.StoppedTask, error) {
	list, err := c.ecs.ListTasks(ctx, &awsecs.ListTasksInput{
		Cluster: &cluster, ServiceName: &service, DesiredStatus: ecstypes.DesiredStatusStopped, MaxResults: awssdk.Int32(100),
	})
	if err != nil || len(list.TaskArns) == 0 {
		return nil, err
	}
	out, err := c.ecs.DescribeTasks(ctx, &awsecs.DescribeTasksInput{Cluster: &cluster, Tasks: list.TaskArns})
	if err != nil {
		return nil, err
	}
	var tasks []past.StoppedTask
	for _, t := range out.Tasks {
		task := past.StoppedTask{
			Deployment: awssdk.ToString(t.StartedBy), At: awssdk.ToTime(t.StoppedAt), Reason: awssdk.ToString(t.StoppedReason),
			Exited: t.StopCode == ecstypes.TaskStopCodeEssentialContainerExited,
		}
		for _, container := range t.Containers {
			ended := past.StoppedContainer{Name: awssdk.ToString(container.Name), Reason: awssdk.ToString(container.Reason)}
			if container.ExitCode != nil {
				ended.Exit = awssdk.Int(int(*container.ExitCode))
			}
			task.Containers = append(task.Containers, ended)
		}
		tasks = append(tasks, task)
	}
	return tasks, nil
}

// eventsKept is how many events of a service are kept.
const eventsKept = 10

// takeEvents takes from the events of a service, of which ECS gives the newest first, what tells how it gets on.
func takeEvents(s *past.Service, events []ecstypes.ServiceEvent) {
	var newest time.Time
	for _, d := range s.Deployments {
		if d.CreatedAt.After(newest) {
			newest = d.CreatedAt
		}
	}
	for _, e := range events {
		at, text := awssdk.ToTime(e.CreatedAt), awssdk.ToString(e.Message)
		if at.After(newest) {
			s.Started += past.Started(text)
		}
		if past.IsDraining(text) && at.After(s.Draining) {
			s.Draining = at
		}
		if past.IsTrouble(text) && len(s.Events) < eventsKept {
			s.Events = append(s.Events, past.Event{At: at, Text: past.PlainEvent(text)})
		}
	}
}
