package ecs

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// watched undoes web of a story until the time is up, which is after so many readings of a clock that moves with each.
func watched(t *testing.T, story string, moves time.Duration, readings int) (*world, *Step) {
	t.Helper()
	w := newWorld(t, seven+story)
	ctx, cancel := context.WithCancelCause(t.Context())
	now := time.Now()
	w.client.clock = func() time.Time {
		if readings--; readings == 0 {
			cancel(context.DeadlineExceeded)
		}
		now = now.Add(moves)
		return now
	}
	p := w.plan(past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
	accepted := make(chan *Step)
	go func() {
		defer close(accepted)
		w.client.Apply(ctx, p, accepted)
	}()
	w.client.Watch(ctx, p, accepted, func(*Step) {})
	return w, w.step(p, "web")
}

// TestTrouble: why a rollout does not get on, as far as it was watched, and where that was asked.
func TestTrouble(t *testing.T) {
	t.Parallel()
	const two = "service prod/web desired=2 lb=app:80\n"
	for _, test := range []struct {
		name, story    string
		state          State
		failed         bool
		stopped, event string // what it says; empty: nothing
		asked          bool
		running        int
	}{
		{"cannot be pulled", "bad web:4 pull", OutOfTime, true, "CannotPullContainerError: ", "is unable to consistently start tasks successfully.", true, 0},
		{"exits", "bad web:4 exit=137", OutOfTime, true, "Essential container in task exited (app: exit code 137)", "is unable to consistently start tasks", true, 0},
		{"fails its health check", "bad web:4 health", OutOfTime, true, "Task failed ELB health checks in (target-group ", "is unhealthy in (target-group ", true, 2},
		{"no capacity", "bad web:4 capacity", OutOfTime, false, "", "was unable to place a task because no container instance met all of its requirements.", false, 0},
		{"only slow", "bad web:4 slow=400m", OutOfTime, false, "", "", false, 0},
		{"circuit breaker", "service prod/web breaker=rollback\nbad web:4 pull", RolledBack, true, "CannotPullContainerError: ", "deployment failed: tasks failed to start.", true, 0},
		{"circuit breaker, seen only when all is over", "step 5m\nservice prod/web breaker=rollback\nbad web:4 pull", RolledBack, false, "CannotPullContainerError: ", "", true, 0},
		{"not permitted", "deny DescribeTasks\nbad web:4 pull", OutOfTime, true, "", "is unable to consistently start tasks", true, 0},
		{"gets on", "", Steady, false, "", "", false, 2},
		{"drains", "service prod/web drain=5m", Steady, false, "", "", false, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w, s := watched(t, two+fourFive+test.story, 0, 300)
			if s.State != test.state || s.Stuck {
				t.Errorf("ends as %q: %s", s.State, s.Error)
			}
			if got := s.Trouble.Failed > 0; got != test.failed {
				t.Errorf("%d tasks have failed", s.Trouble.Failed)
			}
			for _, told := range []struct {
				texts []string
				want  string
			}{{s.Trouble.Stopped, test.stopped}, {s.Trouble.Events, test.event}} {
				if all := strings.Join(told.texts, "\n"); !strings.Contains(all, told.want) || (all == "") != (told.want == "") {
					t.Errorf("told %q, want %q", all, told.want)
				}
			}
			if got := w.Count("ListTasks"); got > 1 || (got == 1) != test.asked {
				t.Errorf("ListTasks was called %d times", got)
			}
			if s.State != RolledBack && s.Rollout.Running != test.running {
				t.Errorf("%+v", s.Rollout)
			}
		})
	}
}

// TestStuck: without a circuit breaker it is over when ten tasks have failed and none has been running for five minutes, and never
// where ECS could still succeed.
func TestStuck(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, story string
		state       State
		stuck       bool
	}{
		{"cannot be pulled", fourFive + "bad web:4 pull", Failed, true},
		{"exits, blue/green", "service prod/web strategy=BLUE_GREEN\n" + fourFive + "bad web:4", Failed, true},
		{"somebody's undo", fourFive + "bad web:4\ndeploy prod/web 4 !wait", Failed, true},
		{"a rollback", "deploy prod/web 4\ndeploy prod/web 5 !wait\nbad web:4", Failed, false}, // ECS gives up before
		{"no capacity", fourFive + "bad web:4 capacity", OutOfTime, false},
		{"only slow", fourFive + "bad web:4 slow=4000m", OutOfTime, false},
		{"fails its health check, and runs until then", fourFive + "bad web:4 health", OutOfTime, false},
		{"circuit breaker", "service prod/web breaker=rollback\n" + fourFive + "bad web:4", RolledBack, false},
		{"gets on at last", fourFive + "bad web:4\nwhen DescribeServices nth=30 'good web:4'", Steady, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, s := watched(t, test.story, 2*time.Second, 1000)
			if s.State != test.state || s.Stuck != test.stuck {
				t.Errorf("ends as %q, %v: %s", s.State, s.Stuck, s.Error)
			}
			if test.stuck && !tells(s, "web:4 does not start", "of its tasks failed, and none has been running for 5m", "ECS continues to try") {
				t.Error(s.Error)
			}
		})
	}
}

// TestInquiryPause: however many services fail, it is asked about one every few seconds, and about each in turn.
func TestInquiryPause(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "cluster prod\nregister web v1 v2\ndeploy prod/web 1")
	q := newInquiry(w.client.calls, "prod")
	steps := []*Step{{Service: "web"}, {Service: "web"}, {Service: "web"}}
	for _, s := range steps {
		s.Rollout.ID, s.failures = "ecs-svc/1", 1
	}
	now := time.Now()
	var turns []*Step
	for range 100 {
		if q.ask(t.Context(), steps, now); q.busy {
			a := <-q.answers
			turns = append(turns, a.step)
			q.take(a)
		}
		now = now.Add(time.Second)
	}
	if len(turns) < 10 || len(turns) > 25 || turns[0] == turns[1] || turns[1] == turns[2] || turns[0] != turns[3] {
		t.Errorf("%d questions", len(turns))
	}
}
