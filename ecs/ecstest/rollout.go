package ecstest

import (
	"fmt"
	"time"
)

// A rollout is a service deployment: the way of a service from the revisions that ran to a new one, as
// ListServiceDeployments tells it.
type rollout struct {
	service    *service
	arn        string
	deployment *deployment // the entry that it brings up
	target     *revision
	source     []sourceRevision
	status     string
	reason     string // statusReason
	created    time.Time
	started    time.Time
	finished   time.Time
	stopped    time.Time
	updated    time.Time
	settings   deploymentConfiguration // as they were when it began
	rollback   *rollback
	breaker    string // TRIGGERED, MONITORING, MONITORING_COMPLETE, DISABLED
	alarm      string // the same for alarms
	tripped    []string
	stages     []stage
	at         int // index of the present stage, -1 before the first and when stages do not count
	weight     float64
	test       float64
	hooks      []*hook
	next       *timer // what becomes of it by itself
	tooLate    bool   // a request to stop it will lose the race
	failure    string // rolloutStateReason of its entry when that gives up
	shown      string // the status that a story gave it, whatever it is
	summaries  object // what it said of its revisions when it ended
}

// A sourceRevision is a revision that ran when a rollout began.
type sourceRevision struct {
	revision *revision
	tasks    int
}

// A rollback is what a rollout turned into.
type rollback struct {
	reason  string
	started time.Time
	to      *deployment
}

// How long ECS thinks about it before it starts, stops or rolls back. Made up, but that a superseded deployment is STOPPED
// 0.3 s after the newer one was made, which was seen.
const (
	startDelay     = 1 * time.Second
	stopDelay      = 2 * time.Second
	supersedeDelay = 300 * time.Millisecond
)

// ended reports whether nothing will become of r any more.
func (r *rollout) ended() bool {
	switch r.status {
	case "SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED":
		return true
	}
	return false
}

func (r *rollout) now() time.Time { return r.service.now() }

// after sets what happens to r next.
func (r *rollout) after(d time.Duration, do func()) {
	r.next.stop()
	r.next = r.service.server().after(d, do)
}

// set moves r to another status.
func (r *rollout) set(status, reason string) {
	r.status, r.updated = status, r.now()
	if reason != "" {
		r.reason = reason
	}
	if r.ended() {
		r.finished = r.now()
		r.next.stop()
		r.at, r.summaries = -1, r.counts()
	}
}

// rollOut begins the rollout of a revision. One that is under way is stopped.
func (sv *service) rollOut(target *revision) *rollout {
	s := sv.server()
	r := &rollout{
		service: sv, target: target, status: "PENDING", created: sv.now(), updated: sv.now(), settings: sv.settings(), at: -1,
		arn: sv.region().arn("service-deployment/" + sv.cluster.name + "/" + sv.name + "/" + s.token()),
	}
	r.breaker, r.alarm = r.settings.monitors()
	r.tooLate, sv.tooLate = sv.tooLate, false
	sv.completeNow()
	for _, d := range sv.deployments {
		if tasks := d.running.at(sv.now()); tasks > 0 || d == sv.completed {
			r.source = append(r.source, sourceRevision{d.revision, tasks})
		}
	}
	if under := sv.underWay(); under != nil {
		under.deployment.failing.stop()
		under.supersede()
	}
	r.deployment = &deployment{id: "ecs-svc/" + target.number, revision: target, created: sv.now()}
	r.deployment.set(sv.now(), "IN_PROGRESS", fmt.Sprintf("ECS deployment %s in progress.", r.deployment.id))
	sv.deployments = append([]*deployment{r.deployment}, sv.deployments...)
	sv.rollouts = append(sv.rollouts, r)
	r.after(startDelay, r.start)
	return r
}

// The parts of a process.
func (r *rollout) begun() bool    { return r.status != "PENDING" }
func (r *rollout) due() time.Time { return r.next.at }

// settled reports whether r will not change by itself, or waits at a pause hook.
func (r *rollout) settled() bool { return !r.next.pending() || len(r.waiting()) > 0 }

// underWay returns the newest rollout if it has not ended.
func (sv *service) underWay() *rollout {
	if len(sv.rollouts) == 0 || sv.newest().ended() {
		return nil
	}
	return sv.newest()
}

// newest returns the newest rollout, nil if there never was one.
func (sv *service) newest() *rollout {
	if len(sv.rollouts) == 0 {
		return nil
	}
	return sv.rollouts[len(sv.rollouts)-1]
}

// supersede stops r because a newer one began. A rollback that is cut short counts as failed, which is a guess: the
// documented transitions leave nothing else.
func (r *rollout) supersede() {
	switch r.status {
	case "ROLLBACK_IN_PROGRESS":
		r.set("ROLLBACK_FAILED", "Service deployment rollback was superseded by a newer service deployment.")
	case "ROLLBACK_REQUESTED":
		r.after(supersedeDelay, r.halt)
	case "PENDING", "IN_PROGRESS":
		r.set("STOP_REQUESTED", "Service deployment was stopped because a newer service deployment started.")
		r.after(supersedeDelay, r.halt)
	}
}

// halt ends r as STOPPED.
func (r *rollout) halt() {
	r.stopped = r.now()
	r.set("STOPPED", "")
}

// start takes r from PENDING to IN_PROGRESS and enters its first stage.
func (r *rollout) start() {
	r.started = r.now()
	r.set("IN_PROGRESS", "")
	r.stages = r.settings.stages(r)
	r.enter(0)
}

// succeed ends r well. Its entry is COMPLETED, and the only one, some time later.
func (r *rollout) succeed() {
	r.deployment.running = ramp{to: r.service.desired}
	r.set("SUCCESSFUL", "")
	r.settle(r.deployment)
}

// settle leaves d as what the service runs, and has its entry COMPLETED after a while: seen 38 s after the service
// deployment's SUCCESSFUL.
func (r *rollout) settle(d *deployment) {
	sv := r.service
	r.finishMonitors()
	d.running = ramp{to: sv.desired}
	for _, other := range sv.deployments {
		if n := other.running.at(sv.now()); other != d && n > 0 {
			sv.leave(other, n, sv.now(), d.id)
			sv.event("(service %s) has stopped %d running tasks: %s.", sv.name, n, taskNames{sv, other.id, n})
			other.running = ramp{}
		}
	}
	sv.completed = d
	r.after(sv.server().lags.complete, func() { sv.complete(d) })
}

// complete makes d the one entry of the service, and COMPLETED.
func (sv *service) complete(d *deployment) {
	d.set(sv.now(), "COMPLETED", fmt.Sprintf("ECS deployment %s completed.", d.id))
	sv.deployments = []*deployment{d}
	sv.event("(service %s) (deployment %s) deployment completed.", sv.name, d.id)
	sv.event("(service %s) has reached a steady state.", sv.name)
}

// completeNow completes what has succeeded and is not COMPLETED yet.
func (sv *service) completeNow() {
	if r := sv.newest(); r != nil && r.ended() && r.next.pending() {
		r.next.stop()
		sv.complete(sv.completed)
	}
}

func (r *rollout) finishMonitors() {
	if r.breaker == "MONITORING" {
		r.breaker = "MONITORING_COMPLETE"
	}
	if r.alarm == "MONITORING" {
		r.alarm = "MONITORING_COMPLETE"
	}
}
