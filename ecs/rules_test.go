package ecs

import (
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// Rules that matter seldom: each story ends otherwise without its rule.
func TestSeldom(t *testing.T) {
	for _, h := range []history{{
		name: "an image that services of several families run is no release of this one", story: `
			cluster prod
			push web:latest a1
			push log:latest b1
			register web app=web:latest log=log:latest
			register api app=api:v1 log=log:latest
			service prod/web desired=1
			deploy prod/web 1
			deploy prod/api api:1
			push log:latest b2
			force prod/web`,
		action: past.Unchanged, words: []string{"has never run another version"},
	}, {
		name: "a return, beside which a container runs what was left", story: `
			cluster prod
			push work:latest b1
			register web app=web:v1 worker=work:latest
			register web app=web:v2 worker=work:latest
			service prod/web desired=1
			deploy prod/web 1
			push work:latest b2
			deploy prod/web 2
			deploy prod/web 1`,
		action: past.Unchanged, words: []string{"already rolled back from web:2 to web:1", "container worker runs the same image as before the rollback"},
	}} {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			h.run(t)
		})
	}
}

// A configuration that was left since is not brought back by an age, only by an exact time.
func TestConfigurationLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t, `
		cluster prod
		register web v1
		service prod/web desired=1 subnets=subnet-a
		at -3h
		deploy prod/web 1
		at -2h
		service prod/web subnets=subnet-b
		force prod/web
		at -1h
		service prod/web subnets=subnet-a
		force prod/web
		now`)
	for exact, want := range map[bool]past.Action{false: past.Unchanged, true: past.Undo} {
		s := w.step(w.plan(past.AsOfPlanner(time.Now().Add(-90*time.Minute), !exact), PlanOptions{Whole: true}), "web")
		if s.Action != want {
			t.Errorf("exact %v: %s %s: %s", exact, s.Action, s.To.TaskDefinition, s.Reason)
		}
	}
}
