package ecstest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

func eventClient(t *testing.T, s *Server) *eventbridge.Client {
	return eventbridge.New(eventbridge.Options{
		Region: "eu-west-1", BaseEndpoint: endpointFor(t, s), RetryMaxAttempts: 1, APIOptions: []func(*middleware.Stack) error{plainBody},
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	})
}

func schedulerClient(t *testing.T, s *Server) *scheduler.Client {
	return scheduler.New(scheduler.Options{
		Region: "eu-west-1", BaseEndpoint: endpointFor(t, s), RetryMaxAttempts: 1, APIOptions: []func(*middleware.Stack) error{plainBody},
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	})
}

// code is the code of an error of AWS, empty if it is none.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

const jobs = `
	cluster prod
	cluster other
	register job v1 v2 v3
	rule prod/nightly job:3 job:2 schedule='rate(1 day)' tag.team=blue 'json={"Input":"{\"a\":1}","RetryPolicy":{"MaximumRetryAttempts":2}}'
	rule prod/orders job:3 bus=shop pattern='{"source":["shop"]}' state=DISABLED
	rule other/elsewhere job:3
	rule prod/managed job:3 managed=ecs.amazonaws.com
	schedule prod/report job:3 timezone=Europe/Berlin tag.team=blue 'also={"Description":"every night","KmsKeyArn":"arn:aws:kms:eu-west-1:1:key/k"}'
	schedule prod/report job group=jobs expression='rate(1 hour)' state=DISABLED
	schedule other/elsewhere job:3 group=jobs
`

// TestRules reads the rules of a cluster on several buses.
func TestRules(t *testing.T) {
	s, _ := start(t, jobs)
	c, ctx := eventClient(t, s), context.Background()
	buses, err := c.ListEventBuses(ctx, &eventbridge.ListEventBusesInput{})
	if err != nil || len(buses.EventBuses) != 2 {
		t.Fatal(buses, err)
	}
	var got []string
	for _, bus := range buses.EventBuses {
		rules, err := c.ListRuleNamesByTarget(ctx, &eventbridge.ListRuleNamesByTargetInput{TargetArn: aws.String("arn:aws:ecs:eu-west-1:123456789012:cluster/prod"), EventBusName: bus.Name})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range rules.RuleNames {
			rule, err := c.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: &name, EventBusName: bus.Arn})
			if err != nil {
				t.Fatal(err)
			}
			targets, err := c.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: &name, EventBusName: bus.Name})
			if err != nil {
				t.Fatal(err)
			}
			line := fmt.Sprint(*bus.Name, " ", strings.TrimPrefix(*rule.Arn, "arn:aws:events:eu-west-1:123456789012:"), " ", rule.State, " ", aws.ToString(rule.ManagedBy))
			for _, target := range targets.Targets {
				line += fmt.Sprint(" ", *target.Id, "=", strings.TrimPrefix(*target.EcsParameters.TaskDefinitionArn, "arn:aws:ecs:eu-west-1:123456789012:task-definition/"))
			}
			got = append(got, line)
		}
	}
	want := []string{
		"default rule/nightly ENABLED  nightly=job:3 nightly-2=job:2", "default rule/managed ENABLED ecs.amazonaws.com managed=job:3",
		"shop rule/shop/orders DISABLED  orders=job:3",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// TestPutTargets: a target is replaced entirely, the others stay.
func TestPutTargets(t *testing.T) {
	s, _ := start(t, jobs+"rule prod/stubborn job:3 refuses=InternalFailure\nrule prod/full job:1 job:1 job:1 job:1 job:1")
	c, ctx := eventClient(t, s), context.Background()
	targets := func(rule string) []eventtypes.Target {
		out, err := c.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: &rule})
		if err != nil {
			t.Fatal(err)
		}
		return out.Targets
	}
	put := func(rule string, change func(*eventtypes.Target)) (*eventbridge.PutTargetsOutput, error) {
		target := targets(rule)[0]
		change(&target)
		return c.PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: &rule, Targets: []eventtypes.Target{target}})
	}
	before := targets("nightly")
	out, err := put("nightly", func(target *eventtypes.Target) {
		target.EcsParameters.TaskDefinitionArn = before[1].EcsParameters.TaskDefinitionArn
	})
	after := targets("nightly")
	if err != nil || out.FailedEntryCount != 0 || *after[0].EcsParameters.TaskDefinitionArn != *before[1].EcsParameters.TaskDefinitionArn {
		t.Errorf("%+v, %v", out, err)
	}
	after[0].EcsParameters.TaskDefinitionArn = before[0].EcsParameters.TaskDefinitionArn
	if !reflect.DeepEqual(before, after) || *after[0].Input != `{"a":1}` || *after[0].EcsParameters.Tags[0].Key != "team" {
		t.Errorf("got  %+v\nwant %+v", after, before)
	}
	if _, err := put("nightly", func(target *eventtypes.Target) { target.Input, target.RetryPolicy = nil, nil }); err != nil || targets("nightly")[0].Input != nil || targets("nightly")[0].RetryPolicy != nil {
		t.Errorf("what is left out is gone: %+v, %v", targets("nightly")[0], err)
	}
	if out, err := put("stubborn", func(*eventtypes.Target) {}); err != nil || out.FailedEntryCount != 1 || *out.FailedEntries[0].ErrorCode != "InternalFailure" {
		t.Errorf("%+v, %v", out, err)
	}
	for _, test := range []struct {
		rule   string
		change func(*eventtypes.Target)
		want   string
	}{
		{"managed", func(*eventtypes.Target) {}, "ManagedRuleException"},
		{"nightly", func(target *eventtypes.Target) { target.RoleArn = nil }, "ValidationException"},
		{"full", func(target *eventtypes.Target) { target.Id = aws.String("sixth") }, "LimitExceededException"},
	} {
		if _, err := put(test.rule, test.change); code(err) != test.want {
			t.Errorf("%s: got %v, want %s", test.rule, err, test.want)
		}
	}
	if _, err := c.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: aws.String("none")}); code(err) != "ResourceNotFoundException" || !strings.Contains(err.Error(), "Rule none does not exist on EventBus default.") {
		t.Errorf("got %v", err)
	}
	if got := s.Scheduled("prod")["rule/nightly"]; got != "job:2 job:2" && got != "job:3 job:2" {
		t.Errorf("runs %s", got)
	}
}

