package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxValues bounds the memory that a dense file takes, since the parser needs up to 500 bytes a value. 5,000 services with
// a definition of 40 variables each have 1.2 million.
const maxValues = 2_000_000

// Decode reads a snapshot: YAML as [Encode] or a person writes it, or the lines of the 2018 tool. It takes nothing that it
// does not know, since a key that is misspelt would be a service that is not restored.
//
// It returns a [*FormatError], [ErrTooLarge] or an error of r.
func Decode(r io.Reader) (*Snapshot, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxSize {
		return nil, ErrTooLarge
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if err := checkEncoding(text); err != nil {
		return nil, err
	}
	if is2018(text) {
		return decode2018(string(text))
	}
	if tooManyValues(text) {
		return nil, ErrTooLarge
	}
	if takenAtRE.Match(text) && !ended(text) {
		return nil, truncated()
	}
	s := &Snapshot{}
	if !s.readPortions(text, portionSize) {
		s = &Snapshot{}
		root, err := parse(text)
		if err != nil {
			return nil, err
		}
		if err := s.read(root); err != nil {
			return nil, err
		}
	}
	if !s.TakenAt.IsZero() && !ended(text) {
		return nil, truncated()
	}
	return s, nil
}

func checkEncoding(text []byte) error {
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return malformed("the file is empty")
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return malformed("the file is UTF-16; save it as UTF-8")
	case bytes.IndexByte(text, 0) >= 0 || !utf8.Valid(text):
		return malformed("the file is binary, not a snapshot")
	}
	return nil
}

// tooManyValues counts what may begin or separate values, in a file that has not been parsed.
func tooManyValues(text []byte) bool {
	n := 0
	for _, sep := range []string{"\n", ",", "[", "{", ": ", "- ", "? "} {
		n += bytes.Count(text, []byte(sep))
	}
	return n > maxValues
}

var takenAtRE = regexp.MustCompile(`(?m)^takenAt:`)

// ended reports whether the last line is the end marker.
func ended(text []byte) bool {
	text = bytes.TrimRight(text, " \t\r\n")
	return bytes.HasSuffix(text, []byte("\n..."))
}

func truncated() error { return &FormatError{Problem: ErrTruncated.Error(), Err: ErrTruncated} }

// parse gives the one document of a file.
func parse(text []byte) (*yaml.Node, error) {
	var doc, next yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, malformed("the file holds no snapshot, only comments")
	} else if err != nil {
		return nil, yamlError(err)
	}
	switch err := dec.Decode(&next); {
	case err == nil:
		return nil, problem(&next, "a second document: a file holds one snapshot")
	case !errors.Is(err, io.EOF):
		return nil, yamlError(err)
	}
	return doc.Content[0], nil
}

var yamlErrorRE = regexp.MustCompile(`^yaml: (?:line ([0-9]+): )?(.*)`)

// yamlError makes a FormatError of an error of the parser, which has no type of its own.
func yamlError(err error) error {
	e := &FormatError{Problem: err.Error()}
	if m := yamlErrorRE.FindStringSubmatch(err.Error()); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		e.Problem = "not YAML: " + strings.ToValidUTF8(m[2], "?")
	}
	return e
}

func problem(n *yaml.Node, format string, args ...any) error {
	return &FormatError{Line: n.Line, Column: n.Column, Problem: fmt.Sprintf(format, args...)}
}

// read fills s from the top mapping.
func (s *Snapshot) read(root *yaml.Node) error {
	if root.Kind != yaml.MappingNode {
		return problem(root, "not a snapshot: it has to begin with \"version: %d\"", Version)
	}
	if err := checkVersion(root); err != nil {
		return err
	}
	var services, schedules *yaml.Node
	err := eachKey(root, func(key, value *yaml.Node) (err error) {
		switch key.Value {
		case "version":
			return nil // checked above
		case "cluster":
			s.Cluster, err = text(value, checkName("cluster"))
		case "region":
			s.Region, err = text(value, checkRegion)
		case "account":
			s.Account, err = text(value, checkAccount)
		case "takenAt":
			s.TakenAt, err = moment(value)
		case "takenBy":
			s.TakenBy, err = text(value, checkTakenBy)
		case "services":
			services = value
		case "schedules":
			schedules = value
		default:
			err = problem(key, "unknown key %q", brief(key.Value))
		}
		return err
	})
	if err != nil {
		return err
	}
	if services == nil {
		return malformed("no services: the key is missing, or the file is cut short")
	}
	if err := s.readServices(services); err != nil {
		return err
	}
	if schedules != nil {
		if err := s.readSchedules(schedules); err != nil {
			return err
		}
	}
	if err := s.check(); err != nil { // for what takes more than one value: a time needs a place
		return malformed("%v", err)
	}
	return nil
}

// checkVersion comes first: a later version may have keys that this one does not know.
func checkVersion(root *yaml.Node) error {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != "version" {
			continue
		}
		n := root.Content[i+1]
		version, err := strconv.Atoi(n.Value)
		switch {
		case n.ShortTag() != "!!int" || err != nil || version < 1:
			return problem(n, "version %q: write \"version: %d\"", brief(n.Value), Version)
		case version > Version:
			return &FormatError{Line: n.Line, Column: n.Column, Err: ErrVersion, Problem: fmt.Sprintf(
				"version %d needs a newer ecsundo: this one reads version %d", version, Version)}
		}
		return nil
	}
	return problem(root, "not a snapshot: \"version: %d\" is missing", Version)
}

// moment reads a time, which may be quoted.
func moment(n *yaml.Node) (time.Time, error) {
	if n.Kind == yaml.ScalarNode && n.Anchor == "" {
		if t, err := time.Parse(time.RFC3339, n.Value); err == nil && writable(t) && !t.IsZero() {
			return t.UTC(), nil
		}
	}
	return time.Time{}, problem(n, "%q is not a time, such as 2026-11-22T10:15:00Z", brief(n.Value))
}
