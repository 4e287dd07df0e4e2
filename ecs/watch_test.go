package ecs

import (
	"context"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// A rollout is a story about what becomes of an undo from web:5 to web:4, and the one right verdict.
type rollout struct {
	name, story string // before the plan
	between     string // told between plan and apply
	accepted    string // told when ECS has taken the change
	waiting     string // told when the deployment is seen to wait for somebody
	interrupt   bool   // Ctrl-C when ECS has taken the change
	timeout     time.Duration

	state State
	words []string // in reason, notes or error
	ends  string   // what runs in the end; web:4 if not said
}

const fourFive = "deploy prod/web 4 5\n"

// noHistory takes the permission away to follow service deployments.
const noHistory = "deny ListServiceDeployments DescribeServiceDeployments DescribeServiceRevisions"

var rollouts = []rollout{
	{name: "good", story: fourFive, state: Steady},
	{name: "with lag", story: "lag update=3\n" + fourFive, state: Steady},
	{name: "with a lag longer than the rollout", story: "lag update=12\n" + fourFive, state: Steady},
	{name: "lag, failing", story: "service prod/web breaker=rollback\nlag update=3 current=4\n" + fourFive + "bad web:4", state: RolledBack, ends: "web:5"},
	{name: "no current service deployment", story: "lag current=4\n" + fourFive, state: Steady},
	{name: "no current service deployment, failing", story: "service prod/web breaker=rollback\nlag current=9\n" + fourFive + "bad web:4", state: RolledBack, ends: "web:5"},
	{name: "breaker", story: "service prod/web breaker=rollback\n" + fourFive + "bad web:4", state: RolledBack, ends: "web:5",
		words: []string{"web:4 did not start", "ECS rolled back to web:5", "circuit breaker"}},
	{name: "breaker of many tasks", story: "service prod/web breaker=rollback desired=10\n" + fourFive + "bad web:4", state: RolledBack, ends: "web:5"},
	{name: "breaker without rollback", story: "service prod/web breaker=stop\n" + fourFive + "bad web:4", state: Failed, words: []string{"stopped"}},
	{name: "alarm", story: "service prod/web alarms=errors\n" + fourFive, accepted: "advance 2s\nalarm prod/web errors !wait", state: RolledBack, ends: "web:5", words: []string{"the undo was rolled back: ECS rolled back to web:5", "alarm"}},
	{name: "rolled back by a person", story: fourFive, accepted: "rollback prod/web !wait", state: RolledBack, ends: "web:5",
		words: []string{"the undo was rolled back: ECS rolled back to web:5, the version you wanted to leave: Service deployment rolled back by user request"}},
	{name: "stopped", story: fourFive, accepted: "stop prod/web !wait", state: Failed},
	{name: "superseded", story: fourFive, accepted: "deploy prod/web 6 !wait", state: Superseded, ends: "web:6", words: []string{"web:6"}},
	{name: "superseded by one that ends at once", story: fourFive, accepted: "deploy prod/web 6", state: Superseded, ends: "web:6"},
	{name: "superseded by what it came from", story: fourFive, accepted: "deploy prod/web 5", state: Superseded, ends: "web:5"},
	{name: "deployed again after it had completed", story: fourFive, accepted: "wait prod/web\ndeploy prod/web 6", state: Superseded, ends: "web:6", words: []string{"after this undo had completed"}},
	{name: "somebody deploys the same", story: fourFive, accepted: "force prod/web !wait", state: Steady},
	{name: "somebody deploys the same, in vain", story: "service prod/web breaker=rollback\n" + fourFive, accepted: "bad web:4\nforce prod/web !wait", state: RolledBack, ends: "web:5"},
	{name: "failed, rolled back, deployed again", story: "service prod/web breaker=rollback\n" + fourFive + "bad web:4", accepted: "wait prod/web\ndeploy prod/web 6", state: RolledBack, ends: "web:6",
		words: []string{"web:6"}},
	{name: "failed, and the rollback too", story: "service prod/web breaker=rollback\n" + fourFive + "bad web:4\nbad web:5", state: Failed, ends: "web:5", words: []string{"rollback failed"}},
	{name: "hangs", story: fourFive + "bad web:4", timeout: 300 * time.Millisecond, state: OutOfTime, words: []string{"continues"}},
	{name: "interrupted", story: fourFive + "bad web:4", interrupt: true, state: Interrupted, words: []string{"continues"}},
	{name: "desired count 0", story: "service prod/web desired=0\n" + fourFive, state: Steady},
	{name: "scaled to 0 meanwhile", story: "service prod/web desired=3\n" + fourFive, accepted: "desired prod/web 0", state: Steady},
	{name: "scaled up meanwhile", story: fourFive, accepted: "desired prod/web 7", state: Steady},
	{name: "daemon", story: "service prod/web scheduling=DAEMON\n" + fourFive, state: Steady},
	{name: "daemon, failing", story: "service prod/web scheduling=DAEMON breaker=rollback\n" + fourFive + "bad web:4", state: RolledBack, ends: "web:5"},
	{name: "blue/green", story: "service prod/web strategy=BLUE_GREEN bake=2m\n" + fourFive, state: Steady},
	{name: "blue/green, failing", story: "service prod/web strategy=BLUE_GREEN breaker=rollback\n" + fourFive + "bad web:4", state: RolledBack, ends: "web:5"},
	{name: "blue/green, alarm while it bakes", story: "service prod/web strategy=BLUE_GREEN bake=1h alarms=errors\n" + fourFive, accepted: "advance 5m\nalarm prod/web errors !wait",
		state: RolledBack, ends: "web:5"},
	{name: "blue/green bakes too long", story: "service prod/web strategy=BLUE_GREEN bake=20h\n" + fourFive, timeout: 300 * time.Millisecond, state: OutOfTime},
	{name: "canary", story: "service prod/web strategy=CANARY canary-bake=1m bake=1m\n" + fourFive, state: Steady},
	{name: "linear", story: "service prod/web strategy=LINEAR step=25 step-bake=1m bake=1m\n" + fourFive, state: Steady},
	{name: "waits at a pause hook", story: "service prod/web strategy=BLUE_GREEN\n" + fourFive + "service prod/web pause=POST_SCALE_UP", timeout: 400 * time.Millisecond, state: OutOfTime},
	{name: "let go on at a pause hook", story: "service prod/web strategy=BLUE_GREEN bake=1m\n" + fourFive + "service prod/web pause=POST_SCALE_UP", waiting: "continue prod/web !wait", state: Steady},
	{name: "refused at a pause hook", story: "service prod/web strategy=BLUE_GREEN\n" + fourFive + "service prod/web pause=POST_SCALE_UP", waiting: "continue prod/web ROLLBACK !wait",
		state: RolledBack, ends: "web:5"},
	{name: "times out at a pause hook", story: "service prod/web strategy=BLUE_GREEN\n" + fourFive + "service prod/web pause=POST_SCALE_UP pause-timeout=1m", state: RolledBack, ends: "web:5"},

	{name: "classic load balancer", story: "service prod/web lb=classic\n" + fourFive, state: Steady},
	{name: "classic load balancer, no history", story: "service prod/web lb=classic desired=3\n" + fourFive, between: noHistory, state: Steady},
	{name: "classic load balancer, no history, failing", story: "service prod/web lb=classic breaker=rollback\n" + fourFive + "bad web:4", between: noHistory, state: RolledBack, ends: "web:5"},
	{name: "no history", story: fourFive, between: noHistory, state: Steady},
	{name: "no history, lag", story: "lag update=4\n" + fourFive, between: noHistory, state: Steady},
	{name: "no history, breaker", story: "service prod/web breaker=rollback\n" + fourFive + "bad web:4", between: noHistory, state: RolledBack, ends: "web:5"},
	{name: "no history, breaker without rollback", story: "service prod/web breaker=stop\n" + fourFive + "bad web:4", between: noHistory, state: Failed},
	{name: "no history, superseded", story: fourFive, between: noHistory, accepted: "deploy prod/web 6 !wait", state: Superseded, ends: "web:6"},
	{name: "no history, the same again", story: fourFive, between: noHistory, accepted: "force prod/web !wait", state: Steady},
	{name: "no history, rolled back by a person", story: fourFive, between: noHistory, accepted: "rollback prod/web !wait", state: RolledBack, ends: "web:5"},
	{name: "only the deployments' details denied", story: fourFive, between: "deny DescribeServiceDeployments", state: Steady},

	{name: "answers are lost", story: fourFive, between: "fault Describe* every=2 kind=lost", state: Steady},
	{name: "the update's answer is lost", story: fourFive, between: "fault UpdateService nth=1 kind=lost", state: Steady},
	{name: "service deployments fail to be read", story: fourFive, between: "fault DescribeServiceDeployments nth=1..3 kind=503", state: Steady},
	{name: "credentials expire", story: fourFive, accepted: "fault * nth=1.. kind=ExpiredTokenException", state: OutOfTime, words: []string{"ExpiredToken", "the deployment continues"}},
	{name: "drained meanwhile", story: fourFive, accepted: "status prod/web DRAINING", state: Failed, words: []string{"DRAINING"}},
	{name: "deleted meanwhile", story: fourFive, accepted: "status prod/web INACTIVE", state: Failed, words: []string{"INACTIVE"}, ends: "-"},
	{name: "deleted before", story: fourFive, between: "status prod/web INACTIVE", state: Failed, words: []string{"not ACTIVE"}, ends: "-"},
	{name: "copied", story: "lag register=2\n" + fourFive + "deregister web:4", state: Steady, ends: "web:8"},
	{name: "copied, failing", story: "service prod/web breaker=rollback\n" + fourFive + "deregister web:4\nbad image=web:v4", state: RolledBack, ends: "web:5"},
	{name: "deregistered after the plan", story: fourFive, between: "deregister web:4", state: Steady, ends: "web:8"},

	{name: "native", story: "deploy prod/web 4\ndeploy prod/web 5 !wait", state: Steady},
	{name: "native, too late", story: "deploy prod/web 4\ntoolate prod/web\ndeploy prod/web 5 !wait", state: Steady, words: []string{"too late"}},
	{name: "native, too late, deployed again", story: "deploy prod/web 4\ntoolate prod/web\ndeploy prod/web 5 !wait", accepted: "wait prod/web\ndeploy prod/web 6 !wait", state: Superseded, ends: "web:6", words: []string{"deployed again"}},
	{name: "native, too late, deployed again and done", story: "deploy prod/web 4\ntoolate prod/web\ndeploy prod/web 5 !wait", accepted: "wait prod/web\ndeploy prod/web 6", state: Superseded, ends: "web:6"},
	{name: "native, too late, undone by somebody", story: "deploy prod/web 4\ntoolate prod/web\ndeploy prod/web 5 !wait", accepted: "wait prod/web\ndeploy prod/web 4", state: Steady},
	{name: "native, completed just before", story: "deploy prod/web 4\ndeploy prod/web 5 !wait", between: "wait prod/web", state: Steady},
	{name: "native, blue/green, completed just before", story: "service prod/web strategy=BLUE_GREEN bake=1m\ndeploy prod/web 4\ndeploy prod/web 5 !wait", between: "wait prod/web", state: Steady},
	{name: "native, rolled back just before", story: "service prod/web breaker=rollback\ndeploy prod/web 4\nbad web:5\ndeploy prod/web 5 !wait", between: "wait prod/web", state: Steady},
	{name: "native, deployed again just before", story: "deploy prod/web 4\ndeploy prod/web 5 !wait", between: "deploy prod/web 6 !wait", state: Superseded, ends: "web:6"},
	{name: "native, deployed again and done just before", story: "deploy prod/web 4\ndeploy prod/web 5 !wait", between: "deploy prod/web 6", state: Superseded, ends: "web:6", words: []string{"deployed again"}},
	{name: "native, not permitted, deployed again", story: "deny StopServiceDeployment\ndeploy prod/web 4\ndeploy prod/web 5 !wait", between: "deploy prod/web 6 !wait", state: Superseded, ends: "web:6"},
	{name: "native, blue/green, deployed again just before", story: "service prod/web strategy=BLUE_GREEN bake=1m\ndeploy prod/web 4\ndeploy prod/web 5 !wait", between: "deploy prod/web 6 !wait",
		state: Superseded, ends: "web:6"},
	{name: "native, blue/green, deployed again and done just before", story: "service prod/web strategy=BLUE_GREEN bake=1m\ndeploy prod/web 4\ndeploy prod/web 5 !wait", between: "deploy prod/web 6", state: Superseded, ends: "web:6"},
	{name: "native, fails", story: "deploy prod/web 4\ndeploy prod/web 5 !wait", between: "bad web:4", state: Failed, words: []string{"rollback failed"}},
	{name: "native, superseded at once", story: "deploy prod/web 4\ndeploy prod/web 5 !wait", accepted: "deploy prod/web 6 !wait", state: Superseded, ends: "web:6"},
	{name: "native, superseded", story: "deploy prod/web 4\ndeploy prod/web 5 !wait", accepted: "advance 10s\ndeploy prod/web 6 !wait", state: Superseded, ends: "web:6"},
	{name: "native, superseded by the same, in vain", story: "service prod/web breaker=stop\ndeploy prod/web 4\ndeploy prod/web 5 !wait", accepted: "bad web:4\ndeploy prod/web 4", state: Failed, words: []string{"stopped"}},
	{name: "native, stopped", story: "deploy prod/web 4\ndeploy prod/web 5 !wait", accepted: "stop prod/web !wait", state: Steady, words: []string{"stopped without a rollback, so web:4"}},
	{name: "native, blue/green, stopped", story: "service prod/web strategy=BLUE_GREEN bake=1h\ndeploy prod/web 4\ndeploy prod/web 5 !wait\nadvance 10m", accepted: "stop prod/web !wait", state: Steady},
	{name: "native, its answer is lost", story: "deploy prod/web 4\ndeploy prod/web 5 !wait", between: "fault StopServiceDeployment nth=1 kind=lost", state: Steady},
	{name: "native, no permission to follow", story: "deploy prod/web 4\ndeploy prod/web 5 !wait", between: noHistory, state: Steady},
	{name: "native, blue/green while it bakes", story: "service prod/web strategy=BLUE_GREEN bake=1h\ndeploy prod/web 4\ndeploy prod/web 5 !wait\nadvance 10m", state: Steady},
	{name: "native, interrupted", story: "deploy prod/web 4\ndeploy prod/web 5 !wait", interrupt: true, state: Interrupted},

	{name: "somebody's undo", story: fourFive + "deploy prod/web 4 !wait", state: Steady},
	{name: "somebody's undo fails", story: "service prod/web breaker=rollback\n" + fourFive + "bad web:4\ndeploy prod/web 4 !wait", state: RolledBack, ends: "web:5"},
	{name: "somebody's undo fails, and is not rolled back", story: "service prod/web breaker=stop\n" + fourFive + "bad web:4\ndeploy prod/web 4 !wait", state: Failed, words: []string{"stopped"}},
	{name: "somebody's undo is stopped", story: fourFive + "deploy prod/web 4 !wait", accepted: "stop prod/web !wait", state: Failed, words: []string{"stopped"}},
	{name: "somebody's undo is begun again", story: fourFive + "deploy prod/web 4 !wait", accepted: "force prod/web !wait", state: Steady},
	{name: "somebody's undo is begun again, in vain", story: "service prod/web breaker=stop\n" + fourFive + "deploy prod/web 4 !wait", accepted: "bad web:4\nforce prod/web !wait", state: Failed},
	{name: "somebody's undo is superseded", story: fourFive + "deploy prod/web 4 !wait", accepted: "deploy prod/web 6 !wait", state: Superseded, ends: "web:6"},
	{name: "somebody's undo hangs", story: fourFive + "bad web:4\ndeploy prod/web 4 !wait", timeout: 300 * time.Millisecond, state: OutOfTime},
	{name: "ECS rolls back", story: "service prod/web breaker=rollback\ndeploy prod/web 4\ndeploy prod/web 5 !wait\nrollback prod/web !wait\nstep 0", between: "step 5s", state: Steady},
	{name: "ECS rolls back, superseded", story: "deploy prod/web 4\ndeploy prod/web 5 !wait\nrollback prod/web !wait\nstep 0", between: "step 5s", accepted: "deploy prod/web 6 !wait", state: Superseded, ends: "web:6"},
	{name: "ECS rolls back, superseded by the same", story: "deploy prod/web 4\ndeploy prod/web 5 !wait\nrollback prod/web !wait\nstep 0", between: "step 5s", accepted: "deploy prod/web 4 !wait", state: Steady},
	{name: "ECS has rolled back, deployed again", story: "deploy prod/web 4\ndeploy prod/web 5 !wait\nrollback prod/web !wait\nstep 0", between: "step 5s", accepted: "wait prod/web\ndeploy prod/web 5 !wait", state: Superseded,
		ends: "web:5", words: []string{"was deployed again"}},
	{name: "ECS rolls back, in vain", story: "deploy prod/web 4\ndeploy prod/web 5 !wait\nbad web:4\nrollback prod/web !wait\nstep 0", between: "step 5s", state: Failed},
	{name: "ECS rolls back, too late", story: "deploy prod/web 4\ntoolate prod/web\ndeploy prod/web 5 !wait\nrollback prod/web !wait\nstep 0", between: "step 5s", state: Failed, ends: "web:5", words: []string{"too late"}},

	// Only the digests differ: the definition is the same before and after, and tells nothing.
	{name: "moved tag, native", story: moved + forced, state: Steady, ends: "web:8"},
	{name: "moved tag, native, too late", story: moved + "toolate prod/web\n" + forced, state: Steady, ends: "web:9", words: []string{"too late"}},
	{name: "moved tag, native, too late, undone by somebody", story: moved + "register web app=web@a1\ntoolate prod/web\n" + forced, accepted: "wait prod/web\ndeploy prod/web 9 !wait", state: Steady, ends: "web:9"},
	{name: "moved tag, native, too late, deployed again", story: moved + "toolate prod/web\n" + forced, accepted: "wait prod/web\ndeploy prod/web 6 !wait", state: Superseded, ends: "web:6"},
	{name: "moved tag, native, refused", story: moved + forced, between: "advance 1h", state: Steady, ends: "web:9", words: []string{"ConflictException"}},
	{name: "moved tag, native, refused, somebody's undo", story: moved + forced, between: "advance 1h\nregister web app=web@a1\ndeploy prod/web 9 !wait", state: Steady, ends: "web:9"},
	{name: "moved tag, native, stopped", story: moved + forced, accepted: "stop prod/web !wait", state: Steady, ends: "web:9", words: []string{"stopped without a rollback"}},
	{name: "moved tag, native, no permission to follow", story: moved + forced, between: noHistory, timeout: 300 * time.Millisecond, state: OutOfTime, ends: "web:8"},
	{name: "moved tag, ECS rolls back", story: moved + forced + "rollback prod/web !wait\nstep 0", between: "step 5s", state: Steady, ends: "web:8"},
	{name: "moved tag, ECS rolls back, too late", story: moved + "toolate prod/web\n" + forced + "rollback prod/web !wait\nstep 0", between: "step 5s", state: Failed, ends: "web:8",
		words: []string{"too late"}},
	{name: "moved tag, ECS rolls back, too late, no permission to follow", story: moved + "toolate prod/web\n" + forced + "rollback prod/web !wait\nstep 0", between: "step 5s\n" + noHistory,
		timeout: 300 * time.Millisecond, state: OutOfTime, ends: "web:8"},
	{name: "moved tag, somebody's undo", story: moved + "force prod/web\npush web:latest a1\n" + forced, state: Steady, ends: "web:8"},
	{name: "moved tag, somebody's undo fails", story: "service prod/web breaker=rollback\n" + moved + "force prod/web\npush web:latest a1\nbad digest=a1\n" + forced, state: RolledBack, ends: "web:8"},
	{name: "moved tag, somebody's undo is being rolled back", story: moved + "force prod/web\npush web:latest a1\n" + forced + "rollback prod/web !wait\nstep 0", between: "step 5s", state: RolledBack, ends: "web:8"},
}

// moved and then forced is a rollout of other images by the same tag.
const (
	moved  = "push web:latest a1\nregister web app=web:latest\ndeploy prod/web 8\npush web:latest a2\n"
	forced = "force prod/web !wait\n"
)

// TestRollouts: each as it is, and once more with so much time between one answer and the next that those of one look do not go
// together.
func TestRollouts(t *testing.T) {
	for _, r := range rollouts {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.run(t)
		})
		t.Run(r.name+", answers apart", func(t *testing.T) {
			t.Parallel()
			apart := r
			apart.between += "\nstep 1m"
			apart.run(t)
		})
	}
}

