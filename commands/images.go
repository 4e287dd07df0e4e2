package commands

import (
	"regexp"
	"strings"

	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// imageChange says in a table's cell which images change between two versions: v5 → v4. Containers that run the same
// before and after are left out; if all do, or nothing is known of the second version, the first one's are named.
func imageChange(from, to ecs.Version) string {
	var changes []string
	for _, after := range to.Images {
		before := imageOf(from, after.Container)
		old, new := imageTag(before), imageTag(after)
		if old == new && before.Digest != "" && after.Digest != "" && before.Digest != after.Digest {
			old, new = old+"@"+shortDigest(before.Digest), new+"@"+shortDigest(after.Digest)
		}
		if old != new {
			changes = append(changes, container(to, after)+old+" → "+new)
		}
	}
	if len(changes) > 0 {
		return strings.Join(changes, ", ")
	}
	var tags []string
	for _, image := range from.Images {
		tags = append(tags, container(from, image)+imageTag(image))
	}
	return strings.Join(tags, ", ")
}

// imageOf gives the image of a version's container, zero if it has no such container.
func imageOf(v ecs.Version, container string) ecs.Image {
	for _, image := range v.Images {
		if image.Container == container {
			return image
		}
	}
	return ecs.Image{}
}

// container names the container before its image, where a version has more than one.
func container(v ecs.Version, image ecs.Image) string {
	if len(v.Images) < 2 {
		return ""
	}
	return show.Clean(image.Container) + " "
}

var commitHash = regexp.MustCompile(`[0-9a-f]{40}`)

// imageTag gives the tag of an image's reference, or its digest's beginning where there is no tag. A whole commit hash in a
// tag is cut to twelve digits.
func imageTag(image ecs.Image) string {
	name, digest, pinned := strings.Cut(image.Reference, "@")
	repository := name[strings.LastIndex(name, "/")+1:]
	_, tag, tagged := strings.Cut(repository, ":")
	switch {
	case image.Reference == "":
		return "?"
	case tagged:
		return show.Clean(commitHash.ReplaceAllStringFunc(tag, func(hash string) string { return hash[:12] }))
	case pinned:
		return "@" + shortDigest(digest)
	}
	return "latest"
}

func shortDigest(digest string) string {
	_, hex, _ := strings.Cut(digest, ":")
	return show.Clean(hex[:min(8, len(hex))])
}
