package commands

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/ecsundo/ecsundo/ecs"
)

// A liveView draws the steps that are under way, one line each, in place. The report takes its place when it stops.
type liveView struct {
	w io.Writer

	mu    sync.Mutex
	steps []*ecs.Step            // in the order of the plan
	now   map[*ecs.Step]ecs.Step // as last told; the steps themselves belong to those who work on them
	drawn int                    // lines on the screen
}

// newLiveView draws four times a second until it is stopped.
func newLiveView(o output, jobs []job) progress {
	v := &liveView{w: o.stderr, now: map[*ecs.Step]ecs.Step{}}
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
				v.draw(nil)
				return
			case <-tick.C:
				v.draw(v.lines(size(o.stderr)))
			}
		}
	}()
	return progress{changed: v.changed, stop: func() { close(quit); <-ended }}
}

func (v *liveView) changed(s *ecs.Step) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.now[s] = *s
}

// lines gives the lines to draw in a window: the steps that are not steady, as many as there is room for, and a count.
func (v *liveView) lines(columns, rows int) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	steady, shown := 0, 0
	for _, key := range v.steps {
		s := v.now[key]
		switch {
		case s.State == ecs.Steady:
			steady++
		case shown < rows-2:
			shown++
			fmt.Fprintln(t, liveLine(&s))
		}
	}
	_ = t.Flush()
	var lines []string
	for line := range strings.Lines(b.String()) {
		lines = append(lines, text.Trim(strings.TrimRight(line, "\n"), columns-1))
	}
	tail := fmt.Sprintf("%d of %d steady", steady, len(v.steps))
	if more := len(v.steps) - steady - shown; more > 0 {
		tail += fmt.Sprintf(", %d more not shown", more)
	}
	return append(lines, tail)
}

// liveLine is a step in columns.
func liveLine(s *ecs.Step) string {
	state := string(s.State)
	switch {
	case s.State == ecs.Planned:
		state = "not asked for yet"
	case s.State == ecs.Accepted && s.Waiting != "":
		state = "waiting: " + clean(s.Waiting)
	case s.State == ecs.Accepted && !s.AcceptedAt.IsZero():
		state = time.Since(s.AcceptedAt).Round(time.Second).String()
	}
	return fmt.Sprintf("%s\t%s → %s\t%d/%d running\t%s",
		clean(s.Service), s.From.TaskDefinition, s.To.TaskDefinition, s.Running, s.Desired, state)
}

// draw replaces what is on the screen with lines.
func (v *liveView) draw(lines []string) {
	var b strings.Builder
	for range v.drawn {
		b.WriteString(text.CursorUp.Sprint() + text.EraseLine.Sprint())
	}
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
	v.drawn = len(lines)
	_, _ = io.WriteString(v.w, b.String())
}
