package commands

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// A progress says on stderr how the steps get on while they do. It is safe for concurrent use.
type progress struct {
	changed func(*ecs.Step) // takes note of a step; the caller may go on changing it afterwards
	stop    func()          // ends it; what is drawn in place is gone then
}

// newProgress draws in place on a terminal, writes lines elsewhere, and nothing if it is to be quiet.
func newProgress(o output, jobs []job, batch int) progress {
	switch {
	case o.quiet:
		return progress{changed: func(*ecs.Step) {}, stop: func() {}}
	case o.live:
		return newLiveView(o, newBoard(jobs, batch))
	}
	return newProgressLog(o.stderr, newBoard(jobs, batch))
}

// A progressLog writes a line whenever the state of a step changes, its rollout begins to wait for somebody, or it begins to have
// other trouble; and a sign of life every minute while something is under way.
type progressLog struct {
	*board
	w io.Writer

	mu   sync.Mutex
	last map[*ecs.Step]string
	said map[*ecs.Step][]string // of its trouble
	sign time.Time              // when the next sign of life is due
}

// signOfLife is the time between two signs of life. CI systems end a step that is silent for ten minutes.
const signOfLife = time.Minute

func newProgressLog(w io.Writer, b *board) progress {
	l := &progressLog{board: b, w: w, last: map[*ecs.Step]string{}, said: map[*ecs.Step][]string{}, sign: b.started.Add(signOfLife)}
	quit := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				l.alive(wall.Now())
			}
		}
	})
	return progress{changed: l.changed, stop: func() { close(quit); all.Wait() }}
}

func (l *progressLog) changed(s *ecs.Step) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now[s] = *s
	if line := progressLine(s); line != l.last[s] {
		l.last[s] = line
		l.write(wall.Now(), line)
	}
	for _, line := range troubleLines(l.cluster[s], s) {
		if !slices.Contains(l.said[s], line.key) {
			l.said[s] = append(l.said[s], line.key)
			l.write(wall.Now(), line.text)
		}
	}
}

func (l *progressLog) write(now time.Time, line string) {
	fmt.Fprintln(l.w, show.Time(now), line)
}

// alive gives a sign of life if it is time for one.
func (l *progressLog) alive(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.sign) {
		return
	}
	l.sign = now.Add(signOfLife)
	if line := l.summary(now); line != "" {
		l.write(now, line)
	}
}

// summary says how many steps are steady, and of which are not how they get on: 1 of 2 steady, 1 rolling out, 48s: web (new 0/2). It
// is empty if nothing is under way.
func (b *board) summary(now time.Time) string {
	var under []string
	for _, s := range b.open() {
		if s.State == ecs.Accepted {
			under = append(under, show.Clean(s.Service)+shortly(&s))
		}
	}
	if len(under) == 0 {
		return ""
	}
	return b.count(now, 0) + ": " + show.SomeOf(under)
}

// shortly says in brackets how a step gets on.
func shortly(s *ecs.Step) string {
	var parts []string
	if s.Waiting != "" || s.Rollout.Stage != "" {
		parts = append(parts, strings.TrimSuffix(rolloutState(s), ", see above"))
	}
	if counts := taskCounts(s.Rollout); counts != "" {
		parts = append(parts, counts)
	}
	if reason := why(s); s.InTrouble() && reason != "" {
		parts = append(parts, reason)
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ": ") + ")"
}

// A troubleLine is said once for each key.
type troubleLine struct{ key, text string }

// troubleLines say what trouble a step has: when a reason is known that was not before, and when it may go on so for ever.
func troubleLines(cluster string, s *ecs.Step) []troubleLine {
	if s.State != ecs.Accepted || !s.InTrouble() {
		return nil
	}
	var lines []troubleLine
	if reason := why(s); reason != "" {
		lines = append(lines, troubleLine{s.Trouble.Kind(), progressName(s) + troubleOf(s)})
	}
	if failsForEver(s) {
		lines = append(lines, troubleLine{"for ever", endlessLine(cluster, s)})
	}
	return lines
}

// endlessLine says early that a deployment may never come up, and what one can do.
func endlessLine(cluster string, s *ecs.Step) string {
	return fmt.Sprintf("%sits tasks fail, and no circuit breaker is configured, so ECS keeps trying. %s", progressName(s), waysOn(cluster, s))
}

// progressName says which step it is: web: web:5 → web:4, and so on.
func progressName(s *ecs.Step) string {
	if s.Follows() {
		return show.Clean(s.Service) + ": "
	}
	return fmt.Sprintf("%s: %s → %s, ", show.Clean(s.Service), s.From.TaskDefinition, destination(s))
}

// progressLine says where a step is: web: web:5 → web:4, steady after 14s.
func progressLine(s *ecs.Step) string {
	line := progressName(s)
	switch {
	case s.State == ecs.Accepted && s.Waiting != "":
		line += "waiting: " + show.Clean(s.Waiting)
	case s.State == ecs.Accepted && s.Follows():
		line += show.Clean(s.Reason) + ", watching it"
	case s.State == ecs.Steady && s.Scheduled():
		line += "changed"
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
		line += ": " + show.Clean(s.Error)
	}
	return line
}
