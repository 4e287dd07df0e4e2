package ecstest

import (
	"slices"
	"time"
)

// A taskSet is what a service has instead of deployments if CodeDeploy or somebody else deploys it.
type taskSet struct {
	service    *service
	id         string
	status     string // PRIMARY, ACTIVE, DRAINING
	revision   *revision
	startedBy  string
	externalID string
	scale      float64 // percent of the desired count
	running    ramp
	created    time.Time
	updated    time.Time
}

// addTaskSet starts a task set of a revision. It is ACTIVE.
func (sv *service) addTaskSet(rev *revision, startedBy, externalID string) *taskSet {
	set := &taskSet{
		service: sv, id: sv.server().digits(), status: "ACTIVE", revision: rev, startedBy: startedBy,
		externalID: externalID, scale: 100, created: sv.now(), updated: sv.now(),
	}
	set.running.move(sv.now(), set.computed(), sv.rollout)
	sv.taskSets = append(sv.taskSets, set)
	return set
}

// computed is how many tasks the set is to have.
func (t *taskSet) computed() int { return int(float64(t.service.desired)*t.scale/100 + 0.999999) }

// primarySet returns the PRIMARY task set, nil if there is none.
func (sv *service) primarySet() *taskSet {
	for _, t := range sv.taskSets {
		if t.status == "PRIMARY" {
			return t
		}
	}
	return nil
}

// setPrimary gives t the production traffic.
func (sv *service) setPrimary(t *taskSet) {
	for _, other := range sv.taskSets {
		if other.status == "PRIMARY" {
			other.status, other.updated = "ACTIVE", sv.now()
		}
	}
	t.status, t.updated = "PRIMARY", sv.now()
}

// dropTaskSet removes t.
func (sv *service) dropTaskSet(t *taskSet) {
	sv.taskSets = slices.DeleteFunc(sv.taskSets, func(other *taskSet) bool { return other == t })
}

// setsSteady reports whether there is one task set, and all its tasks run.
func (sv *service) setsSteady() bool {
	return sv.primarySet() != nil && len(sv.taskSets) == 1 && sv.taskSets[0].stable()
}

func (t *taskSet) stable() bool {
	return t.running.at(t.service.now()) == t.computed() && !t.revision.fails()
}

func (t *taskSet) arn() string {
	return t.service.region().arn("task-set/" + t.service.cluster.name + "/" + t.service.name + "/ecs-svc/" + t.id)
}

func (t *taskSet) view() object {
	stability := "STABILIZING"
	if t.stable() {
		stability = "STEADY_STATE"
	}
	running := t.running.at(t.service.now())
	if t.revision.fails() {
		running = 0
	}
	o := object{
		"id": "ecs-svc/" + t.id, "taskSetArn": t.arn(), "serviceArn": t.service.arn, "clusterArn": t.service.cluster.arn,
		"status": t.status, "taskDefinition": t.revision.definition.arn(), "computedDesiredCount": t.computed(),
		"runningCount": running, "pendingCount": max(0, min(1, t.computed()-running)), "createdAt": epoch(t.created),
		"updatedAt": epoch(t.updated), "scale": object{"value": t.scale, "unit": "PERCENT"}, "stabilityStatus": stability,
		"stabilityStatusAt": epoch(t.updated), "loadBalancers": []object{}, "serviceRegistries": []object{},
	}
	for _, name := range []string{"launchType", "platformVersion", "platformFamily", "networkConfiguration", "loadBalancers", "capacityProviderStrategy"} {
		if value, ok := t.revision.config[name]; ok {
			o[name] = value
		}
	}
	setText(o, "startedBy", t.startedBy)
	setText(o, "externalId", t.externalID)
	return o
}

func (sv *service) setViews() []object {
	views := []object{}
	for _, t := range sv.taskSets {
		views = append(views, t.view())
	}
	return views
}

type describeTaskSetsInput struct {
	Cluster  string   `json:"cluster"`
	Service  string   `json:"service"`
	TaskSets []string `json:"taskSets"`
	Include  []string `json:"include"`
}

func describeTaskSets(c *call, in *describeTaskSetsInput) (any, error) {
	cl, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	sv := cl.service(in.Service)
	if sv == nil {
		return nil, serviceNotFound()
	}
	found, failures := []object{}, []object{}
	for _, t := range sv.taskSets {
		if len(in.TaskSets) == 0 || slices.Contains(in.TaskSets, t.arn()) || slices.Contains(in.TaskSets, "ecs-svc/"+t.id) {
			found = append(found, t.view())
		}
	}
	return object{"taskSets": found, "failures": failures}, nil
}
