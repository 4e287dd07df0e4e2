package past

import (
	"slices"
	"time"
)

// A stack plays a service's history, oldest first. Success is needed to arrive, intent is enough to leave: a deployment that
// completed is pushed, or pops what lies above the version to which it goes back; one that was stopped, or whose rollback failed, pops
// too, if its version is on the stack; one that ECS rolled back does neither. What lies under the top is then what ran before the top was first
// deployed, and never something that has been taken back.
type stack struct {
	comparing
	visits  []Visit
	attempt *Visit  // a newer version whose deployment was stopped before it had completed
	undone  *Visit  // the newest return that ECS rolled back
	cut     bool    // there was something before all that is played, or between, of which nothing is known
	gone    []Visit // what was left: by a return, by ECS's rollback, or before it had come up

	begins       time.Time                    // when all that is played begins
	registered   map[TaskDefinition]time.Time // what is known of that
	unregistered []TaskDefinition             // of which it matters, and is not known
}

// play plays the deployments of a reading, and what the service runs now.
func play(r *Reading, rules Rules) *stack {
	s := &stack{
		comparing: newComparing(rules, r.versions(), r.index()), cut: r.Cut() && !r.unread(),
		begins: r.begins(), registered: r.Service.History.Registered,
	}
	if before := r.before; before != nil {
		s.visits = []Visit{*before}
	}
	deployments := r.played()
	for n := len(deployments) - 1; n >= 0; n-- {
		d := deployments[n]
		v := r.visitOf(d)
		switch {
		case d.Successful() && !v.Version.Known():
			s.cut, s.begins = true, d.CreatedAt // what ran is not known: it is as if the history began after it
			s.arrive(v)
		case d.Successful():
			s.arrive(v)
		case d.RollingOut() && n == 0:
			s.arrive(v)
		case d.Stopped(), d.RollingOut(), d.RollbackFailed() && n > 0: // one that goes on, and is not the newest, is about to be stopped
			s.stopped(v)
		case d.RolledBack(), d.RollingBack():
			s.rolledBack(v)
		}
	}
	if v, other := r.unlisted(s); other {
		s.arrive(v)
	}
	return s
}

// top gives the version that runs; the zero value if there is none.
func (s *stack) top() *Visit {
	if len(s.visits) == 0 {
		return &Visit{}
	}
	return &s.visits[len(s.visits)-1]
}

// below gives the version n under the top.
func (s *stack) below(n int) (v *Visit, ok bool) {
	i := len(s.visits) - 1 - n
	if i < 0 {
		return &Visit{}, false
	}
	return &s.visits[i], true
}

// settle makes of a top that was no complete return what it was meant to be, as soon as something else is deployed: what was
// to be left is left, though its code had not gone.
func (s *stack) settle(v Visit) {
	top := *s.top()
	if top.kind != incomplete && top.kind != configOnly || s.strictly(top.Version, v.Version) {
		return
	}
	back := s.find(func(e *Visit) bool {
		return e.Since.Equal(top.back.Since) && sameDefinition(e.Version, top.back.Version)
	}, len(s.visits)-1)
	if back >= 0 {
		s.drop(back)
		s.attempt = top.left
	}
}

// drop takes all that lies above a visit from the stack.
func (s *stack) drop(i int) {
	s.gone = append(s.gone, s.visits[i+1:]...)
	s.visits = s.visits[: i+1 : i+1]
}

// find gives the index of the newest visit under n for which is holds; -1 if there is none.
func (s *stack) find(is func(*Visit) bool, n int) int {
	for i := n - 1; i >= 0; i-- {
		if is(&s.visits[i]) {
			return i
		}
	}
	return -1
}

