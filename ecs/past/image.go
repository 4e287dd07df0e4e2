package past

import (
	"regexp"
	"strings"
)

// An Image is what one container of a version ran: the reference as the task definition has it, and the digest that ECS
// resolved it to for that deployment (service revision, containerImages).
type Image struct {
	Container string
	Reference string
	Digest    string // "sha256:…", empty if unknown

	// Helper says that the container is not the service's own program, as its definition shows: a FireLens log router, or
	// the proxy of a mesh.
	Helper bool
}

// ecrHost matches the registries of private ECR, in every partition: FIPS and dual-stack ones too (AWS General Reference,
// "Amazon ECR endpoints and quotas").
var ecrHost = regexp.MustCompile(`^(\d{12})\.dkr(?:[.-]ecr|[.-]ecr-fips)\.([a-z0-9-]+)\.(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$`)

// A Reference is an image reference taken apart. Account and Region are empty unless it is in private ECR.
type Reference struct {
	Account, Region string
	Name            string // with its registry, without tag and digest
	Repository      string // without its registry
	Tag, Digest     string
}

// ParseReference takes an image reference apart. It is the only place that does.
func ParseReference(s string) Reference {
	var r Reference
	r.Name, r.Digest, _ = strings.Cut(s, "@")
	if colon := strings.LastIndex(r.Name, ":"); colon > strings.LastIndex(r.Name, "/") {
		r.Name, r.Tag = r.Name[:colon], r.Name[colon+1:]
	}
	host, repository, _ := strings.Cut(r.Name, "/")
	r.Repository = repository
	if m := ecrHost.FindStringSubmatch(host); m != nil && repository != "" {
		r.Account, r.Region = m[1], m[2]
		if r.Tag == "" && r.Digest == "" {
			r.Tag = "latest"
		}
	}
	return r
}

// PrivateECR reports whether the image is in a private ECR registry, which can be asked for it.
func (r Reference) PrivateECR() bool { return r.Account != "" }

// Tag gives what people know an image by: its tag, or a shortened digest.
func (i Image) Tag() string {
	r := ParseReference(i.Reference)
	switch {
	case r.Tag != "":
		return r.Tag
	case r.Digest != "":
		return ShortDigest(r.Digest)
	}
	return "latest"
}

// ShortDigest gives as much of a digest as people need to tell it from another.
func ShortDigest(digest string) string { return digest[:min(len(digest), len("sha256:")+12)] }
