package settings

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/snapshot"
)

// A key is a setting as the file has it. The environment has it as ECSUNDO_KEY, see [key.variable]. Where a command has a
// flag of its name, that goes over both.
type key struct {
	name  string
	kind  keyKind
	check func(value string) error // nil: any will do
	put   func(*Settings, written) // of values that have been checked

	adds    string // a repeatable flag that adds to what stands; empty: a flag of its name goes over it
	example string // a line of a mapping
	named   bool   // its check's errors begin with its name
}

// A keyKind is how many values a key takes.
type keyKind int

const (
	oneValue keyKind = iota
	list             // a list in the file, with commas in the environment
	mapping          // a mapping in the file, NAME=VALUE with commas in the environment; that is what its values look like
)

func keys() []key {
	return []key{
		{name: "bucketOwner", check: checkAccount, put: func(s *Settings, w written) { s.BucketOwner = text(w) }},
		{name: "ci", check: checkCI, put: func(s *Settings, w written) { s.CI = text(w) }},
		{name: "cluster", check: checkCluster, put: func(s *Settings, w written) { s.Cluster = text(w) }},
		{name: "copyTags", kind: mapping, check: checkTag, put: func(s *Settings, w written) { s.CopyTags = tags(w) }, adds: "copy-tag", example: "team: platform"},
		{name: "except", kind: list, check: checkGlob, put: func(s *Settings, w written) { s.Except = globs(w) }},
		{name: "guess", check: checkSwitch("guess"), put: func(s *Settings, w written) { s.Guess = truth(w) }},
		{name: "kmsKey", put: func(s *Settings, w written) { s.KMSKey = text(w) }},
		{name: "only", kind: list, check: checkGlob, put: func(s *Settings, w written) { s.Only = globs(w) }},
		{name: "output", check: checkForm, put: func(s *Settings, w written) { s.Output = text(w) }},
		{name: "profile", put: func(s *Settings, w written) { s.Profile = text(w) }},
		{name: "region", put: func(s *Settings, w written) { s.Region = text(w) }},
		{name: "repositories", kind: mapping, check: checkRepository, put: func(s *Settings, w written) { s.Repositories = repositories(w) }, example: "'api-*': ../api"},
		{name: "schedules", check: checkSwitch("schedules"), put: func(s *Settings, w written) { s.Schedules = truth(w) }},
		{name: "sidecars", kind: list, check: checkGlob, put: func(s *Settings, w written) { s.Sidecars = globs(w) }, adds: "sidecar"},
		{name: "sse", check: checkSSE, put: func(s *Settings, w written) { s.SSE = text(w) }},
		{name: "store", check: checkStore, put: func(s *Settings, w written) { s.Store = text(w) }, named: true},
		{name: "timeout", check: checkTimeout, put: func(s *Settings, w written) { s.Timeout = duration(w) }, named: true},
	}
}

// A written setting is what the file, the environment or the command line says of a key.
type written struct {
	values []string
	from   Origin
}

func text(w written) Value[string] {
	return Value[string]{strings.Join(w.values, ""), w.values, w.from}
}

func globs(w written) Value[[]*Glob] {
	return Value[[]*Glob]{mustGlobs(w.values), w.values, w.from}
}

func tags(w written) Value[map[string]string] {
	all := map[string]string{}
	for _, pair := range w.values {
		name, value, _ := strings.Cut(pair, "=")
		all[strings.TrimSpace(name)] = value
	}
	return Value[map[string]string]{all, w.values, w.from}
}

func truth(w written) Value[bool] { return Value[bool]{w.values[0] == "true", w.values, w.from} }

func duration(w written) Value[time.Duration] {
	d, _ := parseTimeout(w.values[0])
	return Value[time.Duration]{d, w.values, w.from}
}

func keyNames() []string {
	var names []string
	for _, k := range keys() {
		names = append(names, k.name)
	}
	return names
}

// variable is the key's name in the environment: ECSUNDO_BUCKET_OWNER for bucketOwner.
func (k key) variable() string {
	var b strings.Builder
	b.WriteString("ECSUNDO_")
	for _, r := range k.name {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteString(strings.ToUpper(string(r)))
	}
	return b.String()
}

// checkValue finds a bad value where it stands, rather than where it is used.
func (k key) checkValue(value string) error {
	if strings.TrimSpace(value) == "" {
		return fmt.Errorf("%s has an empty value", k.name)
	}
	if k.check == nil {
		return nil
	}
	return k.check(value)
}

