package ecstest

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
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
				"User: %s is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action",
				s.caller(req.region), req.name(), s.resourceOf(req), req.name())
		}
	}
	return nil
}

// requireTags refuses a registration that lacks a tag which the organization's policy wants.
func (c *call) requireTags(family string, t tags) error {
	for _, key := range c.requiredTags {
		if !slices.ContainsFunc(t.all, func(each tag) bool { return each.Key == key }) {
			why := "with an explicit deny in a service control policy"
			if c.tagsByRole {
				why = "because no identity-based policy allows the ecs:RegisterTaskDefinition action"
			}
			return refuse("AccessDeniedException", "User: %s is not authorized to perform: %s on resource: %s %s",
				c.caller(c.region.name), c.name(), c.region.arn("task-definition/"+family+":*"), why)
		}
	}
	return nil
}

// tellRequireTag denies registrations without these tags: require-tag team cost-center. Without any it allows all. With by=role
// the policy of the role wants them, else a service control policy, which IAM's simulation does not see.
func tellRequireTag(s *Server, l *sentence) error {
	by := l.option("by", "organization")
	if by != "role" && by != "organization" {
		return fmt.Errorf("by=%s: there are role and organization", by)
	}
	s.requiredTags, s.tagsByRole = l.args, by == "role"
	return nil
}

// resourceOf names what a request is about, where that is a service or something of one; else *.
func (s *Server) resourceOf(req request) string {
	var in struct {
		Cluster, Service, ServiceDeploymentArn string
		Services                               []string
		ServiceDeploymentArns                  []string
		ServiceRevisionArns                    []string
	}
	json.Unmarshal(req.body, &in) // a request that does not fit is about *
	for _, list := range [][]string{{in.ServiceDeploymentArn}, in.ServiceDeploymentArns, in.ServiceRevisionArns} {
		if len(list) > 0 && list[0] != "" {
			return list[0]
		}
	}
	for _, name := range append([]string{in.Service}, in.Services...) {
		if name == "" {
			continue
		}
		clusterName := in.Cluster[strings.LastIndex(in.Cluster, "/")+1:]
		return s.region(req.region).arn("service/" + clusterName + "/" + name[strings.LastIndex(name, "/")+1:])
	}
	return "*"
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

// tellDeny takes permissions away: deny ListServiceDeployments ecr:*.
func tellDeny(s *Server, l *sentence) error {
	if _, err := l.arg(0, "operation"); err != nil {
		return err
	}
	body := l.option("body", "")
	for _, operation := range l.args {
		s.denied = append(s.denied, permission{operation, body})
	}
	return nil
}

// tellAllow gives permissions back, all if none is named.
func tellAllow(s *Server, l *sentence) error {
	s.denied = slices.DeleteFunc(s.denied, func(p permission) bool {
		return len(l.args) == 0 || slices.Contains(l.args, p.operation)
	})
	return nil
}