func (r rollout) run(t *testing.T) {
	w := newWorld(t, seven+r.story)
	p := w.plan(past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
	w.tell(r.between)
	timeout := r.timeout
	if timeout == 0 {
		timeout = 20 * time.Second
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	ctx, interrupt := context.WithCancel(ctx)
	defer interrupt()
	accepted := make(chan *Step)
	go func() {
		defer close(accepted)
		w.client.Apply(ctx, p, accepted)
	}()
	seen, waited := false, false
	w.client.Watch(ctx, p, accepted, func(s *Step) {
		if !seen && s.State == Accepted {
			seen = true
			w.tell(r.accepted)
			if r.interrupt {
				interrupt()
			}
		}
		if r.waiting != "" && !waited && s.Waiting != "" {
			waited = true
			w.tell(r.waiting)
		}
	})
	s := w.step(p, "web")
	t.Logf("%s: %s: %s %v: %s", s.Action, s.Reason, s.State, s.AllNotes(), s.Error)
	if s.State != r.state {
		t.Errorf("ends as %q, want %q", s.State, r.state)
	}
	if !tells(s, r.words...) {
		t.Errorf("want %q", r.words)
	}
	if r.state != Steady && s.Error == "" {
		t.Error("no error says why")
	}
	if !s.State.Final() || s.FinishedAt.IsZero() {
		t.Error("has not ended")
	}
	ends := r.ends
	switch got := w.Running("prod")["web"]; {
	case ends == "-":
	case ends == "" && r.state == Interrupted:
	case ends == "" && got != "web:4", ends != "" && got != ends:
		t.Errorf("runs %s in the end, want %s", got, ends)
	}
}

// TestOursIsNew: a deployment from before the plan is not taken for ours, though it brought what is restored.
func TestOursIsNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t, seven+fourFive)
	s := w.step(w.plan(past.RestorePlanner(recorded("web:4")[0]), PlanOptions{}), "web")
	services, err := w.client.calls.DescribeServices(t.Context(), "prod", []string{"web"})
	if err != nil || len(services) != 1 {
		t.Fatalf("%d services: %v", len(services), err)
	}
	asked := s.way.Ask(services[0])
	if asked.ID != "" || asked.Find == nil {
		t.Fatalf("knows %q already, or does not look for it", asked.ID)
	}
	if ours := asked.Find(t.Context(), w.client.calls); ours != "" {
		t.Errorf("found %s before anything was asked for", ours)
	}
}

// TestWaitingIsTold: the watch says at which hook a deployment waits, and how to let it go on.
func TestWaitingIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, seven+"service prod/web strategy=BLUE_GREEN\n"+fourFive+"service prod/web pause=POST_SCALE_UP")
	p := w.plan(past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	accepted := make(chan *Step)
	go func() {
		defer close(accepted)
		w.client.Apply(ctx, p, accepted)
	}()
	told := ""
	w.client.Watch(ctx, p, accepted, func(s *Step) {
		if s.Waiting != "" {
			told = s.Waiting
			cancel()
		}
	})
	if s := (&Step{Reason: told}); !tells(s, "POST_SCALE_UP", "continue-service-deployment", "--hook-id") {
		t.Errorf("told %q", told)
	}
}
