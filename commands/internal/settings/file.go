package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/ecsundo/ecsundo/commands/internal/line"
)

// raw is what was read, by key.
type raw map[string]written

// path gives the configuration file. One that was named must be there.
func path(flags Flags) Value[string] {
	file, from := flags.String("config"), Origin{Flag, "--config"}
	if file == "" {
		file, from = os.Getenv("ECSUNDO_CONFIG"), Origin{Environment, "ECSUNDO_CONFIG"}
	}
	if file == "" {
		home, err := os.UserHomeDir()
		from = Origin{Kind: BuiltIn}
		if err == nil {
			file = filepath.Join(home, ".ecsundo.yml")
		}
	}
	return Value[string]{file, []string{tilde(file)}, from}
}

// readFile reads a configuration file: a YAML mapping of settings. What it does not know is an error, since a misspelt key
// would be a setting that silently does nothing.
func readFile(file string, named bool) (raw, error) {
	text, err := readAny(file)
	if errors.Is(err, fs.ErrNotExist) && !named || file == "" {
		return raw{}, nil
	}
	if err != nil {
		return nil, line.Usagef(textFile{}.without(), "configuration: %w", err)
	}
	f := textFile{name: tilde(file), directory: filepath.Dir(file)}
	if full, err := filepath.Abs(f.directory); err == nil {
		f.directory = full
	}
	return f.parse(text)
}

// writerTime is how long somebody may take to write into a pipe, as --config <(…) is one.
const writerTime = 5 * time.Second

// readAny reads a file of any kind. A pipe that nobody writes to would be waited for for ever.
func readAny(file string) ([]byte, error) {
	if info, err := os.Stat(file); err != nil || info.Mode().IsRegular() {
		return os.ReadFile(file)
	}
	type result struct {
		text []byte
		err  error
	}
	read := make(chan result, 1)
	go func() {
		text, err := os.ReadFile(file)
		read <- result{text, err}
	}()
	select {
	case r := <-read:
		return r.text, r.err
	case <-time.After(writerTime):
		return nil, fmt.Errorf("%s: nothing was written to it within %s", tilde(file), writerTime)
	}
}

// parse reads the text of a file.
func (f textFile) parse(text []byte) (raw, error) {
	all := raw{}
	var document, another yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(text))
	err := d.Decode(&document)
	if errors.Is(err, io.EOF) {
		return all, nil
	}
	if err == nil {
		err = d.Decode(&another)
	}
	switch {
	case err == nil:
		return nil, f.bad(&another, "leave the --- out", "a second document")
	case !errors.Is(err, io.EOF):
		return nil, line.Usagef(f.without(), "%s", f.syntax(text, err))
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, f.bad(root, "write lines such as cluster: prod", "not a mapping of settings")
	}
	for i := 0; i < len(root.Content); i += 2 {
		if err := f.read(root.Content[i], root.Content[i+1], all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// A textFile is a file that is being read.
type textFile struct {
	name      string // as it is called in errors
	directory string
}

// read takes one line of the file, or several if its value has them.
func (f textFile) read(key, value *yaml.Node, all raw) error {
	k, known := findKey(key.Value)
	if !known {
		return f.bad(key, nearestKey(key.Value), "unknown key %q", key.Value)
	}
	if before, twice := all[k.name]; twice {
		return f.bad(key, "", "%s is already set in %s", k.name, before.from)
	}
	w := written{from: Origin{File, fmt.Sprintf("%s:%d", f.name, key.Line)}}
	nodes, err := f.values(k, value)
	if err != nil {
		return err
	}
	for _, node := range nodes {
		if err := k.checkValue(node.Value); err != nil {
			return f.bad(node, "", "%w", err)
		}
		w.values = append(w.values, f.resolve(k, node.Value))
	}
	all[k.name] = w
	return nil
}

// values gives the nodes of a key's values. Those of a mapping are NAME=VALUE, where its names stand.
func (f textFile) values(k key, value *yaml.Node) ([]*yaml.Node, error) {
	nodes := []*yaml.Node{value}
	switch {
	case k.kind == list && value.Kind == yaml.SequenceNode:
		nodes = value.Content
	case k.kind == mapping && value.Kind == yaml.MappingNode:
		return f.pairs(k, value)
	case k.kind == mapping:
		return nil, f.bad(value, "", "%s needs lines such as %s", k.name, k.example)
	}
	if len(nodes) == 0 {
		return nil, f.bad(value, "", "%s needs at least one value", k.name)
	}
	for _, node := range nodes {
		if !isText(node) {
			what := "one value"
			if k.kind == list {
				what = "a list of values"
			}
			return nil, f.bad(node, "", "%s needs %s", k.name, what)
		}
	}
	return nodes, nil
}

func (f textFile) pairs(k key, value *yaml.Node) ([]*yaml.Node, error) {
	var nodes []*yaml.Node
	seen := map[string]bool{}
	for i := 0; i < len(value.Content); i += 2 {
		name, node := value.Content[i], value.Content[i+1]
		switch {
		case !isText(name) || !isText(node):
			return nil, f.bad(name, "", "%s: %s needs one value", k.name, name.Value)
		case seen[name.Value]:
			return nil, f.bad(name, "", "%s: %s is there twice", k.name, name.Value)
		}
		seen[name.Value] = true
		pair := *name
		pair.Value = name.Value + "=" + node.Value
		if k.name == "repositories" {
			pair.Value = name.Value + "=" + f.absolute(node.Value)
		}
		nodes = append(nodes, &pair)
	}
	return nodes, nil
}

func isText(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && strings.TrimSpace(node.Value) != "" && node.Tag != "!!null"
}

// resolve makes a store that is a directory relative to the file, wherever the command is run.
func (f textFile) resolve(k key, text string) string {
	if k.name != "store" || strings.Contains(text, "://") {
		return text
	}
	return f.absolute(text)
}

// absolute takes a path as relative to the file.
func (f textFile) absolute(path string) string {
	if filepath.IsAbs(path) || strings.HasPrefix(path, "~/") {
		return path
	}
	return filepath.Join(f.directory, path)
}

// bad says what is wrong where.
func (f textFile) bad(at *yaml.Node, hint, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if hint == "" {
		hint = line.Hint(err)
	}
	if hint == "" {
		hint = f.without()
	}
	return line.Usagef(hint, "%s:%d:%d: %w", f.name, at.Line, at.Column, err)
}

// without is the way on for somebody who has no time to look into the file.
func (f textFile) without() string {
	return fmt.Sprintf("to go on without the file: --config %s", os.DevNull)
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

// syntax gives the place in an error of the YAML parser as in all others. The parser leaves the first line out.
func (f textFile) syntax(file []byte, err error) string {
	text := err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		return f.name + ":" + m[1] + ": " + strings.TrimPrefix(text, m[0])
	}
	if first, _, _ := bytes.Cut(file, []byte("\n")); yaml.Unmarshal(first, new(yaml.Node)) != nil {
		return f.name + ":1: " + strings.TrimPrefix(text, "yaml: ")
	}
	return f.name + ": " + strings.TrimPrefix(text, "yaml: ")
}

// tilde shortens a path in the home directory.
func tilde(path string) string {
	home, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok && home != "/" {
		return "~/" + filepath.ToSlash(rest)
	}
	return path
}
