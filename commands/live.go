package commands

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/ecsundo/ecsundo/ecs"
)

// A liveView draws the steps that are under way, one line each, in place, with a count below. What ends well leaves it; what
// ends badly, or waits for somebody, is also said above it, in a line that stays. The report takes its place when it stops.
type liveView struct {
	w       io.Writer
	window  func() (columns, rows int)
	colour  bool
	started time.Time

	mu    sync.Mutex
	steps []*ecs.Step            // in the order of the plan
	now   map[*ecs.Step]ecs.Step // as last told; the steps themselves belong to those who work on them
	said  map[*ecs.Step]string   // the line that stays
	news  []string               // lines that are still to be said
	drawn []int                  // widths of the lines on the screen
}

// newLiveView draws four times a second until it is stopped.
func newLiveView(o output, jobs []job) progress {
	v := &liveView{
		w: o.stderr, window: func() (int, int) { return size(o.stderr) }, colour: o.liveColour, started: time.Now(),
		now: map[*ecs.Step]ecs.Step{}, said: map[*ecs.Step]string{},
	}
	for _, j := range jobs {
		for _, s := range j.plan.Steps {
			if s.Action == ecs.Undo || s.Follows() {
				v.steps, v.now[s] = append(v.steps, s), *s
			}
		}
	}
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				v.draw(false)
				return
			case <-tick.C:
				v.draw(true)
			}
		}
	}()
	return progress{changed: v.changed, stop: func() { close(quit); <-ended }}
}

// sayReading says on a terminal that the clusters are being read, if that takes longer than a moment, until it is stopped.
func sayReading(o output, clusters []target) (stop func()) {
	if o.quiet || !o.live {
		return func() {}
	}
	var names []string
	for _, t := range clusters {
		names = append(names, clean(t.cluster.Name))
	}
	started, quit, ended := time.Now(), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				_, _ = io.WriteString(o.stderr, "\r\x1b[K")
				return
			case <-tick.C:
				line := fmt.Sprintf("reading %s, %s", someOf(names), time.Since(started).Round(time.Second))
				_, _ = io.WriteString(o.stderr, "\r"+fit(line, width(o.stderr))+"\x1b[K\r")
			}
		}
	}()
	return func() { close(quit); <-ended }
}

func (v *liveView) changed(s *ecs.Step) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.now[s] = *s
	if line := progressLine(s); worthALine(s) && line != v.said[s] {
		v.said[s] = line
		v.news = append(v.news, paint(v.colour, liveColour(s), line))
	}
}

// worthALine holds for what somebody has to know or do now, in words that can be copied.
func worthALine(s *ecs.Step) bool { return isBad(s) || s.State == ecs.Accepted && s.Waiting != "" }

// lines gives the lines to draw in a window: the steps that are under way, as many as there is room for, those that wait for
// somebody first and those that were not asked for yet last; and a count.
func (v *liveView) lines(columns, rows int) []string {
	if rows < 2 {
		return nil
	}
	var open []ecs.Step
	for _, key := range v.steps {
		if s := v.now[key]; !s.State.Final() {
			open = append(open, s)
		}
	}
	slices.SortStableFunc(open, func(a, b ecs.Step) int { return cmp.Compare(urgency(&a), urgency(&b)) })
	shown := open[:min(len(open), max(0, rows-2))] // the count, and the line where the cursor is
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for i := range shown {
		fmt.Fprintln(t, liveLine(&shown[i], columns))
	}
	_ = t.Flush()
	var lines []string
	for line := range strings.Lines(b.String()) {
		step := &shown[len(lines)]
		lines = append(lines, paint(v.colour, liveColour(step), fit(strings.TrimRight(line, " \n"), columns)))
	}
	return append(lines, fit(v.count(len(open)-len(shown)), columns))
}

func urgency(s *ecs.Step) int {
	switch {
	case s.State == ecs.Planned:
		return 2
	case s.Waiting != "":
		return 0
	}
	return 1
}

// liveLine is a step in columns, what matters most first: the last one is cut if the window is narrow.
func liveLine(s *ecs.Step, columns int) string {
	state := "rolling out"
	switch {
	case s.State == ecs.Planned:
		state = "not asked for yet"
	case s.Waiting != "":
		state = "waits, see above"
	case s.Follows():
		state = "watched"
	}
	tasks, since := fmt.Sprintf("%d/%d running", s.Running, s.Desired), ""
	if !s.AcceptedAt.IsZero() {
		since = time.Since(s.AcceptedAt).Round(time.Second).String()
	}
	name := fit(clean(s.Service), max(8, columns/3))
	return strings.Join([]string{name, state, tasks, since, way(s, columns/3)}, "\t")
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

// count sums up: 35 of 120 steady, 2 ended otherwise, 60 under way, 23 not asked for yet (14 not shown), 27s.
func (v *liveView) count(hidden int) string {
	steady, ended, under, planned := 0, 0, 0, 0
	for _, s := range v.now {
		switch {
		case s.State == ecs.Steady:
			steady++
		case s.State.Final():
			ended++
		case s.State == ecs.Planned:
			planned++
		default:
			under++
		}
	}
	line := fmt.Sprintf("%d of %d steady", steady, len(v.steps))
	for _, part := range []struct {
		n    int
		what string
	}{{ended, "ended otherwise"}, {under, "under way"}, {planned, "not asked for yet"}} {
		if part.n > 0 {
			line += fmt.Sprintf(", %d %s", part.n, part.what)
		}
	}
	if hidden > 0 {
		line += fmt.Sprintf(" (%d not shown)", hidden)
	}
	return line + ", " + time.Since(v.started).Round(time.Second).String()
}

func liveColour(s *ecs.Step) text.Color {
	switch {
	case isBad(s):
		return text.FgRed
	case s.Waiting != "":
		return text.FgYellow
	}
	return text.Reset
}

// fit cuts a line so that it does not reach the last column, where terminals differ.
func fit(line string, columns int) string {
	room := max(1, columns-1)
	if text.StringWidthWithoutEscSequences(line) <= room {
		return line // Snip would fill it up
	}
	return text.Snip(line, room, "…")
}

// draw replaces what is on the screen, by nothing if the view ends. What was drawn in a wider window is taken to have been
// wrapped since, as most terminals do.
func (v *liveView) draw(on bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	columns, rows := v.window()
	columns = max(columns, 1)
	var b strings.Builder
	b.WriteString("\r")
	up := 0
	for _, width := range v.drawn {
		up += max(1, (width+columns-1)/columns)
	}
	if up = min(up, max(rows-1, 0)); up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", up)
	}
	for _, line := range v.news {
		b.WriteString(strings.ReplaceAll(wrap(line, columns-1, 0), "\n", "\x1b[K\n"))
	}
	v.drawn, v.news = nil, nil
	if on {
		for _, line := range v.lines(columns, rows) {
			b.WriteString(line + "\x1b[K\n") // over the old line, which does not flicker
			v.drawn = append(v.drawn, text.StringWidthWithoutEscSequences(line))
		}
	}
	b.WriteString("\x1b[J")
	_, _ = io.WriteString(v.w, b.String())
}
