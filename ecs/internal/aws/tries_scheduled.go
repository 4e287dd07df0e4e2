package aws

import (
	"context"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// A Scheduling is the change of a rule or a schedule of the cluster, and the role that is passed with it.
type Scheduling struct {
	Action   string
	Resource string // the ARN of the first one; with a star where it is not known which there are
	Role     string // empty if it has none, or that is not known
	Passed   string // to which service
}

// scheduled makes the reading calls for the cluster's rules and schedules. Of what the cluster has none, nothing is asked further.
func (t *trying) scheduled(ctx context.Context, cluster string) error {
	if t.Cluster == "" {
		t.Cluster = past.ARN{Partition: "aws", Service: "ecs", Region: t.Region, Account: "*", Resource: "cluster/" + cluster}.String()
	}
	if err := t.rules(ctx); err != nil {
		return err
	}
	return t.schedules(ctx)
}

// near gives an ARN of another service beside the cluster.
func (t *trying) near(service, resource string) string {
	at, _ := past.ParseARN(t.Cluster)
	at.Service, at.Resource = service, resource
	return at.String()
}

func (t *trying) rules(ctx context.Context) error {
	client := t.eventbridge()
	buses := []string{"default"}
	listed, err := client.ListEventBuses(ctx, &eventbridge.ListEventBusesInput{Limit: awssdk.Int32(100)})
	if err := t.note("events:ListEventBuses", "*", err); err != nil {
		return err
	}
	if err == nil {
		buses = nil
		for _, b := range listed.EventBuses {
			buses = append(buses, awssdk.ToString(b.Name))
		}
	}
	change := Scheduling{Action: "events:PutTargets", Resource: t.near("events", "rule/*"), Passed: "events.amazonaws.com"}
	var bus, rule string
	for _, b := range buses {
		var names *eventbridge.ListRuleNamesByTargetOutput
		names, err = client.ListRuleNamesByTarget(ctx, &eventbridge.ListRuleNamesByTargetInput{TargetArn: &t.Cluster, EventBusName: &b, Limit: awssdk.Int32(1)})
		if err != nil {
			break
		}
		if len(names.RuleNames) > 0 {
			bus, rule = b, names.RuleNames[0]
			break
		}
	}
	if err := t.note("events:ListRuleNamesByTarget", "*", err); err != nil {
		return err
	}
	if rule == "" {
		if err != nil { // there may be some
			t.Schedulings = append(t.Schedulings, change)
		}
		return nil
	}
	targets, err := client.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: &rule, EventBusName: &bus})
	if err := t.note("events:ListTargetsByRule", "*", err); err != nil {
		return err
	}
	if err == nil {
		for _, target := range targets.Targets {
			if target.EcsParameters != nil && awssdk.ToString(target.Arn) == t.Cluster {
				change.Role = awssdk.ToString(target.RoleArn)
				break
			}
		}
	}
	about, err := client.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: &rule, EventBusName: &bus})
	if err := t.note("events:DescribeRule", "*", err); err != nil {
		return err
	}
	if err == nil {
		change.Resource = awssdk.ToString(about.Arn)
	}
	t.Schedulings = append(t.Schedulings, change)
	return nil
}

func (t *trying) schedules(ctx context.Context) error {
	client := t.scheduler()
	change := Scheduling{Action: "scheduler:UpdateSchedule", Resource: t.near("scheduler", "schedule/*"), Passed: "scheduler.amazonaws.com"}
	in := &scheduler.GetScheduleInput{}
	var err error
	pages := scheduler.NewListSchedulesPaginator(client, &scheduler.ListSchedulesInput{MaxResults: awssdk.Int32(100)})
	for in.Name == nil && pages.HasMorePages() {
		var page *scheduler.ListSchedulesOutput
		if page, err = pages.NextPage(ctx); err != nil {
			break
		}
		for _, s := range page.Schedules {
			if s.Target != nil && awssdk.ToString(s.Target.Arn) == t.Cluster {
				in.Name, in.GroupName, change.Resource = s.Name, s.GroupName, awssdk.ToString(s.Arn)
				break
			}
		}
	}
	if err := t.note("scheduler:ListSchedules", "*", err); err != nil {
		return err
	}
	if in.Name == nil {
		if err != nil { // there may be some
			t.Schedulings = append(t.Schedulings, change)
		}
		return nil
	}
	got, err := client.GetSchedule(ctx, in)
	if err := t.note("scheduler:GetSchedule", "*", err); err != nil {
		return err
	}
	if err == nil && got.Target != nil {
		change.Role = awssdk.ToString(got.Target.RoleArn)
	}
	t.Schedulings = append(t.Schedulings, change)
	return nil
}
