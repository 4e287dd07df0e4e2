package ecstest

import (
	"fmt"
	"strconv"
)

// definitionName lets a bare number stand for a revision of the service's family.
func (sv *service) definitionName(word string) string {
	if _, err := strconv.Atoi(word); err == nil {
		return sv.family + ":" + word
	}
	return word
}

// tellDeploy rolls definitions out, one after the other. The services of one line go together, each round waiting for all.
func tellDeploy(s *Server, group []*sentence) error {
	every, err := group[0].duration("every", 0)
	if err != nil {
		return err
	}
	for round := 1; round < len(group[0].args); round++ {
		begin := s.clock.now
		var started []*rollout
		for _, l := range group {
			sv, err := s.deployable(l)
			if err != nil {
				return err
			}
			r, err := sv.deploy(sv.definitionName(l.args[round]))
			if err != nil {
				return err
			}
			started = append(started, r)
		}
		last := round == len(group[0].args)-1
		s.settleAll(started, group[0].flag("wait") && last)
		if every > 0 && !last {
			s.runTo(begin.Add(every))
		}
	}
	if len(group[0].args) < 2 {
		return fmt.Errorf("deploy: service and definition, please")
	}
	return nil
}

// deployable finds the service of a deploy line, which makes it if there is none.
func (s *Server) deployable(l *sentence) (*service, error) {
	cl, name := s.place(l.args[0])
	if sv := cl.services[name]; sv != nil {
		return sv, nil
	}
	return cl.newService(name)
}

// deploy starts the rollout of a definition. A service whose deployments ECS does not do gets a task set instead, and no
// rollout is returned.
func (sv *service) deploy(name string) (*rollout, error) {
	d, err := sv.region().usable(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if rev := sv.current(); rev != nil && rev.definition == d && sameJSON(rev.config, sv.config) {
		return nil, fmt.Errorf("%s is what %s runs: use force", name, sv.name)
	}
	return sv.deployDefinition(d), nil
}

func (sv *service) deployDefinition(d *definition) *rollout {
	if sv.newest() == nil && sv.primarySet() == nil {
		sv.created = sv.now()
	}
	if sv.controller == "ECS" {
		return sv.rollOut(sv.newRevision(d, sv.config))
	}
	old := sv.primarySet()
	set := sv.addTaskSet(sv.newRevision(d, sv.config), "", "")
	sv.setPrimary(set)
	if old != nil {
		sv.dropTaskSet(old)
	}
	return nil
}

// settleAll plays on until the rollouts have ended, or wait for somebody, or hang. Not to wait means until they have begun.
func (s *Server) settleAll(started []*rollout, dontWait bool) {
	for _, r := range started {
		for r != nil && !r.settled() && !(dontWait && r.status != "PENDING") {
			s.runTo(r.next.at)
		}
	}
}

// settled reports whether r will not change by itself, or waits at a pause hook.
func (r *rollout) settled() bool { return r.ended() || !r.next.pending() || len(r.waiting()) > 0 }

// tellForce deploys again what is there: forceNewDeployment.
func tellForce(s *Server, group []*sentence) error {
	return s.startAll(group, func(sv *service, _ *sentence) (*rollout, error) {
		rev := sv.current()
		if rev == nil {
			return nil, fmt.Errorf("%s runs nothing yet", sv.name)
		}
		return sv.deployDefinition(rev.definition), nil
	})
}

// tellConfig deploys another configuration of what is there.
func tellConfig(s *Server, group []*sentence) error {
	return s.startAll(group, func(sv *service, l *sentence) (*rollout, error) {
		rev := sv.current()
		if rev == nil {
			return nil, fmt.Errorf("%s runs nothing yet", sv.name)
		}
		d := rev.definition
		if len(l.args) > 1 {
			var err error
			if d, err = sv.region().usable(sv.definitionName(l.args[1])); err != nil {
				return nil, err
			}
		}
		for _, o := range l.rest() {
			if err := sv.configure(o.key, o.value); err != nil {
				return nil, err
			}
		}
		return sv.deployDefinition(d), nil
	})
}

// startAll begins something with every service of a line, and waits for all unless told not to.
func (s *Server) startAll(group []*sentence, begin func(*service, *sentence) (*rollout, error)) error {
	var started []*rollout
	for _, l := range group {
		sv, err := s.service(l)
		if err != nil {
			return err
		}
		r, err := begin(sv, l)
		if err != nil {
			return err
		}
		started = append(started, r)
	}
	s.settleAll(started, group[0].flag("wait"))
	return nil
}

// flying makes a verb of what can be done to a rollout that is under way.
func flying(do func(r *rollout, l *sentence) error) verb {
	return func(s *Server, group []*sentence) error {
		return s.startAll(group, func(sv *service, l *sentence) (*rollout, error) {
			r := sv.underWay()
			if r == nil {
				return nil, fmt.Errorf("nothing is under way in %s", sv.name)
			}
			return r, do(r, l)
		})
	}
}

// What can become of a rollout that is under way.
var (
	tellRollback = flying(func(r *rollout, _ *sentence) error { r.requestRollback(); return nil })
	tellStop     = flying(func(r *rollout, _ *sentence) error { r.fail(false, ""); return nil })
	tellAlarm    = flying(func(r *rollout, l *sentence) error {
		name := "alarm"
		if len(l.args) > 1 {
			name = l.args[1]
		}
		r.alarmed(name)
		return nil
	})
	tellContinue = flying(func(r *rollout, l *sentence) error {
		open := r.waiting()
		if len(open) == 0 {
			return fmt.Errorf("no hook of %s waits", r.service.name)
		}
		action := "CONTINUE"
		if len(l.args) > 1 {
			action = l.args[1]
		}
		for _, h := range open {
			r.resume(h, action)
		}
		return nil
	})
)

// tellWait plays on until the named services have settled, or all if none is named.
func tellWait(s *Server, group []*sentence) error {
	if len(group[0].args) > 0 {
		return s.startAll(group, func(sv *service, _ *sentence) (*rollout, error) { return sv.underWay(), nil })
	}
	for _, rg := range s.regions {
		for _, cl := range rg.clusters {
			for _, name := range cl.serviceNames {
				s.settleAll([]*rollout{cl.services[name].underWay()}, false)
			}
		}
	}
	return nil
}
