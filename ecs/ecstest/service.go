package ecstest

import (
	"strings"
	"time"
)

// A service is one ECS service with its history.
type service struct {
	cluster    *cluster
	name, arn  string
	status     string // ACTIVE, DRAINING, INACTIVE
	created    time.Time
	controller string // ECS, CODE_DEPLOY, EXTERNAL
	scheduling string // REPLICA, DAEMON
	express    bool   // managed by ECS
	desired    int
	config     object // of the next revision; see configMembers
	options    object // what no revision records: deploymentConfiguration, placementStrategy…
	tags       tags

	deployments []*deployment // PRIMARY first
	completed   *deployment   // the last one that was COMPLETED: where a rollback leads
	rollouts    []*rollout    // oldest first
	revisions   []*revision
	events      []event // oldest first
	failings    []*failing
	formers     []former
	taskSets    []*taskSet

	rollout     time.Duration // how long a rollout takes
	draining    time.Duration // how long the old tasks' connections take to drain, after the new ones are up
	family      string        // what a bare number in a story's deploy means
	unfit       bool          // UpdateService does not look whether a definition fits
	tooLate     bool          // the next rollout cannot be stopped in time
	unsupported bool          // no history: UnsupportedFeatureException
	since       time.Time     // history before this is gone
	stale       object        // what DescribeServices shows while it lags
	staleFor    int
	blank       int              // answers without currentServiceDeployment
	group       *codedeployGroup // of a CODE_DEPLOY service
}

// addService puts a service into the cluster; it runs nothing yet.
func (cl *cluster) addService(name string) *service {
	s := cl.region.server
	sv := &service{
		cluster: cl, name: name, arn: cl.region.arn("service/" + cl.name + "/" + name), status: "ACTIVE",
		created: s.clock.now, controller: "ECS", scheduling: "REPLICA", desired: 1, family: name,
		rollout: 20 * time.Second, config: object{}, options: object{},
	}
	cl.services[name] = sv
	cl.serviceNames = append(cl.serviceNames, name)
	return sv
}

func (sv *service) region() *region { return sv.cluster.region }
func (sv *service) server() *Server { return sv.cluster.region.server }
func (sv *service) now() time.Time  { return sv.server().clock.now }

// service finds a service of the cluster by name, or by its long or short ARN.
func (cl *cluster) service(ref string) *service {
	resource, ok := cl.region.local(ref)
	if !ok {
		return nil
	}
	if resource != ref {
		resource = strings.TrimPrefix(resource, "service/")
		if owner, name, long := strings.Cut(resource, "/"); long {
			if owner != cl.name {
				return nil
			}
			resource = name
		}
	}
	return cl.services[resource]
}

// serviceOf finds the service that an ARN of something of it belongs to: kind is service-deployment/ or service-revision/.
func (rg *region) serviceOf(arn, kind string) *service {
	resource, _ := rg.local(arn)
	rest, ok := strings.CutPrefix(resource, kind)
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 3 || rg.clusters[parts[0]] == nil {
		return nil
	}
	return rg.clusters[parts[0]].services[parts[1]]
}

// primary returns the PRIMARY entry of deployments[], nil if there is none.
func (sv *service) primary() *deployment {
	if len(sv.deployments) == 0 {
		return nil
	}
	return sv.deployments[0]
}

// current returns what the service was last told to run, nil if nothing.
func (sv *service) current() *revision {
	if set := sv.primarySet(); set != nil {
		return set.revision
	}
	if d := sv.primary(); d != nil {
		return d.revision
	}
	return nil
}

// steady reports whether nothing is under way and the PRIMARY entry or task set is good.
func (sv *service) steady() bool {
	if sv.controller != "ECS" {
		return sv.setsSteady()
	}
	return sv.underWay() == nil && sv.primary() != nil && sv.primary().state == "COMPLETED"
}

// counts tells the running and pending tasks.
func (sv *service) counts() (running, pending int) {
	for _, d := range sv.deployments {
		running += d.running.at(sv.now())
	}
	for _, set := range sv.taskSets {
		running += set.running.at(sv.now())
	}
	return running, max(0, min(1, sv.desired-running))
}

