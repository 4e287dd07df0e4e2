package ecs

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/ecstest"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// seven revisions, each with an image of its own.
const seven = "cluster prod\nregister web v1 v2 v3 v4 v5 v6 v7\n"

// Five revisions, of which none is above web:5; and the same, registered long ago.
const (
	five = "cluster prod\nregister web v1 v2 v3 v4 v5\n"
	old  = "cluster prod\nat -300d\nregister web v1 v2 v3 v4 v5\n"
)

// web:1 runs web:latest when that is a1, web:2 runs it when it is a2.
const movedBetween = `cluster prod
	push web:latest a1
	register web app=web:latest
	deploy prod/web 1
	push web:latest a2
`

// A history is a story about the service web, and what is the right thing to do about it.
type history struct {
	name, story string

	again    bool
	to       string   // --to
	restore  string   // what a snapshot that is restored has
	named    bool     // asked for by name
	strict   bool     // --strict
	guess    bool     // --guess; without it nothing is changed
	noPin    bool     // --no-pin
	whole    bool     // --whole
	noCheck  bool     // --no-image-check
	sidecars []string // globs
	records  []past.Record

	action past.Action
	want   string   // what is to run: Step.To
	words  []string // what reason and notes say
	not    []string // what they do not say
	writes string   // the calls that change something
	ends   string   // what runs in the end, if it is not want; for unchanged and blocked: as before
	state  State    // if not Steady for an undo, Planned otherwise
	moves  bool     // a second run does something as well
}

func (h history) run(t *testing.T) {
	w := newWorld(t, h.story)
	planner := past.UndoPlanner(past.UndoOptions{Again: h.again})
	if h.to != "" {
		var err error
		if planner, err = past.ToPlanner(h.to); err != nil {
			t.Fatal(err)
		}
	}
	if h.restore != "" {
		planner = past.RestorePlanner(recorded(h.restore)[0])
	}
	var names []string
	if h.named {
		names = []string{"web"}
	}
	sidecar, err := past.Sidecars(h.sidecars)
	if err != nil {
		t.Fatal(err)
	}
	o := PlanOptions{NoPin: h.noPin, Whole: h.whole, Sidecar: sidecar, NoImageCheck: h.noCheck, Strict: h.strict, Guess: h.guess}
	if h.records != nil {
		o.Records = func() ([]past.Record, error) { return h.records, nil }
	}
	if h.guess {
		h.notGuessed(t, planner, o, names)
	}
	before := w.Running("prod")["web"]
	o.DryRun = true
	other := newWorld(t, h.story) // in w, time goes on with each look
	h.check(t, other.step(other.plan(planner, o, names...), "web"))
	o.DryRun = false
	p := w.plan(planner, o, names...)
	if got := w.writes(); got != "" {
		t.Errorf("planning changed something: %s", got)
	}
	s := w.step(p, "web")
	w.carryOut(p)
	h.check(t, s)
	if got := w.writes(); got != h.writes {
		t.Errorf("changed by %q, want %q", got, h.writes)
	}
	ends, state := h.ends, h.state
	if ends == "" {
		if ends = before; h.action == past.Undo {
			ends = h.want
		}
	}
	if state == Planned && (h.action == past.Undo || s.Follows()) {
		state = Steady
	}
	if got := w.Running("prod")["web"]; got != ends {
		t.Errorf("runs %s in the end, want %s", got, ends)
	}
	if s.State != state {
		t.Errorf("ends as %q (%s), want %q", s.State, s.Error, state)
	}
	if h.again || h.to != "" || h.moves {
		return
	}
	for range 2 { // the same command again changes nothing
		w.ResetCalls()
		again := w.step(w.run(planner, o, names...), "web")
		if got := w.writes(); got != "" || w.Running("prod")["web"] != ends {
			t.Fatalf("run again: %s, by %s: %s; runs %s", again.Action, got, again.Reason, w.Running("prod")["web"])
		}
		if h.action == past.Undo && again.Action != past.Unchanged {
			t.Errorf("run again: %s: %s", again.Action, again.Reason)
		}
	}
}

// notGuessed sees that nothing is changed where no guess is asked for.
func (h history) notGuessed(t *testing.T, planner past.Planner, o PlanOptions, names []string) {
	t.Helper()
	o.Guess = false
	w := newWorld(t, h.story)
	before := w.Running("prod")["web"]
	s := w.step(w.run(planner, o, names...), "web")
	if s.Action == past.Undo || s.Guessed || w.writes() != "" || w.Running("prod")["web"] != before {
		t.Errorf("not asked for a guess: %s %s: %s; runs %s", s.Action, w.writes(), s.Reason, w.Running("prod")["web"])
	}
	if s.Action == past.Blocked && !tells(s, "--to") {
		t.Errorf("not asked for a guess: %s, and not what to do", s.Reason)
	}
}

// check compares what is to be done, or was, and what is said of it.
func (h history) check(t *testing.T, s *Step) {
	t.Helper()
	t.Logf("%s %s: %s\n%s", s.Action, s.To.TaskDefinition, s.Reason, strings.Join(s.AllNotes(), "\n"))
	if s.Action != h.action || h.want != "" && s.To.TaskDefinition.String() != h.want {
		t.Fatalf("plans %s %s, want %s %s", s.Action, s.To.TaskDefinition, h.action, h.want)
	}
	if s.Reason == "" || !tells(s, h.words...) {
		t.Errorf("want %q in reason or notes", h.words)
	}
	for _, word := range h.not {
		if tells(s, word) {
			t.Errorf("%q should not be said", word)
		}
	}
}

func TestHistories(t *testing.T) {
	for _, h := range slices.Concat(ordinaryHistories, endedHistories, inFlightHistories, imageHistories, definitionHistories, edgeHistories, ownerHistories, furtherHistories) {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			h.run(t)
		})
	}
}

const (
	update = "UpdateService"
	native = "StopServiceDeployment"
	copied = "RegisterTaskDefinition UpdateService"
)