// TestSchedules reads the schedules of all groups.
func TestSchedules(t *testing.T) {
	s, _ := start(t, jobs)
	c, ctx := schedulerClient(t, s), context.Background()
	groups, err := c.ListScheduleGroups(ctx, &scheduler.ListScheduleGroupsInput{})
	if err != nil || len(groups.ScheduleGroups) != 2 {
		t.Fatal(groups, err)
	}
	var got []string
	for _, group := range groups.ScheduleGroups {
		list, err := c.ListSchedules(ctx, &scheduler.ListSchedulesInput{GroupName: group.Name})
		if err != nil {
			t.Fatal(err)
		}
		for _, each := range list.Schedules {
			full, err := c.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: each.Name, GroupName: each.GroupName})
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(*full.GroupName, " ", *full.Name, " ", full.State, " ", *full.ScheduleExpression, " ", *full.ScheduleExpressionTimezone, " ",
				strings.TrimPrefix(*full.Target.EcsParameters.TaskDefinitionArn, "arn:aws:ecs:eu-west-1:123456789012:task-definition/"), " ", *each.Target.Arn == *full.Target.Arn))
		}
	}
	want := []string{
		"default report ENABLED cron(0 3 * * ? *) Europe/Berlin job:3 true", "jobs report DISABLED rate(1 hour) UTC job true", "jobs elsewhere ENABLED cron(0 3 * * ? *) UTC job:3 true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	page, err := c.ListSchedules(ctx, &scheduler.ListSchedulesInput{MaxResults: aws.Int32(2)})
	if err != nil || len(page.Schedules) != 2 || page.NextToken == nil {
		t.Fatal(page, err)
	}
	if page, err = c.ListSchedules(ctx, &scheduler.ListSchedulesInput{MaxResults: aws.Int32(2), NextToken: page.NextToken}); err != nil || len(page.Schedules) != 1 || page.NextToken != nil {
		t.Errorf("%+v, %v", page, err)
	}
}

