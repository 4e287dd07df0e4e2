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
			s.fillNewest()
		}
	}
	return parallel(ctx, services, func(ctx context.Context, s *Service) error {
		if err := p.fillBefore(ctx, s); err != nil {
			return err
		}
		return p.findCopies(ctx, s)
	})
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

// fillNewest puts in what the service itself shows of its newest deployment where ECS has lost the record of it: the
// definition, without digests.
func (s *Service) fillNewest() {
	if d := s.History.newest(); d != nil && d.Revision == nil && d.successful() {
		d.Revision = &Revision{ARN: d.Target, Version: Version{TaskDefinition: s.TaskDefinition}}
	}
}

// fillBefore puts in what a rollout replaces, or is rolled back to, that began before all that ECS still lists: the service
// itself shows it, without digests.
func (p *planning) fillBefore(ctx context.Context, s *Service) error {
	h, newest := &s.History, s.History.newest()
	if newest == nil || h.hasGood() || h.unread() || !h.cut(s) {
		return nil
	}
	before, ok := s.replaced(newest)
	if !ok {
		return nil
	}
	r := &Revision{Version: Version{TaskDefinition: before.TaskDefinition}}
	d, err := p.definition(ctx, before.TaskDefinition)
	if d != nil {
		r.Version.Images = d.images()
	}
	h.before = &visit{version: r.Version, since: before.CreatedAt}
	if len(newest.Sources) == 1 && h.revisions[newest.Sources[0]] == nil {
		h.revisions[newest.Sources[0]] = r
	}
	return err
}

// replaced gives what a deployment that goes on replaces, or is rolled back to, if the service shows just one other definition.
func (s *Service) replaced(by *ServiceDeployment) (other Deployment, ok bool) {
	brings := visitOf(s, by).version.TaskDefinition
	for _, d := range s.Deployments {
		failing := d.RolloutState == "IN_PROGRESS" || d.RolloutState == "FAILED"
		switch {
		case d.TaskDefinition == brings:
		case ok && d.TaskDefinition != other.TaskDefinition, by.rollingOut() && failing:
			return Deployment{}, false
		default:
			other, ok = d, true
		}
	}
	return other, ok && (by.rollingOut() || by.rollingBack())
}

// findCopies marks the versions that are copies of an older one. Only a definition that ran the same images as an older one
// can be: those are looked at more closely, by tag and by body.
func (p *planning) findCopies(ctx context.Context, s *Service) error {
	read := s.History.read()
	for i := len(read) - 1; i >= 0; i-- { // oldest first, so that an original is known before its copies
		r := read[i].Revision
		if r == nil || r.Version.Origin != (TaskDefinition{}) {
			continue
		}
		for _, older := range read[i+1:] {
			if older.Revision == nil || !p.Same.mayBeCopy(r.Version, older.Revision.Version) {
				continue
			}
			origin, err := p.originOf(ctx, r.Version, older.Revision.Version)
			if err != nil {
				return err
			}
			if !origin.IsZero() && origin != r.Version.TaskDefinition {
				s.History.setOrigin(r.Version.TaskDefinition, origin)
			}
			if origin == older.Revision.Version.original() {
				break // otherwise only the tag says so, and an older one may be it by its body
			}
		}
	}
	return nil
}

// mayBeCopy reports whether v ran what a copy of older would run: in each container the same digest, or the same reference,
// and no image that counts has moved. A copy is not always the higher number: one that is identical may have been there.
func (s Same) mayBeCopy(v, older Version) bool {
	if v.TaskDefinition.Family != older.TaskDefinition.Family || v.TaskDefinition == older.TaskDefinition || len(s.moved(v, older)) > 0 {
		return false
	}
	if len(v.Images) == 0 || len(older.Images) == 0 {
		return true // ECS did not record them
	}
	for _, i := range v.Images {
		j, both := older.image(i.Container)
		if !both || i.Reference != j.Reference && (i.Digest == "" || i.Digest != j.Digest) {
			return false
		}
	}
	return len(v.Images) == len(older.Images)
}

// originOf tells what a version's definition is a copy of: of the older one, by its tag, or because its body is the older one's
// to the letter, but for tags in the place of the digests that both ran; or else of what its tag says. Of an identical body
// there may be several definitions, and the copy of one is one of all.
func (p *planning) originOf(ctx context.Context, v, older Version) (TaskDefinition, error) {
	d, err := p.definition(ctx, v.TaskDefinition)
	if err != nil || d == nil {
		return TaskDefinition{}, err
	}
	tagged, _ := d.origin()
	if tagged == older.TaskDefinition || tagged == older.original() {
		return older.original(), nil
	}
	o, err := p.definition(ctx, older.TaskDefinition)
	if err != nil || o == nil {
		return tagged, err
	}
	pins := map[string]string{}
	for _, i := range v.Images {
		if j, both := older.image(i.Container); both && i.Digest != "" && i.Digest == j.Digest {
			pins[i.Container] = parseReference(i.Reference).name + "@" + i.Digest
		}
	}
	if hash := d.pinnedHash(pins); hash != "" && hash == o.pinnedHash(pins) {
		return older.original(), nil
	}
	return tagged, nil
}

// pinnedHash gives the hash that d would have with some images put to their digests.
func (d *Definition) pinnedHash(pins map[string]string) string {
	body, err := pinned(d.Body, pins)
	if err != nil {
		return ""
	}
	return (&Definition{Body: body}).hash()
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
		if unreadable(err) {
			p.unread.Store(t, briefly(err))
			return nil, nil
		}
		if gone := (*DefinitionNotFoundError)(nil); asError(err, &gone) {
			return nil, nil
		}
		return d, err
	})
}

// proveNew spares the older part of a long history where it cannot matter: a definition that was registered only after the
// oldest deployment that was read, and is no copy, cannot have run before that. Otherwise the rest is read too, and where
// that is not all, it is found out whether the service may be back at something from before.
func (p *planning) proveNew(ctx context.Context, s *Service) error {
	h := &s.History
	if h.Err != nil || len(h.Deployments) == 0 || p.planner.wants != nil {
		return nil
	}
	if !h.unread() {
		return p.lookBefore(ctx, s)
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
	if err := p.look(ctx, []*Service{s}, historyLimit); err != nil {
		return err
	}
	return p.lookBefore(ctx, s)
}

// lookBefore marks a service whose history is cut, and whose current version looks new in what is left of it, but is not: it
// is a copy of something that is not there any more, or has a lower number than the version before and was registered before
// the history begins. It is a look at one definition, and only where an undo without history may have been: where there are
// but two versions, or the numbers went down.
func (p *planning) lookBefore(ctx context.Context, s *Service) error {
	h := &s.History
	if !h.cut(s) {
		return nil
	}
	stack := currentStack(s, p.Same)
	top, _ := stack.top()
	under, ok := stack.below(1)
	if !ok {
		under, ok = h.abandonedFor(top, p.Same)
	}
	a, b := top.version.TaskDefinition, under.version.TaskDefinition
	higher := a.Family == b.Family && a.Revision > b.Revision
	if !ok || stack.left != nil || a.IsZero() || a == b || higher && len(stack.visits) > 2 {
		return nil
	}
	d, err := p.definition(ctx, a)
	if err != nil {
		return err
	}
	if d == nil {
		s.beforeHistory = !higher
		return nil
	}
	_, isCopy := d.origin()
	s.beforeHistory = isCopy && top.version.Origin.IsZero() || !higher && !d.RegisteredAt.After(oldest(h.Deployments).CreatedAt)
	return nil
}

func unique(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return slices.Compact(s)
}
