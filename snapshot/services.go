package snapshot

import (
	"encoding/json"
	"fmt"
	"regexp"

	"gopkg.in/yaml.v3"
)

func (s *Snapshot) readServices(n *yaml.Node) error {
	s.Services = map[string]Service{}
	return eachKey(n, func(key, value *yaml.Node) error {
		name, err := text(key, checkName("service"))
		if err != nil {
			return err
		}
		s.Services[name], err = s.readService(value, checkTask)
		return err
	})
}

func (s *Snapshot) readSchedules(n *yaml.Node) error {
	s.Schedules = map[string]Service{}
	return eachKey(n, func(key, value *yaml.Node) error {
		name, err := text(key, checkUnit)
		if err != nil {
			return err
		}
		schedule, err := s.readService(value, checkFamily)
		if err == nil && (schedule.Images != nil || schedule.RollingTo != "" || schedule.ServiceRevision != "") {
			err = problem(value, "a schedule has no images, no rollingTo and no serviceRevision")
		}
		s.Schedules[name] = schedule
		return err
	})
}

// A rule makes the check for a value of some key.
type rule func(what string) func(string) error

// readService reads "web:17", or a mapping. task checks its task definition.
func (s *Snapshot) readService(n *yaml.Node, task rule) (service Service, err error) {
	if n.Kind == yaml.ScalarNode {
		service.TaskDefinition, err = s.readTask(n, "taskDefinition", task)
		return service, err
	}
	err = eachKey(n, func(key, value *yaml.Node) (err error) {
		switch key.Value {
		case "taskDefinition":
			service.TaskDefinition, err = s.readTask(value, key.Value, task)
		case "rollingTo":
			service.RollingTo, err = s.readTask(value, key.Value, task)
		case "serviceRevision":
			service.ServiceRevision, err = text(value, checkRevision)
		case "images":
			service.Images, err = readImages(value)
		case "definition":
			service.Definition, err = readDefinition(value)
		default:
			err = problem(key, "unknown key %q", brief(key.Value))
		}
		return err
	})
	if err == nil && service.TaskDefinition == "" {
		err = problem(n, "taskDefinition is missing")
	}
	return service, err
}

// readTask reads web:42 or an ARN. Where region and account are not given, the ARNs give them; they have to agree.
func (s *Snapshot) readTask(n *yaml.Node, what string, check rule) (string, error) {
	task, err := text(n, func(string) error { return nil })
	if err != nil {
		return "", err
	}
	if m := taskARNRE.FindStringSubmatch(task); m != nil {
		if err := s.agree(m[1], m[2], m[3]); err != nil {
			return "", problem(n, "%s %q: %v", what, task, err)
		}
		task = m[4]
	}
	if err := check(what)(task); err != nil {
		return "", problem(n, "%v", err)
	}
	return task, nil
}

// agree takes over the region and account of an ARN, or compares them.
func (s *Snapshot) agree(partition, region, account string) error {
	if err := CheckPartition(partition, region); err != nil {
		return err
	}
	if s.Region == "" {
		s.Region = region
	}
	if s.Account == "" {
		s.Account = account
	}
	if s.Region != region || s.Account != account {
		return fmt.Errorf("the snapshot is of account %q in %q", s.Account, s.Region)
	}
	return nil
}

func readImages(n *yaml.Node) (map[string]string, error) {
	images := make(map[string]string, len(n.Content)/2)
	err := eachKey(n, func(key, value *yaml.Node) error {
		container, err := text(key, checkName("container"))
		if err != nil {
			return err
		}
		images[container], err = text(value, checkImage)
		return err
	})
	if len(images) == 0 {
		images = nil
	}
	return images, err
}

func readDefinition(n *yaml.Node) (json.RawMessage, error) {
	if n.Kind != yaml.MappingNode {
		return nil, problem(n, "definition is not a mapping")
	}
	value, err := jsonValue(n)
	if err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

var jsonNumberRE = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// jsonValue gives a value of the YAML that JSON has too. Numbers keep their digits.
func jsonValue(n *yaml.Node) (any, error) {
	if err := checkNode(n); err != nil {
		return nil, err
	}
	switch n.Kind {
	case yaml.MappingNode:
		object := make(map[string]any, len(n.Content)/2)
		return object, eachKey(n, func(key, value *yaml.Node) (err error) {
			object[key.Value], err = jsonValue(value)
			return err
		})
	case yaml.SequenceNode:
		array := make([]any, len(n.Content))
		for i, item := range n.Content {
			value, err := jsonValue(item)
			if err != nil {
				return nil, err
			}
			array[i] = value
		}
		return array, nil
	}
	switch tag := n.ShortTag(); {
	case tag == "!!str":
		return n.Value, nil
	case tag == "!!null":
		return nil, nil
	case tag == "!!bool" && (n.Value == "true" || n.Value == "false"):
		return n.Value == "true", nil
	case (tag == "!!int" || tag == "!!float") && jsonNumberRE.MatchString(n.Value):
		return json.Number(n.Value), nil
	}
	return nil, problem(n, "%q is neither text, a number, true nor false; put it in quotes if it is text", brief(n.Value))
}

// eachKey calls f for every key of a mapping. It refuses keys that are not text, and a key that was there before.
func eachKey(n *yaml.Node, f func(key, value *yaml.Node) error) error {
	if err := checkNode(n); err != nil {
		return err
	}
	if n.Kind != yaml.MappingNode {
		return problem(n, "a mapping is needed here, lines of \"key: value\"")
	}
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if _, err := text(key, func(string) error { return nil }); err != nil {
			return err
		}
		if line, ok := seen[key.Value]; ok {
			return problem(key, "%q is there twice, first on line %d", brief(key.Value), line)
		}
		seen[key.Value] = key.Line
		if err := f(key, value); err != nil {
			return err
		}
	}
	return nil
}

// text reads text, or a number that a person did not put in quotes, and checks it.
func text(n *yaml.Node, check func(string) error) (string, error) {
	if err := checkNode(n); err != nil {
		return "", err
	}
	tag := n.ShortTag()
	if n.Kind != yaml.ScalarNode || tag != "!!str" && tag != "!!int" && tag != "!!float" { // 099 is a float
		return "", problem(n, "text is needed here, in quotes where YAML would take it for something else")
	}
	if err := check(n.Value); err != nil {
		return "", problem(n, "%v", err)
	}
	return n.Value, nil
}

// checkNode refuses what makes a small file a large snapshot, or a line mean something that is not on it.
func checkNode(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.AliasNode, n.Anchor != "":
		return problem(n, "YAML anchors and aliases are not taken")
	case n.Tag == "!!merge":
		return problem(n, "YAML merge keys are not taken")
	}
	return nil
}
