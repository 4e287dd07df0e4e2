package ecs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	historyLimit  = 100 // deployments of a service that are read, at most
	revisionLimit = 20  // service revisions that one DescribeServiceRevisions call takes; also our first look back
)

// A History is what ECS itself recorded of a service's deployments: those of the last 90 days, at most the newest 100.
// Older ones, and all from before 2024-10-25, are not there (developer guide, "Amazon ECS service deployments").
type History struct {
	Deployments []*ServiceDeployment // newest first
	Described   int                  // how many of them have been looked at more closely, from the newest on
	Err         error                // why there is none: no permission, or not supported for this service

	revisions map[string]*Revision // those that were read, by ARN
	before    *visit               // what ran before the oldest deployment, where that is known; nil if it is not
}

// A ServiceDeployment is one entry of the history.
type ServiceDeployment struct {
	ARN        string
	Status     string // PENDING … ROLLBACK_FAILED, as ListServiceDeployments has it
	Reason     string
	CreatedAt  time.Time
	FinishedAt time.Time // zero while it goes on
	Target     string    // ARN of the service revision that it deployed
	Sources    []string  // ARNs of the service revisions that it replaces; known only of one that goes on
	Waiting    string    // at which pause hook it waits, and how to let it go on; known only while it is watched
	rollbackBy string    // of a deployment of CodeDeploy: the deployment that rolls it back
	Revision   *Revision // Target described; nil if it was not read or ECS has it no more
}

// A Revision is a service revision: ECS's immutable record of what a deployment ran and how it was configured.
type Revision struct {
	ARN     string
	Version Version
	Config  map[string]string // everything but the version, as comparable text by its API name

	record *ecstypes.ServiceRevision // as ECS has it
}

// The ways in which a service deployment can end, and the way in which it goes on.
func (d *ServiceDeployment) successful() bool { return d.Status == "SUCCESSFUL" }
func (d *ServiceDeployment) rolledBack() bool { return d.Status == "ROLLBACK_SUCCESSFUL" }
func (d *ServiceDeployment) rollingBack() bool {
	return d.Status == "ROLLBACK_REQUESTED" || d.Status == "ROLLBACK_IN_PROGRESS"
}
func (d *ServiceDeployment) rollingOut() bool {
	return d.Status == "PENDING" || d.Status == "IN_PROGRESS"
}

// stopped reports whether a deployment ended, or is about to, without having come up and without a rollback.
func (d *ServiceDeployment) stopped() bool {
	return d.Status == "STOPPED" || d.Status == "STOP_REQUESTED"
}

// read gives the deployments whose revisions were read, newest first.
func (h *History) read() []*ServiceDeployment { return h.Deployments[:h.Described] }

// unread reports whether there are older deployments whose revisions have not been read yet.
func (h *History) unread() bool { return h.Described < len(h.Deployments) }

// newest gives the newest deployment of all, however it ended; nil if there is none.
func (h *History) newest() *ServiceDeployment {
	if len(h.Deployments) == 0 {
		return nil
	}
	return h.Deployments[0]
}

// listHistory reads a service's newest deployments, without their revisions. An unreadable history is no error: it is said
// in History.Err, and the planner decides what can be done without it.
func (c *Client) listHistory(ctx context.Context, cluster, service string) (History, error) {
	var h History
	in := &awsecs.ListServiceDeploymentsInput{Cluster: &cluster, Service: &service, MaxResults: aws.Int32(historyLimit)}
	for more := true; more; {
		page, err := c.ecs.ListServiceDeployments(ctx, in)
		if unreadable(err) {
			return History{Err: err}, nil
		}
		if err != nil {
			return History{}, err
		}
		for _, d := range page.ServiceDeployments {
			h.Deployments = append(h.Deployments, newServiceDeployment(d))
		}
		// The order of the pages is not documented. Where they come newest first, what follows is too old for us.
		n := len(h.Deployments)
		enough := n >= historyLimit && !h.Deployments[0].CreatedAt.Before(h.Deployments[n-1].CreatedAt)
		in.NextToken = page.NextToken
		more = aws.ToString(page.NextToken) != "" && !enough
	}
	// Deployments of the same instant keep the order in which ECS lists them, turned if it lists the oldest first.
	if n := len(h.Deployments); n > 0 && h.Deployments[0].CreatedAt.Before(h.Deployments[n-1].CreatedAt) {
		slices.Reverse(h.Deployments)
	}
	slices.SortStableFunc(h.Deployments, func(a, b *ServiceDeployment) int { return b.CreatedAt.Compare(a.CreatedAt) })
	h.Deployments = h.Deployments[:min(len(h.Deployments), historyLimit)]
	return h, nil
}

