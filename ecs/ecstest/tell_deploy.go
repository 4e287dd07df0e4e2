package ecstest

import (
	"fmt"
	"strconv"
	"time"
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
		var started []process
		for _, l := range group {
			sv, err := s.deployable(l)
			if err != nil {
				return err
			}
			r, err := sv.deploy(sv.definitionName(l.args[round]), l.flag("keep"))
			if err != nil {
				return err
			}
			started = append(started, r)
		}
		last := round == len(group[0].args)-1
		s.settleAll(started, last, group[0])
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
func (sv *service) deploy(name string, keep bool) (process, error) {
	d, err := sv.region().usable(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if rev := sv.current(); rev != nil && rev.definition == d && sameJSON(rev.config, sv.config) {
		return nil, fmt.Errorf("%s is what %s runs: use force", name, sv.name)
	}
	return sv.deployDefinition(d, keep), nil
}

func (sv *service) deployDefinition(d *definition, keep bool) process {
	if sv.newest() == nil && sv.primarySet() == nil {
		sv.created = sv.now()
	}
	old := sv.primarySet()
	switch {
	case sv.controller == "ECS":
		return sv.rollOut(sv.newRevision(d, sv.config))
	case sv.controller == "CODE_DEPLOY" && old != nil:
		b := sv.groupOf().create(appSpec(d.arn()), d.arn(), "user")
		b.after(startDelay, b.start)
		return b
	}
	set := sv.addTaskSet(sv.newRevision(d, sv.config), "", "")
	set.running = ramp{to: set.computed()} // somebody else waited for it
	sv.setPrimary(set)
	if sv.controller == "CODE_DEPLOY" {
		sv.groupOf()
	}
	if old != nil && !keep {
		sv.dropTaskSet(old)
	}
	return nil
}

// A process is a rollout, or a deployment of CodeDeploy.
type process interface {
	begun() bool
	settled() bool  // it has ended, or waits for somebody, or will not change by itself
	due() time.Time // when something happens next, if it is not settled
}

// settleAll plays on until the processes have settled; with !wait, if the line allows it here, only until they have begun,
// and with !now not at all. Begun is a second, so that with the usual lag the list has them. What has succeeded is COMPLETED
// without further waiting.
func (s *Server) settleAll(started []process, mayLeave bool, l *sentence) {
	if mayLeave && l.flag("now") {
		s.tick()
		return
	}
	dontWait := mayLeave && l.flag("wait")
	for _, p := range started {
		for p != nil && !p.settled() && !(dontWait && p.begun()) {
			if r, ok := p.(*rollout); ok && r.ended() {
				r.service.completeNow()
			} else {
				s.runTo(p.due())
			}
		}
	}
}

// inFlight returns what is under way in the service, nil if nothing is.
func (sv *service) inFlight() process {
	if sv.controller == "ECS" {
		if r := sv.underWay(); r != nil {
			return r
		}
		return nil
	}
	if sv.group != nil {
		if b := sv.group.underWay(); b != nil {
			return b
		}
	}
	return nil
}

// unsettled returns what wait waits for: what is under way, or has succeeded and is not COMPLETED yet.
func (sv *service) unsettled() process {
	if r := sv.newest(); sv.controller == "ECS" && r != nil {
		return r
	}
	return sv.inFlight()
}

// tellForce deploys again what is there: forceNewDeployment.
func tellForce(s *Server, group []*sentence) error {
	return s.startAll(group, func(sv *service, _ *sentence) (process, error) {
		rev := sv.current()
		if rev == nil {
			return nil, fmt.Errorf("%s runs nothing yet", sv.name)
		}
		return sv.deployDefinition(rev.definition, false), nil
	})
}

// tellConfig deploys another configuration of what is there.
func tellConfig(s *Server, group []*sentence) error {
	return s.startAll(group, func(sv *service, l *sentence) (process, error) {
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
		return sv.deployDefinition(d, false), nil
	})
}

// startAll begins something with every service of a line, and waits for all unless told not to.
func (s *Server) startAll(group []*sentence, begin func(*service, *sentence) (process, error)) error {
	var started []process
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
	s.settleAll(started, true, group[0])
	return nil
}

// flying makes a verb of what can be done to a rollout, or to a deployment of CodeDeploy, that is under way.
func flying(toRollout func(*rollout, *sentence) error, toBlueGreen func(*blueGreen, *sentence) error) verb {
	return func(s *Server, group []*sentence) error {
		return s.startAll(group, func(sv *service, l *sentence) (process, error) {
			switch p := sv.inFlight().(type) {
			case *rollout:
				return p, toRollout(p, l)
			case *blueGreen:
				err := toBlueGreen(p, l)
				if next := sv.inFlight(); next != nil {
					return next, err
				}
				return p, err
			}
			return nil, fmt.Errorf("nothing is under way in %s", sv.name)
		})
	}
}

// What can become of what is under way.
var (
	tellRollback = flying(
		func(r *rollout, _ *sentence) error { r.requestRollback(); return nil },
		func(b *blueGreen, _ *sentence) error { b.stop(true); return nil })
	tellStop = flying(
		func(r *rollout, _ *sentence) error { r.stop("Service deployment was stopped."); return nil },
		func(b *blueGreen, _ *sentence) error { b.stop(false); return nil })
	tellAlarm = flying(
		func(r *rollout, l *sentence) error {
			if r.status != "IN_PROGRESS" {
				return fmt.Errorf("%s is %s", r.service.name, r.status)
			}
			r.alarmed(l.second("alarm"))
			return nil
		},
		func(b *blueGreen, _ *sentence) error {
			b.fail("ALARM_ACTIVE", "One or more alarms have been activated.")
			return nil
		})
	tellContinue = flying(
		func(r *rollout, l *sentence) error {
			open := r.waiting()
			if len(open) == 0 {
				return fmt.Errorf("no hook of %s waits", r.service.name)
			}
			for _, h := range open {
				r.resume(h, l.second("CONTINUE"))
			}
			return nil
		},
		func(b *blueGreen, _ *sentence) error {
			if b.status != "Ready" {
				return fmt.Errorf("%s is %s, not Ready", b.id, b.status)
			}
			b.reroute()
			return nil
		})
)

// second returns the second argument, or standard if there is none.
func (l *sentence) second(standard string) string {
	if len(l.args) > 1 {
		return l.args[1]
	}
	return standard
}

// tellWait plays on until the named services have settled, or all if none is named.
func tellWait(s *Server, group []*sentence) error {
	if len(group[0].args) > 0 {
		return s.startAll(group, func(sv *service, _ *sentence) (process, error) { return sv.unsettled(), nil })
	}
	for _, rg := range s.regions {
		for _, cl := range rg.clusters {
			for _, name := range cl.serviceNames {
				s.settleAll([]process{cl.services[name].unsettled()}, false, group[0])
			}
		}
	}
	return nil
}
