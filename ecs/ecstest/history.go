package ecstest

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"
)

// keeps is how long ECS remembers service deployments. Of service revisions nothing like it is documented: they outlive them.
const keeps = 90 * 24 * time.Hour

// remembersFrom is when ECS began to make service deployments and service revisions.
var remembersFrom = time.Date(2024, 10, 25, 0, 0, 0, 0, time.UTC)

// RemembersCurrent says whether new servers keep the deployment that runs in the list, however old it is, as the story line
// "remember current" does. No exception for it is documented, nor is it known that there is none. The environment variable
// ECSTEST_REMEMBER=nothing clears it, so that whole suites can be run both ways (with -count=1: go test does not see it change).
var RemembersCurrent = os.Getenv("ECSTEST_REMEMBER") != "nothing"

// forgotten reports whether ECS no longer has the service deployment r.
func (r *rollout) forgotten() bool {
	sv := r.service
	if r.created.Before(sv.since) || r.created.Before(remembersFrom) {
		return true
	}
	if sv.server().remembersCurrent && r.target == sv.current() {
		return false
	}
	return r.now().Sub(r.created) > keeps
}

// rollout finds a service deployment by ARN, nil if there is none.
func (rg *region) rollout(arn string) *rollout {
	sv := rg.serviceOf(arn, "service-deployment/")
	if sv == nil {
		return nil
	}
	for _, r := range sv.rollouts {
		if r.arn == arn && !r.forgotten() {
			return r
		}
	}
	return nil
}

type listServiceDeploymentsInput struct {
	Cluster   string   `json:"cluster"`
	Service   string   `json:"service"`
	Status    []string `json:"status"`
	CreatedAt struct {
		Before seconds `json:"before"`
		After  seconds `json:"after"`
	} `json:"createdAt"`
	NextToken  string `json:"nextToken"`
	MaxResults *int   `json:"maxResults"`
}

// seconds is a time in a request.
type seconds struct{ time.Time }

// UnmarshalJSON reads seconds since 1970.
func (t *seconds) UnmarshalJSON(raw []byte) error {
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return err
	}
	f, err := strconv.ParseFloat(n.String(), 64)
	t.Time = time.UnixMilli(int64(f * 1000))
	return err
}

// listServiceDeployments lists the newest first; ECS documents no order. A service whose deployments ECS does not do has
// none: which controllers get UnsupportedFeatureException is not documented, and we give it to all but ECS.
func listServiceDeployments(c *call, in *listServiceDeploymentsInput) (any, error) {
	sv, err := c.historyOf(in.Cluster, in.Service)
	if err != nil {
		return nil, err
	}
	list := []object{}
	for _, r := range slices.Backward(sv.rollouts) {
		if r.listed() && !r.forgotten() && in.wants(r) {
			list = append(list, r.brief())
		}
	}
	from, to, next, err := c.page(len(list), in.NextToken, in.MaxResults, 20, 100)
	if err != nil {
		return nil, err
	}
	o := object{"serviceDeployments": list[from:to]}
	setText(o, "nextToken", next)
	return o, nil
}

// historyOf finds a service whose history somebody asks for.
func (c *call) historyOf(clusterRef, ref string) (*service, error) {
	if ref == "" {
		return nil, missing("service")
	}
	cl, err := c.region.clusterOf(clusterRef, ref)
	if err != nil {
		return nil, err
	}
	sv := cl.service(ref)
	if sv == nil {
		return nil, serviceNotFound()
	}
	if sv.unsupported || sv.controller != "ECS" {
		return nil, refuse("UnsupportedFeatureException", "The service does not support service deployments.")
	}
	return sv, nil
}

// clusterOf finds the cluster of a call whose service may be a long ARN, which names the cluster itself.
func (rg *region) clusterOf(clusterRef, serviceRef string) (*cluster, error) {
	if resource, ok := rg.local(serviceRef); clusterRef == "" && ok && resource != serviceRef {
		if name := longCluster(resource); name != "" {
			clusterRef = name
		}
	}
	return rg.cluster(clusterRef)
}

