package ecstest

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// A task is made up when somebody asks: its id follows from the deployment and its number.
type task struct {
	service  *service
	revision *revision
	id       string
	group    string // deployment or task set that started it
}

// tasks lists the running tasks of a service.
func (sv *service) tasks() []task {
	var all []task
	add := func(group string, rev *revision, n int) {
		for i := range n {
			sum := sha256.Sum256([]byte(sv.arn + group + strconv.Itoa(i)))
			all = append(all, task{sv, rev, hex.EncodeToString(sum[:16]), group})
		}
	}
	for _, d := range sv.deployments {
		add(d.id, d.revision, d.running.at(sv.now()))
	}
	for _, set := range sv.taskSets {
		add("ecs-svc/"+set.id, set.revision, set.running.at(sv.now()))
	}
	return all
}

func (t task) arn() string {
	return t.service.region().arn("task/" + t.service.cluster.name + "/" + t.id)
}

func (t task) view() object {
	containers := []object{}
	for _, im := range t.revision.images {
		containers = append(containers, object{
			"name": im.ContainerName, "image": im.Image, "imageDigest": im.ImageDigest, "taskArn": t.arn(), "lastStatus": "RUNNING",
			"containerArn": t.service.region().arn("container/" + t.service.cluster.name + "/" + t.id + "/" + im.ContainerName),
		})
	}
	return object{
		"taskArn": t.arn(), "clusterArn": t.service.cluster.arn, "taskDefinitionArn": t.revision.definition.arn(),
		"group": "service:" + t.service.name, "startedBy": t.group, "lastStatus": "RUNNING", "desiredStatus": "RUNNING",
		"containers": containers,
	}
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

// listTasks lists running tasks of services; there are no others. Of its filters it knows service, family and startedBy.
func listTasks(c *call, in *listTasksInput) (any, error) {
	cl, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
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
			if (in.Family == "" || in.Family == t.revision.definition.family) && (in.StartedBy == "" || in.StartedBy == t.group) &&
				in.DesiredStatus != "STOPPED" {
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
