package ecstest

import (
	"fmt"
	"strconv"
	"strings"
)

// place splits prod/web; a bare web is in the cluster that the story spoke of last.
func (s *Server) place(name string) (*cluster, string) {
	clusterName, service, ok := strings.Cut(name, "/")
	if !ok {
		clusterName, service = s.there, name
	}
	if clusterName == "" {
		clusterName = "default"
	}
	s.there = clusterName
	return s.world().addCluster(clusterName), service
}

// service finds the service that the line names first.
func (s *Server) service(l *sentence) (*service, error) {
	name, err := l.arg(0, "service")
	if err != nil {
		return nil, err
	}
	cl, name := s.place(name)
	if sv := cl.services[name]; sv != nil {
		return sv, nil
	}
	return nil, fmt.Errorf("no service %q in cluster %q", name, cl.name)
}

// newService makes a service as stories have them: on Fargate, in subnet-a.
func (cl *cluster) newService(name string) (*service, error) {
	if !nameRE.MatchString(name) {
		return nil, fmt.Errorf("%q is not a name", name)
	}
	sv := cl.addService(name)
	sv.config["launchType"] = "FARGATE"
	sv.config["platformFamily"] = "Linux"
	sv.config["platformVersion"] = "1.4.0"
	sv.config["networkConfiguration"] = networkOf("subnet-a", "sg-a")
	return sv, nil
}

// tellService makes a service, or changes what no deployment is needed for.
func tellService(s *Server, l *sentence) error {
	name, err := l.arg(0, "service")
	if err != nil {
		return err
	}
	cl, name := s.place(name)
	sv := cl.services[name]
	if sv == nil {
		if sv, err = cl.newService(name); err != nil {
			return err
		}
	}
	if sv.desired, err = l.number("desired", sv.desired); err != nil {
		return err
	}
	if sv.rollout, err = l.duration("rollout", sv.rollout); err != nil {
		return err
	}
	if sv.draining, err = l.duration("drain", sv.draining); err != nil {
		return err
	}
	sv.family = l.option("family", sv.family)
	sv.status = l.option("status", sv.status)
	sv.express = sv.express || l.flag("express")
	sv.unfit = sv.unfit || l.flag("unfit")
	if err := sv.setKind(l); err != nil {
		return err
	}
	if err := sv.setStrategy(l); err != nil {
		return err
	}
	if err := sv.setGroup(l); err != nil {
		return err
	}
	for _, o := range l.rest() {
		if key, ok := strings.CutPrefix(o.key, "tag."); ok {
			sv.tags.set(key, o.value)
		} else if err := sv.configure(o.key, o.value); err != nil {
			return err
		}
	}
	return nil
}

// setKind reads who deploys the service, how it is scheduled, and which form its ARN has.
func (sv *service) setKind(l *sentence) error {
	sv.controller = l.option("controller", sv.controller)
	sv.scheduling = l.option("scheduling", sv.scheduling)
	switch {
	case sv.controller != "ECS" && sv.controller != "CODE_DEPLOY" && sv.controller != "EXTERNAL":
		return fmt.Errorf("controller=%s: it is ECS, CODE_DEPLOY or EXTERNAL", sv.controller)
	case sv.scheduling != "REPLICA" && sv.scheduling != "DAEMON":
		return fmt.Errorf("scheduling=%s: it is REPLICA or DAEMON", sv.scheduling)
	}
	if sv.scheduling == "DAEMON" {
		sv.config = object{"launchType": "EC2", "networkConfiguration": sv.config["networkConfiguration"]}
	}
	if l.option("arn", "long") == "short" {
		sv.shortARN()
	}
	return nil
}

func tellTag(s *Server, l *sentence) error {
	name, err := l.arg(0, "service or definition")
	if err != nil {
		return err
	}
	t := (*tags)(nil)
	if d, err := s.world().definition(name); err == nil && d != nil {
		t = &d.tags
	} else if sv, err := s.service(l); err == nil {
		t = &sv.tags
	} else {
		return err
	}
	for _, o := range l.rest() {
		t.set(o.key, o.value)
	}
	return nil
}

func tellServiceStatus(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err != nil {
		return err
	}
	sv.status, err = l.arg(1, "status")
	return err
}

func tellDesired(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err != nil {
		return err
	}
	text, err := l.arg(1, "count")
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(text)
	if err == nil {
		sv.setDesired(n)
	}
	return err
}

func tellTooLate(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err != nil {
		return err
	}
	if r := sv.underWay(); r != nil {
		r.tooLate = true
	} else {
		sv.tooLate = true
	}
	return nil
}
