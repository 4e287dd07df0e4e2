package aws

import (
	"context"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
)

// A ClusterSize says how much there is in a cluster.
type ClusterSize struct {
	Name     string
	Known    bool // whether we may know the rest
	Services int  // ACTIVE ones
	Running  int  // tasks, also those that belong to no service
	Pending  int
}

// clustersLimit is how many clusters one DescribeClusters call takes.
const clustersLimit = 100

// ClusterSizes lists the clusters of the region, sorted by name. Without permission to describe them, the names alone are
// known.
func (c *Client) ClusterSizes(ctx context.Context) ([]ClusterSize, error) {
	names, err := c.Clusters(ctx)
	if err != nil {
		return nil, err
	}
	sizes := make([]ClusterSize, len(names))
	for i, name := range names {
		sizes[i].Name = name
	}
	return sizes, Parallel(ctx, slices.Collect(slices.Chunk(sizes, clustersLimit)), c.describeClusters)
}

// describeClusters fills in the sizes of up to a hundred clusters.
func (c *Client) describeClusters(ctx context.Context, sizes []ClusterSize) error {
	in := &awsecs.DescribeClustersInput{}
	for _, s := range sizes {
		in.Clusters = append(in.Clusters, s.Name)
	}
	out, err := c.ecs.DescribeClusters(ctx, in)
	if Unreadable(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, d := range out.Clusters {
		i := slices.Index(in.Clusters, awssdk.ToString(d.ClusterName))
		if i < 0 {
			continue
		}
		sizes[i].Known = true
		sizes[i].Services, sizes[i].Running, sizes[i].Pending = int(d.ActiveServicesCount), int(d.RunningTasksCount), int(d.PendingTasksCount)
	}
	return nil
}
