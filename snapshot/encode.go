package snapshot

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Encode writes s as YAML: services, containers and the keys of definitions in order, long strings on one line, so that
// two snapshots diff well. It writes "..." at the end, which shows a file that was cut short.
//
// The text is written here and not by a YAML encoder, which would hold all definitions in memory as a tree.
func Encode(w io.Writer, s *Snapshot) error {
	if err := s.check(); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# ecsundo snapshot; may be edited by hand\nversion: %d\n", Version)
	writeKey(out, 0, "cluster", s.Cluster)
	writeKey(out, 0, "region", s.Region)
	writeKey(out, 0, "account", s.Account)
	if !s.TakenAt.IsZero() {
		fmt.Fprintf(out, "takenAt: %s\n", s.TakenAt.UTC().Format(time.RFC3339Nano))
	}
	writeKey(out, 0, "takenBy", s.TakenBy)
	if len(s.Services) == 0 {
		fmt.Fprintln(out, "services: {}")
	} else {
		fmt.Fprintln(out, "services:")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Services)) {
		if err := writeService(out, name, s.Services[name]); err != nil {
			return fmt.Errorf("service %q: %w", name, err)
		}
	}
	if len(s.Schedules) > 0 {
		fmt.Fprintln(out, "schedules:")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Schedules)) {
		if err := writeService(out, name, s.Schedules[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	fmt.Fprintln(out, "...")
	return out.Flush()
}

// marshal encodes a snapshot for a store, and only what Decode reads again.
func marshal(s *Snapshot) ([]byte, error) {
	var b bytes.Buffer
	if err := Encode(&b, s); err != nil {
		return nil, err
	}
	return b.Bytes(), checkSize(b.Bytes())
}

func checkSize(text []byte) error {
	if len(text) > MaxSize || tooManyValues(text) {
		return fmt.Errorf("snapshot of %d bytes: %w", len(text), ErrTooLarge)
	}
	return nil
}

func writeService(out *bufio.Writer, name string, s Service) error {
	if len(s.Images) == 0 && s.RollingTo == "" && s.ServiceRevision == "" && s.Definition == nil {
		writeKey(out, 1, name, s.TaskDefinition)
		return nil
	}
	fmt.Fprintf(out, "  %s:\n", scalar(name))
	writeKey(out, 2, "taskDefinition", s.TaskDefinition)
	writeKey(out, 2, "rollingTo", s.RollingTo)
	if len(s.Images) > 0 {
		fmt.Fprintln(out, "    images:")
		for _, container := range slices.Sorted(maps.Keys(s.Images)) {
			writeKey(out, 3, container, s.Images[container])
		}
	}
	writeKey(out, 2, "serviceRevision", s.ServiceRevision)
	if s.Definition == nil {
		return nil
	}
	var definition map[string]any
	dec := json.NewDecoder(bytes.NewReader(s.Definition))
	dec.UseNumber()
	if err := dec.Decode(&definition); err != nil {
		return fmt.Errorf("definition: %w", err)
	}
	if definition == nil || dec.More() {
		return errors.New("definition: not one JSON object")
	}
	out.WriteString("    definition:")
	writeValue(out, 3, definition)
	return nil
}

// writeKey writes one line, or nothing if there is no value.
func writeKey(out *bufio.Writer, depth int, key, value string) {
	if value != "" {
		indent(out, depth)
		fmt.Fprintf(out, "%s: %s\n", scalar(key), scalar(value))
	}
}

// writeValue writes what stands behind "key:" or "-", and the line's end.
func writeValue(out *bufio.Writer, depth int, value any) {
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			out.WriteString(" {}\n")
			return
		}
		out.WriteByte('\n')
		for _, key := range slices.Sorted(maps.Keys(v)) {
			indent(out, depth)
			writeEntry(out, depth, key, v[key])
		}
	case []any:
		if len(v) == 0 {
			out.WriteString(" []\n")
			return
		}
		out.WriteByte('\n')
		for _, item := range v {
			indent(out, depth)
			out.WriteByte('-')
			writeItem(out, depth+1, item)
		}
	case string:
		out.WriteString(" " + scalar(v) + "\n")
	case nil:
		out.WriteString(" null\n")
	default: // bool, json.Number
		fmt.Fprintf(out, " %v\n", v)
	}
}

func writeEntry(out *bufio.Writer, depth int, key string, value any) {
	out.WriteString(scalar(key) + ":")
	writeValue(out, depth+1, value)
}

// writeItem puts a mapping's first key on the line of its dash.
func writeItem(out *bufio.Writer, depth int, item any) {
	object, ok := item.(map[string]any)
	if !ok || len(object) == 0 {
		writeValue(out, depth, item)
		return
	}
	for i, key := range slices.Sorted(maps.Keys(object)) {
		if i == 0 {
			out.WriteByte(' ')
		} else {
			indent(out, depth)
		}
		writeEntry(out, depth, key, object[key])
	}
}

func indent(out *bufio.Writer, depth int) {
	for range depth {
		out.WriteString("  ")
	}
}

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
)

var wordRE = regexp.MustCompile(`^(?i:true|false|null|yes|no|y|n|on|off)$`)

// scalar quotes a string where YAML would, or might, take it for something else. What begins with a letter or has a slash
// is no number and no time. Go's escapes are all YAML's too.
func scalar(s string) string {
	known := s != "" && strings.Trim(s, letters+digits+"_./:@+-") == "" && !strings.HasSuffix(s, ":")
	text := known && (strings.Contains(letters, s[:1]) || strings.Contains(digits, s[:1]) && strings.Contains(s, "/"))
	if text && !(len(s) <= len("false") && wordRE.MatchString(s)) {
		return s
	}
	return strconv.Quote(strings.ToValidUTF8(s, "\uFFFD"))
}
