package commands

import (
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

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
		margin = max(margin, text.StringWidthWithoutEscSequences(clean(name)))
	}
	margin = min(margin, max(8, o.width/3))
	a := newAxis(from, to, max(10, o.width-margin-2))
	var b strings.Builder
	for _, line := range a.lines() {
		b.WriteString(strings.TrimRight(strings.Repeat(" ", margin+2)+line, " ") + "\n")
	}
	for _, name := range names {
		b.WriteString(text.Pad(text.Trim(clean(name), margin), margin, ' ') + "  " + lane(a, events, name, o.colour) + "\n")
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

// lane draws the deployments of one service.
func lane(a axis, events []ecs.Event, service string, colour bool) string {
	drawn := make([]int, a.width) // 1 + place in marks; 0: nothing
	for _, e := range events {
		if e.Service == service {
			at := a.column(e.At)
			drawn[at] = max(drawn[at], 1+markOf(e.Status))
		}
	}
	var b strings.Builder
	for _, d := range drawn {
		if d == 0 {
			b.WriteString("·")
			continue
		}
		b.WriteString(paint(colour, marks[d-1].colour, marks[d-1].sign))
	}
	return b.String()
}

// An axis maps a window of time to columns.
type axis struct {
	from, to time.Time
	width    int
}

func newAxis(from, to time.Time, width int) axis {
	if !to.After(from) {
		to = from.Add(time.Second)
	}
	return axis{from.UTC(), to.UTC(), width}
}

// column gives where a moment is, the first or last column for what is outside of the window.
func (a axis) column(t time.Time) int {
	at := int(float64(t.Sub(a.from)) / float64(a.to.Sub(a.from)) * float64(a.width))
	return max(0, min(a.width-1, at))
}

const day = 24 * time.Hour

// lines draws the dates, the times where a tick is less than a day, and the ticks.
func (a axis) lines() []string {
	step := a.step()
	dates, times, ticks := blank(a.width), blank(a.width), blank(a.width)
	shown := ""
	for t := a.first(step); !t.After(a.to); t = t.Add(step) {
		at := a.column(t)
		ticks[at] = '|'
		if date := t.Format("01-02"); date != shown && put(dates, at, date) {
			shown = date
		}
		if step < day {
			put(times, at, t.Format("15:04"))
		}
	}
	lines := []string{string(dates), string(times), string(ticks)}
	if step >= day {
		lines = slices.Delete(lines, 1, 2)
	}
	return lines
}

// first gives the first tick: ticks are at whole hours or days.
func (a axis) first(step time.Duration) time.Time {
	midnight := time.Date(a.from.Year(), a.from.Month(), a.from.Day(), 0, 0, 0, 0, time.UTC)
	if step >= day {
		if midnight.Before(a.from) {
			midnight = midnight.Add(day)
		}
		return midnight
	}
	t := midnight
	for t.Before(a.from) {
		t = t.Add(step)
	}
	return t
}

// step gives the time between two ticks: the shortest round one at which their labels have room.
func (a axis) step() time.Duration {
	room := a.to.Sub(a.from) / time.Duration(max(1, a.width/9))
	for _, step := range []time.Duration{
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 2 * day, 5 * day, 7 * day, 14 * day, 30 * day,
	} {
		if step >= room {
			return step
		}
	}
	return (room/day + 1) * day
}

func blank(n int) []rune { return []rune(strings.Repeat(" ", n)) }

// put writes a label from a column on, and reports whether there was room for it.
func put(line []rune, at int, label string) bool {
	if at+len(label) > len(line) || at > 0 && line[at-1] != ' ' {
		return false
	}
	copy(line[at:], []rune(label))
	return true
}
