package ecs

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
}
