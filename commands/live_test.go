package commands

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

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
		steps = append(steps, &ecs.Step{Service: name, Action: ecs.Undo, From: definition(2), To: definition(1), Running: 1, Desired: 3})
	}
	return steps
}

func newTestView(s *screen, steps []*ecs.Step) *liveView {
	v := &liveView{
		w: s, window: func() (int, int) { return s.columns, s.rows }, colour: true, started: time.Now(),
		steps: steps, now: map[*ecs.Step]ecs.Step{}, said: map[*ecs.Step]string{},
	}
	for _, step := range steps {
		v.now[step] = *step
	}
	return v
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
app-001  not asked for yet  1/3 running    app-001:2 → app-001:1
app-002  not asked for yet  1/3 running    app-002:2 → app-002:1
app-003  not asked for yet  1/3 running    app-003:2 → app-003:1
0 of 3 steady, 3 not asked for yet, 0s`)

	steps[0].State, steps[1].State, steps[1].Waiting = ecs.Accepted, ecs.Accepted, "waits at a hook"
	v.changed(steps[0])
	v.changed(steps[1])
	v.changed(steps[1])
	want := `
$ ecsundo cluster prod
app-002: app-002:2 → app-002:1, waiting: waits at a hook
app-002  waits, see above   1/3 running    app-002:2 → app-002:1
app-001  rolling out        1/3 running    app-001:2 → app-001:1
app-003  not asked for yet  1/3 running    app-003:2 → app-003:1
0 of 3 steady, 2 under way, 1 not asked for yet, 0s`
	show(want)
	show(want)
	_, _ = s.Write([]byte("^C")) // echoed by the terminal
	show(want)

	s.resize(40, 24)
	show(`
$ ecsundo cluster prod
app-002: app-002:2 → app-002:1, waiting:
 waits at a hook
app-002  waits, see above   1/3 runnin…
app-001  rolling out        1/3 runnin…
app-003  not asked for yet  1/3 runnin…
0 of 3 steady, 2 under way, 1 not aske…`)

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
		if size[1] == 24 && !strings.Contains(s.String(), "(98 not shown)") {
			t.Errorf("got:\n%s", s)
		}
	}
}