// ordinaryHistories are services whose deployments all went well.
var ordinaryHistories = []history{
	{name: "two versions", story: seven + "deploy prod/web 4 5", action: past.Undo, want: "web:4", writes: update,
		words: []string{"running web:5", "before that web:4"}},
	{name: "again, past what was taken back", story: "cluster prod\nat -11d\nregister web v1 v2 v3\ndeploy prod/web 1\nat -10d\ndeploy prod/web 2\nat -1h\ndeploy prod/web 3\nat -30m\ndeploy prod/web 2\nnow", again: true,
		action: past.Undo, want: "web:1", writes: update, words: []string{"web:1 for 24h"}, moves: true},
	{name: "registered only in between", story: seven + "deploy prod/web 4 7", action: past.Undo, want: "web:4", writes: update},
	{name: "already taken back", story: seven + "deploy prod/web 1 2 3 2", action: past.Unchanged,
		words: []string{"already rolled back from web:3 to web:2"}},
	{name: "taken back two steps", story: seven + "deploy prod/web 1 2 3 1", action: past.Unchanged, words: []string{"rolled back from web:3 to web:1"}},
	{name: "taken back, then fixed", story: seven + "deploy prod/web 1 2 3 2 4", action: past.Undo, want: "web:2", writes: update, not: []string{"web:3"}},
	{name: "taken back, fixed, taken back", story: seven + "deploy prod/web 1 2 3 2 4 2", action: past.Unchanged, words: []string{"from web:4"}},
	{name: "to and fro", story: seven + "deploy prod/web 1 2 1 2", action: past.Undo, want: "web:1", writes: update},
	{name: "a lower revision is new", story: seven + "deploy prod/web 5 3", action: past.Undo, want: "web:5", writes: update},
	{name: "a lower revision after more", story: seven + "deploy prod/web 5 3 5", action: past.Unchanged, words: []string{"from web:3"}},
	{name: "forced twice", story: seven + "deploy prod/web 4 5\nforce prod/web\nforce prod/web", action: past.Undo, want: "web:4", writes: update},
	{name: "taken back, then forced", story: seven + "deploy prod/web 3 4 5 4\nforce prod/web", action: past.Unchanged, words: []string{"from web:5"}},
	{name: "one version", story: seven + "deploy prod/web 4", action: past.Unchanged, words: []string{"never run another version"}},
	{name: "back at the first version, again, by name", story: seven + "deploy prod/web 4 5 4", again: true, named: true, action: past.Blocked, words: []string{"nothing to undo", "first version"}},
	{name: "one version, by name", story: seven + "deploy prod/web 4", named: true, action: past.Blocked, words: []string{"nothing to undo"}},
	{name: "one version, forced", story: seven + "deploy prod/web 4\nforce prod/web", action: past.Unchanged, words: []string{"never run another version"}},
	{name: "another family", story: seven + "register shop v1 v2\ndeploy prod/web shop:2 web:1", action: past.Undo, want: "shop:2", writes: update},
	{name: "another family and back", story: seven + "register shop v1 v2\ndeploy prod/web shop:2 web:1 shop:2", action: past.Unchanged, words: []string{"from web:1 to shop:2"}},
	{name: "desired count 0", story: seven + "service prod/web desired=0\ndeploy prod/web 4 5", action: past.Undo, want: "web:4", writes: update,
		words: []string{"desired count is 0"}},
	{name: "daemon", story: seven + "service prod/web scheduling=DAEMON\ndeploy prod/web 4 5", action: past.Undo, want: "web:4", writes: update,
		not: []string{"desired count"}},
	{name: "blue/green", story: seven + "service prod/web strategy=BLUE_GREEN bake=5m\ndeploy prod/web 4 5", action: past.Undo, want: "web:4", writes: update,
		words: []string{"at least 5m"}},
	{name: "canary", story: seven + "service prod/web strategy=CANARY bake=5m canary=10 canary-bake=7m\ndeploy prod/web 4 5", action: past.Undo, want: "web:4",
		writes: update, words: []string{"at least 12m"}},
	{name: "linear", story: seven + "service prod/web strategy=LINEAR bake=5m step=25 step-bake=2m\ndeploy prod/web 4 5", action: past.Undo, want: "web:4",
		writes: update, words: []string{"at least 11m"}},
	{name: "short ARN", story: seven + "service prod/web arn=short\ndeploy prod/web 4 5", action: past.Undo, want: "web:4", writes: update},
	{name: "stack", story: seven + "service prod/web tag.aws:cloudformation:stack-name=shop\ndeploy prod/web 4 5", action: past.Undo, want: "web:4", writes: update,
		words: []string{"CloudFormation stack shop"}},
	{name: "same images", story: seven + "register web v7 env.MODE=fast\ndeploy prod/web 7 8", action: past.Undo, want: "web:7", writes: update,
		words: []string{"images are the same before and after"}},
	{name: "only configuration", story: seven + "deploy prod/web 4 5\nconfig prod/web subnets=subnet-b", action: past.Blocked,
		words: []string{"changed only the configuration (networkConfiguration)", "--to"}},
	{name: "version and configuration", story: seven + "deploy prod/web 4\nconfig prod/web 5 subnets=subnet-b", action: past.Undo, want: "web:4", writes: update,
		words: []string{"not restored", "networkConfiguration"}},
	{name: "configuration, then a version", story: seven + "deploy prod/web 4\nconfig prod/web subnets=subnet-b\ndeploy prod/web 5", action: past.Undo, want: "web:4", writes: update,
		not: []string{"not restored"}},
	{name: "taken back, then configured", story: seven + "deploy prod/web 4 5 4\nconfig prod/web subnets=subnet-b", action: past.Unchanged},
}

