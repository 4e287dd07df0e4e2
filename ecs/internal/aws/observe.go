package aws

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// DescribeLimit is how many services one DescribeServices call takes.
const DescribeLimit = 10

// ListServices calls found with each page of names, long or short ARNs cut to names. Each name comes once, also where ECS lists it
// twice.
func (c *Client) ListServices(ctx context.Context, cluster string, found func(names []string)) error {
	pages := awsecs.NewListServicesPaginator(c.ecs, &awsecs.ListServicesInput{
		Cluster: &cluster, MaxResults: awssdk.Int32(100),
	})
	turn, seen := turning{operation: "ListServices"}, map[string]bool{}
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return c.clusterError(ctx, cluster, err)
		}
		if err := turn.next(page.NextToken); err != nil {
			return err
		}
		var names []string
		for _, arn := range page.ServiceArns {
			name, _, err := past.ParseServiceName(arn)
			if err != nil {
				return err
			}
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
		found(names)
	}
	return nil
}

// DescribeServices describes up to ten services, each once, and none that was not asked for. Those that are not there, or of which
// ECS tells nothing, are missing.
func (c *Client) DescribeServices(ctx context.Context, cluster string, names []string) ([]*past.Service, error) {
	out, err := c.ecs.DescribeServices(ctx, &awsecs.DescribeServicesInput{
		Cluster: &cluster, Services: names, Include: []ecstypes.ServiceField{ecstypes.ServiceFieldTags},
	})
	if err != nil {
		return nil, c.clusterError(ctx, cluster, err)
	}
	now := c.WallClock()
	var services []*past.Service
	for _, s := range out.Services {
		service, err := newService(s)
		if err != nil {
			return nil, err
		}
		service.SeenAt = now
		known := slices.ContainsFunc(services, func(other *past.Service) bool { return other.Name == service.Name })
		if !known && slices.Contains(names, service.Name) {
			services = append(services, service)
		}
	}
	return services, nil
}

func newService(s ecstypes.Service) (*past.Service, error) {
	service := &past.Service{
		Name: awssdk.ToString(s.ServiceName), ARN: awssdk.ToString(s.ServiceArn), Status: awssdk.ToString(s.Status),
		Controller: past.ControllerECS, Strategy: past.StrategyRolling,
		Express: s.ResourceManagementType == ecstypes.ResourceManagementTypeEcs,
		Daemon:  s.SchedulingStrategy == ecstypes.SchedulingStrategyDaemon,
		Desired: int(s.DesiredCount), Running: int(s.RunningCount), CreatedAt: awssdk.ToTime(s.CreatedAt),
		Current: awssdk.ToString(s.CurrentServiceDeployment),
	}
	// An absent controller means ECS, whichever of deployments and taskSets is filled.
	if s.DeploymentController != nil && s.DeploymentController.Type != "" {
		service.Controller = string(s.DeploymentController.Type)
	}
	if d := s.DeploymentConfiguration; d != nil && d.Strategy != "" {
		service.Strategy = string(d.Strategy)
	}
	if d := s.DeploymentConfiguration; d != nil && d.DeploymentCircuitBreaker != nil {
		service.Breaker = d.DeploymentCircuitBreaker.Enable
	}
	service.LeastTime = leastTime(s.DeploymentConfiguration)
	service.Configuration = configurationOf(s)
	definition := awssdk.ToString(s.TaskDefinition)
	if service.Controller != past.ControllerECS {
		service.Strategy = service.Controller
		if set := takeTaskSets(service, s.TaskSets); set != "" {
			definition = set
		}
	}
	if definition != "" {
		var err error
		if service.TaskDefinition, err = past.ParseTaskDefinition(definition); err != nil {
			return nil, err
		}
	}
	for _, d := range s.Deployments {
		if len(s.TaskSets) > 0 {
			break
		}
		service.Deployments = append(service.Deployments, newDeployment(d))
	}
	takeEvents(service, s.Events)
	for _, r := range s.CurrentServiceRevisions {
		service.Revisions = append(service.Revisions, awssdk.ToString(r.Arn))
	}
	service.Now = past.Version{TaskDefinition: service.TaskDefinition}
	for _, tag := range s.Tags {
		if awssdk.ToString(tag.Key) == "aws:cloudformation:stack-name" {
			service.Stack = awssdk.ToString(tag.Value)
		}
	}
	return service, nil
}