func newServiceDeployment(d ecstypes.ServiceDeploymentBrief) *ServiceDeployment {
	return &ServiceDeployment{
		ARN: aws.ToString(d.ServiceDeploymentArn), Status: string(d.Status), Reason: aws.ToString(d.StatusReason),
		CreatedAt: aws.ToTime(d.CreatedAt), FinishedAt: aws.ToTime(d.FinishedAt),
		Target: aws.ToString(d.TargetServiceRevisionArn),
	}
}

// unreadable reports whether err means that this service has no history for us, now or later: it is not supported (which
// controllers that hits is not documented), not permitted, or not known to the server at all.
func unreadable(err error) bool {
	var gone *ecstypes.ServiceNotFoundException // DescribeServices tells of a service that is not there
	if errors.As(err, &gone) {
		return true
	}
	switch errorCode(err) {
	case "UnsupportedFeatureException", "AccessDeniedException", "AccessDenied", "UnknownOperationException", "InvalidAction", "NotImplemented":
		return true
	}
	return false
}

// describeRevisions reads service revisions, those of several services in one call, and hands each to found. ECS leaves out
// those that it has no more. An error of permission is returned; the caller decides what it means.
func (c *Client) describeRevisions(ctx context.Context, arns []string, found func(*Revision)) error {
	for batch := range slices.Chunk(arns, revisionLimit) {
		out, err := c.ecs.DescribeServiceRevisions(ctx, &awsecs.DescribeServiceRevisionsInput{ServiceRevisionArns: batch})
		if err != nil {
			return err
		}
		for _, r := range out.ServiceRevisions {
			revision, err := newRevision(r)
			if err != nil {
				return err
			}
			found(revision)
		}
	}
	return nil
}

func newRevision(r ecstypes.ServiceRevision) (*Revision, error) {
	definition, err := ParseTaskDefinition(aws.ToString(r.TaskDefinition))
	if err != nil {
		return nil, err
	}
	revision := &Revision{
		ARN:     aws.ToString(r.ServiceRevisionArn),
		Version: Version{TaskDefinition: definition},
		Config:  revisionConfig(r),
		record:  &r,
	}
	revision.Version.config = revision.config()
	for _, i := range r.ContainerImages {
		revision.Version.Images = append(revision.Version.Images, Image{
			Container: aws.ToString(i.ContainerName), Reference: aws.ToString(i.Image), Digest: aws.ToString(i.ImageDigest),
		})
	}
	for i := range revision.Version.Images {
		if image := &revision.Version.Images[i]; image.Digest == "" {
			image.Digest = parseReference(image.Reference).digest
		}
	}
	slices.SortFunc(revision.Version.Images, func(a, b Image) int { return strings.Compare(a.Container, b.Container) })
	return revision, nil
}

// readSources fills in what a deployment that goes on replaces.
func (c *Client) readSources(ctx context.Context, d *ServiceDeployment) error {
	out, err := c.ecs.DescribeServiceDeployments(ctx, &awsecs.DescribeServiceDeploymentsInput{
		ServiceDeploymentArns: []string{d.ARN},
	})
	if unreadable(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, deployment := range out.ServiceDeployments {
		for _, source := range deployment.SourceServiceRevisions {
			d.Sources = append(d.Sources, aws.ToString(source.Arn))
		}
	}
	return nil
}
