package ecs

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
)

// Locate tells in which account and region a cluster is, which is where its snapshots are kept. Without permission to
// describe clusters it takes the account of the credentials, and does not know whether the cluster is there.
func (c *Client) Locate(ctx context.Context, cluster string) (Cluster, error) {
	found := Cluster{Name: cluster, Region: c.Region}
	out, err := c.ecs.DescribeClusters(ctx, &awsecs.DescribeClustersInput{Clusters: []string{cluster}})
	if unreadable(err) {
		caller, err := ParseARN(c.Caller(ctx))
		found.Account = caller.Account
		return found, err
	}
	if err != nil {
		return found, err
	}
	for _, d := range out.Clusters {
		if a, err := ParseARN(aws.ToString(d.ClusterArn)); err == nil && aws.ToString(d.Status) != "INACTIVE" {
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
	err := c.listServices(ctx, cluster, func(names []string) { all = append(all, names...) })
	slices.Sort(all)
	return all, err
}
