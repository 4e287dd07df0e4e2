package ecstest

import (
	"slices"
	"strings"
)

// A bus is an event bus of EventBridge, with its rules in the order of creation.
type bus struct {
	name  string
	rules []*eventRule
}

// An eventRule is a rule. Its targets are kept as they were sent, members that nobody knows included.
type eventRule struct {
	bus, name string
	about     object // State, ScheduleExpression, EventPattern, Description, ManagedBy…
	targets   []object
	refuses   string // the ErrorCode that PutTargets' entries get, if not empty
}

func eventOperations() map[string]operation {
	return map[string]operation{
		"events:ListEventBuses":        handle(listEventBuses),
		"events:ListRules":             handle(listRules),
		"events:ListRuleNamesByTarget": handle(listRuleNamesByTarget),
		"events:ListTargetsByRule":     handle(listTargetsByRule),
		"events:DescribeRule":          handle(describeRule),
		"events:PutTargets":            {run: putTargets},
	}
}

// eventARN makes the ARN of something of EventBridge or Scheduler.
func (rg *region) eventARN(service, resource string) string {
	part, _ := partition(rg.name)
	return "arn:" + part + ":" + service + ":" + rg.name + ":" + rg.server.account + ":" + resource
}

// addBus returns the bus of that name, new if there is none.
func (rg *region) addBus(name string) *bus {
	if b := rg.bus(name); b != nil {
		return b
	}
	b := &bus{name: name}
	rg.buses = append(rg.buses, b)
	return b
}

func (rg *region) bus(name string) *bus {
	for _, b := range rg.buses {
		if b.name == name {
			return b
		}
	}
	return nil
}

// eventBus finds a bus by name or ARN; none named is default, which every account has.
func (c *call) eventBus(ref string) (*bus, error) {
	name := strings.TrimPrefix(orText(ref, "default"), c.region.eventARN("events", "event-bus/"))
	if name == "default" {
		return c.region.addBus(name), nil
	}
	if b := c.region.bus(name); b != nil {
		return b, nil
	}
	return nil, refuse("ResourceNotFoundException", "Event bus %s does not exist.", name)
}

// eventRule finds a rule. The text is EventBridge's own, that for a bus is made after it.
func (c *call) eventRule(busRef, name string) (*eventRule, error) {
	b, err := c.eventBus(busRef)
	if err != nil {
		return nil, err
	}
	for _, r := range b.rules {
		if r.name == name {
			return r, nil
		}
	}
	return nil, refuse("ResourceNotFoundException", "Rule %s does not exist on EventBus %s.", name, b.name)
}

// arn is the rule's: the default bus is not in it.
func (r *eventRule) arn(rg *region) string {
	if r.bus == "default" {
		return rg.eventARN("events", "rule/"+r.name)
	}
	return rg.eventARN("events", "rule/"+r.bus+"/"+r.name)
}

func (r *eventRule) view(rg *region) object {
	o := object{"Name": r.name, "Arn": r.arn(rg), "EventBusName": r.bus}
	for name, value := range r.about {
		o[name] = value
	}
	return o
}

type eventListInput struct {
	Name         string
	NamePrefix   string
	Rule         string
	TargetArn    string
	EventBusName string
	Limit        *int
	NextToken    string
}

// eventPage answers with one page of a list: up to 100, as the limits of the service have it.
func eventPage[T any](c *call, in *eventListInput, member string, all []T) (any, error) {
	from, to, next, err := c.page(len(all), in.NextToken, in.Limit, 100, 100)
	if err != nil {
		return nil, err
	}
	o := object{member: append([]T{}, all[from:to]...)}
	setText(o, "NextToken", next)
	return o, nil
}

func listEventBuses(c *call, in *eventListInput) (any, error) {
	c.region.addBus("default")
	var all []object
	for _, b := range c.region.buses {
		if strings.HasPrefix(b.name, in.NamePrefix) {
			all = append(all, object{"Name": b.name, "Arn": c.region.eventARN("events", "event-bus/"+b.name)})
		}
	}
	return eventPage(c, in, "EventBuses", all)
}

