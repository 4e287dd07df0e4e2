package ecs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Change is one difference between two definitions. Of the environment only names are told, never values.
type Change struct {
	What          string // app image, app environment LOG_LEVEL, cpu, …
	Before, After string // empty where it is not there; "(changed)" where the value is nobody's business
}

// Diff compares two definitions, container by container, sorted by what differs.
func Diff(before, after *Definition) []Change {
	if before == nil || after == nil {
		return nil
	}
	a, b := before.facts(), after.facts()
	var changes []Change
	for _, what := range sortedKeys(merged(a, b)) {
		x, y := a[what], b[what]
		if x == y {
			continue
		}
		if x.secret || y.secret {
			x.text, y.text = present(x), present(y)
		}
		changes = append(changes, Change{What: what, Before: x.text, After: y.text})
	}
	return changes
}

// A fact is something a definition says, as text. That of a secret one is compared, and never told.
type fact struct {
	text   string
	secret bool
}

func present(f fact) string {
	if f == (fact{}) {
		return ""
	}
	return "(set)"
}

func merged(a, b map[string]fact) map[string]fact {
	all := map[string]fact{}
	for what, f := range a {
		all[what] = f
	}
	for what, f := range b {
		all[what] = f
	}
	return all
}

// facts takes a definition apart: one fact a member, and in containers one a list entry that has a name.
func (d *Definition) facts() map[string]fact {
	facts := map[string]fact{}
	var body map[string]any
	if json.Unmarshal(d.Body, &body) != nil {
		return facts
	}
	for name, value := range body {
		if containers, ok := value.([]any); ok && name == "containerDefinitions" {
			for _, c := range containers {
				containerFacts(facts, c)
			}
			continue
		}
		addFact(facts, name, value, false)
	}
	return facts
}

func containerFacts(facts map[string]fact, container any) {
	members, ok := container.(map[string]any)
	if !ok {
		return
	}
	name, _ := members["name"].(string)
	for member, value := range members {
		what := name + " " + member
		switch member {
		case "name":
			addFact(facts, name, "container", false)
		case "environment":
			named(facts, what, value, "value", true)
		case "secrets":
			named(facts, what, value, "valueFrom", false)
		default:
			// Commands, labels and log options may hold what should have been a secret.
			addFact(facts, what, value, !slices.Contains(plain, member))
		}
	}
}

// plain are the members of a container that hold nothing one would hide.
var plain = []string{
	"cpu", "dependsOn", "essential", "image", "links", "memory", "memoryReservation", "mountPoints", "portMappings",
	"privileged", "readonlyRootFilesystem", "startTimeout", "stopTimeout", "ulimits", "user", "versionConsistency", "volumesFrom", "workingDirectory",
}

func named(facts map[string]fact, what string, list any, value string, secret bool) {
	entries, _ := list.([]any)
	for _, e := range entries {
		if entry, ok := e.(map[string]any); ok {
			addFact(facts, fmt.Sprintf("%s %v", what, entry["name"]), entry[value], secret)
			if secret && entry[value] == "" {
				facts[fmt.Sprintf("%s %v", what, entry["name"])] = fact{text: `""`, secret: true}
			}
		}
	}
}

func addFact(facts map[string]fact, what string, value any, secret bool) {
	text, isText := value.(string)
	if !isText {
		value = canonical(value)
		if value == nil {
			return
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			return
		}
		text = string(encoded)
	}
	if strings.TrimSpace(text) != "" {
		facts[what] = fact{text: text, secret: secret}
	}
}
