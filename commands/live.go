package commands

import (
	"fmt"
	"io"
	"strings"
	"sync"
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
			if s.Action == ecs.Undo {
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
				v.draw(v.lines(width(o.stderr)))
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

// lines gives the lines to draw: steps under way first come first, at most twenty, and how many are not shown.
func (v *liveView) lines(columns int) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	const most = 20
	var lines []string
	steady, more := 0, 0
	for _, key := range v.steps {
		s := v.now[key]
		switch {
		case s.State == ecs.Steady:
			steady++
		case len(lines) == most:
			more++
		default:
			lines = append(lines, text.Trim(liveLine(&s), columns-1))
		}
	}
	tail := fmt.Sprintf("%d of %d steady", steady, len(v.steps))
	if more > 0 {
		tail += fmt.Sprintf(", %d more under way", more)
	}
	return append(lines, tail)
}

func liveLine(s *ecs.Step) string {
	line := fmt.Sprintf("%s  %s → %s  %d/%d running", clean(s.Service), s.From.TaskDefinition, s.To.TaskDefinition, s.Running, s.Desired)
	switch {
	case s.State == ecs.Planned:
		return line + "  waiting"
	case s.State == ecs.Accepted:
		return line + "  " + time.Since(s.AcceptedAt).Round(time.Second).String()
	}
	return line + "  " + string(s.State)
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
