package commands

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"

	"github.com/ecsundo/ecsundo/ecs"
)

// A setting is a value for a flag that was not given on the command line, and where it comes from.
type setting struct {
	value string
	from  string // ECSUNDO_CLUSTER, or ~/.ecsundo.yml:3
}

// settingNames are the flags that the configuration file and the environment may set: the file by their name, the
// environment as ECSUNDO_NAME.
func settingNames() []string {
	return []string{"cluster", "output", "profile", "region", "store", "timeout"}
}

// applySettings gives the flags that are not on the command line their value from the environment, else from the file.
func applySettings(c *cli.Context) error {
	settings, err := fileSettings(configPath(c))
	if err != nil {
		return err
	}
	for _, name := range settingNames() {
		variable := "ECSUNDO_" + strings.ToUpper(name)
		if value := os.Getenv(variable); value != "" {
			settings[name] = setting{value, variable}
		}
	}
	own := flagsOf(c.Command)
	for name, s := range settings {
		if err := checkSetting(name, s.value); err != nil {
			return usagef("", "%s: %w", s.from, err)
		}
		if _, has := own[name]; !has || c.IsSet(name) {
			continue
		}
		if err := c.Set(name, s.value); err != nil {
			return usagef("", "%s: %w", s.from, err)
		}
		c.App.Metadata[name] = s.from
	}
	return nil
}

// source says where a flag's value comes from; it is empty if it was given on the command line or not at all.
func source(c *cli.Context, flag string) string {
	from, _ := c.App.Metadata[flag].(string)
	return from
}

// checkSetting finds a bad value where it stands, rather than where it is used.
func checkSetting(name, value string) error {
	var err error
	switch name {
	case "cluster":
		_, err = ecs.ParseClusterName(value)
	case "output":
		err = checkForm(value)
	case "timeout":
		_, err = parseTimeout(value)
	}
	return err
}

// configPath gives the configuration file and whether it was named: one that was named must be there.
func configPath(c *cli.Context) (path string, named bool) {
	if path := c.String("config"); path != "" {
		return path, true
	}
	if path := os.Getenv("ECSUNDO_CONFIG"); path != "" {
		return path, true
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", false
	}
	return filepath.Join(home, ".ecsundo.yml"), false
}

// fileSettings reads a configuration file: a YAML mapping of settings. What it does not know is an error, since a
// misspelt key would be a setting that silently does nothing.
func fileSettings(path string, named bool) (map[string]setting, error) {
	settings := map[string]setting{}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named || path == "" {
		return settings, nil
	}
	if err != nil {
		return nil, usagef("", "configuration: %w", err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, usagef("", "%s: %w", path, err)
	}
	if len(document.Content) == 0 {
		return settings, nil
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, usagef("write lines such as cluster: prod", "%s:%d: not a mapping of settings", path, root.Line)
	}
	for i := 0; i < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		at := fmt.Sprintf("%s:%d", path, key.Line)
		if err := checkKey(at, key.Value, value, settings); err != nil {
			return nil, err
		}
		settings[key.Value] = setting{value.Value, at}
	}
	return settings, nil
}

// checkKey refuses a key that is unknown or repeated, and a value that is missing or not a plain one.
func checkKey(at, key string, value *yaml.Node, seen map[string]setting) error {
	if !slices.Contains(settingNames(), key) {
		hint := "the keys are " + strings.Join(settingNames(), ", ")
		if near := nearest(key, settingNames()); near != "" {
			hint = fmt.Sprintf("nearest is %q; %s", near, hint)
		}
		return usagef(hint, "%s: unknown key %q", at, key)
	}
	if before, twice := seen[key]; twice {
		return usagef("", "%s: %s is already set in %s", at, key, before.from)
	}
	if value.Kind != yaml.ScalarNode || strings.TrimSpace(value.Value) == "" {
		return usagef("", "%s: %s needs one value", at, key)
	}
	return nil
}
