package ecstest

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// A repository is an ECR repository.
type repository struct {
	registry, name string
	arn            string
	images         map[string]*image // by digest
	order          []string          // digests, oldest push first
	tags           map[string]string // tag → digest
}

// An image is one image, or one index (manifest list), of a repository.
type image struct {
	digest   string
	status   string // ACTIVE, ARCHIVED, ACTIVATING
	pushed   time.Time
	children []string // digests that an index names, by platform; empty for a plain image
	records  string   // the child's digest that ECS records, if it is not the index's own
}

// A reference is an image's name taken apart.
type reference struct {
	registry   string // account of a private ECR; empty for another registry
	region     string
	repository string
	tag        string
	digest     string
}

// ecrHost matches the hosts of private ECR, dual-stack and FIPS ones too.
var ecrHost = regexp.MustCompile(`^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.[a-z0-9.-]+$`)

// parseImage takes an image's name apart. What is not in a private ECR keeps its host in the repository.
func parseImage(name string) reference {
	var r reference
	name, r.digest, _ = strings.Cut(name, "@")
	host, path, hosted := strings.Cut(name, "/")
	if colon := strings.LastIndex(name, ":"); colon > strings.LastIndex(name, "/") {
		name, r.tag = name[:colon], name[colon+1:]
	}
	r.repository = name
	if m := ecrHost.FindStringSubmatch(host); hosted && m != nil {
		r.registry, r.region = m[1], m[2]
		r.repository = strings.TrimPrefix(name, host+"/")
		_ = path
	}
	if r.tag == "" && r.digest == "" {
		r.tag = "latest"
	}
	return r
}

// expandImage turns a story's short name, web:v1 or team/web:v1, into one in this account's ECR. Names that have a host
// stay as they are.
func (rg *region) expandImage(name string) string {
	first, _, slash := strings.Cut(name, "/")
	if slash && strings.ContainsAny(first, ".:") {
		return name
	}
	if repo, word, ok := strings.Cut(name, "@"); ok {
		name = repo + "@" + Digest(word)
	}
	_, suffix := partition(rg.name)
	return rg.server.account + ".dkr.ecr." + rg.name + "." + suffix + "/" + name
}

// repository finds the ECR repository of an image, nil if it is not in a private ECR or was never pushed to.
func (s *Server) repository(r reference) *repository {
	if r.registry == "" {
		return nil
	}
	return s.region(r.region).repositories[r.registry+"/"+r.repository]
}

// addRepository returns the repository of an image in a private ECR, new if there is none.
func (s *Server) addRepository(r reference) *repository {
	rg := s.region(r.region)
	key := r.registry + "/" + r.repository
	repo := rg.repositories[key]
	if repo == nil {
		part, _ := partition(r.region)
		repo = &repository{
			registry: r.registry, name: r.repository,
			arn:    "arn:" + part + ":ecr:" + r.region + ":" + r.registry + ":repository/" + r.repository,
			images: map[string]*image{}, tags: map[string]string{},
		}
		rg.repositories[key] = repo
	}
	return repo
}

// push adds an image, unless it is there, and points the tag at it.
func (repo *repository) push(tag, digest string, at time.Time) *image {
	im := repo.images[digest]
	if im == nil {
		im = &image{digest: digest, status: "ACTIVE", pushed: at}
		repo.images[digest] = im
		repo.order = append(repo.order, digest)
	}
	if tag != "" {
		repo.tags[tag] = digest
	}
	return im
}

// expire deletes an image and the tags that name it, as lifecycle rules do.
func (repo *repository) expire(digest string) {
	delete(repo.images, digest)
	repo.order = slices.DeleteFunc(repo.order, func(d string) bool { return d == digest })
	for tag, d := range repo.tags {
		if d == digest {
			delete(repo.tags, tag)
		}
	}
}

// find returns the image that a tag or digest names, nil if there is none, or if both are given and differ.
func (repo *repository) find(tag, digest string) *image {
	if digest == "" {
		digest = repo.tags[tag]
	} else if tag != "" && repo.tags[tag] != digest {
		return nil
	}
	return repo.images[digest]
}

// parent returns the index that names digest as one of its children, nil if there is none.
func (repo *repository) parent(digest string) *image {
	for _, im := range repo.images {
		if slices.Contains(im.children, digest) {
			return im
		}
	}
	return nil
}

func (repo *repository) tagsOf(digest string) []string {
	var tags []string
	for tag, d := range repo.tags {
		if d == digest {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	return tags
}

// resolve gives the digest that ECS would record for an image now, and whether its tasks could pull it. Other registries
// have everything; a tag there never moves.
func (s *Server) resolve(name string) (digest string, there bool) {
	r := parseImage(name)
	if r.registry == "" {
		if r.digest != "" {
			return r.digest, true
		}
		return Digest(name), true
	}
	repo := s.repository(r)
	if repo == nil {
		return r.digest, true // a registry that the story does not speak of
	}
	if r.digest != "" {
		r.tag = "" // the digest wins, as with docker pull
	}
	im := repo.find(r.tag, r.digest)
	if im == nil {
		return r.digest, r.digest != "" && repo.parent(r.digest) != nil
	}
	if im.records != "" {
		return im.records, im.status == "ACTIVE"
	}
	return im.digest, im.status == "ACTIVE"
}
