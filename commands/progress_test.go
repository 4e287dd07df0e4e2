package commands

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs"
)

// A log has a line for each change and each new trouble, and a sign of life every minute while something is under way.
func TestProgressLog(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	steps := liveSteps(3)
	l := &progressLog{board: testBoard(steps), w: &b, last: map[*ecs.Step]string{}, said: map[*ecs.Step][]string{}}
	l.sign = l.started.Add(signOfLife)
	said := func(want ...string) {
		t.Helper()
		got := strings.TrimSpace(regexp.MustCompile(`(?m)^\S+Z `).ReplaceAllString(b.String(), ""))
		if got != strings.Join(want, "\n") {
			t.Errorf("got:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
		}
		b.Reset()
	}
	l.alive(l.started.Add(61 * time.Second))
	said() // nothing is under way
	steps[0].State = ecs.Accepted
	l.changed(steps[0])
	l.changed(steps[0])
	said("app-001: app-001:2 → app-001:1, accepted")

	steps[0].Rollout = ecs.Rollout{ID: "ecs-svc/1", Desired: 3, Failed: 1, Old: 3}
	steps[0].Trouble.Failed = 1
	l.changed(steps[0])
	said() // a moment later it is known why
	pulling(steps[0], 2)
	l.changed(steps[0])
	const reason = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref example.com/shop/app:v1: not found"
	said("app-001: app-001:2 → app-001:1, 2 new tasks failed: " + reason)
	pulling(steps[0], 3)
	l.changed(steps[0])
	pulling(steps[0], 4)
	l.changed(steps[0])
	said("app-001: app-001:2 → app-001:1, its tasks fail, and no circuit breaker is configured, so ECS keeps trying. " +
		"To see the versions of app-001: 'ecsundo service history -c prod app-001'. To deploy app-001:2 again: 'ecsundo service -c prod app-001 --to app-001:2'")

	steps[1].State = ecs.Steady
	l.now[steps[1]] = *steps[1]
	for second := 100; second <= 300; second++ {
		l.alive(l.started.Add(time.Duration(second) * time.Second))
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	const want = "1 of 3 steady, 1 rolling out (1 in trouble), 1 waiting for its turn, 2m1s: app-001 (new 0/3, 1 pending, 4 failed; old 3: " + reason + ")"
	if len(lines) != 3 || !strings.HasSuffix(lines[0], want) {
		t.Errorf("%d lines:\n%s", len(lines), b.String())
	}
	b.Reset()
	steps[0].State = ecs.Steady
	l.changed(steps[0])
	said("app-001: app-001:2 → app-001:1, steady")
	l.alive(l.started.Add(time.Hour))
	said()
}

func TestRolloutWords(t *testing.T) {
	t.Parallel()
	percent := func(n int) *int { return &n }
	for _, test := range []struct {
		rollout       ecs.Rollout
		state, counts string
	}{
		{ecs.Rollout{}, "rolling out", ""},
		{ecs.Rollout{ID: "1", Running: 1, Desired: 2}, "rolling out", "new 1/2"},
		{ecs.Rollout{ID: "1", Running: 2, Desired: 2, Old: 1, Draining: true}, "rolling out", "new 2/2; old 1 draining"},
		{ecs.Rollout{ID: "1", Stage: "BAKE_TIME", Traffic: percent(100), Bake: 4 * time.Minute}, "bake time, 4m0s left", "new 0/0"},
		{ecs.Rollout{ID: "1", Stage: "PRODUCTION_TRAFFIC_SHIFT", Traffic: percent(10)}, "traffic shift 10%", "new 0/0"},
		{ecs.Rollout{ID: "1", Stage: "SCALE_UP", Traffic: percent(0)}, "scale up", "new 0/0"},
		{ecs.Rollout{ID: "1", Stage: "InProgress"}, "in progress", "new 0/0"},
	} {
		s := &ecs.Step{Progress: ecs.Progress{State: ecs.Accepted, Rollout: test.rollout}}
		if state, counts := rolloutState(s), taskCounts(s.Rollout); state != test.state || counts != test.counts {
			t.Errorf("%+v: %q, %q", test.rollout, state, counts)
		}
	}
}
