package ecs

import (
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
	all := recordHistories
	for _, file := range []string{"ordinary", "ended", "in-flight", "images", "definitions", "edges", "owners", "further"} {
		all = append(all, readHistories(t, file+".txt")...)
	}
	runHistories(t, all)
}

const (
	update = "UpdateService"
	native = "StopServiceDeployment"
	copied = "RegisterTaskDefinition UpdateService"
)

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

// recordHistories are those that a store has something about.
var recordHistories = []history{
	{name: "deleted, but kept", story: seven + "deploy prod/web 4 5\ndelete web:4", records: kept("web:4", "web:v4"), action: past.Undo, want: "web:4", writes: copied, ends: "web:8",
		words: []string{"its task definition comes from snapshot monday"}},
	{name: "purged, but kept", story: seven + "deploy prod/web 4 5\npurge web:4", records: kept("web:4", "web:v4"), action: past.Undo, want: "web:4", writes: copied, ends: "web:8",
		words: []string{"its task definition comes from snapshot monday"}},
	{name: "a copy deleted, its original kept", story: movedBetween + "register web app=web@a1\nregister web v9 v10\ndeploy prod/web 3 2 4\nderegister web:1\ndelete web:2", records: kept("web:1", "web:latest"), action: past.Undo, want: "web:2",
		writes: copied, ends: "web:5", words: []string{"its task definition comes from snapshot monday"}},
	{name: "a copy deleted, its original kept and there", story: movedBetween + "register web app=web@a1\nregister web v9 v10\ndeploy prod/web 3 2 4\ndelete web:2", records: kept("web:1", "web:latest"), action: past.Undo, want: "web:2",
		writes: copied, ends: "web:5"},
	{name: "cut, a snapshot", story: old + "at -2d\ndeploy prod/web 3\nnow\ndeploy prod/web 5\nforget prod/web\nmissing prod/web 3", records: recorded("web:5", "web:3"), action: past.Undo, want: "web:3", writes: update,
		words: []string{"history starts", "snapshot-web:3"}},
	{name: "cut, an inactive snapshot", story: old + "at -2d\ndeploy prod/web 3\nnow\ndeploy prod/web 5\nforget prod/web\nmissing prod/web 3\nderegister web:3", records: recorded("web:5", "web:3"), action: past.Undo, want: "web:3", writes: copied, ends: "web:6",
		words: []string{"history starts", "snapshot-web:3"}},
	{name: "cut, in flight over one in flight", story: "cluster prod\nat -300d\nregister web v1 v2 v3 v4 v5 v6 v7\n" + "service prod/web desired=4 rollout=4m\nat -200d\ndeploy prod/web 3 4\nnow\ndeploy prod/web 5 !wait\nadvance 2m\ndeploy prod/web 7 !wait",
		records: recorded("web:4"), action: past.Undo, want: "web:4", writes: update},
	{name: "older than 90 days", story: old + "at -200d\ndeploy prod/web 3\nat -100d\ndeploy prod/web 4\nnow\ndeploy prod/web 5\nmissing prod/web 4", records: recorded("web:4"), action: past.Undo, want: "web:4",
		writes: update, words: []string{"history starts"}},
	{name: "current older than 90 days", story: old + "at -200d\ndeploy prod/web 3\nat -100d\ndeploy prod/web 5\nnow", records: recorded("web:5", "web:3"), action: past.Undo, want: "web:3",
		writes: update, moves: true},
	{name: "older than 90 days, taken back", story: seven + "at -200d\ndeploy prod/web 3\nat -100d\ndeploy prod/web 5\nnow\ndeploy prod/web 3", records: recorded("-web:5", "web:5", "web:3"), action: past.Unchanged,
		words: []string{"rolled back from web:5"}},
	{name: "history denied, a snapshot", story: old + "deny ListServiceDeployments\ndeploy prod/web 3 5", records: recorded("web:5", "web:3"), action: past.Undo, want: "web:3", writes: update,
		words: []string{"snapshot-web:3"}, moves: true},
	{name: "history denied, taken back", story: seven + "deny ListServiceDeployments\ndeploy prod/web 3 5 3", records: recorded("-web:5", "web:3", "web:1"), action: past.Unchanged,
		words: []string{"already rolled back from web:5", "snapshot-web:5"}},
	{name: "more than a hundred forced", story: "cluster prod\nat -3d\nregister web v1 v2\ndeploy prod/web 1 2" + strings.Repeat("\nforce prod/web", 110), records: recorded("web:1"), action: past.Undo, want: "web:1",
		writes: update, words: []string{"history starts"}},
}
