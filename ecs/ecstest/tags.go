package ecstest

import (
	"slices"
	"strings"
)

// A tag is one of a resource's tags.
type tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// tags are a resource's tags in the order in which they were set.
type tags struct{ all []tag }

func (t *tags) list() []tag {
	if t.all == nil {
		return []tag{}
	}
	return t.all
}

// set sets one tag, also a reserved one: stories and AWS itself can.
func (t *tags) set(key, value string) {
	i := slices.IndexFunc(t.all, func(old tag) bool { return old.Key == key })
	if i >= 0 {
		t.all[i].Value = value
		return
	}
	t.all = append(t.all, tag{key, value})
}

// add sets tags on behalf of a caller: at most 50, none that begins with aws: in any case.
func (t *tags) add(more []tag) error {
	for _, m := range more {
		switch {
		case m.Key == "" || len(m.Key) > 128 || len(m.Value) > 256:
			return invalid("The tag is not valid: keys have 1 to 128 characters, values at most 256.")
		case strings.HasPrefix(strings.ToLower(m.Key), "aws:"):
			return invalid("Tag keys that begin with aws: are reserved for system use: %s", m.Key)
		}
	}
	merged := tags{slices.Clone(t.all)}
	for _, m := range more {
		merged.set(m.Key, m.Value)
	}
	if len(merged.all) > 50 {
		return invalid("A resource can have at most 50 tags.")
	}
	*t = merged
	return nil
}

func (t *tags) remove(keys []string) {
	t.all = slices.DeleteFunc(slices.Clone(t.all), func(old tag) bool { return slices.Contains(keys, old.Key) })
}

// tagsOf finds the tags of a cluster, a service with a long ARN, or a task definition.
func (rg *region) tagsOf(arn string) (*tags, error) {
	resource, ok := rg.local(arn)
	if !ok || resource == arn {
		return nil, invalid("Invalid resource ARN: %s", arn)
	}
	kind, rest, _ := strings.Cut(resource, "/")
	switch kind {
	case "cluster":
		if cl := rg.clusters[rest]; cl != nil {
			return &cl.tags, nil
		}
	case "service":
		clusterName, name, long := strings.Cut(rest, "/")
		if !long {
			return nil, invalid("Long arn format must be used for tagging operations.")
		}
		if cl := rg.clusters[clusterName]; cl != nil && cl.services[name] != nil {
			return &cl.services[name].tags, nil
		}
	case "task-definition":
		if d, err := rg.definition(rest); err == nil && d != nil {
			return &d.tags, nil
		}
	}
	return nil, invalid("The specified resource is not found: %s", arn)
}

type resourceInput struct {
	ResourceArn string   `json:"resourceArn"`
	Tags        []tag    `json:"tags"`
	TagKeys     []string `json:"tagKeys"`
}

func tagResource(c *call, in *resourceInput) (any, error) {
	t, err := c.region.tagsOf(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	if err := t.add(in.Tags); err != nil {
		return nil, err
	}
	return object{}, nil
}

func untagResource(c *call, in *resourceInput) (any, error) {
	t, err := c.region.tagsOf(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	t.remove(in.TagKeys)
	return object{}, nil
}

func listTagsForResource(c *call, in *resourceInput) (any, error) {
	t, err := c.region.tagsOf(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return object{"tags": t.list()}, nil
}
