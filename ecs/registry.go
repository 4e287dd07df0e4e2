package ecs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// found is what ECR knows of an image.
type found struct {
	exists    bool
	digest    string
	status    string   // ACTIVE, ARCHIVED or ACTIVATING; empty from registries that do not say
	tags      []string // all that name it
	mediaType string
	unasked   string // why ECR could not be asked
}

// imageCheck is what came of looking at a version's images.
type imageCheck struct {
	pins  map[string]string // by container: the image reference to deploy instead
	notes []string
	gone  string // why the version cannot run any more
}

// checkImages asks ECR for each image of a version: does it exist, and does its tag still name what ran? With must, what ran
// is pinned even where ECR cannot be asked.
func (p *planning) checkImages(ctx context.Context, v Version, must bool) (imageCheck, error) {
	checks := make([]imageCheck, len(v.Images))
	indexes := make([]int, len(v.Images))
	for i := range indexes {
		indexes[i] = i
	}
	err := parallel(ctx, indexes, func(ctx context.Context, i int) (err error) {
		checks[i], err = p.checkImage(ctx, v.Images[i], must)
		return err
	})
	all := imageCheck{pins: map[string]string{}}
	for _, c := range checks {
		for container, image := range c.pins {
			all.pins[container] = image
		}
		all.notes = append(all.notes, c.notes...)
		if all.gone == "" {
			all.gone = c.gone
		}
	}
	all.notes = slices.Compact(all.notes)
	return all, err
}

func (p *planning) checkImage(ctx context.Context, i Image, must bool) (imageCheck, error) {
	r := parseReference(i.Reference)
	pinnable := r.digest == "" && i.Digest != "" && p.Same.counts(i) && !p.Same.IgnoreDigests
	pin := imageCheck{pins: map[string]string{i.Container: r.name + "@" + i.Digest}}
	switch {
	case !r.privateECR():
		return noted("image %s not checked: it is not in private ECR", i.Reference), nil
	case p.NoImageCheck && pinnable && must:
		return pin, nil
	case p.NoImageCheck:
		return imageCheck{}, nil
	}
	named, err := p.lookUp(ctx, r, r.tag, r.digest)
	if err != nil {
		return imageCheck{}, err
	}
	switch {
	case named.unasked != "" && pinnable && must:
		pin.notes = []string{"images not checked: " + named.unasked}
		return pin, nil
	case named.unasked != "":
		return noted("images not checked: %s", named.unasked), nil
	case !pinnable && !named.exists:
		return imageCheck{gone: fmt.Sprintf("image %s no longer exists", i.Reference)}, nil
	case !pinnable || named.exists && named.digest == i.Digest:
		return archived(i.Reference, named), nil
	}
	return p.checkMoved(ctx, i, r, named, pin)
}

// checkMoved looks at an image whose tag no longer names the digest that ran, or names nothing any more.
func (p *planning) checkMoved(ctx context.Context, i Image, r reference, named found, pin imageCheck) (imageCheck, error) {
	isChild, err := p.hasChild(ctx, r, named, i.Digest)
	if err != nil || isChild {
		return archived(i.Reference, named), err
	}
	ran, err := p.lookUp(ctx, r, "", i.Digest)
	if err != nil {
		return imageCheck{}, err
	}
	what := fmt.Sprintf("tag %s has moved", r.tag)
	if !named.exists {
		what = fmt.Sprintf("tag %s is gone", r.tag)
	}
	switch {
	case ran.unasked != "":
		pin.notes = []string{fmt.Sprintf("%s: pinned to the digest that ran; image %s@%s not checked: %s", what, r.repository, shortDigest(i.Digest), ran.unasked)}
		return pin, nil
	case !ran.exists:
		return imageCheck{gone: fmt.Sprintf("%s, and the image that ran no longer exists: %s@%s", what, r.name, i.Digest)}, nil
	}
	if c := archived(r.name+"@"+i.Digest, ran); c.gone != "" {
		return c, nil
	}
	pin.notes = []string{fmt.Sprintf("%s: pinned to the digest that ran, %s@%s", what, r.repository, shortDigest(i.Digest))}
	if len(ran.tags) == 0 {
		pin.notes = append(pin.notes, fmt.Sprintf("%s@%s has no tag any more: a lifecycle rule of the repository may delete it; tag it to keep it",
			r.repository, shortDigest(i.Digest)))
	}
	return pin, nil
}