// endedHistories are services whose newest deployment did not end well.
var endedHistories = []history{
	{name: "breaker", story: seven + "bad web:5\nservice prod/web breaker=rollback\ndeploy prod/web 3 4 5", action: past.Unchanged,
		words: []string{"ECS already rolled back web:5 to web:4", "circuit breaker"}},
	{name: "alarm", story: seven + "service prod/web alarms=errors\ndeploy prod/web 3 4\ndeploy prod/web 5 !wait\nalarm prod/web errors", action: past.Unchanged,
		words: []string{"already rolled back web:5", "alarm"}},
	{name: "rolled back by a person", story: seven + "deploy prod/web 3 4\ndeploy prod/web 5 !wait\nrollback prod/web", action: past.Unchanged,
		words: []string{"already rolled back web:5"}},
	{name: "rolled back, then another", story: seven + "bad web:5\nservice prod/web breaker=rollback\ndeploy prod/web 4 5 6", action: past.Undo, want: "web:4", writes: update},
	{name: "rolled back twice", story: seven + "bad web:5\nbad web:6\nservice prod/web breaker=rollback\ndeploy prod/web 3 4 5 6", action: past.Unchanged,
		words: []string{"rolled back web:6"}},
	{name: "taken back, tried again in vain", story: seven + "service prod/web breaker=rollback\ndeploy prod/web 3 4 5 4\nbad web:5\ndeploy prod/web 5", action: past.Unchanged},
	{name: "undo failed", story: seven + "service prod/web breaker=rollback\ndeploy prod/web 3 4\nbad web:3\ndeploy prod/web 3\ngood web:3", action: past.Undo, want: "web:3",
		writes: update, words: []string{"was tried", "rolled it back", "trying again"}},
	{name: "undo fails again", story: seven + "service prod/web breaker=rollback\ndeploy prod/web 3 4\nbad web:3\ndeploy prod/web 3", action: past.Undo, want: "web:3",
		writes: update, state: RolledBack, ends: "web:4", moves: true, words: []string{"trying again"}},
	{name: "native undo failed", story: seven + "service prod/web breaker=rollback\ndeploy prod/web 3 4\ndeploy prod/web 3 !wait\nrollback prod/web", action: past.Undo,
		want: "web:3", writes: update, words: []string{"trying again"}},
	{name: "undo of an older one failed", story: seven + "service prod/web breaker=rollback\ndeploy prod/web 1 2 3\nbad web:1\ndeploy prod/web 1", action: past.Undo,
		want: "web:2", writes: update},
	{name: "breaker without rollback", story: seven + "bad web:5\nservice prod/web breaker=stop\ndeploy prod/web 3 4 5", action: past.Undo, want: "web:4", writes: update},
	{name: "stopped", story: seven + "deploy prod/web 3 4\ndeploy prod/web 5 !wait\nstop prod/web", action: past.Undo, want: "web:4", writes: update},
	{name: "stopped, then the same succeeded", story: seven + "deploy prod/web 3 4\ndeploy prod/web 5 !wait\nforce prod/web", action: past.Undo, want: "web:4", writes: update},
	{name: "put in the place of a stopped one", story: seven + "deploy prod/web 3 4\ndeploy prod/web 5 !wait\ndeploy prod/web 4", action: past.Unchanged,
		words: []string{"rolled back from web:5 to web:4"}},
	{name: "put in the place of two stopped ones", story: seven + "deploy prod/web 3 4\ndeploy prod/web 5 !wait\ndeploy prod/web 6 !wait\ndeploy prod/web 4", action: past.Unchanged,
		words: []string{"rolled back from"}},
	{name: "put in the place, then forced", story: seven + "deploy prod/web 3 4\ndeploy prod/web 5 !wait\ndeploy prod/web 4\nforce prod/web", action: past.Unchanged},
	{name: "put in the place, then forward", story: seven + "deploy prod/web 3 4\ndeploy prod/web 5 !wait\ndeploy prod/web 4 6", action: past.Undo, want: "web:4", writes: update},
	{name: "breaker without rollback, moved tag", story: movedBetween + "bad digest=a2\nservice prod/web breaker=stop\nforce prod/web", action: past.Undo, want: "web:1", writes: copied, ends: "web:2",
		words: []string{"pinned"}},
	{name: "undo failed, and was not rolled back", story: seven + "bad web:5\nservice prod/web breaker=stop\ndeploy prod/web 3 4 5\nbad web:4\ndeploy prod/web 4", action: past.Blocked,
		words: []string{"web:4 replaced web:5", "did not start", "--again"}},
	{name: "undo did not come up", story: seven + "service prod/web breaker=stop\ndeploy prod/web 3 4 5\nbad web:4\ndeploy prod/web 4", action: past.Blocked,
		words: []string{"web:4 replaced web:5", "did not start", "--again"}},
	{name: "undo was stopped", story: seven + "deploy prod/web 3 4 5\ndeploy prod/web 4 !wait\nstop prod/web", action: past.Blocked, words: []string{"did not complete"}},
	{name: "undo is being stopped", story: seven + "deploy prod/web 3 4 5\ndeploy prod/web 4 !wait\nstep 0\nstop prod/web !wait", action: past.Blocked, words: []string{"did not complete"}},
	{name: "undo did not come up, again", story: seven + "service prod/web breaker=stop\ndeploy prod/web 3 4 5\nbad web:4\ndeploy prod/web 4", again: true, action: past.Undo, want: "web:3", writes: update},
	{name: "undo did not come up, then repaired", story: seven + "service prod/web breaker=stop\ndeploy prod/web 3 4 5\nbad web:4\ndeploy prod/web 4\ngood web:4\nforce prod/web", action: past.Unchanged,
		words: []string{"rolled back from web:5"}},
	{name: "undo did not come up, moved tag", story: "cluster prod\nservice prod/web breaker=stop\npush web:latest a1\nregister web app=web:latest\ndeploy prod/web 1\npush web:latest a2\nforce prod/web\npush web:latest a1\nbad digest=a1\nforce prod/web",
		action: past.Blocked, words: []string{"did not start"}},
	{name: "rollback failed, again", story: seven + "service prod/web breaker=rollback\ndeploy prod/web 3 4\nbad web:4\nbad web:5\ndeploy prod/web 5", again: true, action: past.Undo, want: "web:3", writes: update},
	{name: "the same rolled back after one was stopped", story: seven + "deploy prod/web 3 4\ndeploy prod/web 5 !wait\ndeploy prod/web 4 !wait\nrollback prod/web", action: past.Unchanged},
	{name: "rollback failed", story: seven + "service prod/web breaker=rollback\ndeploy prod/web 3 4\nbad web:4\nbad web:5\ndeploy prod/web 5", action: past.Blocked,
		words: []string{"rollback", "web:5", "web:4"}},
	{name: "first version failed", story: seven + "bad web:4\nservice prod/web breaker=rollback\ndeploy prod/web 4", action: past.Unchanged, words: []string{"nothing runs"}},
}

// inFlightHistories are services whose newest deployment goes on.
var inFlightHistories = []history{
	{name: "rolling out", story: seven + "deploy prod/web 3 4\ndeploy prod/web 5 !wait", action: past.Undo, want: "web:4", writes: native,
		words: []string{"web:5 has been rolling out", "planned as a rollback by ECS"}},
	{name: "hangs", story: seven + "bad web:5\ndeploy prod/web 3 4 5", action: past.Undo, want: "web:4", writes: native},
	{name: "blue/green in flight", story: seven + "service prod/web strategy=BLUE_GREEN\ndeploy prod/web 3 4\ndeploy prod/web 5 !wait", action: past.Undo, want: "web:4", writes: native},
	{name: "blue/green bakes", story: seven + "service prod/web strategy=BLUE_GREEN bake=1h\ndeploy prod/web 3 4\ndeploy prod/web 5 !wait\nadvance 10m", action: past.Undo, want: "web:4", writes: native},
	{name: "canary in flight", story: seven + "service prod/web strategy=CANARY\ndeploy prod/web 3 4\ndeploy prod/web 5 !wait\nadvance 1m", action: past.Undo, want: "web:4", writes: native},
	{name: "linear in flight", story: seven + "service prod/web strategy=LINEAR\ndeploy prod/web 3 4\ndeploy prod/web 5 !wait\nadvance 20m", action: past.Undo, want: "web:4", writes: native},
	{name: "waits at a pause hook", story: seven + "service prod/web strategy=BLUE_GREEN pause=POST_SCALE_UP\ndeploy prod/web 3\ncontinue prod/web\ndeploy prod/web 4\ncontinue prod/web\ndeploy prod/web 5",
		action: past.Undo, want: "web:4", writes: native},
	{name: "forced in flight", story: seven + "deploy prod/web 4 5\nforce prod/web !wait", action: past.Undo, want: "web:4", writes: update},
	{name: "forced in flight, blue/green", story: seven + "service prod/web strategy=BLUE_GREEN\ndeploy prod/web 4 5\nforce prod/web !wait", action: past.Blocked,
		words: []string{"BLUE_GREEN"}},
	{name: "forced in flight, canary", story: seven + "service prod/web strategy=CANARY\ndeploy prod/web 4 5\nforce prod/web !wait\nadvance 1m", action: past.Blocked,
		words: []string{"CANARY"}},
	{name: "moved tag forced in flight", story: movedBetween + "force prod/web !wait", action: past.Undo, want: "web:1", writes: native},
	{name: "a return in flight", story: seven + "deploy prod/web 3 4 5\ndeploy prod/web 4 !wait", action: past.Unchanged, want: "web:4", ends: "web:4",
		words: []string{"the rollback from web:5 to web:4"}},
	{name: "a return in flight, again", story: seven + "deploy prod/web 3 4 5\ndeploy prod/web 4 !wait", again: true, action: past.Blocked, ends: "web:4", words: []string{"wait until it has ended"}},
	{name: "put in the place of one in flight", story: seven + "deploy prod/web 3 4\ndeploy prod/web 5 !wait\ndeploy prod/web 4 !wait", action: past.Unchanged, ends: "web:4",
		words: []string{"the rollback from web:5 to web:4"}},
	{name: "one in flight after another", story: seven + "service prod/web desired=4 rollout=4m\ndeploy prod/web 3 4\ndeploy prod/web 5 !wait\nadvance 2m\ndeploy prod/web 6 !wait", action: past.Undo, want: "web:4",
		writes: update},
	{name: "rolling back", story: seven + "deploy prod/web 3 4\ndeploy prod/web 5 !wait\nrollback prod/web !wait", action: past.Unchanged, ends: "web:4",
		words: []string{"ECS is rolling back web:5"}},
	{name: "an undo is being rolled back", story: seven + "service prod/web breaker=rollback\ndeploy prod/web 3 4\ndeploy prod/web 3 !wait\nrollback prod/web !wait", action: past.Unchanged,
		state: RolledBack, ends: "web:4", moves: true},
	{name: "first version in flight", story: seven + "deploy prod/web 4 !wait", action: past.Unchanged, words: []string{"first version"}},
	{name: "only configuration in flight", story: seven + "deploy prod/web 4 5\nconfig prod/web subnets=subnet-b !wait", action: past.Blocked,
		words: []string{"networkConfiguration"}},
	{name: "stop not permitted", story: seven + "deny StopServiceDeployment\ndeploy prod/web 3 4\ndeploy prod/web 5 !wait", action: past.Undo, want: "web:4",
		writes: native + " " + update},
	{name: "stop not permitted, blue/green", story: seven + "deny StopServiceDeployment\nservice prod/web strategy=BLUE_GREEN\ndeploy prod/web 3 4\ndeploy prod/web 5 !wait",
		action: past.Undo, want: "web:4", writes: native, state: Failed, ends: "web:5", moves: true},
	{name: "sources not permitted", story: seven + "deny DescribeServiceDeployments\ndeploy prod/web 3 4\ndeploy prod/web 5 !wait", action: past.Undo, want: "web:4", writes: update},
	{name: "too late", story: seven + "deploy prod/web 3 4\ntoolate prod/web\ndeploy prod/web 5 !wait", action: past.Undo, want: "web:4", writes: native + " " + update},
	{name: "too late, moved tag", story: movedBetween + "toolate prod/web\nforce prod/web !wait", action: past.Undo, want: "web:1", writes: native + " " + copied, ends: "web:2"},
	{name: "alarm while it bakes", story: seven + "service prod/web strategy=BLUE_GREEN bake=1h alarms=errors\ndeploy prod/web 3 4\ndeploy prod/web 5 !wait\nadvance 10m\nalarm prod/web errors !wait",
		action: past.Unchanged, ends: "web:4", words: []string{"ECS is rolling back web:5"}},
}

