package ecs

import "time"

// A visit is a version on the undo stack, with the deployment that last brought it.
type visit struct {
	version    Version
	since      time.Time
	deployment *ServiceDeployment // nil if the version is known only from the service itself
}

func (v visit) revision() *Revision {
	if v.deployment == nil {
		return nil
	}
	return v.deployment.Revision
}

// stopped reports whether what last brought the version did not come up, and was left like that.
func (v visit) stopped() bool { return v.deployment != nil && v.deployment.stopped() }

// An undoStack plays a service's history: each good deployment pushes its version, and one that is already there pops all
// that came after it, since the service has returned to it. What lies under the top is then what ran before the top was
// first deployed, and never something that has been taken back.
type undoStack struct {
	visits []visit
	left   *visit // what the newest deployment returned from; nil if it went forward
}

func (s *undoStack) push(v visit, same Same) {
	n := len(s.visits)
	if n > 0 && same.Versions(v.version, s.visits[n-1].version) {
		s.visits[n-1] = s.visits[n-1].with(v)
		return // the same again: forward stays forward, a return stays a return
	}
	for i := n - 2; i >= 0; i-- {
		if same.Versions(v.version, s.visits[i].version) {
			left := s.visits[n-1]
			s.left = &left
			s.visits = append(s.visits[:i:i], s.visits[i].with(v))
			return
		}
	}
	s.visits, s.left = append(s.visits[:n:n], v), nil
}

// with gives the newer of two visits of the same version, knowing every digest that either knows: one whose tasks never
// started has none, and may have no images at all.
func (v visit) with(newer visit) visit {
	if len(newer.version.Images) == 0 {
		newer.version.Images = v.version.Images
		return newer
	}
	images := append([]Image(nil), newer.version.Images...)
	for i := range images {
		if older, ok := v.version.image(images[i].Container); ok && images[i].Digest == "" {
			images[i].Digest = older.Digest
		}
	}
	newer.version.Images = images
	return newer
}

// top gives the version that runs; ok is false if there is none.
func (s *undoStack) top() (v visit, ok bool) { return s.below(0) }

// below gives the version n under the top.
func (s *undoStack) below(n int) (v visit, ok bool) {
	i := len(s.visits) - 1 - n
	if i < 0 {
		return visit{}, false
	}
	return s.visits[i], true
}

// newStack plays what the history holds of good deployments up to the one before upTo, the newest last. A deployment whose
// revision ECS has no more is a version like no other.
func newStack(h *History, same Same) undoStack {
	var s undoStack
	if h.before != nil {
		s.push(*h.before, same)
	}
	good := h.read()
	for i := len(good) - 1; i >= 0; i-- {
		d := good[i]
		if !d.successful() {
			continue
		}
		v := visit{since: d.CreatedAt, deployment: d}
		if d.Revision != nil {
			v.version = d.Revision.Version
		}
		top, _ := s.top()
		s.push(v, same)
		s.noteAbandoned(good[i+1:], top, v, same)
	}
	return s
}

// noteAbandoned sees a return that leaves no trace among the good deployments: web:4 ran, web:5 was rolling out, and web:4
// was deployed in its place. What ran twice in a row was then taken back from web:5, which never got anywhere.
func (s *undoStack) noteAbandoned(older []*ServiceDeployment, before, now visit, same Same) {
	if !same.Versions(before.version, now.version) {
		return
	}
	for _, d := range older {
		if d.successful() || d.Revision == nil {
			return
		}
		if same.Versions(d.Revision.Version, now.version) {
			continue // the return was begun more than once
		}
		if s.holds(d.Revision.Version, same) {
			return // what was left was itself a return: this goes forward again
		}
		switch d.Status {
		case "STOPPED", "STOP_REQUESTED", "ROLLBACK_FAILED":
			s.left = &visit{version: d.Revision.Version, since: d.CreatedAt, deployment: d}
		}
		return
	}
}

// currentStack plays the history and what goes on, so that the top is what the service runs or is being moved to.
func currentStack(s *Service, same Same) undoStack {
	h := &s.History
	stack, newest := newStack(h, same), h.newest()
	if newest == nil || !newest.rollingOut() {
		stack.pushCurrent(s, same)
	} else {
		before, _ := stack.top()
		coming := visitOf(s, newest)
		stack.push(coming, same)
		if len(h.read()) > 0 {
			stack.noteAbandoned(h.read()[1:], before, coming, same)
		}
	}
	if n := len(stack.visits); s.beforeHistory && n > 0 && stack.left == nil {
		left, ok := stack.below(1)
		if !ok {
			left, _ = h.abandonedFor(stack.visits[0], same)
		}
		stack.visits, stack.left = stack.visits[n-1:], &left
	}
	return stack
}

// abandonedFor gives the version in whose place another was deployed before it had come up; ok is false if there is none.
func (h *History) abandonedFor(now visit, same Same) (left visit, ok bool) {
	if now.deployment == nil {
		return visit{}, false
	}
	for _, d := range h.read() {
		if d.CreatedAt.Before(now.deployment.CreatedAt) && d.Revision != nil && d.stopped() && !same.Versions(d.Revision.Version, now.version) {
			return visit{version: d.Revision.Version, since: d.CreatedAt, deployment: d}, true
		}
	}
	return visit{}, false
}

// holds reports whether a version lies under the top: to deploy it is a return.
func (s *undoStack) holds(v Version, same Same) bool {
	for i := range len(s.visits) - 1 {
		if same.Versions(v, s.visits[i].version) {
			return true
		}
	}
	return false
}
