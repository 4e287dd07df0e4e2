package commands

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

func diffFlag() cli.Flag {
	return &cli.BoolFlag{Name: "diff", Usage: "show what differs between the task definitions"}
}

// textDiffs says below the table what differs for each service that has somewhere to go.
func textDiffs(r *report, columns int) string {
	var b strings.Builder
	for _, s := range r.differing() {
		fmt.Fprintf(&b, "%s: %s → %s\n", show.Clean(s.Service), s.From.TaskDefinition, s.To.TaskDefinition)
		for _, line := range differences(s) {
			b.WriteString(show.Wrap(line, columns, 4))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// differing gives the steps whose definitions are to be compared; none unless that was asked for.
func (r *report) differing() []*ecs.Step {
	if !r.diff {
		return nil
	}
	yes, _ := split(r.steps(), func(s *ecs.Step) bool {
		return s.To.Known() && (s.Action == ecs.Undo || s.Action == ecs.Blocked)
	})
	return yes
}

// differences says what differs between the definitions of a step, a line each.
func differences(s *ecs.Step) []string {
	if s.From.TaskDefinition == s.To.TaskDefinition {
		return []string{"the same definition; its images: " + imageChange(s.From, s.To)}
	}
	for definition, d := range map[ecs.TaskDefinition]*ecs.Definition{s.From.TaskDefinition: s.FromDefinition, s.To.TaskDefinition: s.ToDefinition} {
		if d == nil {
			return []string{fmt.Sprintf("cannot be compared: %s cannot be read", definition)}
		}
	}
	changes := ecs.Diff(s.FromDefinition, s.ToDefinition)
	if len(changes) == 0 {
		return []string{"no difference"}
	}
	var lines []string
	for _, c := range changes {
		lines = append(lines, describeDifference(c))
	}
	return lines
}

func describeDifference(c ecs.Change) string {
	switch what := show.Clean(c.What); {
	case c.Before == "" && isValueless(c.After):
		return what + ": comes back"
	case c.After == "" && isValueless(c.Before):
		return what + ": goes"
	case isValueless(c.Before):
		return what + ": differs"
	case c.Before == "":
		return what + ": comes back as " + show.Clean(c.After)
	case c.After == "":
		return what + ": goes, was " + show.Clean(c.Before)
	default:
		return fmt.Sprintf("%s: %s → %s", what, show.Clean(c.Before), show.Clean(c.After))
	}
}

// isValueless reports whether a side of a change says only that something is there, not what.
func isValueless(side string) bool { return side == "(set)" }

// A jsonChange is one difference in JSON. A value that nobody is told is "(set)".
type jsonChange struct {
	What   string `json:"what"`
	Before string `json:"before"`
	After  string `json:"after"`
}

func newJSONDiff(s *ecs.Step) []jsonChange {
	changes := []jsonChange{}
	for _, c := range ecs.Diff(s.FromDefinition, s.ToDefinition) {
		changes = append(changes, jsonChange{c.What, c.Before, c.After})
	}
	return changes
}