// imageHistories are histories that digests decide.
var imageHistories = []history{
	{name: "tag moved", story: movedBetween + "force prod/web", action: past.Undo, want: "web:1", writes: copied, ends: "web:2",
		words: []string{"tag latest has moved: pinned to the digest that ran"}},
	{name: "tag moved, not pinned", story: movedBetween + "force prod/web", noPin: true, action: past.Unchanged, words: []string{"only the image behind a tag has changed"}},
	{name: "tag moved back", story: movedBetween + "force prod/web\npush web:latest a1\nforce prod/web", action: past.Unchanged, words: []string{"rolled back"}},
	{name: "the same digest forced", story: movedBetween + "push web:latest a1\nforce prod/web", action: past.Unchanged, words: []string{"never run another"}},
	{name: "tag of the one before moved", story: movedBetween + "register web app=web:latest env.X=1\ndeploy prod/web 2", action: past.Undo, want: "web:1", writes: copied, ends: "web:3",
		words: []string{"tag latest has moved", "newest revision of web"}},
	{name: "a copy is used again", story: movedBetween + "register web app=web@a1\nregister web app=web:latest env.X=1\ndeploy prod/web 3", action: past.Undo, want: "web:1", writes: update, ends: "web:2",
		words: []string{"web:2, which is identical to the copy"}},
	{name: "tag of the one before moved, not pinned", story: movedBetween + "register web app=web:latest env.X=1\ndeploy prod/web 2", noPin: true, action: past.Undo, want: "web:1",
		writes: update},
	{name: "untagged since", story: movedBetween + "register web v9\ndeploy prod/web 2", action: past.Undo, want: "web:1", writes: copied, ends: "web:3",
		words: []string{"has no tag any more"}},
	{name: "kept by another tag", story: movedBetween + "push web:kept a1\nregister web v9\ndeploy prod/web 2", action: past.Undo, want: "web:1", writes: copied, ends: "web:3",
		not: []string{"has no tag any more"}},
	{name: "tag gone", story: movedBetween + "register web v9\ndeploy prod/web 2\nuntag web:latest", action: past.Undo, want: "web:1", writes: copied, ends: "web:3",
		words: []string{"tag latest is gone"}},
	{name: "digest gone", story: movedBetween + "force prod/web\nexpire web@a1", action: past.Blocked, words: []string{"no longer exists", "web@sha256:"}},
	{name: "image gone", story: seven + "deploy prod/web 4 5\nexpire web:v4", action: past.Blocked, words: []string{"v4", "no longer exists"}},
	{name: "image gone, not looked at", story: seven + "service prod/web breaker=rollback\ndeploy prod/web 4 5\nexpire web:v4", noCheck: true, action: past.Undo, want: "web:4", writes: update,
		state: RolledBack, ends: "web:5", moves: true},
	{name: "image archived", story: seven + "deploy prod/web 4 5\narchive web:v4", action: past.Blocked, words: []string{"ARCHIVED"}},
	{name: "digest archived", story: movedBetween + "force prod/web\narchive web@a1", action: past.Blocked, words: []string{"ARCHIVED"}},
	{name: "not permitted to ask", story: seven + "deny ecr:*\ndeploy prod/web 4 5", action: past.Undo, want: "web:4", writes: update, words: []string{"not checked"}},
	{name: "not permitted, digest decides", story: movedBetween + "force prod/web\ndeny ecr:*", action: past.Undo, want: "web:1", writes: copied, ends: "web:2",
		words: []string{"not checked"}},
	{name: "the digest cannot be asked for", story: movedBetween + "force prod/web\ndeny ecr:DescribeImages body=sha256", action: past.Undo, want: "web:1", writes: copied, ends: "web:2",
		words: []string{"not checked", "pinned to the digest that ran"}},
	{name: "two platforms of one image", story: "cluster prod\npush web:latest i1 index=b1,b2 records=b1\nregister web app=web:latest\ndeploy prod/web 1\npush web:latest i1 index=b1,b2 records=b2\nforce prod/web", action: past.Blocked,
		words: []string{"would change nothing"}, not: []string{"to start it again"}},
	{name: "another registry", story: "cluster prod\nregister web docker.io/web:1 docker.io/web:2\ndeploy prod/web 1 2", action: past.Undo, want: "web:1", writes: update,
		words: []string{"not checked", "not in private ECR"}},
	{name: "index whose child ran", story: "cluster prod\npush web:v1 i1 index=b1,b2 records=b1\nregister web v1 v2\ndeploy prod/web 1 2", action: past.Undo, want: "web:1", writes: update,
		not: []string{"moved"}},
	{name: "index that moved", story: "cluster prod\npush web:v1 i1 index=b1,b2 records=b1\npush web@b1\nregister web v1 v2\ndeploy prod/web 1 2\npush web:v1 i2 index=c1,c2 records=c1", action: past.Undo, want: "web:1",
		writes: copied, ends: "web:3", words: []string{"moved"}},
	{name: "two containers, one moved", story: `cluster prod
		push web:latest a1
		register web app=web:latest log=log:v1
		deploy prod/web 1
		push web:latest a2
		force prod/web`, action: past.Undo, want: "web:1", writes: copied, ends: "web:2", words: []string{"tag latest has moved"}},
	{name: "sidecar moved", story: `cluster prod
		push agent:latest s1
		register web app=web:v1 agent=agent:latest
		register web app=web:v2 agent=agent:latest
		deploy prod/web 1 2
		push agent:latest s2
		force prod/web`, sidecars: []string{"agent"}, action: past.Undo, want: "web:1", writes: update, not: []string{"pinned"}},
	{name: "sidecar moved, not said to be one", story: `cluster prod
		push agent:latest s1
		register web app=web:v1 agent=agent:latest
		register web app=web:v2 agent=agent:latest
		deploy prod/web 1 2
		push agent:latest s2
		force prod/web`, action: past.Undo, want: "web:1", writes: update},
	{name: "sidecar moved since the copy", story: `cluster prod
		push agent:latest s1
		register web app=web:v1 agent=agent:latest
		register web app=web:v2 agent=agent:latest
		deploy prod/web 1 2
		deregister web:1
		push agent:latest s2`, sidecars: []string{"agent"}, action: past.Undo, want: "web:1", writes: copied, ends: "web:3"},
	{name: "copy not pinned", story: movedBetween + "register web v9\ndeploy prod/web 2\nderegister web:1", noPin: true, action: past.Undo, want: "web:1", writes: copied, ends: "web:3"},
	{name: "digest unknown", story: movedBetween + "service prod/web desired=0\nforce prod/web\nservice prod/web desired=1\nregister web v9\ndeploy prod/web 2",
		action: past.Undo, want: "web:1", writes: copied, ends: "web:3", words: []string{"pinned"}},
	{name: "never had tasks", story: "cluster prod\npush web:latest a1\nservice prod/web desired=0\nregister web app=web:latest\ndeploy prod/web 1\npush web:latest a2\nforce prod/web",
		action: past.Unchanged, words: []string{"never run another"}},
	{name: "inactive and moved", story: movedBetween + "register web v9\ndeploy prod/web 2\nderegister web:1", action: past.Undo, want: "web:1", writes: copied, ends: "web:3",
		words: []string{"pinned to the digest that ran"}},
}

