package ecs

import (
	"context"
	"slices"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// guess has it decided by other sources where the history does not tell: records, and the revisions of the family.
func (p *planning) guess(ctx context.Context, s *past.Service, r *past.Reading, d past.Decision) (past.Decision, error) {
	g, now := d.Guess, d.From
	if why := aws.Unsaid(s.History.Err); why != nil { // there may well be a history
		d.Need, d.Action, d.Reason = past.Nothing, past.Blocked, past.Reason{Code: past.NotAnswered, Facts: past.Facts{Why: why.Error()}}
		return d, nil
	}
	current, err := p.definition(ctx, s.TaskDefinition)
	if err != nil {
		return d, err
	}
	if !now.Version.Known() {
		now = past.Visit{Version: past.Version{TaskDefinition: s.TaskDefinition}, Since: s.Primary().CreatedAt}
		if current != nil {
			now.Version.Images = current.Images()
			now.Version.Origin, _ = current.Origin()
		}
		if decision, other := g.Meant.Passes(now.Version); other {
			return decision, nil
		}
	}
	from := past.Sources{Current: current, Asked: p.Guess, At: p.plan.ObservedAt}
	if from.Records, err = p.records(s.SeenAt); err != nil {
		return d, err
	}
	if g.AsOf.IsZero() {
		if err := p.revisionsAround(ctx, s, now.Version, g.Left(s.Name, now.Version, from.Records), &from); err != nil {
			return d, err
		}
	}
	return g.Decide(r, p.rules, now, from), nil
}

// revisionsAround finds the revisions of the family next to the one that runs, copies counting as their original, that can still
// be read, ACTIVE or INACTIVE: under it, none that was left before.
func (p *planning) revisionsAround(ctx context.Context, s *past.Service, now past.Version, left []past.Version, from *past.Sources) error {
	var above, below []past.TaskDefinition
	for _, status := range []string{past.Active, past.Inactive} {
		over, under, err := p.client.DefinitionsAround(ctx, now.Original(), status)
		if err != nil && !aws.Unreadable(err) {
			return err
		}
		from.Unread = from.Unread || err != nil
		above, below = append(above, over...), append(below, under...)
	}
	slices.SortFunc(above, func(a, b past.TaskDefinition) int { return a.Revision - b.Revision })
	slices.SortFunc(below, func(a, b past.TaskDefinition) int { return b.Revision - a.Revision })
	below = slices.DeleteFunc(below, func(t past.TaskDefinition) bool {
		return slices.ContainsFunc(left, func(v past.Version) bool { return v.TaskDefinition == t })
	})
	var err error
	if from.Above, err = p.firstOriginal(ctx, above); err != nil {
		return err
	}
	from.Unread = from.Unread || len(above) > 0 && (from.Above == nil && p.anyUnread(above) || from.Above != nil && from.Above.RegisteredAt.IsZero())
	if from.Below, err = p.firstOriginal(ctx, below); err != nil || from.Below == nil {
		return err
	}
	if from.SharedBy, err = p.sharedFamily(ctx, s); err != nil {
		return err
	}
	from.Misfit = s.Misfit(from.Below, from.Current)
	return nil
}

// anyUnread reports whether some of the definitions could not be read for want of permission.
func (p *planning) anyUnread(definitions []past.TaskDefinition) bool {
	return slices.ContainsFunc(definitions, func(t past.TaskDefinition) bool {
		_, unread := p.unread.Load(t)
		return unread
	})
}

// firstOriginal gives the first of some definitions that can be read and is no copy of another; nil if there is none.
func (p *planning) firstOriginal(ctx context.Context, definitions []past.TaskDefinition) (*past.Definition, error) {
	for _, t := range definitions {
		d, err := p.definition(ctx, t)
		if err != nil {
			return nil, err
		}
		if d == nil {
			continue
		}
		if _, isCopy := d.Origin(); !isCopy {
			return d, nil
		}
	}
	return nil, nil
}

// sharedFamily names another service of the cluster that runs the family at another revision.
func (p *planning) sharedFamily(ctx context.Context, s *past.Service) (string, error) {
	all, err := p.census.Get("", func() ([]*past.Service, error) { return p.client.DescribeAll(ctx, p.cluster) })
	if err != nil {
		return "", err
	}
	for _, other := range all {
		if other.Name != s.Name && other.TaskDefinition.Family == s.TaskDefinition.Family && other.TaskDefinition != s.TaskDefinition {
			return other.Name, nil
		}
	}
	return "", nil
}
