package ecstest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// tellRule makes a rule whose targets run definitions in a cluster, or changes it: rule prod/nightly job:3. More definitions are
// more targets. What a line does not say stays.
func tellRule(s *Server, l *sentence) error {
	name, err := l.arg(0, "rule")
	if err != nil {
		return err
	}
	cl, name := s.place(name)
	b := cl.region.addBus(l.option("bus", "default"))
	i := slices.IndexFunc(b.rules, func(r *eventRule) bool { return r.name == name })
	if i < 0 {
		i = len(b.rules)
		b.rules = append(b.rules, &eventRule{bus: b.name, name: name, about: object{"State": "ENABLED", "ScheduleExpression": "cron(0 3 * * ? *)"}})
	}
	r := b.rules[i]
	for option, member := range map[string]string{"schedule": "ScheduleExpression", "pattern": "EventPattern", "state": "State", "managed": "ManagedBy"} {
		if l.has(option) {
			r.about[member] = l.option(option, "")
		}
	}
	r.refuses = l.option("refuses", r.refuses)
	if len(l.args) > 1 {
		r.targets = nil
	}
	common, raw := s.taskTarget(cl, l), l.option("json", "")
	for n, definition := range l.args[1:] {
		t := object{"Id": name}
		if n > 0 {
			t["Id"] = fmt.Sprint(name, "-", n+1)
		}
		if err := common(t, definition, raw); err != nil {
			return err
		}
		r.targets = append(r.targets, t)
	}
	return nil
}

// tellSchedule makes a schedule that runs a definition in a cluster, or changes it: schedule prod/nightly job:3 group=jobs.
func tellSchedule(s *Server, l *sentence) error {
	name, err := l.arg(0, "schedule")
	if err != nil {
		return err
	}
	definition, err := l.arg(1, "definition")
	if err != nil {
		return err
	}
	cl, name := s.place(name)
	group := l.option("group", "default")
	body := object{
		"ScheduleExpression": l.option("expression", "cron(0 3 * * ? *)"), "ScheduleExpressionTimezone": l.option("timezone", "UTC"),
		"FlexibleTimeWindow": object{"Mode": "OFF"}, "State": l.option("state", "ENABLED"),
	}
	if err := overlay(body, l.option("also", "")); err != nil {
		return err
	}
	target := object{}
	raw := l.option("json", "")
	if operation := l.option("call", ""); operation != "" {
		input := mustMarshal(object{"Cluster": cl.name, "TaskDefinition": definition, "LaunchType": "FARGATE"})
		target = object{"Arn": "arn:aws:scheduler:::aws-sdk:ecs:" + operation, "RoleArn": s.roleARN("events"), "Input": l.option("input", string(input))}
	} else if err := s.taskTarget(cl, l)(target, definition, raw); err != nil {
		return err
	}
	body["Target"] = target
	c := &call{Server: s, region: cl.region, request: request{service: "scheduler"}}
	if body, err = c.scheduleBody(body); err != nil {
		return err
	}
	now := s.clock.now
	for _, old := range cl.region.schedules {
		if old.group == group && old.name == name {
			old.body, old.changed = body, now
			return nil
		}
	}
	cl.region.schedules = append(cl.region.schedules, &schedule{group, name, body, now, now})
	return nil
}

// taskTarget reads what the targets of a line have in common, and gives a function that writes one. Members of json= stand above.
func (s *Server) taskTarget(cl *cluster, l *sentence) func(target object, definition, raw string) error {
	role, count, subnets := s.roleARN(l.option("role", "events")), l.option("count", "1"), l.option("subnets", "subnet-a")
	var tags []any
	for _, o := range l.rest() {
		if key, ok := strings.CutPrefix(o.key, "tag."); ok {
			tags = append(tags, object{"Key": key, "Value": o.value})
		} else if o.key != "json" {
			tags = append(tags, o) // no such option: refused below
		}
	}
	return func(target object, definition, raw string) error {
		task := object{
			"TaskDefinitionArn": cl.region.arn("task-definition/" + definition), "TaskCount": json.Number(count), "LaunchType": "FARGATE",
			"NetworkConfiguration": object{"awsvpcConfiguration": object{"Subnets": anyList(subnets), "AssignPublicIp": "DISABLED"}},
		}
		for _, t := range tags {
			if o, bad := t.(option); bad {
				return fmt.Errorf("%s has no option %q", l.verb, o.key)
			}
		}
		if len(tags) > 0 {
			task["Tags"] = tags
		}
		target["Arn"], target["RoleArn"], target["EcsParameters"] = cl.arn, role, task
		if err := overlay(target, raw); err != nil {
			return err
		}
		_, err := json.Marshal(target) // a number that is none
		return err
	}
}

// Scheduled tells what the rules and schedules of the current region run in a cluster: rule/nightly and schedule/nightly with
// their definitions, web:3, or web where no revision is named; several of a rule in the order of its targets.
func (s *Server) Scheduled(clusterName string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	rg, all := s.region(s.here), map[string]string{}
	add := func(name string, target object) {
		task, _ := target["EcsParameters"].(object)
		arn, _ := task["TaskDefinitionArn"].(string)
		if target["Arn"] == rg.arn("cluster/"+clusterName) {
			all[name] = strings.TrimPrefix(all[name]+" "+strings.TrimPrefix(arn, rg.arn("task-definition/")), " ")
		}
	}
	for _, b := range rg.buses {
		for _, r := range b.rules {
			for _, t := range r.targets {
				add("rule/"+r.name, t)
			}
		}
	}
	for _, each := range rg.schedules {
		target, _ := each.body["Target"].(object)
		add("schedule/"+each.name, target)
		var input struct{ Cluster, TaskDefinition string }
		text, _ := target["Input"].(string)
		if json.Unmarshal([]byte(text), &input) == nil && (input.Cluster == clusterName || input.Cluster == rg.arn("cluster/"+clusterName)) {
			all["schedule/"+each.name] = strings.TrimPrefix(input.TaskDefinition, rg.arn("task-definition/"))
		}
	}
	return all
}
