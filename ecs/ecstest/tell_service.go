package ecstest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// place splits prod/web; a bare web is in the cluster that the story spoke of last.
func (s *Server) place(name string) (*cluster, string) {
	clusterName, service, ok := strings.Cut(name, "/")
	if !ok {
		clusterName, service = s.there, name
	}
	if clusterName == "" {
		clusterName = "default"
	}
	s.there = clusterName
	return s.world().addCluster(clusterName), service
}

// service finds the service that the line names first.
func (s *Server) service(l *sentence) (*service, error) {
	name, err := l.arg(0, "service")
	if err != nil {
		return nil, err
	}
	cl, name := s.place(name)
	if sv := cl.services[name]; sv != nil {
		return sv, nil
	}
	return nil, fmt.Errorf("no service %q in cluster %q", name, cl.name)
}

// newService makes a service as stories have them: on Fargate, in subnet-a.
func (cl *cluster) newService(name string) (*service, error) {
	if !nameRE.MatchString(name) {
		return nil, fmt.Errorf("%q is not a name", name)
	}
	sv := cl.addService(name)
	sv.config["launchType"] = "FARGATE"
	sv.config["platformFamily"] = "Linux"
	sv.config["platformVersion"] = "1.4.0"
	sv.config["networkConfiguration"] = networkOf("subnet-a", "sg-a")
	return sv, nil
}

// tellService makes a service, or changes what no deployment is needed for.
func tellService(s *Server, l *sentence) error {
	name, err := l.arg(0, "service")
	if err != nil {
		return err
	}
	cl, name := s.place(name)
	sv := cl.services[name]
	if sv == nil {
		if sv, err = cl.newService(name); err != nil {
			return err
		}
	}
	if sv.desired, err = l.number("desired", sv.desired); err != nil {
		return err
	}
	if sv.rollout, err = l.duration("rollout", sv.rollout); err != nil {
		return err
	}
	sv.family = l.option("family", sv.family)
	sv.status = l.option("status", sv.status)
	sv.express = sv.express || l.flag("express")
	if err := sv.setKind(l); err != nil {
		return err
	}
	if err := sv.setStrategy(l); err != nil {
		return err
	}
	if err := sv.setGroup(l); err != nil {
		return err
	}
	for _, o := range l.rest() {
		if key, ok := strings.CutPrefix(o.key, "tag."); ok {
			sv.tags.set(key, o.value)
		} else if err := sv.configure(o.key, o.value); err != nil {
			return err
		}
	}
	return nil
}

// setKind reads who deploys the service, how it is scheduled, and which form its ARN has.
func (sv *service) setKind(l *sentence) error {
	sv.controller = l.option("controller", sv.controller)
	sv.scheduling = l.option("scheduling", sv.scheduling)
	switch {
	case sv.controller != "ECS" && sv.controller != "CODE_DEPLOY" && sv.controller != "EXTERNAL":
		return fmt.Errorf("controller=%s: it is ECS, CODE_DEPLOY or EXTERNAL", sv.controller)
	case sv.scheduling != "REPLICA" && sv.scheduling != "DAEMON":
		return fmt.Errorf("scheduling=%s: it is REPLICA or DAEMON", sv.scheduling)
	}
	if sv.scheduling == "DAEMON" {
		sv.config = object{"launchType": "EC2"}
	}
	if l.option("arn", "long") == "short" {
		sv.shortARN()
	}
	return nil
}

// setGroup reads what CodeDeploy is to do.
func (sv *service) setGroup(l *sentence) error {
	if sv.controller != "CODE_DEPLOY" {
		return nil
	}
	g := sv.groupOf()
	g.application, g.name = l.option("application", g.application), l.option("group", g.name)
	g.autoRollback = g.autoRollback || l.flag("autorollback")
	for _, each := range []struct {
		key string
		d   *time.Duration
	}{{"ready", &g.ready}, {"traffic", &g.traffic}, {"terminate", &g.terminate}} {
		d, err := l.duration(each.key, *each.d)
		if err != nil {
			return err
		}
		*each.d = d
	}
	return nil
}

