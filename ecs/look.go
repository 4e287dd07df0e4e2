package ecs

import (
	"context"
	"slices"
)

// look reads the revisions of the newest deployments of some services, together, as far back as depth; then which of their
// definitions are copies.
func (p *planning) look(ctx context.Context, services []*Service, depth int) error {
	if err := parallel(ctx, services, p.readSources); err != nil {
		return err
	}
	var wanted []string
	for _, s := range services {
		wanted = append(wanted, s.History.want(depth)...)
	}
	if len(wanted) == 0 {
		return nil
	}
	revisions := map[string]*Revision{}
	err := p.client.describeRevisions(ctx, unique(wanted), func(r *Revision) { revisions[r.ARN] = r })
	if err != nil && !unreadable(err) {
		return err
	}
	for _, s := range services {
		if err != nil {
			s.History = History{Err: err}
		} else {
			s.History.keep(depth, revisions)
		}
	}
	return parallel(ctx, services, p.findCopies)
}

// readSources asks what a rollout that goes on replaces: that decides whether ECS's own rollback leads where we want.
func (p *planning) readSources(ctx context.Context, s *Service) error {
	d := s.History.newest()
	if d == nil || !d.rollingOut() || d.Sources != nil {
		return nil
	}
	return p.client.readSources(ctx, d)
}

// want gives the revisions to read so that the newest depth deployments are known.
func (h *History) want(depth int) []string {
	var arns []string
	for i, d := range h.Deployments[:min(depth, len(h.Deployments))] {
		if i >= h.Described && d.Target != "" {
			arns = append(arns, d.Target)
		}
		if h.Described == 0 {
			arns = append(arns, d.Sources...)
		}
	}
	return arns
}

func (h *History) keep(depth int, revisions map[string]*Revision) {
	if h.revisions == nil {
		h.revisions = map[string]*Revision{}
	}
	h.Described = min(depth, len(h.Deployments))
	for _, d := range h.read() {
		for _, arn := range append([]string{d.Target}, d.Sources...) {
			if r := revisions[arn]; r != nil {
				h.revisions[arn] = r
			}
		}
		if d.Revision == nil {
			d.Revision = h.revisions[d.Target]
		}
	}
}

// findCopies marks the versions that are copies of an older one. Only a definition that ran the same images as an older one
// and has a higher number can be: those are looked at more closely, by tag and by body.
func (p *planning) findCopies(ctx context.Context, s *Service) error {
	read := s.History.read()
	for i := len(read) - 1; i >= 0; i-- { // oldest first, so that an original is known before its copies
		r := read[i].Revision
		if r == nil || r.Version.Origin != (TaskDefinition{}) {
			continue
		}
		for _, older := range read[i+1:] {
			if older.Revision == nil || !mayBeCopy(r.Version, older.Revision.Version) {
				continue
			}
			origin, err := p.originOf(ctx, r.Version.TaskDefinition, older.Revision.Version)
			if err != nil {
				return err
			}
			if !origin.IsZero() {
				s.History.setOrigin(r.Version.TaskDefinition, origin)
				break
			}
		}
	}
	return nil
}

func mayBeCopy(v, older Version) bool {
	return v.TaskDefinition.Family == older.TaskDefinition.Family &&
		v.TaskDefinition.Revision > older.TaskDefinition.Revision && alike(v, older)
}

// originOf tells what a definition is a copy of: by its tag, or because its body is the older one's to the letter.
func (p *planning) originOf(ctx context.Context, t TaskDefinition, older Version) (TaskDefinition, error) {
	d, err := p.definition(ctx, t)
	if err != nil || d == nil {
		return TaskDefinition{}, err
	}
	if origin, ok := d.origin(); ok {
		return origin, nil
	}
	o, err := p.definition(ctx, older.TaskDefinition)
	if err != nil || o == nil {
		return TaskDefinition{}, err
	}
	if hash := d.hash(); hash != "" && hash == o.hash() {
		return older.original(), nil
	}
	return TaskDefinition{}, nil
}

func (h *History) setOrigin(t, origin TaskDefinition) {
	for _, r := range h.revisions {
		if r.Version.TaskDefinition == t {
			r.Version.Origin = origin
		}
	}
}

// definition describes a definition once. One that is gone, or that we may not read, is nil.
func (p *planning) definition(ctx context.Context, t TaskDefinition) (*Definition, error) {
	return p.definitions.get(t, func() (*Definition, error) {
		d, err := p.client.describeDefinition(ctx, t)
		if gone := (*DefinitionNotFoundError)(nil); asError(err, &gone) || unreadable(err) {
			return nil, nil
		}
		return d, err
	})
}

// proveNew spares the older part of a long history where it cannot matter: a definition that was registered only after the
// oldest deployment that was read, and is no copy, cannot have run before that. Otherwise the rest is read too.
func (p *planning) proveNew(ctx context.Context, s *Service) error {
	h := &s.History
	if h.Err != nil || !h.unread() || p.planner.wants != nil {
		return nil
	}
	d, err := p.definition(ctx, s.TaskDefinition)
	if err != nil {
		return err
	}
	if d != nil && d.RegisteredAt.After(oldest(h.read()).CreatedAt) {
		if _, isCopy := d.origin(); !isCopy {
			return nil
		}
	}
	return p.look(ctx, []*Service{s}, historyLimit)
}

func unique(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return slices.Compact(s)
}
