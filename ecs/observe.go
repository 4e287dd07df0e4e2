package ecs

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"golang.org/x/sync/errgroup"
)

// A Service is what was observed of one service: how it is now, and its [History].
type Service struct {
	Name, ARN      string
	Status         string // ACTIVE, DRAINING or INACTIVE
	Controller     string // ECS, CODE_DEPLOY or EXTERNAL
	Strategy       string // ROLLING, BLUE_GREEN, LINEAR or CANARY
	Express        bool   // managed by ECS itself (resourceManagementType ECS)
	Daemon         bool   // one task on each instance, no desired count
	TaskDefinition TaskDefinition
	Desired        int
	Running        int
	CreatedAt      time.Time
	Stack          string        // the CloudFormation stack that owns it, if its tags say so
	LeastTime      time.Duration // what a deployment takes at least, by the bake times of its strategy
	Balanced       []Target      // what its load balancers send traffic to
	Deployments    []Deployment
	Revisions      []string // ARNs of the service revisions that run now
	Current        string   // ARN of the current service deployment; may be blank for a moment

	External string // of CODE_DEPLOY and EXTERNAL: what made its newest task set, a deployment of CodeDeploy there

	// Now is what it runs: with digests where its one revision was read, and with Origin where that matters.
	Now Version

	History History

	seenAt   time.Time        // when ECS had answered
	group    *deploymentGroup // of CODE_DEPLOY, once read
	deepened bool             // all that there is of its history has been read

	// beforeHistory says that the version that it runs, or is being moved to, may have run before its history begins. Then
	// what the history shows before it is what it has been taken back from.
	beforeHistory bool
}

// A Target is a container's port that a load balancer sends traffic to.
type Target struct {
	Container string
	Port      int
}

// A Deployment is an entry of a service's deployments: what ECS is moving the service to (PRIMARY) and from (ACTIVE).
type Deployment struct {
	ID             string
	Status         string // PRIMARY, ACTIVE or INACTIVE
	TaskDefinition TaskDefinition
	RolloutState   string // IN_PROGRESS, COMPLETED, FAILED; empty behind a Classic Load Balancer
	Reason         string
	CreatedAt      time.Time
	Running        int
	Pending        int
	Desired        int
}

// Primary gives the deployment that ECS is moving the service to; the zero value if it has none.
func (s *Service) Primary() Deployment {
	for _, d := range s.Deployments {
		if d.Status == "PRIMARY" {
			return d
		}
	}
	return Deployment{}
}

// describeLimit is how many services one DescribeServices call takes.
const describeLimit = 10

// listServices calls found with each page of names, long or short ARNs cut to names.
func (c *Client) listServices(ctx context.Context, cluster string, found func(names []string)) error {
	pages := awsecs.NewListServicesPaginator(c.ecs, &awsecs.ListServicesInput{
		Cluster: &cluster, MaxResults: aws.Int32(100),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return c.clusterError(ctx, cluster, err)
		}
		names := make([]string, len(page.ServiceArns))
		for i, arn := range page.ServiceArns {
			if names[i], _, err = ParseServiceName(arn); err != nil {
				return err
			}
		}
		found(names)
	}
	return nil
}

// abreast is how many tens of services are looked at at the same time: enough to keep every limit busy, and not so many that
// their waiting calls fill the memory.
const abreast = 16

// inTens hands the services of a scope to f, ten at a time and several tens at once, while the listing still goes on. It
// gives the names of all that it saw, sorted, also of those that do not match.
func (c *Client) inTens(ctx context.Context, scope Scope, f func(context.Context, []string) error) (seen []string, err error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(abreast)
	hand := func(names []string) {
		seen = append(seen, names...)
		if scope.Match != nil {
			names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !scope.Match(n) })
		}
		for ten := range slices.Chunk(names, describeLimit) {
			g.Go(func() error { return f(ctx, ten) })
		}
	}
	if scope.byName() {
		hand(scope.Services)
	} else {
		err = c.listServices(ctx, scope.Cluster, hand)
	}
	if work := g.Wait(); work != nil {
		return nil, work // a failed listing was then only cancelled by it
	}
	slices.Sort(seen)
	return seen, err
}

// describeServices describes up to ten services. Those that are not there are missing from the answer.
func (c *Client) describeServices(ctx context.Context, cluster string, names []string) ([]*Service, error) {
	out, err := c.ecs.DescribeServices(ctx, &awsecs.DescribeServicesInput{
		Cluster: &cluster, Services: names, Include: []ecstypes.ServiceField{ecstypes.ServiceFieldTags},
	})
	if err != nil {
		return nil, c.clusterError(ctx, cluster, err)
	}
	now := time.Now()
	services := make([]*Service, len(out.Services))
	for i, s := range out.Services {
		if services[i], err = newService(s); err != nil {
			return nil, err
		}
		services[i].seenAt = now
	}
	return services, nil
}

