package past

import "slices"

// takenBack leaves alone a service that was taken back already. With the whole revision, what an undo of the version alone has
// left of the configuration goes back too.
func takenBack(r *Reading, s *stack, how Options) (Decision, bool) {
	top, newest := s.top(), r.Newest()
	if !top.taken() {
		return Decision{}, false
	}
	facts := Facts{From: name(top.Version), Left: nameBeside(top.left.Version, top.Version), Since: top.lastSince(), At: top.left.Since}
	d := stay(*top, Reason{Code: TakenBack, Facts: facts})
	d.Left = top.left
	switch {
	case top.kind == rolledBack:
		d.Reason.Code, d.Reason.Facts.Why = RolledBackByECS, top.left.Deployment.Reason
		d.Reason.Facts.Since = top.left.Deployment.FinishedAt
	case newest.RollingOut():
		d.Reason.Code, d.Reason.Facts.Since = Returning, newest.CreatedAt
		d.To, d.Follow = r.visitOf(newest), newest
		return d, true
	case top.kind == appears:
		d.Reason.Code, d.Reason.Facts.To = AppearsTakenBack, top.Version.Original().String()
		d.Reason.Facts.Since, d.Reason.Facts.At = top.Since, r.begins()
		return d, true
	case top.kind == codeOnly:
		d.Reason.Code, d.Reason.Facts.To = CodeTakenBack, name(top.back.Version)
	}
	if a := top.rowBefore(top.left.Since); how.Whole && a != nil {
		if left := leftOf(r, a, top.left.Deployment, top.newestInRow()); len(left) > 0 {
			return bringConfiguration(*top, a, left), true
		}
	}
	if moved := s.bystanders(top); len(moved) > 0 {
		d.Notes = append(d.Notes, Reason{Code: SidecarsMoved, Facts: Facts{Names: moved}})
	}
	if top.Version.TaskDefinition != top.Version.Original() && top.Version.pinned() && len(top.row) > 1 {
		d.Notes = append(d.Notes, Reason{Code: StaysPinned, Facts: Facts{From: name(top.Version), To: top.Version.Original().String()}})
	}
	return d, true
}

// bystanders gives the containers of a return that run what was to be left, and that no release of the service has ever changed
// by name.
func (s *stack) bystanders(top *Visit) []string {
	var names []string
	for _, i := range top.Version.Images {
		left, both := top.left.Version.Image(i.Container)
		if !s.own(i) && !s.sidecar(i) && both && i.Digest != "" && i.Digest == left.Digest && ParseReference(i.Reference).Digest == "" {
			for _, d := range top.row {
				if d.Revision == nil || !d.CreatedAt.Before(top.left.Since) {
					continue
				}
				if was, ok := d.Revision.Version.Image(i.Container); ok && was.Digest != "" && was.Digest != i.Digest && !slices.Contains(names, i.Container) {
					names = append(names, i.Container)
				}
			}
		}
	}
	return names
}

// comeBack completes a return whose definition went back and whose code did not.
func comeBack(r *Reading, s *stack, how Options) (Decision, bool) {
	top := s.top()
	if top.back == nil || top.kind == codeOnly {
		return Decision{}, false
	}
	facts := Facts{From: name(top.Version), To: nameBeside(top.back.Version, top.Version), Left: name(top.left.Version), Since: top.Since, At: top.back.Since,
		Names: s.moved(top.Version, top.back.Version, s.own), Name: nameBeside(s.owner(top), top.back.Version)}
	switch {
	case how.NoPin: // the definition went back, and tags stay as they are
		d := r.staying(*top, Reason{Code: ReturnUnpinned, Facts: facts})
		d.Left = top.left
		return d, true
	case top.kind == configOnly:
		return blocked(*top, Reason{Code: ConfigurationLeft, Facts: facts}), true
	}
	d := steer(r, s, *top, *top.back)
	if d.Action == Undo || d.Reason.Code == "" {
		d.Reason = Reason{Code: CompletesReturn, Facts: facts}
	}
	return d, true
}

// owner gives the version whose image a return in vain has started again: the one that it left, or one that was left earlier.
func (s *stack) owner(top *Visit) Version {
	started := func(v Version) bool {
		return slices.ContainsFunc(s.moved(top.Version, top.back.Version, s.own), func(container string) bool {
			now, _ := top.Version.Image(container)
			i, ok := v.Image(container)
			return ok && i.Digest != "" && s.digest(i) == s.digest(now)
		})
	}
	if !started(top.left.Version) {
		for n := len(s.gone) - 1; n >= 0; n-- {
			if started(s.gone[n].Version) {
				return s.gone[n].Version
			}
		}
	}
	return top.left.Version
}

// unclearReturn blocks a service of which nobody can tell whether it was taken back or got new code under an old definition.
func unclearReturn(r *Reading, s *stack) Decision {
	top := s.top()
	if images := s.strangers(top); len(images) > 0 && !r.Service.History.ManifestsRead {
		d := need(Manifests)
		d.Images = images
		return d
	}
	code := UnclearReturn
	if s.mixed(top) {
		code = MixedReturn
	}
	d := blocked(*top, Reason{Code: code, Facts: Facts{
		From: name(top.Version), To: nameBeside(top.back.Version, top.Version), Left: name(top.left.Version), Since: top.Since, At: top.back.up(),
		Names: s.moved(top.Version, top.back.Version, s.own),
	}})
	d.To = *top.back
	return d
}

// mixed reports that all images of a visit ran before: some in the version that it goes back to, the others in the one that it left.
func (s *stack) mixed(top *Visit) bool {
	moved := s.moved(top.Version, top.back.Version, s.own)
	return len(moved) > 0 && !slices.ContainsFunc(moved, func(name string) bool {
		now, _ := top.Version.Image(name)
		then, _ := top.left.Version.Image(name)
		return now.Digest == "" || now.Digest != then.Digest
	})
}

// strangers gives the images that decide whether a return is one, with those that they may be part of.
func (s *stack) strangers(top *Visit) []Image {
	var images []Image
	for _, v := range []Version{top.Version, top.back.Version, top.left.Version} {
		for _, i := range v.Images {
			if s.own(i) && i.Digest != "" && !slices.ContainsFunc(images, func(j Image) bool { return i.Container == j.Container && i.Digest == j.Digest }) {
				images = append(images, i)
			}
		}
	}
	return images
}