func checkCI(value string) error {
	if value != "auto" && value != "off" {
		return line.Usagef("write auto or off", "ci: %q is neither auto nor off", value)
	}
	return nil
}

func checkCluster(value string) error {
	_, err := ParseCluster(value)
	return err
}

// ParseCluster reads a cluster's name or ARN. An ARN whose region is in another partition leads nowhere, or astray.
func ParseCluster(value string) (ecs.ClusterName, error) {
	cluster, err := ecs.ParseClusterName(value)
	if err != nil {
		return cluster, err
	}
	if arn, err := ecs.ParseARN(value); err == nil {
		if err := snapshot.CheckPartition(arn.Partition, arn.Region); err != nil {
			return cluster, fmt.Errorf("%q: %w", value, err)
		}
	}
	return cluster, nil
}

func checkSSE(value string) error {
	if err := (snapshot.Encryption{SSE: value}).Check(); err != nil {
		return line.Usagef("", "%w", err)
	}
	return nil
}

func checkSwitch(name string) func(string) error {
	return func(value string) error {
		if value != "true" && value != "false" {
			return line.Usagef("write true or false", "%s: %q is neither true nor false", name, value)
		}
		return nil
	}
}

func checkTimeout(value string) error {
	_, err := parseTimeout(value)
	return err
}

func checkStore(value string) error {
	if _, err := snapshot.Open(value, snapshot.Options{}); err != nil {
		return line.Usagef("use s3://bucket/prefix or a directory", "store: %w", err)
	}
	return nil
}

func checkGlob(value string) error {
	_, err := CompileGlob(value)
	return err
}

func checkRepository(value string) error {
	services, directory, ok := strings.Cut(value, "=")
	if !ok || strings.TrimSpace(services) == "" || strings.TrimSpace(directory) == "" {
		return line.Usagef("for example 'api-*=/src/api'", "repositories: %q is not SERVICE=DIRECTORY", value)
	}
	return checkGlob(services)
}

// checkTag refuses what ECS does not take as a tag, and the tags by which copies are known.
func checkTag(value string) error {
	name, text, ok := strings.Cut(value, "=")
	name = strings.TrimSpace(name)
	switch low := strings.ToLower(name); {
	case !ok || name == "":
		return line.Usagef("write it as team=platform", "tag %q is not KEY=VALUE", value)
	case strings.HasPrefix(low, "aws:") || strings.HasPrefix(low, "ecsundo:"):
		return line.Usagef("choose another key", "tag %q: this prefix is reserved", name)
	case len([]rune(name)) > 128 || len([]rune(text)) > 256:
		return line.Usagef("", "tag %q is too long: a key has at most 128 characters, a value 256", name)
	}
	return nil
}

func checkAccount(value string) error {
	digits := strings.Trim(value, "0123456789") == ""
	if len(value) != 12 || !digits {
		return line.Usagef("an account has 12 digits; in the settings file, write it in quotes", "bucketOwner: %q is not an AWS account", value)
	}
	return nil
}

// nearestKey is a hint for a key that does not exist.
func nearestKey(name string) string {
	hint := "the keys are " + strings.Join(keyNames(), ", ")
	if near := line.Nearest(name, keyNames()); near != "" {
		hint = fmt.Sprintf("nearest is %q; %s", near, hint)
	}
	return hint
}

func findKey(name string) (key, bool) {
	all := keys()
	i := slices.IndexFunc(all, func(k key) bool { return k.name == name })
	if i < 0 {
		return key{}, false
	}
	return all[i], true
}

// Forms are those of the output.
var Forms = []string{"text", "json", "markdown", "name"}

// checkForm refuses a form of output that there is not.
func checkForm(form string) error {
	if slices.Contains(Forms, form) {
		return nil
	}
	hint := "use " + strings.Join(Forms, ", ")
	if near := line.Nearest(form, Forms); near != "" && near[0] == form[0] { // name is not what yaml meant
		hint = "nearest is " + near + "; " + hint
	}
	return line.Usagef(hint, "unknown output form %q", form)
}

// parseTimeout reads a duration such as 90s, 20m or 1h30m.
func parseTimeout(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		if strings.Trim(s, "0123456789") == "" {
			return 0, line.Usagef("", "timeout %q needs a unit, for example %ss or %sm", s, s, s)
		}
		return 0, line.Usagef("for example 90s, 20m or 1h30m", "timeout %q is not a duration", s)
	}
	return d, nil
}
