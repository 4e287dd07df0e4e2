package settings

import (
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/ecsundo/ecsundo/commands/internal/line"
)

// readEnvironment puts what variables say over what is there.
func (all raw) readEnvironment() error {
	for _, k := range keys() {
		text := os.Getenv(k.variable())
		if text == "" {
			continue
		}
		values := []string{text}
		if k.kind != oneValue {
			values = splitList(text)
		}
		if err := all.add(k, values, Origin{Environment, k.variable()}, k.variable()+": "); err != nil {
			return err
		}
	}
	return nil
}

// readFlags puts what flags say over what is there.
func (all raw) readFlags(flags Flags) error {
	for _, k := range keys() {
		if k.adds != "" && flags.IsSet(k.adds) {
			if err := all.addTo(k, flags.StringSlice(k.adds)); err != nil {
				return err
			}
		}
		if k.kind == mapping || k.adds != "" || !flags.IsSet(k.name) {
			continue
		}
		origin, values, label := Origin{Flag, "--" + k.name}, []string{flags.String(k.name)}, ""
		if k.named {
			label = "--"
		}
		if k.kind == list {
			values, label = flags.StringSlice(k.name), origin.Name+": "
		}
		if err := all.add(k, values, origin, label); err != nil {
			return err
		}
	}
	return nil
}

// addTo adds what a repeatable flag says to what is there. A name of a mapping that is there already gets the flag's value.
func (all raw) addTo(k key, values []string) error {
	before, name := all[k.name], "--"+k.adds
	from := name
	if before.from.Name != "" {
		from = before.from.Name + ", " + name
	}
	kept := slices.DeleteFunc(slices.Clone(before.values), func(old string) bool {
		return k.kind == mapping && slices.ContainsFunc(values, func(v string) bool { return nameOf(v) == nameOf(old) })
	})
	return all.add(k, slices.Concat(kept, values), Origin{Flag, from}, name+": ")
}

// nameOf gives the name of a NAME=VALUE.
func nameOf(pair string) string {
	name, _, _ := strings.Cut(pair, "=")
	return strings.TrimSpace(name)
}

// add puts a setting over what is there, unless one of its values is a bad one.
func (all raw) add(k key, values []string, from Origin, label string) error {
	for _, value := range values {
		if err := k.checkValue(value); err != nil {
			return line.Usagef("", "%s%w", label, err)
		}
	}
	all[k.name] = written{values, from}
	return nil
}

// splitList cuts a list at its commas, but not inside of braces: {web,api},mail are two globs.
func splitList(text string) []string {
	var parts []string
	begin, depth := 0, 0
	for i, r := range text {
		switch {
		case r == '{':
			depth++
		case r == '}':
			depth--
		case r == ',' && depth <= 0:
			parts, begin = append(parts, strings.TrimSpace(text[begin:i])), i+1
		}
	}
	return append(parts, strings.TrimSpace(text[begin:]))
}

// Strange names the variables that look like settings and are none. Their values are nobody's business.
func Strange() []string {
	known := variables()
	var strange []string
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "ECSUNDO_") && value != "" && !known[name] {
			strange = append(strange, name)
		}
	}
	return strange
}

// Variables gives the names of all variables that are read.
func Variables() []string { return slices.Sorted(maps.Keys(variables())) }

func variables() map[string]bool {
	known := map[string]bool{"ECSUNDO_CONFIG": true}
	for _, k := range keys() {
		known[k.variable()] = true
	}
	return known
}
