package ecstest

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// keeps is how long ECS remembers service deployments and revisions.
const keeps = 90 * 24 * time.Hour

// forgotten reports whether the history of a service no longer has what was created at t. That what runs is not
// forgotten is a guess.
func (sv *service) forgotten(t time.Time) bool {
	if t.Before(sv.since) {
		return true
	}
	if rev := sv.current(); rev != nil && t.Equal(rev.created) {
		return false
	}
	return sv.now().Sub(t) > keeps
}

// rollout finds a service deployment by ARN, nil if there is none.
func (rg *region) rollout(arn string) *rollout {
	sv := rg.serviceOf(arn, "service-deployment/")
	if sv == nil {
		return nil
	}
	for _, r := range sv.rollouts {
		if r.arn == arn && !sv.forgotten(r.created) {
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
		if !sv.forgotten(r.created) && in.wants(r) {
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
	if len(in.Status) > 0 && !slices.Contains(in.Status, r.status) {
		return false
	}
	before, after := in.CreatedAt.Before, in.CreatedAt.After
	return (before.IsZero() || !r.created.After(before.Time)) && (after.IsZero() || !r.created.Before(after.Time))
}

// brief is r in a list.
func (r *rollout) brief() object {
	o := object{
		"serviceDeploymentArn": r.arn, "serviceArn": r.service.arn, "clusterArn": r.service.cluster.arn, "status": r.status,
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
	target := r.summary(r.target, sv.desired, r.weight, r.test)
	sources := []object{}
	for _, src := range r.source {
		sources = append(sources, r.summary(src.revision, src.tasks, 100-r.weight, 100-r.test))
	}
	o["targetServiceRevision"], o["sourceServiceRevisions"] = target, sources
	o["deploymentConfiguration"] = sv.deploymentConfiguration()
	o["deploymentCircuitBreaker"] = object{
		"status": r.breaker, "failureCount": min(r.deployment.failed.at(r.now()), r.threshold()), "threshold": r.threshold(),
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
