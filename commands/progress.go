package commands

import (
	"fmt"
	"io"
	"sync"

	"github.com/ecsundo/ecsundo/ecs"
)

// A progress says on stderr how the steps get on while they do. It is safe for concurrent use.
type progress struct {
	changed func(*ecs.Step) // takes note of a step; the caller may go on changing it afterwards
	stop    func()          // ends it; what is drawn in place is gone then
}

// newProgress draws in place on a terminal, writes a line a change elsewhere, and nothing if it is to be quiet.
func newProgress(o output, jobs []job) progress {
	switch {
	case o.quiet:
		return progress{changed: func(*ecs.Step) {}, stop: func() {}}
	case o.live:
		return newLiveView(o, jobs)
	}
	return newProgressLines(o.stderr)
}

// newProgressLines writes a line whenever the state of a step changes.
func newProgressLines(w io.Writer) progress {
	var mu sync.Mutex
	last := map[*ecs.Step]ecs.State{}
	changed := func(s *ecs.Step) {
		mu.Lock()
		defer mu.Unlock()
		if s.State != last[s] {
			last[s] = s.State
			fmt.Fprintln(w, progressLine(s))
		}
	}
	return progress{changed: changed, stop: func() {}}
}

// progressLine says where a step is: web: web:5 → web:4, steady after 14s.
func progressLine(s *ecs.Step) string {
	line := fmt.Sprintf("%s: %s → %s, ", clean(s.Service), s.From.TaskDefinition, s.To.TaskDefinition)
	switch s.State {
	case ecs.Steady:
		line += "steady after " + seconds(s)
	case ecs.RolledBack:
		line += "rolled back by ECS"
	case ecs.OutOfTime:
		line += "out of time, goes on by itself"
	default:
		line += string(s.State)
	}
	if s.Error != "" {
		line += ": " + clean(s.Error)
	}
	return line
}