// definitionHistories are histories in which the definition before cannot be deployed as it is, or is somebody's copy.
var definitionHistories = []history{
	{name: "inactive", story: seven + "deploy prod/web 4 5\nderegister web:4", action: past.Undo, want: "web:4", writes: copied, ends: "web:8",
		words: []string{"web:4 is inactive", "registers a copy", "newest revision"}},
	{name: "inactive, an identical one", story: seven + "register web v4\ndeploy prod/web 4 5\nderegister web:4", action: past.Undo, want: "web:4", writes: update, ends: "web:8",
		words: []string{"web:8, which is identical to the copy"}},
	{name: "inactive, an identical lower one", story: "cluster prod\nregister web v1 v2 v2 v4\ndeploy prod/web 1 3 4\nderegister web:3", action: past.Undo, want: "web:3", writes: update, ends: "web:2",
		words: []string{"web:2, which is identical to the copy"}},
	{name: "inactive, the identical one too", story: seven + "register web v4\nderegister web:8\ndeploy prod/web 4 5\nderegister web:4", action: past.Undo, want: "web:4", writes: copied, ends: "web:9"},
	{name: "identical to the one before the one before", story: seven + "register web v4\ndeploy prod/web 3 4 5 8", action: past.Unchanged, words: []string{"rolled back from web:5", "copy of web:4"}},
	{name: "identical body, other tags", story: seven + "register web v4 tag.by=somebody\ndeploy prod/web 3 4 5 8", action: past.Unchanged},
	{name: "a copy of an identical one", story: seven + "register web v4\ndeploy prod/web 4 5 8 6\nderegister web:4\nderegister web:8", action: past.Undo, want: "web:8", writes: copied, ends: "web:9"},
	{name: "inherited tag", story: seven + "register web v8 'tag.ecsundo:origin=web:4 00112233445566778899aabbccddeeff'\ndeploy prod/web 3 4 5 8", action: past.Undo, want: "web:5", writes: update},
	{name: "inherited tag, same image", story: seven + "register web v4 env.X=1 'tag.ecsundo:origin=web:4 00112233445566778899aabbccddeeff'\ndeploy prod/web 3 4 5 8", action: past.Unchanged, words: []string{"another task definition with the images of web:4"}},
	{name: "deleted", story: seven + "deploy prod/web 4 5\ndelete web:4", action: past.Blocked, words: []string{"web:4 is deleted", "no snapshot"}},
	{name: "purged", story: seven + "deploy prod/web 4 5\npurge web:4", action: past.Blocked, words: []string{"web:4 is deleted", "no snapshot"}},
	{name: "deleted, but kept", story: seven + "deploy prod/web 4 5\ndelete web:4", records: kept("web:4", "web:v4"), action: past.Undo, want: "web:4", writes: copied, ends: "web:8",
		words: []string{"its task definition comes from snapshot monday"}},
	{name: "purged, but kept", story: seven + "deploy prod/web 4 5\npurge web:4", records: kept("web:4", "web:v4"), action: past.Undo, want: "web:4", writes: copied, ends: "web:8",
		words: []string{"its task definition comes from snapshot monday"}},
	{name: "a copy deleted, its original kept", story: movedBetween + "register web app=web@a1\nregister web v9 v10\ndeploy prod/web 3 2 4\nderegister web:1\ndelete web:2", records: kept("web:1", "web:latest"), action: past.Undo, want: "web:2",
		writes: copied, ends: "web:5", words: []string{"its task definition comes from snapshot monday"}},
	{name: "a copy deleted, its original kept and there", story: movedBetween + "register web app=web@a1\nregister web v9 v10\ndeploy prod/web 3 2 4\ndelete web:2", records: kept("web:1", "web:latest"), action: past.Undo, want: "web:2",
		writes: copied, ends: "web:5"},
	{name: "description not permitted", story: seven + "deny DescribeTaskDefinition\ndeploy prod/web 4 5", action: past.Undo, want: "web:4", writes: update, not: []string{"deleted"}},
	{name: "registering not permitted", story: seven + "deny RegisterTaskDefinition\ndeploy prod/web 4 5\nderegister web:4", action: past.Undo, want: "web:4",
		writes: "RegisterTaskDefinition", state: Failed, ends: "web:5", moves: true, words: nil},
	{name: "listing not permitted", story: seven + "deny ListTaskDefinitions\ndeploy prod/web 4 5\nderegister web:4", action: past.Undo, want: "web:4", writes: copied, ends: "web:8"},
	{name: "updating not permitted", story: seven + "deny UpdateService\ndeploy prod/web 4 5", action: past.Undo, want: "web:4", writes: update, state: Failed, ends: "web:5", moves: true},
	{name: "inactive, the identical one too by the update", story: seven + "register web v4\ndeploy prod/web 4 5\nderegister web:4\nlag deregister=0\nwhen UpdateService nth=1 'deregister web:8'", action: past.Undo, want: "web:4",
		writes: update + " " + copied, ends: "web:9"},
	{name: "inactive only by the update", story: seven + "deploy prod/web 4 5\nlag deregister=0\nderegister web:4", action: past.Undo, want: "web:4", writes: copied, ends: "web:8"},
}

