package commands

import (
	"context"
	"regexp"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/ecs"
)

// A connector gives the client for a region; with "" for the one that flags, environment or profile name.
type connector func(ctx context.Context, region string) (*ecs.Client, error)

// regionName is what the name of a region looks like. Any other would be a part of no host's name.
var regionName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// newConnector connects as the flags of c say. Nothing is asked of AWS yet. There is one client a region, however many ask
// for it: it paces its calls by what the account may do there.
func newConnector(c *cli.Context, s settings.Settings, more ...func(*ecs.Options)) connector {
	options := ecs.Options{Region: s.Region.Is, Profile: s.Profile.Is, Version: version(), Clock: wall}
	if c.Bool("verbose") {
		options.Log = requestLog(c.App.ErrWriter)
	}
	for _, change := range more {
		change(&options)
	}
	named := s.Region.From.Kind == settings.Flag
	var mu sync.Mutex
	clients := map[string]*ecs.Client{}
	return func(ctx context.Context, region string) (*ecs.Client, error) {
		if named && region != "" && region != options.Region {
			return nil, usagef("omit --region: the ARN gives the region", "--region %s conflicts with the ARN, which is in %s", options.Region, region)
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
		if !regionName.MatchString(client.Region) {
			return nil, usagef("for example eu-west-1; it comes from --region, the settings, AWS_REGION or the AWS profile", "%q is not an AWS region", client.Region)
		}
		if same := clients[client.Region]; same != nil {
			client = same
		}
		clients[region], clients[client.Region] = client, client
		return client, nil
	}
}
