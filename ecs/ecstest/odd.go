package ecstest

import (
	"fmt"
	"slices"
)

// oddities are answers that are well formed and make no sense.
type oddities struct {
	twice   []*service // ListServices names them twice
	leftOut []*service // DescribeServices leaves them out
	failing []*service // DescribeServices gives them as failures
	endless []string   // patterns of operations whose pages do not end: always the same nextToken, and the first page
}

// endlessToken is the token of pages that do not end.
const endlessToken = "ZW5kbGVzcw=="

// isEndless reports whether the call's pages do not end.
func (o *oddities) isEndless(req request) bool {
	return slices.ContainsFunc(o.endless, func(pattern string) bool { return matches(pattern, req) })
}

// tellOdd makes answers odd: odd twice prod/web, odd left-out prod/web, odd failure prod/web, odd endless ListServices; odd
// nothing ends all of it. odd stale prod/web has the next DescribeServices answer what it would answer now.
func tellOdd(s *Server, l *sentence) error {
	what, err := l.arg(0, "oddity")
	if err != nil {
		return err
	}
	if what == "nothing" {
		s.odd = oddities{}
		return nil
	}
	subject, err := l.arg(1, "service or operation")
	if err != nil {
		return err
	}
	if what == "endless" {
		s.odd.endless = append(s.odd.endless, subject)
		return nil
	}
	if what == "stale" {
		sv, err := s.service(&sentence{verb: l.verb, args: l.args[1:]})
		if err == nil {
			sv.stale, sv.staleFor = sv.view(true), 1
		}
		return err
	}
	list := map[string]*[]*service{"twice": &s.odd.twice, "left-out": &s.odd.leftOut, "failure": &s.odd.failing}[what]
	if list == nil {
		return fmt.Errorf("odd %s: it is twice, left-out, failure, stale, endless or nothing", what)
	}
	sv, err := s.service(&sentence{verb: l.verb, args: l.args[1:]})
	if err == nil {
		*list = append(*list, sv)
	}
	return err
}