// kept makes the records of a store that holds the body of a definition.
func kept(definition, image string) []past.Record {
	t, err := past.ParseTaskDefinition(definition)
	if err != nil {
		panic(err)
	}
	image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/" + image
	return []past.Record{{Name: "monday", TakenAt: time.Now().Add(-24 * time.Hour), Services: map[string]past.RecordedService{"web": {
		Version: past.Version{TaskDefinition: t, Images: []past.Image{{Container: "app", Reference: image, Digest: ecstest.Digest("web:v4")}}},
		Definition: &past.Definition{TaskDefinition: t, Body: []byte(`{"family":"` + t.Family + `","networkMode":"awsvpc",
			"requiresCompatibilities":["FARGATE"],"cpu":"256","memory":"512","volumes":[],"placementConstraints":[],
			"containerDefinitions":[{"name":"app","image":"` + image + `","cpu":0,"essential":true,"environment":[]}]}`)},
	}}}}
}

// recorded makes the records of a store, newest first, of snapshots that have these definitions; one with a minus before it
// was kept by an undo before it changed the service.
func recorded(definitions ...string) []past.Record {
	var all []past.Record
	for i, name := range definitions {
		name, before := strings.CutPrefix(name, "-")
		t, err := past.ParseTaskDefinition(name)
		if err != nil {
			panic(err)
		}
		all = append(all, past.Record{Name: "snapshot-" + name, TakenAt: time.Now().Add(-time.Duration(i+1) * time.Hour), Before: before,
			Services: map[string]past.RecordedService{"web": {Version: past.Version{TaskDefinition: t}}}})
	}
	return all
}

// edgeHistories are histories that are cut, long, or not to be had.
var edgeHistories = []history{
	{name: "cut, a snapshot", story: old + "at -2d\ndeploy prod/web 3\nnow\ndeploy prod/web 5\nforget prod/web\nmissing prod/web 3", records: recorded("web:5", "web:3"), action: past.Undo, want: "web:3", writes: update,
		words: []string{"history starts", "snapshot-web:3"}},
	{name: "cut, an inactive snapshot", story: old + "at -2d\ndeploy prod/web 3\nnow\ndeploy prod/web 5\nforget prod/web\nmissing prod/web 3\nderegister web:3", records: recorded("web:5", "web:3"), action: past.Undo, want: "web:3", writes: copied, ends: "web:6",
		words: []string{"history starts", "snapshot-web:3"}},
	{name: "cut, guessed once, again", guess: true, story: old + "at -2d\ndeploy prod/web 3\nnow\ndeploy prod/web 5\nforget prod/web\ndeploy prod/web 4", again: true, action: past.Undo, want: "web:3", writes: update,
		words: []string{"a guess"}},
	{name: "cut, a return in flight", story: seven + "at -2d\ndeploy prod/web 3\nnow\ndeploy prod/web 5\nforget prod/web\ndeploy prod/web 3 !wait", action: past.Unchanged, ends: "web:3"},
	{name: "cut, in flight", story: seven + "at -200d\ndeploy prod/web 3 4\nnow\ndeploy prod/web 6 !wait", action: past.Undo, want: "web:4", writes: native},
	{name: "cut, in flight, blue/green", story: seven + "service prod/web strategy=BLUE_GREEN\nat -200d\ndeploy prod/web 3 4\nnow\ndeploy prod/web 6 !wait", action: past.Undo, want: "web:4", writes: native},
	{name: "cut, only a return in flight", story: seven + "at -200d\ndeploy prod/web 3 5\nnow\ndeploy prod/web 3 !wait", action: past.Unchanged, ends: "web:3", moves: true,
		words: []string{"the rollback from web:5 to web:3"}}, // once it has ended, nothing shows any more that web:5 ever ran
	{name: "cut, in flight, sources not permitted", story: seven + "deny DescribeServiceDeployments\nat -200d\ndeploy prod/web 3 4\nnow\ndeploy prod/web 6 !wait", action: past.Undo, want: "web:4",
		writes: update},
	{name: "cut, in flight over one in flight", story: "cluster prod\nat -300d\nregister web v1 v2 v3 v4 v5 v6 v7\n" + "service prod/web desired=4 rollout=4m\nat -200d\ndeploy prod/web 3 4\nnow\ndeploy prod/web 5 !wait\nadvance 2m\ndeploy prod/web 7 !wait",
		records: recorded("web:4"), action: past.Undo, want: "web:4", writes: update},
	{name: "cut, breaker", story: seven + "bad web:6\nservice prod/web breaker=rollback\nat -200d\ndeploy prod/web 3 4\nnow\ndeploy prod/web 6", action: past.Unchanged,
		words: []string{"ECS already rolled back web:6 to web:4"}},
	{name: "cut, rolling back", story: seven + "at -200d\ndeploy prod/web 3 4\nnow\ndeploy prod/web 6 !wait\nrollback prod/web !wait", action: past.Unchanged, ends: "web:4"},
	{name: "history denied, not asked for a guess", story: old + "now\ndeny ListServiceDeployments\ndeploy prod/web 3 5", action: past.Blocked,
		words: []string{"its deployment history cannot be read: AccessDeniedException; allow ecs:ListServiceDeployments and ecs:DescribeServiceRevisions; or choose --to web:4, or --guess"}},
	{name: "history denied, nothing recent", story: old + "at -120d\ndeploy prod/web 3 5\nnow\ndeny ListServiceDeployments DescribeServiceRevisions", action: past.Unchanged,
		words: []string{"nothing recent to undo: web:5 has been running for 119d"}},
	{name: "history denied, nothing recent, by name", named: true, story: old + "at -120d\ndeploy prod/web 3 5\nnow\ndeny ListServiceDeployments DescribeServiceRevisions", action: past.Blocked,
		words: []string{"nothing to undo: nothing recent to undo"}},
	{name: "history denied, nothing recent, one further", again: true, story: old + "at -120d\ndeploy prod/web 3 5\nnow\ndeny ListServiceDeployments DescribeServiceRevisions", action: past.Blocked},
	{name: "history denied, blue/green in flight", guess: true, story: old + "service prod/web strategy=BLUE_GREEN\ndeny ListServiceDeployments\ndeploy prod/web 3 4\ndeploy prod/web 5 !wait", action: past.Blocked,
		words: []string{"BLUE_GREEN"}},
	{name: "cut, two new versions", story: seven + "at -2d\ndeploy prod/web 3\nnow\ndeploy prod/web 5 6\nforget prod/web keep=2", action: past.Undo, want: "web:5", writes: update},
	{name: "cut, a lower one that is new", story: seven + "at -2d\ndeploy prod/web 7\nnow\nregister shop v1\ndeploy prod/web 6\nregister aaa v1\ndeploy prod/web aaa:1\nforget prod/web keep=2", action: past.Undo, want: "web:6", writes: update},
	{name: "cut, the source is still there", story: old + "at -2d\ndeploy prod/web 3\nnow\ndeploy prod/web 5\nforget prod/web", action: past.Undo, want: "web:3", writes: update,
		words: []string{"before that web:3"}, not: []string{"guess"}},
	{name: "cut, a guess", guess: true, story: old + "at -2d\ndeploy prod/web 3\nnow\ndeploy prod/web 5\nforget prod/web\nmissing prod/web 3", action: past.Undo, want: "web:4", writes: update,
		words: []string{"a guess", "history starts"}},
	{name: "older than 90 days", story: old + "at -200d\ndeploy prod/web 3\nat -100d\ndeploy prod/web 4\nnow\ndeploy prod/web 5\nmissing prod/web 4", records: recorded("web:4"), action: past.Undo, want: "web:4",
		writes: update, words: []string{"history starts"}},
	{name: "current older than 90 days", story: old + "at -200d\ndeploy prod/web 3\nat -100d\ndeploy prod/web 5\nnow", records: recorded("web:5", "web:3"), action: past.Undo, want: "web:3",
		writes: update, moves: true},
	{name: "older than 90 days, taken back", story: seven + "at -200d\ndeploy prod/web 3\nat -100d\ndeploy prod/web 5\nnow\ndeploy prod/web 3", records: recorded("-web:5", "web:5", "web:3"), action: past.Unchanged,
		words: []string{"rolled back from web:5"}},
	{name: "no history at all", guess: true, story: old + "deploy prod/web 3 5\nforget prod/web keep=0", action: past.Undo, want: "web:4", writes: update, words: []string{"a guess", "no deployment history"}, moves: true},
	{name: "unsupported", guess: true, story: old + "deploy prod/web 3 5\nunsupported prod/web", action: past.Undo, want: "web:4", writes: update, words: []string{"a guess", "UnsupportedFeatureException"}, moves: true},
	{name: "history denied", guess: true, story: old + "deny ListServiceDeployments\ndeploy prod/web 3 5", action: past.Undo, want: "web:4", writes: update,
		words: []string{"a guess", "AccessDeniedException"}, moves: true},
	{name: "history denied, a snapshot", story: old + "deny ListServiceDeployments\ndeploy prod/web 3 5", records: recorded("web:5", "web:3"), action: past.Undo, want: "web:3", writes: update,
		words: []string{"snapshot-web:3"}, moves: true},
	{name: "history denied, taken back", story: seven + "deny ListServiceDeployments\ndeploy prod/web 3 5 3", records: recorded("-web:5", "web:3", "web:1"), action: past.Unchanged,
		words: []string{"already rolled back from web:5", "snapshot-web:5"}},
	{name: "revisions denied", guess: true, story: old + "deny DescribeServiceRevisions\ndeploy prod/web 3 5", action: past.Undo, want: "web:4", writes: update,
		words: []string{"a guess", "AccessDeniedException"}, moves: true},
	{name: "guess of a shared family", guess: true, story: old + "deny ListServiceDeployments\ndeploy prod/web 3 5\ndeploy prod/worker web:2", action: past.Blocked,
		words: []string{"worker", "ecs:ListServiceDeployments"}},
	{name: "guess without the port", guess: true, story: seven + "register web app=web:v8 port=8080\nservice prod/web lb=app:8080\ndeny ListServiceDeployments\ndeploy prod/web 8", action: past.Blocked,
		words: []string{"port 8080"}},
	{name: "guess with another container", guess: true, story: seven + "register web main=web:v8\ndeny ListServiceDeployments\ndeploy prod/web 8", action: past.Blocked,
		words: []string{"no container in common"}},
	{name: "guess of an inactive one", guess: true, story: old + "deny ListServiceDeployments\ndeploy prod/web 3 5\nderegister web:4", action: past.Undo, want: "web:4", writes: copied, ends: "web:6",
		words: []string{"a guess"}, moves: true},
	{name: "guess with one revision", guess: true, story: "cluster prod\nregister web v1\ndeny ListServiceDeployments\ndeploy prod/web 1", action: past.Unchanged},
	{name: "revision missing", guess: true, story: five + "deploy prod/web 2 4 5\nmissing prod/web 4", action: past.Undo, want: "web:4", writes: update, words: []string{"no longer has the record"}, moves: true},
	{name: "older revision missing", story: seven + "deploy prod/web 2 4 5\nmissing prod/web 2", action: past.Undo, want: "web:4", writes: update},
	{name: "current revision missing", story: seven + "deploy prod/web 2 3 5\nmissing prod/web 5", action: past.Undo, want: "web:3", writes: update, not: []string{"guess"}},
	{name: "current revision missing, a return", story: seven + "deploy prod/web 2 3\nforget prod/web keep=2\ndeploy prod/web 2", action: past.Unchanged},
	{name: "more than twenty", story: "cluster prod\nregister web" + versions(30) + "\ndeploy prod/web" + numbers(1, 30), action: past.Undo, want: "web:29", writes: update},
	{name: "a return to far below", story: "cluster prod\nregister web" + versions(30) + "\ndeploy prod/web" + numbers(1, 30) + " 2", action: past.Unchanged, words: []string{"from web:30 to web:2"}},
	{name: "many forced", story: "cluster prod\nregister web v1 v2\ndeploy prod/web 1 2" + strings.Repeat("\nforce prod/web", 25), action: past.Undo, want: "web:1", writes: update},
	{name: "many failed", story: "cluster prod\nregister web v1 v2 v3\nbad web:3\nservice prod/web breaker=rollback\ndeploy prod/web 1 2" + strings.Repeat("\ndeploy prod/web 3", 25), action: past.Unchanged,
		words: []string{"rolled back web:3"}},
	{name: "more than a hundred", story: "cluster prod\nregister web" + versions(110) + "\ndeploy prod/web" + numbers(1, 110), action: past.Undo, want: "web:109", writes: update},
	{name: "more than a hundred forced", story: "cluster prod\nat -3d\nregister web v1 v2\ndeploy prod/web 1 2" + strings.Repeat("\nforce prod/web", 110), records: recorded("web:1"), action: past.Undo, want: "web:1",
		writes: update, words: []string{"history starts"}},
	{name: "five, three, five with much between", story: "cluster prod\nregister web" + versions(30) + "\ndeploy prod/web 5 3" + numbers(6, 30) + " 5", action: past.Unchanged, words: []string{"to web:5"}},
}

