package ecs

import "slices"

// An Image is what one container of a version ran: the reference as the task definition has it, and the digest that ECS
// resolved it to for that deployment (service revision, containerImages).
type Image struct {
	Container string
	Reference string
	Digest    string // "sha256:…", empty if unknown
}

// A Version is what a service ran: a task definition and the images that its containers were started from. The same
// definition with other digests is another version, since a tag may have moved in between.
type Version struct {
	TaskDefinition TaskDefinition
	Images         []Image // sorted by container; empty if not known

	// Origin is the definition that TaskDefinition is a copy of, made by ecsundo or identical to the letter; zero if it is
	// none. A copy counts as its original.
	Origin TaskDefinition

	config string // the rest of the service revision, as text; empty if not known
}

// Known reports whether v names a task definition at all.
func (v Version) Known() bool { return !v.TaskDefinition.IsZero() }

// original gives the definition that v counts as.
func (v Version) original() TaskDefinition {
	if !v.Origin.IsZero() {
		return v.Origin
	}
	return v.TaskDefinition
}

func (v Version) image(container string) (Image, bool) {
	i := slices.IndexFunc(v.Images, func(i Image) bool { return i.Container == container })
	if i < 0 {
		return Image{}, false
	}
	return v.Images[i], true
}

// Same decides when two versions are one: the same definition, copies counting as their original, and no image of private
// ECR that is known to have had another digest. The images that match Sidecars do not count, nor any if IgnoreDigests is set.
type Same struct {
	Sidecars      []string // globs over image references without tag
	IgnoreDigests bool
	Whole         bool // the rest of the service revision counts too: network, load balancers, …
}

// Versions reports whether a and b are the same version. An unknown version is like no other.
func (s Same) Versions(a, b Version) bool {
	if s.Whole && a.config != "" && b.config != "" && a.config != b.config {
		return false
	}
	return a.Known() && b.Known() && a.original() == b.original() && len(s.moved(a, b)) == 0
}

// moved gives the images of a whose digest is known to differ from that in b.
func (s Same) moved(a, b Version) []Image {
	if s.IgnoreDigests {
		return nil
	}
	var moved []Image
	for _, i := range a.Images {
		j, both := b.image(i.Container)
		if both && i.Digest != "" && j.Digest != "" && i.Digest != j.Digest && s.counts(i) {
			moved = append(moved, i)
		}
	}
	return moved
}

// counts reports whether an image is one whose digest makes a version.
func (s Same) counts(i Image) bool {
	return parseReference(i.Reference).privateECR() && !sidecars(s.Sidecars).match(i)
}

// alike reports whether two versions ran the same images in the same containers: by digest where both are known, else by
// reference. It is what a copy has in common with its original, and what makes an undo one of configuration only.
func alike(a, b Version) bool {
	if len(a.Images) == 0 || len(a.Images) != len(b.Images) {
		return false
	}
	for _, i := range a.Images {
		j, both := b.image(i.Container)
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
