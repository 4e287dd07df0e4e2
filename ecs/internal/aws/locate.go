package aws

import (
	"context"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// Locate tells in which account and region a cluster is, which is where its snapshots are kept. Without permission to
// describe clusters it takes the account of the credentials, and does not know whether the cluster is there.
func (c *Client) Locate(ctx context.Context, cluster string) (Cluster, error) {
	found := Cluster{Name: cluster, Region: c.Region}
	out, err := c.ecs.DescribeClusters(ctx, &awsecs.DescribeClustersInput{Clusters: []string{cluster}})
	if Unreadable(err) {
		caller, err := past.ParseARN(c.Caller(ctx))
		found.Account = caller.Account
		return found, err
	}
	if err != nil {
		return found, err
	}
	for _, d := range out.Clusters {
		if a, err := past.ParseARN(awssdk.ToString(d.ClusterArn)); err == nil && awssdk.ToString(d.Status) != past.Inactive {
			found.Account, found.Region = a.Account, a.Region
			return found, nil
		}
	}
	known, _ := c.Clusters(ctx)
	return found, &ClusterNotFoundError{Cluster: cluster, Region: c.Region, Known: known}
}

// ServiceNames lists the names of a cluster's services, sorted.
func (c *Client) ServiceNames(ctx context.Context, cluster string) ([]string, error) {
	var all []string
	err := c.ListServices(ctx, cluster, func(names []string) { all = append(all, names...) })
	slices.Sort(all)
	return all, err
}

// A Cluster is where a plan plays. Region and Account come from ARNs.
type Cluster struct {
	Name, Region, Account string
}

// Caller gives the ARN of who we are, from STS; empty if it cannot be told.
func (c *Client) Caller(ctx context.Context) string {
	ctx, cancel := c.Clock.WithTimeout(ctx, sideTime)
	defer cancel()
	out, err := sts.NewFromConfig(c.config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return ""
	}
	return awssdk.ToString(out.Arn)
}