// TestUpdateSchedule: everything is replaced; what is left out gets its default, or is gone.
func TestUpdateSchedule(t *testing.T) {
	s, _ := start(t, jobs)
	c, ctx := schedulerClient(t, s), context.Background()
	get := func() *scheduler.GetScheduleOutput {
		out, err := c.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: aws.String("report")})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	before := get()
	before.Target.EcsParameters.TaskDefinitionArn = aws.String("arn:aws:ecs:eu-west-1:123456789012:task-definition/job:1")
	_, err := c.UpdateSchedule(ctx, &scheduler.UpdateScheduleInput{
		Name: before.Name, Target: before.Target, ScheduleExpression: before.ScheduleExpression, FlexibleTimeWindow: before.FlexibleTimeWindow,
		ScheduleExpressionTimezone: before.ScheduleExpressionTimezone, Description: before.Description, KmsKeyArn: before.KmsKeyArn,
		State: before.State, ActionAfterCompletion: before.ActionAfterCompletion,
	})
	after := get()
	if err != nil || !after.LastModificationDate.After(*before.LastModificationDate) {
		t.Errorf("changed at %v, %v", after.LastModificationDate, err)
	}
	after.LastModificationDate, after.ResultMetadata = before.LastModificationDate, before.ResultMetadata
	if !reflect.DeepEqual(before, after) || *after.Target.RetryPolicy.MaximumRetryAttempts != 185 {
		t.Errorf("got  %+v\nwant %+v", after, before)
	}
	least := &scheduler.UpdateScheduleInput{Name: before.Name, Target: before.Target, ScheduleExpression: before.ScheduleExpression, FlexibleTimeWindow: before.FlexibleTimeWindow}
	if _, err = c.UpdateSchedule(ctx, least); err != nil {
		t.Fatal(err)
	}
	if now := get(); now.Description != nil || now.KmsKeyArn != nil || *now.ScheduleExpressionTimezone != "UTC" || now.State != schedulertypes.ScheduleStateEnabled {
		t.Errorf("what was left out is still there: %+v", now)
	}
	if got := s.Scheduled("prod")["schedule/report"]; !strings.HasPrefix(got, "job:1") {
		t.Errorf("runs %s", got)
	}
}

// TestScheduledRefusals: permissions, limits and what is not there, in the protocols of both services.
func TestScheduledRefusals(t *testing.T) {
	for _, test := range []struct {
		line, schedules, rules string
		status                 int
	}{
		{"", "ResourceNotFoundException", "ResourceNotFoundException", 404},
		{"deny scheduler:GetSchedule events:ListTargetsByRule", "AccessDeniedException", "AccessDeniedException", 403},
		{"throttle on level=0 rate=0", "ThrottlingException", "ThrottlingException", 429},
		{"fault * kind=ConcurrentModificationException nth=1..", "ConcurrentModificationException", "ConcurrentModificationException", 400},
	} {
		s, _ := start(t, jobs+test.line)
		_, err := schedulerClient(t, s).GetSchedule(context.Background(), &scheduler.GetScheduleInput{Name: aws.String("none"), GroupName: aws.String("jobs")})
		if got := s.Calls()[0]; code(err) != test.schedules || got.Status != test.status || got.Service != "scheduler" {
			t.Errorf("%s: got %v, %+v", test.line, err, got)
		}
		_, err = eventClient(t, s).ListTargetsByRule(context.Background(), &eventbridge.ListTargetsByRuleInput{Rule: aws.String("none")})
		if code(err) != test.rules || s.Calls()[1].Status != 400 {
			t.Errorf("%s: got %v", test.line, err)
		}
	}
}

// TestDemoNightly: the release that touched the demo's web touched its nightly job too.
func TestDemoNightly(t *testing.T) {
	s := New()
	if err := s.Tell(Demo); err != nil {
		t.Fatal(err)
	}
	if got := s.Scheduled("demo"); len(got) != 1 || got["schedule/nightly"] != "nightly:2" {
		t.Errorf("got %v", got)
	}
}