// arrive plays a deployment that completed, or is the one that goes on.
func (s *stack) arrive(v Visit) {
	s.settle(v)
	n := len(s.visits)
	top := s.top()
	attempt := s.attempt
	s.attempt = nil
	if n > 0 && s.again(top, v) {
		blind := s.blind(top.Version, v.Version)
		s.visits[n-1] = top.again(v)
		s.visits[n-1].blind = s.visits[n-1].blind || blind
		if attempt != nil && !s.same(attempt.Version, v.Version) {
			// Put in the place of what was rolling out: that was left, though it never got anywhere.
			s.visits[n-1].kind, s.visits[n-1].left = returned, attempt
			s.gone = append(s.gone, *attempt)
		}
		return
	}
	if attempt != nil && n > 0 && sameDefinition(top.Version, v.Version) && !sameDefinition(attempt.Version, v.Version) {
		// As above, but the tags name other images now: what was tried lies above what ran, for as long as it takes to tell.
		s.visits = append(s.visits, *attempt)
		top = s.top()
	}
	was := *top
	if i := s.inVain(v); i >= 0 {
		s.drop(i)
		v.kind, v.left = inVain, &was
		s.visits[i] = v
		return
	}
	if i := s.returnsTo(v); i >= 0 {
		s.drop(i)
		s.visits[i] = s.visits[i].again(v)
		s.visits[i].kind, s.visits[i].left = returned, &was
		return
	}
	if i := s.codeOf(v); i >= 0 {
		s.drop(i)
		v.kind, v.left, v.back = codeOnly, &was, &Visit{Version: s.visits[i].Version, Since: s.visits[i].Since, Deployment: s.visits[i].Deployment}
		s.visits[i] = v
		return
	}
	if i := s.definitionOf(v); i >= 0 {
		back := s.visits[i]
		v.kind, v.left, v.back = s.howFar(v, i), &was, &back
	} else if i := s.partlyBack(v); i >= 0 {
		back := s.visits[i]
		v.kind, v.left, v.back = unclear, &was, &back
	}
	if attempt != nil {
		was = *attempt
	}
	if v.kind == forward && s.appearsBack(v, was.Version) {
		s.backBefore(v, was)
		return
	}
	s.visits = append(s.visits, v)
}

// again reports whether a version that is deployed right after the top is the same once more. A return stays one when only
// containers have moved that no release of the service has ever changed.
func (s *stack) again(top *Visit, v Visit) bool {
	if top.taken() {
		return s.same(top.Version, v.Version)
	}
	return s.strictly(top.Version, v.Version)
}

// blind reports whether two identical definitions follow each other of which nobody knows what their tags started: then the
// second may have brought new code.
func (s *stack) blind(a, b Version) bool {
	if a.TaskDefinition == b.TaskDefinition || len(s.released) > 0 {
		return false
	}
	known := func(i Image) bool { return s.own(i) && i.Digest != "" }
	return len(a.Images) > 0 && !slices.ContainsFunc(a.Images, known) && !slices.ContainsFunc(b.Images, known)
}

// returnsTo finds the version on the stack to which v goes back, with another one above it; -1 if it is not there.
func (s *stack) returnsTo(v Visit) int {
	other := false // a definition that is not v's lies in between
	for i := len(s.visits) - 1; i >= 0; i-- {
		e := &s.visits[i]
		switch {
		case !sameDefinition(e.Version, v.Version):
			other = true
		case i == len(s.visits)-1:
		case other && s.same(e.Version, v.Version), !other && s.strictly(e.Version, v.Version):
			return i
		}
	}
	return -1
}

// codeOf finds the version on the stack whose code v has brought back with another definition: all digests are known and equal,
// and different ones ran in between.
func (s *stack) codeOf(v Visit) int {
	moved := false
	for i := len(s.visits) - 1; i >= 0; i-- {
		e := &s.visits[i]
		if moved && s.sameCode(e.Version, v.Version) {
			return i
		}
		moved = moved || s.otherCode(e.Version, v.Version)
	}
	return -1
}

// definitionOf finds the newest visit of v's definition that has another definition above it.
func (s *stack) definitionOf(v Visit) int {
	other := false
	for i := len(s.visits) - 1; i >= 0; i-- {
		if !sameDefinition(s.visits[i].Version, v.Version) {
			other = true
		} else if other {
			return i
		}
	}
	return -1
}