func listRules(c *call, in *eventListInput) (any, error) {
	b, err := c.eventBus(in.EventBusName)
	if err != nil {
		return nil, err
	}
	var all []object
	for _, r := range b.rules {
		if strings.HasPrefix(r.name, in.NamePrefix) {
			all = append(all, r.view(c.region))
		}
	}
	return eventPage(c, in, "Rules", all)
}

func listRuleNamesByTarget(c *call, in *eventListInput) (any, error) {
	if in.TargetArn == "" {
		return nil, c.invalid("1 validation error detected: Value null at 'targetArn' failed to satisfy constraint: Member must not be null")
	}
	b, err := c.eventBus(in.EventBusName)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, r := range b.rules {
		if slices.ContainsFunc(r.targets, func(t object) bool { return t["Arn"] == in.TargetArn }) {
			all = append(all, r.name)
		}
	}
	return eventPage(c, in, "RuleNames", all)
}

func listTargetsByRule(c *call, in *eventListInput) (any, error) {
	r, err := c.eventRule(in.EventBusName, in.Rule)
	if err != nil {
		return nil, err
	}
	return eventPage(c, in, "Targets", r.targets)
}

func describeRule(c *call, in *eventListInput) (any, error) {
	r, err := c.eventRule(in.EventBusName, in.Name)
	if err != nil {
		return nil, err
	}
	o := r.view(c.region)
	o["CreatedBy"] = c.account
	return o, nil
}

// putTargets puts targets in the place of those with the same ids, entirely; others stay. A rule that an AWS service manages is
// refused, with a text that is made up; five targets a rule and ten entries a call are the documented quotas.
func putTargets(c *call) (any, error) {
	in, err := decodeObject(c.body)
	if err != nil {
		return nil, refuse("SerializationException", "%s: %v", c.name(), err)
	}
	name, _ := in["Rule"].(string)
	busRef, _ := in["EventBusName"].(string)
	r, err := c.eventRule(busRef, name)
	if err != nil {
		return nil, err
	}
	targets := objects(in["Targets"])
	if len(targets) == 0 || len(targets) > 10 {
		return nil, c.invalid("Targets must have 1 to 10 items.")
	}
	if r.about["ManagedBy"] != nil {
		return nil, refuse("ManagedRuleException", "Rule %s is managed by %v and cannot be changed.", r.name, r.about["ManagedBy"])
	}
	for _, t := range targets {
		if err := c.checkTarget(t); err != nil {
			return nil, err
		}
	}
	failed := []object{}
	next := slices.Clone(r.targets)
	for _, t := range targets {
		if r.refuses != "" {
			failed = append(failed, object{"TargetId": t["Id"], "ErrorCode": r.refuses, "ErrorMessage": "The target cannot be put."})
			continue
		}
		i := slices.IndexFunc(next, func(old object) bool { return old["Id"] == t["Id"] })
		if i < 0 {
			next = append(next, t)
		} else {
			next[i] = t
		}
	}
	if len(next) > 5 {
		return nil, refuse("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
	}
	r.targets = next
	return object{"FailedEntryCount": len(failed), "FailedEntries": failed}, nil
}

// checkTarget refuses a target that lacks what it needs.
func (c *call) checkTarget(t object) error {
	for _, member := range []string{"Id", "Arn"} {
		if text, _ := t[member].(string); text == "" {
			return c.invalid("Parameter %s of the target is not valid. Reason: it must not be null.", member)
		}
	}
	task, isTask := t["EcsParameters"].(object)
	if role, _ := t["RoleArn"].(string); isTask && role == "" {
		return c.invalid("RoleArn is required for target %v.", t["Arn"])
	}
	if d, _ := task["TaskDefinitionArn"].(string); isTask && d == "" {
		return c.invalid("Parameter TaskDefinitionArn of EcsParameters is not valid. Reason: it must not be null.")
	}
	return nil
}
