package ecstest

import (
	"math"
	"time"
)

// A deployment is an entry of a service's deployments[]: a revision, and how many of its tasks run. It is not the same as a
// rollout (a "service deployment"): after a rollback the entry of the last good rollout is PRIMARY again, with its old id.
type deployment struct {
	id       string
	revision *revision
	created  time.Time
	updated  time.Time
	state    string // rolloutState: IN_PROGRESS, COMPLETED, FAILED
	reason   string // rolloutStateReason
	running  ramp
	failing  *failing
	draining bool // rolled back
}

// A ramp is a count that moves evenly from one value to another.
type ramp struct {
	from, to int
	start    time.Time
	takes    time.Duration
}

// at returns the count at a time.
func (r ramp) at(t time.Time) int {
	passed := max(0, t.Sub(r.start))
	if passed >= r.takes {
		return r.to
	}
	return r.from + int(math.Floor(float64(r.to-r.from)*float64(passed)/float64(r.takes)))
}

// move starts a ramp from where the count is now.
func (r *ramp) move(now time.Time, to int, takes time.Duration) {
	*r = ramp{from: r.at(now), to: to, start: now, takes: takes}
}

// set sets d's rollout state.
func (d *deployment) set(now time.Time, state, reason string) {
	d.state, d.reason, d.updated = state, reason, now
}

// wanted is how many tasks of d are to run: all for the PRIMARY entry, what is left for the others.
func (sv *service) wanted(d *deployment) int {
	if d == sv.primary() {
		return sv.desired
	}
	return d.running.at(sv.now())
}

// pending is how many tasks of d are on their way: one after the other, of slow ones all; of what cannot be placed none.
func (sv *service) pending(d *deployment) int {
	missing := max(0, sv.desired-d.running.at(sv.now()))
	switch a := d.revision.ailment(); {
	case d != sv.primary() || a != nil && a.kind == "capacity":
		return 0
	case a != nil && a.kind == "slow":
		return missing
	}
	return min(missing, 1)
}

// view is d as DescribeServices shows it. Behind a Classic Load Balancer there is no rollout state.
func (sv *service) deploymentView(d *deployment) object {
	status, running, pending := "ACTIVE", d.running.at(sv.now()), sv.pending(d)
	if d.draining {
		status = "DRAINING"
	}
	if d == sv.primary() {
		status = "PRIMARY"
	}
	o := object{
		"id": d.id, "status": status, "taskDefinition": d.revision.definition.arn(),
		"desiredCount": sv.wanted(d), "runningCount": running, "pendingCount": pending, "failedTasks": d.failing.count(),
		"createdAt": epoch(d.created), "updatedAt": epoch(d.updated),
	}
	for name, value := range d.revision.config {
		if name != "loadBalancers" && name != "serviceRegistries" {
			o[name] = value
		}
	}
	if !sv.classic() {
		o["rolloutState"], o["rolloutStateReason"] = d.state, d.reason
	}
	return o
}
