package ecstest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A schedule is one of EventBridge Scheduler. What it was made of is kept as it was sent, members that nobody knows included.
type schedule struct {
	group, name string
	body        object
	created     time.Time
	changed     time.Time
}

func schedulerOperations() map[string]operation {
	return map[string]operation{
		"scheduler:ListScheduleGroups": handle(listScheduleGroups),
		"scheduler:ListSchedules":      handle(listSchedules),
		"scheduler:GetSchedule":        handle(getSchedule),
		"scheduler:UpdateSchedule":     {run: updateSchedule},
	}
}

// readREST reads a call of Scheduler, whose protocol has the operation in method and path. What is in the path and the query
// becomes members of the body.
func readREST(r *http.Request, req request) (request, error) {
	req.service = "scheduler"
	resource, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	req.operation = map[string]string{
		"GET schedules": "ListSchedules", "GET schedules/": "GetSchedule", "PUT schedules/": "UpdateSchedule", "GET schedule-groups": "ListScheduleGroups",
	}[r.Method+" "+resource+strings.Repeat("/", min(1, len(name)))]
	if req.operation == "" {
		return req, refuse("UnknownOperationException", "ecstest does not simulate %s %s", r.Method, r.URL.Path)
	}
	in, err := decodeObject([]byte(orText(string(req.body), "{}")))
	if err != nil {
		return req, refuse("ValidationException", "%v", err)
	}
	setText(in, "Name", name)
	for key, values := range r.URL.Query() {
		switch key {
		case "groupName", "ScheduleGroup":
			in["GroupName"] = values[0]
		case "MaxResults":
			in[key] = json.Number(values[0])
		default:
			in[key] = values[0]
		}
	}
	if _, err := strconv.Atoi(r.URL.Query().Get("MaxResults")); err != nil && in["MaxResults"] != nil {
		return req, refuse("ValidationException", "MaxResults: %v", err)
	}
	req.body = mustMarshal(in)
	return req, nil
}

// restStatus gives the HTTP status of an error of Scheduler, as its API reference has them.
func restStatus(e *apiError) int {
	switch e.code {
	case "ResourceNotFoundException":
		return http.StatusNotFound
	case "ConflictException":
		return http.StatusConflict
	case "ThrottlingException":
		return http.StatusTooManyRequests
	case "ServiceQuotaExceededException":
		return http.StatusPaymentRequired
	case "AccessDeniedException":
		return http.StatusForbidden
	}
	return e.status
}

type scheduleListInput struct {
	Name       string
	GroupName  string
	NamePrefix string
	State      string
	MaxResults *int
	NextToken  string
}

func schedulePage(c *call, in *scheduleListInput, member string, all []object) (any, error) {
	from, to, next, err := c.page(len(all), in.NextToken, in.MaxResults, 100, 100)
	if err != nil {
		return nil, err
	}
	o := object{member: append([]object{}, all[from:to]...)}
	setText(o, "NextToken", next)
	return o, nil
}

// scheduleGroups lists the groups; every account has default.
func (rg *region) scheduleGroups() []string {
	groups := []string{"default"}
	for _, s := range rg.schedules {
		if !includes(groups, s.group) {
			groups = append(groups, s.group)
		}
	}
	return groups
}

func listScheduleGroups(c *call, in *scheduleListInput) (any, error) {
	var all []object
	for _, name := range c.region.scheduleGroups() {
		if strings.HasPrefix(name, in.NamePrefix) {
			all = append(all, object{"Name": name, "Arn": c.region.eventARN("scheduler", "schedule-group/"+name), "State": "ACTIVE"})
		}
	}
	return schedulePage(c, in, "ScheduleGroups", all)
}

