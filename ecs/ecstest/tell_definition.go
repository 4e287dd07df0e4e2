package ecstest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// tellRegister registers a definition, or one for each bare word: register web v1 v2 is app=web:v1, then app=web:v2.
func tellRegister(s *Server, l *sentence) error {
	name, err := l.arg(0, "family")
	if err != nil {
		return err
	}
	if !nameRE.MatchString(name) {
		return fmt.Errorf("%q is not a name", name)
	}
	if len(l.args) == 1 {
		return s.register(name, l, "")
	}
	for _, word := range l.args[1:] {
		if !strings.ContainsAny(word, ":@/") {
			word = name + ":" + word
		}
		for i := range l.options {
			l.options[i].used = false
		}
		if err := s.register(name, l, word); err != nil {
			return err
		}
	}
	return nil
}

// register adds one definition. app is the image of the container app, empty if the options name the containers.
func (s *Server) register(name string, l *sentence, app string) error {
	body := object{
		"networkMode": l.option("network", "awsvpc"), "requiresCompatibilities": []any{l.option("launch", "FARGATE")},
		"cpu": l.option("cpu", "256"), "memory": l.option("memory", "512"),
	}
	setText(body, "taskRoleArn", s.roleARN(l.option("role", "")))
	setText(body, "executionRoleArn", s.roleARN(l.option("execution-role", "")))
	port, raw := l.option("port", "80"), l.option("json", "")
	push := !l.flag("unpushed")
	var t tags
	env, containers := []any{}, []any{}
	add := func(container, ref string) {
		ref = s.world().expandImage(ref)
		if push {
			s.pushOnce(ref)
		}
		containers = append(containers, object{"name": container, "image": ref, "essential": len(containers) == 0})
	}
	if app != "" {
		add("app", app)
	}
	for _, o := range l.rest() {
		if key, ok := strings.CutPrefix(o.key, "env."); ok {
			env = append(env, object{"name": key, "value": o.value})
		} else if key, ok := strings.CutPrefix(o.key, "tag."); ok {
			t.set(key, o.value)
		} else {
			add(o.key, o.value)
		}
	}
	if len(containers) > 0 {
		first := containers[0].(object)
		setDefault(first, "environment", env)
		if port != "" {
			number, name, _ := strings.Cut(port, "/")
			mapping := object{"containerPort": json.Number(number)}
			setText(mapping, "name", name)
			first["portMappings"] = []any{mapping}
		}
		body["containerDefinitions"] = containers
	}
	if err := overlay(body, raw); err != nil {
		return err
	}
	if _, err := json.Marshal(body); err != nil { // a number that is none
		return err
	}
	if err := normalise(body); err != nil {
		return err
	}
	s.world().addDefinition(name, body, t)
	return nil
}

// overlay sets the members of a JSON object in body, in place of what is there.
func overlay(body object, raw string) error {
	if raw == "" {
		return nil
	}
	more, err := decodeObject([]byte(raw))
	for member, value := range more {
		body[member] = value
	}
	return err
}

func (s *Server) roleARN(name string) string {
	if name == "" || strings.HasPrefix(name, "arn:") {
		return name
	}
	part, _ := partition(s.here)
	return "arn:" + part + ":iam::" + s.account + ":role/" + name
}

// eachDefinition makes a verb that does something with every definition that the line names.
func eachDefinition(do func(*definition)) verb {
	return each(func(s *Server, l *sentence) error {
		if len(l.args) == 0 {
			return fmt.Errorf("%s: which definition?", l.verb)
		}
		for _, name := range l.args {
			d, err := s.world().definition(name)
			if err != nil {
				return err
			}
			if d == nil {
				return fmt.Errorf("no task definition %q", name)
			}
			do(d)
		}
		return nil
	})
}

// tellDelete deregisters and begins the deletion.
func tellDelete(d *definition) {
	d.deregister()
	d.delete()
}

func tellBad(s *Server, l *sentence) error  { return s.mark(l, true) }
func tellGood(s *Server, l *sentence) error { return s.mark(l, false) }

// mark says whether tasks with a definition (web:3), an image (image=web:v3) or a digest (digest=a1) get healthy, and if not, why.
func (s *Server) mark(l *sentence, bad bool) error {
	what, names, err := readAilment(l)
	if err != nil {
		return err
	}
	if !bad {
		what = nil
	}
	if l.has("image") {
		names = append(names, s.world().expandImage(l.option("image", "")))
	}
	if l.has("digest") {
		names = append(names, Digest(l.option("digest", "")))
	}
	if len(names) == 0 {
		return fmt.Errorf("%s: what?", l.verb)
	}
	for _, name := range names {
		s.bad[name] = what
	}
	s.tryAgain()
	return nil
}

// tryAgain lets rollouts that hang because nothing started go on, if that was what the story changed.
func (s *Server) tryAgain() {
	for _, rg := range s.regions {
		for _, cl := range rg.clusters {
			for _, name := range cl.serviceNames {
				r := cl.services[name].underWay()
				if r != nil && r.status == "IN_PROGRESS" && !r.next.pending() && !r.target.fails() {
					r.deployment.failing.stop()
					r.deployment.failing = nil
					r.enter(r.at)
				}
			}
		}
	}
}
