package ecs

import (
	"context"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// look reads the revisions of the newest deployments of some services, together, as far back as depth; then which of their
// definitions are copies.
func (p *planning) look(ctx context.Context, services []*past.Service, depth int) error {
	if err := aws.Parallel(ctx, services, p.readSources); err != nil {
		return err
	}
	var wanted []string
	shown := map[*past.Service][]string{} // what the services show and no list has
	oldest := p.readOldest(ctx, services, depth)
	for _, s := range services {
		wanted = append(wanted, s.History.Want(depth)...)
		if d := oldest[s]; d != nil {
			wanted = append(wanted, d.Sources...)
		}
		shown[s] = past.Read(s).Unread()
		wanted = append(wanted, shown[s]...)
	}
	revisions := map[string]*past.Revision{}
	err := p.client.DescribeRevisions(ctx, wanted, func(r *past.Revision) { revisions[r.ARN] = r })
	unread := aws.Unread(err)
	if err != nil && unread == nil {
		return err
	}
	for _, s := range services {
		if err != nil && s.History.Err == nil {
			s.History = past.History{Err: unread}
			continue
		}
		s.History.Keep(depth, revisions)
		s.FillNewest()
		if d := oldest[s]; d != nil && s.History.Before == nil {
			s.History.Before = past.SourceOf(d, revisions)
		}
		own := map[string]*past.Revision{}
		for _, arn := range shown[s] {
			if r := revisions[arn]; r != nil {
				own[arn] = r
			}
		}
		s.History.Learn(own)
	}
	return aws.Parallel(ctx, services, func(ctx context.Context, s *past.Service) error {
		if err := p.fillBefore(ctx, s); err != nil {
			return err
		}
		return p.findCopies(ctx, s)
	})
}

// readSources asks what a rollout that goes on replaces: that decides whether ECS's own rollback leads where we want.
func (p *planning) readSources(ctx context.Context, s *past.Service) error {
	d := past.Read(s).Newest()
	if d == nil || !d.RollingOut() || d.Sources != nil || d.ARN == "" || s.Controller != past.ControllerECS {
		return nil
	}
	if err := p.client.ReadSources(ctx, d); err != nil {
		return err
	}
	s.Replaces = d.Sources // of one that no list has yet: it is made anew with each reading
	return nil
}

// readOldest asks what the oldest listed deployment of each service replaced whose history is cut and is read to its end: ECS has
// the revisions for longer than it lists the deployments.
func (p *planning) readOldest(ctx context.Context, services []*past.Service, depth int) map[*past.Service]*past.ServiceDeployment {
	oldest := map[*past.Service]*past.ServiceDeployment{}
	var arns []string
	for _, s := range services {
		if d := past.Read(s).Oldest(); d != nil && len(s.History.Deployments) <= depth && s.Controller == past.ControllerECS && s.History.Before == nil {
			oldest[s] = d
			arns = append(arns, d.ARN)
		}
	}
	asked := p.client.DescribeDeployments(ctx, arns)
	for _, d := range oldest {
		if a := asked[d.ARN]; a != nil {
			d.Sources = a.Sources
		}
	}
	return oldest
}

// fillBefore puts in what a rollout replaces, or is rolled back to, that began before all that ECS still lists: the service
// itself shows it, without digests.
func (p *planning) fillBefore(ctx context.Context, s *past.Service) error {
	h := &s.History
	r := past.Read(s)
	newest := r.Newest()
	if h.Before != nil || newest == nil || newest.Revision == nil || h.Unread() || !r.Cut() || r.HasGood() {
		return nil
	}
	before, ok := s.Replaced(newest, newest.Revision.Version.TaskDefinition)
	if !ok {
		return nil
	}
	revision := &past.Revision{Version: past.Version{TaskDefinition: before.TaskDefinition}}
	d, err := p.definition(ctx, before.TaskDefinition)
	if d != nil {
		revision.Version.Images = d.Images()
	}
	h.Before = &past.Visit{Version: revision.Version, Since: before.CreatedAt}
	if len(newest.Sources) == 1 && h.Revisions[newest.Sources[0]] == nil {
		h.Revisions[newest.Sources[0]] = revision
	}
	return err
}

// findCopies marks the versions that are copies of an older one, and the containers that are no service's own. Only a definition
// whose images may be those of an older one is looked at more closely, by tag and by body.
func (p *planning) findCopies(ctx context.Context, s *past.Service) error {
	for _, kin := range past.Read(s).Kin() {
		v, older := kin[0], kin[1]
		if !v.Version.Origin.IsZero() {
			continue
		}
		origin, err := p.originOf(ctx, v.Version, older.Version)
		if err != nil {
			return err
		}
		if origin.IsZero() || origin == v.Version.TaskDefinition {
			continue
		}
		var named []past.Image
		if d, err := p.definition(ctx, origin); err != nil {
			return err
		} else if d != nil {
			named = d.Images()
		}
		s.History.SetOrigin(v.Version.TaskDefinition, origin, named)
	}
	return nil
}

// originOf tells what a version's definition is a copy of, by its tag or its body.
func (p *planning) originOf(ctx context.Context, v, older past.Version) (past.TaskDefinition, error) {
	d, err := p.definition(ctx, v.TaskDefinition)
	if err != nil || d == nil {
		return past.TaskDefinition{}, err
	}
	o, err := p.definition(ctx, older.TaskDefinition)
	return past.OriginOf(v, older, d, o), err
}

// definition describes a definition once. One that is gone, or that we may not read, is nil.
func (p *planning) definition(ctx context.Context, t past.TaskDefinition) (*past.Definition, error) {
	return p.definitions.Get(t, func() (*past.Definition, error) {
		d, err := p.client.DescribeDefinition(ctx, t)
		if aws.Unreadable(err) {
			p.unread.Store(t, past.Briefly(err))
			return nil, nil
		}
		if aws.NotFound(err) {
			return nil, nil
		}
		return d, err
	})
}

// proveNew spares the older part of a long history where it cannot matter: a definition that was registered only after the
// oldest deployment that was read, and is no copy, cannot have run before that. Otherwise the rest is read too, and where
// that is not all, it is found out whether the service may be back at something from before.
func (p *planning) proveNew(ctx context.Context, s *past.Service) error {
	h := &s.History
	if h.Err != nil || len(h.Deployments) == 0 || p.planner.Wants != nil {
		return nil
	}
	if !h.Unread() {
		return p.lookBefore(ctx, s)
	}
	d, err := p.definition(ctx, s.TaskDefinition)
	if err != nil {
		return err
	}
	if d != nil && d.RegisteredAt.After(h.Read()[h.Described-1].CreatedAt) {
		if _, isCopy := d.Origin(); !isCopy {
			return nil
		}
	}
	if err := p.look(ctx, []*past.Service{s}, past.HistoryLimit); err != nil {
		return err
	}
	return p.lookBefore(ctx, s)
}

// olderBodies is how many revisions below the one before are compared with the current one where the history is cut.
const olderBodies = 5

// lookBefore finds out of a service whose history is cut whether its current definition, which looks new in what is left of it,
// is a copy of something older, by its tag or by its body. It is a look at a few definitions, and only where the service has run
// but two versions in all that is listed.
func (p *planning) lookBefore(ctx context.Context, s *past.Service) error {
	top, under, ok := past.Read(s).Doubtful(p.rules)
	if !ok {
		return nil
	}
	d, err := p.definition(ctx, top.TaskDefinition)
	if err != nil || d == nil {
		return err
	}
	if origin, isCopy := d.Origin(); isCopy {
		s.History.SetOrigin(top.TaskDefinition, origin, nil)
		return nil
	}
	if under.Family != top.TaskDefinition.Family {
		return nil
	}
	_, older, err := p.client.DefinitionsAround(ctx, under, past.Active)
	if aws.Unreadable(err) {
		return nil
	}
	if err != nil {
		return err
	}
	replaced, err := p.definition(ctx, under)
	if err != nil {
		return err
	}
	for _, t := range older[:min(len(older), olderBodies)] {
		o, err := p.definition(ctx, t)
		if err != nil {
			return err
		}
		switch {
		case o == nil:
		case past.SameBody(top, d, o):
			s.History.SetOrigin(top.TaskDefinition, t, nil)
			return nil
		case replaced != nil && past.SameImagesAgain(d, replaced, o):
			s.History.SetAlike(top.TaskDefinition, t)
			return nil
		}
	}
	return nil
}