// listSchedules lists those of one group, or of all. The target is only its ARN, as documented.
func listSchedules(c *call, in *scheduleListInput) (any, error) {
	if in.GroupName != "" && !includes(c.region.scheduleGroups(), in.GroupName) {
		return nil, refuse("ResourceNotFoundException", "Schedule group %s does not exist.", in.GroupName)
	}
	var all []object
	for _, s := range c.region.schedules {
		if (in.GroupName == "" || in.GroupName == s.group) && strings.HasPrefix(s.name, in.NamePrefix) && (in.State == "" || in.State == s.body["State"]) {
			target, _ := s.body["Target"].(object)
			all = append(all, object{
				"Name": s.name, "GroupName": s.group, "Arn": s.arn(c.region), "State": s.body["State"], "Target": object{"Arn": target["Arn"]},
				"CreationDate": epoch(s.created), "LastModificationDate": epoch(s.changed),
			})
		}
	}
	return schedulePage(c, in, "Schedules", all)
}

func (s *schedule) arn(rg *region) string {
	return rg.eventARN("scheduler", "schedule/"+s.group+"/"+s.name)
}

// schedule finds a schedule; no group means default. The text is Scheduler's own.
func (c *call) schedule(group, name string) (*schedule, error) {
	for _, s := range c.region.schedules {
		if s.group == orText(group, "default") && s.name == name {
			return s, nil
		}
	}
	return nil, refuse("ResourceNotFoundException", "Schedule %s does not exist.", name)
}

func getSchedule(c *call, in *scheduleListInput) (any, error) {
	s, err := c.schedule(in.GroupName, in.Name)
	if err != nil {
		return nil, err
	}
	o := object{
		"Name": s.name, "GroupName": s.group, "Arn": s.arn(c.region), "CreationDate": epoch(s.created), "LastModificationDate": epoch(s.changed),
	}
	for name, value := range s.body {
		o[name] = value
	}
	return o, nil
}

// updateSchedule puts what is sent in the place of everything: what is left out gets its default, or is gone.
func updateSchedule(c *call) (any, error) {
	in, err := decodeObject(c.body)
	if err != nil {
		return nil, c.invalid("%v", err)
	}
	name, _ := in["Name"].(string)
	group, _ := in["GroupName"].(string)
	s, err := c.schedule(group, name)
	if err != nil {
		return nil, err
	}
	body, err := c.scheduleBody(in)
	if err != nil {
		return nil, err
	}
	c.tick()
	s.body, s.changed = body, c.clock.now
	return object{"ScheduleArn": s.arn(c.region)}, nil
}

// scheduleBody checks what a schedule is made of, and fills in Scheduler's defaults.
func (c *call) scheduleBody(in object) (object, error) {
	body := object{}
	for name, value := range in {
		if name != "Name" && name != "GroupName" && name != "ClientToken" && value != nil {
			body[name] = value
		}
	}
	for _, member := range []string{"FlexibleTimeWindow", "ScheduleExpression", "Target"} {
		if body[member] == nil {
			return nil, c.invalid("1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null",
				strings.ToLower(member[:1])+member[1:])
		}
	}
	target, _ := body["Target"].(object)
	task, isTask := target["EcsParameters"].(object)
	for member, value := range map[string]any{"Arn": target["Arn"], "RoleArn": target["RoleArn"]} {
		if text, _ := value.(string); text == "" {
			return nil, c.invalid("1 validation error detected: Value null at 'target.%s' failed to satisfy constraint: Member must not be null", member)
		}
	}
	if d, _ := task["TaskDefinitionArn"].(string); isTask && d == "" {
		return nil, c.invalid("1 validation error detected: Value null at 'target.ecsParameters.taskDefinitionArn' failed to satisfy constraint: Member must not be null")
	}
	setDefault(body, "State", "ENABLED")
	setDefault(body, "ScheduleExpressionTimezone", "UTC")
	setDefault(body, "ActionAfterCompletion", "NONE")
	setDefault(target, "RetryPolicy", object{"MaximumEventAgeInSeconds": json.Number("86400"), "MaximumRetryAttempts": json.Number("185")})
	return body, nil
}
