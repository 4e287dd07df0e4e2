package ecstest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A family is a name and the task definitions registered under it. Revision n is at n-1; one that is wholly deleted is nil,
// and its number is not used again.
type family struct {
	name      string
	revisions []*definition
}

// A definition is one task definition: what was sent, all of it, also members that this simulator has never heard of.
type definition struct {
	region       *region
	family       string
	revision     int
	body         object // the members of RegisterTaskDefinition but family and tags, with ECS's defaults
	status       string // ACTIVE, INACTIVE, DELETE_IN_PROGRESS
	tags         tags
	registered   time.Time
	deregistered time.Time
	deleted      time.Time
	hidden       int // calls for which it is "not found" yet: see lags
	usable       int // uses for which its deregistration is not seen yet
}

// String gives web:3.
func (d *definition) String() string { return d.family + ":" + strconv.Itoa(d.revision) }

func (d *definition) arn() string { return d.region.arn("task-definition/" + d.String()) }

// view is what DescribeTaskDefinition says about d, the tags only if asked for.
func (d *definition) view(withTags bool) object {
	o := object{}
	for name, value := range d.body {
		o[name] = value
	}
	o["family"] = d.family
	o["revision"] = d.revision
	o["status"] = d.status
	o["taskDefinitionArn"] = d.arn()
	o["registeredBy"] = d.region.server.caller(d.region.name)
	o["requiresAttributes"] = []object{}
	o["compatibilities"] = compatibilities(d.body)
	setTime(o, "registeredAt", d.registered)
	setTime(o, "deregisteredAt", d.deregistered)
	setTime(o, "deleteRequestedAt", d.deleted)
	answer := object{"taskDefinition": o}
	if withTags {
		answer["tags"] = d.tags.list()
	}
	return answer
}

func compatibilities(body object) []any {
	list := []any{"EC2"}
	wanted, _ := body["requiresCompatibilities"].([]any)
	for _, w := range wanted {
		if w != "EC2" {
			list = append(list, w)
		}
	}
	return list
}

// containers returns the container definitions.
func (d *definition) containers() []object {
	var all []object
	list, _ := d.body["containerDefinitions"].([]any)
	for _, each := range list {
		if c, ok := each.(object); ok {
			all = append(all, c)
		}
	}
	return all
}

// add puts a definition into the region as the next revision of its family.
func (rg *region) addDefinition(familyName string, body object, t tags) *definition {
	f := rg.families[familyName]
	if f == nil {
		f = &family{name: familyName}
		rg.families[familyName] = f
	}
	d := &definition{
		region: rg, family: familyName, revision: len(f.revisions) + 1, body: body, status: "ACTIVE", tags: t,
		registered: rg.server.clock.now, hidden: rg.server.lags.register,
	}
	f.revisions = append(f.revisions, d)
	return d
}

// definition finds a definition by family (its latest ACTIVE revision), family:revision or ARN. It returns nil if there is
// none, and an error if ref cannot be the name of one.
func (rg *region) definition(ref string) (*definition, error) {
	resource, ok := rg.local(ref)
	if !ok {
		return nil, nil
	}
	resource = strings.TrimPrefix(resource, "task-definition/")
	name, number, exact := strings.Cut(resource, ":")
	if !nameRE.MatchString(name) {
		return nil, fmt.Errorf("%q is not the name of a task definition", ref)
	}
	f := rg.families[name]
	if !exact {
		return f.latest(), nil
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return nil, fmt.Errorf("%q is not the name of a task definition", ref)
	}
	if f == nil || n < 1 || n > len(f.revisions) {
		return nil, nil
	}
	return f.revisions[n-1], nil
}

// latest returns the newest ACTIVE revision, nil if there is none.
func (f *family) latest() *definition {
	if f == nil {
		return nil
	}
	for i := len(f.revisions) - 1; i >= 0; i-- {
		if d := f.revisions[i]; d != nil && d.status == "ACTIVE" {
			return d
		}
	}
	return nil
}

// usable finds a definition for a new deployment. An INACTIVE one is refused. For one that is being deleted ECS's text is
// not known; it gets the same.
func (rg *region) usable(ref string) (*definition, error) {
	d, err := rg.definition(ref)
	if err != nil || d == nil || d.lagging() {
		return nil, client("TaskDefinition not found.")
	}
	if d.status == "INACTIVE" && d.usable > 0 {
		d.usable--
		return d, nil
	}
	if d.status != "ACTIVE" {
		return nil, client("TaskDefinition is inactive")
	}
	return d, nil
}

// lagging reports whether d was registered so short a time ago that this call does not see it.
func (d *definition) lagging() bool {
	if d.hidden == 0 {
		return false
	}
	d.hidden--
	return true
}

// deregister makes d INACTIVE. It stays so if it already is.
func (d *definition) deregister() {
	if d.status == "ACTIVE" {
		d.status, d.deregistered = "INACTIVE", d.region.server.clock.now
		d.usable = d.region.server.lags.deregister
	}
}

// delete begins the deletion; the definition is gone after an hour, or a day if deployments refer to it, of which ECS says
// "up to". Whether anything still refers to it then is not looked at again.
func (d *definition) delete() {
	s := d.region.server
	d.status, d.deleted = "DELETE_IN_PROGRESS", s.clock.now
	s.after(24*time.Hour, d.purge)
}

// purge removes d for good; the number is not used again.
func (d *definition) purge() {
	if d.inUse() {
		d.region.server.after(24*time.Hour, d.purge)
		return
	}
	d.region.families[d.family].revisions[d.revision-1] = nil
}

func (d *definition) inUse() bool {
	for _, cl := range d.region.clusters {
		for _, sv := range cl.services {
			if sv.uses(d) {
				return true
			}
		}
	}
	return false
}
