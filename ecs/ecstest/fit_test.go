package ecstest

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// TestFits: UpdateService refuses what a service's configuration cannot run, in ECS's words.
func TestFits(t *testing.T) {
	for _, test := range []struct{ service, register, want string }{
		{"lb=app:80", "register web v2", ""},
		{"lb=app:80", "register web v2 port=8080", "The container app did not have a container port 80 defined."},
		{"lb=app:80", "register web server=web:v2", "The container app does not exist in the task definition."},
		{"lb=classic", "register web v2 port=8080", "The container app did not have a container port 80 defined."},
		{`serviceConnectConfiguration='{"enabled":true,"services":[{"portName":"http"}]}'`, "register web v2",
			"portName(http) does not refer to any named PortMapping in the container definitions"},
		{`serviceConnectConfiguration='{"enabled":true,"services":[{"portName":"http"}]}'`, "register web v2 port=80/http", ""},
		{`serviceConnectConfiguration='{"enabled":false,"services":[{"portName":"http"}]}'`, "register web v2", ""},
		{`serviceRegistries='[{"registryArn":"arn:x","containerName":"app","containerPort":80}]'`, "register web server=web:v2",
			"The container app is not valid. The value for 'containerName' must already be specified in the task definition. Registry: arn:x"},
		{`serviceRegistries='[{"registryArn":"arn:x","containerName":"app","containerPort":80}]'`, "register web v2 port=81", "The containerPort 80 is not valid."},
		{"registry=web", "register web v2", ""},
		{"volume=data", "register web v2", "Volume configuration provided but no matching configuredAtLaunch volume found in task definition."},
		{"volume=data", `register web v2 'json={"volumes":[{"name":"data","configuredAtLaunch":true}]}'`, ""},
		{"", `register web v2 'json={"volumes":[{"name":"data","configuredAtLaunch":true}]}'`, "Task definition has configuredAtLaunch volume but no volume"},
		{"", "register web v2 launch=EC2", "Task definition does not support launch_type FARGATE."},
		{"capacity=FARGATE_SPOT launchType=null", "register web v2 launch=EC2", "Task definition does not support launch_type FARGATE."},
		{"launch=EC2", "register web v2", ""},
		{"", "register web v2 network=bridge", "Network Configuration is not valid for the given networkMode of this task definition."},
		{"networkConfiguration=null", "register web v2", "Network Configuration must be provided when networkMode 'awsvpc' is specified."},
		{"networkConfiguration=null !unfit", "register web v2", ""},
	} {
		_, c := start(t, "cluster prod\nregister web v1\nservice prod/web "+test.service+"\ndeploy prod/web 1\n"+test.register)
		_, err := update(c, "web", "web:2")
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), "InvalidParameterException: "+test.want)) {
			t.Errorf("%s, %s: got %v, want %s", test.service, test.register, err, test.want)
		}
	}
}

// TestCapacityProviders: to change the strategy takes force; an empty one leads back to the launch type.
func TestCapacityProviders(t *testing.T) {
	_, c := start(t, twoVersions)
	change := func(force bool, definition *string, providers ...string) (types.Service, error) {
		strategy := []types.CapacityProviderStrategyItem{}
		for _, name := range providers {
			strategy = append(strategy, types.CapacityProviderStrategyItem{CapacityProvider: aws.String(name), Weight: 1})
		}
		out, err := c.UpdateService(context.Background(), &awsecs.UpdateServiceInput{
			Cluster: aws.String("prod"), Service: aws.String("web"), TaskDefinition: definition, ForceNewDeployment: force, CapacityProviderStrategy: strategy,
		})
		if err != nil {
			return types.Service{}, err
		}
		return *out.Service, nil
	}
	const refused = "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider " +
		"strategy on a service that is already using one, you must force a new deployment."
	for i, definition := range []*string{nil, aws.String("web:2")} {
		if _, err := change(false, definition, "FARGATE_SPOT"); err == nil || !strings.Contains(err.Error(), refused) {
			t.Errorf("%d, not forced: %v", i, err)
		}
	}
	sv, err := change(true, nil, "FARGATE_SPOT")
	if err != nil || sv.LaunchType != "" || *sv.CapacityProviderStrategy[0].CapacityProvider != "FARGATE_SPOT" || len(sv.Deployments) != 2 {
		t.Errorf("forced: %+v, %v", sv, err)
	}
	if _, err := change(false, aws.String("web:2"), "FARGATE_SPOT"); err != nil {
		t.Errorf("the same: %v", err)
	}
	if _, err := change(false, nil); err == nil || !strings.Contains(err.Error(), refused) {
		t.Errorf("none, not forced: %v", err)
	}
	if sv, err = change(true, nil); err != nil || sv.LaunchType != types.LaunchTypeFargate || len(sv.CapacityProviderStrategy) != 0 {
		t.Errorf("none: %+v, %v", sv, err)
	}
}

// TestMonitoringDeploys: a change of monitoring starts a deployment.
func TestMonitoringDeploys(t *testing.T) {
	_, c := start(t, twoVersions)
	out, err := c.UpdateService(context.Background(), &awsecs.UpdateServiceInput{
		Cluster: aws.String("prod"), Service: aws.String("web"), Monitoring: &types.MonitoringConfiguration{},
	})
	if err != nil || len(out.Service.Deployments) != 2 {
		t.Errorf("%+v, %v", out, err)
	}
}
