package commands

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/gobwas/glob"
	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/snapshot"
)

// A settingKey is a key of the configuration file. The environment has it as ECSUNDO_KEY, see [settingKey.variable]. Where
// a command has a flag of its name, it sets that; a flag on the command line replaces it.
type settingKey struct {
	name  string
	kind  keyKind
	check func(value string) error // nil: any will do
}

// A keyKind is how many values a key takes.
type keyKind int

const (
	oneValue keyKind = iota
	list             // a list in the file, with commas in the environment
	mapping          // a mapping in the file, NAME=VALUE with commas in the environment; that is what its values look like
)

func settingKeys() []settingKey {
	return []settingKey{
		{"bucketOwner", oneValue, checkAccount},
		{"cluster", oneValue, checkCluster},
		{"except", list, checkGlob},
		{"only", list, checkGlob},
		{"output", oneValue, checkForm},
		{"profile", oneValue, nil},
		{"region", oneValue, nil},
		{"repositories", mapping, checkRepository},
		{"sidecars", list, checkSidecar},
		{"store", oneValue, checkStore},
		{"timeout", oneValue, checkTimeout},
	}
}

func keyNames() []string {
	var names []string
	for _, k := range settingKeys() {
		names = append(names, k.name)
	}
	return names
}

// variable is the key's name in the environment: ECSUNDO_BUCKET_OWNER for bucketOwner.
func (k settingKey) variable() string {
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

// A setting is what the file or the environment says of a key, and where.
type setting struct {
	values []string
	from   string // ECSUNDO_CLUSTER, or ~/.ecsundo.yml:3
}

// settings are what file and environment say, by key.
type settings map[string]setting

// applySettings gives the flags that are not on the command line their value from the environment, else from the file.
func applySettings(c *cli.Context) error {
	if c.Command.Name == "help" || c.Command.Name == "completion" {
		return nil // they must work whatever the settings are
	}
	all, err := readSettings(configPath(c))
	if err != nil {
		return err
	}
	c.App.Metadata["settings"] = all
	own := flagsOf(c.Command)
	for key, s := range all {
		if _, has := own[key]; !has || c.IsSet(key) {
			continue
		}
		for _, value := range s.values {
			if err := c.Set(key, value); err != nil {
				return usagef("", "%s: %w", s.from, err)
			}
		}
		c.App.Metadata[key] = s.from
	}
	return nil
}

// settingOf gives the values of a setting that is no flag; none if it is not set.
func settingOf(c *cli.Context, key string) []string {
	all, _ := c.App.Metadata["settings"].(settings)
	return all[key].values
}

// source says where a flag's value comes from; it is empty if it was given on the command line or not at all.
func source(c *cli.Context, flag string) string {
	from, _ := c.App.Metadata[flag].(string)
	return from
}

// readSettings reads the file, over which the environment goes.
func readSettings(file string, named bool) (settings, error) {
	all, err := readFile(file, named)
	if err != nil {
		return nil, err
	}
	for _, key := range settingKeys() {
		text := os.Getenv(key.variable())
		if text == "" {
			continue
		}
		s := setting{values: []string{text}, from: key.variable()}
		if key.kind != oneValue {
			s.values = splitList(text)
		}
		for _, value := range s.values {
			if err := key.checkValue(value); err != nil {
				return nil, usagef("", "%s: %w", s.from, err)
			}
		}
		all[key.name] = s
	}
	return all, nil
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

// checkValue finds a bad value where it stands, rather than where it is used.
func (k settingKey) checkValue(value string) error {
	if strings.TrimSpace(value) == "" {
		return fmt.Errorf("%s has an empty value", k.name)
	}
	if k.check == nil {
		return nil
	}
	return k.check(value)
}

func checkCluster(value string) error {
	_, err := ecs.ParseClusterName(value)
	return err
}

func checkTimeout(value string) error {
	_, err := parseTimeout(value)
	return err
}

func checkStore(value string) error {
	_, err := snapshot.Open(value, snapshot.Options{})
	return err
}

func checkGlob(value string) error {
	if _, err := glob.Compile(value); err != nil {
		return usagef("write it as 'api-*' or '{web,api}'", "%q is no glob: %w", value, err)
	}
	return nil
}

// checkSidecar takes a glob over image names as package ecs understands it.
func checkSidecar(value string) error {
	if _, err := path.Match(value, ""); err != nil {
		return usagef("write it as 'datadog-agent' or 'aws/*'", "%q is no glob: %w", value, err)
	}
	return nil
}

func checkRepository(value string) error {
	services, directory, ok := strings.Cut(value, "=")
	if !ok || strings.TrimSpace(services) == "" || strings.TrimSpace(directory) == "" {
		return usagef("write it as 'api-*=/src/api'", "repositories: %q is not a service, = and a directory", value)
	}
	return checkGlob(services)
}

func checkAccount(value string) error {
	digits := strings.Trim(value, "0123456789") == ""
	if len(value) != 12 || !digits {
		return usagef("an account has twelve digits; in the file, write it in quotes", "bucketOwner: %q is no AWS account", value)
	}
	return nil
}

// nearestKey is a hint for a key that does not exist.
func nearestKey(key string) string {
	hint := "the keys are " + strings.Join(keyNames(), ", ")
	if near := nearest(key, keyNames()); near != "" {
		hint = fmt.Sprintf("nearest is %q; %s", near, hint)
	}
	return hint
}

func findKey(name string) (settingKey, bool) {
	keys := settingKeys()
	i := slices.IndexFunc(keys, func(k settingKey) bool { return k.name == name })
	if i < 0 {
		return settingKey{}, false
	}
	return keys[i], true
}
