package commands

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// A screen is a terminal that knows what the live view uses: line breaks, CSI A, J, K and m. It scrolls nothing away.
type screen struct {
	t             *testing.T
	columns, rows int
	lines         [][]rune
	x, y          int
}

func (s *screen) Write(p []byte) (int, error) {
	for text := []rune(string(p)); len(text) > 0; text = text[1:] {
		for s.y >= len(s.lines) {
			s.lines = append(s.lines, nil)
		}
		switch r := text[0]; {
		case r == '\r':
			s.x = 0
		case r == '\n':
			s.x, s.y = 0, s.y+1
		case r == 0x1b:
			sequence, _, _ := strings.Cut(string(text), string(text[s.end(text)]))
			s.control(strings.TrimPrefix(sequence, "\x1b["), text[s.end(text)])
			text = text[s.end(text):]
		default:
			if s.x == s.columns {
				s.x, s.y = 0, s.y+1
				if s.y == len(s.lines) {
					s.lines = append(s.lines, nil)
				}
			}
			for len(s.lines[s.y]) <= s.x {
				s.lines[s.y] = append(s.lines[s.y], ' ')
			}
			s.lines[s.y][s.x] = r
			s.x++
		}
	}
	return len(p), nil
}

// end gives where a control sequence ends.
func (s *screen) end(text []rune) int {
	for i, r := range text[2:] {
		if r >= '@' {
			return i + 2
		}
	}
	s.t.Fatalf("no end: %q", string(text))
	return 0
}

func (s *screen) control(argument string, final rune) {
	switch final {
	case 'A':
		n, err := strconv.Atoi(argument)
		if err != nil || n > s.y {
			s.t.Fatalf("up by %q from line %d", argument, s.y)
		}
		s.y -= n
	case 'J':
		s.lines = s.lines[:min(len(s.lines), s.y+1)]
		s.control("", 'K')
	case 'K':
		s.lines[s.y] = s.lines[s.y][:min(len(s.lines[s.y]), s.x)]
	case 'm':
	default:
		s.t.Fatalf("unknown control sequence %q%c", argument, final)
	}
}

// resize wraps what no longer fits, as most terminals do.
func (s *screen) resize(columns, rows int) {
	var lines [][]rune
	for _, line := range s.lines {
		for len(line) > columns {
			lines, line = append(lines, line[:columns]), line[columns:]
		}
		lines = append(lines, line)
	}
	s.columns, s.rows, s.lines, s.y = columns, rows, lines, len(lines)-1
}

