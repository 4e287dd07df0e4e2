package ecs

import (
	"strings"
	"testing"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// An undo that is narrowed to an image or a revision leaves alone what does not run it, whatever is known of the rest.
func TestNarrowedUndo(t *testing.T) {
	t.Parallel()
	tag := func(tags ...string) past.UndoOptions {
		return past.UndoOptions{IfImage: func(i past.Image) bool { return strings.Contains(strings.Join(tags, " "), i.Tag()) }}
	}
	const denied = "deny ListServiceDeployments\n"
	tests := []struct {
		name, story string
		options     past.UndoOptions
		action      past.Action
		want        string
		words       string
	}{
		{"runs it", "deploy prod/web 1 2 3", tag("v3"), past.Undo, "web:2", ""},
		{"the version before has it too", "deploy prod/web 1 2 3", tag("v3", "v2"), past.Undo, "web:1", ""},
		{"all have it", "deploy prod/web 2 3", tag("v3", "v2"), past.Blocked, "", "every version in its history"},
		{"does not run it", "deploy prod/web 1 2 3", tag("v2"), past.Skipped, "", "does not run"},
		{"also after a return", "deploy prod/web 1 2 3 2", tag("v2"), past.Undo, "web:1", ""},
		{"it was to be replaced, and that did not start", "service prod/web breaker=stop\ndeploy prod/web 1 2 3\nbad web:2\ndeploy prod/web 2", tag("v3"), past.Blocked, "", "did not start"},
		{"another was to be replaced, and that did not start", "service prod/web breaker=stop\ndeploy prod/web 1 2 3\nbad web:2\ndeploy prod/web 2", tag("v4"), past.Skipped, "", ""},
		{"no history, does not run it", "deploy prod/web 1 2 3\n" + denied, tag("v2"), past.Skipped, "", "does not run"},
		{"no history, runs it", "deploy prod/web 1 2 3\n" + denied, tag("v3"), past.Undo, "web:2", "a guess"},
		{"no history, the guess has it too", "deploy prod/web 1 2 3\n" + denied, tag("v3", "v2"), past.Blocked, "web:2", "also uses an image that matches"},
		{"no history, another revision", "deploy prod/web 1 2 3\n" + denied, past.UndoOptions{IfRevision: 2}, past.Unchanged, "", "not revision 2"},
		{"no history, the revision", "deploy prod/web 1 2 3\n" + denied, past.UndoOptions{IfRevision: 3}, past.Undo, "web:2", "a guess"},
		{"no record of the images", "deploy prod/web 1 2 3\nmissing prod/web 3", tag("v2"), past.Blocked, "", "no record of the images"},
		{"another one is being rolled back", "deploy prod/web 1 2\nservice prod/web rollout=1h\ndeploy prod/web 3 !wait\nrollback prod/web !wait", tag("v1"), past.Skipped, "", ""},
		{"it is being rolled back", "deploy prod/web 1 2\nservice prod/web rollout=1h\ndeploy prod/web 3 !wait\nrollback prod/web !wait", tag("v3"), past.Unchanged, "web:2", "ECS is rolling back"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, seven+test.story)
			s := w.step(w.plan(past.UndoPlanner(test.options), PlanOptions{Guess: true}), "web")
			if s.Action != test.action || s.To.TaskDefinition.String() != test.want || !tells(s, test.words) {
				t.Errorf("got %s %s (%s), want %s %s (%s)", s.Action, s.To.TaskDefinition, s.Reason, test.action, test.want, test.words)
			}
		})
	}
}

func TestPlannerOnly(t *testing.T) {
	t.Parallel()
	to, err := past.ToPlanner("1")
	if err != nil {
		t.Fatal(err)
	}
	v3 := func(i past.Image) bool { return i.Tag() == "v3" }
	tests := []struct {
		name, story string
		planner     past.Planner
		action      past.Action
		want        string
	}{
		{"runs the revision", "", to.Only(nil, 3), past.Undo, "web:1"},
		{"runs another revision", "", to.Only(nil, 2), past.Unchanged, ""},
		{"runs the image", "", to.Only(v3, 0), past.Undo, "web:1"},
		{"runs another image", "deploy prod/web 4", to.Only(v3, 0), past.Skipped, ""},
		{"the revision was to be replaced, and that did not start", "service prod/web breaker=stop\nbad web:2\ndeploy prod/web 2", to.Only(nil, 3), past.Blocked, ""},
		{"not known, runs another image", "deploy prod/web 4\ndeny ListServiceDeployments", past.UndoPlanner(past.UndoOptions{}).Only(v3, 0), past.Skipped, ""},
		{"not known, runs the image", "deny ListServiceDeployments", past.UndoPlanner(past.UndoOptions{}).Only(v3, 0), past.Undo, "web:2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, seven+"deploy prod/web 1 2 3\n"+test.story)
			s := w.step(w.plan(test.planner, PlanOptions{Guess: true}), "web")
			if s.Action != test.action || s.To.TaskDefinition.String() != test.want {
				t.Errorf("got %s %s (%s), want %s %s", s.Action, s.To.TaskDefinition, s.Reason, test.action, test.want)
			}
		})
	}
}
