package ecs

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// What a blocked service offers does what the words beside it say: each moment is one at which the version was running.
func TestOffers(t *testing.T) {
	const moved = "cluster prod\npush web:latest a1\nregister web app=web:latest env.M=x\nregister web app=web:latest env.M=y\nservice prod/web desired=2 rollout=3m\nat -3h\n"
	for name, story := range map[string]string{
		"under the first version": moved + "deploy prod/web 1\nat -2h\npush web:latest a2\ndeploy prod/web 2\nat -1h\npush web:latest a3\ndeploy prod/web 1\nnow",
		"under a later one":       moved + "push web:v0 z\nregister web app=web:v0\ndeploy prod/web 3\nat -2h\ndeploy prod/web 1\nat -90m\npush web:latest a2\ndeploy prod/web 2\nat -1h\npush web:latest a3\ndeploy prod/web 1\nnow",
		"half a rollback":         "cluster prod\npush web:v1 a1\npush web:v2 a2\npush w:v1 b1\npush w:v2 b2\nregister web app=web:v1 worker=w:v1\nregister web app=web:v2 worker=w:v2\nregister web app=web:v1 worker=w:v2\nservice prod/web desired=2 rollout=3m\nat -3h\ndeploy prod/web 1\nat -2h\ndeploy prod/web 2\nat -1h\ndeploy prod/web 3\nnow",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, story)
			s := w.step(w.plan(past.UndoPlanner(past.UndoOptions{}), PlanOptions{}), "web")
			offered := regexp.MustCompile(`--to (\S+?), or --as-of (\S+) \((\S+)`).FindStringSubmatch(s.Reason)
			if s.Action != past.Blocked || offered == nil {
				t.Fatalf("%s: %s", s.Action, s.Reason)
			}
			at, err := time.Parse(time.RFC3339, offered[2])
			if err != nil {
				t.Fatal(err)
			}
			planner, err := past.ToPlanner(offered[1])
			if err != nil {
				t.Fatal(err)
			}
			to := w.step(w.plan(planner, PlanOptions{}), "web")
			if to.Action != past.Undo || to.To.TaskDefinition.String() != offered[1] {
				t.Errorf("--to %s: %s %s: %s", offered[1], to.Action, to.To.TaskDefinition, to.Reason)
			}
			back := w.step(w.run(past.AsOfPlanner(at, false), PlanOptions{}), "web")
			if back.Action != past.Undo || back.State != Steady || back.To.TaskDefinition.String() != strings.TrimRight(offered[3], ")") {
				t.Errorf("--as-of %s: %s %s: %s, where %s was promised", offered[2], back.Action, back.To.TaskDefinition, back.Reason, offered[3])
			}
			if image, _ := back.To.Image("app"); image.Digest == "" || strings.Contains(s.Reason, image.Digest) {
				t.Errorf("--as-of %s: goes to %v", offered[2], back.To.Images)
			}
		})
	}
}
