package ecs

import (
	"path"
	"regexp"
	"strings"
)

// ecrHost matches the registries of private ECR, in every partition: FIPS and dual-stack ones too (AWS General Reference,
// "Amazon ECR endpoints and quotas").
var ecrHost = regexp.MustCompile(`^(\d{12})\.dkr(?:[.-]ecr|[.-]ecr-fips)\.([a-z0-9-]+)\.(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$`)

// A reference is an image reference taken apart. Account and region are empty unless it is in private ECR.
type reference struct {
	account, region string
	name            string // with its registry, without tag and digest
	repository      string // without its registry
	tag, digest     string
}

func parseReference(s string) reference {
	var r reference
	r.name, r.digest, _ = strings.Cut(s, "@")
	if colon := strings.LastIndex(r.name, ":"); colon > strings.LastIndex(r.name, "/") {
		r.name, r.tag = r.name[:colon], r.name[colon+1:]
	}
	host, repository, _ := strings.Cut(r.name, "/")
	r.repository = repository
	if m := ecrHost.FindStringSubmatch(host); m != nil && repository != "" {
		r.account, r.region = m[1], m[2]
		if r.tag == "" && r.digest == "" {
			r.tag = "latest"
		}
	}
	return r
}

func (r reference) privateECR() bool { return r.account != "" }

// Tag gives what people know an image by: its tag, or a shortened digest.
func (i Image) Tag() string {
	r := parseReference(i.Reference)
	switch {
	case r.tag != "":
		return r.tag
	case r.digest != "":
		return shortDigest(r.digest)
	}
	return "latest"
}

func shortDigest(digest string) string { return digest[:min(len(digest), len("sha256:")+12)] }

// sidecars are globs over image references without tag; what they match moves by itself and makes no other version.
type sidecars []string

func (s sidecars) match(i Image) bool {
	name := parseReference(i.Reference).name
	for _, glob := range s {
		if ok, _ := path.Match(glob, name); ok || matchTail(glob, name) {
			return true
		}
	}
	return false
}

// matchTail lets a glob without a registry, such as datadog-agent or aws/*, match the end of a name.
func matchTail(glob, name string) bool {
	parts := strings.Split(name, "/")
	n := strings.Count(glob, "/") + 1
	if n > len(parts) {
		return false
	}
	ok, _ := path.Match(glob, strings.Join(parts[len(parts)-n:], "/"))
	return ok
}