func noted(format string, args ...any) imageCheck {
	return imageCheck{notes: []string{fmt.Sprintf(format, args...)}}
}

// archived refuses an image that exists and cannot be pulled.
func archived(image string, f found) imageCheck {
	if f.status == "" || f.status == string(ecrtypes.ImageStatusActive) {
		return imageCheck{}
	}
	return imageCheck{gone: fmt.Sprintf("image %s is %s in ECR and cannot be pulled; restore it first: 'aws ecr update-image-storage-class'", image, f.status)}
}

// lookUp asks ECR for one image, by tag or digest, once for each.
func (p *planning) lookUp(ctx context.Context, r reference, tag, digest string) (found, error) {
	if digest != "" {
		tag = ""
	}
	return p.images.get(r.name+":"+tag+"@"+digest, func() (found, error) { return p.client.describeImage(ctx, r, tag, digest) })
}

// sideTime is how long ECR may take to answer, all attempts together. An image that was not looked at stops nothing, and a
// network that does not lead to ECR must not hold up an undo.
const sideTime = 10 * time.Second

func (c *Client) describeImage(ctx context.Context, r reference, tag, digest string) (found, error) {
	if down, ok := c.registries.down.Load(r.region); ok {
		return found{unasked: down.(string)}, nil
	}
	id := ecrtypes.ImageIdentifier{}
	if digest != "" {
		id.ImageDigest = &digest
	} else {
		id.ImageTag = &tag
	}
	asking, cancel := context.WithTimeout(ctx, sideTime)
	defer cancel()
	out, err := c.registry(r.region).DescribeImages(asking, &ecr.DescribeImagesInput{
		RegistryId: &r.account, RepositoryName: &r.repository, ImageIds: []ecrtypes.ImageIdentifier{id},
	})
	if ctx.Err() != nil {
		return found{}, ctx.Err()
	}
	var noImage *ecrtypes.ImageNotFoundException
	var unsent *smithyhttp.RequestSendError
	var noRepository *ecrtypes.RepositoryNotFoundException
	switch {
	case asError(err, &noImage) || asError(err, &noRepository):
		return found{}, nil
	case asError(err, &unsent) || errors.Is(err, context.DeadlineExceeded):
		why := "no answer from ECR in " + r.region
		c.registries.down.Store(r.region, why) // do not wait for each image anew
		return found{unasked: why}, nil
	case errorCode(err) != "":
		return found{unasked: errorCode(err)}, nil
	case err != nil:
		return found{unasked: "no answer of ECR in " + r.region + " that could be read"}, nil
	case len(out.ImageDetails) == 0:
		return found{}, nil
	}
	d := out.ImageDetails[0]
	return found{
		exists: true, digest: aws.ToString(d.ImageDigest), status: string(d.ImageStatus), tags: d.ImageTags,
		mediaType: aws.ToString(d.ImageManifestMediaType),
	}, nil
}

// hasChild reports whether an index, such as a multi-platform image, lists the digest. ECS may have recorded the image of the
// platform, and the tag that names the index has not moved then.
func (p *planning) hasChild(ctx context.Context, r reference, index found, digest string) (bool, error) {
	if !index.exists || !strings.Contains(index.mediaType, "index") && !strings.Contains(index.mediaType, "manifest.list") {
		return false, nil
	}
	out, err := p.client.registry(r.region).BatchGetImage(ctx, &ecr.BatchGetImageInput{
		RegistryId: &r.account, RepositoryName: &r.repository,
		ImageIds:           []ecrtypes.ImageIdentifier{{ImageDigest: &index.digest}},
		AcceptedMediaTypes: []string{index.mediaType},
	})
	if err != nil {
		return false, ctx.Err() // not allowed to read it: then it counts as moved, and what ran is pinned
	}
	for _, image := range out.Images {
		var manifest struct{ Manifests []struct{ Digest string } }
		if json.Unmarshal([]byte(aws.ToString(image.ImageManifest)), &manifest) != nil {
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
			o.Region, o.Retryer, o.RetryMaxAttempts = region, newRetryer(3), 0
		})
	}
	return c.registries.clients[region]
}
