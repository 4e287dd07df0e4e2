package ecstest

import "time"

// A revision is a service revision: an immutable record of a definition, a configuration, and the image digests that the
// first task resolved.
type revision struct {
	number     string // that of its ARN, and of the ecs-svc/ deployment that it is made for
	arn        string
	created    time.Time
	service    *service
	definition *definition
	config     object // see configMembers
	images     []containerImage
	resolved   bool // their digests are recorded
	missing    bool // DescribeServiceRevisions does not find it
}

// A containerImage is what one container of a revision runs.
type containerImage struct {
	ContainerName string `json:"containerName"`
	Image         string `json:"image"`
	ImageDigest   string `json:"imageDigest,omitempty"`
	unresolved    bool   // versionConsistency is disabled: no digest
}

// configMembers are the members of a service that its revisions record beside the task definition.
var configMembers = []string{
	"capacityProviderStrategy", "launchType", "loadBalancers", "networkConfiguration", "platformFamily", "platformVersion",
	"serviceConnectConfiguration", "serviceRegistries", "volumeConfigurations", "vpcLatticeConfigurations", "monitoring",
	"gatewayConnectors",
}

// newRevision records what a deployment of d with this configuration runs. Tags are resolved here, once; without tasks
// (desired count 0) nobody resolves them.
func (sv *service) newRevision(d *definition, config object) *revision {
	s := sv.server()
	r := &revision{number: s.digits(), created: s.clock.now, service: sv, definition: d, config: config}
	r.arn = sv.region().arn("service-revision/" + sv.cluster.name + "/" + sv.name + "/" + r.number)
	for _, c := range d.containers() {
		name, _ := c["name"].(string)
		ref, _ := c["image"].(string)
		off, _ := c["versionConsistency"].(string)
		r.images = append(r.images, containerImage{ContainerName: name, Image: ref, unresolved: off == "disabled"})
	}
	r.resolve()
	sv.revisions = append(sv.revisions, r)
	return r
}

// resolve records the digests that the images' tags name now, as the first task does; later ones find them recorded.
func (r *revision) resolve() {
	if r.service.desired == 0 || r.resolved {
		return
	}
	r.resolved = true
	for i := range r.images {
		if im := &r.images[i]; !im.unresolved {
			im.ImageDigest, _ = r.service.server().resolve(im.Image)
		}
	}
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

// revision returns the revision with an ARN, nil if there is none, a story calls it missing, or it is of before ECS made any.
func (rg *region) revision(arn string) *revision {
	sv := rg.serviceOf(arn, "service-revision/")
	if sv == nil {
		return nil
	}
	for _, r := range sv.revisions {
		if r.arn == arn && !r.missing && !r.created.Before(remembersFrom) {
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
