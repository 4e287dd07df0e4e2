package aws

import (
	"context"
	"sync"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy"
	cdtypes "github.com/aws/aws-sdk-go-v2/service/codedeploy/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// targetAge is how long what is known of a deployment's target is told before it is asked for again: that is a call for each
// deployment, of an API whose limits are not documented.
const targetAge = 10 * time.Second

// targets are where CodeDeploy's deployments have come in their life cycles, as last asked for.
type targets struct {
	mu    sync.Mutex
	off   bool // asking is not permitted
	known map[string]target
}

type target struct {
	id      string
	stage   string // the lifecycle event that goes on; empty: not known
	traffic *int   // percent on the replacement
	asked   time.Time
}

// AddLifecycles adds to deployments of CodeDeploy that go on which event of their life cycle they are in, and where the traffic
// is. Without permission they stay as they are.
func (c *Client) AddLifecycles(ctx context.Context, deployments []*past.ServiceDeployment) {
	_ = Parallel(ctx, deployments, func(ctx context.Context, d *past.ServiceDeployment) error {
		if d.Stage != string(cdtypes.DeploymentStatusInProgress) {
			return nil
		}
		if t := c.target(ctx, d.ARN); t.stage != "" {
			d.Stage, d.Traffic = t.stage, t.traffic
		}
		return nil
	})
}

// target gives the one target of a deployment for ECS, its service.
func (c *Client) target(ctx context.Context, deployment string) target {
	c.targets.mu.Lock()
	t, off := c.targets.known[deployment], c.targets.off
	c.targets.mu.Unlock()
	if off || c.Clock.Since(t.asked) < targetAge {
		return t
	}
	t, err := c.readTarget(ctx, deployment, t)
	c.targets.mu.Lock()
	defer c.targets.mu.Unlock()
	c.targets.off = c.targets.off || Unreadable(err)
	if c.targets.known == nil {
		c.targets.known = map[string]target{}
	}
	c.targets.known[deployment] = t
	return t
}

func (c *Client) readTarget(ctx context.Context, deployment string, t target) (target, error) {
	t.asked = c.Clock.Now()
	if t.id == "" {
		out, err := c.codedeploy().ListDeploymentTargets(ctx, &codedeploy.ListDeploymentTargetsInput{DeploymentId: &deployment})
		if err != nil || len(out.TargetIds) != 1 {
			return t, err
		}
		t.id = out.TargetIds[0]
	}
	out, err := c.codedeploy().BatchGetDeploymentTargets(ctx, &codedeploy.BatchGetDeploymentTargetsInput{
		DeploymentId: &deployment, TargetIds: []string{t.id},
	})
	if err != nil || len(out.DeploymentTargets) != 1 || out.DeploymentTargets[0].EcsTarget == nil {
		return t, err
	}
	ecs := out.DeploymentTargets[0].EcsTarget
	t.stage, t.traffic = "", nil
	for _, e := range ecs.LifecycleEvents {
		if e.Status == cdtypes.LifecycleEventStatusInProgress {
			t.stage = awssdk.ToString(e.LifecycleEventName)
		}
	}
	for _, set := range ecs.TaskSetsInfo {
		if set.TaskSetLabel == cdtypes.TargetLabelGreen {
			t.traffic = awssdk.Int(int(set.TrafficWeight))
		}
	}
	return t, nil
}
