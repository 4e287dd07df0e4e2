package aws

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// ECRImage is what ECR knows of an image.
type ECRImage struct {
	Exists    bool
	Digest    string
	Status    string   // ACTIVE, ARCHIVED or ACTIVATING; empty from registries that do not say
	Tags      []string // all that name it
	mediaType string
	Unasked   string // why ECR could not be asked
}

// Pullable reports whether an image that exists can be pulled.
func (f ECRImage) Pullable() bool {
	return f.Status == "" || f.Status == string(ecrtypes.ImageStatusActive)
}

// sideTime is how long ECR may take to answer, all attempts together. An image that was not looked at stops nothing, and a
// network that does not lead to ECR must not hold up an undo.
const sideTime = 10 * time.Second

func (c *Client) DescribeImage(ctx context.Context, r past.Reference, tag, digest string) (ECRImage, error) {
	if down, ok := c.registries.down.Load(r.Region); ok {
		return ECRImage{Unasked: down.(string)}, nil
	}
	id := ecrtypes.ImageIdentifier{}
	if digest != "" {
		id.ImageDigest = &digest
	} else {
		id.ImageTag = &tag
	}
	asking, cancel := c.Clock.WithTimeout(ctx, sideTime)
	defer cancel()
	out, err := c.registry(r.Region).DescribeImages(asking, &ecr.DescribeImagesInput{
		RegistryId: &r.Account, RepositoryName: &r.Repository, ImageIds: []ecrtypes.ImageIdentifier{id},
	})
	if ctx.Err() != nil {
		return ECRImage{}, ctx.Err()
	}
	var noImage *ecrtypes.ImageNotFoundException
	var unsent *smithyhttp.RequestSendError
	var noRepository *ecrtypes.RepositoryNotFoundException
	switch {
	case errors.As(err, &noImage) || errors.As(err, &noRepository):
		return ECRImage{}, nil
	case errors.As(err, &unsent) || errors.Is(err, context.DeadlineExceeded):
		why := "no answer from ECR in " + r.Region
		c.registries.down.Store(r.Region, why) // do not wait for each image anew
		return ECRImage{Unasked: why}, nil
	case errorCode(err) != "":
		return ECRImage{Unasked: errorCode(err)}, nil
	case err != nil:
		return ECRImage{Unasked: "no answer of ECR in " + r.Region + " that could be read"}, nil
	case len(out.ImageDetails) == 0:
		return ECRImage{}, nil
	}
	d := out.ImageDetails[0]
	return ECRImage{
		Exists: true, Digest: awssdk.ToString(d.ImageDigest), Status: string(d.ImageStatus), Tags: d.ImageTags,
		mediaType: awssdk.ToString(d.ImageManifestMediaType),
	}, nil
}

// HasChild reports whether an index, such as a multi-platform image, lists the digest. ECS may have recorded the image of the
// platform, and the tag that names the index has not moved then.
func (c *Client) HasChild(ctx context.Context, r past.Reference, index ECRImage, digest string) (bool, error) {
	if !index.Exists || !strings.Contains(index.mediaType, "index") && !strings.Contains(index.mediaType, "manifest.list") {
		return false, nil
	}
	out, err := c.registry(r.Region).BatchGetImage(ctx, &ecr.BatchGetImageInput{
		RegistryId: &r.Account, RepositoryName: &r.Repository,
		ImageIds:           []ecrtypes.ImageIdentifier{{ImageDigest: &index.Digest}},
		AcceptedMediaTypes: []string{index.mediaType},
	})
	if err != nil {
		return false, ctx.Err() // not allowed to read it: then it counts as moved, and what ran is pinned
	}
	for _, image := range out.Images {
		var manifest struct{ Manifests []struct{ Digest string } }
		if json.Unmarshal([]byte(awssdk.ToString(image.ImageManifest)), &manifest) != nil {
			continue
		}
		for _, m := range manifest.Manifests {
			if m.Digest == digest {
				return true, nil
			}
		}
	}
	return false, nil
}

// cachePrefixes are those that the console proposes for the repositories of a pull-through cache (ECR user guide, "Creating a
// pull through cache rule").
var cachePrefixes = []string{"ecr-public/", "kubernetes/", "quay/", "docker-hub/", "github/", "gitlab/", "chainguard/", "azure/"}

// PullsThrough reports whether a repository belongs to a pull-through cache, from which an image that has expired is pulled again.
// Where the rules cannot be read, the usual prefixes tell.
func (c *Client) PullsThrough(ctx context.Context, r past.Reference) bool {
	asking, cancel := c.Clock.WithTimeout(ctx, sideTime)
	defer cancel()
	out, err := c.registry(r.Region).DescribePullThroughCacheRules(asking, &ecr.DescribePullThroughCacheRulesInput{RegistryId: &r.Account})
	if err != nil {
		return slices.ContainsFunc(cachePrefixes, func(p string) bool { return strings.HasPrefix(r.Repository, p) })
	}
	return slices.ContainsFunc(out.PullThroughCacheRules, func(rule ecrtypes.PullThroughCacheRule) bool {
		prefix := awssdk.ToString(rule.EcrRepositoryPrefix)
		return prefix == "ROOT" || strings.HasPrefix(r.Repository, prefix+"/")
	})
}

// registries holds an ECR client for each region that images come from.
type registries struct {
	mu      sync.Mutex
	clients map[string]*ecr.Client
	down    sync.Map // region → why nothing is to be had from it
}

func (c *Client) registry(region string) *ecr.Client {
	c.registries.mu.Lock()
	defer c.registries.mu.Unlock()
	if c.registries.clients == nil {
		c.registries.clients = map[string]*ecr.Client{}
	}
	if c.registries.clients[region] == nil {
		c.registries.clients[region] = ecr.NewFromConfig(c.config, func(o *ecr.Options) {
			o.Region, o.Retryer, o.RetryMaxAttempts = region, c.renewal.newRetryer(3), 0
		})
	}
	return c.registries.clients[region]
}
