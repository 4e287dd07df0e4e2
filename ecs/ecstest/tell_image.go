package ecstest

import (
	"fmt"
	"strings"
)

// pushOnce pushes an image that a definition names, unless its repository has it. The digest follows from its name.
func (s *Server) pushOnce(name string) {
	r := parseImage(name)
	if r.registry == "" {
		return
	}
	repo := s.addRepository(r)
	if repo.find(r.tag, r.digest) != nil || r.digest != "" && repo.parent(r.digest) != nil {
		return
	}
	digest := r.digest
	if digest == "" {
		digest = Digest(r.repository + ":" + r.tag)
	}
	repo.push(r.tag, digest, s.clock.now)
}

// tellPush moves a tag to an image: push web:v1 a1. With index= the image is an index of others; with records= ECS
// records that one of them as what ran.
func tellPush(s *Server, l *sentence) error {
	name, err := l.arg(0, "image")
	if err != nil {
		return err
	}
	r := parseImage(s.world().expandImage(name))
	if r.registry == "" {
		return fmt.Errorf("%q is not in ECR", name)
	}
	digest := r.digest
	if len(l.args) > 1 {
		digest = Digest(l.args[1])
	} else if digest == "" {
		digest = Digest(r.repository + ":" + r.tag)
	}
	im := s.addRepository(r).push(r.tag, digest, s.clock.now)
	if index := l.option("index", ""); index != "" {
		im.children = nil
		for _, word := range strings.Split(index, ",") {
			im.children = append(im.children, Digest(word))
		}
	}
	if child := l.option("records", ""); child != "" {
		im.records = Digest(child)
	}
	return nil
}

// image finds the image that the line names: web:v1, or web@a1.
func (s *Server) image(l *sentence) (*repository, reference, *image, error) {
	name, err := l.arg(0, "image")
	if err != nil {
		return nil, reference{}, nil, err
	}
	r := parseImage(s.world().expandImage(name))
	if repo := s.repository(r); repo != nil {
		if im := repo.find(r.tag, r.digest); im != nil {
			return repo, r, im, nil
		}
	}
	return nil, r, nil, fmt.Errorf("no image %q in ECR", name)
}

func tellUntag(s *Server, l *sentence) error {
	repo, r, _, err := s.image(l)
	if err == nil {
		delete(repo.tags, r.tag)
	}
	return err
}

func tellExpire(s *Server, l *sentence) error {
	repo, _, im, err := s.image(l)
	if err == nil {
		repo.expire(im.digest)
	}
	return err
}

func tellStatus(status string) func(*Server, *sentence) error {
	return func(s *Server, l *sentence) error {
		_, _, im, err := s.image(l)
		if err == nil {
			im.status = status
		}
		return err
	}
}
