package ecstest

import (
	"slices"
	"time"
)

// A hookConfiguration is one of a service's lifecycle hooks. Only PAUSE hooks do anything here: Lambda hooks count as
// having succeeded at once.
type hookConfiguration struct {
	TargetType string   `json:"targetType"`
	Stages     []string `json:"lifecycleStages"`
	Timeout    struct {
		Minutes float64 `json:"timeoutInMinutes"`
		Action  string  `json:"action"`
	} `json:"timeoutConfiguration"`
}

// A hook is one that a rollout met.
type hook struct {
	id      string
	status  string // AWAITING_ACTION, SUCCEEDED, FAILED, TIMED_OUT
	expires time.Time
	action  string // on time-out
}

// pause holds r in a stage that has PAUSE hooks, and reports whether it has.
func (r *rollout) pause(stageName string) bool {
	s := r.service.server()
	var first time.Duration
	held := false
	for _, h := range r.settings.Hooks {
		if h.TargetType != "PAUSE" || stageName == "" || !slices.Contains(h.Stages, stageName) {
			continue
		}
		wait := minutes(or(h.Timeout.Minutes, 1440))
		action := h.Timeout.Action
		if action == "" {
			action = "ROLLBACK"
		}
		r.hooks = append(r.hooks, &hook{id: s.hex32(), status: "AWAITING_ACTION", expires: r.now().Add(wait), action: action})
		if !held || wait < first {
			first = wait
		}
		held = true
	}
	if held {
		r.after(first, r.timeOut)
	}
	return held
}

// waiting returns the hooks that wait for somebody.
func (r *rollout) waiting() []*hook {
	if r.status != "IN_PROGRESS" {
		return nil
	}
	var open []*hook
	for _, h := range r.hooks {
		if h.status == "AWAITING_ACTION" {
			open = append(open, h)
		}
	}
	return open
}

// timeOut lets the hooks whose time is up do what they are configured to.
func (r *rollout) timeOut() {
	for _, h := range r.waiting() {
		if h.expires.After(r.now()) {
			continue
		}
		h.status = "TIMED_OUT"
		if h.action == "ROLLBACK" {
			r.rollBack(becauseTimeout)
			return
		}
	}
	r.goOn()
}

// goOn continues when no hook waits any more.
func (r *rollout) goOn() {
	open := r.waiting()
	if len(open) == 0 {
		r.after(r.stages[r.at].takes, r.proceed)
		return
	}
	next := open[0].expires
	for _, h := range open {
		if h.expires.Before(next) {
			next = h.expires
		}
	}
	r.after(next.Sub(r.now()), r.timeOut)
}

func (h *hook) view() object {
	return object{
		"hookId": h.id, "targetType": "PAUSE", "status": h.status, "expiresAt": epoch(h.expires), "timeoutAction": h.action,
	}
}

type continueServiceDeploymentInput struct {
	ServiceDeploymentArn string `json:"serviceDeploymentArn"`
	HookID               string `json:"hookId"`
	Action               string `json:"action"`
}

// continueServiceDeployment answers a pause hook. The error for a hook that does not wait is a guess.
func continueServiceDeployment(c *call, in *continueServiceDeploymentInput) (any, error) {
	if in.ServiceDeploymentArn == "" || in.HookID == "" {
		return nil, missing("serviceDeploymentArn and hookId")
	}
	r := c.region.rollout(in.ServiceDeploymentArn)
	if r == nil {
		return nil, refuse("ServiceDeploymentNotFoundException", "Service deployment not found.")
	}
	for _, h := range r.waiting() {
		if h.id == in.HookID {
			r.resume(h, in.Action)
			return object{"serviceDeploymentArn": r.arn}, nil
		}
	}
	return nil, invalid("The lifecycle hook is not awaiting action.")
}

// resume answers one hook: ROLLBACK, or anything else to go on.
func (r *rollout) resume(h *hook, action string) {
	if action == "ROLLBACK" {
		h.status = "FAILED"
		r.rollBack(becauseRequest)
		return
	}
	h.status = "SUCCEEDED"
	r.goOn()
}
