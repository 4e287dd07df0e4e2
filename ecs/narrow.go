package ecs

// Only narrows a planner to the services that run an image or a revision; the others are left as they are. It does not change
// where the planner goes to.
func (p Planner) Only(ifImage func(Image) bool, ifRevision int) Planner {
	decide, meant := p.decide, UndoOptions{IfImage: ifImage, IfRevision: ifRevision}
	p.decide = func(s *Service, same Same) Decision {
		if d, other := (UndoOptions{IfRevision: ifRevision}).passes(Version{TaskDefinition: s.TaskDefinition}); other {
			return d
		}
		if h := &s.History; h.Err == nil && len(h.Deployments) > 0 {
			stack := currentStack(s, same)
			now, _ := stack.top()
			if d, other := meant.passes(now.version); other {
				return d
			}
		}
		d := decide(s, same)
		d.meant = meant // for where history does not tell: then it is asked once more
		return d
	}
	return p
}
