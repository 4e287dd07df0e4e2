package ecstest

import "time"

// tellForget drops the history of a service but for its newest entries: keep=1 if not said otherwise.
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

func tellUnsupported(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err == nil {
		sv.unsupported = true
	}
	return err
}
