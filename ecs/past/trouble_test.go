package past

import (
	"slices"
	"testing"
	"time"
)

func TestWhyStopped(t *testing.T) {
	t.Parallel()
	exit := func(n int) *int { return &n }
	at := func(minute int) time.Time { return time.Unix(int64(60*minute), 0) }
	tasks := []StoppedTask{
		{Deployment: "ecs-svc/2", At: at(1), Reason: "Essential container in task exited", Exited: true, Containers: []StoppedContainer{{Name: "app", Exit: exit(1)}, {Name: "agent", Exit: exit(0)}}},
		{Deployment: "ecs-svc/2", At: at(3), Reason: "CannotPullContainerError: not found", Containers: []StoppedContainer{{Name: "app", Reason: "CannotPullContainerError: not found"}}},
		{Deployment: "ecs-svc/2", At: at(2), Reason: "CannotPullContainerError: not found"},
		{Deployment: "ecs-svc/2", At: at(2), Reason: "Essential container in task exited", Exited: true,
			Containers: []StoppedContainer{{Name: "app", Exit: exit(137), Reason: "OutOfMemoryError: Container killed due to memory usage"}}},
		{Deployment: "ecs-svc/2", At: at(4), Reason: "Task failed ELB health checks in (target-group web)", Containers: []StoppedContainer{{Name: "app", Exit: exit(143)}}},
		{Deployment: "ecs-svc/2", At: at(5), Reason: "Scaling activity initiated by (deployment ecs-svc/3)"},
		{Deployment: "ecs-svc/1", At: at(6), Reason: "of another deployment"},
		{Deployment: "ecs-svc/2", At: at(7)},
	}
	want := []string{
		"Task failed ELB health checks in (target-group web)",
		"CannotPullContainerError: not found",
		"Essential container in task exited (app: exit code 137, OutOfMemoryError: Container killed due to memory usage)",
		"Essential container in task exited (app: exit code 1)",
	}
	if got := WhyStopped(tasks, "ecs-svc/2"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTold(t *testing.T) {
	t.Parallel()
	at := func(second int) time.Time { return time.Unix(int64(second), 0) }
	const id, other = "0123456789abcdef0123456789abcdef", "f123456789abcdef0123456789abcdef"
	events := []Event{
		{at(9), "(task " + id + ") (port 80) is unhealthy in (target-group web)"},
		{at(8), "(task " + other + ") (port 81) is unhealthy in (target-group web)"},
		{at(7), "is unable to consistently start tasks successfully."},
		{at(3), "of the deployment before"},
	}
	trouble := Trouble{}.Told(events, at(3)).Told(events, at(3))
	if want := []string{events[0].Text, events[2].Text}; !slices.Equal(trouble.Events, want) || trouble.Why() != events[0].Text || trouble.IsZero() {
		t.Errorf("got %q", trouble.Events)
	}
	if !(Trouble{}).Told(events, at(9)).IsZero() {
		t.Error("what was said before counts")
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		event, plain string
		trouble      bool
		started      int
	}{
		{"(service web) has started 3 tasks: (task 1) (task 2) (task 3).", "has started 3 tasks: (task 1) (task 2) (task 3).", false, 3},
		{"(service web) has reached a steady state.", "has reached a steady state.", false, 0},
		{"service (web) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
			"is unable to consistently start tasks successfully.", true, 0},
		{"(service web) (deployment ecs-svc/1) deployment failed: tasks failed to start.", "(deployment ecs-svc/1) deployment failed: tasks failed to start.", true, 0},
		{"(service web) has begun draining connections on 2 tasks.", "has begun draining connections on 2 tasks.", false, 0},
	} {
		if got := PlainEvent(test.event); got != test.plain || IsTrouble(test.event) != test.trouble || Started(test.event) != test.started {
			t.Errorf("%q: %q, %v, %d", test.event, got, IsTrouble(test.event), Started(test.event))
		}
	}
	if !IsDraining("(service web) has begun draining connections on 2 tasks.") || IsDraining("(service web) has reached a steady state.") {
		t.Error("draining")
	}
}

func TestRollout(t *testing.T) {
	t.Parallel()
	at := func(second int) time.Time { return time.Unix(int64(second), 0) }
	web := func(revision int) TaskDefinition { return TaskDefinition{Family: "web", Revision: revision} }
	s := &Service{Breaker: true, Draining: at(12), Deployments: []Deployment{
		{ID: "c", TaskDefinition: web(2), CreatedAt: at(10), Running: 1, Desired: 3, Pending: 1, Failed: 4},
		{ID: "a", TaskDefinition: web(2), CreatedAt: at(1), Running: 1},
		{ID: "b", TaskDefinition: web(3), CreatedAt: at(5), Running: 2},
	}}
	want := Rollout{ID: "c", Began: at(10), Running: 1, Desired: 3, Pending: 1, Failed: 4, Old: 3, Draining: true, Breaker: true}
	if got := s.Rollout("", web(2)); got != want || got.IsUp() {
		t.Errorf("got %+v", got)
	}
	if got := s.Rollout("a", web(2)); got.ID != "a" || got.Old != 3 {
		t.Errorf("got %+v", got)
	}
	if got := s.Rollout("z", web(9)); got != (Rollout{}) || got.IsUp() {
		t.Errorf("got %+v", got)
	}
}

func TestLastTook(t *testing.T) {
	t.Parallel()
	at := func(second int) time.Time { return time.Unix(int64(second), 0) }
	h := History{Deployments: []*ServiceDeployment{
		{Status: StatusInProgress, CreatedAt: at(90)},
		{Status: StatusRollbackSuccessful, CreatedAt: at(50), FinishedAt: at(80)},
		{Status: StatusSuccessful, CreatedAt: at(20), FinishedAt: at(32)},
		{Status: StatusSuccessful, CreatedAt: at(1), FinishedAt: at(19)},
	}}
	if got := h.LastTook(); got != 12*time.Second {
		t.Errorf("got %s", got)
	}
}

// TestFailedToStart holds the texts that ECS gives, and those of the simulator where none is known, to what may be said of them.
func TestFailedToStart(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		why              string
		breaker, request bool
	}{
		{"Service deployment rolled back because the circuit breaker threshold was exceeded.", true, false},
		{"ECS deployment circuit breaker: tasks failed to start.", true, false},
		{"Service deployment rolled back by user request.", false, true},
		{"Service deployment rolled back because the CloudWatch alarm(s) were triggered.", false, true},
		{"ECS deployment failed: alarm detected.", false, true},
		{"Service deployment rolled back because of invalid networking configuration", false, false},
		{"Service deployment rolled back because TEST_TRAFFIC_SHIFT lifecycle hook(s) failed.", false, false},
		{"", false, false},
	} {
		if start, asked := FailedToStart(test.why), WasAskedFor(test.why); start != test.breaker || asked != test.request {
			t.Errorf("%q: failed to start %v, asked for %v", test.why, start, asked)
		}
	}
}