func newService(s ecstypes.Service) (*Service, error) {
	service := &Service{
		Name: aws.ToString(s.ServiceName), ARN: aws.ToString(s.ServiceArn), Status: aws.ToString(s.Status),
		Controller: "ECS", Strategy: "ROLLING",
		Express: s.ResourceManagementType == ecstypes.ResourceManagementTypeEcs,
		Daemon:  s.SchedulingStrategy == ecstypes.SchedulingStrategyDaemon,
		Desired: int(s.DesiredCount), Running: int(s.RunningCount), CreatedAt: aws.ToTime(s.CreatedAt),
		Current: aws.ToString(s.CurrentServiceDeployment),
	}
	// An absent controller means ECS, whichever of deployments and taskSets is filled.
	if s.DeploymentController != nil && s.DeploymentController.Type != "" {
		service.Controller = string(s.DeploymentController.Type)
	}
	if d := s.DeploymentConfiguration; d != nil && d.Strategy != "" {
		service.Strategy = string(d.Strategy)
	}
	service.LeastTime = leastTime(s.DeploymentConfiguration)
	for _, lb := range s.LoadBalancers {
		service.Balanced = append(service.Balanced, Target{aws.ToString(lb.ContainerName), int(aws.ToInt32(lb.ContainerPort))})
	}
	definition := aws.ToString(s.TaskDefinition)
	if service.Controller != "ECS" {
		service.Strategy = service.Controller
		if set := service.takeTaskSets(s.TaskSets); set != "" {
			definition = set
		}
	}
	if definition != "" {
		var err error
		if service.TaskDefinition, err = ParseTaskDefinition(definition); err != nil {
			return nil, err
		}
	}
	for _, d := range s.Deployments {
		if len(s.TaskSets) > 0 {
			break
		}
		service.Deployments = append(service.Deployments, newDeployment(d))
	}
	for _, r := range s.CurrentServiceRevisions {
		service.Revisions = append(service.Revisions, aws.ToString(r.Arn))
	}
	service.Now = Version{TaskDefinition: service.TaskDefinition}
	for _, tag := range s.Tags {
		if aws.ToString(tag.Key) == "aws:cloudformation:stack-name" {
			service.Stack = aws.ToString(tag.Value)
		}
	}
	return service, nil
}

// takeTaskSets takes the state of a service whose controller is not ECS from its task sets, as deployments, and gives the
// definition of the one that has the traffic. A service that was moved from ECS may have none yet.
func (s *Service) takeTaskSets(sets []ecstypes.TaskSet) (definition string) {
	var newest time.Time
	for _, set := range sets {
		d, _ := ParseTaskDefinition(aws.ToString(set.TaskDefinition))
		deployment := Deployment{
			ID: aws.ToString(set.Id), Status: aws.ToString(set.Status), TaskDefinition: d, RolloutState: "IN_PROGRESS",
			CreatedAt: aws.ToTime(set.CreatedAt), Running: int(set.RunningCount), Pending: int(set.PendingCount), Desired: int(set.ComputedDesiredCount),
		}
		if set.StabilityStatus == ecstypes.StabilityStatusSteadyState {
			deployment.RolloutState = "COMPLETED"
		}
		s.Deployments = append(s.Deployments, deployment)
		if deployment.Status == "PRIMARY" {
			definition = aws.ToString(set.TaskDefinition)
		}
		if deployment.CreatedAt.After(newest) && aws.ToString(set.ExternalId) != "" {
			newest, s.External = deployment.CreatedAt, aws.ToString(set.ExternalId)
		}
	}
	return definition
}

// leastTime adds up the bake times of a strategy: those between traffic steps, and the last one.
func leastTime(d *ecstypes.DeploymentConfiguration) time.Duration {
	if d == nil {
		return 0
	}
	minutes := int(aws.ToInt32(d.BakeTimeInMinutes))
	if c := d.CanaryConfiguration; c != nil && d.Strategy == ecstypes.DeploymentStrategyCanary {
		minutes += int(aws.ToInt32(c.CanaryBakeTimeInMinutes))
	}
	if l := d.LinearConfiguration; l != nil && d.Strategy == ecstypes.DeploymentStrategyLinear && aws.ToFloat64(l.StepPercent) > 0 {
		steps := int(math.Ceil(100/aws.ToFloat64(l.StepPercent))) - 1 // no bake between the last step and the end
		minutes += steps * int(aws.ToInt32(l.StepBakeTimeInMinutes))
	}
	return time.Duration(minutes) * time.Minute
}

func newDeployment(d ecstypes.Deployment) Deployment {
	definition, _ := ParseTaskDefinition(aws.ToString(d.TaskDefinition))
	return Deployment{
		ID: aws.ToString(d.Id), Status: aws.ToString(d.Status), TaskDefinition: definition,
		RolloutState: string(d.RolloutState), Reason: aws.ToString(d.RolloutStateReason),
		CreatedAt: aws.ToTime(d.CreatedAt),
		Running:   int(d.RunningCount), Pending: int(d.PendingCount), Desired: int(d.DesiredCount),
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
	pages := awsecs.NewListClustersPaginator(c.ecs, &awsecs.ListClustersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
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

// missingServices makes the error for services that were asked for by name and are not there.
func (c *Client) missingServices(ctx context.Context, cluster string, missing []string) error {
	var known []string
	if err := c.listServices(ctx, cluster, func(names []string) { known = append(known, names...) }); err != nil {
		return err
	}
	slices.Sort(missing)
	return &ServiceNotFoundError{Cluster: cluster, Services: missing, Known: known}
}

// parallel calls f for each item at the same time and returns the first error.
func parallel[T any](ctx context.Context, items []T, f func(context.Context, T) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, item := range items {
		g.Go(func() error { return f(ctx, item) })
	}
	return g.Wait()
}