// setStrategy reads the deployment configuration.
func (sv *service) setStrategy(l *sentence) error {
	old, _ := sv.options["deploymentConfiguration"].(object)
	c := object{
		"strategy": "ROLLING", "maximumPercent": json.Number("200"), "minimumHealthyPercent": json.Number("100"),
		"bakeTimeInMinutes": json.Number("0"), "deploymentCircuitBreaker": object{"enable": false, "rollback": false},
	}
	if sv.scheduling == "DAEMON" {
		c["maximumPercent"], c["minimumHealthyPercent"] = json.Number("100"), json.Number("0")
	}
	for member, value := range old {
		c[member] = value
	}
	if strategy := l.option("strategy", ""); strategy != "" {
		if !strings.Contains(" ROLLING BLUE_GREEN LINEAR CANARY ", " "+strategy+" ") {
			return fmt.Errorf("strategy=%s: it is ROLLING, BLUE_GREEN, LINEAR or CANARY", strategy)
		}
		c["strategy"] = strategy
		if strategy != "ROLLING" {
			c["bakeTimeInMinutes"] = json.Number("5")
		}
	}
	switch mode := l.option("breaker", ""); mode {
	case "rollback", "stop", "off":
		c["deploymentCircuitBreaker"] = object{"enable": mode != "off", "rollback": mode == "rollback"}
	case "":
	default:
		return fmt.Errorf("breaker=%s: it is rollback, stop or off", mode)
	}
	if names := l.option("alarms", ""); names != "" {
		c["alarms"] = object{"alarmNames": anyList(names), "enable": true, "rollback": true}
	}
	if err := setSteps(c, l); err != nil {
		return err
	}
	if err := setHooks(c, l); err != nil {
		return err
	}
	sv.options["deploymentConfiguration"] = c
	return nil
}

// setSteps reads how much traffic a strategy moves and how long it waits.
func setSteps(c object, l *sentence) error {
	if l.has("bake") {
		m, err := inMinutes(l, "bake")
		if err != nil {
			return err
		}
		c["bakeTimeInMinutes"] = m
	}
	for _, k := range []struct{ prefix, config, percent, bake string }{
		{"step", "linearConfiguration", "stepPercent", "stepBakeTimeInMinutes"},
		{"canary", "canaryConfiguration", "canaryPercent", "canaryBakeTimeInMinutes"},
	} {
		steps := object{}
		if l.has(k.prefix) {
			steps[k.percent] = json.Number(l.option(k.prefix, ""))
		}
		if l.has(k.prefix + "-bake") {
			m, err := inMinutes(l, k.prefix+"-bake")
			if err != nil {
				return err
			}
			steps[k.bake] = m
		}
		if len(steps) > 0 {
			c[k.config] = steps
		}
	}
	return nil
}

// setHooks reads pause=STAGE,STAGE with pause-timeout= and pause-action=.
func setHooks(c object, l *sentence) error {
	stages := l.option("pause", "")
	if stages == "" {
		return nil
	}
	hook := object{"targetType": "PAUSE", "lifecycleStages": anyList(stages)}
	if l.has("pause-timeout") || l.has("pause-action") {
		timeout := object{"timeoutInMinutes": json.Number("1440"), "action": l.option("pause-action", "ROLLBACK")}
		if l.has("pause-timeout") {
			m, err := inMinutes(l, "pause-timeout")
			if err != nil {
				return err
			}
			timeout["timeoutInMinutes"] = m
		}
		hook["timeoutConfiguration"] = timeout
	}
	c["lifecycleHooks"] = []any{hook}
	return nil
}

func inMinutes(l *sentence, key string) (json.Number, error) {
	d, err := l.duration(key, 0)
	return json.Number(strconv.FormatFloat(d.Minutes(), 'f', -1, 64)), err
}

func anyList(commas string) []any {
	var list []any
	for _, word := range strings.Split(commas, ",") {
		list = append(list, word)
	}
	return list
}

// configure sets one part of what service revisions record. The short keys are for the common cases; any member of
// UpdateService's input can be given as JSON.
func (sv *service) configure(key, value string) error {
	member, v := shortConfig(sv, key, value)
	if member == "" {
		member = key
		decoded, err := decodeObject([]byte(`{"value":` + value + `}`))
		if err != nil {
			return fmt.Errorf("no option %q, and %q is not JSON", key, value)
		}
		v = decoded["value"]
	}
	for _, known := range configMembers {
		if member == known {
			sv.config = withMember(sv.config, member, v)
			return nil
		}
	}
	for known := range (&serviceSettings{}).allOptions() {
		if member == known {
			sv.options = withMember(sv.options, member, v)
			return nil
		}
	}
	return fmt.Errorf("no option %q", key)
}

