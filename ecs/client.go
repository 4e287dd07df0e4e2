// Package ecs knows what an Amazon ECS service ran before, and puts it back.
//
// It is the part of ecsundo that talks to AWS. Start with [Connect]; [Client.Plan] observes a cluster and
// decides for each service what it is to run and why, changing nothing; [Client.Apply] asks ECS for the changes of a plan;
// [Client.Watch] follows the deployments that these started until each is steady or not. What AWS returns ends here: plain
// structs go out, and nothing is printed. What was decided comes from package past, the calls from package aws.
package ecs

import (
	"context"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
)

// A Client talks to ECS in one region of one account. It is safe for concurrent use.
type Client struct {
	Region string
	Poll   time.Duration // between two looks of the watch; zero: starts at half a second and grows to three

	calls *aws.Client
	clock func() time.Time // how long a watch has waited; nil: that of calls
}

// Connect finds credentials and region, as the AWS CLI does. It makes no request to ECS; a chain that needs the network for
// credentials asks for them when they are first needed, and once.
func Connect(ctx context.Context, o aws.Options) (*Client, error) {
	calls, err := aws.Connect(ctx, o)
	if err != nil {
		return nil, err
	}
	return newClient(calls), nil
}

func newClient(calls *aws.Client) *Client { return &Client{Region: calls.Region, calls: calls} }

// Config gives what the AWS SDK needs to reach other services with the same credentials.
func (c *Client) Config() awssdk.Config { return c.calls.Config() }

// Now gives the time by the clock of AWS, which its answers tell; before the first one it is the machine's.
func (c *Client) Now() time.Time { return c.calls.Now() }

// Skew gives how far AWS's clock is ahead of the machine's; zero before the first answer.
func (c *Client) Skew() time.Duration { return c.calls.Skew() }

// Clusters lists the names of the region's clusters, sorted.
func (c *Client) Clusters(ctx context.Context) ([]string, error) { return c.calls.Clusters(ctx) }

// ClusterSizes lists the clusters of the region, sorted by name. Without permission to describe them, the names alone are
// known.
func (c *Client) ClusterSizes(ctx context.Context) ([]aws.ClusterSize, error) {
	return c.calls.ClusterSizes(ctx)
}

// Locate tells in which account and region a cluster is, which is where its snapshots are kept. Without permission to
// describe clusters it takes the account of the credentials, and does not know whether the cluster is there.
func (c *Client) Locate(ctx context.Context, cluster string) (aws.Cluster, error) {
	return c.calls.Locate(ctx, cluster)
}

// ServiceNames lists the names of a cluster's services, sorted.
func (c *Client) ServiceNames(ctx context.Context, cluster string) ([]string, error) {
	return c.calls.ServiceNames(ctx, cluster)
}

// Caller gives the ARN of who we are, from STS; empty if it cannot be told.
func (c *Client) Caller(ctx context.Context) string { return c.calls.Caller(ctx) }
