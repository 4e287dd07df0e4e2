package commands

import (
	"context"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
)

// A connector gives the client for a region; with "" for the one that flags, environment or profile name.
type connector func(ctx context.Context, region string) (*ecs.Client, error)

// newConnector connects as the flags of c say. Nothing is asked of AWS yet. There is one client a region, however many ask
// for it: it paces its calls by what the account may do there.
func newConnector(c *cli.Context) connector {
	options := ecs.Options{Region: c.String("region"), Profile: c.String("profile"), Version: version()}
	if c.Bool("verbose") {
		options.Log = requestLog(c.App.ErrWriter)
	}
	named := c.IsSet("region") && source(c, "region") == ""
	var mu sync.Mutex
	clients := map[string]*ecs.Client{}
	return func(ctx context.Context, region string) (*ecs.Client, error) {
		if named && region != "" && region != options.Region {
			return nil, usagef("leave --region out: the ARN names the region", "--region %s is given, and an ARN of %s", options.Region, region)
		}
		mu.Lock()
		defer mu.Unlock()
		if client := clients[region]; client != nil {
			return client, nil
		}
		o := options
		if region != "" {
			o.Region = region
		}
		client, err := ecs.Connect(ctx, o)
		if err != nil {
			return nil, err
		}
		if same := clients[client.Region]; same != nil {
			client = same
		}
		clients[region], clients[client.Region] = client, client
		return client, nil
	}
}
