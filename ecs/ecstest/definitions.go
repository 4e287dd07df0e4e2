package ecstest

import (
	"slices"
	"sort"
	"strings"
)

type describeTaskDefinitionInput struct {
	TaskDefinition string   `json:"taskDefinition"`
	Include        []string `json:"include"`
}

func describeTaskDefinition(c *call, in *describeTaskDefinitionInput) (any, error) {
	if in.TaskDefinition == "" {
		return nil, missing("taskDefinition")
	}
	d, err := c.region.definition(in.TaskDefinition)
	if err != nil || d == nil || d.lagging() {
		return nil, client("Unable to describe task definition.")
	}
	return d.view(includes(in.Include, "TAGS")), nil
}

type deregisterTaskDefinitionInput struct {
	TaskDefinition string `json:"taskDefinition"`
}

// deregisterTaskDefinition: the texts are those of emulators, ECS's own were not found.
func deregisterTaskDefinition(c *call, in *deregisterTaskDefinitionInput) (any, error) {
	ref := strings.TrimPrefix(in.TaskDefinition, "arn:")
	if _, short, ok := strings.Cut(ref, "task-definition/"); ok {
		ref = short
	}
	if !strings.Contains(ref, ":") {
		return nil, client("Revision is missing.")
	}
	d, err := c.region.definition(in.TaskDefinition)
	if err != nil || d == nil {
		return nil, client("Unable to deregister task definition.")
	}
	if d.status == "DELETE_IN_PROGRESS" {
		return nil, client("The task definition could not be deregistered because it is in the process of being deleted.")
	}
	d.deregister()
	return d.view(false), nil
}

type deleteTaskDefinitionsInput struct {
	TaskDefinitions []string `json:"taskDefinitions"`
}

// deleteTaskDefinitions: the reasons are those of emulators.
func deleteTaskDefinitions(c *call, in *deleteTaskDefinitionsInput) (any, error) {
	if len(in.TaskDefinitions) == 0 || len(in.TaskDefinitions) > 10 {
		return nil, invalid("taskDefinitions must have 1 to 10 items.")
	}
	done, failures := []any{}, []object{}
	for _, ref := range in.TaskDefinitions {
		d, err := c.region.definition(ref)
		switch {
		case err != nil || d == nil:
			failures = append(failures, object{"arn": ref,
				"reason": "The specified task definition does not exist. Specify a valid account, family, revision and try again."})
		case d.status == "ACTIVE":
			failures = append(failures, object{"arn": d.arn(),
				"reason": "The specified task definition is still in ACTIVE status. Please deregister the target and try again."})
		default:
			if d.status == "INACTIVE" {
				d.delete()
			}
			done = append(done, d.view(false)["taskDefinition"])
		}
	}
	return object{"taskDefinitions": done, "failures": failures}, nil
}

type listTaskDefinitionsInput struct {
	FamilyPrefix string `json:"familyPrefix"`
	Status       string `json:"status"`
	Sort         string `json:"sort"`
	NextToken    string `json:"nextToken"`
	MaxResults   *int   `json:"maxResults"`
}

// listTaskDefinitions lists by family, then by number. familyPrefix is a whole family name here.
func listTaskDefinitions(c *call, in *listTaskDefinitionsInput) (any, error) {
	if in.Status == "" {
		in.Status = "ACTIVE"
	}
	if !slices.Contains([]string{"ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"}, in.Status) {
		return nil, invalid("Invalid status: %s", in.Status)
	}
	arns := []string{}
	for _, name := range c.region.familyNames() {
		if in.FamilyPrefix != "" && name != in.FamilyPrefix {
			continue
		}
		for _, d := range c.region.families[name].revisions {
			if d != nil && d.status == in.Status && !d.lagging() {
				arns = append(arns, d.arn())
			}
		}
	}
	if in.Sort == "DESC" {
		slices.Reverse(arns)
	}
	from, to, next, err := c.page(len(arns), in.NextToken, in.MaxResults, 100, 100)
	if err != nil {
		return nil, err
	}
	o := object{"taskDefinitionArns": arns[from:to]}
	setText(o, "nextToken", next)
	return o, nil
}

func (rg *region) familyNames() []string {
	names := make([]string, 0, len(rg.families))
	for name := range rg.families {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

type listTaskDefinitionFamiliesInput struct {
	FamilyPrefix string `json:"familyPrefix"`
	Status       string `json:"status"`
	NextToken    string `json:"nextToken"`
	MaxResults   *int   `json:"maxResults"`
}

func listTaskDefinitionFamilies(c *call, in *listTaskDefinitionFamiliesInput) (any, error) {
	names := []string{}
	for _, name := range c.region.familyNames() {
		active := c.region.families[name].latest() != nil
		wanted := in.Status == "" || in.Status == "ALL" || (in.Status == "ACTIVE") == active
		if wanted && strings.HasPrefix(name, in.FamilyPrefix) {
			names = append(names, name)
		}
	}
	from, to, next, err := c.page(len(names), in.NextToken, in.MaxResults, 100, 100)
	if err != nil {
		return nil, err
	}
	o := object{"families": names[from:to]}
	setText(o, "nextToken", next)
	return o, nil
}
