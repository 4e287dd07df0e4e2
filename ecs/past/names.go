package past

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// TaskDefinition names one revision of a task definition family; with no revision, as targets of schedules may have it, whichever
// is the newest. The zero value names none.
type TaskDefinition struct {
	Family   string
	Revision int
}

// String gives the short form that ECS accepts wherever it takes a task definition: web:42, or web for its newest revision,
// which is what no revision means. The zero value gives "".
func (t TaskDefinition) String() string {
	if t.Revision == 0 {
		return t.Family
	}
	return t.Family + ":" + strconv.Itoa(t.Revision)
}

// IsZero reports whether t names no task definition.
func (t TaskDefinition) IsZero() bool { return t == TaskDefinition{} }

var nameRE = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// ValidName reports whether name can be that of a cluster, a service or a family: 1 to 255 letters, digits, hyphens and
// underscores (API reference of CreateCluster, CreateService and RegisterTaskDefinition).
func ValidName(name string) bool { return nameRE.MatchString(name) }

// ParseTaskDefinition reads web:42 or a task definition's ARN, in any partition.
func ParseTaskDefinition(s string) (TaskDefinition, error) {
	short := s
	if strings.HasPrefix(s, "arn:") {
		a, err := ParseARN(s)
		if err != nil {
			return TaskDefinition{}, err
		}
		rest, ok := strings.CutPrefix(a.Resource, "task-definition/")
		if !ok {
			return TaskDefinition{}, fmt.Errorf("%q is not the ARN of a task definition", s)
		}
		short = rest
	}
	family, number, ok := strings.Cut(short, ":")
	revision, err := strconv.Atoi(number)
	if !ok || err != nil || revision < 1 || !ValidName(family) {
		return TaskDefinition{}, fmt.Errorf("%q is not a task definition; write it as web:42 or as an ARN", s)
	}
	return TaskDefinition{Family: family, Revision: revision}, nil
}

// An ARN is an Amazon resource name, cut at its colons. The partition is kept as it came (aws, aws-cn, aws-eusc, …).
type ARN struct {
	Partition, Service, Region, Account, Resource string
}

// ParseARN cuts an ARN into its parts.
func ParseARN(s string) (ARN, error) {
	p := strings.SplitN(s, ":", 6)
	if len(p) != 6 || p[0] != "arn" || p[1] == "" || p[5] == "" {
		return ARN{}, fmt.Errorf("%q is not an ARN", s)
	}
	return ARN{Partition: p[1], Service: p[2], Region: p[3], Account: p[4], Resource: p[5]}, nil
}

// String puts the parts together again.
func (a ARN) String() string {
	return strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Resource}, ":")
}

// A ClusterName is a cluster as the user names it: a plain name, or an ARN that names region and account too.
type ClusterName struct {
	Name            string
	Region, Account string // empty unless given by an ARN
}

// ParseClusterName reads a cluster's name or ARN.
func ParseClusterName(s string) (ClusterName, error) {
	c := ClusterName{Name: s}
	if strings.HasPrefix(s, "arn:") {
		a, err := ParseARN(s)
		if err != nil {
			return ClusterName{}, err
		}
		name, ok := strings.CutPrefix(a.Resource, "cluster/")
		if !ok || a.Service != "ecs" {
			return ClusterName{}, fmt.Errorf("%q is not the ARN of a cluster", s)
		}
		c = ClusterName{Name: name, Region: a.Region, Account: a.Account}
	}
	if !ValidName(c.Name) {
		return ClusterName{}, fmt.Errorf("%q is not a cluster's name: 1 to 255 letters, digits, hyphens and underscores", s)
	}
	return c, nil
}

// ParseServiceName reads a service's name or ARN. Long ARNs (service/CLUSTER/NAME) give the cluster too, short ones
// (service/NAME, of services from before 2021) and names do not.
func ParseServiceName(s string) (service, cluster string, err error) {
	service = s
	if strings.HasPrefix(s, "arn:") {
		a, err := ParseARN(s)
		if err != nil {
			return "", "", err
		}
		rest, ok := strings.CutPrefix(a.Resource, "service/")
		if !ok || a.Service != "ecs" {
			return "", "", fmt.Errorf("%q is not the ARN of a service", s)
		}
		service = rest
		if c, name, long := strings.Cut(rest, "/"); long {
			cluster, service = c, name
		}
	}
	if !ValidName(service) {
		return "", "", fmt.Errorf("%q is not a service's name: 1 to 255 letters, digits, hyphens and underscores", s)
	}
	return service, cluster, nil
}
