package ecstest

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A task is made up when somebody asks: its id follows from the deployment and its number.
type task struct {
	service  *service
	revision *revision
	id       string
	group    string // deployment or task set that started it
	last     string // lastStatus: PENDING, RUNNING, STOPPED

	stoppedAt    time.Time // and so on, if it has stopped
	code, reason string
	container    object
}

// A former is tasks that ran well and were stopped for others.
type former struct {
	group    string
	revision *revision
	count    int
	at       time.Time
	by       string // the deployment that they made room for
}

// rememberStopped is how long ECS shows stopped tasks: "at least one hour", of which this is the least.
const rememberStopped = time.Hour

func taskID(sv *service, group, which string) string {
	sum := sha256.Sum256([]byte(sv.arn + group + which))
	return hex.EncodeToString(sum[:16])
}

// tasks lists the tasks of a service, those that have stopped in the last hour too.
func (sv *service) tasks() []task {
	var all []task
	add := func(group string, rev *revision, running, pending int) {
		for i := range running + pending {
			last := "RUNNING"
			if i >= running {
				last = "PENDING"
			}
			all = append(all, task{service: sv, revision: rev, id: taskID(sv, group, strconv.Itoa(i)), group: group, last: last})
		}
	}
	for _, d := range sv.deployments {
		add(d.id, d.revision, d.running.at(sv.now()), sv.pending(d))
	}
	for _, set := range sv.taskSets {
		if !set.revision.fails() {
			add("ecs-svc/"+set.id, set.revision, set.running.at(sv.now()), 0)
		}
	}
	return append(all, sv.stoppedTasks()...)
}

// stoppedTasks lists those that failed or made room for others, the newest 100 of each.
func (sv *service) stoppedTasks() []task {
	var all []task
	since := sv.now().Add(-rememberStopped)
	for _, f := range sv.failings {
		n := f.count()
		for round := max(1, n-99); round <= n; round++ {
			if at := f.at(round); !at.Before(since) {
				t := task{service: sv, revision: f.revision, id: f.taskID(round), group: f.group, last: "STOPPED", stoppedAt: at}
				t.code, t.reason, t.container = f.stopped()
				all = append(all, t)
			}
		}
	}
	for _, f := range sv.formers {
		for i := range min(f.count, 100) {
			if !f.at.Before(since) && !f.at.After(sv.now()) {
				all = append(all, task{
					service: sv, revision: f.revision, id: taskID(sv, f.group, strconv.Itoa(i)), group: f.group, last: "STOPPED", stoppedAt: f.at,
					code: "ServiceSchedulerInitiated", reason: "Scaling activity initiated by (deployment " + f.by + ")", container: object{"exitCode": 0},
				})
			}
		}
	}
	return all
}

func (t task) arn() string {
	return t.service.region().arn("task/" + t.service.cluster.name + "/" + t.id)
}

// desired is the task's desiredStatus.
func (t task) desired() string {
	if t.last == "STOPPED" {
		return "STOPPED"
	}
	return "RUNNING"
}

func (t task) view() object {
	containers := []object{}
	for _, im := range t.revision.images {
		c := object{
			"name": im.ContainerName, "image": im.Image, "taskArn": t.arn(), "lastStatus": t.last,
			"containerArn": t.service.region().arn("container/" + t.service.cluster.name + "/" + t.id + "/" + im.ContainerName),
		}
		if t.code != "TaskFailedToStart" {
			setText(c, "imageDigest", im.ImageDigest)
		}
		if len(containers) == 0 { // the essential one
			for name, value := range t.container {
				c[name] = value
			}
		}
		containers = append(containers, c)
	}
	o := object{
		"taskArn": t.arn(), "clusterArn": t.service.cluster.arn, "taskDefinitionArn": t.revision.definition.arn(),
		"group": "service:" + t.service.name, "startedBy": t.group, "lastStatus": t.last, "desiredStatus": t.desired(),
		"containers": containers, "createdAt": epoch(t.revision.created),
	}
	if launch, ok := t.revision.config["launchType"]; ok {
		o["launchType"] = launch
	}
	setTime(o, "stoppedAt", t.stoppedAt)
	setText(o, "stopCode", t.code)
	setText(o, "stoppedReason", t.reason)
	return o
}

type listTasksInput struct {
	Cluster           string `json:"cluster"`
	ContainerInstance string `json:"containerInstance"`
	Family            string `json:"family"`
	NextToken         string `json:"nextToken"`
	MaxResults        *int   `json:"maxResults"`
	StartedBy         string `json:"startedBy"`
	ServiceName       string `json:"serviceName"`
	DesiredStatus     string `json:"desiredStatus"`
	LaunchType        string `json:"launchType"`
	DaemonName        string `json:"daemonName"`
}

// listTasks lists tasks of services; there are no others. That startedBy must be the only filter is documented; how ECS says so
// is not, nor whether desiredStatus counts, which is let through here. PENDING, as documented, finds nothing.
func listTasks(c *call, in *listTasksInput) (any, error) {
	cl, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	if in.StartedBy != "" && (in.ServiceName != "" || in.Family != "" || in.ContainerInstance != "") {
		return nil, invalid("startedBy must be the only filter.")
	}
	names := cl.serviceNames
	if in.ServiceName != "" {
		sv := cl.service(in.ServiceName)
		if sv == nil {
			return nil, serviceNotFound()
		}
		names = []string{sv.name}
	}
	arns := []string{}
	for _, name := range names {
		for _, t := range cl.services[name].tasks() {
			if in.wants(t) {
				arns = append(arns, t.arn())
			}
		}
	}
	from, to, next, err := c.page(len(arns), in.NextToken, in.MaxResults, 100, 100)
	if err != nil {
		return nil, err
	}
	o := object{"taskArns": arns[from:to]}
	setText(o, "nextToken", next)
	return o, nil
}

func (in *listTasksInput) wants(t task) bool {
	launch, _ := t.revision.config["launchType"].(string)
	return (in.Family == "" || in.Family == t.revision.definition.family) && (in.StartedBy == "" || in.StartedBy == t.group) &&
		orText(in.DesiredStatus, "RUNNING") == t.desired() && (in.LaunchType == "" || in.LaunchType == launch)
}

type describeTasksInput struct {
	Cluster string   `json:"cluster"`
	Tasks   []string `json:"tasks"`
	Include []string `json:"include"`
}

func describeTasks(c *call, in *describeTasksInput) (any, error) {
	cl, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	if len(in.Tasks) == 0 || len(in.Tasks) > 100 {
		return nil, invalid("tasks must have 1 to 100 items.")
	}
	all := map[string]task{}
	for _, name := range cl.serviceNames {
		for _, t := range cl.services[name].tasks() {
			all[t.id] = t
		}
	}
	found, failures := []object{}, []object{}
	for _, ref := range in.Tasks {
		if t, ok := all[ref[strings.LastIndex(ref, "/")+1:]]; ok {
			found = append(found, t.view())
		} else {
			failures = append(failures, c.region.missingResource("task/"+cl.name, ref))
		}
	}
	return object{"tasks": found, "failures": failures}, nil
}

// leave records that n tasks of d stop at a time, for those of another deployment, and forgets those of long ago.
func (sv *service) leave(d *deployment, n int, at time.Time, by string) {
	if n == 0 {
		return
	}
	old := sv.now().Add(-rememberStopped)
	sv.formers = slices.DeleteFunc(sv.formers, func(f former) bool { return f.at.Before(old) })
	sv.formers = append(sv.formers, former{d.id, d.revision, n, at, by})
}
