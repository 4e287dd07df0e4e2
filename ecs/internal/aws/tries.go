package aws

import (
	"context"
	"errors"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// A Try is a reading call that was made to see whether it is allowed.
type Try struct {
	Action, Resource string
	Denied           string // what AWS said, where it is not
}

// Tried is what the reading calls of a cluster showed: which are allowed, and the names that the changing ones would have.
type Tried struct {
	Calls      []Try
	Cluster    string              // its ARN
	Service    string              // the ARN of its first service; empty if that is not known
	Deployment string              // the ARN of that one's newest deployment; empty if that is not known
	Definition past.TaskDefinition // that it runs
	Roles      []string            // of the definition

	Schedulings []Scheduling // of the cluster's rules and schedules
}

// trying makes the calls one after the other: each needs what the one before has found.
type trying struct {
	*Client
	Tried
}

// Try makes each of the reading calls that an undo of a cluster makes once, on its first service. The error is one that has nothing
// to do with permissions, such as a cluster that is not there. With scheduled, it reads a rule and a schedule as well.
func (c *Client) Try(ctx context.Context, cluster string, scheduled bool) (Tried, error) {
	t := &trying{Client: c}
	err := t.services(ctx, cluster)
	if err == nil && t.Service != "" {
		err = t.history(ctx, cluster)
	}
	if err == nil && !t.Definition.IsZero() {
		err = t.definition(ctx)
	}
	if err == nil && scheduled {
		err = t.scheduled(ctx, cluster)
	}
	return t.Tried, err
}

// note takes down how a call went. Only what has nothing to do with permissions is an error.
func (t *trying) note(action, resource string, err error) error {
	switch errorCode(err) {
	case "AccessDenied", "AccessDeniedException":
		t.Calls = append(t.Calls, Try{action, resource, Message(err)})
		return nil
	}
	if errors.As(err, new(*ecstypes.ClusterNotFoundException)) {
		return err
	}
	if err == nil || errorCode(err) != "" { // whoever hears of another error was allowed to ask
		t.Calls = append(t.Calls, Try{Action: action, Resource: resource})
		return nil
	}
	return err
}

func (t *trying) services(ctx context.Context, cluster string) error {
	found, err := t.ecs.DescribeClusters(ctx, &awsecs.DescribeClustersInput{Clusters: []string{cluster}})
	if err := t.note("ecs:DescribeClusters", "*", err); err != nil {
		return err
	}
	if err == nil && len(found.Clusters) > 0 {
		t.Cluster = awssdk.ToString(found.Clusters[0].ClusterArn)
	}
	_, err = t.ecs.ListClusters(ctx, &awsecs.ListClustersInput{MaxResults: awssdk.Int32(1)})
	if err := t.note("ecs:ListClusters", "*", err); err != nil {
		return err
	}
	listed, err := t.ecs.ListServices(ctx, &awsecs.ListServicesInput{Cluster: &cluster, MaxResults: awssdk.Int32(1)})
	if err := t.note("ecs:ListServices", "*", err); err != nil {
		return t.clusterError(ctx, cluster, err)
	}
	if err == nil && len(listed.ServiceArns) > 0 {
		t.Service = listed.ServiceArns[0]
	}
	return nil
}

func (t *trying) history(ctx context.Context, cluster string) error {
	described, err := t.ecs.DescribeServices(ctx, &awsecs.DescribeServicesInput{
		Cluster: &cluster, Services: []string{t.Service}, Include: []ecstypes.ServiceField{ecstypes.ServiceFieldTags},
	})
	if err := t.note("ecs:DescribeServices", t.Service, err); err != nil {
		return err
	}
	if err == nil && len(described.Services) > 0 {
		s := described.Services[0]
		t.Cluster = awssdk.ToString(s.ClusterArn)
		t.Definition, _ = past.ParseTaskDefinition(awssdk.ToString(s.TaskDefinition)) // zero where its controller is another
	}
	listed, err := t.ecs.ListServiceDeployments(ctx, &awsecs.ListServiceDeploymentsInput{Cluster: &cluster, Service: &t.Service, MaxResults: awssdk.Int32(1)})
	if err := t.note("ecs:ListServiceDeployments", t.Service, err); err != nil {
		return err
	}
	if err != nil || len(listed.ServiceDeployments) == 0 {
		return nil
	}
	d := listed.ServiceDeployments[0]
	t.Deployment = awssdk.ToString(d.ServiceDeploymentArn)
	_, err = t.ecs.DescribeServiceDeployments(ctx, &awsecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{t.Deployment}})
	if err := t.note("ecs:DescribeServiceDeployments", t.Deployment, err); err != nil {
		return err
	}
	revision := awssdk.ToString(d.TargetServiceRevisionArn)
	_, err = t.ecs.DescribeServiceRevisions(ctx, &awsecs.DescribeServiceRevisionsInput{ServiceRevisionArns: []string{revision}})
	return t.note("ecs:DescribeServiceRevisions", revision, err)
}

func (t *trying) definition(ctx context.Context) error {
	out, err := t.ecs.DescribeTaskDefinition(ctx, &awsecs.DescribeTaskDefinitionInput{
		TaskDefinition: awssdk.String(t.Definition.String()), Include: []ecstypes.TaskDefinitionField{ecstypes.TaskDefinitionFieldTags},
	})
	if err := t.note("ecs:DescribeTaskDefinition", "*", err); err != nil {
		return err
	}
	var images []string
	if err == nil {
		for _, role := range []*string{out.TaskDefinition.TaskRoleArn, out.TaskDefinition.ExecutionRoleArn} {
			if role != nil {
				t.Roles = append(t.Roles, *role)
			}
		}
		for _, container := range out.TaskDefinition.ContainerDefinitions {
			images = append(images, awssdk.ToString(container.Image))
		}
	}
	_, err = t.ecs.ListTaskDefinitions(ctx, &awsecs.ListTaskDefinitionsInput{FamilyPrefix: &t.Definition.Family, MaxResults: awssdk.Int32(1)})
	if err := t.note("ecs:ListTaskDefinitions", "*", err); err != nil {
		return err
	}
	return t.images(ctx, images)
}

// images asks the registry for the first image that is in private ECR.
func (t *trying) images(ctx context.Context, images []string) error {
	for _, image := range images {
		r := past.ParseReference(image)
		if !r.PrivateECR() {
			continue
		}
		arn := past.ARN{Partition: "aws", Service: "ecr", Region: r.Region, Account: r.Account, Resource: "repository/" + r.Repository}
		if cluster, err := past.ParseARN(t.Cluster); err == nil {
			arn.Partition = cluster.Partition
		}
		id := []ecrtypes.ImageIdentifier{{ImageTag: awssdk.String("latest")}}
		asking, cancel := t.Clock.WithTimeout(ctx, sideTime)
		defer cancel()
		_, err := t.registry(r.Region).DescribeImages(asking, &ecr.DescribeImagesInput{RegistryId: &r.Account, RepositoryName: &r.Repository, ImageIds: id})
		if err := t.note("ecr:DescribeImages", arn.String(), err); err != nil {
			return err
		}
		_, err = t.registry(r.Region).BatchGetImage(asking, &ecr.BatchGetImageInput{RegistryId: &r.Account, RepositoryName: &r.Repository, ImageIds: id})
		return t.note("ecr:BatchGetImage", arn.String(), err)
	}
	return nil
}