func versions(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" v" + itoa(i+1))
	}
	return b.String()
}

func numbers(from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		b.WriteString(" " + itoa(i))
	}
	return b.String()
}

// ownerHistories are services that are somebody else's.
var ownerHistories = []history{
	{name: "external", story: seven + "service prod/web controller=EXTERNAL\ndeploy prod/web 4 5", action: past.Skipped, words: []string{"external controller"}},
	{name: "external, by name", story: seven + "service prod/web controller=EXTERNAL\ndeploy prod/web 4 5", named: true, action: past.Blocked},
	{name: "external, strict", story: seven + "service prod/web controller=EXTERNAL\ndeploy prod/web 4 5", strict: true, action: past.Blocked},
	{name: "express", story: seven + "service prod/web !express\ndeploy prod/web 4 5", action: past.Skipped, words: []string{"Express", "update-express-gateway-service"}},
	{name: "express, by name", story: seven + "service prod/web !express\ndeploy prod/web 4 5", named: true, action: past.Blocked},
	{name: "draining", story: seven + "deploy prod/web 4 5\nstatus prod/web DRAINING", action: past.Skipped, words: []string{"DRAINING"}},
	{name: "draining, by name", story: seven + "deploy prod/web 4 5\nstatus prod/web DRAINING", named: true, action: past.Blocked},
}