// uses reports whether the service runs d, or its history names it.
func (sv *service) uses(d *definition) bool {
	for _, entry := range sv.deployments {
		if entry.revision.definition == d {
			return true
		}
	}
	for _, set := range sv.taskSets {
		if set.revision.definition == d {
			return true
		}
	}
	return false
}

// classic reports whether the service is behind a Classic Load Balancer.
func (sv *service) classic() bool {
	list, _ := sv.config["loadBalancers"].([]any)
	for _, each := range list {
		if lb, ok := each.(object); ok && lb["loadBalancerName"] != nil {
			return true
		}
	}
	return false
}

// event records a service event; the last 100 are kept.
func (sv *service) event(format string, args ...any) {
	if len(sv.events) == 100 {
		sv.events = append(sv.events[:0:0], sv.events[1:]...)
	}
	sv.events = append(sv.events, event{at: sv.now(), format: format, args: args})
}

// setDesired changes the desired count of what runs.
func (sv *service) setDesired(n int) {
	sv.desired = n
	if rev := sv.current(); rev != nil {
		rev.resolve()
	}
	if d := sv.primary(); d != nil && d == sv.completed && sv.underWay() == nil {
		d.running.move(sv.now(), n, 10*time.Second)
	}
	for _, set := range sv.taskSets {
		set.running.move(sv.now(), set.computed(), 10*time.Second)
	}
}

// revisionSummaries tells which revisions have tasks, as currentServiceRevisions.
func (sv *service) revisionSummaries() []object {
	all := []object{}
	for _, d := range sv.deployments {
		if d != sv.primary() && sv.underWay() == nil {
			continue // what is left of it has no tasks
		}
		all = append(all, object{
			"arn": d.revision.arn, "requestedTaskCount": sv.wanted(d), "runningTaskCount": d.running.at(sv.now()), "pendingTaskCount": 0,
		})
	}
	return all
}

// view is what DescribeServices says.
func (sv *service) view(withTags bool) object {
	running, pending := sv.counts()
	o := object{
		"serviceArn": sv.arn, "serviceName": sv.name, "clusterArn": sv.cluster.arn, "status": sv.status,
		"desiredCount": sv.desired, "runningCount": running, "pendingCount": pending, "createdAt": epoch(sv.created),
		"schedulingStrategy": sv.scheduling, "deployments": []object{}, "events": sv.eventViews(),
		"loadBalancers": []object{}, "serviceRegistries": []object{}, "placementConstraints": []object{},
		"placementStrategy": []object{}, "createdBy": sv.server().caller(sv.region().name), "enableECSManagedTags": false,
		"propagateTags": "NONE", "enableExecuteCommand": false, "availabilityZoneRebalancing": "DISABLED",
		"resourceManagementType":  "CUSTOMER",
		"deploymentConfiguration": sv.deploymentConfiguration(),
	}
	for name, value := range sv.config {
		switch name {
		case "serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations": // only in deployments[]
		default:
			o[name] = value
		}
	}
	for name, value := range sv.options {
		o[name] = value
	}
	if sv.express {
		o["resourceManagementType"] = "ECS"
	}
	if rev := sv.current(); rev != nil && sv.controller != "EXTERNAL" {
		o["taskDefinition"] = rev.definition.arn()
	}
	if sv.controller == "ECS" {
		sv.viewDeployments(o)
	} else {
		o["deploymentController"] = object{"type": sv.controller}
		o["taskSets"] = sv.setViews()
	}
	if withTags {
		o["tags"] = sv.tags.list()
	}
	return o
}

// viewDeployments adds what a service has whose deployments ECS does. The controller is left out unless the service has
// been told its type: absent means ECS.
func (sv *service) viewDeployments(o object) {
	entries := []object{}
	for _, d := range sv.deployments {
		entries = append(entries, sv.deploymentView(d))
	}
	o["deployments"] = entries
	if sv.unsupported {
		return
	}
	o["currentServiceRevisions"] = sv.revisionSummaries()
	if r := sv.newest(); r != nil {
		o["currentServiceDeployment"] = r.arn
	}
}

// longCluster gives the cluster that a service's long ARN names, empty for a short one.
func longCluster(resource string) string {
	owner, _, long := strings.Cut(strings.TrimPrefix(resource, "service/"), "/")
	if !long {
		return ""
	}
	return owner
}
