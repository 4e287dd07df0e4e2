package past

import "slices"

// Rules say which images make a version, beside what a history itself shows. They never depend on how an undo is to be
// carried out: what has been left is left, whatever the flags.
type Rules struct {
	// Sidecar reports whether an image is known to move on its own, such as an agent's. Nil: none is.
	Sidecar func(Image) bool

	// Shared are the repositories (Reference.Name) whose images services of several families run. They are no service's own,
	// unless the service has no other.
	Shared map[string]bool
}

// Same reports whether two versions of a service are one: of one definition, with no digest of its own that is known to differ.
func (r Rules) Same(a, b Version) bool {
	return newComparing(r, []Version{a, b}, nil).strictly(a, b)
}

// IsSidecar reports whether an image is known not to be the service's own.
func (r Rules) IsSidecar(i Image) bool { return r.sidecar(i) }

// sidecar reports whether an image is known not to be the service's own.
func (r Rules) sidecar(i Image) bool { return i.Helper || r.Sidecar != nil && r.Sidecar(i) }

// comparing compares the versions of one service's history.
type comparing struct {
	Rules
	released map[string]bool   // containers whose reference differs between the definitions of the history
	only     map[string]bool   // where no reference ever differs: containers that are not shared; empty if all are
	index    map[string]string // digest of an image that is part of an index → digest of that index
}

// newComparing finds out what the versions of a history show of themselves: with tags of its own for each release, it is
// the references that differ which tell the service's own containers from the sidecars beside them.
func newComparing(rules Rules, versions []Version, index map[string]string) comparing {
	c := comparing{Rules: rules, released: map[string]bool{}, only: map[string]bool{}, index: index}
	for n, v := range versions {
		for _, other := range versions[n+1:] {
			for _, container := range c.renamed(v, other) {
				c.released[container] = true
			}
		}
		for _, i := range v.Images {
			if !c.sidecar(i) && !c.Shared[ParseReference(i.Reference).Name] {
				c.only[i.Container] = true
			}
		}
	}
	return c
}

// renamed gives the containers, no sidecars, whose references differ between two versions: by name or tag. A pinned copy counts
// with the references of its original; where those are not known, a pinned image differs by its name alone.
func (c comparing) renamed(a, b Version) []string {
	var renamed []string
	for _, i := range a.Images {
		j, both := b.Image(i.Container)
		if !both || c.sidecar(i) || c.sidecar(j) {
			continue
		}
		x, y := ParseReference(a.named(i)), ParseReference(b.named(j))
		onePinned := (x.Digest != "") != (y.Digest != "")
		if x.Name != y.Name || !onePinned && (x.Tag != y.Tag || x.Digest != y.Digest) {
			renamed = append(renamed, i.Container)
		}
	}
	return renamed
}

// own reports whether a container is the service's own, by all that its history shows.
func (c comparing) own(i Image) bool {
	switch {
	case c.sidecar(i):
		return false
	case len(c.released) > 0:
		return c.released[i.Container]
	}
	return c.unnamed(i)
}

// unnamed reports whether a container may be the service's own where no reference tells.
func (c comparing) unnamed(i Image) bool {
	return !c.sidecar(i) && (len(c.only) == 0 || c.only[i.Container])
}

// ownBetween reports whether a container is one in which a step from one version to the next can differ: one whose reference
// differs, if any does; else, between two definitions, any that is no sidecar, since their tags do not show which program the
// release was of, whatever other releases have shown; else one that any release of the history has named anew.
func (c comparing) ownBetween(a, b Version) func(Image) bool {
	renamed := c.renamed(a, b)
	switch {
	case len(renamed) > 0:
		return func(i Image) bool { return slices.Contains(renamed, i.Container) }
	case !sameDefinition(a, b):
		return c.unnamed
	}
	return c.own
}

// matters gives the containers of a version whose digests have to be those that ran, for it to be the version before.
func (c comparing) matters(now, to Version) []string {
	var names []string
	own := c.ownBetween(now, to)
	for _, i := range to.Images {
		if own(i) {
			names = append(names, i.Container)
		}
	}
	return names
}

// digest gives what a digest counts as: an image that is part of an index counts as the index, since which of the two ECS
// records depends on the platform.
func (c comparing) digest(i Image) string {
	if index := c.index[i.Digest]; index != "" {
		return index
	}
	return i.Digest
}

// moved gives the containers for which count holds, and whose digests are known to differ.
func (c comparing) moved(a, b Version, count func(Image) bool) []string {
	var moved []string
	for _, i := range a.Images {
		j, both := b.Image(i.Container)
		if both && count(i) && i.Digest != "" && j.Digest != "" && c.digest(i) != c.digest(j) {
			moved = append(moved, i.Container)
		}
	}
	return moved
}

// sameDefinition reports whether two versions are of one definition: the same revision, or copies of one.
func sameDefinition(a, b Version) bool { return a.Known() && b.Known() && a.Original() == b.Original() }

// strictly reports whether two versions are the same where no other definition came between them, so that the digests alone
// tell: then every container counts that is no sidecar.
func (c comparing) strictly(a, b Version) bool {
	return sameDefinition(a, b) && len(c.moved(a, b, c.ownBetween(a, b))) == 0
}

// same reports whether two versions of the history are the same, wherever they stand in it. An unknown digest equals any.
func (c comparing) same(a, b Version) bool {
	return sameDefinition(a, b) && len(c.moved(a, b, c.own)) == 0
}

// sameCode reports whether all the service's own containers are known to have run the same digests, whatever the definitions
// are.
func (c comparing) sameCode(a, b Version) bool {
	n := 0
	for _, i := range a.Images {
		if !c.own(i) {
			continue
		}
		j, both := b.Image(i.Container)
		if !both || i.Digest == "" || j.Digest == "" || c.digest(i) != c.digest(j) {
			return false
		}
		n++
	}
	for _, j := range b.Images {
		if _, both := a.Image(j.Container); !both && c.own(j) {
			return false
		}
	}
	return n > 0
}

// otherCode reports whether some container of the service's own is known to have run another digest.
func (c comparing) otherCode(a, b Version) bool { return len(c.moved(a, b, c.own)) > 0 }

// Several reports whether the history shows one reference with several digests in a container: then its tag moves.
func (r *Reading) Several(i Image) bool {
	for _, v := range r.versions() {
		if j, ok := v.Image(i.Container); ok && j.Reference == i.Reference && j.Digest != "" && i.Digest != "" && j.Digest != i.Digest {
			return true
		}
	}
	return false
}

// Alike reports whether two versions ran the same images in the same containers: by digest where both are known, else by
// reference. It is what makes an undo one of configuration only.
func Alike(a, b Version) bool {
	if len(a.Images) == 0 || len(a.Images) != len(b.Images) {
		return false
	}
	for _, i := range a.Images {
		j, both := b.Image(i.Container)
		switch {
		case !both:
			return false
		case i.Digest != "" && j.Digest != "":
			if i.Digest != j.Digest {
				return false
			}
		case i.Reference != j.Reference:
			return false
		}
	}
	return true
}