// furtherHistories are undos that are told where to go.
var furtherHistories = []history{
	{name: "again after taken back", story: seven + "deploy prod/web 1 2 3 2", again: true, action: past.Undo, want: "web:1", writes: update},
	{name: "again at once", story: seven + "deploy prod/web 1 2 3", again: true, action: past.Undo, want: "web:2", writes: update},
	{name: "again after the breaker", story: seven + "bad web:5\nservice prod/web breaker=rollback\ndeploy prod/web 3 4 5", again: true, action: past.Undo, want: "web:3", writes: update},
	{name: "again at the bottom", story: seven + "deploy prod/web 1 2 1", again: true, action: past.Unchanged, words: []string{"web:1 is the first version that it ever ran"}},
	{name: "again after a snapshot's version", story: seven + "deploy prod/web 1 2 3 1", again: true, action: past.Unchanged},
	{name: "again past a moved tag", story: movedBetween + "force prod/web\nregister web v9\ndeploy prod/web 2\nderegister web:2\nregister web app=web@a2\ndeploy prod/web 3", again: true, action: past.Undo, want: "web:1",
		writes: copied, ends: "web:4"},
	{name: "to a number", story: seven + "deploy prod/web 1 2 3", to: "1", action: past.Undo, want: "web:1", writes: update, words: []string{"requested with --to", "last deployed"}},
	{name: "to what never ran", story: seven + "deploy prod/web 1 3", to: "2", action: past.Undo, want: "web:2", writes: update, words: []string{"no deployment of it in the history has completed"}},
	{name: "to what runs", story: seven + "deploy prod/web 1 3", to: "web:3", action: past.Unchanged, words: []string{"already runs web:3"}},
	{name: "to an ARN", story: seven + "deploy prod/web 1 2 3", to: "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1", action: past.Undo, want: "web:1", writes: update},
	{name: "to forward again", story: seven + "deploy prod/web 1 2 1", to: "2", action: past.Undo, want: "web:2", writes: update},
	{name: "to an inactive one", story: seven + "deploy prod/web 1 2 3\nderegister web:1", to: "1", action: past.Undo, want: "web:1", writes: copied, ends: "web:8"},
	{name: "to what its copy runs", story: seven + "register web v1\ndeploy prod/web 1 2 8", to: "1", action: past.Unchanged, words: []string{"already runs"}},
	{name: "to one with a moved tag", story: movedBetween + "register web v9\ndeploy prod/web 2", to: "1", action: past.Undo, want: "web:1", writes: copied, ends: "web:3", words: []string{"pinned"}},
	{name: "to another family", story: seven + "register shop v1\ndeploy prod/web 1 2", to: "shop:1", action: past.Blocked, words: []string{"another family"}},
	{name: "to another family that ran", story: seven + "register shop v1\ndeploy prod/web shop:1 2", to: "shop:1", action: past.Undo, want: "shop:1", writes: update},
	{name: "to the one before, in flight", story: seven + "deploy prod/web 4\ndeploy prod/web 5 !wait", to: "4", action: past.Undo, want: "web:4", writes: native},
	{name: "to the one in flight", story: seven + "deploy prod/web 4\ndeploy prod/web 5 !wait", to: "5", action: past.Unchanged, ends: "web:5"},
	{name: "to one whose copy ran before, in flight", story: seven + "register web v4\ndeploy prod/web 4 8\ndeploy prod/web 5 !wait", to: "4", action: past.Undo, want: "web:8", writes: native},
	{name: "to one whose copy is in flight", story: seven + "register web v4\ndeploy prod/web 3 5\ndeploy prod/web 4\ndeploy prod/web 5\ndeploy prod/web 8 !wait", to: "4", action: past.Unchanged, ends: "web:8"},
	{name: "to what ECS is rolling back to", story: seven + "deploy prod/web 3 4\ndeploy prod/web 5 !wait\nrollback prod/web !wait", to: "4", action: past.Unchanged, want: "web:4", ends: "web:4",
		words: []string{"already rolling back to web:4"}},
	{name: "to what ECS is rolling back", story: seven + "deploy prod/web 3 4\ndeploy prod/web 5 !wait\nrollback prod/web !wait", to: "5", action: past.Unchanged, state: RolledBack, ends: "web:4"},
	{name: "restore of one whose copy ran before, in flight", story: seven + "register web v4\ndeploy prod/web 4 8\ndeploy prod/web 5 !wait", restore: "web:4", action: past.Undo, want: "web:8", writes: native},
	{name: "restore of one whose copy is in flight", story: seven + "register web v4\ndeploy prod/web 4 5\ndeploy prod/web 8 !wait", restore: "web:4", action: past.Unchanged, ends: "web:8"},
	{name: "restore of what ECS is rolling back to", story: seven + "service prod/web strategy=BLUE_GREEN\ndeploy prod/web 3 4\ndeploy prod/web 5 !wait\nrollback prod/web !wait", restore: "web:4",
		action: past.Unchanged, want: "web:4", ends: "web:4", words: []string{"already rolling back to web:4"}},
	{name: "to what did not come up", story: seven + "service prod/web breaker=stop\nbad web:5\ndeploy prod/web 4 5", to: "5", action: past.Blocked, words: []string{"would change nothing; to start it again"}},
	{name: "restore of what did not come up", story: seven + "service prod/web breaker=stop\nbad web:5\ndeploy prod/web 4 5", restore: "web:5", action: past.Blocked, words: []string{"would change nothing; to start it again"}},
	{name: "to what came up before, and not now", story: seven + "service prod/web breaker=stop\ndeploy prod/web 3 4 5\nbad web:4\ndeploy prod/web 4", to: "4", action: past.Blocked,
		words: []string{"web:4 replaced web:5", "did not start", "update-service --cluster prod --service web --force-new-deployment"}},
	{name: "undo by a copy did not come up", story: movedBetween + "service prod/web breaker=stop\nregister web app=web:latest cpu=512\ndeploy prod/web 2\nregister web web@a1\nbad digest=a1\ndeploy prod/web 3", action: past.Blocked,
		words: []string{"web:3 (a copy of web:1) replaced web:2", "did not start"}},
	{name: "undo by CodeDeploy was stopped when it had traffic", story: seven + "service prod/web controller=CODE_DEPLOY application=shop group=web\ndeploy prod/web 1 2 3\ndeploy prod/web 2 !wait\nadvance 80s\nstop prod/web", action: past.Blocked,
		words: []string{"web:2 replaced web:3 and did not complete", "redeploy it in CodeDeploy"}, not: []string{"update-service"}},
	{name: "to what came up before, and was stopped now", story: seven + "deploy prod/web 3 4 5\ndeploy prod/web 4 !wait\nstop prod/web", to: "4", action: past.Blocked, words: []string{"did not complete"}},
	{name: "to what came up before, and is being stopped", story: seven + "deploy prod/web 3 4 5\ndeploy prod/web 4 !wait\nstep 0\nstop prod/web !wait", to: "4", action: past.Blocked, words: []string{"did not complete"}},
	{name: "to what came up again", story: seven + "service prod/web breaker=stop\ndeploy prod/web 3 4 5\nbad web:4\ndeploy prod/web 4\ngood web:4\nforce prod/web", to: "4", action: past.Unchanged, words: []string{"already runs"}},
	{name: "to nothing", story: seven + "deploy prod/web 4 5", to: "99", action: past.Blocked, words: []string{"web:99"}},
	{name: "to configuration's code", story: seven + "deploy prod/web 4 5\nconfig prod/web subnets=subnet-b", to: "4", action: past.Undo, want: "web:4", writes: update},
}

func itoa(n int) string { return strconv.Itoa(n) }
