package commands

import (
	"fmt"
	"io"
	"sync"
	"time"

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

// newProgressLines writes a line whenever the state of a step changes, or its rollout begins to wait for somebody.
func newProgressLines(w io.Writer) progress {
	var mu sync.Mutex
	last := map[*ecs.Step]string{}
	changed := func(s *ecs.Step) {
		mu.Lock()
		defer mu.Unlock()
		if line := progressLine(s); line != last[s] {
			last[s] = line
			fmt.Fprintln(w, jsonTime(time.Now()), line)
		}
	}
	return progress{changed: changed, stop: func() {}}
}

// progressLine says where a step is: web: web:5 → web:4, steady after 14s.
func progressLine(s *ecs.Step) string {
	line := fmt.Sprintf("%s: %s → %s, ", clean(s.Service), s.From.TaskDefinition, destination(s))
	if s.Follows() {
		line = clean(s.Service) + ": "
	}
	switch {
	case s.State == ecs.Accepted && s.Waiting != "":
		line += "waiting: " + clean(s.Waiting)
	case s.State == ecs.Accepted && s.Follows():
		line += clean(s.Reason) + ", watching it"
	case s.State == ecs.Steady && seconds(s) != "":
		line += "steady after " + seconds(s)
	case s.State == ecs.RolledBack:
		line += "rolled back by ECS"
	case s.State == ecs.OutOfTime:
		line += "out of time"
	case s.State == ecs.NotAsked:
		line += "not asked for"
	default:
		line += string(s.State)
	}
	if s.Error != "" {
		line += ": " + clean(s.Error)
	}
	return line
}
