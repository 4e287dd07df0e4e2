package aws

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// ListHistory reads a service's newest deployments, without their revisions. An unreadable history is no error: it is said
// in History.Err, and the planner decides what can be done without it.
func (c *Client) ListHistory(ctx context.Context, cluster, service string) (past.History, error) {
	var h past.History
	in := &awsecs.ListServiceDeploymentsInput{Cluster: &cluster, Service: &service, MaxResults: awssdk.Int32(past.HistoryLimit)}
	turn := turning{operation: "ListServiceDeployments"}
	for more := true; more; {
		page, err := c.ecs.ListServiceDeployments(ctx, in)
		if why := Unread(err); why != nil {
			return past.History{Err: why}, nil
		}
		if err != nil {
			return past.History{}, err
		}
		if err := turn.next(page.NextToken); err != nil {
			return past.History{}, err
		}
		for _, d := range page.ServiceDeployments {
			h.Deployments = append(h.Deployments, newServiceDeployment(d))
		}
		// The order of the pages is not documented. Where they come newest first, what follows is too old for us.
		n := len(h.Deployments)
		enough := n >= past.HistoryLimit && !h.Deployments[0].CreatedAt.Before(h.Deployments[n-1].CreatedAt)
		in.NextToken = page.NextToken
		more = awssdk.ToString(page.NextToken) != "" && !enough
	}
	// Deployments of the same instant keep the order in which ECS lists them, turned if it lists the oldest first.
	if n := len(h.Deployments); n > 0 && h.Deployments[0].CreatedAt.Before(h.Deployments[n-1].CreatedAt) {
		slices.Reverse(h.Deployments)
	}
	slices.SortStableFunc(h.Deployments, func(a, b *past.ServiceDeployment) int { return b.CreatedAt.Compare(a.CreatedAt) })
	h.Deployments = h.Deployments[:min(len(h.Deployments), past.HistoryLimit)]
	return h, nil
}

func newServiceDeployment(d ecstypes.ServiceDeploymentBrief) *past.ServiceDeployment {
	return &past.ServiceDeployment{
		ARN: awssdk.ToString(d.ServiceDeploymentArn), Status: string(d.Status), Reason: awssdk.ToString(d.StatusReason),
		CreatedAt: awssdk.ToTime(d.CreatedAt), FinishedAt: awssdk.ToTime(d.FinishedAt),
		Target: awssdk.ToString(d.TargetServiceRevisionArn),
	}
}

// DescribeRevisions reads service revisions, those of several services in one call, and hands each to found. ECS leaves out
// those that it has no more. An error of permission is returned; the caller decides what it means.
func (c *Client) DescribeRevisions(ctx context.Context, arns []string, found func(*past.Revision)) error {
	for batch := range slices.Chunk(unique(arns), past.RevisionLimit) {
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

func newRevision(r ecstypes.ServiceRevision) (*past.Revision, error) {
	definition, err := past.ParseTaskDefinition(awssdk.ToString(r.TaskDefinition))
	if err != nil {
		return nil, err
	}
	revision := &past.Revision{
		ARN: awssdk.ToString(r.ServiceRevisionArn), CreatedAt: awssdk.ToTime(r.CreatedAt),
		Version: past.Version{TaskDefinition: definition},
	}
	if revision.Raw, err = json.Marshal(settableOf(r)); err != nil {
		return nil, err
	}
	revision.Config = revisionConfig(r)
	for _, i := range r.ContainerImages {
		revision.Version.Images = append(revision.Version.Images, past.Image{
			Container: awssdk.ToString(i.ContainerName), Reference: awssdk.ToString(i.Image), Digest: awssdk.ToString(i.ImageDigest),
		})
	}
	for i := range revision.Version.Images {
		if image := &revision.Version.Images[i]; image.Digest == "" {
			image.Digest = past.ParseReference(image.Reference).Digest
		}
	}
	slices.SortFunc(revision.Version.Images, func(a, b past.Image) int { return strings.Compare(a.Container, b.Container) })
	return revision, nil
}

// ReadSources fills in what a deployment that goes on replaces.
func (c *Client) ReadSources(ctx context.Context, d *past.ServiceDeployment) error {
	out, err := c.ecs.DescribeServiceDeployments(ctx, &awsecs.DescribeServiceDeploymentsInput{
		ServiceDeploymentArns: []string{d.ARN},
	})
	if Unread(err) != nil {
		return nil
	}
	if err != nil {
		return err
	}
	for _, deployment := range out.ServiceDeployments {
		for _, source := range deployment.SourceServiceRevisions {
			d.Sources = append(d.Sources, awssdk.ToString(source.Arn))
		}
	}
	return nil
}

// ReadNow fills in the digests of what services run, all in as few calls as possible. Where they are not to be had, they
// stay unknown.
func (c *Client) ReadNow(ctx context.Context, services []*past.Service) error {
	var arns []string
	for _, s := range services {
		if len(s.Revisions) == 1 {
			arns = append(arns, s.Revisions[0])
		}
	}
	revisions := map[string]*past.Revision{}
	err := c.DescribeRevisions(ctx, arns, func(r *past.Revision) { revisions[r.ARN] = r })
	if err != nil && Unread(err) == nil {
		return err
	}
	for _, s := range services {
		if len(s.Revisions) == 1 && revisions[s.Revisions[0]] != nil {
			s.Now = revisions[s.Revisions[0]].Version
		}
	}
	return nil
}
