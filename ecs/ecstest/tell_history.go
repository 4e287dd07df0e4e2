package ecstest

import (
	"fmt"
	"time"
)

// tellRemember says whether the deployment that runs stays listed however old it is: remember current, remember nothing.
func tellRemember(s *Server, l *sentence) error {
	what, err := l.arg(0, "deployments, current or nothing")
	if err == nil && what != "current" && what != "nothing" {
		return fmt.Errorf("remember: current or nothing")
	}
	s.remembersCurrent = what == "current"
	return err
}

// tellForget drops the service deployments of a service but for its newest: keep=1 if not said otherwise. The revisions stay.
func tellForget(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err != nil {
		return err
	}
	keep, err := l.number("keep", 1)
	if err != nil {
		return err
	}
	sv.since = sv.now().Add(time.Nanosecond)
	defer s.tick() // what comes next is not forgotten
	if n := len(sv.rollouts); keep > 0 && keep <= n {
		sv.since = sv.rollouts[n-keep].created
	}
	return nil
}

// tellMissing lets DescribeServiceRevisions not find some revisions of a service, by definition, or any if none is named.
func tellMissing(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err != nil {
		return err
	}
	for _, r := range sv.revisions {
		r.missing = r.missing || len(l.args) == 1
		for _, name := range l.args[1:] {
			r.missing = r.missing || r.definition.String() == sv.definitionName(name)
		}
	}
	return nil
}

// tellStatusOf gives an entry of the list a status, any text: status-of prod/web PAUSED entry=2 is the newest but one.
func tellStatusOf(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err != nil {
		return err
	}
	entry, err := l.number("entry", 1)
	if err != nil || entry < 1 || entry > len(sv.rollouts) {
		return fmt.Errorf("entry: 1, the newest, to %d", len(sv.rollouts))
	}
	sv.rollouts[len(sv.rollouts)-entry].shown, err = l.arg(1, "status")
	return err
}

func tellUnsupported(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err == nil {
		sv.unsupported = true
	}
	return err
}
