package ecs

import (
	"strings"
	"testing"
)

// An undo that is narrowed to an image or a revision leaves alone what does not run it, whatever is known of the rest.
func TestNarrowedUndo(t *testing.T) {
	t.Parallel()
	tag := func(tags ...string) UndoOptions {
		return UndoOptions{IfImage: func(i Image) bool { return strings.Contains(strings.Join(tags, " "), i.Tag()) }}
	}
	const denied = "deny ListServiceDeployments\n"
	tests := []struct {
		name, story string
		options     UndoOptions
		action      Action
		want        string
		words       string
	}{
		{"runs it", "deploy prod/web 1 2 3", tag("v3"), Undo, "web:2", ""},
		{"the version before has it too", "deploy prod/web 1 2 3", tag("v3", "v2"), Undo, "web:1", ""},
		{"all have it", "deploy prod/web 2 3", tag("v3", "v2"), Blocked, "", "never run a version without"},
		{"does not run it", "deploy prod/web 1 2 3", tag("v2"), Skipped, "", "does not run"},
		{"also after a return", "deploy prod/web 1 2 3 2", tag("v2"), Undo, "web:1", ""},
		{"no history, does not run it", "deploy prod/web 1 2 3\n" + denied, tag("v2"), Skipped, "", "does not run"},
		{"no history, runs it", "deploy prod/web 1 2 3\n" + denied, tag("v3"), Undo, "web:2", "a guess"},
		{"no history, the guess has it too", "deploy prod/web 1 2 3\n" + denied, tag("v3", "v2"), Blocked, "web:2", "such an image too"},
		{"no history, another revision", "deploy prod/web 1 2 3\n" + denied, UndoOptions{IfRevision: 2}, Unchanged, "", "not revision 2"},
		{"no history, the revision", "deploy prod/web 1 2 3\n" + denied, UndoOptions{IfRevision: 3}, Undo, "web:2", "a guess"},
		{"no record of the images", "deploy prod/web 1 2 3\nmissing prod/web 3", tag("v2"), Blocked, "", "not known"},
		{"another one is being rolled back", "deploy prod/web 1 2\nservice prod/web rollout=1h\ndeploy prod/web 3 !wait\nrollback prod/web !wait", tag("v1"), Skipped, "", ""},
		{"it is being rolled back", "deploy prod/web 1 2\nservice prod/web rollout=1h\ndeploy prod/web 3 !wait\nrollback prod/web !wait", tag("v3"), Unchanged, "web:2", "right now"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, seven+test.story)
			s := w.step(w.plan(UndoPlanner(test.options), PlanOptions{}), "web")
			if s.Action != test.action || s.To.TaskDefinition.String() != test.want || !tells(s, test.words) {
				t.Errorf("got %s %s (%s), want %s %s (%s)", s.Action, s.To.TaskDefinition, s.Reason, test.action, test.want, test.words)
			}
		})
	}
}

func TestPlannerOnly(t *testing.T) {
	t.Parallel()
	to, err := ToPlanner("1")
	if err != nil {
		t.Fatal(err)
	}
	v3 := func(i Image) bool { return i.Tag() == "v3" }
	tests := []struct {
		name, story string
		planner     Planner
		action      Action
		want        string
	}{
		{"runs the revision", "", to.Only(nil, 3), Undo, "web:1"},
		{"runs another revision", "", to.Only(nil, 2), Unchanged, ""},
		{"runs the image", "", to.Only(v3, 0), Undo, "web:1"},
		{"runs another image", "deploy prod/web 4", to.Only(v3, 0), Skipped, ""},
		{"not known, runs another image", "deploy prod/web 4\ndeny ListServiceDeployments", UndoPlanner(UndoOptions{}).Only(v3, 0), Skipped, ""},
		{"not known, runs the image", "deny ListServiceDeployments", UndoPlanner(UndoOptions{}).Only(v3, 0), Undo, "web:2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, seven+"deploy prod/web 1 2 3\n"+test.story)
			s := w.step(w.plan(test.planner, PlanOptions{}), "web")
			if s.Action != test.action || s.To.TaskDefinition.String() != test.want {
				t.Errorf("got %s %s (%s), want %s %s", s.Action, s.To.TaskDefinition, s.Reason, test.action, test.want)
			}
		})
	}
}
