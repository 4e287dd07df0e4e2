package past

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// A Scheduled is what runs tasks in a cluster by the clock, or at events: a schedule of EventBridge Scheduler, or one target of a
// rule of EventBridge. It has no history.
type Scheduled struct {
	Name string // schedule/NAME or rule/NAME, see [ScheduleName] and [RuleName]
	ARN  string

	Group, Schedule string // of a schedule
	Bus, Rule       string // of a rule's target
	Target          string // the target's id in the rule; it is in Name where the rule has several in the cluster

	Definition TaskDefinition // without a revision: the newest of the family. Zero: it cannot be read
	Prefix     string         // of the definition's ARN: what stands before the family
	Written    string         // the definition as it is written in the target

	ManagedBy string    // the AWS service that a rule belongs to; empty if it is the user's own
	ChangedAt time.Time // of a schedule: when it was last changed

	// Body is the schedule, or the target, as AWS answered. Unknown is what keeps it from being sent back without a loss.
	Body    json.RawMessage
	Unknown string

	Calls string // what a universal target calls that ecsundo does not change, such as updateService; empty: it runs a task
}

// The group and the bus that every account has, which names leave out.
const defaultPlace = "default"

// ScheduleName gives the name of a schedule in plans and snapshots: schedule/NAME, or schedule/GROUP/NAME.
func ScheduleName(group, name string) string { return placed("schedule/", group, name) }

// RuleName gives the name of a rule in plans and snapshots: rule/NAME, or rule/BUS/NAME.
func RuleName(bus, name string) string { return placed("rule/", bus, name) }

func placed(kind, place, name string) string {
	if place == defaultPlace || place == "" {
		return kind + name
	}
	return kind + place + "/" + name
}

// Unit gives the name that filters know it by: all targets of a rule go together.
func (s *Scheduled) Unit() string { return Unit(s.Name) }

// Unit gives the schedule or rule of a name in a plan or a record: without the target of a rule.
func Unit(name string) string {
	unit, _, _ := strings.Cut(name, "#")
	return unit
}

// Key gives the name that snapshots know it by: a rule's target always with its id, since the rule may get others.
func (s *Scheduled) Key() string {
	if s.Rule == "" {
		return s.Name
	}
	return s.Unit() + "#" + s.Target
}

// KeyIn gives the name that a record knows it by: its key, or, of the only target that a rule has in the cluster, the rule's name. It
// is empty if the record does not have it.
func (s *Scheduled) KeyIn(r Record) string {
	for _, name := range []string{s.Key(), s.Name} {
		if _, ok := r.Schedules[name]; ok {
			return name
		}
	}
	return ""
}

// IsScheduled reports whether a name in a plan is that of a schedule or rule. Names of services have no slash.
func IsScheduled(name string) bool { return strings.Contains(name, "/") }

// SetDefinition takes the definition of a target apart: an ARN or a short form, with a revision or without.
func (s *Scheduled) SetDefinition(written string) {
	s.Written = written
	if cut := strings.LastIndex(written, "/"); cut >= 0 {
		s.Prefix = written[:cut+1]
	}
	short := strings.TrimPrefix(written, s.Prefix)
	if s.Prefix != "" && !strings.HasSuffix(s.Prefix, ":task-definition/") {
		return
	}
	if t, err := ParseTaskDefinition(short); err == nil {
		s.Definition = t
	} else if ValidName(short) {
		s.Definition = TaskDefinition{Family: short}
	}
}

// Spelled gives a definition as the target is to have it.
func (s *Scheduled) Spelled(t TaskDefinition) string { return s.Prefix + t.String() }

// Runs gives the definition as people know it: web:3, or as it is written if it cannot be read.
func (s *Scheduled) Runs() string {
	if s.Definition.IsZero() {
		return s.Written
	}
	return s.Definition.String()
}

// Same reports whether nothing about it has changed since another look.
func (s *Scheduled) Same(other *Scheduled) bool {
	var a, b any
	if json.Unmarshal(s.Body, &a) != nil || json.Unmarshal(other.Body, &b) != nil {
		return false
	}
	return reflect.DeepEqual(a, b) && s.ManagedBy == other.ManagedBy
}

// Service gives it as what a look at something to be changed shows.
func (s *Scheduled) Service() *Service {
	return &Service{Name: s.Name, ARN: s.ARN, Status: Active, TaskDefinition: s.Definition, Scheduled: s}
}
