package past

import "slices"

// A Version is what a service ran: a task definition and the images that its containers were started from. The same
// definition with other digests is another version, since a tag may have moved in between.
type Version struct {
	TaskDefinition TaskDefinition
	Images         []Image // sorted by container; empty if not known

	// Origin is the definition that TaskDefinition is a copy of, made by ecsundo or identical to the letter; zero if it is
	// none. A copy counts as its original.
	Origin TaskDefinition

	// Alike says that the definition has only the images of Origin, and is no copy of it.
	Alike bool

	// OriginalImages are the images as the definition names them that TaskDefinition is a pinned copy of; empty if it is none, or
	// if they are not known.
	OriginalImages []Image
}

// Known reports whether v names a task definition at all.
func (v Version) Known() bool { return !v.TaskDefinition.IsZero() }

// Original gives the definition that v counts as.
func (v Version) Original() TaskDefinition {
	if !v.Origin.IsZero() {
		return v.Origin
	}
	return v.TaskDefinition
}

// CopyOf gives the definition that v's is a copy of; zero if it is none.
func (v Version) CopyOf() TaskDefinition {
	if v.Alike {
		return TaskDefinition{}
	}
	return v.Origin
}

// pinned reports whether the definition names an image by its digest.
func (v Version) pinned() bool {
	return slices.ContainsFunc(v.Images, func(i Image) bool { return ParseReference(i.Reference).Digest != "" })
}

// Image gives the image of a container; ok is false if v has none of that name, or its images are not known.
func (v Version) Image(container string) (i Image, ok bool) {
	n := slices.IndexFunc(v.Images, func(i Image) bool { return i.Container == container })
	if n < 0 {
		return Image{}, false
	}
	return v.Images[n], true
}

// named gives the reference by which people know an image of v: for a pinned copy, that of its original.
func (v Version) named(i Image) string {
	for _, original := range v.OriginalImages {
		if original.Container == i.Container {
			return original.Reference
		}
	}
	return i.Reference
}