// withMember copies o, since service revisions hold on to it. A nil value removes the member.
func withMember(o object, member string, value any) object {
	c := object{member: value}
	for name, old := range o {
		if name != member {
			c[name] = old
		}
	}
	if value == nil {
		delete(c, member)
	}
	return c
}

// allOptions names the members of UpdateService that no revision records.
func (in *serviceSettings) allOptions() map[string]bool {
	return map[string]bool{
		"availabilityZoneRebalancing": true, "deploymentConfiguration": true, "enableECSManagedTags": true,
		"enableExecuteCommand": true, "healthCheckGracePeriodSeconds": true, "placementConstraints": true,
		"placementStrategy": true, "propagateTags": true,
	}
}

func shortConfig(sv *service, key, value string) (member string, v any) {
	part, _ := partition(sv.region().name)
	arn := func(service, resource string) string {
		return "arn:" + part + ":" + service + ":" + sv.region().name + ":" + sv.server().account + ":" + resource
	}
	switch key {
	case "subnets":
		return "networkConfiguration", networkOf(value, "sg-a")
	case "platform":
		return "platformVersion", value
	case "launch":
		return "launchType", value
	case "capacity":
		return "capacityProviderStrategy", []any{object{"capacityProvider": value, "weight": json.Number("1"), "base": json.Number("0")}}
	case "lb": // container:port, or classic
		if value == "classic" {
			return "loadBalancers", []any{object{"loadBalancerName": sv.name, "containerName": "app", "containerPort": json.Number("80")}}
		}
		container, port, _ := strings.Cut(value, ":")
		return "loadBalancers", []any{object{
			"targetGroupArn": arn("elasticloadbalancing", "targetgroup/"+sv.name+"/6d0ecf831eec9f09"),
			"containerName":  container, "containerPort": json.Number(or0(port, "80")),
		}}
	case "connect":
		return "serviceConnectConfiguration", object{"enabled": true, "namespace": value}
	case "registry":
		return "serviceRegistries", []any{object{"registryArn": arn("servicediscovery", "service/"+value)}}
	case "volume":
		return "volumeConfigurations", []any{object{"name": value, "managedEBSVolume": object{"sizeInGiB": json.Number("10")}}}
	}
	return "", nil
}

func or0(text, standard string) string {
	if text == "" {
		return standard
	}
	return text
}

func networkOf(subnets, groups string) object {
	return object{"awsvpcConfiguration": object{
		"subnets": anyList(subnets), "securityGroups": anyList(groups), "assignPublicIp": "DISABLED",
	}}
}

func tellTag(s *Server, l *sentence) error {
	name, err := l.arg(0, "service or definition")
	if err != nil {
		return err
	}
	t := (*tags)(nil)
	if d, err := s.world().definition(name); err == nil && d != nil {
		t = &d.tags
	} else if sv, err := s.service(l); err == nil {
		t = &sv.tags
	} else {
		return err
	}
	for _, o := range l.rest() {
		t.set(o.key, o.value)
	}
	return nil
}

func tellServiceStatus(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err != nil {
		return err
	}
	sv.status, err = l.arg(1, "status")
	return err
}

func tellDesired(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err != nil {
		return err
	}
	text, err := l.arg(1, "count")
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(text)
	if err == nil {
		sv.setDesired(n)
	}
	return err
}

func tellTooLate(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err != nil {
		return err
	}
	if r := sv.underWay(); r != nil {
		r.tooLate = true
	} else {
		sv.tooLate = true
	}
	return nil
}

// tellForget drops the history of a service but for its newest entries: keep=1 if not said otherwise.
func tellForget(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err != nil {
		return err
	}
	keep, err := l.number("keep", 1)
	if err != nil {
		return err
	}
	sv.since = sv.now().Add(time.Nanosecond)
	if n := len(sv.rollouts); keep > 0 && keep <= n {
		sv.since = sv.rollouts[n-keep].created
	}
	return nil
}

// tellMissing lets DescribeServiceRevisions not find some revisions of a service, by definition, or any if none is named.
func tellMissing(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err != nil {
		return err
	}
	for _, r := range sv.revisions {
		r.missing = r.missing || len(l.args) == 1
		for _, name := range l.args[1:] {
			r.missing = r.missing || r.definition.String() == sv.definitionName(name)
		}
	}
	return nil
}

func tellUnsupported(s *Server, l *sentence) error {
	sv, err := s.service(l)
	if err == nil {
		sv.unsupported = true
	}
	return err
}