func (in *listServiceDeploymentsInput) wants(r *rollout) bool {
	if len(in.Status) > 0 && !slices.Contains(in.Status, orText(r.shown, r.status)) {
		return false
	}
	before, after := in.CreatedAt.Before, in.CreatedAt.After
	return (before.IsZero() || !r.created.After(before.Time)) && (after.IsZero() || !r.created.Before(after.Time))
}

// brief is r in a list.
func (r *rollout) brief() object {
	o := object{
		"serviceDeploymentArn": r.arn, "serviceArn": r.service.arn, "clusterArn": r.service.cluster.arn, "status": orText(r.shown, r.status),
		"targetServiceRevisionArn": r.target.arn, "createdAt": epoch(r.created),
	}
	setText(o, "statusReason", r.reason)
	setTime(o, "startedAt", r.started)
	setTime(o, "finishedAt", r.finished)
	return o
}

// view is r in full.
func (r *rollout) view() object {
	sv := r.service
	o := r.brief()
	delete(o, "targetServiceRevisionArn")
	o["updatedAt"] = epoch(r.updated)
	setTime(o, "stoppedAt", r.stopped)
	summaries := r.summaries
	if !r.ended() {
		summaries = r.counts()
	}
	maps.Copy(o, summaries)
	o["deploymentConfiguration"] = sv.deploymentConfiguration()
	o["deploymentCircuitBreaker"] = object{
		"status": r.breaker, "failureCount": min(r.deployment.failing.count(), r.threshold()), "threshold": r.threshold(),
	}
	if r.alarm != "DISABLED" {
		o["alarms"] = object{"status": r.alarm, "alarmNames": r.settings.Alarms.Names, "triggeredAlarmNames": r.tripped}
	}
	if r.at >= 0 && r.stages[r.at].name != "" {
		o["lifecycleStage"] = r.stages[r.at].name
	}
	if len(r.hooks) > 0 {
		details := []object{}
		for _, h := range r.hooks {
			details = append(details, h.view())
		}
		o["lifecycleHookDetails"] = details
	}
	if b := r.rollback; b != nil {
		o["rollback"] = object{"reason": b.reason, "startedAt": epoch(b.started), "serviceRevisionArn": b.to.revision.arn}
	}
	return o
}

// counts tells of the tasks of the revisions. Once r has ended they stay what they were then, which is a choice: documented as
// a snapshot is only that of a deployment that succeeded early.
func (r *rollout) counts() object {
	sources := []object{}
	for _, src := range r.source {
		sources = append(sources, r.summary(src.revision, src.tasks, 100-r.weight, 100-r.test))
	}
	return object{"targetServiceRevision": r.summary(r.target, r.service.desired, r.weight, r.test), "sourceServiceRevisions": sources}
}

// summary counts the tasks of a revision. Traffic weights are given where a strategy moves traffic.
func (r *rollout) summary(rev *revision, wanted int, weight, test float64) object {
	running := 0
	for _, d := range r.service.deployments {
		if d.revision == rev {
			running = d.running.at(r.now())
		}
	}
	o := object{"arn": rev.arn, "requestedTaskCount": wanted, "runningTaskCount": running, "pendingTaskCount": 0}
	if r.settings.Strategy != "ROLLING" {
		o["requestedProductionTrafficWeight"], o["requestedTestTrafficWeight"] = weight, test
	}
	return o
}

type describeServiceDeploymentsInput struct {
	ServiceDeploymentArns []string `json:"serviceDeploymentArns"`
}

func describeServiceDeployments(c *call, in *describeServiceDeploymentsInput) (any, error) {
	if err := upTo20("serviceDeploymentArns", in.ServiceDeploymentArns); err != nil {
		return nil, err
	}
	found, failures := []object{}, []object{}
	for _, arn := range in.ServiceDeploymentArns {
		if r := c.region.rollout(arn); r != nil {
			found = append(found, r.view())
		} else {
			failures = append(failures, object{"arn": arn, "reason": "MISSING"})
		}
	}
	return object{"serviceDeployments": found, "failures": failures}, nil
}
