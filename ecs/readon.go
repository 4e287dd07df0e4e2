package ecs

import "context"

// ReadHistory reads on in a history that a plan has kept, so that the revisions of its newest n deployments are known, as far
// as ECS still has them.
func (c *Client) ReadHistory(ctx context.Context, h *History, n int) error {
	if h.Err != nil || h.Described >= min(n, len(h.Deployments)) {
		return nil
	}
	revisions := map[string]*Revision{}
	err := c.describeRevisions(ctx, unique(h.want(n)), func(r *Revision) { revisions[r.ARN] = r })
	if err != nil && !unreadable(err) {
		return err
	}
	h.keep(n, revisions)
	return nil
}
