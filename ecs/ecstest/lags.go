package ecstest

import "time"

// lags say how far ECS's own copies lag behind. All but list are counted in calls, per thing that changed, and apply to
// changes that are made after they were set.
type lags struct {
	register   int           // calls for which a new task definition is not found
	deregister int           // UpdateService calls that still accept a definition that was deregistered
	update     int           // times that DescribeServices shows a service as before UpdateService
	current    int           // answers (UpdateService's first) in which currentServiceDeployment is blank
	list       time.Duration // how old a service deployment is before ListServiceDeployments shows it
	complete   time.Duration // how long after a service deployment's SUCCESSFUL its entry in deployments[] is COMPLETED
}

// usualLags are what a new server has. That a new deployment is listed "a moment after" it was made has been measured by
// others, a second is a choice; DescribeServices has it as PRIMARY at once. UpdateService's answer was captured without
// currentServiceDeployment, of a ROLLING service; here that goes for all strategies. 38 s between SUCCESSFUL and COMPLETED
// have been seen.
var usualLags = lags{current: 1, list: time.Second, complete: 3 * time.Second}

// tellLag sets them: lag register=2 update=3 list=30s. What a line does not name is as on a new server, but for the
// durations, which stay as they are.
func tellLag(s *Server, l *sentence) (err error) {
	next := usualLags
	for _, each := range []struct {
		key   string
		count *int
	}{{"register", &next.register}, {"deregister", &next.deregister}, {"update", &next.update}, {"current", &next.current}} {
		if *each.count, err = l.number(each.key, *each.count); err != nil {
			return err
		}
	}
	if next.list, err = l.duration("list", s.lags.list); err != nil {
		return err
	}
	if next.complete, err = l.duration("complete", s.lags.complete); err != nil {
		return err
	}
	s.lags = next
	return nil
}

// listed reports whether ListServiceDeployments shows r already.
func (r *rollout) listed() bool { return !r.now().Before(r.created.Add(r.service.server().lags.list)) }
