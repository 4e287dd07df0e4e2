package past

import "slices"

// appearsBack reports whether a version that replaces another is by all appearances from before a cut history begins: a lower
// revision of the same family, or a copy of something that is no longer listed. What was registered later cannot have run before.
func (s *stack) appearsBack(v Visit, replaced Version) bool {
	if !s.cut || !replaced.Known() {
		return false
	}
	now, was := v.Version.Original(), replaced.Original()
	lower := now.Family == was.Family && now.Revision < was.Revision
	listed := s.find(func(e *Visit) bool {
		elsewhere := v.Version.pinned() && s.otherCode(e.Version, v.Version) // pinned to what this one did not run
		return sameDefinition(e.Version, v.Version) && !elsewhere
	}, len(s.visits)) >= 0
	if listed || !lower && v.Version.Origin.IsZero() {
		return false
	}
	at, known := s.registered[now]
	if !known {
		s.unregistered = append(s.unregistered, now)
	}
	return !at.After(s.begins)
}

// Unregistered gives the definitions of which it matters when they were registered, and has not been read.
func (r *Reading) Unregistered(rules Rules) []TaskDefinition {
	if r.unread() {
		return nil
	}
	return play(r, rules).unregistered
}

// backBefore goes back to a version from before the history begins. What the history shows was left with that.
func (s *stack) backBefore(v Visit, left Visit) {
	s.gone = append(append(s.gone, s.visits...), left)
	if v.kind, v.left = appears, &left; s.stillRuns(v) {
		v.kind = inVain
	}
	s.visits, s.attempt = []Visit{v}, nil
}

// stillRuns reports whether a return by a tag runs an image of what was left.
func (s *stack) stillRuns(v Visit) bool {
	return slices.ContainsFunc(v.Version.Images, func(i Image) bool {
		return s.own(i) && i.Digest != "" && ParseReference(i.Reference).Digest == "" && s.wasLeft(i)
	})
}

// inVain finds the visit to which v goes back if that was a return in vain: again nobody knows what ran there before; -1 if it is none.
func (s *stack) inVain(v Visit) int {
	if top := s.top(); top.kind == inVain && sameDefinition(top.Version, v.Version) && s.stillRuns(v) {
		return len(s.visits) - 1
	}
	for _, i := range []int{s.returnsTo(v), s.codeOf(v), s.definitionOf(v)} {
		if i >= 0 && s.visits[i].kind == inVain {
			return i
		}
	}
	return -1
}