// partlyBack finds the newest version on the stack of which v has brought some image back, with another one in between, while
// others are new: neither plainly forward nor plainly back.
func (s *stack) partlyBack(v Visit) int {
	top := s.top().Version
	for i := len(s.visits) - 2; i >= 0; i-- {
		for _, image := range v.Version.Images {
			b, _ := top.Image(image.Container)
			a, _ := s.visits[i].Version.Image(image.Container)
			if s.own(image) && image.Digest != "" && b.Digest != "" && s.digest(b) != s.digest(image) && s.digest(a) == s.digest(image) {
				return i
			}
		}
	}
	return -1
}

// howFar judges a return to the definition of the visit i whose own digests are not those of that visit. Where some of the code
// that was left still runs, the return is incomplete, whatever else has moved; otherwise something is new.
func (s *stack) howFar(v Visit, i int) kind {
	before, replaced := s.visits[i].Version, s.top().Version
	meant := false // by a digest in the definition: no tag has started it
	still := slices.ContainsFunc(v.Version.Images, func(image Image) bool {
		a, _ := before.Image(image.Container)
		b, _ := replaced.Image(image.Container)
		if !s.own(image) || image.Digest == "" || s.digest(a) == s.digest(image) {
			return false
		}
		if ParseReference(image.Reference).Digest != "" && s.digest(b) != s.digest(image) && s.wasLeft(image) {
			meant = true
			return false
		}
		return s.digest(b) == s.digest(image) || s.wasLeft(image)
	})
	if !still && meant {
		return returned
	}
	if !still {
		return unclear
	}
	if above := s.visits[i+1].Version; len(above.Images) > 0 && !s.otherCode(above, before) && s.otherCode(above, v.Version) {
		return configOnly
	}
	return incomplete
}

// wasLeft reports whether an image is one that was left before.
func (s *stack) wasLeft(image Image) bool {
	return slices.ContainsFunc(s.gone, func(v Visit) bool {
		i, ok := v.Version.Image(image.Container)
		return ok && i.Digest != "" && s.digest(i) == s.digest(image)
	})
}

// stopped plays a deployment that ended before it had completed. What it went back to was meant to come back; what it brought
// anew never ran.
func (s *stack) stopped(v Visit) {
	s.settle(v)
	n := len(s.visits)
	if n == 0 {
		s.attempt = &v // ran nothing that is listed; what replaces it may be a return
		return
	}
	if top := s.top(); s.again(top, v) {
		if s.attempt != nil && !s.same(s.attempt.Version, v.Version) {
			top.kind, top.left = returned, s.attempt
			s.gone = append(s.gone, *s.attempt)
			s.attempt = nil
		}
		if v.Deployment.Stopped() {
			top.row = append(top.row, v.Deployment)
		}
		return
	}
	was := *s.top()
	if s.attempt != nil {
		was = *s.attempt
	}
	for _, to := range []int{s.returnsTo(v), s.codeOf(v), s.definitionOf(v)} {
		if to >= 0 {
			s.drop(to)
			if s.visits[to].left = &was; s.visits[to].kind != inVain {
				s.visits[to].kind = returned
			}
			s.attempt = nil
			return
		}
	}
	if s.appearsBack(v, was.Version) {
		s.backBefore(v, was)
		return
	}
	s.attempt = &v
}

// rolledBack plays a deployment that ECS has rolled back, or is rolling back. What it brought is not on the stack; if it was a
// return, that is still to be done.
func (s *stack) rolledBack(v Visit) {
	n := len(s.visits)
	if n == 0 {
		return
	}
	if top := s.top(); s.again(top, v) {
		if s.attempt != nil && !s.same(s.attempt.Version, v.Version) { // it was to take the place of what was rolling out
			top.kind, top.left = returned, s.attempt
			s.gone, s.attempt = append(s.gone, *s.attempt), nil
		}
		return
	}
	if s.find(func(e *Visit) bool { return s.same(e.Version, v.Version) }, n-1) >= 0 {
		s.undone = &v
		return
	}
	s.attempt = nil
	s.gone = append(s.gone, v)
	if top := s.top(); top.kind == forward || top.taken() {
		top.kind, top.left = rolledBack, &v
	}
}

// holds reports whether a version lies under the top: to deploy it is a return.
func (s *stack) holds(v Version) bool {
	return s.find(func(e *Visit) bool { return s.same(e.Version, v) }, len(s.visits)-1) >= 0
}
