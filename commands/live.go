package commands

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// A liveView draws the steps that are under way, one line each, in place, with a count below. What ends well leaves it; what
// ends badly, waits for somebody, or fails for ever, is also said above it, in a line that stays. The report takes its place when it stops.
type liveView struct {
	*board
	screen show.Screen
	colour bool

	mu   sync.Mutex
	said map[*ecs.Step][]string // the lines that stay
	news []string               // those that are still to be said
}

// newLiveView draws four times a second until it is stopped.
func newLiveView(o output, b *board) progress {
	v := &liveView{
		board: b, colour: o.liveColour, said: map[*ecs.Step][]string{},
		screen: show.Screen{W: o.stderr, Window: func() (int, int) { return show.Size(o.stderr) }},
	}
	stop := show.Animate(func(last bool) { v.draw(!last) })
	return progress{changed: v.changed, stop: stop}
}

// sayReading says on a terminal that the clusters are being read, if that takes longer than a moment, until it is stopped.
func sayReading(o output, clusters []target) (stop func()) {
	if o.quiet || !o.live {
		return func() {}
	}
	var names []string
	for _, t := range clusters {
		names = append(names, show.Clean(t.cluster.Name))
	}
	started := wall.Now()
	return show.Animate(func(last bool) {
		line := ""
		if !last {
			line = fmt.Sprintf("reading %s, %s", show.SomeOf(names), wall.Since(started).Round(time.Second))
		}
		show.Line(o.stderr, line)
	})
}

func (v *liveView) changed(s *ecs.Step) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.now[s] = *s
	line := ""
	switch {
	case worthALine(s):
		line = progressLine(s)
	case failsForEver(s):
		line = endlessLine(v.cluster[s], s)
	}
	if line != "" && !slices.Contains(v.said[s], line) {
		v.said[s] = append(v.said[s], line)
		v.news = append(v.news, show.Paint(v.colour, liveColour(s), line))
	}
}

// worthALine holds for what somebody has to know or do now, in words that can be copied.
func worthALine(s *ecs.Step) bool { return isBad(s) || s.State == ecs.Accepted && s.Waiting != "" }

// lines gives the lines to draw in a window: the steps that are under way, as many as there is room for, those in trouble first;
// below these what their trouble is; and a count.
func (v *liveView) lines(columns, rows int) []string {
	if rows < 2 {
		return nil
	}
	open := v.open()
	room := max(0, rows-2) // the count, and the line where the cursor is
	troubled := inTrouble(open)
	below := max(room-len(open), room/4) // lines for what their trouble is
	each := min(3, max(1, below/max(1, troubled)))
	below = min(below, troubled*each)
	shown := open[:min(len(open), room-below)]
	now := wall.Now()
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for i := range shown {
		fmt.Fprintln(t, liveLine(&shown[i], columns, now))
	}
	_ = t.Flush()
	var lines []string
	at := 0
	for line := range strings.Lines(b.String()) {
		step := &shown[at]
		add := []string{show.Fit(strings.TrimRight(line, " \n"), columns)}
		if step.InTrouble() && below >= each {
			more := troubleBelow(step, columns, each)
			add, below = append(add, more...), below-each
		}
		for _, line := range add {
			lines = append(lines, show.Paint(v.colour, liveColour(step), line))
		}
		at++
	}
	return append(lines, show.Fit(v.count(now, len(open)-len(shown)), columns))
}

// troubleBelow says in some lines at most what trouble a step has.
func troubleBelow(s *ecs.Step, columns, most int) []string {
	lines := strings.Split(strings.TrimSuffix(show.Wrap(troubleOf(s), columns-1, 2), "\n"), "\n")
	if len(lines) > most {
		lines = append(lines[:most-1], "  "+strings.Join(strings.Fields(strings.Join(lines[most-1:], " ")), " "))
	}
	for i := range lines {
		lines[i] = show.Fit(lines[i], columns)
	}
	return lines
}

func inTrouble(steps []ecs.Step) int {
	n := 0
	for i := range steps {
		if steps[i].InTrouble() {
			n++
		}
	}
	return n
}

// liveLine is a step in columns, what matters most first: the last one is cut if the window is narrow.
func liveLine(s *ecs.Step, columns int, now time.Time) string {
	name := show.Fit(show.Clean(s.Service), max(8, columns/3))
	return strings.Join([]string{name, rolloutState(s), taskCounts(s.Rollout), elapsed(s, now), way(s, columns/3)}, "\t")
}

// way is from where to where a step goes; only the revisions if the names are too long for the room.
func way(s *ecs.Step, room int) string {
	from, to := s.From.TaskDefinition, s.Deploys()
	if s.Follows() || from == to {
		return to.String()
	}
	long := from.String() + " → " + destination(s)
	if from.Family != s.To.TaskDefinition.Family || text.StringWidth(long) <= room {
		return long
	}
	return strings.ReplaceAll(long, from.Family+":", ":")
}

func liveColour(s *ecs.Step) text.Color {
	switch {
	case isBad(s):
		return text.FgRed
	case s.Waiting != "", s.InTrouble():
		return text.FgYellow
	}
	return text.Reset
}

// draw replaces what is on the screen, by nothing if the view ends.
func (v *liveView) draw(on bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.screen.Draw(v.news, func(columns, rows int) []string {
		if !on {
			return nil
		}
		return v.lines(columns, rows)
	})
	v.news = nil
}
