package ecstest

import (
	"slices"
	"strings"
)

type listServicesInput struct {
	Cluster                string `json:"cluster"`
	NextToken              string `json:"nextToken"`
	MaxResults             *int   `json:"maxResults"`
	LaunchType             string `json:"launchType"`
	SchedulingStrategy     string `json:"schedulingStrategy"`
	ResourceManagementType string `json:"resourceManagementType"`
}

// listServices lists what is not INACTIVE, in the order of creation; ECS promises no order.
func listServices(c *call, in *listServicesInput) (any, error) {
	cl, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	arns := []string{}
	for _, name := range cl.serviceNames {
		if sv := cl.services[name]; sv.status != "INACTIVE" && in.wants(sv) {
			arns = append(arns, sv.arn)
			if slices.Contains(c.odd.twice, sv) {
				arns = append(arns, sv.arn)
			}
		}
	}
	from, to, next, err := c.page(len(arns), in.NextToken, in.MaxResults, 10, 100)
	if err != nil {
		return nil, err
	}
	o := object{"serviceArns": arns[from:to]}
	setText(o, "nextToken", next)
	return o, nil
}

func (in *listServicesInput) wants(sv *service) bool {
	launchType, _ := sv.config["launchType"].(string)
	manager := "CUSTOMER"
	if sv.express {
		manager = "ECS"
	}
	return (in.LaunchType == "" || in.LaunchType == launchType) &&
		(in.SchedulingStrategy == "" || in.SchedulingStrategy == sv.scheduling) &&
		(in.ResourceManagementType == "" || in.ResourceManagementType == manager)
}

type describeServicesInput struct {
	Cluster  string   `json:"cluster"`
	Services []string `json:"services"`
	Include  []string `json:"include"`
}

func describeServices(c *call, in *describeServicesInput) (any, error) {
	if len(in.Services) == 0 {
		return nil, invalid("Services cannot be empty.")
	}
	if len(in.Services) > 10 {
		return nil, invalid("service names can have at most 10 items.")
	}
	cl, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	found, failures := []object{}, []object{}
	for _, ref := range in.Services {
		sv := cl.service(ref)
		if slices.Contains(c.odd.leftOut, sv) {
			continue
		}
		if sv == nil || slices.Contains(c.odd.failing, sv) {
			failures = append(failures, c.region.missingResource("service", ref))
			continue
		}
		found = append(found, sv.described(includes(in.Include, "TAGS")))
	}
	return object{"services": found, "failures": failures}, nil
}

// described is the view of the service that this call gets: a lagging one may be older, or lack its service deployment.
func (sv *service) described(withTags bool) object {
	if sv.staleFor > 0 {
		sv.staleFor--
		return sv.stale
	}
	o := sv.view(withTags)
	sv.blankCurrent(o)
	return o
}

// blankCurrent leaves currentServiceDeployment out of an answer while it lags.
func (sv *service) blankCurrent(o object) {
	if sv.blank > 0 {
		sv.blank--
		delete(o, "currentServiceDeployment")
	}
}

type deleteServiceInput struct {
	Cluster string `json:"cluster"`
	Service string `json:"service"`
	Force   *bool  `json:"force"`
}

// deleteService makes a service INACTIVE at once; ECS drains it first. It stays describable.
func deleteService(c *call, in *deleteServiceInput) (any, error) {
	cl, err := c.region.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	sv := cl.service(in.Service)
	if sv == nil {
		return nil, serviceNotFound()
	}
	if sv.status == "INACTIVE" {
		return nil, serviceNotActive()
	}
	if sv.desired > 0 && (in.Force == nil || !*in.Force) && sv.scheduling != "DAEMON" {
		return nil, invalid("The service cannot be stopped while it is scaled above 0.")
	}
	sv.status = "INACTIVE"
	for _, r := range sv.rollouts {
		r.next.stop()
	}
	sv.deployments, sv.taskSets, sv.rollouts, sv.revisions, sv.completed = nil, nil, nil, nil, nil
	return object{"service": sv.view(false)}, nil
}

// shortARN gives the service the ARN of services made before long ones were the rule: without the cluster.
func (sv *service) shortARN() {
	sv.arn = strings.Replace(sv.arn, "service/"+sv.cluster.name+"/", "service/", 1)
}
