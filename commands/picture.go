package commands

import (
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// The marks of deployments in the picture, told apart without colour. Where several fall into one place the last of this
// order is drawn.
var marks = []struct {
	sign   string
	word   string
	colour text.Color
}{
	{"o", "good", text.FgGreen},
	{">", "in flight", text.FgYellow},
	{"<", "rolled back", text.FgRed},
	{"x", "failed", text.FgRed},
}

// markOf gives the place in marks of a deployment's status.
func markOf(status string) int {
	switch status {
	case "SUCCESSFUL":
		return 0
	case "PENDING", "IN_PROGRESS":
		return 1
	case "ROLLBACK_SUCCESSFUL", "ROLLBACK_IN_PROGRESS", "ROLLBACK_REQUESTED":
		return 2
	}
	return 3
}

// picture draws a lane for each service that was deployed to in a window of time, with a mark where each deployment began,
// under an axis of the time in UTC.
func picture(events []ecs.Event, from, to time.Time, o output) string {
	var names []string
	for _, e := range events {
		if e.At.After(to) {
			to = e.At // its clock is ahead of ours
		}
		if !slices.Contains(names, e.Service) {
			names = append(names, e.Service)
		}
	}
	slices.Sort(names)
	margin := 0
	for _, name := range names {
		margin = max(margin, text.StringWidthWithoutEscSequences(show.Clean(name)))
	}
	margin = min(margin, max(8, o.width/3))
	a := show.NewAxis(from, to, max(10, o.width-margin-2))
	var b strings.Builder
	for _, line := range a.Lines() {
		b.WriteString(strings.TrimRight(strings.Repeat(" ", margin+2)+line, " ") + "\n")
	}
	for _, name := range names {
		b.WriteString(text.Pad(text.Trim(show.Clean(name), margin), margin, ' ') + "  " + drawLane(a, events, name, o.colour) + "\n")
	}
	var legend []string
	for _, m := range marks {
		legend = append(legend, m.sign+" "+m.word)
	}
	explained := strings.Join(legend, "  ") + "  UTC"
	if room := o.width - len(explained); room > 0 {
		explained = strings.Repeat(" ", min(margin+2, room)) + explained
	}
	b.WriteString(explained + "\n")
	return b.String()
}

// drawLane draws the deployments of one service.
func drawLane(a show.Axis, events []ecs.Event, service string, colour bool) string {
	drawn := make([]int, a.Width) // 1 + place in marks; 0: nothing
	for _, e := range events {
		if e.Service == service {
			at := a.Column(e.At)
			drawn[at] = max(drawn[at], 1+markOf(e.Status))
		}
	}
	var b strings.Builder
	for _, d := range drawn {
		if d == 0 {
			b.WriteString("·")
			continue
		}
		b.WriteString(show.Paint(colour, marks[d-1].colour, marks[d-1].sign))
	}
	return b.String()
}
