package ecstest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An ailment is why tasks do not get healthy, or are slow to.
type ailment struct {
	kind string // pull, exit, health, capacity, slow
	exit int    // of exit
	slow time.Duration
}

// readAilment reads what a story says is wrong: bad web:3 pull, bad web:3 exit=137, bad web:3 slow=3m. If it does not say, the
// container exits with 1.
func readAilment(l *sentence) (a *ailment, names []string, err error) {
	a = &ailment{kind: "exit"}
	for _, word := range l.args {
		if slices.Contains([]string{"pull", "exit", "health", "capacity"}, word) {
			a.kind = word
		} else {
			names = append(names, word)
		}
	}
	if a.exit, err = l.number("exit", 1); err != nil {
		return nil, nil, err
	}
	if a.slow, err = l.duration("slow", 0); err != nil {
		return nil, nil, err
	}
	if a.slow > 0 {
		a.kind = "slow"
	}
	return a, names, nil
}

// ailment returns what is wrong with tasks of r: the story called its definition, an image or a digest bad, or an image is not
// in ECR. It is nil if nothing is, or there are no tasks.
func (r *revision) ailment() *ailment {
	s := r.service.server()
	if r.service.desired == 0 {
		return nil
	}
	if a := s.bad[r.definition.String()]; a != nil {
		return a
	}
	for _, im := range r.images {
		for _, name := range []string{im.Image, im.ImageDigest} {
			if a := s.bad[name]; a != nil {
				return a
			}
		}
		if _, there := s.resolve(im.pinned()); !there {
			return &ailment{kind: "pull"}
		}
	}
	return nil
}

// pinned is the image's name with the recorded digest, if there is one.
func (im containerImage) pinned() string {
	if im.ImageDigest == "" {
		return im.Image
	}
	name, _, _ := strings.Cut(im.Image, "@")
	return name + "@" + im.ImageDigest
}

// fails reports whether tasks of r never get healthy.
func (r *revision) fails() bool {
	a := r.ailment()
	return a != nil && a.kind != "slow"
}

// slow is how much longer than others tasks of r take to start.
func (r *revision) slow() time.Duration {
	if a := r.ailment(); a != nil {
		return a.slow
	}
	return 0
}

// failing is the time in which tasks of a deployment or task set start, and fail, one after the other.
type failing struct {
	service  *service
	group    string // ecs-svc/…
	revision *revision
	ailment  ailment
	start    time.Time
	pace     time.Duration // from one failure to the next
	most     int           // failures, 0: no end
	end      time.Time     // nothing fails any more from here on
}

// fail lets tasks of a revision fail from now on.
func (sv *service) fail(group string, rev *revision, pace time.Duration, most int) *failing {
	f := &failing{service: sv, group: group, revision: rev, ailment: *rev.ailment(), start: sv.now(), pace: max(pace, time.Millisecond), most: most}
	sv.failings = append(sv.failings, f)
	return f
}

// stop ends it. Stopping nil does nothing.
func (f *failing) stop() {
	if f != nil && f.end.IsZero() {
		f.end = f.service.now()
	}
}

// count is how many tasks have failed. What cannot be placed does not fail: there is no task.
func (f *failing) count() int {
	if f == nil || f.ailment.kind == "capacity" {
		return 0
	}
	return f.rounds()
}

// rounds is how many times ECS has tried and not succeeded.
func (f *failing) rounds() int {
	until := f.service.now()
	if !f.end.IsZero() {
		until = f.end
	}
	n := int(until.Sub(f.start) / f.pace)
	if f.most > 0 {
		n = min(n, f.most)
	}
	return n
}

// taskID names the task of a round, counted from 1.
func (f *failing) taskID(round int) string {
	return taskID(f.service, f.group, "failed "+strconv.Itoa(round))
}

// at is when the task of a round failed.
func (f *failing) at(round int) time.Time { return f.start.Add(time.Duration(round) * f.pace) }

// targetGroup is the ARN of the service's first target group, empty if there is none.
func (r *revision) targetGroup() string {
	for _, lb := range objects(r.config["loadBalancers"]) {
		if arn, _ := lb["targetGroupArn"].(string); arn != "" {
			return arn
		}
	}
	return ""
}

// port is what the target group sends to.
func (r *revision) port() any {
	for _, lb := range objects(r.config["loadBalancers"]) {
		return lb["containerPort"]
	}
	return 80
}

// stopped tells why a task has stopped, in ECS's words: the stop code and reason, and what its containers say of themselves.
// CannotPullContainerError and the health checks are as the developer guide's page on stopped tasks has them.
func (f *failing) stopped() (code, reason string, container object) {
	switch f.ailment.kind {
	case "pull":
		image := f.revision.images[0].Image
		reason = fmt.Sprintf("CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref %s: %s: not found", image, image)
		return "TaskFailedToStart", reason, object{"reason": reason}
	case "health":
		reason = "Task failed container health checks"
		if arn := f.revision.targetGroup(); arn != "" {
			reason = fmt.Sprintf("Task failed ELB health checks in (target-group %s)", arn)
		}
		return "ServiceSchedulerInitiated", reason, object{"exitCode": 143}
	}
	return "EssentialContainerExited", "Essential container in task exited", object{"exitCode": f.ailment.exit}
}

// events are what the service says of a failing time, as it would have recorded them: the newest 100.
func (f *failing) events() []event {
	n := f.rounds()
	var all []event
	add := func(at time.Time, format string, args ...any) {
		all = append(all, event{at: at, format: "(service %s) " + format, args: append([]any{f.service.name}, args...)})
	}
	for round := max(1, n-25); round <= n; round++ {
		id, end := f.taskID(round), f.at(round)
		begin := end.Add(-f.pace)
		if f.ailment.kind == "capacity" {
			add(end, "was unable to place a task because no container instance met all of its requirements. The closest matching "+
				"(container-instance %s) has insufficient memory available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.", id)
			continue
		}
		add(begin, "has started 1 tasks: (task %s).", id)
		if arn := f.revision.targetGroup(); f.ailment.kind == "health" && arn != "" {
			add(begin.Add(f.pace/4), "registered 1 targets in (target-group %s)", arn)
			add(end, "(task %s) (port %v) is unhealthy in (target-group %s) due to (reason Health checks failed with these codes: [503]).", id, f.revision.port(), arn)
			add(end, "deregistered 1 targets in (target-group %s)", arn)
			add(end, "has stopped 1 running tasks: (task %s).", id)
		}
		if round%3 == 0 {
			add(end, "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.")
		}
	}
	return all
}

// An event is what a service says of itself. Its text is made when somebody asks.
type event struct {
	at     time.Time
	format string
	args   []any
}

func (e event) String() string { return fmt.Sprintf(e.format, e.args...) }

// eventViews are the newest 100 events, newest first.
func (sv *service) eventViews() []object {
	all := slices.Clone(sv.events)
	for _, f := range sv.failings {
		all = append(all, f.events()...)
	}
	slices.SortStableFunc(all, func(a, b event) int { return a.at.Compare(b.at) })
	slices.Reverse(all)
	views := []object{}
	for _, e := range all[:min(len(all), 100)] {
		text := e.String()
		views = append(views, object{"id": taskID(sv, text, e.at.String()), "createdAt": epoch(e.at), "message": text})
	}
	return views
}
