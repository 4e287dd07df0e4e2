package aws

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"
	"golang.org/x/sync/errgroup"

	"github.com/ecsundo/ecsundo/ecs/past"
)

func (c *Client) eventbridge() *eventbridge.Client {
	return eventbridge.NewFromConfig(c.config, func(o *eventbridge.Options) {
		o.Retryer, o.RetryMaxAttempts = c.renewal.newRetryer(Attempts), 0
		o.APIOptions = append(o.APIOptions, c.pace.add, c.holdStale)
	})
}

// Rules reads the targets of rules on all event buses that run tasks in a cluster and whose rules' names match. Without permission
// to list the buses it reads those of the default one, and says so by unlisted.
func (c *Client) Rules(ctx context.Context, clusterARN string, match func(string) bool) (found []*past.Scheduled, unlisted, err error) {
	client := c.eventbridge()
	buses, err := listBuses(ctx, client)
	if Unreadable(err) {
		buses, unlisted, err = []string{"default"}, err, nil
	}
	if err != nil {
		return nil, nil, err
	}
	g, reads := errgroup.WithContext(ctx)
	g.SetLimit(scheduledAtOnce)
	targets := make(chan []*past.Scheduled, len(buses))
	for _, bus := range buses {
		g.Go(func() error {
			of, err := readBus(reads, client, bus, clusterARN, match)
			targets <- of
			return err
		})
	}
	err = g.Wait()
	close(targets)
	for of := range targets {
		found = append(found, of...)
	}
	return found, unlisted, err
}

func listBuses(ctx context.Context, client *eventbridge.Client) (buses []string, err error) {
	in := &eventbridge.ListEventBusesInput{Limit: awssdk.Int32(100)}
	for {
		page, err := client.ListEventBuses(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, b := range page.EventBuses {
			buses = append(buses, awssdk.ToString(b.Name))
		}
		if in.NextToken = page.NextToken; awssdk.ToString(in.NextToken) == "" {
			return buses, nil
		}
	}
}

func readBus(ctx context.Context, client *eventbridge.Client, bus, clusterARN string, match func(string) bool) (found []*past.Scheduled, err error) {
	var rules []string
	in := &eventbridge.ListRuleNamesByTargetInput{TargetArn: &clusterARN, EventBusName: &bus, Limit: awssdk.Int32(100)}
	for {
		page, err := client.ListRuleNamesByTarget(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, name := range page.RuleNames {
			if match(past.RuleName(bus, name)) {
				rules = append(rules, name)
			}
		}
		if in.NextToken = page.NextToken; awssdk.ToString(in.NextToken) == "" {
			break
		}
	}
	targets := make([][]*past.Scheduled, len(rules))
	g, reads := errgroup.WithContext(ctx)
	g.SetLimit(scheduledAtOnce)
	for i, rule := range rules {
		g.Go(func() (err error) {
			targets[i], err = readRule(reads, client, bus, rule, clusterARN)
			if errorCode(err) == "ResourceNotFoundException" {
				err = nil // deleted since it was listed
			}
			return err
		})
	}
	err = g.Wait()
	return slices.Concat(targets...), err
}

// readTargets reads the targets of a rule that run tasks in a cluster; in any if clusterARN is "".
func readTargets(ctx context.Context, client *eventbridge.Client, bus, rule, clusterARN string) (found []*past.Scheduled, err error) {
	in := &eventbridge.ListTargetsByRuleInput{Rule: &rule, EventBusName: &bus, Limit: awssdk.Int32(100)}
	for {
		var raw []byte
		page, err := client.ListTargetsByRule(ctx, in, func(o *eventbridge.Options) { o.APIOptions = append(o.APIOptions, keepingBody(&raw)) })
		if err != nil {
			return nil, err
		}
		var bodies struct{ Targets []json.RawMessage }
		if err := json.Unmarshal(raw, &bodies); err != nil || len(bodies.Targets) != len(page.Targets) {
			return nil, errors.Join(ErrNoAnswer, err)
		}
		for i, t := range page.Targets {
			if t.EcsParameters == nil || clusterARN != "" && awssdk.ToString(t.Arn) != clusterARN {
				continue
			}
			s := &past.Scheduled{Name: past.RuleName(bus, rule), Bus: bus, Rule: rule, Target: awssdk.ToString(t.Id), Body: bodies.Targets[i]}
			s.SetDefinition(awssdk.ToString(t.EcsParameters.TaskDefinitionArn))
			if err := strictly(s.Body, &eventtypes.Target{}); err != nil {
				s.Unknown = unknownMember(err)
			}
			found = append(found, s)
		}
		if in.NextToken = page.NextToken; awssdk.ToString(in.NextToken) == "" {
			return found, nil
		}
	}
}

// readRule reads the targets of a rule that run tasks in a cluster, and who manages it.
func readRule(ctx context.Context, client *eventbridge.Client, bus, rule, clusterARN string) ([]*past.Scheduled, error) {
	found, err := readTargets(ctx, client, bus, rule, clusterARN)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	// Without permission to describe it, PutTargets tells whether somebody manages it.
	about, err := client.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: &rule, EventBusName: &bus})
	if err != nil && !Unreadable(err) {
		return nil, err
	}
	for _, s := range found {
		if len(found) > 1 {
			s.Name += "#" + s.Target
		}
		if about != nil {
			s.ARN, s.ManagedBy = awssdk.ToString(about.Arn), awssdk.ToString(about.ManagedBy)
		}
	}
	return found, nil
}

// putTarget puts a target in the place of itself, with another definition. The SDK leaves out EnableECSManagedTags and
// EnableExecuteCommand where they are false, and weight and base where they are 0, which are the defaults of ECS (API reference,
// RunTask and CapacityProviderStrategyItem).
func (c *Client) putTarget(ctx context.Context, s *past.Scheduled, t past.TaskDefinition) error {
	var target eventtypes.Target
	if err := strictly(s.Body, &target); err != nil || target.EcsParameters == nil {
		return errors.Join(errUnseen, err)
	}
	target.EcsParameters.TaskDefinitionArn = awssdk.String(s.Spelled(t))
	out, err := c.eventbridge().PutTargets(ctx, &eventbridge.PutTargetsInput{
		Rule: &s.Rule, EventBusName: &s.Bus, Targets: []eventtypes.Target{target},
	}, func(o *eventbridge.Options) { o.Retryer = awssdk.NopRetryer{} })
	if err != nil {
		return err
	}
	for _, f := range out.FailedEntries {
		return &smithy.GenericAPIError{Code: awssdk.ToString(f.ErrorCode), Message: awssdk.ToString(f.ErrorMessage)}
	}
	if out.FailedEntryCount > 0 {
		return ErrNoAnswer
	}
	return nil
}

// epochTime reads a time that is written as seconds since 1970, to the millisecond, which is as exact as the SDK sends it; nil if there
// is none.
func epochTime(text json.RawMessage) (*time.Time, error) {
	if text == nil {
		return nil, nil
	}
	seconds, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return nil, err
	}
	whole, part := math.Modf(seconds)
	t := time.Unix(int64(whole), int64(math.Round(part*1000))*int64(time.Millisecond)).UTC()
	return &t, nil
}
