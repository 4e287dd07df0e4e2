package aws

import (
	"strings"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// A deployment that waits for somebody is said how to let it go on, unless ECS is rolling it back.
func TestWaitingHook(t *testing.T) {
	t.Parallel()
	d := ecstypes.ServiceDeployment{
		ServiceDeploymentArn: awssdk.String("arn:d"), LifecycleStage: ecstypes.ServiceDeploymentLifecycleStagePostScaleUp,
		LifecycleHookDetails: []ecstypes.DeploymentLifecycleHookDetail{{HookId: awssdk.String("h"), Status: ecstypes.DeploymentLifecycleHookStatusAwaitingAction}},
	}
	for status, waits := range map[ecstypes.ServiceDeploymentStatus]bool{
		ecstypes.ServiceDeploymentStatusInProgress: true, ecstypes.ServiceDeploymentStatusRollbackRequested: false, ecstypes.ServiceDeploymentStatusRollbackInProgress: false,
	} {
		d.Status = status
		if said := waitingHook(d); waits != strings.Contains(said, "aws ecs continue-service-deployment --service-deployment-arn arn:d --hook-id h") || !waits && said != "" {
			t.Errorf("%s: %q", status, said)
		}
	}
}
