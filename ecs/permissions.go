package ecs

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// A Permission is an action that an undo of a cluster needs, and whether it is allowed.
type Permission struct {
	Action   string
	Resource string // for a policy: an ARN with stars, or *
	Access   Access
	Why      string // where it is denied: what AWS, or IAM's simulation, says
}

// Access is whether something is allowed.
type Access string

// Whether something is allowed.
const (
	Allowed Access = "yes"
	Denied  Access = "no"
	Unknown Access = "not known" // it was not tried, and IAM does not tell
)

// Permissions finds out which of the actions that an undo of a cluster needs are allowed: it makes the reading calls, and has IAM
// simulate the others, where that is allowed. It changes nothing. The tags are those that registered copies would get. With scheduled,
// it is an undo of the cluster's rules and schedules as well.
func (c *Client) Permissions(ctx context.Context, cluster string, tags map[string]string, scheduled bool) ([]Permission, error) {
	tried, err := c.calls.Try(ctx, cluster, scheduled)
	if err != nil {
		return nil, err
	}
	var all []Permission
	for _, call := range tried.Calls {
		p := Permission{Action: call.Action, Resource: widened(call.Resource), Access: Allowed, Why: call.Denied}
		if call.Denied != "" {
			p.Access = Denied
		}
		all = append(all, p)
	}
	questions := changing(tried, cluster, c.Region, tags)
	denials, err := c.calls.Denials(ctx, questions)
	if err != nil && !errors.Is(err, aws.ErrNotSimulated) {
		return nil, err
	}
	for n, q := range questions {
		p := Permission{Action: q.Action, Resource: widened(q.Resource), Access: Unknown}
		if err == nil {
			if p.Access, p.Why = Allowed, denials[n]; p.Why != "" {
				p.Access = Denied
			}
		}
		all = append(all, p)
	}
	return all, nil
}

// changing are the actions that change something, on what the reading calls have found.
func changing(t aws.Tried, cluster, region string, tags map[string]string) []aws.Question {
	at, err := past.ParseARN(t.Cluster)
	if err != nil {
		at = past.ARN{Partition: "aws", Service: "ecs", Region: region, Account: "*"}
	}
	arn := func(resource string) string {
		at.Resource = resource
		return at.String()
	}
	service, deployment, family := t.Service, t.Deployment, t.Definition.Family
	if service == "" {
		service = arn("service/" + cluster + "/any")
	}
	if deployment == "" {
		deployment = arn("service-deployment/" + cluster + "/any/any")
	}
	if family == "" {
		family = "any"
	}
	in := map[string]string{"ecs:cluster": arn("cluster/" + cluster)}
	questions := []aws.Question{
		{Action: "ecs:UpdateService", Resource: service, Context: in},
		{Action: "ecs:StopServiceDeployment", Resource: deployment, Context: in},
		{Action: "ecs:RegisterTaskDefinition", Resource: arn("task-definition/" + family + ":*"), Tags: withOrigin(tags)},
		{Action: "ecs:TagResource", Resource: arn("task-definition/" + family + ":*"), Tags: withOrigin(tags),
			Context: map[string]string{"ecs:CreateAction": "RegisterTaskDefinition"}},
	}
	for _, role := range t.Roles {
		questions = append(questions, aws.Question{Action: "iam:PassRole", Resource: role, Context: map[string]string{"iam:PassedToService": "ecs-tasks.amazonaws.com"}})
	}
	for _, s := range t.Schedulings {
		questions = append(questions, aws.Question{Action: s.Action, Resource: s.Resource})
		if s.Role != "" {
			questions = append(questions, aws.Question{Action: "iam:PassRole", Resource: s.Role, Context: map[string]string{"iam:PassedToService": s.Passed}})
		}
	}
	return questions
}

func withOrigin(tags map[string]string) map[string]string {
	all := map[string]string{past.OriginTag: "any:1"}
	for key, value := range tags {
		all[key] = value
	}
	return all
}

// widened makes the resource of a policy of that of a call: what belongs to a service of a cluster becomes all of them, a rule or a
// schedule all rules or schedules.
func widened(resource string) string {
	arn, err := past.ParseARN(resource)
	if err != nil || !slices.Contains([]string{"ecs", "events", "scheduler"}, arn.Service) {
		return resource
	}
	switch parts := strings.Split(arn.Resource, "/"); {
	case slices.Contains([]string{"task-definition", "rule", "schedule"}, parts[0]):
		arn.Resource = parts[0] + "/*"
	case len(parts) > 2:
		arn.Resource = parts[0] + "/" + parts[1] + "/*"
	}
	return arn.String()
}
