// Package ecs knows what an Amazon ECS service ran before, and puts it back.
//
// It is the part of ecsundo that talks to ECS, ECR and STS. Start with [Connect]; [Client.Plan] observes a cluster and
// decides for each service what it is to run and why, changing nothing; [Client.Apply] asks ECS for the changes of a plan;
// [Client.Watch] follows the deployments that these started until each is steady or not. What AWS returns ends here: plain
// structs go out, and nothing is printed.
package ecs

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
)

// Options say how to reach AWS. The zero value takes everything from the environment, as the AWS CLI does.
type Options struct {
	Region  string // empty: from the environment or the profile
	Profile string // empty: from the environment
	Version string // ecsundo's own, for the user agent

	// Log is told of every request when it has ended: its operation, how long it took and how it failed. It is called
	// from many goroutines. Nil: nothing is told.
	Log func(operation string, took time.Duration, err error)
}

// A Client talks to ECS in one region of one account. It is safe for concurrent use.
type Client struct {
	Region string
	Poll   time.Duration // between two looks of the watch; zero: starts at half a second and grows to three

	config     aws.Config
	ecs        *awsecs.Client
	registries registries
}

// ErrNoRegion says that neither the options, the environment nor the profile names a region.
var ErrNoRegion = errors.New("no AWS region is set")

// connections is how many idle connections are kept to one endpoint: as many as a burst of calls needs, or each would
// begin with a handshake.
const connections = 100

// Connect finds credentials and region, as the AWS CLI does. It makes no request to ECS; a chain that needs the network for
// credentials asks for them when they are first needed, and once.
func Connect(ctx context.Context, o Options) (*Client, error) {
	transport := awshttp.NewBuildableClient().
		WithTimeout(30 * time.Second). // a hanging request becomes a failed attempt, and another try
		WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns = 4 * connections
			t.MaxIdleConnsPerHost = connections
			t.MaxConnsPerHost = connections
		})
	load := []func(*config.LoadOptions) error{
		config.WithHTTPClient(transport),
		config.WithLogger(logging.Nop{}), // what the SDK has to say comes back as errors
		config.WithAPIOptions([]func(*middleware.Stack) error{
			awsmiddleware.AddUserAgentKeyValue("ecsundo", o.Version),
			logRequests(o.Log),
		}),
	}
	if o.Region != "" {
		load = append(load, config.WithRegion(o.Region))
	}
	if o.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(o.Profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, err
	}
	if cfg.Region == "" {
		return nil, ErrNoRegion
	}
	return newClient(cfg), nil
}

func newClient(cfg aws.Config) *Client {
	pace := newPacer()
	return &Client{Region: cfg.Region, config: cfg, ecs: awsecs.NewFromConfig(cfg, func(o *awsecs.Options) {
		o.Retryer, o.RetryMaxAttempts = newRetryer(attempts), 0
		o.APIOptions = append(o.APIOptions, pace.add)
	})}
}

// In gives a client for another region with the same credentials, paced by itself, since the buckets are per region.
func (c *Client) In(region string) *Client {
	if region == "" || region == c.Region {
		return c
	}
	cfg := c.config.Copy()
	cfg.Region = region
	other := newClient(cfg)
	other.Poll = c.Poll
	return other
}

// Config gives what the AWS SDK needs to reach other services with the same credentials.
func (c *Client) Config() aws.Config { return c.config.Copy() }

// logRequests tells log of every operation, retries included in its time. It never sees bodies or credentials.
func logRequests(log func(string, time.Duration, error)) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		if log == nil {
			return nil
		}
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("ecsundo.log",
			func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
				middleware.InitializeOutput, middleware.Metadata, error,
			) {
				start := time.Now()
				out, metadata, err := next.HandleInitialize(ctx, in)
				log(awsmiddleware.GetServiceID(ctx)+" "+awsmiddleware.GetOperationName(ctx), time.Since(start), err)
				return out, metadata, err
			}), middleware.Before)
	}
}
