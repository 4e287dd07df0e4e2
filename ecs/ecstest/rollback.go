package ecstest

import (
	"fmt"
	"time"
)

// The reasons for a rollback. The one for a person's request is not documented; it is made up.
const (
	becauseBreaker = "Service deployment rolled back because the circuit breaker threshold was exceeded."
	becauseAlarm   = "Service deployment rolled back because the CloudWatch alarm(s) were triggered."
	becauseRequest = "Service deployment rolled back by user request."
	becauseTimeout = "Service deployment rolled back because a lifecycle hook timed out."
)

// struggle lets r's tasks fail until its circuit breaker fires; without one it goes on for ever. So it does where no task can be
// placed: then there is none that fails.
func (r *rollout) struggle() {
	sv, threshold, id := r.service, r.threshold(), r.deployment.id
	if r.target.ailment().kind == "health" {
		r.deployment.running.move(r.now(), sv.desired, sv.rollout/2) // they run, and are replaced
	}
	if !r.settings.Breaker.Enable || r.target.ailment().kind == "capacity" {
		r.deployment.failing = sv.fail(id, r.target, sv.rollout, 0)
		return
	}
	r.deployment.failing = sv.fail(id, r.target, sv.rollout/time.Duration(threshold), threshold)
	r.after(sv.rollout, r.breakOff)
}

// threshold is that of the circuit breaker: half of the desired count, rounded up, between 3 and 200.
func (r *rollout) threshold() int { return min(200, max(3, (r.service.desired+1)/2)) }

// breakOff is the circuit breaker firing.
func (r *rollout) breakOff() {
	sv := r.service
	r.breaker = "TRIGGERED"
	sv.event("(service %s) (deployment %s) deployment failed: tasks failed to start.", sv.name, r.deployment.id)
	r.failure = "ECS deployment circuit breaker: tasks failed to start."
	if r.settings.Breaker.Rollback {
		r.rollBack(becauseBreaker)
	} else {
		r.stop("Service deployment stopped because the circuit breaker threshold was exceeded.")
	}
}

// alarmed is an alarm going off.
func (r *rollout) alarmed(name string) {
	r.alarm, r.tripped = "TRIGGERED", []string{name}
	r.failure = "ECS deployment failed: alarm detected."
	r.rollBack(becauseAlarm)
}

// stop ends r where it is, without a rollback.
func (r *rollout) stop(reason string) {
	r.deployment.failing.stop()
	r.giveUp("ECS deployment stopped.")
	r.deployment.running.move(r.now(), r.deployment.running.at(r.now()), 0)
	r.set("STOP_REQUESTED", reason)
	r.after(stopDelay, r.halt)
}

// giveUp marks r's entry FAILED, for its reason or else for why.
func (r *rollout) giveUp(why string) {
	if r.deployment.state == "IN_PROGRESS" {
		r.deployment.set(r.now(), "FAILED", orText(r.failure, why))
	}
}

// rollBack returns the service to the last COMPLETED entry. It keeps its id and becomes PRIMARY again; no new service
// revision is made. The failed entry is ACTIVE and IN_PROGRESS first, as was seen, and DRAINING and FAILED later; when that
// changes is made up. Without an entry to return to nothing is started any more.
func (r *rollout) rollBack(reason string) {
	sv := r.service
	back := sv.completed
	if back == nil {
		r.giveUp("ECS deployment rolled back.")
		r.set("ROLLBACK_FAILED", "No rollback candidate was found to run the rollback.")
		return
	}
	r.set("ROLLBACK_IN_PROGRESS", reason)
	r.deployment.failing.stop()
	r.rollback = &rollback{reason: reason, started: r.now(), to: back}
	sv.server().after(sv.rollout/2, r.drain)
	sv.event("(service %s) rolling back to deployment %s.", sv.name, back.id)
	back.set(r.now(), "IN_PROGRESS", fmt.Sprintf("ECS deployment circuit breaker: rolling back to deploymentId %s.", back.id))
	if reason != becauseBreaker {
		back.reason = fmt.Sprintf("ECS deployment %s in progress.", back.id)
	}
	sv.promote(back)
	r.weight, r.test = 0, 0
	r.at, r.stages = 0, []stage{{name: r.backStage()}}
	sv.leave(r.deployment, r.deployment.running.at(r.now()), r.now().Add(sv.rollout), back.id)
	r.deployment.running.move(r.now(), 0, sv.rollout)
	if back.revision.fails() {
		back.failing = sv.fail(back.id, back.revision, sv.rollout, 0)
		r.after(2*sv.rollout, r.stuckBack)
		return
	}
	back.running.move(r.now(), sv.desired, sv.rollout)
	r.after(sv.rollout, r.backAgain)
}

// drain lets r's entry, which is rolled back, go.
func (r *rollout) drain() {
	r.giveUp("ECS deployment rolled back.")
	r.deployment.draining = true
}

// backStage is the stage that a strategy with stages shows while it rolls back; which one ECS shows is not documented.
func (r *rollout) backStage() string {
	if r.settings.Strategy == "ROLLING" {
		return ""
	}
	return "PRODUCTION_TRAFFIC_SHIFT"
}

// promote makes d the PRIMARY entry.
func (sv *service) promote(d *deployment) {
	rest := []*deployment{d}
	for _, other := range sv.deployments {
		if other != d {
			rest = append(rest, other)
		}
	}
	sv.deployments = rest
}

// backAgain ends a rollback well.
func (r *rollout) backAgain() {
	r.drain()
	r.set("ROLLBACK_SUCCESSFUL", "")
	r.settle(r.rollback.to)
}

// stuckBack ends a rollback whose target does not start either.
func (r *rollout) stuckBack() {
	r.drain()
	r.set("ROLLBACK_FAILED", "Service deployment rollback failed: tasks failed to start.")
	r.rollback.to.set(r.now(), "FAILED", "ECS deployment circuit breaker: tasks failed to start.")
}
