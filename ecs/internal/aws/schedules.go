package aws

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"golang.org/x/sync/errgroup"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// scheduledAtOnce is how many schedules or rules are read at the same time.
const scheduledAtOnce = 50

func (c *Client) scheduler() *scheduler.Client {
	return scheduler.NewFromConfig(c.config, func(o *scheduler.Options) {
		o.Retryer, o.RetryMaxAttempts = c.renewal.newRetryer(Attempts), 0
		o.APIOptions = append(o.APIOptions, c.pace.add, c.holdStale)
	})
}

// ClusterARN gives the ARN by which targets name a cluster.
func (c *Client) ClusterARN(ctx context.Context, cluster string) (string, error) {
	out, err := c.ecs.DescribeClusters(ctx, &awsecs.DescribeClustersInput{Clusters: []string{cluster}})
	if err != nil {
		return "", err
	}
	for _, d := range out.Clusters {
		if awssdk.ToString(d.Status) != past.Inactive {
			return awssdk.ToString(d.ClusterArn), nil
		}
	}
	return "", &ClusterNotFoundError{Cluster: cluster, Region: c.Region}
}

// Schedules reads the schedules of all groups that run tasks in a cluster and whose names match.
func (c *Client) Schedules(ctx context.Context, clusterARN string, match func(string) bool) ([]*past.Scheduled, error) {
	client := c.scheduler()
	var wanted []*past.Scheduled
	pages := scheduler.NewListSchedulesPaginator(client, &scheduler.ListSchedulesInput{MaxResults: awssdk.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range page.Schedules {
			one := &past.Scheduled{Group: awssdk.ToString(s.GroupName), Schedule: awssdk.ToString(s.Name)}
			one.Name = past.ScheduleName(one.Group, one.Schedule)
			if s.Target != nil && (awssdk.ToString(s.Target.Arn) == clusterARN || ecsCall(awssdk.ToString(s.Target.Arn)) != "") && match(one.Name) {
				wanted = append(wanted, one)
			}
		}
	}
	found := make([]*past.Scheduled, len(wanted))
	g, reads := errgroup.WithContext(ctx)
	g.SetLimit(scheduledAtOnce)
	for i, s := range wanted {
		g.Go(func() (err error) {
			found[i], err = readSchedule(reads, client, s.Group, s.Schedule, clusterARN)
			return err
		})
	}
	err := g.Wait()
	return slices.DeleteFunc(found, func(s *past.Scheduled) bool { return s == nil }), err
}

// readSchedule gives nil if it is not there (any more), or runs no task in the cluster; in any if clusterARN is "".
func readSchedule(ctx context.Context, client *scheduler.Client, group, name, clusterARN string) (*past.Scheduled, error) {
	var raw []byte
	out, err := client.GetSchedule(ctx, &scheduler.GetScheduleInput{GroupName: &group, Name: &name}, func(o *scheduler.Options) {
		o.APIOptions = append(o.APIOptions, keepingBody(&raw))
	})
	if errorCode(err) == "ResourceNotFoundException" {
		return nil, nil
	}
	if err != nil || out.Target == nil {
		return nil, err
	}
	s := &past.Scheduled{
		Name: past.ScheduleName(group, name), ARN: awssdk.ToString(out.Arn), Group: group, Schedule: name,
		ChangedAt: awssdk.ToTime(out.LastModificationDate), Body: raw,
	}
	if task := out.Target.EcsParameters; task != nil {
		s.SetDefinition(awssdk.ToString(task.TaskDefinitionArn))
	} else if !takeUniversal(s, out.Target, clusterARN) {
		return nil, nil
	}
	if _, err := scheduleInput(raw); err != nil {
		s.Unknown = unknownMember(err)
	}
	return s, nil
}

// scheduleOutputOnly are the members of a schedule that UpdateSchedule does not take, and those that are times, which are written as
// numbers.
var scheduleOutputOnly, scheduleTimes = []string{"Arn", "CreationDate", "LastModificationDate"}, []string{"StartDate", "EndDate"}

// scheduleInput turns what GetSchedule answered into what UpdateSchedule takes, which replaces everything: a member that this SDK
// does not know is an error, since it would be gone.
func scheduleInput(answer []byte) (*scheduler.UpdateScheduleInput, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(answer, &members); err != nil {
		return nil, err
	}
	times := map[string]json.RawMessage{}
	for _, name := range scheduleTimes {
		if text := members[name]; text != nil && string(text) != "null" {
			times[name] = text
		}
		delete(members, name)
	}
	for _, name := range scheduleOutputOnly {
		delete(members, name)
	}
	in := &scheduler.UpdateScheduleInput{}
	if err := strictly(marshal(members), in); err != nil {
		return nil, err
	}
	var err error
	if in.StartDate, err = epochTime(times["StartDate"]); err != nil {
		return nil, err
	}
	in.EndDate, err = epochTime(times["EndDate"])
	return in, err
}

// strictly decodes what AWS answered, and refuses members that it does not know.
func strictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// unknownMember says what keeps something from being sent back without a loss.
func unknownMember(err error) string {
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return name
	}
	return err.Error()
}

// LookAt reads a schedule or a rule's target again; nil if it is not there any more. It is one call, so that the look is no older than
// its answer; who manages a rule does not change, and is taken over.
func (c *Client) LookAt(ctx context.Context, s *past.Scheduled) (*past.Scheduled, error) {
	if s.Rule == "" {
		return readSchedule(ctx, c.scheduler(), s.Group, s.Schedule, "")
	}
	all, err := readTargets(ctx, c.eventbridge(), s.Bus, s.Rule, "")
	if errorCode(err) == "ResourceNotFoundException" {
		return nil, nil
	}
	for _, now := range all {
		if now.Target == s.Target {
			now.Name, now.ARN, now.ManagedBy = s.Name, s.ARN, s.ManagedBy
			return now, err
		}
	}
	return nil, err
}

// errUnseen says that a change was to be sent of something that would not be whole.
var errUnseen = errors.New("what was read of it cannot be sent back as it was")

// ErrContended says that AWS refused a change since another one was under way.
var ErrContended = errors.New("something else was being changed at the same time")

// contended marks the errors of EventBridge and Scheduler that say so.
func contended(err error) error {
	if code := errorCode(err); code == "ConcurrentModificationException" || code == "ConflictException" {
		return errors.Join(err, ErrContended)
	}
	return err
}

// Point has a schedule or a rule's target run another definition, and sends everything else as it was read. It asks once.
func (c *Client) Point(ctx context.Context, s *past.Scheduled, t past.TaskDefinition) error {
	if s.Rule != "" {
		return contended(c.putTarget(ctx, s, t))
	}
	in, err := scheduleInput(s.Body)
	if err != nil || in.Target == nil {
		return errors.Join(errUnseen, err)
	}
	if task := in.Target.EcsParameters; task != nil {
		task.TaskDefinitionArn = awssdk.String(s.Spelled(t))
	} else if in.Target.Input, err = spliced(awssdk.ToString(in.Target.Input), "TaskDefinition", s.Spelled(t)); err != nil {
		return errors.Join(errUnseen, err)
	}
	out, err := c.scheduler().UpdateSchedule(ctx, in, func(o *scheduler.Options) { o.Retryer = awssdk.NopRetryer{} })
	if err == nil && awssdk.ToString(out.ScheduleArn) == "" {
		return ErrNoAnswer
	}
	return contended(err)
}