func (s *screen) String() string {
	var b strings.Builder
	for _, line := range s.lines {
		b.WriteString(strings.TrimRight(string(line), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func liveSteps(n int) []*ecs.Step {
	var steps []*ecs.Step
	for i := range n {
		name := fmt.Sprintf("app-%03d", i+1)
		definition := func(revision int) ecs.Version {
			return ecs.Version{TaskDefinition: ecs.TaskDefinition{Family: name, Revision: revision}}
		}
		steps = append(steps, &ecs.Step{Service: name, Action: ecs.Undo, From: definition(2), To: definition(1)})
	}
	return steps
}

func testBoard(steps []*ecs.Step) *board {
	b := &board{started: time.Now(), steps: steps, now: map[*ecs.Step]ecs.Step{}, cluster: map[*ecs.Step]string{}}
	for _, step := range steps {
		b.now[step], b.cluster[step] = *step, "prod"
	}
	return b
}

func newTestView(s *screen, steps []*ecs.Step) *liveView {
	return &liveView{
		board: testBoard(steps), colour: true, said: map[*ecs.Step][]string{},
		screen: show.Screen{W: s, Window: func() (int, int) { return s.columns, s.rows }},
	}
}

func TestLiveView(t *testing.T) {
	t.Parallel()
	s := &screen{t: t, columns: 80, rows: 24}
	steps := liveSteps(3)
	v := newTestView(s, steps)
	show := func(want string) {
		t.Helper()
		v.draw(true)
		if got := s.String(); got != strings.TrimSpace(want) {
			t.Errorf("got:\n%s\nwant:\n%s", got, strings.TrimSpace(want))
		}
	}
	_, _ = s.Write([]byte("$ ecsundo cluster prod\n"))
	show(`
$ ecsundo cluster prod
app-001  waiting for its turn      app-001:2 → app-001:1
app-002  waiting for its turn      app-002:2 → app-002:1
app-003  waiting for its turn      app-003:2 → app-003:1
0 of 3 steady, 3 waiting for their turn, 0s`)

	steps[0].State, steps[1].State, steps[1].Waiting = ecs.Accepted, ecs.Accepted, "waits at a hook"
	steps[0].Rollout = ecs.Rollout{ID: "ecs-svc/1", Running: 1, Desired: 3, Pending: 1, Old: 3}
	v.changed(steps[0])
	v.changed(steps[1])
	v.changed(steps[1])
	want := `
$ ecsundo cluster prod
app-002: app-002:2 → app-002:1, waiting: waits at a hook
app-002  waits, see above                                   app-002:2 → app-00…
app-001  rolling out           new 1/3, 1 pending; old 3    app-001:2 → app-00…
app-003  waiting for its turn                               app-003:2 → app-00…
0 of 3 steady, 2 rolling out, 1 waiting for its turn, 0s`
	show(want)
	show(want)
	_, _ = s.Write([]byte("^C")) // echoed by the terminal
	show(want)

	s.resize(40, 24)
	show(`
$ ecsundo cluster prod
app-002: app-002:2 → app-002:1, waiting:
 waits at a hook
app-002  waits, see above             …
app-001  rolling out           new 1/3…
app-003  waiting for its turn         …
0 of 3 steady, 2 rolling out, 1 waitin…`)

	steps[0].State, steps[2].State, steps[2].Error = ecs.Steady, ecs.Failed, "no image of that name is in any repository"
	v.changed(steps[0])
	v.changed(steps[2])
	v.draw(false)
	if got, want := s.String(), "\n waits at a hook\napp-003: app-003:2 → app-003:1, failed:\nno image of that name is in any\nrepository"; !strings.HasSuffix(got, want) {
		t.Errorf("at the end got:\n%s\nwant at its end:\n%s", got, want)
	}
}

// However small the window, what is drawn fits into it.
func TestLiveViewFits(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {200, 50}, {20, 5}, {1, 1}, {9, 2}} {
		s := &screen{t: t, columns: size[0], rows: size[1]}
		v := newTestView(s, liveSteps(120))
		for range 3 {
			v.draw(true)
			if lines := strings.Split(s.String(), "\n"); len(lines) > max(1, s.rows-1) {
				t.Errorf("%v: %d lines:\n%s", size, len(lines), s)
			}
		}
		if size[1] == 24 && !strings.Contains(s.String(), "(98 not shown; ECS accepts 5") {
			t.Errorf("got:\n%s", s)
		}
	}
}

// pulling is a step whose tasks fail.
func pulling(s *ecs.Step, failed int) {
	s.State, s.AcceptedAt = ecs.Accepted, time.Now()
	s.Rollout = ecs.Rollout{ID: "ecs-svc/1", Desired: 3, Pending: 1, Failed: failed, Old: 3}
	s.Trouble = ecs.Trouble{Failed: failed, Stopped: []string{"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref example.com/shop/app:v1: not found"}}
}

// What is in trouble comes first, with what it is below it; and what fails for ever is said above, once.
func TestLiveTrouble(t *testing.T) {
	t.Parallel()
	s := &screen{t: t, columns: 90, rows: 24}
	steps := liveSteps(3)
	v := newTestView(s, steps)
	steps[0].State, steps[0].LastTook, steps[0].AcceptedAt = ecs.Accepted, 130*time.Second, time.Now()
	traffic := 10
	steps[0].Rollout = ecs.Rollout{ID: "ecs-svc/2", Running: 3, Desired: 3, Old: 3, Draining: true, Stage: "PRODUCTION_TRAFFIC_SHIFT", Traffic: &traffic}
	pulling(steps[1], 2)
	pulling(steps[2], 12)
	for range 2 {
		for _, step := range steps {
			v.changed(step)
		}
		v.draw(true)
	}
	const want = `app-003: app-003:2 → app-003:1, its tasks fail, and no circuit breaker is configured, so
ECS keeps trying. To see the versions of app-003:
'ecsundo service history -c prod app-003'. To deploy app-003:2 again:
'ecsundo service -c prod app-003 --to app-003:2'
app-002  rolling out        new 0/3, 1 pending, 2 failed; old 3   0s               app-0…
  2 new tasks failed: CannotPullContainerError: pull image manifest has been retried 1
  time(s): failed to resolve ref example.com/shop/app:v1: not found
app-003  rolling out        new 0/3, 1 pending, 12 failed; old 3  0s               app-0…
  12 new tasks failed: CannotPullContainerError: pull image manifest has been retried 1
  time(s): failed to resolve ref example.com/shop/app:v1: not found
app-001  traffic shift 10%  new 3/3; old 3 draining               0s (last 2m10s)  app-0…
0 of 3 steady, 3 rolling out (2 in trouble), 0s`
	if got := s.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// Of many in a small window, those in trouble are there, some with their reasons.
func TestLiveTroubleFits(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {200, 60}, {40, 6}, {20, 3}} {
		s := &screen{t: t, columns: size[0], rows: size[1]}
		steps := liveSteps(40)
		for i, step := range steps {
			if step.State = ecs.Accepted; i >= 20 {
				pulling(step, 1)
			}
		}
		v := newTestView(s, steps)
		v.draw(true)
		lines := strings.Split(s.String(), "\n")
		if len(lines) > s.rows-1 || !strings.HasPrefix(lines[0], "app-021") {
			t.Errorf("%v: %d lines:\n%s", size, len(lines), s)
		}
		if size[1] >= 24 && !strings.HasPrefix(lines[1], "  1 new task failed: Cannot") {
			t.Errorf("%v:\n%s", size, s)
		}
	}
}
