package ecstest

import (
	"strings"
	"time"
)

// A revision is a service revision: an immutable record of a definition, a configuration, and the image digests that the
// first task resolved.
type revision struct {
	arn        string
	created    time.Time
	service    *service
	definition *definition
	config     object           // see configMembers
	images     []containerImage // digests are resolved when the deployment starts
	missing    bool             // DescribeServiceRevisions does not find it
}

// A containerImage is what one container of a revision runs.
type containerImage struct {
	ContainerName string `json:"containerName"`
	Image         string `json:"image"`
	ImageDigest   string `json:"imageDigest,omitempty"`
}

// configMembers are the members of a service that its revisions record beside the task definition.
var configMembers = []string{
	"capacityProviderStrategy", "launchType", "loadBalancers", "networkConfiguration", "platformFamily", "platformVersion",
	"serviceConnectConfiguration", "serviceRegistries", "volumeConfigurations", "vpcLatticeConfigurations",
}

// newRevision records what a deployment of d with this configuration runs. Tags are resolved here, once; without tasks
// (desired count 0) nobody resolves them.
func (sv *service) newRevision(d *definition, config object) *revision {
	s := sv.server()
	r := &revision{
		arn:     sv.region().arn("service-revision/" + sv.cluster.name + "/" + sv.name + "/" + s.digits()),
		created: s.clock.now, service: sv, definition: d, config: config,
	}
	for _, c := range d.containers() {
		name, _ := c["name"].(string)
		ref, _ := c["image"].(string)
		im := containerImage{ContainerName: name, Image: ref}
		if off, _ := c["versionConsistency"].(string); sv.desired > 0 && off != "disabled" {
			im.ImageDigest, _ = s.resolve(ref)
		}
		r.images = append(r.images, im)
	}
	sv.revisions = append(sv.revisions, r)
	return r
}

// fails reports whether tasks of r never get healthy: the story called its definition, an image or a digest bad, or an
// image is not in ECR. No tasks, no failure.
func (r *revision) fails() bool {
	s := r.service.server()
	if r.service.desired == 0 {
		return false
	}
	if s.bad[r.definition.String()] {
		return true
	}
	for _, im := range r.images {
		if s.bad[im.Image] || s.bad[im.ImageDigest] {
			return true
		}
		name := im.Image
		if im.ImageDigest != "" {
			name, _, _ = strings.Cut(name, "@")
			name += "@" + im.ImageDigest
		}
		if _, there := s.resolve(name); !there {
			return true
		}
	}
	return false
}

func (r *revision) view() object {
	o := object{
		"serviceRevisionArn": r.arn, "serviceArn": r.service.arn, "clusterArn": r.service.cluster.arn,
		"taskDefinition": r.definition.arn(), "containerImages": r.images, "createdAt": epoch(r.created),
		"guardDutyEnabled": false, "loadBalancers": []object{}, "serviceRegistries": []object{},
	}
	for name, value := range r.config {
		o[name] = value
	}
	return o
}

// find returns the revision with an ARN, nil if there is none or it is past what ECS keeps.
func (rg *region) revision(arn string) *revision {
	sv := rg.serviceOf(arn, "service-revision/")
	if sv == nil {
		return nil
	}
	for _, r := range sv.revisions {
		if r.arn == arn && !r.missing && !sv.forgotten(r.created) {
			return r
		}
	}
	return nil
}

type describeServiceRevisionsInput struct {
	ServiceRevisionArns []string `json:"serviceRevisionArns"`
}

func describeServiceRevisions(c *call, in *describeServiceRevisionsInput) (any, error) {
	if err := upTo20("serviceRevisionArns", in.ServiceRevisionArns); err != nil {
		return nil, err
	}
	found, failures := []object{}, []object{}
	for _, arn := range in.ServiceRevisionArns {
		if r := c.region.revision(arn); r != nil {
			found = append(found, r.view())
		} else {
			failures = append(failures, object{"arn": arn, "reason": "MISSING"})
		}
	}
	return object{"serviceRevisions": found, "failures": failures}, nil
}

// upTo20 checks the ARN lists of the calls that take 20 at most; the text follows that of DescribeServices.
func upTo20(member string, arns []string) error {
	if len(arns) == 0 {
		return invalid("%s can not be empty.", member)
	}
	if len(arns) > 20 {
		return invalid("%s can have at most 20 items.", member)
	}
	return nil
}
