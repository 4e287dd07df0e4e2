// Package aws makes every call to AWS: it observes services, reads histories and definitions, and asks for changes, as fast
// as the limits of AWS allow and again where a call failed in passing. SDK types and pointers end here; plain structs of
// package past go out. It decides nothing. Start with [Connect].
package aws

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"

	"github.com/ecsundo/ecsundo/ecs/clock"
)

// Options say how to reach AWS. The zero value takes everything from the environment, as the AWS CLI does.
type Options struct {
	Region  string // empty: from the environment or the profile
	Profile string // empty: from the environment
	Version string // ecsundo's own, for the user agent

	Clock *clock.Clock // to wait on; nil: the machine's

	// Log is told of every request when it has ended: its operation, how long it took and how it failed. It is called
	// from many goroutines. Nil: nothing is told.
	Log func(operation string, took time.Duration, err error)

	// Answers is told of every answer of ECS as it came, beside its request. It is called from many goroutines. Nil: nothing is
	// told.
	Answers func(operation string, request []byte, status int, answer []byte)
}

// A Client makes the calls to AWS, paced and repeated as its limits want it. It decides nothing.
type Client struct {
	Region string
	Clock  *clock.Clock // that it waits on; nil: the machine's

	config     awssdk.Config
	ecs        *awsecs.Client
	registries registries
	pace       *pacer
	principal  Memo[string, string] // see principalOf
	renewal    *renewal
	skewed     *awsClock
	deploys    func() *codedeploy.Client
	targets    targets
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
			logRequests(o.Log, o.Clock), tellAnswers(o.Answers),
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
	return New(cfg, o.Clock), nil
}

// New returns a client that reaches AWS as cfg says, and waits on a clock; nil: the machine's.
func New(cfg awssdk.Config, wall *clock.Clock) *Client {
	cfg = cfg.Copy()
	cfg.APIOptions = append(cfg.APIOptions, plainBody, needMembers, limitReads(wall))
	c := &Client{
		Region: cfg.Region, Clock: wall, config: cfg, pace: newPacer(wall), renewal: &renewal{provider: cfg.Credentials, clock: wall}, skewed: &awsClock{wall: wall},
	}
	c.ecs = awsecs.NewFromConfig(cfg, func(o *awsecs.Options) {
		o.Retryer, o.RetryMaxAttempts = c.renewal.newRetryer(Attempts), 0
		o.APIOptions = append(o.APIOptions, c.pace.add, c.holdStale, c.skewed.watch)
	})
	c.deploys = sync.OnceValue(c.newCodedeploy)
	return c
}

// Config gives what the AWS SDK needs to reach other services with the same credentials.
func (c *Client) Config() awssdk.Config { return c.config.Copy() }

// logRequests tells log of every operation, retries included in its time. It never sees bodies or credentials.
func logRequests(log func(string, time.Duration, error), clock *clock.Clock) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		if log == nil {
			return nil
		}
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("ecsundo.log",
			func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
				middleware.InitializeOutput, middleware.Metadata, error,
			) {
				start := clock.Now()
				out, metadata, err := next.HandleInitialize(ctx, in)
				log(awsmiddleware.GetServiceID(ctx)+" "+awsmiddleware.GetOperationName(ctx), clock.Since(start), err)
				return out, metadata, err
			}), middleware.Before)
	}
}

// Unpaced gives a conn that is not held to the pace of AWS, for where there is none.
func Unpaced(cfg awssdk.Config) *Client {
	c := &Client{Region: cfg.Region, config: cfg, pace: &pacer{}, renewal: &renewal{}, skewed: &awsClock{}}
	c.ecs = awsecs.NewFromConfig(cfg, func(o *awsecs.Options) {
		o.APIOptions = append(o.APIOptions, c.holdStale)
	})
	c.deploys = sync.OnceValue(c.newCodedeploy)
	return c
}