// takeTaskSets takes the state of a service whose controller is not ECS from its task sets, as deployments, and gives the
// definition of the one that has the traffic. A service that was moved from ECS may have none yet.
func takeTaskSets(s *past.Service, sets []ecstypes.TaskSet) (definition string) {
	var newest time.Time
	for _, set := range sets {
		d, _ := past.ParseTaskDefinition(awssdk.ToString(set.TaskDefinition))
		deployment := past.Deployment{
			ID: awssdk.ToString(set.Id), Status: awssdk.ToString(set.Status), TaskDefinition: d, RolloutState: past.RolloutInProgress,
			CreatedAt: awssdk.ToTime(set.CreatedAt), Running: int(set.RunningCount), Pending: int(set.PendingCount), Desired: int(set.ComputedDesiredCount),
		}
		if set.StabilityStatus == ecstypes.StabilityStatusSteadyState {
			deployment.RolloutState = past.RolloutCompleted
		}
		s.Deployments = append(s.Deployments, deployment)
		if deployment.Status == past.Primary {
			definition = awssdk.ToString(set.TaskDefinition)
		}
		if deployment.CreatedAt.After(newest) && awssdk.ToString(set.ExternalId) != "" {
			newest, s.External = deployment.CreatedAt, awssdk.ToString(set.ExternalId)
		}
	}
	return definition
}

// leastTime adds up the bake times of a strategy: those between traffic steps, and the last one.
func leastTime(d *ecstypes.DeploymentConfiguration) time.Duration {
	if d == nil {
		return 0
	}
	minutes := int(awssdk.ToInt32(d.BakeTimeInMinutes))
	if c := d.CanaryConfiguration; c != nil && d.Strategy == ecstypes.DeploymentStrategyCanary {
		minutes += int(awssdk.ToInt32(c.CanaryBakeTimeInMinutes))
	}
	if l := d.LinearConfiguration; l != nil && d.Strategy == ecstypes.DeploymentStrategyLinear && awssdk.ToFloat64(l.StepPercent) > 0 {
		steps := int(math.Ceil(100/awssdk.ToFloat64(l.StepPercent))) - 1 // no bake between the last step and the end
		minutes += steps * int(awssdk.ToInt32(l.StepBakeTimeInMinutes))
	}
	return time.Duration(minutes) * time.Minute
}

func newDeployment(d ecstypes.Deployment) past.Deployment {
	definition, _ := past.ParseTaskDefinition(awssdk.ToString(d.TaskDefinition))
	return past.Deployment{
		ID: awssdk.ToString(d.Id), Status: awssdk.ToString(d.Status), TaskDefinition: definition,
		RolloutState: string(d.RolloutState), Reason: awssdk.ToString(d.RolloutStateReason),
		CreatedAt: awssdk.ToTime(d.CreatedAt),
		Running:   int(d.RunningCount), Pending: int(d.PendingCount), Desired: int(d.DesiredCount), Failed: int(d.FailedTasks),
	}
}

// clusterError adds to "cluster not found" which clusters there are, so that a nearest one can be named.
func (c *Client) clusterError(ctx context.Context, cluster string, err error) error {
	var gone *ecstypes.ClusterNotFoundException
	if !errors.As(err, &gone) {
		return err
	}
	known, _ := c.Clusters(ctx)
	return &ClusterNotFoundError{Cluster: cluster, Region: c.Region, Known: known}
}

// Clusters lists the names of the region's clusters, sorted.
func (c *Client) Clusters(ctx context.Context) ([]string, error) {
	var names []string
	pages, turn := awsecs.NewListClustersPaginator(c.ecs, &awsecs.ListClustersInput{}), turning{operation: "ListClusters"}
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		if err := turn.next(page.NextToken); err != nil {
			return nil, err
		}
		for _, arn := range page.ClusterArns {
			_, name, _ := strings.Cut(arn, "cluster/")
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// MissingServices makes the error for services that were asked for by name and are not there.
func (c *Client) MissingServices(ctx context.Context, cluster string, missing []string) error {
	var known []string
	if err := c.ListServices(ctx, cluster, func(names []string) { known = append(known, names...) }); err != nil {
		return err
	}
	slices.Sort(missing)
	if i := slices.IndexFunc(missing, func(name string) bool { return slices.Contains(known, name) }); i >= 0 {
		return &OddAnswerError{"DescribeServices", fmt.Sprintf("service %q, which ListServices names", missing[i])}
	}
	return &ServiceNotFoundError{Cluster: cluster, Services: missing, Known: known}
}

func (c *Client) DescribeAll(ctx context.Context, cluster string) ([]*past.Service, error) {
	var names []string
	if err := c.ListServices(ctx, cluster, func(n []string) { names = append(names, n...) }); err != nil {
		return nil, err
	}
	batches := slices.Collect(slices.Chunk(names, DescribeLimit))
	described := make([][]*past.Service, len(batches))
	indexes := make([]int, len(batches))
	for i := range indexes {
		indexes[i] = i
	}
	err := Parallel(ctx, indexes, func(ctx context.Context, i int) (err error) {
		described[i], err = c.DescribeServices(ctx, cluster, batches[i])
		return err
	})
	return slices.Concat(described...), err
}
