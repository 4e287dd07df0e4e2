package snapshot

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// The tool of 2018 wrote one line a service, "service-arn;task-definition-arn", each with a line end.
var serviceARNRE = regexp.MustCompile(`^arn:([a-z0-9-]+):ecs:([a-z0-9-]+):([0-9]{12}):service/(?:([A-Za-z0-9_-]+)/)?([A-Za-z0-9_-]+)$`)

func is2018(text []byte) bool {
	first, _, _ := bytes.Cut(bytes.TrimLeft(text, "\r\n"), []byte("\n"))
	return bytes.HasPrefix(first, []byte("arn:")) && bytes.IndexByte(first, ';') > 0
}

// decode2018 gives no cluster if the ARNs are short ones, service/NAME. A last line without its end may be cut short: in
// "…/web:4" of "…/web:41" nothing else shows it.
func decode2018(text string) (*Snapshot, error) {
	s := &Snapshot{Services: map[string]Service{}}
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] != "" {
		return nil, &FormatError{Line: len(lines), Err: ErrTruncated, Problem: "cut short: the last line has no end"}
	}
	for i, line := range lines {
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			continue
		}
		if err := s.read2018(line); err != nil {
			return nil, &FormatError{Line: i + 1, Problem: err.Error()}
		}
	}
	if err := s.check(); err != nil { // the lengths of names
		return nil, malformed("%v", err)
	}
	return s, nil
}

func (s *Snapshot) read2018(line string) error {
	serviceARN, taskARN, _ := strings.Cut(line, ";")
	service, task := serviceARNRE.FindStringSubmatch(serviceARN), taskARNRE.FindStringSubmatch(taskARN)
	if service == nil || task == nil {
		return fmt.Errorf("%q is not service-arn;task-definition-arn", brief(line))
	}
	for _, place := range [][]string{service[1:4], task[1:4]} {
		if err := s.agree(place[0], place[1], place[2]); err != nil {
			return err
		}
	}
	cluster, name := service[4], service[5]
	if s.Cluster == "" {
		s.Cluster = cluster
	}
	if cluster != "" && cluster != s.Cluster {
		return fmt.Errorf("cluster %q: the snapshot is of cluster %q", cluster, s.Cluster)
	}
	if _, ok := s.Services[name]; ok {
		return fmt.Errorf("service %q occurs twice", name)
	}
	s.Services[name] = Service{TaskDefinition: task[4]}
	return nil
}
