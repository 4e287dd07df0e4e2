package commands

import (
	"strings"
	"testing"

	"github.com/ecsundo/ecsundo/ecs"
)

// No text from outside ends an annotation, forms one of its own, or an output of the step.
func TestAnnotationsEscape(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	s := &ecs.Step{Service: "web,x=1", Action: ecs.Undo, Reason: "because\r\n::error title=x::y"}
	s.State, s.Error = ecs.Failed, "100% bad\n::warning::z"
	r := &report{command: "cluster", verb: undoing, takeBack: "ecsundo cluster\noutcome=done", plans: []*ecs.Plan{{Cluster: ecs.Cluster{Name: "prod"}, Steps: []*ecs.Step{s}}}}
	var b strings.Builder
	annotate(&b, r)
	want := "::error title=ecsundo%3A web%2Cx=1 in prod%3A failed::100%25 bad : :warning::z (because\\r : :error title=x::y)\n"
	if got := b.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for line := range strings.Lines(stepOutputs(r)) {
		if strings.HasPrefix(line, "outcome=") && line != "outcome=failed\n" {
			t.Errorf("has %q", line)
		}
	}
}
