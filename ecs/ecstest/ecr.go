package ecstest

import "slices"

func ecrOperations() map[string]operation {
	return map[string]operation{
		"ecr:DescribeImages": handle(describeImages),
		"ecr:BatchGetImage":  handle(batchGetImage),
	}
}

// An imageID names an image by tag, by digest, or by both.
type imageID struct {
	ImageDigest string `json:"imageDigest,omitempty"`
	ImageTag    string `json:"imageTag,omitempty"`
}

// repository finds the repository that an ECR call names.
func (c *call) repository(registry, name string) (*repository, error) {
	if name == "" {
		return nil, missing("repositoryName")
	}
	if registry == "" {
		registry = c.account
	}
	repo := c.region.repositories[registry+"/"+name]
	if repo == nil {
		return nil, refuse("RepositoryNotFoundException",
			"The repository with name '%s' does not exist in the registry with id '%s'", name, registry)
	}
	return repo, nil
}

type describeImagesInput struct {
	RegistryID     string    `json:"registryId"`
	RepositoryName string    `json:"repositoryName"`
	ImageIDs       []imageID `json:"imageIds"`
	NextToken      string    `json:"nextToken"`
	MaxResults     *int      `json:"maxResults"`
	Filter         struct {
		TagStatus   string `json:"tagStatus"`
		ImageStatus string `json:"imageStatus"`
	} `json:"filter"`
}

// describeImages answers for named images, of any status, or lists; a list has only ACTIVE images unless the filter says
// otherwise. One named image that is missing fails the whole call.
func describeImages(c *call, in *describeImagesInput) (any, error) {
	repo, err := c.repository(in.RegistryID, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	if len(in.ImageIDs) > 100 {
		return nil, invalid("imageIds can have at most 100 items.")
	}
	details := []object{}
	if len(in.ImageIDs) > 0 {
		for _, id := range in.ImageIDs {
			im := repo.find(id.ImageTag, id.ImageDigest)
			if im == nil {
				return nil, refuse("ImageNotFoundException",
					"The image with imageId {imageDigest:'%s', imageTag:'%s'} does not exist within the repository with name '%s' in the registry with id '%s'",
					orNull(id.ImageDigest), orNull(id.ImageTag), repo.name, repo.registry)
			}
			details = append(details, repo.detail(im))
		}
		return object{"imageDetails": details}, nil
	}
	for _, digest := range repo.order {
		im, tagged := repo.images[digest], len(repo.tagsOf(digest)) > 0
		if !statusWanted(in.Filter.ImageStatus, im.status) || in.Filter.TagStatus == "TAGGED" && !tagged ||
			in.Filter.TagStatus == "UNTAGGED" && tagged {
			continue
		}
		details = append(details, repo.detail(im))
	}
	from, to, next, err := c.page(len(details), in.NextToken, in.MaxResults, 100, 1000)
	if err != nil {
		return nil, err
	}
	o := object{"imageDetails": details[from:to]}
	setText(o, "nextToken", next)
	return o, nil
}

func statusWanted(filter, status string) bool {
	return filter == "ANY" || filter == status || filter == "" && status == "ACTIVE"
}

func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

// The media types of a plain image and of an index.
const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	indexType    = "application/vnd.oci.image.index.v1+json"
)

func (im *image) mediaType() string {
	if len(im.children) > 0 {
		return indexType
	}
	return manifestType
}

func (repo *repository) detail(im *image) object {
	o := object{
		"registryId": repo.registry, "repositoryName": repo.name, "imageDigest": im.digest, "imageStatus": im.status,
		"imageSizeInBytes": 1 << 20, "imageManifestMediaType": im.mediaType(),
	}
	setTime(o, "imagePushedAt", im.pushed)
	if tags := repo.tagsOf(im.digest); tags != nil {
		o["imageTags"] = tags
	}
	return o
}

type batchGetImageInput struct {
	RegistryID         string    `json:"registryId"`
	RepositoryName     string    `json:"repositoryName"`
	ImageIDs           []imageID `json:"imageIds"`
	AcceptedMediaTypes []string  `json:"acceptedMediaTypes"`
}

// batchGetImage answers for each image by itself: what is missing goes to failures.
func batchGetImage(c *call, in *batchGetImageInput) (any, error) {
	repo, err := c.repository(in.RegistryID, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	if len(in.ImageIDs) == 0 || len(in.ImageIDs) > 100 {
		return nil, invalid("imageIds must have 1 to 100 items.")
	}
	images, failures := []object{}, []object{}
	for _, id := range in.ImageIDs {
		im := repo.find(id.ImageTag, id.ImageDigest)
		if im == nil && id.ImageTag == "" && repo.parent(id.ImageDigest) != nil {
			im = &image{digest: id.ImageDigest}
		}
		if im == nil {
			code, reason := "ImageNotFound", "Requested image not found"
			if id.ImageTag != "" && id.ImageDigest != "" && repo.images[id.ImageDigest] != nil {
				code, reason = "ImageTagDoesNotMatchDigest", "Image tag does not match digest"
			}
			failures = append(failures, object{"imageId": id, "failureCode": code, "failureReason": reason})
			continue
		}
		images = append(images, object{
			"registryId": repo.registry, "repositoryName": repo.name, "imageManifest": im.manifest(),
			"imageManifestMediaType": im.mediaType(), "imageId": imageID{im.digest, id.ImageTag},
		})
	}
	return object{"images": images, "failures": failures}, nil
}

// manifest makes a manifest up. The digests in it are those of the story; its own bytes do not hash to the image's.
func (im *image) manifest() string {
	o := object{"schemaVersion": 2, "mediaType": im.mediaType()}
	if len(im.children) == 0 {
		o["config"] = object{"mediaType": "application/vnd.oci.image.config.v1+json", "size": 1024, "digest": Digest("config of " + im.digest)}
		o["layers"] = []object{}
		return string(mustMarshal(o))
	}
	platforms := []string{"amd64", "arm64", "arm", "386", "ppc64le", "s390x"}
	manifests := []object{}
	for i, child := range im.children {
		manifests = append(manifests, object{
			"mediaType": manifestType, "size": 1024, "digest": child,
			"platform": object{"os": "linux", "architecture": platforms[i%len(platforms)]},
		})
	}
	o["manifests"] = slices.Clip(manifests)
	return string(mustMarshal(o))
}
