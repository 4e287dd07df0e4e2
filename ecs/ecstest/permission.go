package ecstest

import (
	"path"
	"strings"
)

// A permission that callers do not have.
type permission struct {
	operation string // a pattern: UpdateService, ecs:UpdateService, ecs:*
	body      string // only requests whose body contains this
}

// authorize refuses what a story denied.
func (s *Server) authorize(req request) error {
	for _, p := range s.denied {
		if matches(p.operation, req) && strings.Contains(string(req.body), p.body) {
			return refuse("AccessDeniedException",
				"User: %s is not authorized to perform: %s on resource: * because no identity-based policy allows the %s action",
				s.caller(req.region), req.name(), req.name())
		}
	}
	return nil
}

// matches reports whether a pattern, with or without the service in front, names the request's operation.
func matches(pattern string, req request) bool {
	name := req.operation
	if strings.Contains(pattern, ":") {
		name = req.name()
	}
	ok, _ := path.Match(pattern, name)
	return ok
}
