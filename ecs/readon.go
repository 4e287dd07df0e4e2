package ecs

import (
	"context"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// ReadHistory reads on in a history that a plan has kept, so that the revisions of its newest n deployments are known, as far
// as ECS still has them.
func (c *Client) ReadHistory(ctx context.Context, h *past.History, n int) error {
	if h.Err != nil || h.Described >= min(n, len(h.Deployments)) {
		return nil
	}
	revisions := map[string]*past.Revision{}
	err := c.calls.DescribeRevisions(ctx, h.Want(n), func(r *past.Revision) { revisions[r.ARN] = r })
	if err != nil && aws.Unread(err) == nil {
		return err
	}
	h.Keep(n, revisions)
	return nil
}
