package way

import (
	"context"
	"time"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// A track is what is known of a deployment of ECS that is followed.
type track struct {
	was  Mark   // the service before it
	id   string // ecs-svc/…; empty until it shows
	ours string // ARN of the service deployment; empty until it is known
	seen bool   // it was the service's own at some look
	gone int    // looks at which it was not, or at which nothing could be said

	idle time.Time // the look since which none of its tasks has been seen running
}

// noting adds what a look shows of the deployment of a definition.
func (t track) noting(now *past.Service, definition past.TaskDefinition) track {
	primary := now.Primary()
	if t.id == "" && primary.TaskDefinition == definition {
		t.id = primary.ID
	}
	mine := primary.ID == t.id
	t.seen = t.seen || mine
	if t.ours == "" && mine && now.Current != t.was.Current {
		t.ours = now.Current
	}
	return t
}

// ask asks about our service deployment, which is looked for in the history where the service does not show it.
func (t track) ask(task Task, definition past.TaskDefinition) Question {
	q := Question{ID: t.ours, Source: serviceDeployments}
	if t.ours == "" {
		q.Find = func(ctx context.Context, c *aws.Client) string { return t.find(ctx, c, task, definition) }
	}
	return q
}

var serviceDeployments = &Source{Deployments: func(ctx context.Context, c *aws.Client, ids []string) map[string]*past.ServiceDeployment {
	return c.DescribeDeployments(ctx, ids)
}}

// find looks in the history for a deployment of a definition that was not there when the plan was made.
func (t track) find(ctx context.Context, c *aws.Client, task Task, definition past.TaskDefinition) string {
	h, err := c.ListHistory(ctx, task.Cluster, task.Service)
	if err != nil {
		return ""
	}
	var arns []string
	for _, d := range h.Deployments[:min(len(h.Deployments), past.RevisionLimit)] {
		if d.ARN == t.was.Newest || d.ARN == t.was.Current { // of a restore no history was read
			break
		}
		arns = append(arns, d.Target)
	}
	ours := map[string]bool{}
	if err := c.DescribeRevisions(ctx, arns, func(r *past.Revision) {
		ours[r.ARN] = r.Version.TaskDefinition == definition
	}); err != nil {
		return ""
	}
	for i, arn := range arns {
		if ours[arn] {
			return h.Deployments[i].ARN
		}
	}
	return ""
}

// take adds to the track which deployment was asked about.
func (t track) take(seen Sight, definition past.TaskDefinition) track {
	t = t.noting(seen.Service, definition)
	if seen.ID != "" {
		t.ours = seen.ID
	}
	if primary := seen.Service.Primary(); t.idle.IsZero() || primary.ID != t.id || primary.Running > 0 {
		t.idle = seen.At
	}
	return t
}

// Without a circuit breaker ECS tries for ever. This is when a deployment does not come up: so many tasks have failed in a row, and
// for so long none has been running.
const (
	stuckTasks = 10
	stuckTime  = 5 * time.Minute
)

// unlessStuck turns the verdict that a deployment goes on into one that it does not come up, where that is so.
func (t track) unlessStuck(v Verdict, seen Sight) Verdict {
	primary, idle := seen.Service.Primary(), seen.At.Sub(t.idle)
	if v.State != Accepted || v.Next != nil || seen.Service.Breaker || primary.ID != t.id || primary.Failed < stuckTasks || idle < stuckTime {
		return v
	}
	failure := failed(Failed, past.DoesNotComeUp, past.Facts{
		To: primary.TaskDefinition.String(), N: primary.Failed, Status: past.Age(idle), Why: seen.Why,
	})
	failure.Way, failure.Stuck = v.Way, true
	return failure
}

// instead gives the track of another deployment that came in the place of one that has ended.
func (t track) instead(id string, ended *past.ServiceDeployment) track {
	t.id, t.ours = id, ""
	t.was.Newest, t.was.Current = ended.ARN, ended.ARN
	return t
}

// overtakenBy reports whether the service's deployment is one that came after ours, and after the plan.
func (t track) overtakenBy(primary past.Deployment, ours *past.ServiceDeployment, definition past.TaskDefinition) bool {
	return primary.ID != t.was.Primary && primary.ID != t.id && primary.TaskDefinition != definition && primary.CreatedAt.After(ours.CreatedAt)
}
