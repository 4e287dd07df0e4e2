package aws

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// RollBack has ECS roll a running deployment back to where it came from. Asking twice is harmless.
func (c *Client) RollBack(ctx context.Context, deployment string) error {
	_, err := c.ecs.StopServiceDeployment(ctx, &awsecs.StopServiceDeploymentInput{
		ServiceDeploymentArn: &deployment, StopType: ecstypes.StopServiceDeploymentStopTypeRollback,
	}, sentOnce)
	return err
}

// DescribeDeployments asks how service deployments stand. Those that could not be asked for are left out: then the services
// alone have to do, or the next look.
func (c *Client) DescribeDeployments(ctx context.Context, arns []string) map[string]*past.ServiceDeployment {
	found := map[string]*past.ServiceDeployment{}
	for batch := range slices.Chunk(unique(arns), past.RevisionLimit) {
		out, err := c.ecs.DescribeServiceDeployments(ctx, &awsecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: batch})
		if err != nil {
			continue
		}
		for _, d := range out.ServiceDeployments {
			deployment := &past.ServiceDeployment{
				ARN: awssdk.ToString(d.ServiceDeploymentArn), Status: string(d.Status), Reason: awssdk.ToString(d.StatusReason),
				CreatedAt: awssdk.ToTime(d.CreatedAt), FinishedAt: awssdk.ToTime(d.FinishedAt), Waiting: waitingHook(d),
			}
			for _, source := range d.SourceServiceRevisions {
				deployment.Sources = append(deployment.Sources, awssdk.ToString(source.Arn))
			}
			deployment.Stage, deployment.UpdatedAt = string(d.LifecycleStage), awssdk.ToTime(d.UpdatedAt)
			if d.Rollback != nil {
				deployment.RollbackAt = awssdk.ToTime(d.Rollback.StartedAt)
			}
			if c := d.DeploymentConfiguration; c != nil {
				deployment.BakeTime = time.Duration(awssdk.ToInt32(c.BakeTimeInMinutes)) * time.Minute
			}
			if t := d.TargetServiceRevision; t != nil {
				if w := t.RequestedProductionTrafficWeight; w != nil {
					deployment.Traffic = awssdk.Int(int(*w))
				}
				deployment.Counted, deployment.Requested, deployment.Target = true, int(t.RequestedTaskCount), awssdk.ToString(t.Arn)
			}
			found[deployment.ARN] = deployment
		}
	}
	return found
}

// waitingHook tells where a deployment waits for somebody, and how to let it go on.
func waitingHook(d ecstypes.ServiceDeployment) string {
	if strings.HasPrefix(string(d.Status), "ROLLBACK") { // to go on would be to go back to what is being left
		return ""
	}
	for _, h := range d.LifecycleHookDetails {
		if h.Status == ecstypes.DeploymentLifecycleHookStatusAwaitingAction {
			return fmt.Sprintf("waits at a pause hook in stage %s; let it go on with 'aws ecs continue-service-deployment --service-deployment-arn %s --hook-id %s'",
				d.LifecycleStage, awssdk.ToString(d.ServiceDeploymentArn), awssdk.ToString(h.HookId))
		}
	}
	return ""
}
